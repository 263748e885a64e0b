"""kdviz: does the small model look where its teacher looks?

These names are for scripts and are kept; each is imported when it is first asked for. Modules below may move.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kdviz.data.sources.open_data import open_data
    from kdviz.live.own_networks import Recorder, compare
    from kdviz.metrics.perturbations import difference, transformed
    from kdviz.modalities.base import modality
    from kdviz.panels.draw import draw
    from kdviz.runs.analysis.view_separability import separability_of as separability
    from kdviz.runs.analysis.watch_answers import watched
    from kdviz.runs.publication.figure_sheet import figure
    from kdviz.runs.store.datasets import stored

__version__ = "0.1.0"
__all__ = [
    "Recorder",
    "compare",
    "difference",
    "draw",
    "figure",
    "modality",
    "open_data",
    "separability",
    "stored",
    "transformed",
    "watched",
]

_WHERE = {
    "Recorder": ("kdviz.live.own_networks", "Recorder"),
    "compare": ("kdviz.live.own_networks", "compare"),
    "difference": ("kdviz.metrics.perturbations", "difference"),
    "draw": ("kdviz.panels.draw", "draw"),
    "figure": ("kdviz.runs.publication.figure_sheet", "figure"),
    "modality": ("kdviz.modalities.base", "modality"),
    "open_data": ("kdviz.data.sources.open_data", "open_data"),
    "separability": ("kdviz.runs.analysis.view_separability", "separability_of"),
    "stored": ("kdviz.runs.store.datasets", "stored"),
    "transformed": ("kdviz.metrics.perturbations", "transformed"),
    "watched": ("kdviz.runs.analysis.watch_answers", "watched"),
}


def __getattr__(name: str) -> Any:
    """A public name, imported now (PEP 562); raises AttributeError for what is none."""
    if name not in _WHERE:
        raise AttributeError(f"module 'kdviz' has no name {name!r}; public are {', '.join(__all__)}")
    module, own = _WHERE[name]
    found = globals()[name] = getattr(import_module(module), own)
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
