"""How well each view of a data set tells its classes apart, measured once and kept by what it was measured on."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from kdviz.core import files
from kdviz.core.params import Value
from kdviz.data.dataset import Dataset
from kdviz.metrics import separability as own
from kdviz.metrics.separability import Separability, from_plain, separability, stratified
from kdviz.modalities.base import Modality, modality
from kdviz.runs.store import view_cache
from kdviz.runs.store.home import cache_home
from kdviz.runs.store.view_cache import cache_key

MOST_NUMBERS = 1 << 27
"""So many numbers of views are looked at, at most: half a gigabyte."""


def known(data: Dataset, name: str, settings: Mapping[str, Value]) -> Separability | None:
    """What was measured before, if it was."""
    path = _path(data, modality(name, settings))
    try:
        return from_plain(json.loads(path.read_bytes()))
    except (OSError, ValueError, TypeError, KeyError):
        return None


def measured(data: Dataset, name: str, settings: Mapping[str, Value] | None = None) -> Separability:
    """Measure the training set through one modality, or remember it; raises UserError where nothing can be told."""
    before = known(data, name, settings or {})
    if before is not None:
        return before
    data.need_two_classes()
    chosen = modality(name, settings or {})
    each = int(np.prod(chosen.shape(*data.X.shape[1:])))
    used = stratified(data.y, data.train, most=min(own.MOST_SERIES, max(2, MOST_NUMBERS // each)))
    groups = None if data.groups is None else data.groups[used]
    found = separability(view_cache.views_of(data, chosen, used), data.y[used], groups)
    path = _path(data, chosen)
    files.private(path.parent)
    files.write(path, json.dumps(found.as_dict()).encode(), durable=False)
    return found


def separability_of(data: Dataset, name: str, /, **knobs: Value) -> Separability:
    """How well the view `name` with these knobs tells the training set's classes apart; raises UserError."""
    return measured(data, name, knobs)


def _path(data: Dataset, chosen: Modality) -> Path:
    folder = cache_home() / "separability"
    version = hashlib.sha256(Path(own.__file__).read_bytes()).hexdigest()[:12]
    return folder / f"{cache_key(data, chosen)}-{version}.json"
