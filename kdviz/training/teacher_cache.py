"""Frozen teachers see each training sample once; a method that reads their traces does not notice."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

import torch
from torch import Tensor

from kdviz.core.flow import Trace
from kdviz.nets.base import Branch
from kdviz.training.streamed_views import View

CHUNK = 64
"""Samples that pass a network at once without gradients: their feature maps fit a processor's cache. Of a GAF 256 at
once take half as long again, for the same bits."""

KEEP = 128 << 20
"""Bytes of a field of a teacher that are kept of all samples; what is larger is computed again for each batch, to the
same bits."""


class CachedTeacher:
    """A teacher in evaluation mode over the training views; fields are computed when first read, then kept."""

    def __init__(self, net: Branch, views: Mapping[str, View]) -> None:
        self.net = net.eval().requires_grad_(False)
        self.views = {m: views[m] for m in net.modalities}
        self.size = next(iter(self.views.values())).shape[0]
        self.kept: dict[str, Any] = {}

    def at(self, index: Tensor) -> Trace:
        """The trace of training samples `index`, taken from what was computed before."""
        return CachedTrace(self, index)

    def look(self, index: Tensor | slice) -> Trace:
        """Run the network now."""
        with torch.no_grad():
            trace: Trace = self.net({m: v[index] for m, v in self.views.items()})
        return trace

    def whole(self, field: str) -> Any:
        """One field over the whole training set; None where it is too large to keep."""
        if field not in self.kept:
            self.kept[field] = self._collect(field)
        return self.kept[field]

    def _collect(self, field: str) -> Any:
        first = getattr(self.look(slice(0, min(2, self.size))), field)
        if sum(t[0].numel() for t in _tensors(first)) * self.size * 4 > KEEP:
            return None
        whole = [t.new_empty((self.size, *t.shape[1:])) for t in _tensors(first)]
        for start in range(0, self.size, CHUNK):
            some = slice(start, start + CHUNK)
            for kept, part in zip(whole, _tensors(getattr(self.look(some), field)), strict=True):
                kept[some] = part  # parts that are joined at the end would be there twice for a moment
        return whole[0] if isinstance(first, Tensor) else tuple(whole)


class CachedTrace(Trace):
    """A trace whose fields are sliced from a frozen teacher's memory."""

    def __init__(self, source: CachedTeacher, index: Tensor) -> None:
        object.__setattr__(self, "_source", source)
        object.__setattr__(self, "_index", index)

    def _field(self, name: str) -> Any:
        source, index = self.__dict__["_source"], self.__dict__["_index"]
        if "_" + name not in self.__dict__:
            whole = source.whole(name)
            value = getattr(source.look(index), name) if whole is None else _slice(whole, index)
            object.__setattr__(self, "_" + name, value)
        return self.__dict__["_" + name]

    @property
    def stages(self) -> tuple[Tensor, ...]:
        """Feature maps."""
        return cast("tuple[Tensor, ...]", self._field("stages"))

    @property
    def embedding(self) -> Tensor:
        """Hidden vectors."""
        return cast(Tensor, self._field("embedding"))

    @property
    def logits(self) -> Tensor:
        """Logits."""
        return cast(Tensor, self._field("logits"))

    @property
    def head(self) -> Tensor:
        """The classifier's weight."""
        return self._one().head

    @property
    def bias(self) -> Tensor | None:
        """The classifier's bias."""
        return self._one().bias

    @property
    def parts(self) -> Mapping[str, Trace]:
        """Per-branch traces, computed now: teachers of one modality have none."""
        return self._now().parts

    @property
    def attention(self) -> Mapping[str, Tensor]:
        """Cross-attention, computed now."""
        return self._now().attention

    def _one(self) -> Trace:
        source = self.__dict__["_source"]
        if "one" not in source.kept:
            source.kept["one"] = source.look(slice(0, 1))
        return source.kept["one"]  # type: ignore[no-any-return]

    def _now(self) -> Trace:
        return self.__dict__["_source"].look(self.__dict__["_index"])  # type: ignore[no-any-return]


def _tensors(value: Any) -> list[Tensor]:
    return [value] if isinstance(value, Tensor) else list(value)


def _slice(whole: Any, index: Tensor) -> Any:
    return whole[index] if isinstance(whole, Tensor) else tuple(w[index] for w in whole)
