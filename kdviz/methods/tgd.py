"""Merged similarity maps from an annealed start, as in the wearables papers' public code (TGD)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import torch
from torch import Tensor

from kdviz.core.flow import Losses, Step
from kdviz.core.params import Range, Switch
from kdviz.methods.base import About, Method, Needs
from kdviz.methods.losses import hinton, similarity, similarity_preserving
from kdviz.methods.terms import Shared, Warmed, average, blend, shares, warm


@dataclass(frozen=True)
class _Params(Shared, Warmed):
    weight: Annotated[float, Range(0, 100000, None, "the similarity maps' weight")] = 3000.0
    annealed: Annotated[bool, Switch("start from the same network trained from scratch")] = True


class MergedSimilarity(Method):
    """KD with fixed shares, and similarity maps of the teachers merged before they are matched."""

    id = "tgd"
    title = "TGD (merged similarity maps, annealed start)"
    family = "relations"
    about = About(
        idea="The teachers' similarity maps of each stage are merged into one, which the student's must match; the "
        "student starts from its twin that was trained from scratch.",
        equation=r"L = (1-\lambda)\,\mathrm{CE} + \lambda\sum_k\alpha_k T^2\mathrm{KL}_k + \tfrac{w}{3}\sum_l"
        r"\mathrm{MSE}\!\left(\tilde G_s^l,\ \widetilde{\textstyle\sum_k\alpha_k G_k^l}\right)",
        hands=(
            ("teachers", "similarities of the batch, merged", "student"),
            ("teachers", "logits, by their shares", "student"),
            ("scratch twin", "first weights", "student"),
        ),
        papers=("Jeon et al., Leveraging Topological Guidance for Improved Knowledge Distillation, arXiv 2407.05316",),
        elsewhere="TPKD (Jeon et al., arXiv 2407.05315) adds a constraint of orthogonality, which is not part of this. "
        "Annealing means the start here, not the temperature.",
        cost="The scratch-trained twin, and a control that learns for twice the epochs, as twin and student do "
        "together; a batch of one has nothing to compare.",
        claims="How the teachers together arrange samples, not where they look.",
    )
    needs = Needs(teachers=(2, None))
    Params = _Params

    def starts_trained(self) -> bool:
        """The annealed start of the wearables papers."""
        return bool(self.params.annealed)

    def loss(self, step: Step) -> Losses:
        """Terms `ce`, `kd` and `similarity`."""
        p, part = self.params, shares(self.params, step.teachers)
        each = {name: hinton(step.student.logits, t.logits, p.temperature, p.reduction)
                for name, t in step.teachers.items()}  # fmt: skip
        kd = torch.stack([part[name] * term for name, term in each.items()]).sum()
        term = average(similarity_preserving(similarity(s), goal) for s, goal in self._merged(step, part))
        return {**blend(step, p, kd), "similarity": p.weight * warm(step.clock, p.warmup) * term}

    def _merged(self, step: Step, part: dict[str, float]) -> list[tuple[Tensor, Tensor]]:
        """(student's stage, merged Gram matrix), from the deep end; raw matrices are merged, then normalised."""
        deep = [[similarity(m) for m in reversed(t.stages)] for t in step.teachers.values()]
        merged = [sum(a * g for a, g in zip(part.values(), level, strict=True)) for level in zip(*deep, strict=False)]
        return [(s, torch.as_tensor(g)) for s, g in zip(reversed(step.student.stages), merged, strict=False)]
