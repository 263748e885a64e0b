import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats
from scipy.spatial.distance import jensenshannon

from kdviz.core.errors import UserError
from kdviz.metrics.similarity import SIMILARITY, similarity_measure

RNG = np.random.default_rng(0)
A, B = RNG.normal(size=(6, 40)), RNG.normal(size=(6, 40))
TIME = [name for name, how in SIMILARITY.items() if 1 in how.dims]
IMAGE = [name for name, how in SIMILARITY.items() if 2 in how.dims]
maps = arrays(np.float64, (2, 20), elements=st.floats(-1e3, 1e3, width=16))


def shaped(name: str, flat: np.ndarray) -> np.ndarray:
    return flat if name in TIME else flat.reshape(len(flat), 4, -1)


@pytest.mark.parametrize("name", SIMILARITY)
@given(maps)
@settings(max_examples=40, deadline=None)
def test_a_map_is_as_like_itself_as_can_be_or_undefined(name: str, drawn: np.ndarray) -> None:
    each = SIMILARITY[name](shaped(name, drawn), shaped(name, drawn))
    known = each[~np.isnan(each)]
    np.testing.assert_allclose(known, SIMILARITY[name].best, atol=1e-9)


@pytest.mark.parametrize("name", SIMILARITY)
@given(maps, maps)
@settings(max_examples=40, deadline=None)
def test_it_is_symmetric_and_in_its_range(name: str, one: np.ndarray, other: np.ndarray) -> None:
    how = SIMILARITY[name]
    forth, back = (how(shaped(name, a), shaped(name, b)) for a, b in ((one, other), (other, one)))
    np.testing.assert_allclose(forth, back, atol=1e-9)
    low, high = sorted((how.best, how.worst))
    known = forth[~np.isnan(forth)]
    assert ((known >= low - 1e-9) & (known <= high + 1e-9)).all()


@pytest.mark.parametrize("name", SIMILARITY)
def test_scaling_a_map_changes_nothing(name: str) -> None:
    one, other = shaped(name, A), shaped(name, B)
    np.testing.assert_allclose(SIMILARITY[name](one * 37.0, other), SIMILARITY[name](one, other), atol=1e-9)


@pytest.mark.parametrize("name", SIMILARITY)
@pytest.mark.parametrize("fault", [0.0, -3.0, np.nan, np.inf])
def test_a_map_with_nothing_to_compare_is_undefined_and_leaves_the_others_alone(name: str, fault: float) -> None:
    broken = A.copy()
    broken[2] = fault
    each = SIMILARITY[name](shaped(name, broken), shaped(name, B))
    whole = SIMILARITY[name](shaped(name, A), shaped(name, B))
    if not (name == "cosine" and fault == -3.0):
        assert np.isnan(each[2])
    np.testing.assert_array_equal(np.delete(each, 2), np.delete(whole, 2))


def test_correlations_are_scipys() -> None:
    for name, peer in (("pearson", stats.pearsonr), ("spearman", stats.spearmanr)):
        ties = np.round(A)
        theirs = [peer(a, b)[0] for a, b in zip(ties, B, strict=True)]
        np.testing.assert_allclose(SIMILARITY[name](ties, B), theirs, atol=1e-12)


def test_cosine_is_the_reference() -> None:
    with np.load("tests/golden/evidence_losses.npz", allow_pickle=False) as gold:
        ours = SIMILARITY["cosine"](gold["e2kd_student"][:, 0], gold["e2kd_teacher"][:, 0])
        np.testing.assert_allclose(1 - ours, gold["e2kd_per_sample"], atol=1e-10)


def test_jensen_shannon_is_scipys_on_the_positive_part() -> None:
    theirs = [1 - jensenshannon(np.clip(a, 0, None), np.clip(b, 0, None), 2) ** 2 for a, b in zip(A, B, strict=True)]
    np.testing.assert_allclose(SIMILARITY["jensen_shannon"](A, B), theirs, atol=1e-12)


def test_wasserstein_is_scipys_in_samples() -> None:
    where = np.arange(40)
    theirs = [
        stats.wasserstein_distance(where, where, np.clip(a, 0, None), np.clip(b, 0, None))
        for a, b in zip(A, B, strict=True)
    ]
    np.testing.assert_allclose(SIMILARITY["wasserstein"](A, B), theirs, atol=1e-10)


def test_evidence_that_comes_five_samples_later_is_shifted_by_five() -> None:
    peak = np.zeros((1, 40))
    peak[0, 10] = 2.0
    assert SIMILARITY["wasserstein"](peak, np.roll(peak, 5, axis=1))[0] == pytest.approx(5.0)


def test_top_overlap_counts_shared_places() -> None:
    one, other = np.arange(20.0)[None], np.arange(20.0)[None].copy()
    other[0, 19] = -1.0
    assert SIMILARITY["top20"](one, other)[0] == pytest.approx(3 / 5)


def test_tied_places_share_what_is_left_of_the_top() -> None:
    plateau = np.repeat([[0.0, 1.0]], 10, axis=1).reshape(1, -1)
    assert SIMILARITY["top20"].prepare(plateau).sum() == pytest.approx(4.0)
    assert SIMILARITY["top20"](plateau, plateau[:, ::-1])[0] == pytest.approx(0.0)


def test_ssim_is_the_textbook_formula() -> None:
    one, other = RNG.random((2, 3, 14, 17))
    kernel = np.exp(-(np.arange(-5, 6) ** 2) / (2 * 1.5**2))
    window = np.outer(kernel, kernel) / kernel.sum() ** 2

    def means(x: np.ndarray) -> np.ndarray:
        wide = np.pad(x, 5, mode="symmetric")
        return np.array(
            [[(wide[i : i + 11, j : j + 11] * window).sum() for j in range(x.shape[1])] for i in range(x.shape[0])]
        )

    for a, b, ours in zip(one, other, SIMILARITY["ssim"](one, other), strict=True):
        a, b = ((x - x.min()) / (x.max() - x.min()) for x in (a, b))
        ma, mb = means(a), means(b)
        va, vb, both = means(a * a) - ma**2, means(b * b) - mb**2, means(a * b) - ma * mb
        each = (2 * ma * mb + 1e-4) * (2 * both + 9e-4) / ((ma**2 + mb**2 + 1e-4) * (va + vb + 9e-4))
        assert ours == pytest.approx(each.mean(), abs=1e-12)


def test_shapes_that_do_not_match_are_answered_in_words() -> None:
    with pytest.raises(UserError, match="must match"):
        SIMILARITY["pearson"](A, B[:, :-1])
    with pytest.raises(UserError, match=r"\(N, T\)|match"):
        SIMILARITY["wasserstein"](A.reshape(6, 5, 8), B.reshape(6, 5, 8))
    with pytest.raises(UserError, match="pearson"):
        similarity_measure("vibes")


def test_every_measure_says_what_it_means() -> None:
    assert all(how.meaning.endswith(".") and how.title and how.id == name for name, how in SIMILARITY.items())
    assert "ssim" in IMAGE and "wasserstein" not in IMAGE


def test_coherence_is_scipys_weighted_by_the_power_of_both() -> None:
    from scipy.signal import coherence, welch

    how = {"nperseg": 20, "noverlap": 10, "detrend": "constant"}
    one, other = RNG.normal(size=(2, 5, 83)).cumsum(2)
    squared = coherence(one, other, **how)[1]
    p, q = (welch(x, **how, scaling="spectrum", return_onesided=False)[1][:, :11] for x in (one, other))
    weight = p / p.sum(1, keepdims=True) + q / q.sum(1, keepdims=True)
    np.testing.assert_allclose(SIMILARITY["coherence"](one, other), (squared * weight).sum(1) / 2, atol=1e-9)


def test_coherence_hears_a_shared_pitch_and_not_two_different_ones() -> None:
    t = np.arange(256)
    low, shifted, high = (np.sin(2 * np.pi * t * f + phase)[None] for f, phase in ((0.05, 0), (0.05, 1), (0.21, 0)))
    noise = 0.2 * RNG.normal(size=(2, 1, 256))
    hears = SIMILARITY["coherence"]
    assert hears(low + noise[0], shifted + noise[1])[0] > 0.9 > 0.5 > hears(low + noise[0], high + noise[1])[0]


def test_a_map_too_short_for_several_segments_has_no_coherence() -> None:
    assert np.isnan(SIMILARITY["coherence"](A[:, :15], B[:, :15])).all()
    assert np.isfinite(SIMILARITY["coherence"](A[:, :16], B[:, :16])).all()
