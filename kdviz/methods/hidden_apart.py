"""Hidden vectors without labels: kdviz's own line: where the student cannot follow is the anomaly."""

from __future__ import annotations

from typing import ClassVar

from torch import Tensor

from kdviz.core.flow import Losses, Trace
from kdviz.methods.base import About
from kdviz.methods.imitation import Imitation, Maps, Sized, vector_apart
from kdviz.nets.adapters import projector
from kdviz.nets.pretrained.encoder import Encoder


class HiddenApart(Imitation):
    """A student half as wide must have the teacher's hidden vector, up to a linear map without bias."""

    id = "hidden"
    title = "Hidden vectors"
    about = About(
        idea="The student's hidden vector of a normal window must be the teacher's; how far it is off is the score.",
        equation=r"L = \mathrm{MSE}(P h_s, h_t),\quad h = \mathrm{GAP}(F)",
        hands=(("frozen teacher", "hidden vector", "student, projected"),),
        papers=("Park & Jang, Enhancing Time Series Anomaly Detection, Sensors 24(24):8169, 2024",),
        elsewhere="The one line that kdviz grew from; the paper itself distils in reverse, on GAF images.",
        cost="The cheapest: one small encoder.",
        claims="Which window, not where inside it.",
    )
    watches = ("signal",)
    placed: ClassVar[bool] = False

    def build(self, scene: Sized) -> None:
        """An encoder half as wide as the teacher, and the linear map."""
        wide = [max(4, t.shape[1] // 2) for t in scene.teacher.stages]
        self.student = Encoder("view", scene.dims, scene.shape[0], wide)
        self.bridge = projector(wide[-1], scene.teacher.embedding.shape[1])

    def both(self, view: Tensor, teacher: Trace) -> tuple[Maps, Maps]:
        """The deepest maps: the linear map and GAP may change places."""
        deep = self.student({"view": view}).stages[-1]
        return (teacher.stages[-1],), (self.bridge(deep.movedim(1, -1)).movedim(-1, 1),)

    def loss(self, view: Tensor, teacher: Trace) -> Losses:
        """Term `hidden`."""
        return {"hidden": self._each(view, teacher).mean()}

    def apart(self, view: Tensor, teacher: Trace) -> Tensor:
        """One number a window: (N, 1)."""
        return self._each(view, teacher)[:, None]

    def _each(self, view: Tensor, teacher: Trace) -> Tensor:
        return vector_apart(self.bridge(self.student({"view": view}).embedding), teacher.embedding)
