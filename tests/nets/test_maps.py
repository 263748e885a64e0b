"""Maps change grid without inventing anything."""

from __future__ import annotations

import pytest
import torch

from kdviz.nets import maps


@pytest.mark.parametrize("how", maps.LIFTS)
@pytest.mark.parametrize("side", [5, 8, 24])
def test_shrinking_before_lifting_is_lifting_before_shrinking(how: str, side: int) -> None:
    x = torch.randn(2, 3, 16).double()
    early = maps.lift(maps.resized(x, (side,)), how)
    late = maps.resized(maps.lift(x, how).contiguous(), (side, side))
    assert torch.allclose(early, late, atol=1e-12)


def test_a_class_map_averages_to_the_logit() -> None:
    features, head, label = torch.randn(4, 6, 5, 5), torch.randn(3, 6), torch.tensor([0, 2, 1, 2])
    logits = features.flatten(2).mean(2) @ head.T
    found = maps.cam(head, features, label).flatten(1).mean(1)
    assert torch.allclose(found, logits[torch.arange(4), label], atol=1e-5)
    assert torch.allclose(maps.cams(head, features)[torch.arange(4), label], maps.cam(head, features, label), atol=1e-5)


def test_mass_sums_to_one_even_where_nothing_was_seen() -> None:
    x = torch.stack([torch.rand(4, 4), torch.zeros(4, 4)])
    found = maps.mass(x)
    assert torch.allclose(found.flatten(1).sum(1), torch.ones(2))
    assert torch.equal(found[1], torch.full((4, 4), 1 / 16))


def test_a_line_and_a_plane_meet_on_the_line() -> None:
    line, plane = maps.together(torch.randn(2, 1, 12), torch.randn(2, 1, 8, 8))
    assert line.shape == plane.shape == (2, 1, 8)
    same = torch.randn(2, 1, 6)
    assert torch.allclose(maps.on_line(maps.lift(same, "sum")), same + same.mean(-1, keepdim=True), atol=1e-6)


def test_a_flat_map_is_not_stretched_to_noise() -> None:
    assert torch.equal(maps.spanned(torch.full((1, 3, 3), 2.0)), torch.zeros(1, 9))
    assert torch.equal(maps.unit(torch.zeros(1, 3)), torch.zeros(1, 3))
