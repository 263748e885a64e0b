"""Who is a teacher of a run, and who is not."""

from __future__ import annotations

from kdviz.core.files import write_json
from kdviz.report.run_report import RunReportInput, run_page
from kdviz.runs.store.catalogue import remembered
from kdviz.runs.store.run import FINAL
from kdviz.runs.store.run_table import outcomes
from tests.runs.comparison.test_compare import bumps, ended, recipe


def test_a_twin_stands_last_and_is_called_no_teacher(own_home: object) -> None:
    data = bumps()
    run = ended(data, recipe(data), 0.9)
    others = {name: {"accuracy": {"test": 0.7}} for name in ("control", "twin", "signal", "gaf")}
    write_json(run.folder / FINAL, {**(run.final or {}), "teachers": others})
    final = run.final or {}
    assert list(outcomes(final)) == ["student", "gaf", "signal", "control", "twin"]
    row = next(m for m in remembered()["methods"] if m["id"] == run.recipe.method)
    said = run_page(RunReportInput(run, row)).html()
    assert "Twin, where it starts" in said and "No teacher: the same network" in said and "Twin teacher" not in said
