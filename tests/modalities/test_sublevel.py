"""Sublevel persistence: against gudhi's vectors, and against union-find by the definition."""

import numpy as np
import pytest
from hypothesis import given

from kdviz.modalities.kernels.sublevel import diagrams
from tests.modalities.series import any_series, golden, walks

SIGNALS = ["uniform01_n100", "sine_noise_n100", "pm1_n500", "monotone_n20", "ties_n12"]


def by_union_find(x: np.ndarray) -> set[tuple[int, int]]:
    """(birth sample, death sample): add samples by value, ties by time; where two parts meet, the younger dies."""
    elder: dict[int, int] = {}
    born: dict[int, int] = {}
    age = {int(t): place for place, t in enumerate(np.lexsort((np.arange(x.size), x)))}

    def root(t: int) -> int:
        while elder[t] != t:
            t = elder[t]
        return t

    pairs = set()
    for t in sorted(age, key=lambda sample: age[sample]):
        elder[t] = born[t] = t
        for other in (t - 1, t + 1):
            if other in elder:
                first, second = sorted((root(t), root(other)), key=lambda r: age[born[r]])
                if first != second:
                    elder[second] = first
                    if x[born[second]] < x[t]:
                        pairs.add((born[second], t))
    return pairs


@given(any_series)
def test_pairs_and_their_samples_follow_the_elder_rule(x: np.ndarray) -> None:
    found = diagrams(x[None])
    pairs = set(zip(found.birth_sample[:-1].tolist(), found.death_sample[:-1].tolist(), strict=True))
    assert pairs == by_union_find(x)
    assert found.birth_sample[-1] == x.argmin() and found.death_sample[-1] == x.argmax()
    assert (found.birth == x[found.birth_sample]).all() and (found.death == x[found.death_sample]).all()


@given(any_series)
def test_there_is_a_pair_for_every_local_minimum(x: np.ndarray) -> None:
    steps = np.concatenate([[np.inf], x[np.flatnonzero(np.diff(x, prepend=x[0] - 1) != 0)], [np.inf]])
    valleys = (steps[1:-1] < steps[:-2]) & (steps[1:-1] < steps[2:])
    assert diagrams(x[None]).birth.size == valleys.sum()


@given(any_series)
def test_all_lives_together_are_all_the_ups_and_downs_and_the_range_once_more(x: np.ndarray) -> None:
    values = x.astype(np.float64)
    lives = diagrams(x[None]).persistence.sum() + diagrams(-x[None]).persistence.sum()
    np.testing.assert_allclose(lives, np.abs(np.diff(values)).sum() + np.ptp(values), rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("name", SIGNALS)
def test_diagrams_equal_those_of_gudhi(name: str) -> None:
    g = golden("persistence_diagram")
    for sign, kind in ((1, "gudhi_V_withinf"), (-1, "gudhi_superlevel_of_negated_withinf")):
        found = diagrams(sign * g[f"{name}.signal"][None].astype(np.float32))
        mine = np.stack([found.birth, np.where(found.essential, np.inf, found.death)], 1)
        np.testing.assert_allclose(mine[np.lexsort(mine.T[::-1])], g[f"{name}.{kind}"], atol=1e-7)


def test_rows_keep_their_pairs_apart() -> None:
    rows = walks(5, 1, 80)[:, 0]
    rows[2] = 1
    together = diagrams(rows)
    for r in range(5):
        alone, mine = diagrams(rows[r : r + 1]), together.row == r
        assert (together.birth_sample[mine] == alone.birth_sample).all()
        assert (together.death_sample[mine] == alone.death_sample).all()
    assert together.essential.sum() == 5


def test_keeping_some_pairs_keeps_them_in_their_rows() -> None:
    found = diagrams(walks(6, 1, 60)[:, 0])
    kept = found.keep(found.persistence > 1)
    assert (kept.row == found.row[found.persistence > 1]).all() and kept.start[-1] == kept.birth.size
