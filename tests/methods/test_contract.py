"""One battery of promises for every registered method; a new file is in it by being there."""

from __future__ import annotations

import copy
from dataclasses import replace
from functools import cache

import pytest
import torch
from torch import Tensor

from kdviz.core.errors import UserError
from kdviz.core.flow import Clock
from kdviz.core.params import fill, knobs
from kdviz.methods.base import FAMILIES, Method, check, method, methods
from tests.methods.scenes import TEACHERS, World, built, usual, world

NAMES = sorted(methods())
WORLDS = {
    "univariate, 2 classes, T 24": {"classes": 2, "length": 24},
    "multivariate, 50 classes, T 100": {"channels": 3, "classes": 50, "length": 100, "size": 60},
    "univariate, 3 classes, T 2000": {"length": 2000},
}
every = pytest.mark.parametrize("name", NAMES)
everywhere = pytest.mark.parametrize("where", WORLDS)


@cache
def place(name: str, where: str) -> World:
    return world(*usual(name), **WORLDS[where])  # type: ignore[arg-type]


def clocks(how: Method) -> list[Clock]:
    return [Clock(3, 10, s.name) for s in how.stages()]


def state(how: Method) -> dict[str, Tensor]:
    return {k: v.clone() for k, v in how.state_dict().items()}


def same(one: dict[str, Tensor], other: dict[str, Tensor]) -> bool:
    return one.keys() == other.keys() and all(torch.equal(one[k], other[k]) for k in one)


@every
@everywhere
def test_every_term_is_a_finite_scalar_with_a_name_and_the_student_learns(name: str, where: str) -> None:
    torch.manual_seed(1)
    w = place(name, where)
    how = built(name, w)
    for clock in clocks(how):
        step = w.step(torch.arange(8), clock)
        terms = how.loss(step)
        assert terms
        assert all(term.shape == () and torch.isfinite(term) and key.isidentifier() for key, term in terms.items())
        grads = torch.autograd.grad(
            torch.stack(list(terms.values())).sum(), list(w.student.parameters()), allow_unused=True
        )
        assert all(torch.isfinite(g).all() for g in grads if g is not None)
        assert any(g is not None and g.abs().sum() > 0 for g in grads)


@every
def test_every_term_pulls_at_the_student(name: str) -> None:
    w = place(name, "multivariate, 50 classes, T 100")
    how = built(name, w)
    for clock in clocks(how):
        for key, term in how.loss(w.step(torch.arange(12), clock)).items():
            grads = torch.autograd.grad(term, list(w.student.parameters()), retain_graph=True, allow_unused=True)
            assert any(g is not None and g.abs().sum() > 0 for g in grads), key


@every
@everywhere
def test_asking_for_the_loss_changes_nothing(name: str, where: str) -> None:
    w = place(name, where)
    how = built(name, w)
    how.train()
    for clock in clocks(how):
        step = w.step(torch.arange(8), clock)
        before, dice = state(how), torch.get_rng_state()
        taught = {
            m: [t.clone() for t in (*tr.stages, tr.embedding, tr.logits, tr.head)] for m, tr in step.teachers.items()
        }
        first, second = how.loss(step), how.loss(step)
        how.maps(step)
        how.readouts(step)
        assert first.keys() == second.keys()
        assert all(torch.equal(first[k], second[k]) for k in first)
        assert same(before, state(how))
        assert torch.equal(dice, torch.get_rng_state())
        for m, tensors in taught.items():
            now = step.teachers[m]
            assert all(
                torch.equal(a, b)
                for a, b in zip(tensors, (*now.stages, now.embedding, now.logits, now.head), strict=True)
            )
            assert not any(t.requires_grad or t.grad is not None for t in (*now.stages, now.logits))


@every
def test_a_hidden_label_is_never_read(name: str) -> None:
    if method(name).needs.labels:
        assert (method(name).needs.refusal_of_hidden() or "").startswith("It asks each series' label")
        return
    w, found = place(name, "univariate, 2 classes, T 24"), []
    for marks in (-1, -7):
        hidden = replace(w, labels=torch.where(torch.arange(12) < 8, marks, w.labels))
        torch.manual_seed(2)
        how = built(name, hidden)
        found.append([])
        for clock in clocks(how):
            for index in (torch.arange(4, 12), torch.arange(4)):
                terms = how.loss(hidden.step(index, clock))
                assert all(torch.isfinite(term) for term in terms.values())
                with torch.no_grad():
                    how.remember(hidden.step(index, clock))
                found[-1] += list(terms.values())
    assert all(torch.equal(a, b) for a, b in zip(*found, strict=True))


@every
def test_a_batch_of_one_will_do(name: str) -> None:
    w = place(name, "univariate, 2 classes, T 24")
    how = built(name, w)
    for clock in clocks(how):
        step = w.step(torch.tensor([5]), clock)
        terms = how.loss(step)
        grads = torch.autograd.grad(
            torch.stack(list(terms.values())).sum(), list(w.student.parameters()), allow_unused=True
        )
        assert all(torch.isfinite(g).all() for g in grads if g is not None)
        with torch.no_grad():
            how.remember(step)
        assert all(torch.isfinite(v).all() for v in how.state_dict().values())


def walk(w: World, how: Method, optimiser: torch.optim.Optimizer, epochs: range) -> list[Tensor]:
    """Train a little; returns the losses."""
    losses = []
    for epoch in epochs:
        clock = Clock(epoch, 4, how.stages()[min(epoch - 1, len(how.stages()) - 1)].name)
        for index in torch.arange(12).split(5):
            step = w.step(index, clock)
            loss = torch.stack(list(how.loss(step).values())).sum()
            optimiser.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            with torch.no_grad():
                how.remember(step)
            optimiser.step()
            losses.append(loss.detach())
    return losses


def fresh(name: str, seed: int) -> tuple[World, Method, torch.optim.Optimizer]:
    w = world(*usual(name), seed=3)
    torch.manual_seed(seed)
    how = built(name, w)
    return w, how, torch.optim.AdamW([*w.student.parameters(), *how.parameters()], 1e-2)


@every
def test_a_method_goes_on_bitwise_from_its_saved_state(name: str) -> None:
    w, how, optimiser = fresh(name, 1)
    walk(w, how, optimiser, range(1, 3))
    saved = copy.deepcopy((w.student.state_dict(), how.state_dict(), optimiser.state_dict()))
    wanted = walk(w, how, optimiser, range(3, 5))
    w, how, optimiser = fresh(name, 2)
    for part, held in zip((w.student, how, optimiser), saved, strict=True):
        part.load_state_dict(held)
    found = walk(w, how, optimiser, range(3, 5))
    assert all(torch.equal(a, b) for a, b in zip(wanted, found, strict=True))


@every
def test_a_method_can_be_copied_in_the_middle_of_training(name: str) -> None:
    w, how, optimiser = fresh(name, 1)
    walk(w, how, optimiser, range(1, 2))
    assert same(state(copy.deepcopy(how)), state(how))
    assert not any(buffer.requires_grad for buffer in how.buffers())


@every
def test_what_a_method_shows_can_be_drawn(name: str) -> None:
    w = place(name, "univariate, 2 classes, T 24")
    how = built(name, w)
    step = w.step(torch.arange(4), clocks(how)[-1])
    for key, drawn in how.maps(step).items():
        assert drawn.shape[0] == 4, key
        assert drawn.dim() in (2, 3), key
        assert torch.isfinite(drawn).all(), key
    assert all(isinstance(v, float) and abs(v) < float("inf") for v in how.readouts(step).values())
    assert all(s.endswith(".") for s in how.remarks())


@every
def test_a_method_tells_all_about_itself(name: str) -> None:
    kind = method(name)
    about = kind.about
    assert (
        kind.family in FAMILIES
        and kind.title
        and about.idea.endswith(".")
        and about.equation
        and about.cost.endswith(".")
    )
    assert about.claims.endswith(".")
    assert all(len(hand) == 3 for hand in about.hands) and about.hands
    assert about.papers or about.elsewhere
    for knob in knobs(kind.Params):
        assert knob.help, knob.name
        assert knob.read(knob.default) == knob.default


@every
def test_stages_fill_the_whole_of_training(name: str) -> None:
    stages = method(name)().stages()
    assert sum(s.share for s in stages) == pytest.approx(1)
    assert stages[-1].judged


@every
def test_switches_and_choices_all_work(name: str) -> None:
    w = place(name, "univariate, 2 classes, T 24")
    for knob in knobs(method(name).Params):
        values = knob.options if knob.kind == "choice" else (not knob.default,) if knob.kind == "switch" else ()
        for value in values:
            try:
                how = built(name, w, **{knob.name: value})
            except UserError as reason:
                assert (name, knob.name, value) == ("hidden", "projector", "none"), reason
                continue
            terms = how.loss(w.step(torch.arange(6), clocks(how)[-1]))
            assert all(torch.isfinite(t) for t in terms.values()), (knob.name, value)


@every
def test_a_method_that_cannot_run_says_why_and_what_would_help(name: str) -> None:
    needs = method(name).needs
    for student in ("signal", "fusion"):
        for teachers in ((), ("persistence",), ("signal",), ("signal", "gaf"), TEACHERS):
            sentence = needs.refusal(teachers, student)
            if sentence is None:
                w = world(student, teachers)
                assert built(name, w).loss(w.step(torch.arange(6), Clock(1, 2, method(name)().stages()[0].name)))
            else:
                assert any(word in sentence for word in ("add ", "leave ", "change ")), sentence
                with pytest.raises(UserError, match=r"cannot run"):
                    check(name, teachers, student)


def test_the_methods_of_the_seed_and_their_namesakes_are_all_there() -> None:
    wanted = """supervised kd aver aver_prob aver_loss eskd full_kd eskd_cho es_teacher camkd camkd_lift cat_kd e2kd
        camkd_confidence ebkd ebkd_entropy hidden progressive fam fam1d fam_review crd dcd at sp rkd dkd fitnet base
        tgd"""
    assert set(wanted.split()) <= set(NAMES)


def test_a_student_that_sees_the_teachers_image_is_taught_in_that_branch() -> None:
    w = world("fusion", TEACHERS)
    trace = w.step(torch.arange(4)).student
    assert set(trace.parts) == set(TEACHERS)
    how = built("sp", w)
    loss = how.loss(w.step(torch.arange(6)))["similarity"]
    body = w.student.bodies["gaf"]  # type: ignore[attr-defined,index]
    grads = torch.autograd.grad(loss, list(body.parameters()))
    assert all(torch.isfinite(g).all() for g in grads)


def test_a_persistence_image_alone_has_no_time_to_compare() -> None:
    with pytest.raises(UserError, match="add signal or gaf"):
        check("cat_kd", ("persistence",), "signal")
    world_without = world("fusion", ("gaf",))
    world_without.teachers = world("signal", ("persistence",)).teachers
    with pytest.raises(UserError, match="no axis of time"):
        built("cat_kd", world_without)


def test_fill_refuses_what_a_knob_does_not_allow() -> None:
    with pytest.raises(UserError, match="temperature"):
        fill(method("kd").Params, {"temperature": 0})
