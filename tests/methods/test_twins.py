"""Methods without reference outputs equal a twin in NumPy, and so do their gradients along random directions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import Tensor

from kdviz.core.flow import Clock, Step, Trace
from kdviz.core.params import fill
from kdviz.methods.base import method
from kdviz.nets.frequency_attention import Neighbours
from tests.methods.scenes import scene_of, step_of

Array = NDArray[np.float64]
RNG = np.random.default_rng
LABEL = np.array([0, 2, 1, 1])


def agrees(torched: Callable[[Tensor], Tensor], twin: Callable[[Array], float], x: Array) -> None:
    """Value and directional derivatives of a loss equal its twin's."""
    leaf = torch.tensor(x, requires_grad=True)
    loss = torched(leaf)
    assert loss.item() == pytest.approx(twin(x), rel=1e-9, abs=1e-12)
    loss.backward()  # type: ignore[no-untyped-call]
    assert leaf.grad is not None
    for seed in range(3):
        way = RNG(seed).normal(size=x.shape)
        slope = (twin(x + 1e-5 * way) - twin(x - 1e-5 * way)) / 2e-5
        assert float((leaf.grad.numpy() * way).sum()) == pytest.approx(slope, rel=2e-5, abs=1e-8)


def trace(last: Any, head: Array, bias: Array | None = None, *before: Any, **more: Any) -> Trace:
    """A trace that follows from its last feature map, as a network's does."""
    stages = tuple(torch.as_tensor(s) for s in (*before, last))
    embedding = stages[-1].flatten(2).mean(2)
    weight = torch.tensor(head)
    shift = torch.zeros(len(head), dtype=torch.float64) if bias is None else torch.tensor(bias)
    return Trace(stages, embedding, embedding @ weight.T + shift, weight, bias=shift, **more)


def term(name: str, which: str, step: Step, **knobs: Any) -> Tensor:
    kind = method(name)
    how = kind(fill(kind.Params, knobs))
    how.build(scene_of(step))
    return how.double().loss(step)[which]


def softmax(z: Array, axis: int = 1) -> Array:
    e = np.exp(z - z.max(axis, keepdims=True))
    return e / e.sum(axis, keepdims=True)


def kl(target: Array, student: Array) -> Array:
    """KL of probabilities, by sample."""
    return (target * np.log(target / student)).sum(1)


def pooled(m: Array, side: int) -> Array:
    """Planes (..., S, S) averaged over equal blocks."""
    step = m.shape[-1] // side
    return m.reshape(*m.shape[:-2], side, step, side, step).mean((-3, -1))


def class_map(head: Array, maps: Array, label: Array = LABEL) -> Array:
    return np.stack([np.tensordot(head[y], m, 1) for y, m in zip(label, maps, strict=True)])


@pytest.mark.parametrize("norm", ["none", "l2", "minmax"])
def test_camkd(norm: str) -> None:
    rng = RNG(0)
    x, head = rng.normal(size=(4, 5, 6, 6)), rng.normal(size=(3, 5))
    f, w = rng.normal(size=(4, 7, 3, 3)), rng.normal(size=(3, 7))
    teacher = trace(f, w)

    def scaled(m: Array) -> Array:
        flat = m.reshape(4, -1)
        if norm == "l2":
            return flat / np.linalg.norm(flat, axis=1, keepdims=True)
        if norm == "minmax":
            low = flat.min(1, keepdims=True)
            return (flat - low) / (flat.max(1, keepdims=True) - low)
        return flat

    def twin(v: Array) -> float:
        return 0.5 * float(((scaled(pooled(class_map(head, v), 3)) - scaled(class_map(w, f))) ** 2).mean())

    def torched(v: Tensor) -> Tensor:
        part = trace(v, head)
        student = Trace(part.stages, part.embedding, part.logits, part.head, parts={"gaf": part})
        step = step_of(student, {"gaf": teacher}, torch.tensor(LABEL))
        return term("camkd", "cam", step, weight=0.5, norm=norm)

    agrees(torched, twin, x)


def test_camkd_teaches_the_students_classifier_too() -> None:
    rng = RNG(1)
    weight = torch.tensor(rng.normal(size=(3, 5)), requires_grad=True)
    maps = torch.tensor(rng.normal(size=(4, 5, 3, 3)))
    part = Trace((maps,), maps.mean((2, 3)), maps.mean((2, 3)) @ weight.T, weight)
    student = Trace(part.stages, part.embedding, part.logits, part.head, parts={"gaf": part})
    teacher = trace(rng.normal(size=(4, 7, 3, 3)), rng.normal(size=(3, 7)))
    loss = term("camkd", "cam", step_of(student, {"gaf": teacher}, torch.tensor(LABEL)))
    (found,) = torch.autograd.grad(loss, weight)
    assert (found.abs().sum(1) > 0).all()


@pytest.mark.parametrize("how", ["sum", "outer"])
def test_camkd_lift(how: str) -> None:
    rng = RNG(2)
    x, head = rng.normal(size=(4, 5, 8)), rng.normal(size=(3, 5))
    f, w = rng.normal(size=(4, 7, 4, 4)), rng.normal(size=(3, 7))

    def twin(v: Array) -> float:
        a = class_map(head, v).reshape(4, 4, 2).mean(2)
        plane = a[:, :, None] + a[:, None] if how == "sum" else a[:, :, None] * a[:, None]
        return float(((plane - class_map(w, f)) ** 2).mean())

    def torched(v: Tensor) -> Tensor:
        step = step_of(trace(v, head), {"gaf": trace(f, w)}, torch.tensor(LABEL))
        return term("camkd_lift", "cam", step, weight=1, norm="none", lift=how)

    agrees(torched, twin, x)


def test_cat_kd_of_a_signal_and_an_image_meets_in_time() -> None:
    rng = RNG(3)
    x, head, bias = rng.normal(size=(4, 5, 8)), rng.normal(size=(3, 5)), rng.normal(size=3)
    f, w, shift = rng.normal(size=(4, 7, 8, 8)), rng.normal(size=(3, 7)), rng.normal(size=3)

    def ready(m: Array) -> Array:
        cells = m.reshape(4, 3, 4, 2).mean(3)
        return cells / np.linalg.norm(cells, axis=2, keepdims=True)

    def twin(v: Array) -> float:
        mine = np.einsum("ck,nkt->nct", head, v) + bias[:, None]
        theirs = np.einsum("ck,nkij->ncij", w, f) + shift[:, None, None]
        theirs = (theirs.mean(3) + theirs.mean(2)) / 2
        return float(((ready(mine) - ready(theirs)) ** 2).mean())

    def torched(v: Tensor) -> Tensor:
        step = step_of(trace(v, head, bias), {"gaf": trace(f, w, shift)}, torch.tensor(LABEL))
        return term("cat_kd", "cat", step, weight=1)

    agrees(torched, twin, x)


def test_e2kd_explains_the_teachers_own_answer() -> None:
    rng = RNG(4)
    x, head = rng.normal(size=(4, 5, 6)), rng.normal(size=(3, 5))
    f, w = rng.normal(size=(4, 7, 6)), rng.normal(size=(3, 7))
    answer = np.einsum("ck,nkt->nct", w, f).mean(2).argmax(1)

    def twin(v: Array) -> float:
        mine, theirs = (np.maximum(class_map(h, m, answer), 0) for h, m in ((head, v), (w, f)))
        lengths = np.linalg.norm(mine, axis=1) * np.linalg.norm(theirs, axis=1)
        return float((1 - (mine * theirs).sum(1) / lengths).mean())

    def torched(v: Tensor) -> Tensor:
        step = step_of(trace(v, head), {"signal": trace(f, w)}, torch.tensor(LABEL))
        return term("e2kd", "explanation", step, weight=1)

    agrees(torched, twin, x)


@pytest.mark.parametrize("fuse", ["plane", "time"])
def test_ebkd(fuse: str) -> None:
    rng = RNG(5)
    sig, f, w = rng.normal(size=(4, 6, 8)), rng.normal(size=(4, 7, 4, 4)), rng.normal(size=(3, 7))
    scores = rng.normal(size=(4, 5, 16))

    def even(m: Array) -> Array:
        return m / m.reshape(4, -1).sum(1).reshape(4, *[1] * (m.ndim - 1))

    def twin(v: Array) -> float:
        mine = softmax(v, 2).mean(1).reshape(4, 4, 4)
        a = (sig**2).mean(1).reshape(4, 4, 2).mean(2)
        cam = even(np.maximum(class_map(w, f), 0))
        if fuse == "time":
            line = (cam.mean(2) + cam.mean(1)) / 2
            goal = 4 * (0.25 * even(a) + 0.75 * even(line))
            return float(((16 * (mine.mean(2) + mine.mean(1)) / 2 - goal) ** 2).mean())
        goal = 0.25 * even(a[:, :, None] * a[:, None]) + 0.75 * cam
        return float(((16 * mine - 16 * goal) ** 2).mean())

    def torched(v: Tensor) -> Tensor:
        part = trace(sig, w[:, :6])
        student = Trace(part.stages, part.embedding, part.logits, part.head, attention={"gaf": v.softmax(2)})
        teachers = {"signal": part, "gaf": trace(f, w)}
        return term(
            "ebkd", "evidence", step_of(student, teachers, torch.tensor(LABEL)), weight=1, fuse=fuse, omega=0.25
        )

    agrees(torched, twin, scores)


def test_ebkd_of_a_persistence_image_takes_the_image_teacher_alone() -> None:
    rng = RNG(6)
    f, w = rng.normal(size=(4, 7, 4, 4)), rng.normal(size=(3, 7))
    part = trace(rng.normal(size=(4, 6, 8)), w[:, :6])
    attention = torch.tensor(softmax(rng.normal(size=(4, 5, 16)), 2))
    student = Trace(part.stages, part.embedding, part.logits, part.head, attention={"persistence": attention})
    step = step_of(student, {"signal": part, "persistence": trace(f, w)}, torch.tensor(LABEL))
    cam = np.maximum(class_map(w, f), 0).reshape(4, -1)
    goal = 16 * cam / cam.sum(1, keepdims=True)
    wanted = ((16 * attention.numpy().mean(1) - goal) ** 2).mean()
    assert term("ebkd", "evidence", step, weight=1).item() == pytest.approx(wanted, rel=1e-9)


def test_hidden_vectors_of_equal_width_need_no_projector() -> None:
    rng = RNG(7)
    x, f, w = rng.normal(size=(4, 5, 6)), rng.normal(size=(4, 5, 3, 3)), rng.normal(size=(3, 5))

    def twin(v: Array) -> float:
        return 2 * float(((v.mean(2) - f.mean((2, 3))) ** 2).mean())

    def torched(v: Tensor) -> Tensor:
        step = step_of(trace(v, w), {"gaf": trace(f, w)}, torch.tensor(LABEL))
        return term("hidden", "hidden", step, weight=2, whose="all")

    agrees(torched, twin, x)


def test_hidden_vectors_of_other_width_are_projected_on_the_students_side() -> None:
    rng = RNG(8)
    x, w = rng.normal(size=(4, 5, 6)), rng.normal(size=(3, 5))
    teacher = trace(rng.normal(size=(4, 7, 6)), rng.normal(size=(3, 7)))
    kind = method("hidden")
    how = kind(fill(kind.Params, {"weight": 1}))
    step = step_of(trace(x, w), {"signal": teacher}, torch.tensor(LABEL))
    how.build(scene_of(step))
    how = how.double()
    bridge = dict(how.named_parameters())["bridge.signal.weight"].detach().numpy()

    def twin(v: Array) -> float:
        return float(((v.mean(2) @ bridge.T - teacher.embedding.numpy()) ** 2).mean())

    agrees(lambda v: how.loss(step_of(trace(v, w), {"signal": teacher}, torch.tensor(LABEL)))["hidden"], twin, x)


def test_progressive_goes_one_way_then_the_other_then_both() -> None:
    rng = RNG(9)
    w = rng.normal(size=(3, 5))
    sig, img = trace(rng.normal(size=(4, 5, 6)), w), trace(rng.normal(size=(4, 5, 3, 3)), w)
    teachers = {"signal": trace(rng.normal(size=(4, 5, 6)), w), "gaf": trace(rng.normal(size=(4, 5, 3, 3)), w)}
    student = Trace(sig.stages, sig.embedding, sig.logits, sig.head, parts={"signal": sig, "gaf": img})
    kind = method("progressive")
    how = kind()
    told = {}
    for stage in how.stages():
        step = step_of(student, teachers, torch.tensor(LABEL), Clock(1, 10, stage.name))
        if not told:
            how.build(scene_of(step))
            how = how.double()
        told[stage.name] = how.loss(step)
    to_image = ((img.embedding - teachers["signal"].embedding) ** 2).mean()
    to_signal = ((sig.embedding - teachers["gaf"].embedding) ** 2).mean()
    assert set(told["signal to image"]) == {"ce", "to_image"}
    assert set(told["image to signal"]) == {"ce", "to_signal"}
    assert told["signal to image"]["to_image"].item() == pytest.approx(to_image.item())
    assert told["image to signal"]["to_signal"].item() == pytest.approx(to_signal.item())
    assert set(told["shared"]) == {"ce", "kd", "to_image", "to_signal", "shared"}
    assert [s.judged for s in how.stages()] == [False, False, True]
    assert sum(s.share for s in how.stages()) == pytest.approx(1)


def weighed(layer: Any) -> Array:
    """The weight of a 1x1 convolution (out, in)."""
    found: Array = layer.weight.detach().numpy()[:, :, 0, 0]
    return found


def neighbours(look: Neighbours, x: Array, y: Array) -> Array:
    """Attention over 3x3 places: queries from y, keys (with offsets) and values from x."""
    q, k, v = (weighed(m) for m in (look.query, look.key, look.value))
    rows, columns = look.rows.detach().numpy(), look.columns.detach().numpy()
    wide = np.pad(x, ((0, 0), (0, 0), (1, 1), (1, 1)))
    keys, values = (np.einsum("oc,nchw->nohw", m, wide) for m in (k, v))
    asks, seen, half = np.einsum("oc,nchw->nohw", q, y), np.empty_like(y), len(rows)
    for n, c, i, j in np.ndindex(*seen.shape):
        near = keys[n, c, i : i + 3, j : j + 3] + (rows[c][:, None] if c < half else columns[c - half][None])
        weights = np.exp(asks[n, c, i, j] * near - (asks[n, c, i, j] * near).max())
        seen[n, c, i, j] = (weights / weights.sum() * values[n, c, i : i + 3, j : j + 3]).sum()
    return seen


def test_neighbours_attend_channel_by_channel() -> None:
    torch.manual_seed(0)
    look = Neighbours(4).double()
    x, y = RNG(10).normal(size=(2, 4, 3, 5)), RNG(11).normal(size=(2, 4, 3, 5))
    mix = np.fromfunction(lambda n, c, i, j: 1 + c + i - j, (2, 4, 3, 5))
    agrees(
        lambda t: (look(t, torch.tensor(y)) * torch.tensor(mix)).sum(),
        lambda v: float((neighbours(look, v, y) * mix).sum()), x,
    )  # fmt: skip


def scaled_relu(norm: Any, maps: Array) -> Array:
    """Batch norm by the batch's own statistics, then ReLU."""
    apart = (maps - maps.mean((0, 2, 3), keepdims=True)) / np.sqrt(maps.var((0, 2, 3), keepdims=True) + 1e-5)
    weight, bias = (p.detach().numpy()[:, None, None] for p in (norm.weight, norm.bias))
    return np.maximum(apart * weight + bias, 0)


def frequency(fam: Any, x: Array) -> Array:
    """g1 Re F^-1(mask . sum_i W_io F(x)_i) + g2 (conv1x1(x) + b), the mask a block around the shifted zero."""
    told = np.einsum("nihw,iohw->nohw", np.fft.fft2(x, norm="ortho"), fam.weights.detach().numpy())
    told, middle, r = np.fft.fftshift(told, (2, 3)), x.shape[-1] // 2, fam.radius
    told[..., middle - r : middle + r, middle - r : middle + r] = 0
    spread = np.fft.ifft2(np.fft.ifftshift(told, (2, 3)), norm="ortho").real
    local = np.einsum("oc,nchw->nohw", weighed(fam.local), x) + fam.local.bias.detach().numpy()[:, None, None]
    g1, g2 = fam.rates.tolist()
    mixed: Array = g1 * spread + g2 * local
    return mixed


def test_fam_review_goes_from_the_hidden_vector_to_the_shallow_stage() -> None:
    rng = RNG(17)
    shallow, x, w = rng.normal(size=(4, 3, 8, 8)), rng.normal(size=(4, 6, 4, 4)), rng.normal(size=(3, 6))
    teacher = trace(rng.normal(size=(4, 5, 4, 4)), rng.normal(size=(3, 5)), None, rng.normal(size=(4, 4, 8, 8)))
    torch.manual_seed(0)
    kind = method("fam_review")
    how = kind(fill(kind.Params, {"weight": 2, "width": 4, "cuton": 0.5}))

    def step(v: Tensor) -> Step:
        part = trace(v, w, None, shallow)
        student = Trace(part.stages, part.embedding, part.logits, part.head, parts={"gaf": part})
        return step_of(student, {"gaf": teacher}, torch.tensor(LABEL))

    how.build(scene_of(step(torch.tensor(x))))
    how = how.double()
    cascade: Any = how.cascades["gaf"]  # type: ignore[index]
    theirs = [teacher.embedding[:, :, None, None], teacher.stages[1], teacher.stages[0]]
    assert [level.filter.radius for level in cascade] == [0, 1, 2]

    def twin(v: Array) -> float:
        deeper, total = None, 0.0
        planes = (v.mean((2, 3), keepdims=True), v, shallow)
        for level, mine, goal in zip(cascade, planes, theirs, strict=True):
            conv, norm, _ = level.mine
            here = scaled_relu(norm, np.einsum("oc,nchw->nohw", weighed(conv), mine))
            if deeper is not None:
                times = here.shape[-1] // deeper.shape[-1]
                here = neighbours(level.look, here, deeper.repeat(times, 2).repeat(times, 3))
            deeper = here
            total += ((scaled_relu(level.after[0], frequency(level.filter, here)) - goal.numpy()) ** 2).mean()
        return 2 * total

    agrees(lambda v: how.loss(step(v))["review"], twin, x)


@pytest.mark.parametrize("lifted", ["repeat", "outer", "sum"])
def test_fam_filters_the_lifted_series_until_it_is_the_teachers(lifted: str) -> None:
    rng = RNG(18)
    x, w = rng.normal(size=(4, 5, 8)), rng.normal(size=(3, 5))
    teacher = trace(rng.normal(size=(4, 7, 8, 8)), rng.normal(size=(3, 7)))
    torch.manual_seed(0)
    kind = method("fam")
    how = kind(fill(kind.Params, {"weight": 3, "lift": lifted}))
    label = torch.tensor(LABEL)
    how.build(scene_of(step_of(trace(x, w), {"gaf": teacher}, label)))
    how = how.double()
    fam, norm, _ = how.filters["gaf 0"]  # type: ignore[index]

    def twin(v: Array) -> float:
        rows, columns = v[..., None, :], v[..., :, None]
        plane = {"repeat": rows + 0 * columns, "outer": rows * columns, "sum": rows + columns}[lifted]
        return 3 * float(((scaled_relu(norm, frequency(fam, plane)) - teacher.stages[-1].numpy()) ** 2).mean())

    agrees(lambda v: how.loss(step_of(trace(v, w), {"gaf": teacher}, label))["fam"], twin, x)


def test_at_and_sp_add_the_distance_of_each_stage() -> None:
    rng = RNG(19)
    x, first, w = rng.normal(size=(4, 5, 6)), rng.normal(size=(4, 3, 6)), rng.normal(size=(3, 5))
    teacher = trace(rng.normal(size=(4, 7, 6)), rng.normal(size=(3, 7)), None, rng.normal(size=(4, 2, 6)))

    def at(v: Array) -> float:
        total = 0.0
        for mine, theirs in ((first, teacher.stages[0].numpy()), (v, teacher.stages[1].numpy())):
            one, other = ((m**2).mean(1) for m in (mine, theirs))
            one, other = (a / np.linalg.norm(a, axis=1, keepdims=True) for a in (one, other))
            total += ((one - other) ** 2).mean()
        return 1000 * total

    def sp(v: Array) -> float:
        grams = [m.reshape(4, -1) @ m.reshape(4, -1).T for m in (v, teacher.stages[1].numpy())]
        one, other = (g / np.linalg.norm(g, axis=1, keepdims=True) for g in grams)
        return 3000 * float(((one - other) ** 2).sum() / 16)

    def step(v: Tensor) -> Step:
        return step_of(trace(v, w, None, first), {"signal": teacher}, torch.tensor(LABEL))

    agrees(lambda v: term("at", "attention", step(v), weight=1000), at, x)
    agrees(lambda v: term("sp", "similarity", step(v), weight=3000), sp, x)


def test_rkd_and_dkd_weigh_their_terms() -> None:
    rng = RNG(20)
    x, w = rng.normal(size=(4, 5, 6)), rng.normal(size=(3, 5))
    teacher = trace(rng.normal(size=(4, 7, 6)), rng.normal(size=(3, 7)))
    p = softmax(teacher.logits.numpy() / 4)

    def huber(a: Array, b: Array) -> float:
        far = np.abs(a - b)
        return float(np.where(far < 1, far**2 / 2, far - 0.5).mean())

    def apart(h: Array) -> Array:
        d = np.linalg.norm(h[:, None] - h[None], axis=2)
        return d / d[d > 0].mean()

    def rest(v: Array) -> float:
        q, others = softmax(v.mean(2) @ w.T / 4), ~np.eye(3, dtype=bool)[LABEL]
        one, other = (m[others].reshape(4, 2) for m in (p, q))
        return 8 * 16 * float(kl(one / one.sum(1, keepdims=True), other / other.sum(1, keepdims=True)).mean())

    def step(v: Tensor) -> Step:
        return step_of(trace(v, w), {"signal": teacher}, torch.tensor(LABEL))

    agrees(lambda v: term("rkd", "distance", step(v), distance=25),
           lambda v: 25 * huber(apart(v.mean(2)), apart(teacher.embedding.numpy())), x)  # fmt: skip
    agrees(lambda v: term("dkd", "rest", step(v)), rest, x)


def test_hidden_vectors_are_the_signal_teachers_unless_all_are_asked_for() -> None:
    rng = RNG(21)
    w, maps = rng.normal(size=(3, 5)), rng.normal(size=(4, 5, 6))
    told = {"gaf": trace(rng.normal(size=(4, 5, 3, 3)), w), "signal": trace(rng.normal(size=(4, 5, 6)), w)}
    far = {m: ((maps.mean(2) - t.embedding.numpy()) ** 2).mean() for m, t in told.items()}
    step = step_of(trace(maps, w), told, torch.tensor(LABEL))
    assert term("hidden", "hidden", step, weight=1).item() == pytest.approx(far["signal"])
    assert term("hidden", "hidden", step, weight=1, whose="all").item() == pytest.approx(np.mean(list(far.values())))
    assert method("hidden").needs.usual(("signal", "gaf", "persistence")) == ("signal",)


def test_base_with_standardised_logits_is_tda_kd() -> None:
    rng = RNG(12)
    x, one, other = (3 * rng.normal(size=(4, 5)) for _ in range(3))

    def unit(z: Array) -> Array:
        return z / z.std(1, ddof=1, keepdims=True)

    def twin(v: Array) -> float:
        ce = -np.log(softmax(unit(v))[np.arange(4), LABEL]).mean()
        far = [kl(softmax(2 * unit(t)), softmax(2 * unit(v))).mean() / 5 for t in (one, other)]
        return float(0.01 * ce + 0.99 * 16 * (0.7 * far[0] + 0.3 * far[1]))

    def torched(v: Tensor) -> Tensor:
        empty = torch.zeros(4, 1, 2, dtype=torch.float64)
        told = {m: Trace((empty,), empty[..., 0], torch.tensor(z), empty) for m, z in (("gaf", one), ("signal", other))}
        step = step_of(Trace((empty,), empty[..., 0], v, empty), told, torch.tensor(LABEL))
        kind = method("base")
        knobs = {"gaf": 0.7, "signal": 0.3, "kd_share": 0.99, "logits": "standardised", "reduction": "element_mean"}
        terms = kind(fill(kind.Params, knobs)).loss(step)
        return terms["ce"] + terms["kd"]

    agrees(torched, twin, x)


def test_tgd_merges_raw_similarities_before_it_normalises() -> None:
    rng = RNG(13)
    x, first, w = rng.normal(size=(4, 5, 6)), rng.normal(size=(4, 3, 6)), rng.normal(size=(3, 5))
    told = {
        "signal": trace(rng.normal(size=(4, 5, 4)), w, None, rng.normal(size=(4, 2, 4))),
        "persistence": trace(rng.normal(size=(4, 5, 3, 3)), w, None, rng.normal(size=(4, 2, 3, 3))),
    }

    def gram(m: Any) -> Array:
        flat = np.asarray(m).reshape(4, -1)
        return flat @ flat.T

    def rows(m: Array) -> Array:
        return m / np.linalg.norm(m, axis=1, keepdims=True)

    def twin(v: Array) -> float:
        total = 0.0
        for level, mine in enumerate((first, v)):
            goal = 0.75 * gram(told["signal"].stages[level]) + 0.25 * gram(told["persistence"].stages[level])
            total += ((rows(gram(mine)) - rows(goal)) ** 2).mean() / 2
        return 3000 * total

    def torched(v: Tensor) -> Tensor:
        step = step_of(trace(v, w, None, first), told, torch.tensor(LABEL))
        return term("tgd", "similarity", step, signal=0.6, persistence=0.2, weight=3000)

    agrees(torched, twin, x)


def test_fitnets_hint_is_the_middle_stage() -> None:
    rng = RNG(14)
    w, middle = rng.normal(size=(3, 5)), rng.normal(size=(4, 3, 6))
    teacher = trace(rng.normal(size=(4, 5, 3)), w, None, rng.normal(size=(4, 4, 6)))
    kind = method("fitnet")
    how = kind(fill(kind.Params, {"weight": 1}))
    how.build(scene_of(step_of(trace(middle, w[:, :3], None, middle), {"signal": teacher}, torch.tensor(LABEL))))
    how = how.double()
    state = {n: p.detach().numpy() for n, p in how.named_parameters()}

    def twin(v: Array) -> float:
        y = np.einsum("oc,nct->not", state["translate.signal.0.weight"][:, :, 0], v)
        y += state["translate.signal.0.bias"][:, None]
        y = (y - y.mean((0, 2), keepdims=True)) / np.sqrt(y.var((0, 2), keepdims=True) + 1e-5)
        y = np.maximum(y * state["translate.signal.1.weight"][:, None] + state["translate.signal.1.bias"][:, None], 0)
        return float(((y - teacher.stages[0].numpy()) ** 2).mean())

    def torched(v: Tensor) -> Tensor:
        step = step_of(trace(rng.normal(size=(4, 5, 6)), w, None, v), {"signal": teacher}, torch.tensor(LABEL))
        return how.loss(step)["hint"]

    agrees(torched, twin, middle)


def test_eskd_cho_falls_silent_part_way() -> None:
    rng = RNG(15)
    w = rng.normal(size=(3, 5))
    student, teacher = trace(rng.normal(size=(4, 5, 6)), w), trace(rng.normal(size=(4, 5, 6)), w)
    how = method("eskd_cho")()
    early, late = (
        how.loss(step_of(student, {"signal": teacher}, torch.tensor(LABEL), Clock(1, 10, s.name))) for s in how.stages()
    )
    assert set(early) == {"ce", "kd"}
    assert set(late) == {"ce"}
    assert late["ce"].item() == pytest.approx(early["ce"].item() / 0.3)


def test_standardised_teachers_weigh_alike_in_aver() -> None:
    rng = RNG(16)
    z, loud, student = (rng.normal(size=(4, 3)) for _ in range(3))

    def loss(scale: float) -> float:
        empty = torch.zeros(4, 1, 2, dtype=torch.float64)
        told = {"a": Trace((empty,), empty[..., 0], torch.tensor(z), empty),
                "b": Trace((empty,), empty[..., 0], torch.tensor(scale * loud), empty)}  # fmt: skip
        step = step_of(Trace((empty,), empty[..., 0], torch.tensor(student), empty), told, torch.tensor(LABEL))
        return term("aver", "kd", step, logit_norm="std").item()

    goal = sum(t / t.std(1, ddof=1, keepdims=True) for t in (z, loud)) / 2
    assert loss(1) == pytest.approx(0.7 * 16 * kl(softmax(goal / 4), softmax(student / 4)).mean(), rel=1e-9)
    assert loss(100) == pytest.approx(loss(1), rel=1e-9)
