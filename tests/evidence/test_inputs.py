"""Attributions on the views themselves, against the reference vectors."""

import pytest
import torch

from kdviz.core.errors import UserError
from kdviz.evidence.attention import Attention
from kdviz.evidence.base import InputExtractor
from kdviz.evidence.cross_attention import CrossAttention
from kdviz.evidence.deeplift import DeepLift
from kdviz.evidence.input_x_gradient import InputXGradient
from kdviz.evidence.integrated_gradients import IntegratedGradients
from kdviz.evidence.occlusion import Occlusion, pieces_of
from kdviz.evidence.saliency import Saliency
from tests.evidence.nets import NAMES, golden_input, random_net, two_parts

SAME = [
    (IntegratedGradients(50), "ig_gausslegendre50", 1e-10),
    (IntegratedGradients(50, 0.25), "ig_baseline025", 1e-10),
    (DeepLift(), "deeplift_zero", 1e-10),
    (InputXGradient(), "input_x_gradient", 1e-10),
    (InputXGradient(), "lrp_epsilon1e-9", 1e-7),
]


@pytest.mark.parametrize("dims", [1, 2])
@pytest.mark.parametrize(("how", "name", "tolerance"), SAME, ids=[name for _, name, _ in SAME])
def test_channel_by_channel_it_is_the_reference(how: InputExtractor, name: str, tolerance: float, dims: int) -> None:
    net, gold, views, target = golden_input(dims)
    ours = how.channels(net, views, target)[NAMES[dims]]
    torch.testing.assert_close(ours, torch.from_numpy(gold[name]), atol=tolerance, rtol=0)
    torch.testing.assert_close(how.look(net, views, target)[NAMES[dims]], ours.sum(1))


@pytest.mark.parametrize(("dims", "name"), [(1, "occlusion_w4_s4_zero"), (2, "occlusion_w3_s3_zero")])
def test_occlusion_is_the_reference(dims: int, name: str) -> None:
    net, gold, views, target = golden_input(dims)
    ours = Occlusion(segments=8, patches=4).look(net, views, target)[NAMES[dims]]
    # captum divides overlapping windows in single precision: the reference itself is exact to 2e-10 only
    torch.testing.assert_close(ours, torch.from_numpy(gold[name])[:, 0], atol=1e-9, rtol=0)


def test_occlusion_in_one_go_is_occlusion_piece_by_piece() -> None:
    net, views = two_parts()
    target = torch.tensor([0, 2, 1])
    maps = Occlusion(segments=5, patches=3).look(net, views, target)
    net.eval()
    rows = torch.arange(3)
    whole = net(views).logits[rows, target]
    for name, pieces in {"signal": pieces_of((24,), 5), "gaf": pieces_of((24, 24), 3)}.items():
        for piece in pieces.unique():
            hidden = {**views, name: views[name].masked_fill(pieces == piece, 0.0)}
            drop = (whole - net(hidden).logits[rows, target]).detach()
            shown = maps[name][:, pieces == piece]
            torch.testing.assert_close(shown, drop[:, None].expand_as(shown), atol=1e-5, rtol=1e-4)


def test_pieces_cover_everything_and_differ_by_one_place_at_most() -> None:
    for grid, along in [((10,), 4), ((3,), 16), ((7, 9), 4)]:
        sizes = pieces_of(grid, along).flatten().bincount()
        assert sizes.numel() == torch.tensor([min(along, n) for n in grid]).prod()
        assert sizes.min() >= 1
    assert pieces_of((10,), 4).bincount().tolist() == [3, 2, 3, 2]


@pytest.mark.parametrize("make", [lambda: random_net(1), lambda: random_net(2), two_parts])
def test_integrated_gradients_sum_to_the_change_of_the_score(make) -> None:  # type: ignore[no-untyped-def]
    net, views = make()
    target = torch.tensor([0, 2, 1])
    how = IntegratedGradients(steps=300)
    gap = how.gap(net, views, target, how.look(net, views, target))
    rough = IntegratedGradients(steps=2)
    assert gap.abs().max() < 2e-3
    assert rough.gap(net, views, target, rough.look(net, views, target)).abs().max() > gap.abs().max()


@pytest.mark.parametrize("dims", [1, 2])
def test_the_completeness_gap_is_captums(dims: int) -> None:
    net, gold, views, target = golden_input(dims)
    how = IntegratedGradients(50)
    gap = how.gap(net, views, target, how.look(net, views, target))
    torch.testing.assert_close(gap, torch.from_numpy(gold["ig_delta50"]), atol=1e-10, rtol=0)


def test_attention_is_the_mean_squared_activation_of_the_chosen_stage() -> None:
    net, gold, views, target = golden_input(2)
    feature = torch.from_numpy(gold["feature_map"])
    torch.testing.assert_close(Attention().look(net, views, target)["gaf"], feature.square().mean(1))
    assert Attention(stage=0).look(net, views, target)["gaf"].shape == (2, 6, 6)


def test_deeplift_refuses_a_network_of_products_in_words() -> None:
    net, views = two_parts()
    with pytest.raises(UserError, match="Choose Integrated Gradients"):
        DeepLift().look(net, views, torch.tensor([0, 1, 2]))


@pytest.mark.parametrize("dims", [1, 2])
def test_saliency_is_the_steepest_channel_of_the_reference(dims: int) -> None:
    net, gold, views, target = golden_input(dims)
    theirs = torch.from_numpy(gold["saliency_abs"]).amax(1)
    torch.testing.assert_close(Saliency().look(net, views, target)[NAMES[dims]], theirs, atol=1e-10, rtol=0)


def test_cross_attention_is_a_share_of_what_the_signal_read() -> None:
    net, views = two_parts()
    target = torch.tensor([0, 2, 1])
    maps = CrossAttention().look(net, views, target)
    assert set(maps) == {"gaf"} and maps["gaf"].shape == (3, 6, 6)
    torch.testing.assert_close(maps["gaf"].sum((1, 2)), torch.ones(3))
    steps = CrossAttention().asked(net, views)["gaf"]
    torch.testing.assert_close(steps.flatten(2), net.eval()(views).attention["gaf"].detach())


def test_a_network_of_one_modality_has_no_cross_attention_and_says_so() -> None:
    net, views = random_net(1)
    with pytest.raises(UserError, match="Only a fusion student"):
        CrossAttention().look(net, views, torch.tensor([0, 1, 2]))


@pytest.mark.parametrize("make", [lambda: random_net(2), two_parts])
def test_integrated_gradients_are_captums_however_many_series_share_a_batch(make) -> None:  # type: ignore[no-untyped-def]
    from captum.attr import IntegratedGradients as Captum

    from kdviz.evidence.base import Positional

    net, few = make()
    views = {name: few[name].repeat(14, *[1] * (few[name].ndim - 1)) for name in net.modalities}
    target = torch.tensor([0, 2, 1] * 14)
    theirs = Captum(Positional(net.eval())).attribute(tuple(views.values()), target=target, n_steps=32)
    ours = IntegratedGradients(32).channels(net, views, target)
    for name, each in zip(views, theirs, strict=True):
        torch.testing.assert_close(ours[name], each.detach().to(ours[name]), atol=1e-6, rtol=1e-4)
