import numpy as np
import pytest
import torch

from kdviz.evidence.base import extractor
from kdviz.evidence.randomisation import randomised, survival, weighted
from kdviz.metrics.agreement import agree
from tests.evidence.nets import random_net, two_parts

TARGET = torch.tensor([0, 2, 1])


def test_the_network_itself_keeps_its_weights_and_the_world_its_random_numbers() -> None:
    net, _ = random_net(1)
    before = {name: value.clone() for name, value in net.state_dict().items()}
    torch.manual_seed(5)
    other, drawn = randomised(net, 0), torch.rand(1)
    torch.manual_seed(5)
    assert torch.equal(drawn, torch.rand(1))
    assert all(torch.equal(value, before[name]) for name, value in net.state_dict().items())
    assert not torch.equal(other.head.weight, net.head.weight)


def test_the_same_seed_makes_the_same_network_and_another_seed_another() -> None:
    net, _ = two_parts()
    one, two, three = (randomised(net, seed).head.weight for seed in (1, 1, 2))
    assert torch.equal(one, two) and not torch.equal(one, three)


def test_a_cascade_starts_at_the_head() -> None:
    net, _ = random_net(1)
    assert weighted(net)[-1][0] == "head"
    other = randomised(net, 0, layers=1)
    assert not torch.equal(other.head.weight, net.head.weight)
    assert torch.equal(other.body[0][0].weight, net.body[0][0].weight)
    assert torch.equal(randomised(net, 0, layers=0).head.weight, net.head.weight)


@pytest.mark.parametrize("name", ["cam", "integrated_gradients"])
def test_evidence_of_a_network_does_not_survive_random_weights(name: str) -> None:
    net, views = random_net(1)
    views = {"signal": torch.randn(40, 2, 48)}
    kept = survival(extractor(name), net, views, torch.zeros(40, dtype=torch.long), seeds=4)["signal"]
    assert kept.shape == (4, 40) and abs(kept.mean()) < 0.6


def test_a_network_agrees_wholly_with_itself_and_with_a_random_one_as_often_as_chance_would() -> None:
    torch.manual_seed(0)
    net, views = random_net(1)[0], {"signal": torch.randn(60, 2, 48)}
    classes, target = np.arange(60) % 3, torch.arange(60) % 3
    own = extractor("cam").look(net, views, target)["signal"].numpy()
    itself = agree("pearson", own, own, classes)
    assert itself.match.value == pytest.approx(1.0) and itself.above.value == pytest.approx(1.0)
    others = [extractor("cam").look(randomised(net, seed), views, target)["signal"].numpy() for seed in range(12)]
    aboves = [agree("pearson", other, own, classes, rounds=5).above.value for other in others]
    assert abs(np.mean(aboves)) < 0.15 and max(aboves) < 0.5


def test_a_map_that_only_draws_the_input_survives_and_is_found_out() -> None:
    class Drawing:
        def look(self, net, views, target):  # type: ignore[no-untyped-def]
            return {"signal": views["signal"].abs().sum(1)}

    net, views = random_net(1)
    assert survival(Drawing(), net, views, TARGET)["signal"].min() > 0.999  # type: ignore[arg-type]
