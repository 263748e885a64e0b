"""A whole comparison: what was not measured yet is measured, then everything is put side by side."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from typing import Any

from kdviz.errors import UserError
from kdviz.runs.compare import compared, plain
from kdviz.runs.measure import measured
from kdviz.runs.measures import kept
from kdviz.runs.store import Run
from kdviz.runs.two import two


def comparison(runs: Sequence[Run], baseline: str = "", most: int | None = None) -> dict[str, Any]:
    """See `compared`; `two` is there for just two runs on the same data.

    At most `most` runs are measured now; the others stand in `unmeasured`.
    """
    open_ = [run for run in runs if run.state == "finished" and kept(run) is None]
    for run in open_[:most]:
        with contextlib.suppress(UserError):  # data that is not here: its records say what they can
            measured(run)
    found = compared(runs, baseline)
    if len(runs) == 2 and runs[0].recipe.data == runs[1].recipe.data:
        with contextlib.suppress(UserError):
            found["two"] = plain(two(*runs))
    return found
