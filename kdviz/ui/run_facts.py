"""What pages know of a run beyond its folder: its method's words, its measures, all that a report is made of."""

from __future__ import annotations

from typing import Any

from kdviz.errors import UserError
from kdviz.report.run import Material
from kdviz.runs.measures import Measures, kept, sound
from kdviz.runs.store import Run
from kdviz.ui import cached


def method_row(run: Run) -> dict[str, Any]:
    """The run's method in the catalogue; raises UserError where it is not here."""
    found = next((m for m in cached.catalogue()["methods"] if m["id"] == run.recipe.method), None)
    if found is None:
        raise UserError(f"There is no method {run.recipe.method[:40]!r} here: another version of kdviz has it.")
    return dict(found)


def material(run: Run) -> Material:
    """What a report needs, asked of the looker; less of it where the data is not here."""
    row = method_row(run)
    try:
        data = cached.dataset_of(run)
    except UserError:
        return Material(run, row, None, kept(run))
    try:
        shots: Any = cached.asked(run, "snapshots")
    except UserError:
        shots = None
    return Material(run, row, data, measures(run), shots)


def measures(run: Run) -> Measures:
    """The run's measures, taken now where they were not yet."""
    return kept(run) or sound(cached.asked(run, "measured")[0])
