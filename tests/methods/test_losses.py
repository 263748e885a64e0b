"""Losses equal what public implementations gave, gradients included, and stay finite for certain teachers."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from kdviz.methods import losses
from tests.methods.golden import Golden, assert_close, gradient


@pytest.mark.parametrize("temperature", [1, 4])
def test_hintons_loss_and_gradient_are_the_reference(temperature: int) -> None:
    g = Golden("hinton_kd")
    student = g.leaf("logits_student")
    loss = losses.hinton(student, g["logits_teacher"], temperature)
    assert_close(loss, g[f"kd_T{temperature}"], 1e-12)
    assert_close(gradient(loss, student), g[f"kd_T{temperature}_grad_student"], 1e-12)


def test_element_mean_is_the_wearables_papers_term() -> None:
    g = Golden("hinton_kd")
    loss = losses.hinton(g["logits_student"], g["logits_teacher"], 4, "element_mean")
    assert_close(loss / 16, g["kl_elementmean_T4_noT2"], 1e-12)


@pytest.mark.parametrize("temperature", [1, 4])
def test_the_three_averages_are_the_references(temperature: int) -> None:
    g = Golden("aver")
    teachers = torch.stack([g["logits_sig"], g["logits_gaf"], g["logits_pi"]])
    student = g.leaf("logits_student")
    found = {
        "logits": losses.hinton(student, teachers.mean(0), temperature),
        "probs": losses.hinton_to(student, losses.mean_of_softened(teachers, temperature), temperature),
        "losses": torch.stack([losses.hinton(student, t, temperature) for t in teachers]).mean(),
    }
    for name, loss in found.items():
        assert_close(loss, g[f"avg_{name}_T{temperature}"], 1e-12)
        assert_close(gradient(loss, student), g[f"avg_{name}_T{temperature}_grad"], 1e-12)


def test_the_gap_between_two_averages_is_the_teachers_disagreement() -> None:
    teachers, student = torch.randn(3, 5, 4).double(), torch.randn(5, 4).double()
    one = losses.hinton_to(student, losses.mean_of_softened(teachers, 4), 4)
    other = torch.stack([losses.hinton(student, t, 4) for t in teachers]).mean()
    assert_close(other - one, losses.disagreement(teachers, 4))
    assert losses.disagreement(teachers[:1].expand(3, -1, -1), 4).item() == pytest.approx(0, abs=1e-12)


def test_attention_transfer_is_the_reference_in_both_readings() -> None:
    g = Golden("attention_transfer")
    one, two = g.leaf("f_s"), g.leaf("f_s2")
    first = losses.attention_transfer(one, g["f_t"])
    second = losses.attention_transfer(two, g["f_t2"])
    assert_close(first, g["loss_pair1"])
    assert_close(second, g["loss_pair2_pooled"])
    assert_close(gradient(first, one), g["grad_f_s"])
    assert_close(gradient(second, two), g["grad_f_s2"])
    paper = losses.attention_transfer(one, g["f_t"], "paper")
    assert_close(paper, g["paper_mode_loss_pair1"])
    assert_close(gradient(paper, one), g["paper_mode_grad_f_s"])


def test_similarity_preserving_is_the_reference() -> None:
    g = Golden("similarity_preserving")
    student = g.leaf("f_s")
    loss = losses.similarity_preserving(losses.similarity(student), losses.similarity(g["f_t"]))
    assert_close(loss, g["loss"].reshape(()))
    assert_close(gradient(loss, student), g["grad_f_s"])


def test_explanation_losses_are_the_references() -> None:
    g = Golden("evidence_losses")
    student = g.leaf("e2kd_student")
    each = losses.explanation(student, g["e2kd_teacher"])
    assert_close(each, g["e2kd_per_sample"])
    assert_close(gradient(each.mean(), student), g["e2kd_grad_student"])
    layers = [g.leaf("rd_student0"), g.leaf("rd_student1")]
    loss = losses.reverse_distillation(layers, [g["rd_teacher0"], g["rd_teacher1"]])
    assert_close(loss, g["rd_loss"])
    assert_close(gradient(loss, layers[0]), g["rd_grad0"])
    assert_close(gradient(loss, layers[1]), g["rd_grad1"])


def test_confidence_and_certainty_weigh_teachers_as_the_reference_does() -> None:
    g = Golden("ca_mkd_ebkd_aver")
    logits = torch.stack([g[f"logits_t{k}"] for k in range(3)])
    wrong = torch.stack([F.cross_entropy(z, g["targets"], reduction="none") for z in logits])
    assert_close(losses.confidence(wrong), g["camkd_logit_weights"])
    entropies = torch.stack([losses.entropy(z) for z in logits])
    assert_close(entropies, g["ebkd_entropy"])
    assert_close(losses.certainty(entropies), g["ebkd_weights"])


def test_dcds_contrast_is_the_reference() -> None:
    g = Golden("dcd")
    student, tau = g.leaf("f_s"), g.leaf("tau")
    mine = F.normalize(F.linear(student, g["embed_s.weight"], g["embed_s.bias"]), dim=1)
    theirs = F.normalize(F.linear(g["f_t"], g["embed_t.weight"], g["embed_t.bias"]), dim=1)
    apart, same = losses.contrast(mine @ theirs.T * tau.exp().clamp_max(10))
    loss = apart + 0.5 * same
    assert_close(loss, g["loss"])
    assert_close(gradient(loss, student), g["grad_f_s"])
    assert_close(gradient(loss, tau), g["grad_tau"])


def test_certain_teachers_give_no_nan() -> None:
    sure = torch.tensor([[200.0, -200.0, 0.0]]).expand(4, -1)
    student = torch.zeros(4, 3, requires_grad=True)
    found = [
        losses.hinton(student, sure, 1.0),
        losses.entropy(sure).sum() + student.sum() * 0,
        losses.hinton_to(student, losses.mean_of_softened(sure[None], 1.0), 1.0),
        *losses.decoupled(student, sure, torch.zeros(4, dtype=torch.long), 1.0),
    ]
    assert torch.allclose(losses.certainty(torch.zeros(3, 2)), torch.full((3, 2), 2 / 3))
    for loss in found:
        assert torch.isfinite(loss)
        assert torch.isfinite(gradient(loss, student)).all()


def _softmax(z: np.ndarray) -> np.ndarray:
    e = np.exp(z - z.max(1, keepdims=True))
    return e / e.sum(1, keepdims=True)


def test_decoupled_parts_are_their_definition_and_rebuild_kd() -> None:
    rng = np.random.default_rng(0)
    s, t, y = rng.normal(size=(6, 4)), rng.normal(size=(6, 4)), rng.integers(0, 4, 6)
    p, q = _softmax(t / 2), _softmax(s / 2)
    at = np.arange(6)
    target = p[at, y] * np.log(p[at, y] / q[at, y]) + (1 - p[at, y]) * np.log((1 - p[at, y]) / (1 - q[at, y]))
    rest = np.zeros(6)
    for i in range(6):
        others = [c for c in range(4) if c != y[i]]
        a, b = p[i, others] / p[i, others].sum(), q[i, others] / q[i, others].sum()
        rest[i] = (a * np.log(a / b)).sum()
    one, other = losses.decoupled(torch.tensor(s), torch.tensor(t), torch.tensor(y), 2.0)
    assert one.item() == pytest.approx(4 * target.mean(), rel=1e-12)
    assert other.item() == pytest.approx(4 * rest.mean(), rel=1e-12)
    whole = 4 * (target + (1 - p[at, y]) * rest).mean()
    assert losses.hinton(torch.tensor(s), torch.tensor(t), 2.0).item() == pytest.approx(whole, rel=1e-12)


def test_relations_are_their_definition() -> None:
    rng = np.random.default_rng(1)
    h = rng.normal(size=(5, 3))
    apart = np.array([[np.linalg.norm(a - b) for b in h] for a in h])
    wanted = apart / apart[apart > 0].mean()
    assert np.allclose(losses.distances(torch.tensor(h)).numpy(), wanted, atol=1e-6)
    angle = np.zeros((5, 5, 5))
    for i in range(5):
        for j in range(5):
            for k in range(5):
                a, b = h[j] - h[i], h[k] - h[i]
                if i not in (j, k):
                    angle[i, j, k] = a @ b / np.linalg.norm(a) / np.linalg.norm(b)
    assert np.allclose(losses.angles(torch.tensor(h)).numpy(), angle, atol=1e-12)


def test_relations_of_equal_vectors_do_not_explode() -> None:
    student = torch.zeros(4, 3, requires_grad=True)
    apart, angle = losses.relational(student, torch.randn(4, 3))
    assert torch.isfinite(gradient(apart, student)).all()
    assert torch.isfinite(gradient(angle, student)).all()
    lone = torch.randn(1, 3, requires_grad=True)
    assert all(torch.isfinite(loss) for loss in losses.relational(lone, torch.randn(1, 3)))


def test_class_attention_pools_first_and_normalises_each_class() -> None:
    rng = np.random.default_rng(2)
    s, t = rng.normal(size=(2, 3, 4, 4)), rng.normal(size=(2, 3, 4, 4))

    def ready(m: np.ndarray) -> np.ndarray:
        pooled = m.reshape(2, 3, 2, 2, 2, 2).mean((3, 5)).reshape(2, 3, 4)
        return pooled / np.linalg.norm(pooled, axis=2, keepdims=True)

    wanted = ((ready(s) - ready(t)) ** 2).mean()
    assert losses.class_attention(torch.tensor(s), torch.tensor(t), 2).item() == pytest.approx(wanted, rel=1e-12)


def test_contrastive_noise_is_its_definition() -> None:
    scores = torch.rand(3, 5).double() + 0.1
    noise, found = 4 / 9, 0.0
    for row in scores.tolist():
        found -= math.log(row[0] / (row[0] + noise + 1e-7))
        found -= sum(math.log(noise / (o + noise + 1e-7)) for o in row[1:])
    assert losses.nce(scores, 4, 9).item() == pytest.approx(found / 3, rel=1e-12)


@given(st.integers(1, 6), st.integers(2, 5), st.floats(1, 20))
def test_no_student_is_nearer_than_the_teacher_itself(n: int, classes: int, temperature: float) -> None:
    z: Tensor = torch.randn(n, classes, generator=torch.Generator().manual_seed(n)).double()
    assert losses.hinton(z + 3.0, z, temperature).item() == pytest.approx(0, abs=1e-10)
    assert losses.hinton(-z, z, temperature).item() >= -1e-12
