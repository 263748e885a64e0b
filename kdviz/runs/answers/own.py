"""What a run's method itself attends with."""

from __future__ import annotations

from kdviz.methods.base import method
from kdviz.runs.analysis.method_maps import compared
from kdviz.runs.analysis.opened_run import check_series
from kdviz.runs.answers.base import Answer, Question, opened


class Own(Question):
    """The maps that the method compared while it taught, of one series."""

    id = "own"

    def answer(self, run: str, series: int) -> Answer:
        """Words `title` of the method; arrays as in kdviz.runs.analysis.method_maps.compared, and `view/modality`."""
        one = opened(run)
        check_series(one, series)
        arrays = compared(one, series)
        raw = one.data.X[series : series + 1]
        for m in {name.rpartition("/")[2] for name in arrays}:
            arrays[f"view/{m}"] = one.eyes[m].see(raw)[0]
        return {"title": method(one.recipe.method).title}, arrays
