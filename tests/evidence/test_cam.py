import pytest
import torch

from kdviz.evidence.cam import Cam
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
