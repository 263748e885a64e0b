"""FAM-KD, the paper's whole method: a review from deep to shallow with frequency attention at every level."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, cast

import torch.nn.functional as F
from torch import Tensor, nn

from kdviz.core.flow import Losses, Scene, Step, Trace
from kdviz.core.params import Choice, Range, Switch
from kdviz.methods.base import About, Method
from kdviz.methods.terms import Warmed, average, levels, pairs, taught, warm
from kdviz.nets.frequency_attention import Level, wanted
from kdviz.nets.maps import LIFTS, on_plane


@dataclass(frozen=True)
class _Params(Warmed):
    kd_share: Annotated[float, Range(0, 1, 0.05, "the teachers' logits' share; the paper has none")] = 0.0
    weight: Annotated[float, Range(0, 1000, None, "the reviewed features' weight; published 0.8 to 8")] = 1.0
    lift: Annotated[str, Choice(LIFTS, "how a series becomes a plane")] = "outer"
    side: Annotated[int, Range(4, 32, 1, "largest side of a plane; filters grow with its square")] = 8
    width: Annotated[int, Range(4, 128, 2, "channels inside each level")] = 8
    cuton: Annotated[float, Range(0, 1, 0.05, "share of the low frequencies that the masks remove")] = 0.1
    min_radius: Annotated[int, Range(0, 16, 1, "smallest radius of the removed block; small maps have 0 else")] = 1
    parity: Annotated[bool, Switch("as published: no smallest radius, warm-up over 20 epochs")] = False


class FamReview(Method):
    """MSE at every level of a review cascade."""

    id = "fam_review"
    title = "FAM-KD (review with frequency attention)"
    family = "frequencies"
    about = About(
        idea="From the deepest stage to the shallowest, the student's map looks back at the deeper level by local "
        "attention, passes a learned frequency filter, and is trained to match the teacher's map.",
        equation=r"L = \mathrm{CE} + w\,\min(e/e_0, 1)\sum_l \mathrm{MSE}\!\left(\mathrm{ReLU}\,\mathrm{BN}\,"
        r"\mathrm{FAM}(A(F_s^l, R^{l+1})),\,F_t^l\right)",
        hands=(("teachers", "feature maps of all stages", "student, reviewed"), ("labels", "class", "student")),
        papers=("Pham et al., Frequency Attention for Knowledge Distillation, WACV 2024, arXiv 2403.05894",),
        elsewhere="In kdviz, FAM matches layer to layer (fam). Published figures cannot be repeated exactly: three of "
        "the eight released configurations do not run. All levels here have one inner width (`width`); the release has "
        "one for each level.",
        cost="The dearest of all: filters and attention at every level and for every teacher, thrown away afterwards.",
        claims="The teacher's features at all depths, in frequency.",
    )
    Params = _Params

    def build(self, scene: Scene) -> None:
        """A cascade per teacher; its levels are sized by the teacher's maps, the deepest by the hidden vector."""
        p = self.params
        self.cascades = nn.ModuleDict()
        least = 0 if p.parity else p.min_radius
        for name, student, teacher in pairs(scene.student, scene.teachers):
            cascade, deeper = nn.ModuleList(), None
            for mine, theirs in self._levels(student, teacher):
                wide, out, side = mine.shape[1], theirs.shape[1], theirs.shape[-1]
                cascade.append(Level(wide, deeper, p.width, out, side, p.cuton, least))
                deeper = p.width
            self.cascades[name] = cascade

    def _levels(self, student: Trace, teacher: Trace) -> list[tuple[Tensor, Tensor]]:
        """Planes (student, teacher), the hidden vectors as 1x1 planes first, then from deep to shallow."""
        p = self.params
        found = [(student.embedding[:, :, None, None], teacher.embedding[:, :, None, None])]
        for mine, theirs in levels(student, teacher, "all"):
            side = min(theirs.shape[-1], p.side)
            own = min(mine.shape[-1], p.side)
            found.append((on_plane(mine, own, p.lift), on_plane(theirs, side, p.lift)))
        return found

    def loss(self, step: Step) -> Losses:
        """Terms `ce`, `review` and, where logits have a share, `kd`."""
        p = self.params
        term = average(self._apart(name, s, t) for name, s, t in pairs(step.student, step.teachers))
        grown = min(step.clock.epoch / 20, 1.0) if p.parity else warm(step.clock, p.warmup)
        return {**taught(step, p), "review": p.weight * grown * term}

    def _apart(self, name: str, student: Trace, teacher: Trace) -> Tensor:
        deeper, total = None, student.logits.new_zeros(())
        cascade = cast(nn.ModuleList, self.cascades[name])
        for level, (mine, theirs) in zip(cascade, self._levels(student, teacher), strict=True):
            out, deeper = level(mine, deeper)
            total = total + F.mse_loss(out, theirs)
        return total

    def maps(self, step: Step) -> dict[str, Tensor]:
        """By teacher and level: the filter, its mask, spectra before and after, both branches; (N, side, side)."""
        found: dict[str, Tensor] = {}
        for name, student, teacher in pairs(step.student, step.teachers):
            deeper = None
            cascade = cast(nn.ModuleList, self.cascades[name])
            for number, (level, (mine, theirs)) in enumerate(zip(cascade, self._levels(student, teacher), strict=True)):
                out, deeper = level(mine, deeper)
                if number:
                    drawn = {**cast(Level, level).filter.pictures(deeper), **wanted(theirs), "rebuilt": out.mean(1)}
                    found |= {f"{what}.{name} {number}": picture for what, picture in drawn.items()}
        return found

    def readouts(self, step: Step) -> dict[str, float]:
        """The learned rates of the global and the local branch of every level."""
        found: dict[str, float] = {}
        for name, cascade in self.cascades.items():
            for number, level in enumerate(cast(nn.ModuleList, cascade)):
                if number:
                    rates = cast(Level, level).filter.rates.tolist()
                    found |= {f"{which} rate {name} {number}": rates[k] for k, which in enumerate(("global", "local"))}
        return found

    def remarks(self) -> tuple[str, ...]:
        """The radius of each mask, with a warning where it removes nothing."""
        found = []
        for name, cascade in self.cascades.items():
            for number, level in enumerate(cast(nn.ModuleList, cascade)):
                if number:
                    words = cast(Level, level).filter.words()
                    found.append(f"Frequency filter {name} {number}: {words}")
        return tuple(found)
