"""Attention transfer: where the student is active, against a twin and across kinds of maps."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import Tensor

from tests.methods.scenes import step_of
from tests.methods.test_twins import LABEL, RNG, Array, agrees, term, trace


@pytest.mark.parametrize("mode", ["code", "paper"])
def test_a_signal_student_is_active_when_an_image_teacher_is(mode: str) -> None:
    rng = RNG(0)
    x, f, w = rng.normal(size=(4, 5, 8)), rng.normal(size=(4, 7, 4, 4)), rng.normal(size=(3, 5))

    def unit(a: Array) -> Array:
        return a / np.linalg.norm(a, axis=1, keepdims=True)

    def twin(v: Array) -> float:
        line = (f.mean(3) + f.mean(2)) / 2
        apart = unit((v.reshape(4, 5, 4, 2).mean(3) ** 2).mean(1)) - unit((line**2).mean(1))
        return float(np.linalg.norm(apart, axis=1).mean() if mode == "paper" else (apart**2).mean())

    def torched(v: Tensor) -> Tensor:
        teacher = trace(f, rng.normal(size=(3, 7)))
        step = step_of(trace(v, w), {"gaf": teacher}, torch.tensor(LABEL))
        return term("at", "attention", step, weight=1, mode=mode, depth="last")

    agrees(torched, twin, x)


def test_stages_are_added_up() -> None:
    rng = RNG(1)
    w = rng.normal(size=(3, 5))
    student = trace(rng.normal(size=(4, 5, 8)), w, None, rng.normal(size=(4, 3, 8)))
    teacher = trace(rng.normal(size=(4, 5, 8)), w, None, rng.normal(size=(4, 3, 8)))
    step = step_of(student, {"signal": teacher}, torch.tensor(LABEL))
    first = step_of(
        trace(student.stages[0], w[:, :3]), {"signal": trace(teacher.stages[0], w[:, :3])}, torch.tensor(LABEL)
    )
    both, last = (term("at", "attention", step, depth=d).item() for d in ("all", "last"))
    assert both == pytest.approx(last + term("at", "attention", first, depth="last").item())
