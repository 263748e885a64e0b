"""GAF: equal to pyts, and true to its algebra."""

import numpy as np
import pytest
from hypothesis import given

from kdviz.core.errors import UserError
from kdviz.modalities.base import modality
from kdviz.modalities.gaf import Gaf
from kdviz.modalities.kernels import gramian
from kdviz.modalities.kernels.paa import means
from tests.modalities.series import golden, smooth, walks


def fields(rows: np.ndarray, size: int) -> tuple[np.ndarray, np.ndarray]:
    """GASF and GADF of float64 rows, per-window scaling; rounded to float32 only where nothing is steep any more."""
    pixels = means(rows, size)
    c = gramian.scaled(pixels, pixels.min(-1, keepdims=True), pixels.max(-1, keepdims=True))
    c, s = (part[:, None].astype(np.float32) for part in (c, gramian.sines(c)))
    out = np.empty((len(c), 2, size, size), np.float32)
    gramian.gasf(c, s, c, s, out)
    gramian.gadf(c, s, c, s, out, 1)
    return out[:, 0], out[:, 1]


def gaf(**settings: object) -> Gaf:
    eye = modality("gaf", {"range": "window", **settings})
    assert isinstance(eye, Gaf)
    return eye


@pytest.mark.parametrize(("size", "source", "name"), [(64, "X", ""), (16, "X", ""), (10, "X", ""), (64, "X500", "500")])
def test_fields_equal_those_of_pyts(size: int, source: str, name: str) -> None:
    g = golden("gaf")
    summed, differed = fields(g[source], size)
    np.testing.assert_allclose(summed, g[f"gasf{name}_{size}"], atol=3e-7)
    np.testing.assert_allclose(differed, g[f"gadf{name}_{size}"], atol=3e-7)


@pytest.mark.parametrize("size", [16, 64])
def test_the_modality_shows_what_pyts_shows(size: int) -> None:
    g = golden("gaf")
    view = gaf(size=size).see(g["X"][:, None].astype(np.float32))
    np.testing.assert_allclose(view[:, 0], g[f"gasf_{size}"], atol=2e-5)
    np.testing.assert_allclose(view[:, 1], g[f"gadf_{size}"], atol=2e-5)


@pytest.mark.parametrize("size", [10, 16, 64])
def test_segments_are_averaged_as_pyts_averages_them(size: int) -> None:
    g = golden("gaf")
    np.testing.assert_allclose(means(g["X"], size), g[f"paa_{size}"], atol=1e-12)


def test_a_constant_series_is_drawn_at_zero_where_pyts_draws_one() -> None:
    still = golden("gaf")["X_const"][:, None].astype(np.float32)
    np.testing.assert_allclose(golden("gaf")["gasf_const_16"], 1)
    assert (gaf(size=16).see(still) == 0).all()
    assert gaf(size=16).notes(still) == ["Series 0 never changes: a GAF needs a range, so it is drawn at 0."]


@given(smooth)
def test_gasf_cannot_tell_a_series_from_its_negative_and_gadf_can(x: np.ndarray) -> None:
    eye, series = gaf(), x[None, None]
    up, down = eye.see(series)[0], eye.see(-series)[0]
    np.testing.assert_allclose(up[0], down[0], atol=1e-5)
    np.testing.assert_allclose(up[1], -down[1], atol=1e-5)


@given(smooth)
def test_gasf_is_symmetric_gadf_antisymmetric_and_the_diagonals_are_2c2_minus_1_and_0(x: np.ndarray) -> None:
    eye = gaf(size=16)
    summed, differed = eye.see(x[None, None])[0]
    c, s = (part[0, 0] for part in eye.angles(x[None, None]))
    np.testing.assert_allclose(summed, summed.T, atol=1e-6)
    np.testing.assert_allclose(differed, -differed.T, atol=1e-6)
    np.testing.assert_allclose(np.diag(summed), c**2 - s**2, atol=1e-6)
    np.testing.assert_allclose(np.trace(differed), 0, atol=1e-5)


@given(smooth)
def test_the_picture_gives_the_series_back_up_to_one_sign(x: np.ndarray) -> None:
    eye = gaf(size=256)
    back = eye.reconstruct(eye.see(x[None, None]))[0, 0]
    truth = eye.angles(x[None, None])[0][0, 0]
    assert min(np.abs(back - truth).max(), np.abs(back + truth).max()) < 2e-3


def test_gadf_alone_cannot_be_turned_back() -> None:
    eye = gaf(kind="gadf")
    with pytest.raises(UserError, match="choose GASF or both"):
        eye.reconstruct(eye.see(walks(1, 1, 60)))


def test_scaling_by_the_training_set_keeps_amplitude_and_cuts_off_what_lies_beyond() -> None:
    train = walks(8, 1, 64)
    eye = gaf(range="train")
    eye.fit(train)
    assert np.abs(eye.see(train[:1]) - eye.see(train[:1] / 2)).max() > 0.1
    assert eye.notes(train) == []
    wild = train * 10
    assert np.isfinite(eye.see(wild)).all()
    assert "leave the range of the training set: what lies beyond is cut off." in eye.notes(wild)[0]


def test_mixed_is_gasf_by_the_training_set_and_gadf_by_each_series() -> None:
    train = walks(8, 2, 64)
    mixed, by_train, by_window = (gaf(range=how) for how in ("mixed", "train", "window"))
    for eye in (mixed, by_train, by_window):
        eye.fit(train)
    view = mixed.see(train)
    np.testing.assert_array_equal(view[:, :2], by_train.see(train)[:, :2])
    np.testing.assert_array_equal(view[:, 2:], by_window.see(train)[:, 2:])
    assert mixed.bounds(1, "GASF") == by_train.bounds(1) and mixed.bounds(1, "GADF") is None
    back, truth = mixed.reconstruct(view), mixed.angles(train)[0]
    assert np.minimum(np.abs(back - truth).max(2), np.abs(back + truth).max(2)).max() < 5e-3


def test_short_series_get_a_picture_of_their_own_length_and_the_note_says_so() -> None:
    series = walks(2, 1, 24)
    assert gaf(size=48).see(series).shape == (2, 2, 24, 24)
    assert gaf(size=48).notes(series) == ["The series have 24 samples, so the image is 24 x 24 pixels."]


def test_notes_name_series_by_the_numbers_they_are_given() -> None:
    series = walks(6, 1, 60)
    series[[0, 2, 3, 4, 5]] = 0
    where = ": a GAF needs a range, so they are drawn at 0."
    assert gaf().notes(series[2:4], numbers=[7, 9]) == [f"Series 7 and 9 never change{where}"]
    assert gaf().notes(series) == [f"Series 0, 2 and 3 others never change{where}"]


def test_a_channel_crossed_with_itself_is_its_gasf_and_crossing_back_transposes() -> None:
    eye, series = gaf(), walks(2, 2, 60)
    np.testing.assert_allclose(eye.cross(series, 1, 1), eye.see(series)[:, 1], atol=1e-6)
    np.testing.assert_allclose(eye.cross(series, 0, 1), eye.cross(series, 1, 0).swapaxes(1, 2), atol=1e-6)


def test_a_series_that_fills_little_of_the_training_range_is_told_how_to_be_seen() -> None:
    loud = walks(4, 1, 40).astype(np.float32)
    quiet = 0.01 * loud[:1]
    eye = gaf(size=16, range="train")
    eye.fit(loud)
    assert eye.notes(loud) == [] and eye.remedy(loud) is None and eye.remedy(0 * quiet) is None
    better = eye.remedy(quiet)
    assert better is not None and better[1] == {"range": "window"}
    again = gaf(size=16, **better[1])
    again.fit(loud)
    assert again.remedy(quiet) is None
    assert "the range of a window shows more" in eye.notes(quiet, [7])[0] and eye.notes(quiet, [7])[0][:8] == "Series 7"
