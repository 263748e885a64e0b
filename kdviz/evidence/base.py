"""What an extractor is: it looks at a network and says where the network looked."""

from __future__ import annotations

from typing import ClassVar

from torch import Tensor, nn

from kdviz.flow import Views
from kdviz.plugins import discover, pick


class Extractor:
    """One way to ask a network for its evidence. Raw values: normalising is the figure's choice."""

    id: ClassVar[str] = ""
    title: ClassVar[str] = ""
    idea: ClassVar[str] = ""
    paper: ClassVar[str] = ""
    caveat: ClassVar[str] = ""
    signed: ClassVar[bool] = False

    def look(self, net: nn.Module, views: Views, target: Tensor) -> dict[str, Tensor]:
        """Evidence for class `target` (N,), by modality that the network sees: (N, *grid) each, raw.

        `grid` is the map's own resolution: a feature map's, or the view's for input attributions.
        """
        raise NotImplementedError


def extractors() -> dict[str, type[Extractor]]:
    """Every extractor there is, by id."""
    return discover("kdviz.evidence", Extractor)


def extractor(name: str) -> Extractor:
    """The extractor called `name`; raises UserError."""
    return pick("kdviz.evidence", Extractor, name, "extractor")()
