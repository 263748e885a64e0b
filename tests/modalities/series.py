"""Series for the tests of this folder."""

from pathlib import Path

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

GOLDEN = Path(__file__).resolve().parents[1] / "golden"


def walks(count: int, channels: int, length: int, seed: int = 0) -> NDArray[np.float32]:
    """Random walks (N, C, T)."""
    return np.random.default_rng(seed).normal(size=(count, channels, length)).cumsum(2).astype(np.float32)


def golden(name: str) -> dict[str, NDArray[np.float64]]:
    """The arrays of a golden file."""
    with np.load(GOLDEN / f"{name}.npz", allow_pickle=False) as file:
        return dict(file)


# Few distinct values, so that ties and plateaus are common.
stairs = arrays(np.float32, st.integers(1, 40), elements=st.integers(-3, 3).map(float))
smooth = arrays(np.float32, st.integers(2, 60), elements=st.floats(-100, 100, width=32))
any_series = st.one_of(stairs, smooth)
