"""How the networks of a run learned: loss by term and accuracy, by epoch."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from kdviz.figures.chart import DASHES, Axis, Line, lines
from kdviz.figures.palette import SERIES, colour, titled
from kdviz.report.html import Page, paragraph
from kdviz.runs.history import epochs_by_network, remarks
from kdviz.runs.lineage import parents
from kdviz.runs.store import Run, by_identity

EPOCH = Axis("epoch", "count")
Told = Sequence[Mapping[str, Any]]


def learned(page: Page, run: Run) -> None:
    """Both figures, stage boundaries marked, and what the run remarked."""
    by_who = _parents(run) | epochs_by_network(run.events())
    learner = by_who.get("student", [])
    if not learner:
        return
    marks = {b["epoch"] - 0.5: str(b["stage"]) for a, b in pairwise(learner) if a["stage"] != b["stage"]}
    terms = [
        Line(name, _epochs(learner), [e["losses"].get(name, math.nan) for e in learner], *_look(k))
        for k, name in enumerate(learner[-1]["losses"])
    ]
    scores = [_accuracy(who, told, k) for k, (who, told) in enumerate(by_who.items())]
    told = f"Mean loss of the student by term over {learner[-1]['epoch']} epochs."
    loss = lines(terms, EPOCH, Axis("loss"), told, marks)
    accuracy = lines(scores, EPOCH, Axis("accuracy", "percent", 0.0, 1.0), _ends(by_who), marks)
    page.section(
        "How it learned",
        '<div class="pair">',
        page.drawing("chart", loss, "The student's loss, term by term."),
        page.drawing(
            "chart", accuracy, "Accuracy on the validation series, which choose the epoch; test series never do."
        ),
        "</div>",
        *(paragraph(note, "small") for note in remarks(run.events())),
    )


def _parents(run: Run) -> dict[str, list[Mapping[str, Any]]]:
    """What teachers and control told in runs of their own, where those are here."""
    own = {p.role: epochs_by_network(by_identity(p.identity).events()) for p in parents(run.recipe) if p.here}
    return {role: told["student"] for role, told in own.items() if "student" in told}


def _epochs(told: Told) -> list[float]:
    return [e["epoch"] for e in told]


def _look(place: int) -> tuple[str, str]:
    return SERIES[place % len(SERIES)], DASHES[place % len(DASHES)]


def _accuracy(who: str, told: Told, place: int) -> Line:
    values = [e["accuracy"].get("validation", math.nan) for e in told]
    width = 3.0 if who == "student" else 1.6
    return Line(titled(who), _epochs(told), values, colour(who), DASHES[place % len(DASHES)], width)


def _ends(by_who: Mapping[str, Told]) -> str:
    ends = (f"{titled(w)} {t[-1]['accuracy'].get('validation', math.nan):.0%}" for w, t in by_who.items())
    return f"Validation accuracy by epoch; at the end: {', '.join(ends)}."
