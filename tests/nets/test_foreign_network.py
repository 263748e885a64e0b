"""Whatever somebody wrote is looked at as one of ours: what is found in it is true of its values."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn

from kdviz.core.errors import UserError
from kdviz.evidence.base import extractor, extractors
from kdviz.nets.foreign_network import ForeignNetwork, quiet
from kdviz.nets.maps import cam
from tests.evidence.nets import lived_in
from tests.live.modules import EVERY, FCN, Inception, Patches, Recurrent, flat, plane, shape

EXACT = {
    "fcn": ("body.2", "body.5", "body.8"),
    "resnet": ("one", "two", "three"),
    "inception": ("norm",),
    "patches": ("encoder",),
    "plane": ("1", "2", "4"),
}
"""The networks that end in a mean over places and one linear layer, and their stages."""
MAPLESS = ("lstm", "gru", "folded")
CHAINS = ("fcn", "flat", "plane")
"""The networks whose layers follow one another with nothing between them."""
TARGET = torch.tensor([0, 1, 2, 0, 1])


def one(name: str, layers: tuple[str, ...] = ()) -> tuple[ForeignNetwork, nn.Module, Tensor]:
    torch.manual_seed(3)
    module, view = lived_in(EVERY[name]()).eval(), torch.randn(5, *shape(name))
    return ForeignNetwork(module, "signal", view, layers), module, view


@pytest.mark.parametrize("name", EVERY)
def test_its_answers_are_the_modules_own_and_cam_is_exact_where_it_is_offered(name: str) -> None:
    net, module, view = one(name)
    with torch.no_grad():
        trace = net({"signal": view})
        assert torch.equal(trace.logits, module(view))
    offered = extractor("cam").refusal(net) is None
    assert offered == (name in EXACT) == net.found.pooled
    if offered:
        places = cam(trace.head, trace.stages[-1], TARGET).flatten(1).mean(1)
        told = trace.logits.gather(1, TARGET[:, None])[:, 0]
        torch.testing.assert_close(places + trace.bias[TARGET], told, atol=1e-5, rtol=1e-4)
        assert net.found.stages[-len(EXACT[name]) :] == EXACT[name]


@pytest.mark.parametrize("name", EVERY)
def test_an_extractor_gives_maps_of_the_views_places_or_says_why_not(name: str) -> None:
    net, _, view = one(name)
    with quiet([net]):
        for each in extractors():
            why = extractor(each).refusal(net)
            if why is not None:
                assert len(why) > 40 and why.endswith("."), each
                continue
            found = extractor(each).look(net, {"signal": view}, TARGET)["signal"]
            assert found.ndim == view.ndim - 1 and len(found) == 5 and found.isfinite().all(), each
    assert ("gradcam" in net.without) == (name in (*MAPLESS, "flat"))
    assert (extractor("lrp").refusal(net) is None) == (name in CHAINS)
    assert net.depth > 0 or net.without["attention"] == net.without["gradcam"]


def test_gradcam_of_a_foreign_network_is_what_autograd_says() -> None:
    for name in ("resnet", "patches", "tcn"):
        net, _, view = one(name)
        with quiet([net]):
            found = extractor("gradcam").look(net, {"signal": view}, TARGET)["signal"]
            trace = net({"signal": view.clone().requires_grad_()})
            (slope,) = torch.autograd.grad(trace.logits.gather(1, TARGET[:, None]).sum(), trace.stages[-1])
            expected = (slope.mean(2, keepdim=True) * trace.stages[-1]).sum(1).relu()
        torch.testing.assert_close(found, expected.detach(), atol=1e-6, rtol=1e-5)


def test_layers_can_be_named_and_a_wrong_name_is_answered_with_those_there_are() -> None:
    assert one("fcn", ("body.2", "body.8"))[0].found.stages == ("body.2", "body.8")
    assert not one("fcn", ("body.2",))[0].found.pooled  # the head does not read that one
    with pytest.raises(UserError, match=r"no module 'bodi'. Modules that show maps are: body.0"):
        one("fcn", ("bodi",))
    with pytest.raises(UserError, match=r"gives values of shape \(3, 3\); a map is"):
        one("fcn", ("fc",))


def test_probabilities_are_taken_for_what_they_are() -> None:
    module, view = nn.Sequential(FCN(), nn.Softmax(1)).eval(), torch.randn(4, 2, 40)
    trace = ForeignNetwork(module, "signal", view)({"signal": view})
    torch.testing.assert_close(trace.logits.softmax(1), module(view))


def test_what_writes_over_its_input_spoils_no_map() -> None:
    module, view = nn.Sequential(nn.Conv1d(2, 4, 3, padding=1), nn.ReLU(inplace=True)).eval(), torch.randn(3, 2, 16)
    whole = nn.Sequential(module, nn.AdaptiveMaxPool1d(1), nn.Flatten(), nn.Linear(4, 2)).eval()
    net = ForeignNetwork(whole, "signal", view, ("0.0",))
    with torch.no_grad():
        assert torch.equal(net({"signal": view}).stages[-1], module[0](view))


def test_a_map_that_is_read_below_zero_too_is_no_cam() -> None:
    class Both(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.conv, self.head = nn.Conv1d(2, 4, 3, padding=1), nn.Linear(4, 2, bias=False)
            self.also = nn.Linear(4, 4, bias=False)

        def forward(self, x: Tensor) -> Tensor:
            last = self.conv(x)
            return self.head(last.relu().mean(2) + 1e-7 * self.also(last.clamp(max=0).mean(2)))

    net = ForeignNetwork(Both(), "signal", torch.randn(4, 2, 40))
    assert net.found.pooled  # so little that it is no more than rounding
    with torch.no_grad():
        net.module.also.weight.fill_(1e7)
    assert "cam" in ForeignNetwork(net.module, "signal", torch.randn(4, 2, 40)).without


def test_one_that_answers_no_logits_is_refused_in_words() -> None:
    with pytest.raises(UserError, match=r"logits of shape \(3, classes\); it gave \(3, 4, 40\)"):
        ForeignNetwork(nn.Conv1d(2, 4, 3, padding=1), "signal", torch.randn(5, 2, 40))


def test_a_recurrent_and_a_flattened_network_say_so() -> None:
    view = torch.randn(4, 2, 40)
    recurrent, flattened = ForeignNetwork(Recurrent(), "signal", view), ForeignNetwork(flat(), "signal", view)
    assert "recurrent layer" in recurrent.without["gradcam"] and "recurrent" in recurrent.without["deeplift"]
    assert "weights of its own" in flattened.without["gradcam"] and flattened.depth
    assert ForeignNetwork(Inception(), "signal", view).found.rectified
    assert ForeignNetwork(Patches(), "signal", view).found.last[-1]
    assert ForeignNetwork(plane(), "image", torch.randn(4, 2, 20, 20)).found.pooled
