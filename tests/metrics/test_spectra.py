import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from kdviz.metrics import spectra
from kdviz.nets.frequency_attention import Frequency, radius

RNG = np.random.default_rng(0)
GRIDS = [(33,), (32,), (16, 16), (15, 20)]


@pytest.mark.parametrize("grid", GRIDS)
def test_power_adds_up_to_the_energy_of_the_maps(grid: tuple[int, ...]) -> None:
    features = RNG.normal(size=(3, 5, *grid))
    energy = np.square(features).reshape(3, 5, -1).sum(2).mean(1)
    np.testing.assert_allclose(spectra.power(features).reshape(3, -1).sum(1), energy, rtol=1e-12)


def test_single_precision_stays_single() -> None:
    assert spectra.power(np.ones((1, 2, 8), np.float32)).dtype == np.float32


def test_a_pure_tone_stands_in_its_own_ring_in_any_direction() -> None:
    t = np.arange(32)
    across = np.cos(2 * np.pi * 6 * t / 32)[None, None, None, :] * np.ones((1, 1, 32, 1))
    for features in (across, across.swapaxes(2, 3)):
        away, line = spectra.radial(spectra.power(features))
        assert away[line[0].argmax()] == pytest.approx(6 / 32)
    assert away[-1] == 0.5


@pytest.mark.parametrize("grid", GRIDS)
def test_rings_hold_the_mean_power_at_their_distance(grid: tuple[int, ...]) -> None:
    power = RNG.random((2, *grid))
    away, line = spectra.radial(power)
    distance = np.sqrt(sum(np.square(f) for f in np.meshgrid(*(np.fft.fftfreq(n) for n in grid), indexing="ij")))
    for r in (0, 1, len(away) - 1):
        here = np.rint(distance * max(grid)) == r
        np.testing.assert_allclose(line[:, r], power[:, here].mean(1))


def test_white_noise_is_flat_and_its_high_share_is_the_share_of_frequencies() -> None:
    power = spectra.power(RNG.normal(size=(400, 8, 64)))
    line = spectra.radial(power)[1].mean(0)
    assert line.std() / line.mean() < 0.05
    assert abs(spectra.high_share(power).mean() - 31 / 63) < 0.01


def test_a_constant_map_has_no_high_share_and_no_distance() -> None:
    flat = spectra.power(np.full((1, 2, 16), 3.0))
    assert np.isnan(spectra.high_share(flat)[0])


def test_spectral_distance_counts_shape_and_not_loudness() -> None:
    one, other = (spectra.power(RNG.normal(size=(4, 3, 48))) for _ in range(2))
    np.testing.assert_allclose(spectra.spectral_distance(one, 9 * one), 0, atol=1e-9)
    np.testing.assert_allclose(spectra.spectral_distance(one, other), spectra.spectral_distance(other, one))
    smooth = spectra.power(RNG.normal(size=(4, 3, 48)).cumsum(2))
    assert (spectra.spectral_distance(one, smooth) > spectra.spectral_distance(one, other)).all()


@given(st.integers(1, 300), st.floats(0, 1), st.integers(0, 4))
def test_the_block_is_the_one_that_the_filter_of_the_networks_uses(side: int, cuton: float, least: int) -> None:
    assert spectra.block_radius(side, cuton, least) == radius(side, cuton, least)


@pytest.mark.parametrize("dims", [1, 2])
@pytest.mark.parametrize("side", [20, 21, 32])
def test_the_masked_block_is_that_of_the_networks(dims: int, side: int) -> None:
    mask = torch.fft.fftshift(Frequency(dims, 1, 1, side, 0.25).mask).numpy()
    np.testing.assert_array_equal(spectra.blocked((side,) * dims, 0.25), mask == 0)


def test_the_published_cut_on_removes_nothing_below_a_side_of_twenty() -> None:
    assert [spectra.block_radius(n) for n in (8, 16, 19, 20, 32, 64)] == [0, 0, 0, 1, 1, 3]


def test_the_two_sides_of_a_cut_add_up_to_the_series() -> None:
    series = RNG.normal(size=(2, 3, 50)).astype(np.float32)
    low, high = spectra.passed(series, 0.0, 0.2), spectra.passed(series, 0.2 + 1e-6, 0.5)
    np.testing.assert_allclose(low + high - series.mean(2, keepdims=True), series, atol=1e-5)
    assert low.dtype == np.float32 and low.shape == series.shape


SIDES = [(0, 0.1, False), (0, 0.4, True), (0.1, 0.5, True), (0.4, 0.5, False)]


@pytest.mark.parametrize(("low", "high", "kept"), SIDES)
def test_a_pitch_is_left_on_the_side_of_the_cut_where_it_lies(low: float, high: float, kept: bool) -> None:
    pitch = np.sin(2 * np.pi * 0.25 * np.arange(64))
    series = (pitch + 0.1 * RNG.normal(size=(40, 1, 64))).astype(np.float32)
    assert ((spectra.passed(series, low, high).std(2) > 0.3) == kept).all()


def test_a_filters_picture_becomes_a_line_that_peaks_at_the_frequency_it_holds() -> None:
    wave = np.cos(2 * np.pi * 5 * np.arange(32) / 32)
    plane = np.abs(np.fft.fft2(np.tile(3.0 + wave, (32, 1)), norm="ortho"))
    found = spectra.along_last(np.log1p(np.fft.fftshift(plane)))
    assert found.shape == (15,) and found.argmax() == 4 and found[4] == 0.0  # 1, 2, ... cycles
    assert np.delete(found, 4).max() == -60.0
    assert (spectra.in_decibels(np.zeros(3)) == -60.0).all()
