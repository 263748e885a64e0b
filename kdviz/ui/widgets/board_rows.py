"""What the board shows, out of what the networks answered: rows of evidence, in each the student under its teacher."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kdviz.data.dataset import Dataset
from kdviz.figures.evidence_board import Lane, Picture, Row, Spectrum
from kdviz.figures.palette import colour, network_name
from kdviz.modalities.base import title_of
from kdviz.runs.analysis.evidence_answers import (
    ExtractorEvidence,
    FeatureSpectrum,
    InstanceEvidence,
    MethodMaps,
    NetworkMaps,
)
from kdviz.runs.analysis.network_answers import NetworkFacts
from kdviz.ui.texts.formatting import one_line
from kdviz.ui.texts.sentences import say_plain

Array = NDArray[np.floating[Any]]
TIMELESS = "persistence"
FREQUENCY = "high_pass"
USUAL_ROWS = ("cam", "attention", FREQUENCY)
GOALS = ("teacher", "teachers")
DASHES = {"control": (6, 3), "before": (2, 3), "filter": (8, 3, 2, 3)}


@dataclass(frozen=True)
class BoardOptions:
    """What a visitor wants to see: extractors, the class asked about, the scale, and the teacher of reference."""

    extractors: tuple[str, ...]
    target: str
    scale: str
    teacher: str


@dataclass(frozen=True)
class OneRun:
    """One run's answers before a series, and the mark under which its other epochs come; `own` of its method."""

    data: Dataset
    series: int
    found: InstanceEvidence
    mark: str = ""
    own: MethodMaps | None = None
    said: Mapping[str, str] | None = None

    def says(self, role: str) -> str:
        """What a network answers, in words."""
        told = (self.said or {}).get(role)
        return told or (
            says(self.data, self.series, self.found.probability[role]) if role in self.found.probability else ""
        )


def units(data: Dataset) -> tuple[str, str]:
    """What times and frequencies count in: seconds and hertz where the rate is known."""
    if data.rate:
        return say_plain("board seconds"), say_plain("board hertz")
    return say_plain("board samples"), say_plain("board cycles")


def offered(extractors: Sequence[Mapping[str, Any]], roles: Mapping[str, NetworkFacts]) -> dict[str, str]:
    """Every extractor by title, and every stage of those that can be asked of stages."""
    depth = max(each.stages for each in roles.values())
    fusion = any(len(each.modalities) > 1 for each in roles.values())
    out: dict[str, str] = {}
    for each in extractors:
        if each["id"] != "cross_attention" or fusion:
            out[each["id"]] = each["title"]
        if each["layered"]:
            for k in range(depth - 1):
                out[f"{each['id']}:{k}"] = say_plain("evidence stage", title=each["title"], stage=k + 1)
    return out


def says(data: Dataset, series: int, probability: Array) -> str:
    """A network's answer in words."""
    best = int(probability.argmax())
    right = "right" if best == int(data.y[series]) else "wrong"
    answer = one_line(data.classes[best], 24)
    return say_plain(f"evidence says {right}", answer=answer, probability=probability[best])


def rows(one: OneRun, wanted: BoardOptions, about: Mapping[str, str], titles: Mapping[str, str]) -> list[Row]:
    """Every extractor's row, and the method's own: of a frequency method before the features that any run has."""
    found = [_row(one, name, wanted, about, titles, first=k == 0) for k, name in enumerate(wanted.extractors)]
    mine = own_row(one, wanted.teacher)
    if mine is not None:
        place = next((k for k, n in enumerate(wanted.extractors) if n == FREQUENCY and mine.spectra), len(found))
        found.insert(place, mine)
    return found


def _row(
    one: OneRun, name: str, wanted: BoardOptions, about: Mapping[str, str], titles: Mapping[str, str], first: bool
) -> Row:
    shown = one.found.extractors[name]
    title = say_plain(f"board row {name}") if name in USUAL_ROWS else titles.get(name, shown.title)
    lanes = list(lanes_of(one, name, shown, wanted.teacher, first))
    spectra = _spectra(one, wanted.teacher) if name == FREQUENCY else []
    pictures = [] if spectra else list(_pictures(one.found, shown, wanted.teacher))
    return Row(title, about.get(name.partition(":")[0], ""), lanes, pictures, spectra)


def views(found: Mapping[str, NetworkMaps], teacher: str) -> list[tuple[str, str | None]]:
    """(teacher's view, the student's branch beside it): the reference first, then branch by branch, then the rest."""
    mine = list(found["student"].maps) if "student" in found else []
    held = [role.removeprefix("teacher.") for role in found if role.startswith("teacher.")]
    like = teacher if teacher in mine else next(iter(["signal"] if "signal" in mine else mine), None)
    out: list[tuple[str, str | None]] = [(teacher, like)]
    out += [(m, m) for m in mine if m != like]
    return out + [(t, None) for t in held if t != teacher and t not in dict(out)]


def lanes_of(one: OneRun, name: str, shown: ExtractorEvidence, teacher: str, first: bool) -> Iterator[Lane]:
    """Teacher over student over control; other branches and other teachers follow as strips that open by a click."""
    for k, (view, branch) in enumerate(views(shown.networks, teacher)):
        size = "fold" if k else "full"
        for who, role, m in (
            ("teacher", f"teacher.{view}", view),
            ("student", "student", branch),
            ("control", "control", branch),
        ):
            if who == "control" and k:
                continue
            lane = _lane(one, name, shown, who, role, m, "half" if who == "control" else size)
            if lane is not None:
                yield lane if first and not k else replace(lane, says="", pair=view if k else "")
    if not shown.networks:
        why = next(iter(shown.refused.values()), "")
        yield Lane("teacher", shown.title, colour("signal"), None, False, why=why)


def _lane(
    one: OneRun, name: str, shown: ExtractorEvidence, who: str, role: str, modality: str | None, size: str
) -> Lane | None:
    if role not in shown.networks or modality is None or modality not in shown.networks[role].maps:
        return None
    values = shown.networks[role].times.get(modality)
    why = say_plain("evidence no time") if values is None else ""
    if values is not None and not np.any(values):
        values, why = None, say_plain("evidence nothing in time")
    usual = shown.usual[role].times.get(modality) if role in shown.usual else None
    film = (one.mark, name, role, modality) if one.mark and who != "teacher" else None
    several = who != "teacher" and len(shown.networks[role].maps) > 1
    title = network_name(role)
    if several:
        short = say_plain("board control") if who == "control" else title
        title = say_plain("board branch", network=short, view=title_of(modality))
    return Lane(who, title, colour(role), values, shown.signed, one.says(role), why, size, usual, film)


def _pictures(found: InstanceEvidence, shown: ExtractorEvidence, teacher: str) -> Iterator[Picture]:
    for view, branch in views(shown.networks, teacher):
        for role, m in ((f"teacher.{view}", view), ("student", branch), ("control", branch)):
            values = shown.networks[role].maps.get(m) if role in shown.networks and m else None
            if values is None or values.ndim != 2 or m is None:
                continue
            usual = shown.usual[role].maps.get(m) if role in shown.usual else None
            yield picture(
                network_name(role), m, found.views[role][m][0], values, shown.signed, usual, role == "student"
            )


def picture(
    title: str, modality: str, view: Array, values: Array, signed: bool, usual: float | None = None, named: bool = False
) -> Picture:
    """A map over its image, turned so that a persistence image stands on its axis."""
    timed = modality != TIMELESS
    turn = 1 if timed else -1
    whole = say_plain("board branch", network=title, view=title_of(modality))
    return Picture(whole if named else title, view[::turn], values[::turn], signed, timed, usual)


def _spectra(one: OneRun, teacher: str) -> list[Spectrum]:
    """Teacher, student and control: what the last features of this series are made of."""
    found, out = one.found.spectra, list[Spectrum]()
    mine = found.get("student", {})
    branch = teacher if teacher in mine else next(iter(mine), "")
    for role, m in ((f"teacher.{teacher}", teacher), ("student", branch), ("control", branch)):
        if m in found.get(role, {}):
            out.append(_line(one.data, network_name(role), colour(role), found[role][m], DASHES.get(role, ())))
    return out


def _line(data: Dataset, title: str, hue: str, each: FeatureSpectrum, dash: Sequence[int]) -> Spectrum:
    return Spectrum(title, hue, each.cycles * (data.rate or 1.0), each.decibels, dash)


def own_row(one: OneRun, teacher: str) -> Row | None:
    """What the method itself compared while it taught; None where it shows nothing of the kind."""
    found = one.own
    goal = next((who for who in GOALS if found and who in found.sides), "")
    if found is None or not goal:
        return None
    student, held, lanes = found.sides.get("student", NetworkMaps({}, {})), found.sides[goal], list[Lane]()
    names = sorted({*student.times, *held.times}, key=lambda m: (m != teacher, m))
    for m in names:
        for who, side in (("teacher", held), ("student", student)):
            if m in side.times:
                word = say_plain(f"board own {goal if who == 'teacher' else 'filtered' if found.spectra else who}")
                if len(names) > 1:
                    word = say_plain("board branch", network=word, view=title_of(m))
                signed = bool((side.times[m] < 0).any())
                lanes.append(Lane(who, word, colour("student" if who == "student" else m), side.times[m], signed))
    pictures = [
        picture(
            say_plain(f"board own {goal if side is held else 'student'}"),
            m,
            found.views[m][0],
            side.maps[m],
            bool((side.maps[m] < 0).any()),
        )
        for m in found.views
        for side in (held, student)
        if m in side.maps and side.maps[m].ndim == 2
    ]
    hues = {"teacher": colour(teacher), "after": colour("student"), "before": colour("student"), "filter": "#CC79A7"}
    spectra = [
        _line(one.data, say_plain(f"board spectrum {what}"), hues[what], each, DASHES.get(what, ()))
        for what, each in found.spectra.items()
    ]
    return Row(
        one_line(found.title.partition(" (")[0], 12),
        say_plain("evidence own", method=found.title),
        lanes,
        pictures,
        spectra,
    )
