"""What every modality promises, whoever wrote it."""

import subprocess
import sys
import tracemalloc

import numpy as np
import pytest

from kdviz.core.errors import UserError
from kdviz.core.params import knobs
from kdviz.modalities.base import Modality, modalities, modality
from tests.modalities.series import walks

ALL = sorted(modalities())
PAIRWISE = ["gaf", "markov", "recurrence"]
SHAPES = [(5, 1, 24), (1, 1, 150), (3, 6, 100), (2, 2, 2000), (4, 1, 2), (2, 1, 5000)]


def fitted(name: str, series: np.ndarray, **settings: object) -> Modality:
    eye = modality(name, settings)
    eye.fit(series)
    return eye


def settings_of(name: str) -> list[dict[str, object]]:
    """The defaults, and every choice and bound of every knob by itself."""
    tried: list[dict[str, object]] = [{}]
    for knob in knobs(modalities()[name].Params):
        tried += [{knob.name: option} for option in knob.options]
        tried += [{knob.name: bound} for bound in (knob.low, knob.high) if bound is not None]
    return tried


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("name", ALL)
def test_a_view_is_finite_contiguous_float32_and_the_same_twice(name: str, shape: tuple[int, int, int]) -> None:
    series = walks(*shape)
    view, again = (fitted(name, series).see(series) for _ in range(2))
    assert view.dtype == np.float32 and view.flags.c_contiguous and np.isfinite(view).all()
    assert view.shape[0] == shape[0] and view.ndim == 2 + modalities()[name].dims
    assert view.tobytes() == again.tobytes()


@pytest.mark.parametrize("name", ALL)
def test_every_setting_can_be_seen_through_and_carried_back_to_time(name: str) -> None:
    series = walks(3, 2, 60)
    for settings in settings_of(name):
        eye = fitted(name, series, **settings)
        view = eye.see(series)
        assert np.isfinite(view).all(), settings
        assert len(eye.names(("x", "y"))) == view.shape[1], settings
        time = eye.to_time(np.ones((3, *view.shape[2:]), np.float32), series)
        assert time is not None and time.shape == (3, 60) and np.isfinite(time).all(), settings


@pytest.mark.parametrize("name", ALL)
def test_a_series_looks_the_same_alone_and_among_others(name: str) -> None:
    series = walks(7, 2, 90)
    eye = fitted(name, series)
    assert eye.see(series[4:5]).tobytes() == eye.see(series)[4:5].tobytes()


@pytest.mark.parametrize("name", ALL)
def test_what_was_given_is_left_alone(name: str) -> None:
    series = walks(4, 2, 50)
    before = series.copy()
    eye = fitted(name, series)
    eye.to_time(np.ones((4, *eye.see(series).shape[2:]), np.float32), series)
    assert (series == before).all()


@pytest.mark.parametrize("grid", [1, 3, 12, 200])
@pytest.mark.parametrize("name", ALL)
def test_maps_of_any_size_are_carried_back_to_time(name: str, grid: int) -> None:
    series = walks(3, 2, 70)
    eye = fitted(name, series)
    time = eye.to_time(np.ones((3, *([grid] * eye.dims)), np.float32), series)
    assert time is not None and time.shape == (3, 70) and time.dtype == np.float32 and np.isfinite(time).all()
    assert (time >= 0).all() and time.max() > 0


@pytest.mark.parametrize("sample", [0, 31, 59])
@pytest.mark.parametrize("name", PAIRWISE)
def test_a_bright_row_or_column_lands_on_its_sample(name: str, sample: int) -> None:
    series = walks(1, 1, 60)
    eye = fitted(name, series, size=60)
    for axis in (1, 2):
        maps = np.zeros((1, 60, 60), np.float32)
        np.moveaxis(maps, axis, 0)[sample] = 1
        time = eye.to_time(maps, series)
        assert time is not None and time[0].argmax() == sample


@pytest.mark.parametrize("name", PAIRWISE)
def test_a_bright_pixel_lands_on_the_samples_it_was_averaged_from(name: str) -> None:
    series = walks(1, 1, 100)
    maps = np.zeros((1, 16, 16), np.float32)
    maps[0, 5, :] = 1
    time = fitted(name, series, size=16).to_time(maps, series)
    bounds = np.linspace(0, 100, 17).astype(int)
    assert time is not None
    assert set(np.flatnonzero(time[0] == time[0].max())) == set(range(bounds[5], bounds[6]))


@pytest.mark.parametrize("name", ALL)
def test_a_series_that_never_changes_gives_no_nan(name: str) -> None:
    series = walks(4, 2, 40)
    series[1] = 3
    eye = fitted(name, series)
    assert np.isfinite(eye.see(series)).all()
    still = np.full((2, 2, 40), 5, np.float32)
    assert np.isfinite(fitted(name, still).see(still)).all()


@pytest.mark.parametrize("name", ALL)
def test_huge_and_tiny_values_give_no_nan(name: str) -> None:
    series = walks(3, 1, 40)
    for scale in (np.float32(1e30), np.float32(1e-40)):
        view = fitted(name, series * scale).see(series * scale)
        assert np.isfinite(view).all()


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_a_missing_value_is_named_instead_of_drawn(name: str, bad: float) -> None:
    series = walks(3, 2, 40)
    eye = fitted(name, series)
    series[1, 0, 7] = bad
    with pytest.raises(UserError, match="Series 1, channel 0 has no finite value at sample 7"):
        eye.see(series)


@pytest.mark.parametrize("name", ["signal", "gaf", "persistence", "recurrence"])
def test_a_training_set_with_a_missing_value_is_refused(name: str) -> None:
    series = walks(3, 2, 40)
    series[2, 1, 9] = np.nan
    with pytest.raises(UserError, match="Series 2, channel 1 has no finite value at sample 9"):
        modality(name).fit(series)


@pytest.mark.parametrize("name", ["signal", "gaf", "persistence", "recurrence"])
def test_seeing_before_fitting_says_what_is_missing(name: str) -> None:
    with pytest.raises(UserError, match="fit it to them first"):
        modality(name).see(walks(2, 1, 30))


@pytest.mark.parametrize("name", ["signal", "gaf", "persistence", "recurrence"])
def test_other_channels_than_those_of_the_training_set_are_refused(name: str) -> None:
    with pytest.raises(UserError, match="fitted to series of 2 channels; these have 3"):
        fitted(name, walks(2, 2, 30)).see(walks(2, 3, 30))


@pytest.mark.parametrize("name", ALL)
def test_memory_does_not_grow_with_the_number_of_series(name: str) -> None:
    series = walks(4000, 1, 150)
    settings = {"size": 16} if name in PAIRWISE else {"resolution": 16} if name == "persistence" else {}
    eye = fitted(name, series[:50], **settings)
    eye.see(series[:2])
    tracemalloc.start()
    try:
        eye.fit(series)
        view = eye.see(series)
        assert tracemalloc.get_traced_memory()[1] < view.nbytes + 16e6
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("name", ALL)
def test_a_buffer_can_be_used_again_and_a_wrong_one_is_refused(name: str) -> None:
    series = walks(4, 2, 60)
    eye = fitted(name, series)
    view = eye.see(series)
    buffer = np.full_like(view, np.nan)
    assert eye.see(series, buffer) is buffer and buffer.tobytes() == view.tobytes()
    assert eye.shape(2, 60) == view.shape[1:]
    with pytest.raises(ValueError, match="contiguous float32"):
        eye.see(series[:3], buffer)


def test_listing_modalities_imports_nothing_heavy() -> None:
    code = (
        "import sys, numpy as np\n"
        "from kdviz.modalities.base import modalities, modality\n"
        "modalities(); modality('markov').see(np.zeros((1, 1, 50), np.float32))\n"
        "heavy = {'numba', 'scipy', 'torch', 'pyts', 'sklearn'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
