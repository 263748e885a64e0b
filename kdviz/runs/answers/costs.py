"""What each architecture costs on a data set."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from kdviz.nets.build import build
from kdviz.nets.cost import cost
from kdviz.runs.answers.base import Answer, Question, reopened
from kdviz.training.defaults import ARCHITECTURES, view_settings
from kdviz.training.encoded_data import encode, fitted


class Costs(Question):
    """Weights, MACs and latency of every architecture."""

    id = "costs"

    def answer(self, data: str, source: dict[str, Any], name: str, student: str, sees: list[str]) -> Answer:
        """Words `costs` by architecture."""
        opened = reopened(data, json.dumps(source), name)
        eyes = fitted(opened, view_settings(sees, {}))
        shapes = {m: tuple(v.shape[1:]) for m, v in encode(eyes, opened.X[:1]).items()}
        classes = max(len(opened.classes), 2)
        found = {a: asdict(cost(build(student, a, tuple(sees), shapes, classes), shapes)) for a in ARCHITECTURES}
        return {"costs": found}, {}
