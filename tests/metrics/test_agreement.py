import json
from dataclasses import asdict

import numpy as np
import pytest

from benchmarks.coverage import falsely_own, falsely_own_habit
from kdviz.core.errors import UserError
from kdviz.metrics.agreement import agree
from kdviz.metrics.chance import chance, p_value
from kdviz.metrics.similarity import SIMILARITY, similarity_measure

RNG = np.random.default_rng(0)
CLASSES = np.repeat([0, 1, 2], [12, 9, 7])
TEACHER = RNG.normal(size=(28, 50)) + 2 * RNG.normal(size=(3, 50))[CLASSES]
NOISE = RNG.normal(size=(28, 50))
TIME = [name for name, how in SIMILARITY.items() if 1 in how.dims]


@pytest.mark.parametrize("name", TIME)
def test_chance_is_the_mean_over_all_other_series_of_the_class(name: str) -> None:
    how, student = similarity_measure(name), TEACHER + NOISE
    by_hand = np.zeros(28)
    for i in range(28):
        partners = [j for j in range(28) if j != i and CLASSES[j] == CLASSES[i]]
        by_hand[i] = np.mean([how(student[i : i + 1], TEACHER[j : j + 1])[0] for j in partners])
    told = chance(how, how.ready(student), how.ready(TEACHER), CLASSES)
    assert told.exact
    np.testing.assert_allclose(told.each, by_hand, atol=1e-10)


def test_drawn_re_pairings_come_close_to_all_of_them_and_say_that_they_are_drawn() -> None:
    how, classes = similarity_measure("pearson"), np.zeros(60, int)
    one, other = how.ready(RNG.normal(size=(60, 20))), how.ready(RNG.normal(size=(60, 20)))
    every, drawn = chance(how, one, other, classes, 59), chance(how, one, other, classes, 20)
    assert every.exact and not drawn.exact
    assert abs(every.each.mean() - drawn.each.mean()) < 0.02


@pytest.mark.parametrize("name", TIME)
def test_a_network_agrees_with_itself_fully_and_above_chance(name: str) -> None:
    told = agree(name, TEACHER, TEACHER, CLASSES)
    assert told.match.value == pytest.approx(SIMILARITY[name].best, abs=1e-9)
    assert told.above.value == pytest.approx(1.0) and told.specific.value > 0
    assert told.p < 0.01


@pytest.mark.parametrize("name", TIME)
def test_a_random_student_is_at_chance(name: str) -> None:
    told = agree(name, NOISE, TEACHER, CLASSES)
    assert abs(told.above.value) < 0.06 and told.above.low < 0 < told.above.high
    assert told.p > 0.02


@pytest.mark.parametrize("name", TIME)
def test_a_student_that_learned_only_the_habit_of_its_class_is_at_chance_however_high_it_matches(name: str) -> None:
    habits = np.stack([TEACHER[c == CLASSES].mean(0) for c in range(3)])[CLASSES] + 0.01 * NOISE
    copied = agree(name, TEACHER + 0.3 * NOISE, TEACHER, CLASSES)
    habit = agree(name, habits, TEACHER, CLASSES)
    assert habit.above.value < 0.35 < 0.6 < copied.above.value


def test_permuting_the_teachers_maps_within_classes_brings_any_student_to_chance() -> None:
    student, ps, aboves = TEACHER + 0.1 * NOISE, [], []
    for seed in range(60):
        rng = np.random.default_rng(seed)
        order = np.arange(28)
        for c in range(3):
            order[c == CLASSES] = rng.permutation(order[c == CLASSES])
        told = agree("pearson", student, TEACHER[order], CLASSES, seed=seed)
        ps.append(told.p)
        aboves.append(told.above.value)
    assert abs(np.mean(aboves)) < 0.05
    assert 0.35 < np.mean(ps) < 0.65 and np.mean(np.array(ps) <= 0.05) < 0.15


def test_transfer_is_one_for_the_teachers_maps_none_for_the_controls_and_negative_for_worse() -> None:
    control = TEACHER + 2 * NOISE
    assert agree("pearson", TEACHER, TEACHER, CLASSES, control).transfer.value == pytest.approx(1.0)
    assert agree("pearson", control, TEACHER, CLASSES, control).transfer.value == pytest.approx(0.0)
    assert agree("pearson", -TEACHER, TEACHER, CLASSES, control).transfer.value < 0
    part = agree("wasserstein", TEACHER + NOISE, TEACHER, CLASSES, control).transfer
    assert 0 < part.low < part.value < part.high < 1


def test_constant_maps_and_lonely_series_are_counted_and_not_hidden() -> None:
    student, classes = TEACHER.copy(), CLASSES.copy()
    student[3], classes[-1] = 5.0, 9
    told = agree("pearson", student, TEACHER, classes)
    assert (told.undefined, told.match.undefined, told.alone) == (1, 1, 1)
    assert np.isnan(told.each[3]) and np.isnan(told.chance[-1]) and np.isfinite(told.chance[4])


def test_a_test_set_of_single_series_has_no_chance_line_and_says_so() -> None:
    told = agree("pearson", TEACHER[:3], TEACHER[:3], np.arange(3))
    assert told.alone == 3 and np.isnan(told.p) and np.isnan(told.by_chance.value)


def test_subjects_widen_the_interval() -> None:
    groups = np.array([f"s{n % 4}" for n in range(28)])
    assert agree("pearson", NOISE, TEACHER, CLASSES, groups=groups).match.units == 4


def test_windows_counted_twice_do_not_make_anybody_surer_where_subjects_are_known() -> None:
    student, subjects = TEACHER + NOISE, np.array([f"s{n}" for n in range(28)])
    twice = [np.repeat(each, 2, 0) for each in (student, TEACHER, CLASSES)]
    once = agree("pearson", student, TEACHER, CLASSES, groups=subjects).match
    blind = agree("pearson", *twice).match
    held = agree("pearson", *twice, groups=np.repeat(subjects, 2)).match
    assert held.value == pytest.approx(once.value) and (blind.units, held.units) == (56, 28)
    assert held.high - held.low == pytest.approx(once.high - once.low)
    assert held.high - held.low > 1.2 * (blind.high - blind.low)


def test_what_is_said_is_json_without_nan() -> None:
    told = agree("pearson", TEACHER[:3], TEACHER[:3], np.arange(3)).summary()
    assert json.loads(json.dumps(asdict(told), allow_nan=False))["p"] is None


def test_the_same_seed_gives_the_same_numbers() -> None:
    one, two = (agree("spearman", NOISE, TEACHER, CLASSES, rounds=5, seed=7).summary() for _ in range(2))
    assert one == two


def test_images_are_compared_too() -> None:
    images = RNG.random((6, 9, 9))
    assert agree("ssim", images, images, np.zeros(6, int)).match.value == pytest.approx(1.0)


def test_labels_that_do_not_fit_are_answered_in_words() -> None:
    with pytest.raises(UserError, match="one label for each map"):
        agree("pearson", TEACHER, TEACHER, CLASSES[:-1])


def test_the_p_value_counts_the_true_pairing_itself() -> None:
    how = similarity_measure("pearson")
    told = chance(how, how.ready(TEACHER[:3]), how.ready(TEACHER[:3]), np.zeros(3, int))
    assert p_value(how, told) == pytest.approx(1 / 3, abs=0.06)


@pytest.mark.parametrize(("recordings", "each"), [(8, 4), (16, 4)])
def test_near_equal_windows_of_a_recording_do_not_make_maps_of_nobody_belong_to_their_series(
    recordings: int, each: int
) -> None:
    assert falsely_own(recordings, each, 200) <= 0.06


@pytest.mark.parametrize("kept", [1.0, 0.6])
def test_a_subjects_habit_that_runs_through_all_its_classes_is_not_counted_once_for_each(kept: float) -> None:
    assert falsely_own_habit(10, kept, 150) <= 0.06


def test_subjects_of_one_class_each_are_re_paired_beside_those_of_several() -> None:
    subjects = np.repeat([f"s{n}" for n in range(9)], 2)
    classes = np.array([0, 0] * 3 + [1, 1] * 2 + [2, 2] * 2 + [1, 2] * 2)
    maps = RNG.normal(size=(18, 20))
    told = agree("pearson", maps, maps, classes, groups=subjects)
    assert told.match.value == pytest.approx(1.0) and told.p < 0.05


def test_chance_meets_series_of_other_subjects_only() -> None:
    how, groups = similarity_measure("pearson"), np.array([f"s{n % 4}" for n in range(28)])
    told = chance(how, how.ready(TEACHER), how.ready(TEACHER), CLASSES, groups=groups)
    own = chance(how, how.ready(TEACHER), how.ready(TEACHER[np.argsort(groups, kind="stable")]), CLASSES, groups=groups)
    assert told.exact and np.isfinite(told.each).all() and told.observed == pytest.approx(1.0) != own.observed
    alike = np.repeat(RNG.normal(size=(4, 50)), 7, 0)
    same = np.repeat([f"s{n}" for n in range(4)], 7)
    apart = chance(how, how.ready(alike), how.ready(alike), np.zeros(28, int), groups=same)
    wanted = [np.mean([how(alike[i : i + 1], alike[7 * g : 7 * g + 1])[0] for g in range(4) if g != i // 7])
              for i in range(28)]  # fmt: skip
    np.testing.assert_allclose(apart.each, wanted)


def test_a_class_of_one_subject_has_nobody_to_meet_and_groups_of_unequal_size_are_all_met() -> None:
    how, classes = similarity_measure("pearson"), np.repeat([0, 1], [20, 8])
    groups = np.array(["a"] * 11 + ["b"] * 6 + ["c"] * 3 + ["d"] * 8)
    told = chance(how, how.ready(TEACHER), how.ready(TEACHER), classes, groups=groups)
    assert np.isfinite(told.each[:20]).all() and np.isnan(told.each[20:]).all()
    assert np.isfinite(told.null).all() and p_value(how, told) < 0.4


def test_maps_of_a_subjects_own_are_found_where_there_are_enough_subjects() -> None:
    groups = np.repeat([f"s{n}" for n in range(9)], 3)
    assert agree("pearson", TEACHER[:27], TEACHER[:27], np.zeros(27, int), groups=groups).p < 0.01


def test_more_subjects_than_rounds_are_met_by_lot() -> None:
    how, groups = similarity_measure("pearson"), np.arange(28).astype(str)
    told = chance(how, how.ready(TEACHER), how.ready(TEACHER), CLASSES, rounds=4, groups=groups)
    assert not told.exact and p_value(how, told) < 0.1
