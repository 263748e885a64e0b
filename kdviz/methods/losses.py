"""Pure distances between tensors: no state, no weights, no opinion on who is the student."""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor

from kdviz.nets.maps import activity, resized, spanned, together, unit


def cross_entropy(logits: Tensor, label: Tensor) -> Tensor:
    """Mean cross-entropy of logits (N, C) against the labels (N,) that are known: not below zero. Zero for none."""
    known = label >= 0
    if bool(known.all()):
        return F.cross_entropy(logits, label)
    each = F.cross_entropy(logits, label.clamp_min(0), reduction="none")
    return (each * known).sum() / known.sum().clamp_min(1)


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
    return hinton_to(student, softened(teacher, temperature), temperature, reduction)


def hinton_to(student: Tensor, log_target: Tensor, temperature: float, reduction: str = "batchmean") -> Tensor:
    """T^2 KL(target || p_student) for a target that is given as log-probabilities (N, C)."""
    apart = F.kl_div(softened(student, temperature), log_target, reduction="batchmean", log_target=True)
    return temperature**2 * (apart / student.shape[1] if reduction == "element_mean" else apart)


def standardised(logits: Tensor) -> Tensor:
    """Logits (N, C) divided by each sample's standard deviation over the classes (unbiased); gradient flows through."""
    return logits / logits.std(1, keepdim=True).clamp_min(torch.finfo(logits.dtype).eps)


def entropy(logits: Tensor) -> Tensor:
    """Shannon entropy (N,) of softmax(logits) in nats; zero, never NaN, for a certain teacher."""
    log_p = F.log_softmax(logits, 1)
    return -(log_p.exp() * log_p).sum(1)


def mean_of_softened(logits: Tensor, temperature: float) -> Tensor:
    """Log of the mean over K teachers of softmax(z_k / T), from logits (K, N, C): (N, C)."""
    return F.log_softmax(logits / temperature, 2).logsumexp(0) - math.log(logits.shape[0])


def disagreement(logits: Tensor, temperature: float) -> Tensor:
    """T^2 mean KL(p_k || mean p) of K teachers' logits (K, N, C): how far apart they are; no student in it."""
    middle = mean_of_softened(logits, temperature)
    each = F.log_softmax(logits / temperature, 2)
    return temperature**2 * (each.exp() * (each - middle)).sum(2).mean()


def attention_transfer(student: Tensor, teacher: Tensor, mode: str = "code", power: int = 2) -> Tensor:
    """Distance of the unit attention maps of features (N, K, *grid): Zagoruyko & Komodakis 2017.

    `code` is the mean squared difference of all positions, `paper` the mean over samples of the L2 distance.
    """
    one, other = (unit(activity(m, power)) for m in together(student, teacher))
    if mode == "paper":
        return safe_norm(one - other).mean()
    return (one - other).square().mean()


def safe_norm(x: Tensor) -> Tensor:
    """L2 norm over the last axis, whose gradient at zero is zero."""
    squares = x.square().sum(-1)
    return torch.where(squares > 0, squares.clamp_min(torch.finfo(x.dtype).tiny).sqrt(), 0.0)


def similarity(features: Tensor) -> Tensor:
    """Gram matrix (N, N) of features (N, ...) flattened per sample."""
    flat = features.flatten(1)
    return flat @ flat.T


def similarity_preserving(student: Tensor, teacher: Tensor) -> Tensor:
    """||row-normalised G_t - row-normalised G_s||^2 / N^2 of Gram matrices (N, N): Tung & Mori 2019."""
    return (F.normalize(student, dim=1) - F.normalize(teacher, dim=1)).square().mean()


def distances(features: Tensor, eps: float = 1e-12) -> Tensor:
    """Euclidean distances (N, N) of vectors (N, K), in units of their mean; zeros where all vectors are one."""
    flat = features.flatten(1)
    squares = flat.square().sum(1)
    each = (squares[:, None] + squares[None] - 2 * flat @ flat.T).clamp_min(eps).sqrt()
    each = each * (1 - torch.eye(len(flat), dtype=flat.dtype, device=flat.device))
    there = each > 0
    mean = each.sum() / there.sum().clamp_min(1)
    return each / mean.clamp_min(eps)


def angles(features: Tensor) -> Tensor:
    """Cosines (N, N, N) of the angles at each vector of (N, K) between every two others."""
    flat = features.flatten(1)
    apart = flat[None] - flat[:, None]
    length = safe_norm(apart)[..., None]
    way = apart / length.clamp_min(1e-12) * (length > 1e-12)
    return way @ way.transpose(1, 2)


def relational(student: Tensor, teacher: Tensor) -> tuple[Tensor, Tensor]:
    """Huber losses of relative distances and of angles between the samples of a batch: Park et al. 2019."""
    apart = F.smooth_l1_loss(distances(student), distances(teacher))
    return apart, F.smooth_l1_loss(angles(student), angles(teacher))


def decoupled(student: Tensor, teacher: Tensor, label: Tensor, temperature: float) -> tuple[Tensor, Tensor]:
    """KD of the target class against the rest, and of the rest among itself, each T^2 batchmean: Zhao et al. 2022."""
    pairs = [_target_and_rest(z / temperature, label) for z in (student, teacher)]
    (s_target, s_rest), (t_target, t_rest) = pairs
    scale = temperature**2
    return scale * kl_each(s_target, t_target).mean(), scale * kl_each(s_rest, t_rest).mean()


def _target_and_rest(logits: Tensor, label: Tensor) -> tuple[Tensor, Tensor]:
    classes = logits.shape[1]
    mine = F.one_hot(label, classes).bool()
    rest = logits[~mine].view(-1, classes - 1)
    both = torch.stack([logits[mine], rest.logsumexp(1)], 1)
    return F.log_softmax(both, 1), F.log_softmax(rest, 1)


def class_attention(student: Tensor, teacher: Tensor, cells: int, normalise: bool = True) -> Tensor:
    """MSE of all-class maps (N, C, *grid), pooled to `cells` per axis, then of length one: Guo et al. 2023."""
    pooled = [resized(m, (cells,) * (m.dim() - 2)).flatten(2) for m in (student, teacher)]
    one, other = (unit(m, 2) if normalise else m for m in pooled)
    return F.mse_loss(one, other)


def explanation(student: Tensor, teacher: Tensor) -> Tensor:
    """1 - cosine of flattened maps (N, ...), per sample (N,): Parchami-Araghi et al. 2024."""
    return 1 - F.cosine_similarity(student.flatten(1), teacher.flatten(1), 1)


def reverse_distillation(student: Sequence[Tensor], teacher: Sequence[Tensor]) -> Tensor:
    """Sum over layers of the mean 1 - cosine of whole flattened maps, as the code of Deng & Li 2022 does."""
    return torch.stack([explanation(s, t).mean() for s, t in zip(student, teacher, strict=True)]).sum()


def confidence(losses: Tensor) -> Tensor:
    """Weights (K, N) of K teachers from their cross-entropies (K, N); each sample's sum to one. Zhang et al. 2022."""
    return (1 - F.softmax(losses, 0)) / (losses.shape[0] - 1)


def certainty(entropies: Tensor) -> Tensor:
    """Weights 1 - H_k / sum_j H_j (K, N), which sum to K - 1; even where every teacher is certain."""
    total = entropies.sum(0)
    share = torch.where(total > 0, entropies / total.clamp_min(torch.finfo(total.dtype).tiny), 1 / len(entropies))
    return 1 - share


def nce(scores: Tensor, negatives: int, size: int, eps: float = 1e-7) -> Tensor:
    """Contrastive loss of scores (N, 1 + K), the positive first, among `size` stored samples: Tian et al. 2020."""
    noise = negatives / size
    right = (scores[:, 0] / (scores[:, 0] + noise + eps)).log().sum()
    wrong = (noise / (scores[:, 1:] + noise + eps)).log().sum()
    return -(right + wrong) / scores.shape[0]


def contrast(logits: Tensor) -> tuple[Tensor, Tensor]:
    """Discrimination CE(diagonal) and consistency KL(column softmax^T || row softmax) of (N, N).

    Giakoumoglou & Stathaki 2024; the target of the KL is not detached, as in their code.
    """
    here = torch.arange(len(logits), device=logits.device)
    rows, columns = F.log_softmax(logits, 1), F.log_softmax(logits.T, 1)
    return F.cross_entropy(logits, here), kl_each(rows, columns).mean()


def map_distance(student: Tensor, teacher: Tensor, norm: str = "none") -> Tensor:
    """MSE of maps (N, ..., *grid) as they are, at length one (`l2`), or each stretched to 0..1 (`minmax`)."""
    how = {"none": lambda m: m.flatten(1), "l2": unit, "minmax": spanned}[norm]
    return F.mse_loss(how(student), how(teacher))
