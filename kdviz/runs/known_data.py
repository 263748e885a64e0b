"""The data sets that something was trained on here, and the samples: what a sweep can be asked for."""

from __future__ import annotations

from typing import Any

from kdviz.data import samples
from kdviz.errors import UserError
from kdviz.runs.datasets import store
from kdviz.runs.store import all_runs


def known_data() -> dict[str, str]:
    """Names by a sample's id or a data set's fingerprint: samples first, then those of runs, latest first."""
    found = {name: sample.title for name, sample in samples.names().items()}
    for run in all_runs():
        try:
            request, sha = run.request, run.recipe.data
        except UserError:
            continue
        if "sample" not in request.get("source", {}) and sha in store():
            found.setdefault(sha, str(request.get("data", "")) or sha[:8])
    return found


def as_asked(data: Any) -> dict[str, Any]:
    """A data set as a sweep's plan names it."""
    return {"sha256": data.sha256, "name": data.name, "source": dict(data.source)}
