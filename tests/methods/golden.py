"""Reference outputs of public implementations, and gradients of a loss to hold against them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

GOLDEN = Path(__file__).parents[1] / "golden"
CLOSE = 1e-10


class Golden:
    """The arrays of one file as tensors; floating ones can be asked for with a gradient."""

    def __init__(self, name: str) -> None:
        self.arrays = np.load(GOLDEN / f"{name}.npz", allow_pickle=False)

    def __contains__(self, name: str) -> bool:
        return name in self.arrays

    def __getitem__(self, name: str) -> Tensor:
        return torch.from_numpy(np.asarray(self.arrays[name]))

    def leaf(self, name: str) -> Tensor:
        return self[name].clone().requires_grad_(True)


def assert_close(found: Any, wanted: Tensor, tolerance: float = CLOSE) -> None:
    found = torch.as_tensor(found).detach()
    assert found.shape == wanted.shape
    worst = (found - wanted).abs().max().item() if wanted.numel() else 0.0
    assert worst <= tolerance * max(1.0, wanted.abs().max().item()), worst


def gradient(loss: Tensor, leaf: Tensor) -> Tensor:
    (found,) = torch.autograd.grad(loss, leaf, retain_graph=True)
    return found
