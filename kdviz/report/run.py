"""The report of a run: what came of it, where the student looked epoch by epoch, how it learned, how to redo it."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kdviz.data.dataset import Dataset
from kdviz.errors import UserError
from kdviz.figures.palette import titled
from kdviz.figures.scrubber import scrubber
from kdviz.intervals import interval
from kdviz.report.html import Page, cards, paragraph
from kdviz.report.learned import learned
from kdviz.report.numbers import again, beside
from kdviz.runs.about import about
from kdviz.runs.measures import Measures
from kdviz.runs.store import Run

ONE_SEED = (
    "One run, one seed: it shows what these networks did. Nothing can be concluded about the method from it; "
    "compare six seeds or more for that."
)


@dataclass(frozen=True)
class Material:
    """What a report is made from: plain values, so that it can be made where torch is not.

    method      the row of the run's method in the catalogue
    snapshots   words and arrays of kdviz.runs.snapshots, None where the epochs are not here
    """

    run: Run
    method: Mapping[str, Any]
    data: Dataset | None = None
    measures: Measures | None = None
    snapshots: tuple[Mapping[str, Any], Mapping[str, NDArray[Any]]] | None = None


def run_report(given: Material) -> str:
    """One HTML file, under 2 MB; see `run_page`."""
    return run_page(given).html()


def run_page(given: Material) -> Page:
    """The report of a run; raises UserError where it has not ended."""
    run, final = given.run, given.run.final
    if final is None or not final.get("accuracy"):
        raise UserError(f"This run is {run.state}: a report is made of what has ended with a trained student.")
    page = Page(*_titles(given))
    page.section("What came of it", _scores(given, final), paragraph(ONE_SEED, "note"))
    _looked(page, given)
    learned(page, run)
    if given.measures is not None:
        page.section("Student beside its teachers", *beside(given.measures))
    page.section("How to make it again", *again(run, given.method, final))
    return page


def _titles(given: Material) -> tuple[str, str]:
    run, recipe = given.run, given.run.recipe
    name = about(run).name or f"{given.method['title']} on {run.request.get('data', 'data')}"
    when = datetime.datetime.fromtimestamp(run.asked_at, datetime.UTC).strftime("%Y-%m-%d")
    names = [titled(t).removesuffix(" teacher") for t in recipe.teacher_names]
    listed = " and ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))
    taught = f"{listed} teacher{'s' * (len(names) > 1)}" if names else "labels alone"
    what = f"A {recipe.architecture} {recipe.student} student, taught by {taught}."
    return name, f"{what} Run {run.folder.name}, asked for on {when}."


def _scores(given: Material, final: Mapping[str, Any]) -> str:
    told = {"student": final["accuracy"]} | {w: o.get("accuracy", {}) for w, o in final.get("teachers", {}).items()}
    return cards((titled(who), f"{a['test']:.1%}", _spread(given, who)) for who, a in told.items() if "test" in a)


def _spread(given: Material, who: str) -> str:
    """The 95 % interval of a network's test accuracy over series, or over subjects where they are known."""
    role = who if who in ("student", "control") else f"teacher.{who}"
    right = given.measures.right.get(role) if given.measures else None
    if not right:
        return "test accuracy"
    groups = None if given.data is None or given.data.groups is None else given.data.groups[given.data.test]
    found = interval(np.array([float(hit == "1") for hit in right]), groups)
    over = "series" if groups is None else "subjects"
    return f"test accuracy; 95 % interval over {found.units} {over}: {found.low:.1%} to {found.high:.1%}"


def _looked(page: Page, given: Material) -> None:
    title = "Where the student looked, epoch by epoch"
    if given.snapshots is None or given.data is None:
        why = (
            "Its data was not here when this report was made." if given.data is None else "No earlier epochs were kept."
        )
        page.section(title, paragraph(why))
        return
    words, arrays = given.snapshots
    data, series = given.data, arrays["series"]
    titles = {f"teacher.{t}": titled(t) for t in words["teachers"]} | {"control": titled("control")}
    drawn = scrubber(
        words, arrays, data.X[series][:, 0], data.y[series], list(data.classes), titles,
        next(iter(words["teachers"]), ""), True, 1 / data.rate if data.rate else None, {"epoch": None, "series": None},
    )  # fmt: skip
    length = f"{data.length / data.rate:g} s" if data.rate else f"{data.length} samples"
    caption = (
        f"Class activation maps for the true class, carried onto the time axis, of {series.size} test series. Drag the "
        "slider or press Play. A match means little alone: read it beside chance and the from-scratch control."
    )
    page.section(title, page.drawing("scrubber", drawn, caption, length))
