"""The fusion student: one decision that is a sum of class activation maps, and branches that stand alone."""

from __future__ import annotations

import pytest
import torch

from kdviz.core.errors import UserError
from kdviz.core.flow import Trace
from kdviz.nets.fusion import Fusion

VIEWS = {
    "signal": torch.randn(3, 2, 40),
    "gaf": torch.randn(3, 4, 24, 24),
    "persistence": torch.randn(3, 2, 16, 16),
}


def fusion(*sees: str, architecture: str = "tiny") -> Fusion:
    torch.manual_seed(0)
    names = sees or tuple(VIEWS)
    return Fusion({m: VIEWS[m].shape[1:] for m in names}, architecture, 5).eval()


def looked(net: Fusion) -> Trace:
    with torch.no_grad():
        return net({m: VIEWS[m] for m in net.modalities})


@pytest.mark.parametrize("sees", [("signal", "gaf"), ("signal", "persistence"), ("signal", "gaf", "persistence")])
@pytest.mark.parametrize("architecture", ["tiny", "wrn16-1"])
def test_attention_is_a_distribution_over_pixels_for_every_step(sees: tuple[str, ...], architecture: str) -> None:
    trace = looked(fusion(*sees, architecture=architecture))
    assert set(trace.attention) == set(sees[1:])
    for name, attention in trace.attention.items():
        assert attention.shape[:2] == (3, trace.stages[-1].shape[2]), name
        assert attention.min() >= 0
        assert torch.allclose(attention.sum(2), torch.ones(attention.shape[:2]), atol=1e-5)


def test_the_decision_is_the_sum_of_evidence_in_time_and_of_attended_evidence_in_the_images() -> None:
    net = fusion()
    trace = looked(net)
    signal = trace.parts["signal"]
    total = torch.einsum("ck,nkt->nc", signal.head, signal.stages[-1]) / signal.stages[-1].shape[2]
    for name in net.images:
        part, weight = trace.parts[name], trace.attention[name].mean(1)
        pixels = torch.nn.functional.adaptive_avg_pool2d(part.stages[-1], round(weight.shape[1] ** 0.5)).flatten(2)
        total = total + torch.einsum("ck,nkp,np->nc", part.head, pixels, weight)
    assert trace.bias is not None
    assert torch.allclose(total + trace.bias, trace.logits, atol=1e-4)
    cam = torch.einsum("ck,nkt->nct", trace.head, trace.stages[-1]).mean(2) + trace.bias
    assert torch.allclose(cam, trace.logits, atol=1e-4)


def test_each_branch_is_a_network_of_its_own() -> None:
    trace = looked(fusion())
    for name, part in trace.parts.items():
        assert part.logits.shape == (3, 5), name
        own = part.stages[-1].flatten(2).mean(2) @ part.head.T + part.bias
        assert torch.allclose(own, part.logits, atol=1e-5)
    assert torch.equal(torch.cat([p.head for p in trace.parts.values()], 1), trace.head)


def test_a_branchs_head_learns() -> None:
    net = fusion().train()
    trace = net(VIEWS)
    (found,) = torch.autograd.grad(trace.parts["gaf"].logits.sum(), net.head.weight)
    assert found.abs().sum() > 0


def test_a_long_series_is_asked_about_in_stretches() -> None:
    net = Fusion({"signal": (1, 2000), "gaf": (2, 16, 16)}, "tiny", 3).eval()
    with torch.no_grad():
        trace = net({"signal": torch.randn(2, 1, 2000), "gaf": torch.randn(2, 2, 16, 16)})
    assert trace.attention["gaf"].shape[1] <= 128
    assert trace.parts["signal"].stages[-1].shape[2] == 2000


def test_it_stays_small() -> None:
    assert sum(p.numel() for p in fusion().parameters()) < 10_000


@pytest.mark.parametrize("sees", [("signal",), ("gaf",), ("gaf", "persistence"), ()])
def test_a_fusion_of_nothing_is_refused_with_what_would_help(sees: tuple[str, ...]) -> None:
    with pytest.raises(UserError, match="choose signal and gaf"):
        Fusion({m: VIEWS[m].shape[1:] for m in sees}, "tiny", 2)
