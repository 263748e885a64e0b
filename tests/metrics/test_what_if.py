"""What if a stretch were other than it is."""

from __future__ import annotations

import numpy as np
import pytest

from kdviz.core.errors import UserError
from kdviz.metrics.perturbations import WAYS, Change, changed

X = np.random.default_rng(0).standard_normal((3, 2, 20)).astype(np.float32)


@pytest.mark.parametrize("what", WAYS)
def test_only_the_stretch_changes_and_the_data_set_never(what: str) -> None:
    before = X.copy()
    out = changed(X, 1, Change(what, 5, 9, 2))
    np.testing.assert_array_equal(X, before)
    np.testing.assert_array_equal(np.delete(out[0], range(5, 9), 1), np.delete(X[1], range(5, 9), 1))
    assert not np.array_equal(out[0][:, 5:9], X[1][:, 5:9])


@pytest.mark.parametrize("what", ["flip", "reverse"])
def test_done_twice_the_series_is_itself_again(what: str) -> None:
    once = changed(X, 0, Change(what, 4, 12))
    np.testing.assert_allclose(changed(once, 0, Change(what, 4, 12))[0], X[0], atol=1e-5)


def test_a_swap_brings_the_other_series_samples() -> None:
    np.testing.assert_array_equal(changed(X, 0, Change("swap", 3, 6, 2))[0][:, 3:6], X[2][:, 3:6])


@pytest.mark.parametrize(
    "change", [Change("paint", 0, 5), Change("mute", 9, 5), Change("mute", 0, 21), Change("swap", 0, 5)]
)
def test_what_cannot_be_done_is_said(change: Change) -> None:
    with pytest.raises(UserError):
        changed(X, 0, change)
