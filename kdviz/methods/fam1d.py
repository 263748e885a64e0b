"""FAM along time: what the lift by repeating rows comes to, with one weight per frequency of time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated

from torch import Tensor

from kdviz.core.flow import Losses, Scene, Step, Trace
from kdviz.core.params import Choice, Range
from kdviz.methods.base import About, Method
from kdviz.methods.terms import Warmed, levels, pairs, taught, warm
from kdviz.nets.frequency_attention import Filters, windows
from kdviz.nets.maps import resized


@dataclass(frozen=True)
class _Params(Warmed):
    weight: Annotated[float, Range(0, 1000, None, "the filtered features' weight")] = 1.0
    depth: Annotated[str, Choice(("last", "all"), "which stages are matched")] = "last"
    side: Annotated[int, Range(0, 512, 1, "largest number of steps, at most the teacher's map's; 0: the window")] = 0
    cuton: Annotated[float, Range(0, 1, 0.05, "share of the low frequencies that the mask removes")] = 0.1
    min_radius: Annotated[int, Range(0, 16, 1, "smallest radius of the removed block")] = 1
    post: Annotated[str, Choice(("bn_relu", "none"), "what follows the filter; bn_relu is published")] = "bn_relu"


class Fam1d(Method):
    """MSE of the teacher's map averaged over rows and the student's map after frequency attention along time."""

    id = "fam1d"
    title = "FAM along time"
    family = "frequencies"
    about = About(
        idea="The student's feature map is filtered along time, and the result is trained to match the "
        "teacher's map along time.",
        equation=r"L = (1-\lambda)\,\mathrm{CE} + \lambda\,L_{KD} + w\,\mathrm{MSE}\!\left(\mathrm{FAM}_{1D}(F_s),"
        r"\,\tfrac1H\sum_i F_{t,i\cdot}\right)",
        hands=(
            ("teachers", "feature maps along time", "student, through a learned filter"),
            ("teachers", "mean logits", "student"),
            ("labels", "class", "student"),
        ),
        papers=("Pham et al., Frequency Attention for Knowledge Distillation, WACV 2024, arXiv 2403.05894",),
        elsewhere="The lift by repeating rows (fam) is exactly this: its other rows of weights never learn.",
        cost="As many times fewer weights than fam as the plane has rows; thrown away after training.",
        claims="Global patterns of the teacher's features, in frequencies of time.",
    )
    Params = _Params

    def build(self, scene: Scene) -> None:
        """A filter for each teacher and matched stage."""
        p = self.params
        found = list(self._levels(scene.student, scene.teachers))
        self.sides, self.said = windows(found, 1)
        if p.side:
            self.sides, self.said = {key: min(theirs.shape[-1], p.side) for key, _, theirs in found}, ()
        self.filters = Filters(self._matched(scene.student, scene.teachers), p.cuton, p.min_radius, p.post)

    def _levels(self, student: Trace, teachers: Mapping[str, Trace]) -> Iterator[tuple[str, Tensor, Tensor]]:
        for name, one, other in pairs(student, teachers):
            for number, (mine, theirs) in enumerate(levels(one, other, self.params.depth)):
                yield f"{name} {number}", mine, theirs

    def _matched(self, student: Trace, teachers: Mapping[str, Trace]) -> Iterator[tuple[str, Tensor, Tensor]]:
        for key, mine, theirs in self._levels(student, teachers):
            yield key, _along(mine, self.sides[key]), _along(theirs, self.sides[key])

    def loss(self, step: Step) -> Losses:
        """Terms `ce`, `kd` and `fam`."""
        p, term = self.params, self.filters.apart(self._matched(step.student, step.teachers))
        return {**taught(step, p), "fam": p.weight * warm(step.clock, p.warmup) * term}

    def maps(self, step: Step) -> dict[str, Tensor]:
        """By teacher and stage: the filter, its mask, spectra before and after, both branches; (N, steps)."""
        return self.filters.pictures(self._matched(step.student, step.teachers))

    def readouts(self, step: Step) -> dict[str, float]:
        """The learned rates of the global and the local branch."""
        return self.filters.rates()

    def remarks(self) -> tuple[str, ...]:
        """The radius of each mask, with a warning where it removes nothing."""
        return (*self.filters.remarks(), *self.said)


def _along(maps: Tensor, side: int) -> Tensor:
    """Maps (N, K, *grid) along their last axis: (N, K, side)."""
    return resized(maps.mean(2) if maps.dim() == 4 else maps, (side,))
