"""What every network says of the test set."""

from __future__ import annotations

from functools import lru_cache

import torch

from kdviz.runs.answers.base import Answer, Arrays, Question, opened, weights_version
from kdviz.training.encoded_data import encode


class Predictions(Question):
    """Class probabilities on the test set."""

    id = "predictions"

    def answer(self, run: str) -> Answer:
        """Words `roles`; arrays (n_test, classes) by role."""
        return {"roles": list(opened(run).networks)}, _predicted(run, weights_version(run))


@lru_cache(maxsize=6)
def _predicted(run: str, changed: float) -> Arrays:
    one = opened(run)
    views = encode(one.eyes, one.data.X[one.data.test])
    with torch.no_grad():
        return {
            role: net({m: views[m] for m in net.modalities}).logits.softmax(1).numpy()
            for role, net in one.networks.items()
        }
