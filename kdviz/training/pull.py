"""How strongly each term of the loss pulls, and how far each step goes."""

from __future__ import annotations

import math

import torch
from torch import nn

from kdviz.flow import Losses

WARM, LEAST = 0.1, 0.01


def gradient_norms(terms: Losses, net: nn.Module) -> dict[str, float]:
    """The L2 norm of each term's own gradient on the network's weights: what a term really pulls with."""
    weights = [p for p in net.parameters() if p.requires_grad]
    norms = {}
    for name, term in terms.items():
        if not term.requires_grad:
            norms[name] = 0.0
            continue
        grads = torch.autograd.grad(term, weights, retain_graph=True, allow_unused=True)
        norms[name] = float(torch.sqrt(sum((g.square().sum() for g in grads if g is not None), torch.zeros(()))))
    return norms


def measures_gradients(epoch: int, epochs: int) -> bool:
    """Whether this epoch tells its gradients: the first, and ten more spread over the training."""
    return epoch == 1 or epoch % max(1, epochs // 10) == 0


def rate_factor(share: float) -> float:
    """The learning rate's factor after a share of training: warms up over a tenth, then follows a cosine to 1 %."""
    if share < WARM:
        return 0.1 + 0.9 * share / WARM
    return max(0.5 * (1 + math.cos(math.pi * (share - WARM) / (1 - WARM))), LEAST)
