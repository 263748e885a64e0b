"""What a publication figure is: charts by title, a caption that holds the numbers a reader needs, and all numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from kdviz.core.errors import UserError
from kdviz.core.params import fill
from kdviz.core.plugins import discover, pick
from kdviz.data.dataset import Dataset
from kdviz.figures.chart import Chart
from kdviz.figures.palette import network_name
from kdviz.metrics.intervals import interval, too_few
from kdviz.runs.analysis.opened_run import OpenedRun, open_for_looking
from kdviz.runs.comparison.run_groups import Entry, Group, entry, groups
from kdviz.runs.publication.figure_sheet import FigureNames, PublicationFigure
from kdviz.runs.store.datasets import reopen
from kdviz.runs.store.run import Run, by_identity
from kdviz.training.recipe import differences

PACKAGE = "kdviz.runs.publication"
UNTESTED = "No p values are drawn, so nothing is corrected for several comparisons."
"""A caption's word on corrections where a figure tests nothing."""
MOST_TOLD = 3
"""Settings that tell kinds of one method apart."""
ONE_SEED = " One seed: nothing can be concluded about the method."

Opening = Callable[[str], OpenedRun]
Tell = Callable[[int, int, str], None]
"""Is told how many parts of how many are drawn, and the next one's name."""


@dataclass(frozen=True)
class NoParams:
    """A figure without settings."""


class FigureKind:
    """One kind of figure. `several` takes finished runs of many methods; the others runs of one, differing in seed.

    `id`, `title`, `says` and `several` are written out in the class: what may not import torch reads them there.
    `runs` are those it is drawn of by identity, `opening` opens one of them, `tell` hears how far it is.
    """

    def __init__(self, runs: Mapping[str, Run], opening: Opening, tell: Tell) -> None:
        self.runs, self.opening, self.tell = runs, opening, tell

    id: ClassVar[str] = ""
    title: ClassVar[str] = ""
    says: ClassVar[str] = ""
    several: ClassVar[bool] = False
    params: ClassVar[type] = NoParams

    def draw(self, runs: Sequence[OpenedRun], given: Any) -> PublicationFigure:
        """The figure of runs that differ in nothing but seed and split, with settings of `params`."""
        raise NotImplementedError

    def draw_several(self, entries: Sequence[Entry], given: Any) -> PublicationFigure:
        """The figure of finished runs of any methods; raises UserError where they are too few."""
        raise NotImplementedError

    def made(self, caption: str, charts: Mapping[str, Chart], numbers: Mapping[str, Any]) -> PublicationFigure:
        """Put together."""
        return PublicationFigure(self.id, self.title, caption, self.says, dict(charts), dict(numbers))


def figure_kinds() -> dict[str, type[FigureKind]]:
    """Every kind there is, by id."""
    return discover(PACKAGE, FigureKind)


def publication_figure(
    kind: str,
    runs: Sequence[Run],
    settings: Mapping[str, Any] | None = None,
    method: str = "",
    tell: Tell | None = None,
    opening: Opening | None = None,
) -> PublicationFigure:
    """The figure of a run, or of a sweep's finished runs; raises UserError where it cannot be drawn.

    method    of a sweep, for kinds of one method; where several are there, it must be named
    tell      hears how far a figure is that takes long
    opening   opens the run of an identity, where one keeps them open
    """
    chosen, by_id = pick(PACKAGE, FigureKind, kind, "figure"), {run.folder.name: run for run in runs}
    opening = opening or (lambda one: open_for_looking(by_id[one]))
    drawn = chosen(by_id, opening, tell or (lambda done, of, what: None))
    given: Any = fill(drawn.params, dict(settings or {}))
    entries = [found for run in runs if (found := entry(run)) is not None]
    if not entries:
        raise UserError("None of these runs has finished with a trained student: there is nothing to draw yet.")
    if drawn.several:
        return drawn.draw_several([e for e in entries if method in ("", e.method)] or entries, given)
    taken = _of_one_method(entries, method, by_id)
    return drawn.draw([opening(e.id) for e in taken], given)


def figure_names() -> FigureNames:
    """What there is to draw."""
    kinds = figure_kinds()
    return FigureNames({k: kind.title for k, kind in kinds.items()}, tuple(k for k in kinds if kinds[k].several))


def of_runs(
    kind: str, runs: Sequence[str], settings: Mapping[str, Any], method: str = "", opening: Opening | None = None
) -> PublicationFigure:
    """The figure of the runs of these identities; raises UserError."""
    return publication_figure(kind, [by_identity(each) for each in runs], settings, method, None, opening)


def _of_one_method(entries: Sequence[Entry], method: str, runs: Mapping[str, Run]) -> Sequence[Entry]:
    alike = [group for groups_ in groups(entries).values() for group in groups_]
    found = [group for group in alike if not method or group.label == method]
    if len(found) != 1:
        kinds = {group.label: f"{group.label}" for group in alike} | numbered(alike, runs)
        names = ", ".join(kinds.values())[:400]
        wrong = f"There is no {method[:40]!r} among these runs" if not found else "These runs are of several kinds"
        raise UserError(f"{wrong}: {names}. This figure is of one method on one data set: name it with --method.")
    return found[0].entries


def whose(runs: Sequence[OpenedRun]) -> str:
    """The beginning of a caption: data, method, student, seeds, how many test series and subjects."""
    first = runs[0]
    seeds = ", ".join(str(one.recipe.seed) for one in runs[:12])
    without = sum("control" not in one.networks for one in runs)
    alone = "; no control was trained" if without == len(runs) else f"; {without} of {len(runs)} without a control"
    return (
        f"{first.data.name}, {first.recipe.method}, {first.recipe.architecture} {first.recipe.student} student, "
        f"seed{'s' * (len(runs) > 1)} {seeds}{alone if without else ''}; {tested(first.data)}. {_sure(len(runs))}"
    )


def tested(data: Dataset) -> str:
    """`n = 200 test series`, and of how many subjects where they are known."""
    subjects = "" if data.groups is None else f" of {len(set(data.groups[data.test].tolist()))} {data.unit}"
    return f"n = {data.test.size} test series{subjects}"


def tested_by(run: Run) -> str:
    """The same of a run that is not opened, after a comma; empty where its data is not here."""
    try:
        return ", " + tested(reopen(run.recipe.data, run.request.get("source", {}), ""))
    except UserError:
        return ""


def numbered(found: Sequence[Group], runs: Mapping[str, Run]) -> dict[str, str]:
    """By label what tells kinds of one method apart: `aver #2 (teachers gaf)`; labels without a number are left out."""
    out = {}
    several = [group for group in found if " #" in group.label]
    for method in dict.fromkeys(group.label.partition(" #")[0] for group in several):
        mine = [group for group in several if group.label.partition(" #")[0] == method]
        rows = differences([runs[group.entries[0].id].recipe for group in mine])
        own = [row for row in rows if "." not in row[0] and row[0] not in ("seed", "data")] or rows
        for k, group in enumerate(mine):
            out[group.label] = f"{group.label} ({'; '.join(f'{name} {values[k]}' for name, values in own[:MOST_TOLD])})"
    return out


def shared(runs: Sequence[OpenedRun], roles: Sequence[str]) -> list[str]:
    """Of these roles those that a network has in every run."""
    return [role for role in roles if all(role in one.networks for one in runs)]


def _sure(seeds: int) -> str:
    if seeds == 1:
        return ONE_SEED.strip()
    return too_few(seeds, "seeds") or "Brackets are 95 % intervals over seeds."


def dash(name: str) -> str:
    """A line's dash by the network's name: control and chance are told from the student without their colour."""
    return {network_name("control"): "6 3", "By chance": "2 3", "Random weights": "2 3"}.get(name, "")


def wide(name: str) -> float:
    """A line's width: the student's is seen beneath others that nearly coincide with it."""
    return 3.4 if name == network_name("student") else 2.0


def over_seeds(values: Sequence[float], digits: int = 2) -> str:
    """The mean of one value a seed in words, with its interval where there are enough seeds."""
    found = interval(np.asarray(values, np.float64))
    if not np.isfinite(found.value):
        return "unknown"
    if too_few(found.units):
        return f"{found.value:.{digits}f}"
    return f"{found.value:.{digits}f} [{found.low:.{digits}f}, {found.high:.{digits}f}]"
