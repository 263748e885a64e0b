"""What every extractor promises, whoever adds the next one."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn

from kdviz.core.errors import UserError
from kdviz.evidence.base import Extractor, extractor, extractors
from kdviz.evidence.high_pass import high_passed
from kdviz.nets.base import Branch
from tests.evidence.nets import random_net, two_parts

TARGET = torch.tensor([0, 2, 1])
NETS = {"signal": lambda: random_net(1), "gaf": lambda: random_net(2), "fusion": two_parts}
Case = tuple[Extractor, Branch, dict[str, Tensor]]


@pytest.fixture(params=[(name, kind) for name in extractors() for kind in NETS], ids="-".join)
def case(request: pytest.FixtureRequest) -> Case:
    name, kind = request.param
    net, views = NETS[kind]()
    if extractor(name).refusal(net):
        pytest.skip(f"{name} refuses {kind} and says so")
    return extractor(name), net, views


def hooks(net: nn.Module) -> int:
    """How many hooks hang in a network."""
    return sum(len(v) for m in net.modules() for k, v in vars(m).items() if k.endswith("_hooks") and v)


def test_it_says_what_it_is() -> None:
    for kind in extractors().values():
        assert kind.title and kind.idea.endswith(".") and kind.paper and kind.caveat.endswith(".")


def test_each_modality_gets_a_finite_map_of_its_own_grid(case: Case) -> None:
    how, net, views = case
    maps = how.look(net, views, TARGET)
    assert maps and set(maps) <= set(net.modalities)
    for name, each in maps.items():
        assert each.shape[0] == 3 and each.ndim == views[name].ndim - 1
        assert torch.isfinite(each).all() and not each.requires_grad


def test_a_map_that_is_not_signed_has_no_negative_value(case: Case) -> None:
    how, net, views = case
    lowest = min(float(each.min()) for each in how.look(net, views, TARGET).values())
    assert how.signed or lowest >= 0


def test_the_network_is_left_as_it_was_found(case: Case) -> None:
    how, net, views = case
    net.train()
    first = next(net.parameters())
    first.requires_grad_(False)
    next(m for m in net.modules() if isinstance(m, (nn.BatchNorm1d, nn.BatchNorm2d))).eval()
    before = {name: value.clone() for name, value in net.state_dict().items()}
    flags = [(m.training, len(vars(m))) for m in net.modules()], [p.requires_grad for p in net.parameters()]
    how.look(net, views, TARGET)
    after = net.state_dict()
    assert all(torch.equal(value, after[name]) for name, value in before.items())
    assert flags == ([(m.training, len(vars(m))) for m in net.modules()], [p.requires_grad for p in net.parameters()])
    assert all(p.grad is None for p in net.parameters()) and not any(v.requires_grad for v in views.values())
    assert hooks(net) == 0


def test_looking_twice_gives_the_same_bits(case: Case) -> None:
    how, net, views = case
    one, two = how.look(net, views, TARGET), how.look(net, views, TARGET)
    assert all(torch.equal(one[name], two[name]) for name in one)


def test_a_batch_gives_what_each_series_gives_alone(case: Case) -> None:
    how, net, views = case
    together = how.look(net, views, TARGET)
    alone = how.look(net, {name: view[1:2] for name, view in views.items()}, TARGET[1:2])
    for name in together:
        torch.testing.assert_close(together[name][1:2], alone[name], atol=1e-5, rtol=1e-4)


def test_a_failing_network_is_left_as_it_was_found_too(case: Case) -> None:
    how, net, views = case
    net.train()
    broken = {name: view[:, :1] for name, view in views.items()}
    with pytest.raises(RuntimeError):
        how.look(net, broken, TARGET)
    assert net.training and all(p.requires_grad for p in net.parameters()) and hooks(net) == 0


def test_high_passed_features_lose_what_is_constant_and_keep_what_is_fast() -> None:
    time = torch.arange(64) / 64
    slow, fast = torch.ones(1, 2, 64), torch.cos(2 * torch.pi * 20 * time).expand(1, 2, 64)
    assert high_passed(slow).abs().max() < 1e-6
    torch.testing.assert_close(high_passed(slow + fast), fast, atol=1e-5, rtol=0)


def test_a_refused_network_gets_a_sentence_and_no_traceback() -> None:
    refusals = 0
    for name in extractors():
        for kind in NETS:
            net, views = NETS[kind]()
            sentence = extractor(name).refusal(net)
            if sentence:
                refusals += 1
                with pytest.raises(UserError, match=r"Choose|Train"):
                    extractor(name).look(net, views, TARGET)
    assert refusals


def test_one_that_is_made_of_another_is_asked_so_by_name() -> None:
    net, views = random_net(1)
    made = {of: extractor(f"noise_tunnel:{of}") for of in extractors()["noise_tunnel"].others}
    maps = {of: each.look(net, views, TARGET)["signal"] for of, each in made.items()}
    assert all(each.isfinite().all() for each in maps.values()) and not made["saliency"].signed
    assert not torch.equal(maps["saliency"], maps["input_x_gradient"])
    with pytest.raises(UserError, match=r"write noise_tunnel, or one of input_x_gradient, saliency"):
        extractor("noise_tunnel:0")


def test_an_unknown_extractor_is_answered_with_those_there_are() -> None:
    with pytest.raises(UserError, match="cam"):
        extractor("tea leaves")
