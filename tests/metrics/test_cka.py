import math

import numpy as np

from kdviz.metrics.cka import linear_cka, unbiased_cka

RNG = np.random.default_rng(0)


def test_cka_is_the_reference() -> None:
    with np.load("tests/golden/cka.npz", allow_pickle=False) as gold:
        x, y = gold["X"], gold["Y"]
        assert abs(linear_cka(x, y) - gold["linear_cka"]) < 1e-10
        assert abs(unbiased_cka(x, y) - gold["unbiased_linear_cka"]) < 1e-10


def test_cka_of_features_with_themselves_rotated_or_scaled_is_one() -> None:
    x = RNG.normal(size=(30, 6))
    turned = 3 * x @ np.linalg.qr(RNG.normal(size=(6, 6)))[0] + 5
    for cka in (linear_cka, unbiased_cka):
        assert abs(cka(x, turned) - 1) < 1e-10


def test_unbiased_cka_of_unrelated_wide_features_is_about_none_where_the_biased_one_is_not() -> None:
    x, y = RNG.normal(size=(2, 40, 300))
    assert linear_cka(x, y) > 0.6 and abs(unbiased_cka(x, y)) < 0.1


def test_cka_does_not_depend_on_which_side_the_products_are_taken() -> None:
    x, y = RNG.normal(size=(9, 20)), RNG.normal(size=(9, 4, 5))
    a, b = x - x.mean(0), y.reshape(9, -1) - y.reshape(9, -1).mean(0)
    by_hand = (np.linalg.norm(a.T @ b) ** 2) / (np.linalg.norm(a.T @ a) * np.linalg.norm(b.T @ b))
    assert abs(linear_cka(x, y) - by_hand) < 1e-12


def test_features_that_do_not_vary_have_no_cka() -> None:
    x, flat = RNG.normal(size=(10, 3)), np.ones((10, 3))
    assert math.isnan(linear_cka(x, flat)) and math.isnan(unbiased_cka(x, flat))
    assert math.isnan(unbiased_cka(x[:3], x[:3]))


def test_the_scale_of_the_features_does_not_matter_however_small() -> None:
    x, y = RNG.normal(size=(2, 12, 4))
    assert abs(unbiased_cka(1e-9 * x, y) - unbiased_cka(x, y)) < 1e-9
    assert math.isnan(linear_cka(x, np.full((12, 2), 0.1)))
