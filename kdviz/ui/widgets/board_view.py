"""The board of a run, and of another beside it: rows, verdict, slider over epochs, and the maps of other epochs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import streamlit as st

from kdviz.core.errors import UserError
from kdviz.data.dataset import Dataset
from kdviz.data.sources.planted import truth
from kdviz.figures.evidence_board import Row, Track, Verdict, board, film
from kdviz.figures.palette import network_name, spoken
from kdviz.metrics.agreement import AgreementSummary
from kdviz.metrics.intervals import Estimate
from kdviz.runs.index.index_rows import variant
from kdviz.runs.index.run_facts import seeds_of
from kdviz.runs.looker.questions import BOARD, FILM, MATCH, METHOD_MAPS, NETWORKS, SNAPSHOTS
from kdviz.runs.store.home import home
from kdviz.runs.store.run import Run
from kdviz.ui.shell import presenter
from kdviz.ui.state import cache
from kdviz.ui.texts.sentences import ON_BOARD, counted, say, say_plain
from kdviz.ui.widgets import board_controls, board_rows, run_switch
from kdviz.ui.widgets.board_controls import EvidenceSelection
from kdviz.ui.widgets.board_rows import OneRun
from kdviz.ui.widgets.drawings import mount, nothing

MEASURE = "pearson"
BESIDE = "#009E73"


def show_board(this: EvidenceSelection, epoch: int | None) -> None:
    """The board at an epoch of the student's; what is done on it goes into the link."""
    made = payload(this, epoch)
    on = dict.fromkeys((f"on_{name}_change" for name in ("brush", "epoch", "channel", "scale", "second")), nothing)
    found = mount("evidence_board", made, "board", **on)
    if made["track"]:
        for run, key in ((this.run, "film"), (this.beside, "film_beside")):
            if run is not None:
                st.fragment(_reel, parallel=True)(this, run, key)
    board_controls.remember(this, found, epoch)


def payload(this: EvidenceSelection, epoch: int | None) -> dict[str, Any]:
    """Everything that the board draws."""
    data, wanted = this.data, this.wanted
    extractors = cache.catalogue()["extractors"]
    about = {e["id"]: f"{e['idea']} {e['caveat']}" for e in extractors}
    titles = board_rows.offered(extractors, this.networks.roles)
    rows = board_rows.rows(_asked(this, this.run, epoch), wanted, about, titles)
    if this.beside is not None:
        other = _asked(this, this.beside, _nearest(this.beside, epoch))
        rows = _under(
            _of_run(rows, _named(this.run)), board_rows.rows(other, wanted, about, titles), _named(this.beside)
        )
    channel = board_controls.channel(data)
    lines = [(name, data.X[this.series, k]) for k, name in enumerate(data.channels)]
    unit, hertz = board_rows.units(data)
    return board(
        data.times(), unit, lines, channel, rows, ON_BOARD, wanted.scale, board_controls.brushed(data),
        track(this, epoch), verdict(this), presenter.on(), hertz, truth=_truth(data, this.series),
    )  # fmt: skip


def _truth(data: Dataset, series: int) -> tuple[int, int] | None:
    """Where the class was planted, in samples, in a data set that was made so."""
    if "planted" not in data.source:
        return None
    where = np.flatnonzero(truth(data)[series])
    return (int(where[0]), int(where[-1]) + 1) if where.size else None


def _of_run(rows: Sequence[Row], name: str) -> list[Row]:
    """The student's lanes and spectra by the run's name, where another run's stand under them."""
    return [
        replace(
            row,
            lanes=[
                replace(lane, title=say_plain("board of run", network=lane.title, run=name))
                if lane.who == "student" and lane.size == "full"
                else lane
                for lane in row.lanes
            ],
            spectra=[
                replace(s, title=say_plain("board of run", network=s.title, run=name))
                if s.title == network_name("student")
                else s
                for s in row.spectra
            ],
        )
        for row in rows
    ]


def _under(first: Sequence[Row], other: Sequence[Row], name: str) -> list[Row]:
    """The second run's student under the first's in each row that both have; its teachers where they are its own."""
    like = {row.title: row for row in other}
    out = []
    for row in first:
        added = [
            replace(lane, title=say_plain("board of run", network=lane.title, run=name), colour=BESIDE, second=True)
            for lane in (like[row.title].lanes if row.title in like else ())
            if lane.who == "student" and lane.size == "full"
        ]
        place = (
            max((k for k, lane in enumerate(row.lanes) if lane.who == "student" and lane.size == "full"), default=-1)
            + 1
        )
        lanes = [*row.lanes[:place], *added, *row.lanes[place:]]
        lines = [
            replace(s, colour=BESIDE, title=say_plain("board of run", network=s.title, run=name), second=True)
            for s in (like[row.title].spectra if row.title in like else ())
            if s.title == network_name("student")
        ]
        out.append(replace(row, lanes=lanes, spectra=[*row.spectra, *lines]))
    return out


def _asked(this: EvidenceSelection, run: Run, epoch: int | None) -> OneRun:
    given = {"extractors": list(this.wanted.extractors), "series": this.series, "target": this.target}
    found = cache.answer(run, BOARD, **given, epoch=epoch)
    own = None
    if cache.answer(run, NETWORKS).own_maps:
        try:
            own = cache.answer(run, METHOD_MAPS, series=this.series)
        except UserError:
            own = None  # a run from before its method's layers were kept; the panel below says so
    return OneRun(this.data, this.series, found, _mark(this, run), own)


def _mark(this: EvidenceSelection, run: Run) -> str:
    return f"{run.folder.name[:12]} {this.series} {this.target} {','.join(this.wanted.extractors)}"


def _nearest(run: Run, epoch: int | None) -> int | None:
    """The epoch of another run that is nearest to this one; its answer where none is asked for."""
    kept = cache.answer(run, NETWORKS).epochs
    return None if epoch is None or not kept else min(kept, key=lambda each: abs(each - epoch))


def _named(run: Run) -> str:
    title = next((m["title"] for m in cache.catalogue()["methods"] if m["id"] == run.recipe.method), run.recipe.method)
    return say_plain("board run", method=str(title).partition(" (")[0], seed=run.recipe.seed)


def _reel(this: EvidenceSelection, run: Run, key: str) -> None:
    """The maps of all epochs, which come after the board is drawn."""
    given = {"extractors": list(this.wanted.extractors), "series": this.series, "target": this.target}
    found = cache.answer_later(run, FILM, **given)
    told = {
        role: [board_rows.says(this.data, this.series, p) for p in each] for role, each in found.probability.items()
    }
    mount("board_film", film(_mark(this, run), found.epochs, found.maps, told), key)


def track(this: EvidenceSelection, epoch: int | None) -> Track | None:
    """The slider over the kept epochs; its curve is the mean match of CAMs over the probes with the teacher."""
    kept, answer = this.networks.epochs, this.networks.answer
    if len(kept) < 2:
        return None
    shown = answer if epoch is None else epoch
    curves, stages, teacher = dict[str, list[float | None]](), tuple[tuple[str, int], ...](), this.wanted.teacher
    for run, names in ((this.run, ("student", "control", "chance")), (this.beside, ("beside",))):
        if run is None:
            continue
        try:
            found = cache.answer(run, SNAPSHOTS, extractor="cam")
        except UserError:
            continue
        stages = found.stages if run is this.run else stages
        like = f"/{teacher}"
        for name, key in zip(names, ("match", "control_match", "chance"), strict=False):
            if key + like in found.arrays:
                values = np.atleast_2d(found.arrays[key + like])
                mean = np.nanmean(np.where(np.isfinite(values), values, np.nan), 0)
                curves[name] = _at(found.epochs, mean, kept)
    return Track(kept, kept[-1] if shown is None else shown, answer, stages, curves, _mark(this, this.run))


def _at(epochs: tuple[int, ...], values: Any, kept: tuple[int, ...]) -> list[float | None]:
    """Values (E,) at these epochs; None where they were not kept."""
    known = {e: float(v) for e, v in zip(epochs, values, strict=True) if np.isfinite(v)}
    return [None if each not in known else round(known[each], 4) for each in kept]


def verdict(this: EvidenceSelection) -> Verdict | None:
    """Does the student look where the teacher does, and would it have done so untaught? In the numbers of the panel,
    which are of the answer's epoch whatever epoch the board shows.
    """
    found = _match(this, this.run)
    if found is None:
        return None
    control, chance = _shown(found.by_control), _shown(found.by_chance)
    beside = [
        run_switch.told(this.run),
        *([] if control is None else [say_plain("board untaught", value=control)]),
        *([] if chance is None else [say_plain("board chance", value=chance)]),
        *_transfer(found.transfer),
        _seeds(str(home()), this.run.folder.name, this.run.outcome_key, this.run),
    ]
    other = None if this.beside is None else _match(this, this.beside)
    second = ""
    if other is not None and this.beside is not None:
        parts = [_sentence(this, other), *_transfer(other.transfer)]
        second = say_plain("board second", run=run_switch.told(this.beside, data=False), told=" · ".join(parts))
    return Verdict(_sentence(this, found), beside, second)


def _shown(found: Estimate | None) -> float | None:
    """A mean as it is told: no minus before 0.00."""
    return None if found is None or found.value is None else round(found.value, 2) + 0.0


def _match(this: EvidenceSelection, run: Run) -> AgreementSummary | None:
    """The match of the first row's maps with the reference teacher, as the panel below has it."""
    target = this.wanted.target
    asked: str | int = int(target) if target.isdecimal() else target
    rows = this.wanted.extractors
    try:
        match = cache.answer(run, MATCH, extractor=rows[0], target=asked, extractors=len(rows))
    except UserError:
        return None
    found = match.teachers.get(this.wanted.teacher, {}).get(MEASURE)
    return None if found is None or found.numbers.match.value is None else found.numbers


def _sentence(this: EvidenceSelection, found: AgreementSummary) -> str:
    teacher, match = spoken(this.wanted.teacher), found.match.value
    return say_plain(f"board verdict {_kind(found.transfer)}", teacher=teacher, match=match)


def _kind(transfer: Estimate | None) -> str:
    if transfer is None or transfer.value is None:
        return "alone"
    if transfer.low is None or transfer.high is None:
        return "open"
    return "nearer" if transfer.low > 0 else "farther" if transfer.high < 0 else "same"


def _transfer(found: Estimate | None) -> list[str]:
    if found is None or found.value is None:
        return []
    if found.low is None or found.high is None:
        return [say_plain("board transfer", value=100 * found.value)]
    return [say_plain("board transfer range", value=100 * found.value, low=100 * found.low, high=100 * found.high)]


@st.cache_data(ttl=60, max_entries=64, show_spinner=False)
def _seeds(place: str, run: str, mark: str, _run: Run) -> str:
    """How many seeds of this very set-up have finished here."""
    seeds = {_run.recipe.seed, *seeds_of(variant(_run.recipe))}
    return say("board one seed") if len(seeds) == 1 else say("board seeds", seeds=counted(len(seeds), "seed"))
