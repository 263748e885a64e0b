"""The report of a run: what came of it, where the student looked epoch by epoch, how it learned, how to redo it."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from kdviz.core.errors import UserError
from kdviz.data.dataset import Dataset
from kdviz.figures import training_curves
from kdviz.figures.palette import network_name
from kdviz.figures.scrubber import scrubber
from kdviz.metrics.intervals import interval, too_few
from kdviz.report.page import Cards, Page, Pair, PaperFigure, Paragraph
from kdviz.report.run_tables import again, beside, faithful
from kdviz.runs.analysis.evidence_answers import DeletionCurves
from kdviz.runs.store.final_record import TWIN, outcomes
from kdviz.runs.store.history import epochs_by_network, remarks
from kdviz.runs.store.lineage import parents
from kdviz.runs.store.measures import Measures
from kdviz.runs.store.run import Run, by_identity
from kdviz.runs.store.run_table import about
from kdviz.runs.store.snapshot_file import Snapshots
from kdviz.training.knowledge import condition


def learned(page: Page, run: Run) -> None:
    """Both figures, stage boundaries marked, and what the run remarked."""
    by_who = _parents(run) | epochs_by_network(run.events())
    learner = by_who.get("student", [])
    if not learner:
        return
    loss, accuracy = training_curves.loss_terms(learner), training_curves.accuracies(by_who)
    chosen = "Accuracy on the validation series, which choose the epoch; test series never do."
    if run.recipe.recorded:
        chosen = "Accuracy as the training's owner told it; what chose the epoch is not known here."
    page.section(
        "How it learned",
        Pair(
            (page.drawing("chart", loss, "The student's loss, term by term."), page.drawing("chart", accuracy, chosen))
        ),
        *(Paragraph(note, "small") for note in remarks(run.events())),
    )


def _parents(run: Run) -> dict[str, list[Mapping[str, Any]]]:
    """What teachers and control told in runs of their own, where those are here."""
    own = {p.role: epochs_by_network(by_identity(p.identity).events()) for p in parents(run.recipe) if p.here}
    return {role: told["student"] for role, told in own.items() if "student" in told}


DELETED_SERIES = 8

ONE_SEED = (
    "One run, one seed: it shows what these networks did. Nothing can be concluded about the method from it; "
    "compare six seeds or more for that."
)


@dataclass(frozen=True)
class RunReportInput:
    """What a report is made from: plain values, so that it can be made where torch is not.

    method      the row of the run's method in the catalogue
    snapshots   what the scrubber shows, None where the epochs are not here
    deletion    deletion curves of CAMs by role and filling, of `DELETED_SERIES` test series
    figures     the figures for a paper that were chosen
    """

    run: Run
    method: Mapping[str, Any]
    data: Dataset | None = None
    measures: Measures | None = None
    snapshots: Snapshots | None = None
    deletion: Mapping[str, Mapping[str, DeletionCurves]] = field(default_factory=dict)
    figures: Sequence[PaperFigure] = ()


def run_report(given: RunReportInput) -> str:
    """One HTML file, under 2 MB; see `run_page`."""
    return run_page(given).html()


def run_page(given: RunReportInput) -> Page:
    """The report of a run; raises UserError where it has not ended."""
    run, final = given.run, given.run.final
    if final is None or not final.get("accuracy"):
        raise UserError(f"This run is {run.state}: a report is made of what has ended with a trained student.")
    page = Page(*_titles(given))
    page.section("What came of it", _scores(given, final), Paragraph(ONE_SEED, "note"))
    _looked(page, given)
    learned(page, run)
    if given.measures is not None:
        page.section("Student beside its teachers", *beside(given.measures))
    if given.deletion:
        page.section("Are the maps faithful?", *faithful(given.deletion))
    page.paper(given.figures)
    page.section("How to make it again", *again(run, given.method, final))
    return page


def _titles(given: RunReportInput) -> tuple[str, str]:
    run, recipe = given.run, given.run.recipe
    name = about(run).name or f"{given.method['title']} on {run.request.get('data', 'data')}"
    when = datetime.datetime.fromtimestamp(run.asked_at, datetime.UTC).strftime("%Y-%m-%d")
    names = [network_name(t).removesuffix(" teacher") for t in recipe.teacher_names]
    listed = " and ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))
    taught = f"{listed} teacher{'s' * (len(names) > 1)}" if names else "labels alone"
    what = f"A {recipe.architecture} {recipe.student} student, taught by {taught}."
    if known := condition(recipe, run.request.get("source", {})):
        what += f" What it may know: {known}."
    return name, f"{what} Run {run.folder.name}, asked for on {when}."


def _scores(given: RunReportInput, final: Mapping[str, Any]) -> Cards:
    known = {who: a["test"] for who, a in outcomes(final).items() if "test" in a}
    return Cards([(network_name(who), f"{score:.1%}", _spread(given, who)) for who, score in known.items()])


def _spread(given: RunReportInput, who: str) -> str:
    """The 95 % interval of a network's test accuracy over series, or over subjects where they are known."""
    if who == TWIN:
        return "test accuracy. No teacher: the same network, trained on labels alone, from which the student began"
    role = who if who in ("student", "control") else f"teacher.{who}"
    right = given.measures.right.get(role) if given.measures else None
    if not right:
        return "test accuracy"
    groups = None if given.data is None or given.data.groups is None else given.data.groups[given.data.test]
    found = interval(np.array([float(hit == "1") for hit in right]), groups, bounds=(0.0, 1.0))
    over = "series" if given.data is None else given.data.unit
    if few := too_few(found.units, over):
        return f"test accuracy. {few}"
    return f"test accuracy; 95 % interval over {found.units} {over}: {found.low:.1%} to {found.high:.1%}"


def _looked(page: Page, given: RunReportInput) -> None:
    title = "Where the student looked, epoch by epoch"
    if given.snapshots is None or given.data is None:
        why = (
            "Its data was not here when this report was made." if given.data is None else "No earlier epochs were kept."
        )
        page.section(title, Paragraph(why))
        return
    shown = given.snapshots
    data, series = given.data, shown.series
    titles = {f"teacher.{t}": network_name(t) for t in shown.teachers} | {"control": network_name("control")}
    against = given.measures.teacher if given.measures else next(iter(shown.teachers), "")
    drawn = scrubber(
        shown.head(), shown.arrays, data.X[series][:, 0], data.y[series], list(data.classes), titles,
        against, True, 1 / data.rate if data.rate else None, {"epoch": None, "series": None},
    )  # fmt: skip
    length = f"{data.length / data.rate:g} s" if data.rate else f"{data.length} samples"
    caption = (
        f"Class activation maps for the true class, carried onto the time axis, of {series.size} test series. Drag the "
        "slider or press Play. A match means little alone: read it beside chance and the from-scratch control."
    )
    page.section(title, page.drawing("scrubber", drawn, caption, length))
