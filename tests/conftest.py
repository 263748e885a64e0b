"""What many tests stand on: a small data set, a home of their own, one thread."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import settings

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"):
    os.environ.setdefault(name, "1")
os.environ.setdefault("KDVIZ_WORKER_NICE", "0")  # who waits for a run here has nobody else to leave the machine to

from kdviz.data.dataset import Dataset  # noqa: E402
from kdviz.data.prepare.splits import three_way  # noqa: E402

# A busy machine is no fault of the code: what is slow is measured in benchmarks/.
settings.register_profile("calm", deadline=None)
settings.load_profile("calm")


def bumps(series: int = 60, channels: int = 1, length: int = 40, classes: int = 2, seed: int = 0) -> Dataset:
    """Noise with a bump whose ripple tells the class: convolutions and pooling can tell it, wherever it lies."""
    rng = np.random.default_rng(seed)
    y = np.arange(series) % classes
    X = 0.3 * rng.standard_normal((series, channels, length)).astype(np.float32)
    t = np.arange(length) - rng.uniform(0.3, 0.7, (series, 1)) * length
    ripple = np.cos(t * (0.2 + 2.4 * y[:, None] / classes))
    X += (3 * np.exp(-(t**2) / 30) * ripple).astype(np.float32)[:, None]
    train, validation, test = three_way(y, seed)
    names = tuple(f"channel {c}" for c in range(channels))
    labels = tuple(str(c) for c in range(classes))
    return Dataset(X, y, labels, names, train, validation, test, "bumps", 20.0)


@pytest.fixture
def data() -> Dataset:
    return bumps()


@pytest.fixture(autouse=True)
def own_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """No test reads or writes the home of the person who runs it."""
    place = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("KDVIZ_HOME", str(place))
    yield place


@pytest.fixture(scope="session")
def lookable(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Two small finished runs, trained once: see tests/lookable.py."""
    from tests.lookable import trained

    return trained(tmp_path_factory.mktemp("lookable"))
