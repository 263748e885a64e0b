"""FAM, layer to layer, as kdviz defines it: the student's map goes through a learned filter of its spectrum."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated

from torch import Tensor

from kdviz.core.flow import Losses, Scene, Step, Trace
from kdviz.core.params import Choice, Range, Switch
from kdviz.methods.base import About, Method
from kdviz.methods.terms import Warmed, levels, pairs, taught, warm
from kdviz.nets.frequency_attention import Filters, windows
from kdviz.nets.maps import LIFTS, on_plane


@dataclass(frozen=True)
class _Params(Warmed):
    weight: Annotated[float, Range(0, 1000, None, "the filtered features' weight")] = 1.0
    depth: Annotated[str, Choice(("last", "all"), "which stages are matched")] = "last"
    lift: Annotated[str, Choice(LIFTS, "how a series becomes a plane; outer fills the whole spectrum")] = "repeat"
    side: Annotated[int, Range(0, 64, 1, "largest side of the plane, at most the teacher's map's; 0: the window")] = 0
    cuton: Annotated[float, Range(0, 1, 0.05, "share of the low frequencies that the mask removes")] = 0.1
    min_radius: Annotated[int, Range(0, 16, 1, "smallest radius of the removed block; small maps have 0 else")] = 1
    post: Annotated[str, Choice(("bn_relu", "none"), "what follows the filter; bn_relu is published")] = "bn_relu"
    parity: Annotated[bool, Switch("as published: no smallest radius, so small maps are not filtered")] = False


class Fam(Method):
    """MSE of the teacher's map and the student's map after frequency attention."""

    id = "fam"
    title = "FAM (frequency attention)"
    family = "frequencies"
    about = About(
        idea="The student's feature map is lifted to a plane, its spectrum filtered by learned complex weights without "
        "the lowest frequencies, and the result is trained to match the teacher's map.",
        equation=r"L = (1-\lambda)\,\mathrm{CE} + \lambda\,L_{KD} + w\,\mathrm{MSE}\!\left(\mathrm{FAM}(F_s), F_t"
        r"\right),\quad \mathrm{FAM}(x) = \gamma_1\,\Re\,\mathcal{F}^{-1}\!\left(h \odot W \mathcal{F}(x)\right) +"
        r" \gamma_2\,\mathrm{conv}_{1\times1}(x)",
        hands=(
            ("teachers", "feature maps", "student, through a learned filter"),
            ("teachers", "mean logits", "student"),
            ("labels", "class", "student"),
        ),
        papers=("Pham et al., Frequency Attention for Knowledge Distillation, WACV 2024, arXiv 2403.05894",),
        elsewhere="The paper's whole method reviews several levels in a cascade (fam_review). With `repeat` this is "
        "exactly fam1d, which needs far fewer weights.",
        cost="A complex filter per pair of channels and frequency of the window's plane, at most 16 MB in all; thrown "
        "away after training.",
        claims="Global patterns of the teacher's features, in frequency.",
    )
    Params = _Params

    def build(self, scene: Scene) -> None:
        """A filter for each teacher and matched stage, as large as the window, or as the teacher's map up to `side`."""
        p = self.params
        found = list(self._levels(scene.student, scene.teachers))
        self.sides, self.said = windows(found, 2)
        if p.side:
            self.sides, self.said = {key: min(theirs.shape[-1], p.side) for key, _, theirs in found}, ()
        least = 0 if p.parity else p.min_radius
        self.filters = Filters(self._matched(scene.student, scene.teachers), p.cuton, least, p.post)

    def _levels(self, student: Trace, teachers: Mapping[str, Trace]) -> Iterator[tuple[str, Tensor, Tensor]]:
        for name, one, other in pairs(student, teachers):
            for number, (mine, theirs) in enumerate(levels(one, other, self.params.depth)):
                yield f"{name} {number}", mine, theirs

    def _matched(self, student: Trace, teachers: Mapping[str, Trace]) -> Iterator[tuple[str, Tensor, Tensor]]:
        for key, mine, theirs in self._levels(student, teachers):
            side, how = self.sides[key], self.params.lift
            yield key, on_plane(mine, side, how), on_plane(theirs, side, how)

    def loss(self, step: Step) -> Losses:
        """Terms `ce`, `kd` and `fam`."""
        p, term = self.params, self.filters.apart(self._matched(step.student, step.teachers))
        return {**taught(step, p), "fam": p.weight * warm(step.clock, p.warmup) * term}

    def maps(self, step: Step) -> dict[str, Tensor]:
        """By teacher and stage: the filter, its mask, spectra before and after, both branches; (N, side, side)."""
        return self.filters.pictures(self._matched(step.student, step.teachers))

    def readouts(self, step: Step) -> dict[str, float]:
        """The learned rates of the global and the local branch."""
        return self.filters.rates()

    def remarks(self) -> tuple[str, ...]:
        """The radius of each mask, with a warning where it removes nothing; planes smaller than the window."""
        return (*self.filters.remarks(), *self.said)
