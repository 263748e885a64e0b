"""One battery of promises for every network there is; a new file is in it by being there."""

from __future__ import annotations

import warnings

import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode

from kdviz.core.plugins import told
from kdviz.evidence.base import extractor
from kdviz.nets.base import ARCHITECTURES, Single, architectures, build
from kdviz.nets.cost import cost, macs
from tests.evidence.nets import lived_in

SHAPES = {"signal": (2, 31), "gaf": (2, 17, 17)}
PUBLISHED = {"fcn": 264_704, "resnet": 503_000, "inception": 420_000, "lite": 9_800}
"""Weights for one channel and few classes, as the papers or their code have them; within two in a hundred."""


@pytest.fixture(params=[(name, kind) for name in architectures() for kind in SHAPES], ids="-".join)
def net(request: pytest.FixtureRequest) -> Single:
    name, kind = request.param
    torch.manual_seed(0)
    made = build(kind, name, (kind,), SHAPES, 3)
    assert isinstance(made, Single)
    return lived_in(made)


def views(net: Single, series: int = 3) -> dict[str, torch.Tensor]:
    torch.manual_seed(1)
    return {m: torch.randn(series, *SHAPES[m]) for m in net.modalities}


def test_every_stage_is_a_map_on_a_grid_and_the_last_is_never_negative(net: Single) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        trace = net.eval()(views(net))
    assert len(trace.stages) == net.depth >= 2
    grids = [stage.shape[2:] for stage in trace.stages]
    whole = SHAPES[net.modalities[0]][1:]
    assert all(stage.shape[0] == 3 and stage.dim() == len(whole) + 2 for stage in trace.stages)
    assert all(
        small <= large for a, b in zip(grids[1:], grids, strict=False) for small, large in zip(a, b, strict=True)
    )
    assert trace.stages[-1].min() >= 0


def test_a_class_map_is_the_decision_and_the_other_maps_can_be_read(net: Single) -> None:
    seen, target = views(net), torch.tensor([0, 2, 1])
    trace, name = net.eval()(seen), net.modalities[0]
    cam = extractor("cam").look(net, seen, target)[name]
    logit = trace.logits[torch.arange(3), target]
    torch.testing.assert_close(cam.flatten(1).mean(1) + net.head.bias[target], logit, atol=1e-4, rtol=1e-4)
    grad = extractor("gradcam").look(net, seen, target)[name]
    torch.testing.assert_close(grad * cam[0].numel(), cam.relu(), atol=1e-4, rtol=1e-3)
    assert torch.isfinite(extractor("attention").look(net, seen, target)[name]).all()


def test_every_weight_learns_and_a_batch_of_one_passes(net: Single) -> None:
    net.train()
    loss = torch.nn.functional.cross_entropy(net(views(net, 8)).logits, torch.arange(8) % 3)
    loss.backward()  # type: ignore[no-untyped-call]
    assert all(p.grad is not None and torch.isfinite(p.grad).all() for p in net.parameters())
    assert net(views(net, 1)).logits.shape == (1, 3)


def test_a_network_says_what_it_is_to_those_who_may_not_import_it() -> None:
    said = told(ARCHITECTURES)
    assert {n: (a.title, a.idea) for n, a in architectures().items()} == {
        n: (words["title"], words["idea"]) for n, words in said.items()
    }
    assert all(words["title"] and words["idea"].endswith(".") for words in said.values())


@pytest.mark.parametrize("name", PUBLISHED)
def test_a_published_network_has_as_many_weights_as_published(name: str) -> None:
    found = cost(build("signal", name, ("signal",), {"signal": (1, 150)}, 2), {"signal": (1, 150)})
    assert found.weights == pytest.approx(PUBLISHED[name], rel=0.02) and found.macs > 0 and found.milliseconds > 0


@pytest.mark.parametrize(("kind", "name"), [("signal", "lite"), ("gaf", "inception-8"), ("fusion", "tiny")])
def test_operations_are_counted_as_torch_counts_them(kind: str, name: str) -> None:
    shapes = {"signal": (2, 60), "gaf": (2, 24, 24)}
    net = build(kind, name, tuple(shapes) if kind == "fusion" else (kind,), shapes, 3).eval()
    with torch.no_grad(), FlopCounterMode(display=False) as counter:
        net({m: torch.zeros(1, *shapes[m]) for m in net.modalities})
    assert 2 * macs(net, shapes) == counter.get_total_flops() > 0
