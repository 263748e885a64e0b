"""Whole methods equal what public code gave on the same numbers, gradients included."""

from __future__ import annotations

from typing import Any

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from kdviz.core.flow import Clock, Losses, Step
from kdviz.core.params import fill
from kdviz.methods.base import Method, method
from kdviz.methods.crd import Bank
from kdviz.nets.frequency_attention import Frequency
from kdviz.nets.maps import lift
from tests.methods.golden import Golden, assert_close, gradient
from tests.methods.scenes import bare, scene_of, step_of


def ready(name: str, step: Step, **knobs: Any) -> Method:
    kind = method(name)
    how = kind(fill(kind.Params, knobs))
    how.build(scene_of(step))
    return how.double()


def whole(terms: Losses) -> Tensor:
    return torch.stack(list(terms.values())).sum()


@pytest.mark.parametrize("share", [0.7, 0.99])
def test_kd_reproduces_the_wearables_papers_total(share: float) -> None:
    g = Golden("hinton_kd")
    student = g.leaf("logits_student")
    step = step_of(bare(student), {"signal": bare(g["logits_teacher"])}, g["targets"])
    loss = whole(ready("kd", step, kd_share=share, reduction="element_mean").loss(step))
    assert_close(loss, g[f"jeon_total_lam{share}"])
    assert_close(gradient(loss, student), g[f"jeon_total_lam{share}_grad"])


def test_kd_reproduces_the_toolkits_total() -> None:
    g = Golden("hinton_kd")
    student = g.leaf("logits_student")
    step = step_of(bare(student), {"signal": bare(g["logits_teacher"])}, g["targets"])
    loss = whole(ready("kd", step, kd_share=0.9).loss(step))
    assert_close(loss, g["repdistiller_total_r0.1_a0.9_T4"])
    assert_close(gradient(loss, student), g["repdistiller_total_grad"])


@pytest.mark.parametrize(("name", "which"), [("aver", "logits"), ("aver_prob", "probs"), ("aver_loss", "losses")])
def test_each_average_is_its_own_reading(name: str, which: str) -> None:
    g = Golden("aver")
    student = g.leaf("logits_student")
    teachers = {m: bare(g[f"logits_{m}"]) for m in ("sig", "gaf", "pi")}
    step = step_of(bare(student), teachers, g["targets"])
    loss = ready(name, step, kd_share=1.0).loss(step)["kd"]
    assert_close(loss, g[f"avg_{which}_T4"])
    assert_close(gradient(loss, student), g[f"avg_{which}_T4_grad"])


def test_the_mean_of_the_losses_adds_up_as_in_the_ca_mkd_code() -> None:
    g = Golden("ca_mkd_ebkd_aver")
    student = g.leaf("logits_student")
    step = step_of(bare(student), {f"t{k}": bare(g[f"logits_t{k}"]) for k in range(3)}, g["targets"])
    loss = whole(ready("aver_loss", step, parity=True).loss(step))
    assert_close(loss, g["AVERAGE_LOSS_kd_total"])
    assert_close(gradient(loss, student), g["AVERAGE_LOSS_kd_grad_logits_student"])


def test_two_averages_teach_the_same_and_the_seeds_another() -> None:
    g = Golden("aver")
    student = g.leaf("logits_student")
    step = step_of(bare(student), {m: bare(g[f"logits_{m}"]) for m in ("sig", "gaf", "pi")}, g["targets"])
    grads = {n: gradient(ready(n, step).loss(step)["kd"], student) for n in ("aver", "aver_prob", "aver_loss")}
    assert_close(grads["aver_prob"], grads["aver_loss"], 1e-14)
    assert (grads["aver"] - grads["aver_loss"]).abs().max() > 1e-4


def _multi(g: Golden, student: Tensor, features: Tensor, epoch: int) -> Step:
    teachers = {
        f"t{k}": bare(g[f"logits_t{k}"], g[f"feat_t{k}"], g[f"teacher{k}_head_weight"], g[f"teacher{k}_head_bias"])
        for k in range(3)
    }
    return step_of(bare(student, features), teachers, g["targets"], Clock(epoch, 10))


def _weights(g: Golden, how: Method) -> None:
    with torch.no_grad():
        for k in range(3):
            conv, norm, _ = how.translate[f"t{k}"]  # type: ignore[index]
            start = f"calweight.embed{k}.transfer."
            conv.weight.copy_(g[start + "0.weight"])
            conv.bias.copy_(g[start + "0.bias"])
            norm.weight.copy_(g[start + "1.weight"])
            norm.bias.copy_(g[start + "1.bias"])


@pytest.mark.parametrize("epoch", [1, 2])
def test_ca_mkd_reproduces_its_published_code(epoch: int) -> None:
    g = Golden("ca_mkd_ebkd_aver")
    student, features = g.leaf("logits_student"), g.leaf("feat_s")
    step = _multi(g, student, features, epoch)
    how = ready("camkd_confidence", step, parity=True, weight=50)
    _weights(g, how)
    terms = how.loss(step)
    assert_close(terms["ce"] + terms["kd"], g["CAMKD_kd_total"])
    assert_close(whole(terms), g[f"full_total_epoch{epoch}"])
    assert_close(gradient(whole(terms), student), g[f"full_grad_logits_epoch{epoch}"])
    if epoch == 2:
        assert_close(gradient(whole(terms), features), g["full_grad_feat_s_epoch2"])


def test_ca_mkd_without_parity_lets_weights_sum_to_one_and_resizes_from_the_original() -> None:
    g = Golden("ca_mkd_ebkd_aver")
    step = _multi(g, g.leaf("logits_student"), g.leaf("feat_s"), 1)
    how = ready("camkd_confidence", step, weight=50)
    _weights(g, how)
    terms = how.loss(step)
    assert_close(terms["kd"], 3 * g["CAMKD_kd_term"])
    told, read = [], []
    for k, side in enumerate((6, 4, 8)):
        way = F.adaptive_avg_pool2d(g["feat_s"], side) if side <= 6 else _grown(g["feat_s"], side)
        told.append(how.translate[f"t{k}"](way))  # type: ignore[index]
        z = F.linear(told[-1].mean((2, 3)), g[f"teacher{k}_head_weight"], g[f"teacher{k}_head_bias"])
        read.append(F.cross_entropy(z, g["targets"], reduction="none"))
    apart = torch.stack([(f - g[f"feat_t{k}"]).square().mean((1, 2, 3)) for k, f in enumerate(told)])
    trust = (1 - torch.softmax(torch.stack(read), 0)) / 2
    assert_close(terms["features"], (50 * (trust * apart).sum(0).mean()).detach())


def _grown(x: Tensor, side: int) -> Tensor:
    return F.interpolate(x, size=(side, side), mode="bilinear", align_corners=False)


def test_entropy_weights_reproduce_the_published_code() -> None:
    g = Golden("ca_mkd_ebkd_aver")
    student = g.leaf("logits_student")
    step = _multi(g, student, g.leaf("feat_s"), 2)
    loss = whole(ready("ebkd_entropy", step, parity=True).loss(step))
    assert_close(loss, g["EBKD_kd_total"])
    assert_close(gradient(loss, student), g["EBKD_kd_grad_logits_student"])
    even = ready("ebkd_entropy", step).loss(step)["kd"]
    assert_close(even, g["EBKD_kd_term"] * 3 / 2)


def test_crd_reproduces_two_steps_of_the_reference() -> None:
    g = Golden("crd")
    bank = Bank(7, 9, 8, 20).double()
    with torch.no_grad():
        for mine, name in ((bank.embed_s, "embed_s"), (bank.embed_t, "embed_t")):
            mine.weight.copy_(g[f"init.{name}.linear.weight"])
            mine.bias.copy_(g[f"init.{name}.linear.bias"])
        bank.memory_s.copy_(g["init.contrast.memory_v1"])
        bank.memory_t.copy_(g["init.contrast.memory_v2"])
    tau = float(g["T_effective_float32"])
    for k in (0, 1):
        student, teacher = g.leaf(f"s{k}_f_s"), g.leaf(f"s{k}_f_t")
        chosen = g[f"s{k}_contrast_idx"]
        loss = bank(student, teacher, chosen, tau)
        assert_close(loss, g[f"s{k}_loss"].reshape(()))
        assert_close(gradient(loss, student), g[f"s{k}_grad_f_s"])
        assert_close(gradient(loss, teacher), g[f"s{k}_grad_f_t"])
        assert_close(gradient(loss, bank.embed_s.weight), g[f"s{k}_grad_W_s"])
        assert_close(gradient(loss, bank.embed_t.weight), g[f"s{k}_grad_W_t"])
        with torch.no_grad():
            bank.remember(student, teacher, chosen, tau, 0.5)
        assert_close(bank.memory_s, g[f"s{k}_memory_v1_after"])
        assert_close(bank.memory_t, g[f"s{k}_memory_v2_after"])
        assert_close(bank.z, torch.stack([g["s0_Z_v1"].reshape(()), g["s0_Z_v2"].reshape(())]))


def test_dcd_with_parity_is_the_reference() -> None:
    g = Golden("dcd")
    student = g.leaf("f_s")
    pooled = (bare(torch.zeros(5, 3).double(), f[:, :, None]) for f in (student, g["f_t"]))
    mine, theirs = pooled
    step = step_of(mine, {"signal": theirs}, torch.tensor([0, 0, 1, 1, 2]))
    how = ready("dcd", step, parity=True, width=8)
    space: Any = how.spaces["signal"]  # type: ignore[index]
    with torch.no_grad():
        space.tau.copy_(g["tau"].reshape(()))
        for name in ("embed_s", "embed_t"):
            getattr(space, name).weight.copy_(g[f"{name}.weight"])
            getattr(space, name).bias.copy_(g[f"{name}.bias"])
    terms = how.loss(step)
    loss = terms["contrast"] + terms["consistency"]
    assert_close(loss, g["loss"])
    assert_close(gradient(loss, student), g["grad_f_s"])
    assert_close(gradient(loss, space.tau), g["grad_tau"].reshape(()))
    apart = ready("dcd", step, width=8)
    apart.load_state_dict(how.state_dict())
    assert apart.loss(step)["contrast"] < terms["contrast"]


def _filter(g: Golden, start: str, cuton: float = 0.1) -> Frequency:
    w = g[start + "weights1"]
    fam = Frequency(2, w.shape[0], w.shape[1], w.shape[2], cuton).to(g[start + "x" if start + "x" in g else "signal"])
    with torch.no_grad():
        fam.weights.copy_(w)
        fam.local.weight.copy_(g[start + "w0_weight"])
        fam.local.bias.copy_(g[start + "w0_bias"])
        fam.rates.copy_(torch.cat([g[start + "rate1"], g[start + "rate2"]]))
    return fam


@pytest.mark.parametrize("side", [5, 8, 20, 21])
def test_frequency_attention_is_the_official_module(side: int) -> None:
    g, start = Golden("fam_module"), f"h{side}_"
    fam, x = _filter(g, start), g.leaf(f"h{side}_x")
    loss = (fam(x) * g[start + "cotangent"]).sum()
    assert_close(fam(x), g[start + "y"])
    assert_close(gradient(loss, x), g[start + "grad_x"])
    learned = torch.view_as_complex(gradient(loss, fam.filter)).movedim((-2, -1), (0, 1))
    assert_close(learned, g[start + "grad_weights1"])
    assert_close(gradient(loss, fam.local.weight), g[start + "grad_w0_weight"])
    assert_close(gradient(loss, fam.rates), torch.cat([g[start + "grad_rate1"], g[start + "grad_rate2"]]))
    assert_close(fam.spread(x), g[start + "global_branch"])


@pytest.mark.parametrize("cuton", [0.0, 0.25, 0.5, 1.0])
def test_any_cut_removes_the_same_frequencies(cuton: float) -> None:
    g = Golden("fam_module")
    assert_close(_filter(g, "h21_", cuton)(g["h21_x"]), g[f"h21_y_cuton{cuton}"])


def test_frequency_attention_in_single_precision() -> None:
    g = Golden("fam_module")
    assert_close(_filter(g, "f32_")(g["f32_x"]), g["f32_y"], 1e-5)


@pytest.mark.parametrize("how", ["repeat", "outer", "sum"])
def test_a_lifted_signal_passes_the_filter_as_in_the_reference(how: str) -> None:
    g = Golden("fam_signal_lift")
    assert_close(_filter(g, "")(lift(g["signal"], how)), g[f"y_{how}"])


def test_repeated_rows_are_a_filter_along_time_and_leave_the_other_rows_unlearned() -> None:
    g = Golden("fam_signal_lift")
    plane = _filter(g, "")
    line = Frequency(1, 2, 3, 32).double()
    with torch.no_grad():
        line.filter.copy_(plane.filter[0])
        line.local.weight.copy_(plane.local.weight[..., 0])
        line.local.bias.copy_(plane.local.bias)
        line.rates.copy_(plane.rates)
    assert_close(line(g["signal"]), g["y_1d_equivalent"])
    out = plane(lift(g["signal"], "repeat"))
    assert_close(out, g["y_1d_equivalent"][:, :, None].expand(-1, -1, 32, -1))
    learned = gradient(out.square().sum(), plane.filter)
    assert learned[1:].abs().max() < 1e-12 < learned[0].abs().max()
