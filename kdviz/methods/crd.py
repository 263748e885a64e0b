"""CRD of Tian, Krishnan & Isola: student and teacher embed the same sample alike and others apart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, cast

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from kdviz.core.flow import Losses, Scene, Step, Trace
from kdviz.core.params import Choice, Range, Switch
from kdviz.methods.base import About, Method
from kdviz.methods.losses import nce
from kdviz.methods.terms import Softened, average, pairs, taught
from kdviz.nets.adapters import Embed


@dataclass(frozen=True)
class _Params(Softened):
    kd_share: Annotated[float, Range(0, 1, 0.05, "the teachers' logits' share; the paper's CRD has none (0)")] = 0.7
    weight: Annotated[float, Range(0, 100, None, "the contrast's weight")] = 0.8
    width: Annotated[int, Range(8, 512, 8, "the width of the embeddings")] = 128
    negatives: Annotated[int, Range(1, 16384, 1, "samples to be told apart from, at most all others")] = 1024
    tau: Annotated[float, Range(0.01, 1, 0.01, "the contrast's temperature")] = 0.07
    momentum: Annotated[float, Range(0, 0.99, 0.05, "how much of a stored embedding stays at each step")] = 0.5
    among: Annotated[
        str, Choice(("other_classes", "others"), "whom to be apart from; overlapping windows are false negatives")
    ] = "other_classes"
    parity: Annotated[bool, Switch("as published: the temperature rounded to single precision")] = False


class Bank(nn.Module):
    """Two embeddings and what they were for each training sample: (size, width), rows of length one after a visit."""

    def __init__(self, mine: int, theirs: int, width: int, size: int) -> None:
        super().__init__()
        self.embed_s, self.embed_t = Embed(mine, width), Embed(theirs, width)
        reach = (3 / width) ** 0.5
        for name in ("memory_s", "memory_t"):
            self.register_buffer(name, (torch.rand(size, width) * 2 - 1) * reach)
        self.register_buffer("z", torch.zeros(2))
        self.memory_s: Tensor
        self.memory_t: Tensor
        self.z: Tensor

    def forward(self, student: Tensor, teacher: Tensor, chosen: Tensor, tau: float) -> Tensor:
        """The loss of hidden vectors (N, K), each contrasted with stored samples `chosen` (N, 1 + negatives)."""
        scores = self._scores(student, teacher, chosen, tau)
        return torch.stack([nce(s / z, s.shape[1] - 1, len(self.memory_s)) for s, z in self._scaled(scores)]).sum()

    def _scores(self, student: Tensor, teacher: Tensor, chosen: Tensor, tau: float) -> list[Tensor]:
        both = ((self.embed_s(student), self.memory_t), (self.embed_t(teacher), self.memory_s))
        return [((e @ memory.T).gather(1, chosen) / tau).exp() for e, memory in both]

    def _scaled(self, scores: list[Tensor]) -> list[tuple[Tensor, Tensor]]:
        """Scores with their constants: those remembered, or this batch's where there is none yet."""
        size = len(self.memory_s)
        fresh = [s.detach().mean() * size for s in scores]
        return [(s, torch.where(z > 0, z, f)) for s, z, f in zip(scores, self.z, fresh, strict=True)]

    def remember(self, student: Tensor, teacher: Tensor, chosen: Tensor, tau: float, momentum: float) -> None:
        """Fix the constants at the first batch, and move the batch's rows towards its embeddings."""
        scaled = self._scaled(self._scores(student, teacher, chosen, tau))
        self.z.copy_(torch.stack([z for _, z in scaled]))
        index = chosen[:, 0]
        for memory, fresh in ((self.memory_s, self.embed_s(student)), (self.memory_t, self.embed_t(teacher))):
            memory[index] = F.normalize(momentum * memory[index] + (1 - momentum) * fresh, dim=1)


class Crd(Method):
    """Noise-contrastive loss between embeddings and a memory of the other network's."""

    id = "crd"
    title = "CRD (contrastive representation)"
    family = "relations"
    about = About(
        idea="In a learned space, the student's embedding of a sample must lie near the teacher's of the same sample "
        "and away from the teacher's of other classes; beside that it hears the teacher's answers.",
        equation=r"L = (1-\lambda)\,\mathrm{CE} + \lambda\,L_{KD} + w\sum_{u\in\{s,t\}} -\tfrac1B\sum\left["
        r"\log\frac{o_+}{o_+ + K/N} + \sum_-\log\frac{K/N}{o_- + K/N}\right],\quad o = e^{m_{\bar u}\cdot e_u/\tau}/Z",
        hands=(
            ("teachers", "embedding of each training sample", "memory"),
            ("memory", "same sample near, other classes apart", "student"),
            ("teachers", "mean logits", "student"),
            ("labels", "class", "student"),
        ),
        papers=("Tian, Krishnan & Isola, Contrastive Representation Distillation, ICLR 2020, arXiv 1910.10699",),
        elsewhere="The paper's CRD hands over no answers (kd_share=0); its CRD+KD does. The contrastive method of 2024 "
        "is DCD (dcd).",
        cost="Two linear layers and two memories of one vector per training sample and teacher.",
        claims="How the teacher arranges samples, not where it looks.",
    )
    Params = _Params

    def build(self, scene: Scene) -> None:
        """A bank per teacher, as large as the training set."""
        size = len(scene.labels)
        self.negatives = min(self.params.negatives, max(size - 1, 1))
        self.register_buffer("labels", scene.labels.clone())
        self.register_buffer("seed", torch.randint(2**31, ()))
        self.labels: Tensor
        self.seed: Tensor
        self.banks = nn.ModuleDict()
        for name, s, t in pairs(scene.student, scene.teachers):
            self.banks[name] = Bank(s.embedding.shape[1], t.embedding.shape[1], self.params.width, size)

    def loss(self, step: Step) -> Losses:
        """Terms `ce`, `contrast` and, where logits have a share, `kd`."""
        chosen, tau = self._chosen(step), self._tau()
        each = [self.banks[name](s.embedding, t.embedding, chosen, tau) for name, s, t in self._pairs(step)]
        return {**taught(step, self.params), "contrast": self.params.weight * average(each)}

    def remember(self, step: Step) -> None:
        """Write the batch's embeddings to the memories."""
        chosen, tau = self._chosen(step), self._tau()
        with torch.no_grad():
            for name, s, t in self._pairs(step):
                bank = cast(Bank, self.banks[name])
                bank.remember(s.embedding, t.embedding, chosen, tau, self.params.momentum)

    def _pairs(self, step: Step) -> list[tuple[str, Trace, Trace]]:
        return list(pairs(step.student, step.teachers))

    def _tau(self) -> float:
        return float(torch.tensor(self.params.tau)) if self.params.parity else float(self.params.tau)

    def _chosen(self, step: Step) -> Tensor:
        """Each sample's index and its negatives' (N, 1 + negatives): the same for the same batch and epoch."""
        index = step.batch.index.cpu()
        labels = self.labels.cpu()
        mine = labels[index][:, None]
        apart = (mine != labels[None]) | ((mine < 0) & (index[:, None] != torch.arange(len(labels))[None]))
        if self.params.among == "others" or not bool(apart.any(1).all()):
            apart = index[:, None] != torch.arange(len(labels))[None]
        if not bool(apart.any(1).all()):
            apart = torch.ones_like(apart)
        seed = (int(self.seed) * 1_000_003 + step.clock.epoch) * 1_000_003 + int(index[0])
        dice = torch.Generator().manual_seed(seed % 2**63)
        again = self.negatives > int(apart.sum(1).min())
        negatives = torch.multinomial(apart.float(), self.negatives, replacement=again, generator=dice)
        return torch.cat([index[:, None], negatives], 1).to(step.batch.index.device)
