"""Seeds and data sets: what may be concluded, what may not, and that the program knows the difference."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from kdviz.core.errors import UserError
from kdviz.metrics.chance import holm
from kdviz.metrics.hypothesis_tests import (
    corrected_t,
    family,
    least_p,
    mcnemar,
    mean,
    paired_test,
    pairs_for,
    pairs_for_any,
)
from kdviz.metrics.ranking import interquartile_mean, ranking, signed_rank_probabilities

GAIN = np.array([0.02, 0.031, 0.017, 0.025, 0.011, 0.028, 0.022, 0.019])


@pytest.mark.parametrize(("seeds", "p"), [(3, 0.25), (5, 0.0625), (6, 0.03125)])
def test_the_least_p_of_a_few_seeds_is_the_one_the_test_itself_gives(seeds: int, p: float) -> None:
    assert least_p(seeds) == p == paired_test(GAIN[:seeds]).p


def test_three_seeds_allow_no_conclusion_however_clear_they_look() -> None:
    found = paired_test([0.2, 0.21, 0.22])
    assert not found.can_conclude and not found.conclusive and found.pairs == 6


def test_eight_seeds_that_agree_allow_one() -> None:
    found = paired_test(GAIN)
    assert found.conclusive and found.can_conclude and found.p == 2 / 2**8
    assert found.mean.low > 0 and found.bootstrap[0] > 0


def test_more_comparisons_need_more_seeds() -> None:
    assert [pairs_for_any(m) for m in (1, 2, 3, 10)] == [6, 7, 7, 9]
    assert not family({str(k): GAIN[:6] for k in range(3)})["0"].conclusive


def test_seeds_without_any_difference_are_not_a_reason() -> None:
    found = paired_test(np.zeros(10))
    assert found.p == 1 and not found.conclusive and found.needed is None


def test_ties_and_zeros_leave_the_test_exact() -> None:
    d = np.array([0.1, 0.1, 0.0, -0.1, 0.1, 0.2, 0.1])
    signs = np.array(np.meshgrid(*[[-1, 1]] * 6)).reshape(6, -1).T
    rank = stats.rankdata(np.abs(d[d != 0]))
    null = (signs * rank).sum(1)
    seen = (np.sign(d[d != 0]) * rank).sum()
    assert paired_test(d).p == pytest.approx((np.abs(null) >= abs(seen)).mean())


def test_the_needed_number_of_seeds_gives_the_promised_power() -> None:
    rng = np.random.default_rng(0)
    d = rng.standard_normal(30)
    d = (d - d.mean()) / d.std(ddof=1) + 0.6
    n = pairs_for(d)
    assert n is not None
    hits = np.mean([stats.wilcoxon(rng.normal(0.6, 1, n)).pvalue < 0.05 for _ in range(400)])
    assert 0.72 < hits < 0.9


def test_the_t_interval_covers_as_often_as_it_says() -> None:
    rng = np.random.default_rng(1)
    inside = [(m := mean(rng.normal(0.3, 1, 4))).low < 0.3 < m.high for _ in range(1000)]
    assert 0.93 < np.mean(inside) < 0.97


def test_one_value_has_no_interval() -> None:
    found = mean([0.9])
    assert found.value == 0.9 and np.isnan(found.low) and found.n == 1


@given(st.lists(st.floats(0, 1), min_size=1, max_size=8))
def test_holm_never_lowers_a_p_and_keeps_their_order(p: list[float]) -> None:
    out = holm(p)
    assert (out >= np.array(p) - 1e-15).all() and (out <= 1).all()
    assert (np.diff(out[np.argsort(p, kind="stable")]) >= 0).all()


def test_holm_by_hand() -> None:
    assert holm([0.01, 0.04, 0.03]).tolist() == pytest.approx([0.03, 0.06, 0.06])


def test_holm_over_more_than_is_seen_is_never_gentler() -> None:
    assert holm([0.01, 0.04], of=5).tolist() == pytest.approx([0.05, 0.16])
    assert holm([0.04, float("nan"), 0.01])[[0, 2]].tolist() == pytest.approx([0.04, 0.02])
    rng = np.random.default_rng(0)
    worlds = [holm(rng.random(4), of=12).min() for _ in range(2000)]
    assert np.mean(np.array(worlds) <= 0.05) < 0.05


def test_mcnemar_counts_only_series_on_which_two_networks_differ() -> None:
    one = np.array([True] * 20 + [True] * 9 + [False])
    other = np.array([True] * 20 + [False] * 9 + [True])
    assert mcnemar(one, other) == pytest.approx(stats.binomtest(9, 10).pvalue)
    assert np.isnan(mcnemar(one, one))


def test_overlapping_training_sets_make_a_test_more_careful() -> None:
    assert corrected_t(GAIN, 80, 20) > stats.ttest_1samp(GAIN, 0).pvalue
    assert corrected_t(GAIN, 10**9, 1) == pytest.approx(stats.ttest_1samp(GAIN, 0).pvalue, rel=1e-3)


def scores(sets: int, noise: float = 0.001) -> np.ndarray:
    rng = np.random.default_rng(0)
    return np.array([0.9, 0.8, 0.8, 0.5]) - rng.uniform(0, 0.3, (sets, 1)) + rng.normal(0, noise, (sets, 4))


def test_methods_that_differ_on_every_set_are_told_apart_and_equal_ones_share_a_bar() -> None:
    found = ranking("abcd", scores(12))
    assert next(iter(found.ranks)) == "a" and found.ranks["a"] == 1 and found.friedman < 1e-4
    assert found.groups == (("b", "c"),) or found.groups == (("c", "b"),)


def test_five_data_sets_rank_but_tell_nobody_apart() -> None:
    found = ranking("abcd", scores(5))
    assert found.sets_for_any == 8 and all(p >= 0.05 for *_, p in found.pairs)
    assert len(found.groups) == 1 and set(found.groups[0]) == set("abcd")


def test_four_data_sets_are_not_ranked() -> None:
    with pytest.raises(UserError, match="at least 5 data sets, and there are 4"):
        ranking("abcd", scores(4))


def test_the_interquartile_mean_is_that_of_the_middle_half() -> None:
    value, low, high = interquartile_mean(np.array([[0.0, 0.4, 0.6, 1.0]] * 3))
    assert (value, low, high) == pytest.approx((0.5, 0.5, 0.5))


def test_the_bayesian_test_knows_better_equal_and_worse() -> None:
    assert signed_rank_probabilities(np.full(12, 0.2))[2] > 0.95
    assert signed_rank_probabilities(np.full(12, 0.001))[1] > 0.95
    assert signed_rank_probabilities(np.full(12, -0.2))[0] > 0.95
