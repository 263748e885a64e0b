"""Which epoch is the answer."""

from __future__ import annotations

import pytest

from kdviz.core.checkpoint_rules import Best

HEARD = ((0.5, 0.9), (0.8, 0.7), (0.8, 0.4), (0.7, 0.1), (0.8, 0.5))


@pytest.mark.parametrize(("ties", "answer"), [("first", 2), ("loss", 3)])
def test_no_epoch_of_smaller_validation_accuracy_is_ever_the_answer(ties: str, answer: int) -> None:
    best = Best(ties)
    kept = [epoch for epoch, (score, loss) in enumerate(HEARD, 1) if best.judge(epoch, score, loss).keep]
    assert kept[-1] == answer


@pytest.mark.parametrize("ties", ["first", "loss"])
def test_a_resumed_selection_judges_as_the_undisturbed_one(ties: str) -> None:
    whole, broken = Best(ties), Best(ties)
    for epoch, (score, loss) in enumerate(HEARD, 1):
        resumed = Best(ties)
        if epoch > 1:
            resumed.restore(broken.state())
        broken = resumed
        assert whole.judge(epoch, score, loss) == broken.judge(epoch, score, loss)
