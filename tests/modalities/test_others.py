"""Signal, Markov field and recurrence plot; and the compiled kernels."""

from itertools import pairwise

import numpy as np
import pytest

from kdviz.core.errors import UserError
from kdviz.modalities.base import modality, warm
from kdviz.modalities.kernels.compiled import KERNELS, Kernel
from kdviz.modalities.kernels.paa import edges, means, stretch, widen
from kdviz.modalities.kernels.sublevel import _sweep
from kdviz.modalities.kernels.transitions import transition_field
from tests.modalities.series import golden, walks


@pytest.mark.parametrize("strategy", ["quantile", "uniform"])
@pytest.mark.parametrize("bins", [2, 8])
@pytest.mark.parametrize("size", [17, 20, 60])
def test_markov_fields_equal_those_of_pyts(size: int, bins: int, strategy: str) -> None:
    g = golden("pyts_images")
    expected = g[f"mtf_{size}_{bins}_{strategy}"]
    np.testing.assert_allclose(transition_field(g["X"], size, bins, strategy), expected, atol=1e-12)
    view = modality("markov", {"size": size, "bins": bins, "strategy": strategy}).see(g["X"][:, None])
    np.testing.assert_allclose(view[:, 0], expected, atol=1e-6)


@pytest.mark.parametrize("threshold", ["none", "point", "distance"])
@pytest.mark.parametrize(("dimension", "delay"), [(1, 1), (3, 2)])
def test_recurrence_plots_equal_those_of_pyts(dimension: int, delay: int, threshold: str) -> None:
    g = golden("pyts_images")
    given = {"size": 20, "dimension": dimension, "delay": delay, "threshold": threshold, "percentage": 20}
    view = modality("recurrence", {**given, "scale": "none"}).see(g["X"][:, None])
    np.testing.assert_allclose(view[:, 0], g[f"rp_{dimension}_{delay}_{threshold}"], atol=1e-5)


def test_recurrence_scaled_by_the_training_set_is_the_plain_plot_over_its_spread() -> None:
    series = walks(5, 2, 60)
    scaled, plain = modality("recurrence"), modality("recurrence", {"scale": "none"})
    scaled.fit(series)
    spread = series.astype(np.float64).std((0, 2))
    np.testing.assert_allclose(scaled.see(series) * spread[:, None, None], plain.see(series), rtol=1e-4, atol=1e-5)


def test_an_embedding_longer_than_the_picture_is_refused_in_words() -> None:
    with pytest.raises(UserError, match="needs 113 pixels; this image has 20"):
        modality("recurrence", {"dimension": 8, "delay": 16, "scale": "none"}).see(walks(1, 1, 20))


def test_every_state_of_a_recurrence_plot_is_shared_among_the_samples_it_was_made_of() -> None:
    eye, series = modality("recurrence", {"dimension": 3, "delay": 4}), walks(1, 1, 40)
    maps = np.zeros((1, 32, 32), np.float32)
    maps[0, 10, 10] = 1
    time = eye.to_time(maps, series)
    assert time is not None and set(np.flatnonzero(time[0])) == {10, 14, 18}


def test_a_signal_is_standardised_by_the_training_set_by_itself_or_not_at_all() -> None:
    series = walks(20, 2, 50) + 7
    train, window, none = (modality("signal", {"standardise": how}) for how in ("train", "window", "none"))
    train.fit(series)
    np.testing.assert_allclose(train.see(series).mean((0, 2)), 0, atol=1e-5)
    np.testing.assert_allclose(train.see(series).std((0, 2)), 1, atol=1e-5)
    np.testing.assert_allclose(window.see(series).std(2), 1, atol=1e-5)
    np.testing.assert_array_equal(none.see(series), series)
    series[3] = 1
    assert (window.see(series)[3] == 0).all()
    assert window.notes(series) == ["Series 3 never changes in a channel, so it is drawn at 0."]


def test_a_peak_in_a_short_map_lies_at_the_same_share_of_a_long_series() -> None:
    time = modality("signal").to_time(np.eye(5, dtype=np.float32), walks(5, 1, 100))
    assert time is not None
    assert [abs(int(row.argmax()) - (i * 20 + 10)) <= 10 for i, row in enumerate(time)] == [True] * 5
    np.testing.assert_allclose(time.sum(0), 1, rtol=1e-5)


def test_stretching_agrees_with_interpolation_by_hand() -> None:
    np.testing.assert_allclose(stretch(np.array([0.0, 1.0]), 4), [0, 0.25, 0.75, 1])
    np.testing.assert_allclose(stretch(np.array([3.0]), 3), [3, 3, 3])


@pytest.mark.parametrize(("length", "count"), [(100, 64), (150, 48), (24, 24), (5000, 256), (2, 1)])
def test_segments_cover_every_sample_once(length: int, count: int) -> None:
    sizes = np.diff(edges(length, count))
    assert sizes.sum() == length and sizes.min() >= 1 and sizes.max() - sizes.min() <= 1
    rows = walks(2, 1, length)[:, 0]
    bounds = edges(length, count)
    by_hand = [rows[:, a:b].astype(np.float64).mean(1) for a, b in pairwise(bounds)]
    np.testing.assert_allclose(means(rows, count), np.stack(by_hand, 1), rtol=1e-12)
    assert widen(np.arange(count)[None], length).shape == (1, length)


def test_warming_compiles_every_kernel() -> None:
    assert warm() == len(KERNELS) >= 3
    assert all("machine" in vars(each) for each in KERNELS)


def test_a_kernel_that_cannot_be_kept_on_disk_still_runs() -> None:
    names: dict[str, object] = {}
    # Text has no file beside which numba could keep anything.
    exec("def double(x):\n    for i in range(x.size):\n        x[i] *= 2\n", names)
    double = Kernel("void(f8[::1])", names["double"])  # type: ignore[arg-type]
    KERNELS.remove(double)
    with pytest.raises(RuntimeError, match="cannot cache"):
        double.compile(cache=True)
    x = np.arange(3.0)
    double(x)
    assert x.tolist() == [0, 2, 4]


def test_a_kernel_refuses_another_dtype_instead_of_compiling_while_somebody_waits() -> None:
    with pytest.raises(TypeError):
        _sweep(np.zeros((1, 4)), np.zeros(2), np.zeros(2), np.zeros(2))
