"""What is done to a series, and what views make of it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from kdviz.core.errors import UserError
from kdviz.metrics.perturbations import ALIKE, CHANGES, apart, difference, transformed
from kdviz.modalities.base import modality

SERIES = arrays(np.float32, (1, 1, 24), elements=st.floats(-8, 8, width=16))


@settings(max_examples=60, deadline=None)
@given(SERIES)
def test_a_gasf_in_its_own_range_cannot_tell_a_series_from_its_negative(series: np.ndarray) -> None:
    eye = modality("gaf", {"kind": "gasf", "range": "window", "size": 24})
    assert apart(eye.see(series)[0], eye.see(transformed(series, "flipped"))[0]) < ALIKE


def test_a_gadf_can() -> None:
    series = np.sin(np.arange(24, dtype=np.float32))[None, None]
    eye = modality("gaf", {"kind": "gadf", "range": "window", "size": 24})
    np.testing.assert_allclose(eye.see(transformed(series, "flipped")), -eye.see(series), atol=1e-3)


def test_twice_the_amplitude_shows_only_on_the_training_sets_scale() -> None:
    series = np.random.default_rng(0).standard_normal((4, 1, 24)).astype(np.float32)
    for scale, told in (("window", False), ("train", True)):
        eye = modality("gaf", {"range": scale, "size": 24})
        eye.fit(4 * series)
        assert (apart(eye.see(series), eye.see(transformed(series, "louder"))) > ALIKE) is told


@pytest.mark.parametrize("how", CHANGES)
def test_changes_keep_shape_and_kind(how: str) -> None:
    series = np.random.default_rng(0).standard_normal((2, 3, 8)).astype(np.float32)
    made = transformed(series, how)
    assert made.shape == series.shape and made.dtype == np.float32 and made.flags.c_contiguous
    assert not np.array_equal(made, series)


def test_backwards_twice_and_flipped_twice_give_the_series_back() -> None:
    series = np.random.default_rng(0).standard_normal((2, 3, 8)).astype(np.float32)
    for how in ("backwards", "flipped"):
        np.testing.assert_array_equal(transformed(transformed(series, how), how), series)


def test_images_of_two_sizes_are_subtracted_pixel_by_pixel() -> None:
    small, large = np.array([[1.0, 2.0], [3.0, 4.0]]), np.zeros((4, 4))
    np.testing.assert_array_equal(difference(large, small)[0], [1, 1, 2, 2])
    np.testing.assert_array_equal(difference(small, large), -difference(large, small))


def test_two_blank_views_do_not_differ() -> None:
    assert apart(np.zeros((3, 3)), np.zeros((3, 3))) == 0


def test_an_unknown_change_is_answered_with_those_there_are() -> None:
    with pytest.raises(UserError, match="flipped, louder, shifted, backwards"):
        transformed(np.zeros((1, 4), np.float32), "sideways")
