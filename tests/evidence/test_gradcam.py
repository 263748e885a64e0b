import pytest
import torch

from kdviz.evidence.cam import Cam
from kdviz.evidence.gradcam import GradCam
from tests.evidence.nets import NAMES, golden_input, random_net


@pytest.mark.parametrize("dims", [1, 2])
@pytest.mark.parametrize("relu", [True, False])
def test_it_is_captums_layer_gradcam(dims: int, relu: bool) -> None:
    net, gold, views, target = golden_input(dims)
    ours = GradCam(relu=relu).look(net, views, target)[NAMES[dims]]
    theirs = torch.from_numpy(gold["gradcam_relu" if relu else "gradcam_norelu"])[:, 0]
    torch.testing.assert_close(ours, theirs, atol=1e-10, rtol=0)


@pytest.mark.parametrize("stage", [0, 1])
def test_it_is_captums_at_an_inner_stage_too(stage: int) -> None:
    from captum.attr import LayerGradCam

    from kdviz.evidence.base import Positional

    net, _, views, target = golden_input(1)
    theirs = LayerGradCam(Positional(net), net.body[stage]).attribute(views["signal"], target=target)
    ours = GradCam(stage, relu=False).look(net, views, target)["signal"]
    torch.testing.assert_close(ours, theirs[:, 0].detach(), atol=1e-12, rtol=0)


@pytest.mark.parametrize("architecture", ["tiny", "wrn16-1"])
@pytest.mark.parametrize("dims", [1, 2])
def test_without_relu_it_is_the_cam_over_the_number_of_places(dims: int, architecture: str) -> None:
    net, views = random_net(dims, architecture)
    target = torch.tensor([0, 2, 1])
    cam = Cam().look(net, views, target)[NAMES[dims]]
    ours = GradCam(relu=False).look(net, views, target)[NAMES[dims]]
    torch.testing.assert_close(ours * cam[0].numel(), cam, atol=1e-4, rtol=1e-3)


def test_it_says_whether_negative_values_are_left() -> None:
    assert not GradCam().signed and GradCam(relu=False).signed
