"""DCD of Giakoumoglou & Stathaki (2024): contrast within the batch, and the same structure both ways."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, cast

import torch
from torch import Tensor, nn

from kdviz.core.flow import Losses, Scene, Step, Trace
from kdviz.core.params import Range, Switch
from kdviz.methods.base import About, Method
from kdviz.methods.losses import contrast
from kdviz.methods.terms import Softened, average, pairs, taught
from kdviz.nets.adapters import Embed

FAR = -1e4


@dataclass(frozen=True)
class _Params(Softened):
    kd_share: Annotated[float, Range(0, 1, 0.05, "the teachers' logits' share; 0: contrast and labels alone")] = 0.7
    weight: Annotated[float, Range(0, 100, None, "beta, the contrast's weight")] = 1.0
    consistency: Annotated[float, Range(0, 10, None, "alpha, the share of consistency in the contrast")] = 0.5
    width: Annotated[int, Range(8, 512, 8, "the width of the embeddings")] = 128
    parity: Annotated[bool, Switch("as published: samples of one class are pushed apart as well")] = False


class Space(nn.Module):
    """Two embeddings and a learned sharpness; the published bias is left out, since its gradient is always zero."""

    def __init__(self, mine: int, theirs: int, width: int) -> None:
        super().__init__()
        self.embed_s, self.embed_t = Embed(mine, width), Embed(theirs, width)
        self.tau = nn.Parameter(torch.ones(()))

    def forward(self, student: Tensor, teacher: Tensor) -> Tensor:
        """Similarities (N, N): the student's samples by row, the teacher's by column."""
        near: Tensor = self.embed_s(student) @ self.embed_t(teacher).T
        return near * self.tau.exp().clamp_max(10.0)


class Dcd(Method):
    """In-batch contrast with a consistency term."""

    id = "dcd"
    title = "DCD (discriminative and consistent, 2024)"
    family = "relations"
    about = About(
        idea="Within a batch, each student embedding must be nearest to the teacher's of the same sample, and rows and "
        "columns of the similarities must tell the same story; beside that it hears the teacher's answers.",
        equation=r"L = (1-\lambda)\,\mathrm{CE} + \lambda\,L_{KD} + \beta\left[\mathrm{CE}(S, \mathrm{diag}) + \alpha\,"
        r"\mathrm{KL}\!\left(\mathrm{softmax}(S^\top)\,\|\,\mathrm{softmax}(S)\right)\right],\quad S = "
        r"e_s e_t^\top \min(e^\tau, 10)",
        hands=(
            ("teachers", "embeddings of the batch", "student"),
            ("teachers", "mean logits", "student"),
            ("labels", "class", "student"),
        ),
        papers=(
            "Giakoumoglou & Stathaki, Discriminative and Consistent Representation Distillation, arXiv 2407.11802",
        ),
        elsewhere="CRD (crd) is the older contrastive method, with a memory instead of the batch.",
        cost="Two linear layers per teacher, thrown away after training.",
        claims="How the teacher arranges samples, not where it looks.",
    )
    Params = _Params

    def build(self, scene: Scene) -> None:
        """A shared space per teacher."""
        self.spaces = nn.ModuleDict()
        for name, s, t in pairs(scene.student, scene.teachers):
            self.spaces[name] = Space(s.embedding.shape[1], t.embedding.shape[1], self.params.width)

    def loss(self, step: Step) -> Losses:
        """Terms `ce`, `contrast`, `consistency` and, where logits have a share, `kd`."""
        p = self.params
        told = [contrast(self._near(step, *pair)) for pair in pairs(step.student, step.teachers)]
        terms = {
            "contrast": p.weight * average(apart for apart, _ in told),
            "consistency": p.weight * p.consistency * average(same for _, same in told),
        }
        return {**taught(step, p), **terms}

    def _near(self, step: Step, name: str, student: Trace, teacher: Trace) -> Tensor:
        near: Tensor = self.spaces[name](student.embedding, teacher.embedding)
        if self.params.parity:
            return near
        label = step.batch.label
        kin = (
            (label[:, None] == label[None])
            & (label >= 0)
            & ~torch.eye(len(label), dtype=torch.bool, device=label.device)
        )
        return near.masked_fill(kin, FAR)

    def readouts(self, step: Step) -> dict[str, float]:
        """The learned sharpness of each space."""
        each = {name: cast(Space, space).tau.detach() for name, space in self.spaces.items()}
        return {f"sharpness {name}": float(tau.exp().clamp_max(10.0)) for name, tau in each.items()}
