import numpy as np
import pytest

from kdviz.core.errors import UserError
from kdviz.metrics.faithfulness import by_class, by_filling, faithfulness, fillings_agree
from kdviz.metrics.perturbations import BASELINES, replaced

RNG = np.random.default_rng(0)
SERIES = RNG.normal(size=(4, 2, 40)).astype(np.float32)
SERIES[:, :, 10:20] += 6.0
TARGET = np.array([1, 1, 0, 1])
TRUE = np.zeros((4, 40))
TRUE[:, 10:20] = 1.0


def see(series: np.ndarray) -> np.ndarray:
    return series[:, 0, 10:20]


def predict(view: np.ndarray) -> np.ndarray:
    """Class 1 where samples 10..19 are high, and nothing else matters."""
    return np.stack([3.0 - view.mean(1), view.mean(1) - 3.0], 1)


@pytest.mark.parametrize("baseline", ["zero", "mean", "linear"])
def test_a_true_map_beats_random_orders_and_a_false_one_loses_to_them(baseline: str) -> None:
    for maps, better in ((TRUE, True), (-TRUE, False)):
        told = faithfulness(see, predict, SERIES, maps, TARGET, baseline, orders=20)
        ones = TARGET == 1
        assert ((told.deletion_auc < told.random_auc)[ones] == better).all()
        assert ((told.insertion_auc > told.random_auc)[ones] == better).all()


def test_curves_start_and_end_at_the_whole_and_the_empty_series() -> None:
    told = faithfulness(see, predict, SERIES, TRUE, TARGET, "zero", segments=8, orders=2)
    assert told.deletion.shape == told.insertion.shape == (4, 9) and told.random.shape == (4, 2, 9)
    np.testing.assert_allclose(told.deletion[:, 0], told.insertion[:, -1])
    np.testing.assert_allclose(told.deletion[:, -1], told.insertion[:, 0])
    np.testing.assert_allclose(told.random[:, :, 0], np.repeat(told.deletion[:, :1], 2, 1))


def test_each_step_is_the_prediction_of_the_series_with_just_those_segments_gone() -> None:
    gone = np.repeat([0, 1, 0, 0], 10)[None].repeat(4, 0).astype(bool)
    logits = predict(see(replaced(SERIES, gone, "mean")))
    marked = np.where(np.arange(40) // 10 == 1, 1.0, 0.0)[None].repeat(4, 0)
    told = faithfulness(see, predict, SERIES, marked, TARGET, "mean", segments=4, orders=1)
    by_hand = (np.exp(logits) / np.exp(logits).sum(1, keepdims=True))[np.arange(4), TARGET]
    np.testing.assert_allclose(told.deletion[:, 1], by_hand, rtol=1e-5)


def test_what_is_deleted_is_gone_before_a_modality_sees_it() -> None:
    asked = []

    def watching(series: np.ndarray) -> np.ndarray:
        asked.append(series)
        return see(series)

    faithfulness(watching, predict, SERIES, TRUE, TARGET, "zero", segments=4, orders=1)
    rows = np.concatenate(asked)
    assert rows.shape == (4 * 3 * 5, 2, 40) and rows.dtype == np.float32
    assert (rows[4] == 0).all() and (rows[0] == SERIES[0]).all()


def test_a_constant_map_is_no_better_than_a_random_order() -> None:
    many = np.repeat(SERIES, 50, 0)
    told = faithfulness(see, predict, many, np.ones((200, 40)), np.repeat(TARGET, 50), "zero", orders=5)
    assert abs(told.deletion_auc.mean() - told.random_auc.mean()) < 0.03
    assert abs(told.insertion_auc.mean() - told.random_auc.mean()) < 0.03


def test_a_line_bridges_gaps_and_holds_the_ends() -> None:
    series = np.array([[[9.0, 1.0, 9.0, 9.0, 4.0, 9.0]]], np.float32)
    gone = np.array([[True, False, True, True, False, True]])
    np.testing.assert_allclose(replaced(series, gone, "linear")[0, 0], [1, 1, 2, 3, 4, 4])
    np.testing.assert_allclose(replaced(series, ~gone & gone, "linear"), series)
    np.testing.assert_allclose(replaced(series, gone | ~gone, "linear")[0, 0], series.mean())


def test_noise_has_the_channels_own_mean_and_spread_and_repeats_with_its_seed() -> None:
    one, two = (faithfulness(see, predict, SERIES, TRUE, TARGET, "noise", seed=3) for _ in range(2))
    np.testing.assert_array_equal(one.deletion, two.deletion)
    assert (one.deletion[:, -1] != faithfulness(see, predict, SERIES, TRUE, TARGET, "zero").deletion[:, -1]).all()


def test_the_evidence_is_needed_and_enough() -> None:
    told = faithfulness(see, predict, SERIES, TRUE, TARGET, "zero", segments=4)
    ones = TARGET == 1
    assert (told.comprehensiveness(0.25)[ones] > 0.5).all() and (np.abs(told.sufficiency(0.25)) < 1e-9).all()


def test_series_shorter_than_the_number_of_segments_are_cut_by_sample() -> None:
    told = faithfulness(
        lambda x: x[:, 0], lambda v: np.stack([v.sum(1), -v.sum(1)], 1), SERIES[:, :, :5], TRUE[:, :5], TARGET
    )
    assert told.shares.size == 6


def test_wrong_requests_are_answered_in_words() -> None:
    with pytest.raises(UserError, match="linear"):
        faithfulness(see, predict, SERIES, TRUE, TARGET, "nothing")
    with pytest.raises(UserError, match="time axis"):
        faithfulness(see, predict, SERIES, TRUE[:, :-1], TARGET)
    assert all(BASELINES.values())


def test_a_class_whose_maps_are_false_is_seen_where_the_pool_hides_it() -> None:
    many, target = np.repeat(SERIES, 20, 0), np.repeat([1, 1, 0, 1], 20)
    maps = np.where((target == 1)[:, None], TRUE[0], -TRUE[0])
    found = by_class(faithfulness(see, predict, many, maps, target, "zero", orders=10), target)
    assert set(found) == {0, 1} and found[1].deletion.shape[0] == 60 and found[0].random.shape[0] == 20
    assert found[1].verdict() is True
    pool = faithfulness(see, predict, many, maps, target, "zero", orders=10)
    parts = np.concatenate([found[1].deletion, found[0].deletion])
    np.testing.assert_allclose(np.sort(parts, 0), np.sort(pool.deletion, 0))
    false = by_class(faithfulness(see, predict, many, -maps, target, "zero", orders=10), target)
    assert false[1].verdict() is False


def test_the_filling_alone_can_turn_the_verdict_and_that_is_said() -> None:
    rng = np.random.default_rng(3)
    high = (rng.normal(size=(30, 1, 40)) + 6).astype(np.float32)
    maps, target = np.tile(TRUE[0], (30, 1)), np.ones(30, int)
    found = by_filling(see, predict, high, maps, target, ("zero", "mean"), orders=10)
    verdicts = {name: each.verdict() for name, each in found.items()}
    assert list(found) == ["zero", "mean"] and verdicts == {"zero": True, "mean": False}
    assert "hangs on the filling" in fillings_agree(verdicts) and "with zero, and not with mean" in fillings_agree(
        verdicts
    )
    assert set(by_filling(see, predict, SERIES, TRUE, TARGET, orders=1)) == set(BASELINES)


def test_too_few_series_give_no_verdict() -> None:
    told = faithfulness(see, predict, SERIES, TRUE, TARGET, "zero")
    assert told.verdict() is None and "too few" in fillings_agree({"zero": None})
    assert "every filling" in fillings_agree({"zero": True, "mean": True})
    assert "under any" in fillings_agree({"zero": False, "mean": False})
