"""Persistence images: equal to persim, exact by mass, and traceable pair by pair."""

import numpy as np
import pytest
from hypothesis import given, settings

from kdviz.modalities.base import modality
from kdviz.modalities.kernels.persistence_image import Axis, legacy_axes, paint
from kdviz.modalities.persistence import Persistence
from tests.modalities.series import any_series, golden, walks

DIAGRAMS = ["uniform01_n100", "pm1_n500"]
LEGACY = {
    "tdakd_pamap2": (-1, 1, 64, 0.015),
    "tgd_cifar": (0, 0.3, 50, 0.01),
    "sigma0.25_range10": (-10, 10, 64, 0.25),
}


def painted(diagram: np.ndarray, axes: tuple[Axis, Axis], by_longest: bool) -> np.ndarray:
    birth, length = diagram[:, 0], diagram[:, 1] - diagram[:, 0]
    weight = length / length.max() if by_longest else length
    return paint(birth, length, weight, np.array([0, len(diagram)]), axes)[0]


def eye(series: np.ndarray, **given: object) -> Persistence:
    made = modality("persistence", given)
    assert isinstance(made, Persistence)
    made.fit(series)
    return made


@pytest.mark.parametrize("variance", [0.015**2, 0.015])
@pytest.mark.parametrize("name", DIAGRAMS)
def test_exact_images_equal_the_integrals_of_persim(name: str, variance: float) -> None:
    g = golden("persistence_image")
    spread = np.sqrt(variance) * 32
    axes = Axis(-1, 1 / 32, 64, spread), Axis(0, 1 / 32, 32, spread)
    tag = "0.015sq" if variance < 0.01 else "0.015"
    expected = g[f"{name}.persim_new_sigma_var_{tag}_px1over32"]
    np.testing.assert_allclose(painted(g[f"{name}.diagram"], axes, False).T, expected, atol=1e-7)


@pytest.mark.parametrize("kind", LEGACY)
@pytest.mark.parametrize("name", DIAGRAMS)
def test_legacy_images_equal_those_of_the_literature_upside_down(name: str, kind: str) -> None:
    g = golden("persistence_image")
    expected = g[f"{name}.persim_legacy_{kind}"]
    mine = painted(g[f"{name}.diagram"], legacy_axes(*LEGACY[kind]), True)
    np.testing.assert_allclose(mine[::-1], expected, atol=1e-7 * max(1, expected.max()))


def test_legacy_pixels_leave_half_of_the_light_out() -> None:
    g = golden("persistence_image")["uniform01_n100.diagram"]
    touching = Axis(-1.5, 1 / 64, 192, 0.96), Axis(-0.5, 1 / 64, 128, 0.96)
    share = painted(g, legacy_axes(-1, 1, 64, 0.015), True).sum() / painted(g, touching, True).sum()
    assert 0.4 < share < 0.6


@given(any_series)
@settings(max_examples=50, deadline=None)
def test_every_pair_gives_its_weight_in_light(x: np.ndarray) -> None:
    series = x[None, None]
    for weight in ("constant", "linear"):
        view = eye(series, weight=weight, normalise="none", tilt=0, sigma=0.01, filtration="sublevel").see(series)
        pairs = eye(series, weight=weight, filtration="sublevel").pairs(series[0], 0)
        # Of a pair near the lower edge some light falls below zero persistence.
        light = pairs.birth.size if weight == "constant" else pairs.persistence.sum()
        assert light / 2 * 0.99 <= view.sum() <= light * 1.001


def lit(seer: Persistence, series: np.ndarray, look: int, row: int, column: int) -> np.ndarray:
    """The light that each of `pairs(series, look)` throws on a pixel of the finished image."""
    pairs, weight = seer.light(series, look)
    across, up = seer.axes(look)
    return weight * across.integrals(pairs.birth)[:, column] * up.integrals(pairs.persistence)[:, row]


@given(any_series)
@settings(max_examples=50, deadline=None)
def test_a_pixel_is_the_sum_of_the_light_of_the_pairs(x: np.ndarray) -> None:
    series = np.stack([x, -x])[None]
    seer = eye(series, normalise="none", tilt=0, sigma=0.1, resolution=8)
    view = seer.see(series)[0]
    for look in range(len(seer.looks(2))):
        light = lit(seer, series[0], look, 6, 4)
        assert light.size == seer.pairs(series[0], look).birth.size
        np.testing.assert_allclose(light.sum(), view[look, 6, 4], rtol=1e-4, atol=1e-6)


def test_the_brightest_feeder_of_a_pairs_own_pixel_is_that_pair() -> None:
    series = walks(3, 1, 120)
    seer = eye(series, sigma=0.005, resolution=64)
    pairs = seer.pairs(series[1], 0)
    k = int(pairs.persistence.argmax())
    across, up = seer.axes(0)
    row, column = int(up.position(pairs.persistence)[k]), int(across.position(pairs.birth)[k])
    assert lit(seer, series[1], 0, row, column).argmax() == k


@pytest.mark.parametrize("backend", ["exact", "persim_legacy"])
def test_a_map_that_is_bright_at_one_pair_lands_on_its_birth_and_death(backend: str) -> None:
    series = walks(4, 1, 120)
    seer = eye(series, filtration="sublevel", backend=backend, resolution=128)
    pairs = seer.pairs(series[2], 0)
    k = int(pairs.persistence.argmax())
    across, up = seer.axes(0)
    maps = np.zeros((4, 128, 128), np.float32)
    maps[2, int(up.share(pairs.persistence)[k] * 128), int(across.share(pairs.birth)[k] * 128)] = 1
    time = seer.to_time(maps, series)
    assert set(np.argsort(-time[2])[:2]) == {pairs.birth_sample[k], pairs.death_sample[k]}
    assert (time[[0, 1, 3]] == 0).all()


def test_all_the_evidence_lies_on_births_and_deaths() -> None:
    series = walks(3, 2, 90)
    seer = eye(series)
    time = seer.to_time(np.ones((3, 8, 8), np.float32), series)
    for n in range(3):
        ends = [
            s for look in range(12) for p in [seer.pairs(series[n], look)] for s in (p.birth_sample, p.death_sample)
        ]
        assert set(np.flatnonzero(time[n])) <= set(np.concatenate(ends).tolist())
        assert time[n].sum() > 0


def test_peaks_are_the_valleys_of_the_series_upside_down() -> None:
    series = walks(5, 2, 80)
    both = eye(series, normalise="none", tilt=0).see(series)
    np.testing.assert_array_equal(
        both[:, 2:], eye(-series, filtration="sublevel", normalise="none", tilt=0).see(-series)
    )


def test_a_tilted_look_is_the_plain_look_of_the_tilted_series() -> None:
    series = walks(6, 1, 80)
    tilted = eye(series, filtration="sublevel", normalise="none", tilt=2)
    rise = 2 * series.astype(np.float64).std() * np.linspace(-1, 1, 80)
    assert tilted.names(("x",)) == ("valleys of x", "valleys of x, tilted up", "valleys of x, tilted down")
    for look, sign in ((1, 1), (2, -1)):
        by_hand = (series + sign * rise).astype(np.float32)
        plain = eye(by_hand, filtration="sublevel", normalise="none", tilt=0).see(by_hand)
        np.testing.assert_allclose(tilted.see(series)[:, look], plain[:, 0], atol=1e-4)


def test_a_tilt_tells_a_series_from_its_reversal_and_heights_alone_cannot() -> None:
    series = walks(4, 1, 80)
    backwards = np.ascontiguousarray(series[:, :, ::-1])
    plain, tilted = eye(series, tilt=0), eye(series, tilt=2)
    np.testing.assert_allclose(plain.see(series), plain.see(backwards), atol=1e-5)
    assert np.abs(tilted.see(series) - tilted.see(backwards)).max() > 0.1


def test_dropping_the_essential_class_loses_exactly_the_deepest_valley() -> None:
    series = walks(1, 1, 100)
    whole = eye(series).pairs(series[0], 0)
    rest = eye(series, essential="drop").pairs(series[0], 0)
    assert rest.birth.size == whole.birth.size - 1
    assert whole.persistence.max() == np.ptp(series.astype(np.float64)) > rest.persistence.max()


def test_normalising_by_the_training_set_keeps_ratios_between_series_and_by_the_maximum_does_not() -> None:
    train = walks(6, 1, 80)
    plain, one_scale, own = (eye(train, normalise=n).see(train) for n in ("none", "train", "max"))
    ratio = one_scale / np.where(plain > 0, plain, np.nan)
    np.testing.assert_allclose(np.nanmin(ratio[:, 0]), np.nanmax(ratio[:, 0]), rtol=1e-4)
    np.testing.assert_allclose(np.sqrt((one_scale**2).mean((0, 2, 3))), 1, rtol=1e-3)
    np.testing.assert_allclose(own.max((2, 3)), 1)


def test_a_series_that_never_changes_is_drawn_at_zero_and_said() -> None:
    series = walks(3, 1, 60)
    series[1] = 2
    seer = eye(series)
    assert (seer.see(series)[1] == 0).all()
    assert seer.notes(series) == ["Series 1 never changes: nothing is born and nothing dies, so it is drawn at 0."]


def test_pairs_beyond_the_training_range_are_said() -> None:
    series = walks(3, 1, 60)
    seer = eye(series)
    assert seer.notes(series) == []
    assert "have pairs beyond the range of the training set" in seer.notes(series * 5)[0]
