"""How faithful the student is."""

from __future__ import annotations

from functools import lru_cache

from kdviz.runs.analysis.fidelity import answers, by_epoch, layers
from kdviz.runs.analysis.opened_run import OpenedRun
from kdviz.runs.answers.base import Answer, Question, opened, weights_version


class Fidelity(Question):
    """Answers, errors and features of the student beside its teachers'."""

    id = "fidelity"

    def answer(self, run: str) -> Answer:
        """See `whole`."""
        return _kept(run, weights_version(run))


@lru_cache(maxsize=8)
def _kept(run: str, changed: float) -> Answer:
    return whole(opened(run))


def whole(one: OpenedRun) -> Answer:
    """Words `splits` and `cka`; arrays of CKA, and `epoch/...` over the kept epochs."""
    words, arrays = layers(one)
    over = {f"epoch/{name}": value for name, value in by_epoch(one).items()}
    return {"splits": answers(one), "cka": words}, {**arrays, **over}
