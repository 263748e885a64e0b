"""Pure distances between tensors: no state, no weights, no opinion on who is the student."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor


def cross_entropy(logits: Tensor, label: Tensor) -> Tensor:
    """Mean cross-entropy of logits (N, C) against labels (N,)."""
    return F.cross_entropy(logits, label)


def softened(logits: Tensor, temperature: float) -> Tensor:
    """Log-probabilities (N, C) at a temperature; finite however confident the logits are."""
    return F.log_softmax(logits / temperature, 1)


def kl_each(student: Tensor, target: Tensor) -> Tensor:
    """KL(target || student) of each sample (N,), from log-probabilities (N, C)."""
    return (target.exp() * (target - student)).sum(1)


def hinton(student: Tensor, teacher: Tensor, temperature: float, reduction: str = "batchmean") -> Tensor:
    """T^2 KL(p_teacher || p_student) of logits (N, C): Hinton, Vinyals & Dean 2015, arXiv 1503.02531.

    `element_mean` divides by N*C instead of N, as `nn.KLDivLoss()` does by default: C times smaller.
    """
    each = kl_each(softened(student, temperature), softened(teacher, temperature))
    return temperature**2 * each.mean() / _divisor(student, reduction)


def hinton_to(student: Tensor, log_target: Tensor, temperature: float, reduction: str = "batchmean") -> Tensor:
    """T^2 KL(target || p_student) for a target that is given as log-probabilities (N, C)."""
    each = kl_each(softened(student, temperature), log_target)
    return temperature**2 * each.mean() / _divisor(student, reduction)


def _divisor(logits: Tensor, reduction: str) -> int:
    return logits.shape[1] if reduction == "element_mean" else 1


def standardised(logits: Tensor) -> Tensor:
    """Logits (N, C) divided by each sample's standard deviation over the classes (unbiased); gradient flows through."""
    return logits / logits.std(1, keepdim=True).clamp_min(torch.finfo(logits.dtype).eps)
