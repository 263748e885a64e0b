"""Ways to follow a teacher without labels: the reference formulas hold, and every method keeps the contract."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from kdviz.core.errors import UserError
from kdviz.methods import imitation as m
from kdviz.methods.ead import Ead
from kdviz.methods.losses import reverse_distillation
from kdviz.nets.pretrained.encoder import PatchTeacher, fresh
from tests.methods.golden import Golden, assert_close

CLOSE = 1e-9


def stages(golden: Golden, who: str) -> list[Tensor]:
    return [golden[f"{who}{k}"] for k in range(3)]


@pytest.mark.parametrize("name", ("matching_1d", "matching_2d"))
def test_matching_and_reverse_distillation_are_the_references(name: str) -> None:
    g = Golden(f"anomaly/{name}")
    teacher, student = stages(g, "teacher"), stages(g, "student")
    loss = m.place_loss(teacher, student)
    assert_close(loss, g["stfpm_loss"], CLOSE)
    assert_close(2 * loss, g["stfpm_loss_released"], CLOSE)
    assert_close(loss, g["rd_loss_place"], CLOSE)
    assert_close(m.parted(teacher, student, "product"), g["stfpm_map"], CLOSE)
    assert_close(m.parted(teacher, student, "sum"), g["rd_map"], CLOSE)
    assert_close(reverse_distillation(student, teacher), g["rd_loss"], CLOSE)


def test_by_place_is_half_the_squared_distance_of_directions() -> None:
    """The other way to write it: no normalising function, no cosine."""
    g = Golden("anomaly/matching_2d")
    t, s = (stages(g, who)[1].numpy() for who in ("teacher", "student"))
    way = [x / np.sqrt((x**2).sum(1, keepdims=True)) for x in (t, s)]
    assert (
        np.abs(m.by_place(torch.tensor(t), torch.tensor(s)).numpy() - ((way[0] - way[1]) ** 2).sum(1) / 2).max() < CLOSE
    )


def test_hidden_vectors_part_as_pinned() -> None:
    g = Golden("anomaly/hidden")
    each = m.vector_apart(g["student"] @ g["projector"], g["teacher"])
    assert_close(each, g["score"], CLOSE)
    assert_close(each.mean(), g["loss"], CLOSE)


def test_efficientad_is_the_reference() -> None:
    g = Golden("anomaly/efficientad")
    teacher = g["teacher"]
    mean, std = teacher.mean((0, 2, 3)), teacher.std((0, 2, 3), correction=0)
    assert_close(mean, g["mean"], CLOSE)
    assert_close(std, g["std"], CLOSE)
    goal = (teacher - mean[:, None, None]) / std[:, None, None]
    first, second = g["student"].chunk(2, 1)
    assert_close(m.hard((goal - first).square(), 0.999), g["loss_hard"], CLOSE)
    assert_close((goal - g["autoencoder"]).square().mean(), g["loss_ae"], CLOSE)
    assert_close((g["autoencoder"] - second).square().mean(), g["loss_stae"], CLOSE)
    maps = [(goal - first).square().mean(1), (g["autoencoder"] - second).square().mean(1)]
    levels = torch.tensor([0.9, 0.995], dtype=torch.float64)
    scales = [torch.quantile(x[g["validation"]], levels) for x in maps]
    assert_close(torch.stack(scales), g["quantiles"], CLOSE)
    whole = sum(0.5 * m.rescaled(x, *scale.tolist()) for x, scale in zip(maps, scales, strict=True))
    assert_close(whole, g["map"], CLOSE)


def scene(kind: type[m.Imitation]) -> tuple[m.Imitation, Tensor, Any]:
    """A method with its student, views of its first kind and the teacher's trace of them."""
    name = kind.watches[0]
    if kind is Ead:
        torch.manual_seed(3)
        net: Any = PatchTeacher().eval()
    else:
        net = fresh(3, name, 1 if name == "signal" else 2, 1 if name == "signal" else 2).eval()
    view = torch.randn(6, *((1, 64) if name == "signal" else (2, 48, 48)), generator=torch.Generator().manual_seed(1))
    with torch.no_grad():
        trace = net({name: view})
    torch.manual_seed(0)
    made = kind()
    made.build(m.Sized(tuple(view.shape[1:]), trace))
    return made, view, trace


@pytest.mark.parametrize("name", m.imitations())
def test_every_method_learns_is_pure_and_maps_every_window(name: str) -> None:
    kind = m.imitation(name)
    made, view, trace = scene(kind)
    made.eval()
    before = {k: v.clone() for k, v in made.state_dict().items()}
    one, two = made.loss(view, trace), made.loss(view, trace)
    assert one and all(torch.equal(one[k], two[k]) and one[k].dim() == 0 for k in one)
    maps = made.apart(view, trace)
    assert len(maps) == len(view) and torch.isfinite(maps).all()
    assert (maps.dim() == 2 and maps.shape[1] == 1) != kind.placed
    for theirs, mine in zip(*made.both(view, trace), strict=True):
        assert theirs.shape == mine.shape
    made.settle(view, trace)
    assert {k for k, v in made.state_dict().items() if not torch.equal(v, before[k])} <= {"scales"}
    made.train()
    optimiser = torch.optim.AdamW(made.parameters(), lr=3e-3)
    said = []
    for _ in range(12):
        loss = torch.stack(list(made.loss(view, trace).values())).sum()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        said.append(float(loss.detach()))
    assert said[-1] < said[0] and kind.about.idea and kind.about.papers


def test_an_unknown_way_is_answered_with_those_there_are() -> None:
    with pytest.raises(UserError, match="Choose of: ead, hidden, rd, stfpm"):
        m.imitation("watching")
