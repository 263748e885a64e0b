"""A sweep planned: what it comes to and what it will take, or made so that it can begin."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from kdviz.core.json_types import made
from kdviz.metrics.hypothesis_tests import pairs_for_any
from kdviz.runs.answers.base import Answer, Question, reopened
from kdviz.runs.sweeps.estimate import PATIENCE, estimate
from kdviz.runs.sweeps.expand import create, expand
from kdviz.runs.sweeps.plan import Plan


class SweepOf(Question):
    """What a plan comes to, `patience` seconds at most spent on trying; with `keep` its folders are made."""

    id = "sweep"

    def answer(self, plan: dict[str, Any], keep: bool = False, patience: float = PATIENCE) -> Answer:
        """Words: identity, runs, teachers_and_controls, left_out, and the forecast (see foresight).

        `proves` is how many seeds at least it takes before any of its methods could be shown better than scratch.
        """
        given = made(Plan, plan, "The sweep")
        data = [reopened(d["sha256"], json.dumps(d["source"]), d["name"]) for d in given.data]
        if keep:
            return {"identity": create(given, data).plan.identity}, {}
        found, recipes = expand(given, data)
        said: dict[str, Any] = {
            "identity": given.identity,
            "runs": len(found.cells),
            "teachers_and_controls": len(found.ancestors),
        }
        said |= {"left_out": list(found.left_out), "proves": pairs_for_any(len(_compared(given)))}
        return said | asdict(estimate(found, recipes, patience)), {}


def _compared(plan: Plan) -> list[str]:
    """The methods that are compared with scratch."""
    return [name for name in plan.methods if name != "supervised"] or ["supervised"]
