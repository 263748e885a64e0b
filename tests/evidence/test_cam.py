import pytest
import torch

from kdviz.evidence.cam import Cam
from kdviz.nets.fusion import Fusion
from tests.evidence.nets import NAMES, golden_input, random_net


@pytest.mark.parametrize("dims", [1, 2])
def test_a_cam_is_the_reference_map(dims: int) -> None:
    net, gold, views, target = golden_input(dims)
    ours = Cam().look(net, views, target)[NAMES[dims]]
    torch.testing.assert_close(ours, torch.from_numpy(gold["cam_raw"]), atol=1e-10, rtol=0)


@pytest.mark.parametrize("architecture", ["tiny", "wrn16-1"])
@pytest.mark.parametrize("dims", [1, 2])
def test_the_mean_of_a_cam_and_the_bias_are_the_logit(dims: int, architecture: str) -> None:
    net, views = random_net(dims, architecture)
    net.eval()
    target = torch.tensor([0, 2, 1])
    cam = Cam().look(net, views, target)[NAMES[dims]]
    logit = net(views).logits[torch.arange(3), target]
    torch.testing.assert_close(cam.flatten(1).mean(1) + net.head.bias[target], logit, atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize("length", [24, 200, 256])
def test_of_a_fusion_network_the_means_of_all_maps_and_the_bias_are_the_logit(length: int) -> None:
    net = Fusion({"signal": (2, length), "gaf": (2, 24, 24), "persistence": (1, 64, 64)}, "tiny", 3).eval()
    grids = {"signal": (2, length), "gaf": (2, 24, 24), "persistence": (1, 64, 64)}
    views = {name: torch.randn(3, *shape) for name, shape in grids.items()}
    target = torch.tensor([0, 2, 1])
    maps = Cam().look(net, views, target)
    logit = net(views).logits[torch.arange(3), target]
    total = sum(each.flatten(1).mean(1) for each in maps.values()) + net.head.bias[target]
    torch.testing.assert_close(total, logit, atol=1e-5, rtol=1e-5)
    assert maps["gaf"].shape == (3, 6, 6) and maps["persistence"].shape == (3, 8, 8)
