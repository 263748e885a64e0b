"""What is learned from: a data set seen through modalities, once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from kdviz.core.errors import UserError
from kdviz.core.flow import Views
from kdviz.core.params import Value
from kdviz.data.dataset import Dataset
from kdviz.modalities.base import Modality, modality

Part = tuple[dict[str, Tensor], Tensor]
See = Callable[[Dataset, Modality], NDArray[np.float32]]


@dataclass(frozen=True)
class EncodedData:
    """Views of every series by modality, the labels (N,), and the three index sets."""

    views: Views
    labels: Tensor
    splits: Mapping[str, Tensor]
    classes: int
    cut: dict[str, Part] = field(default_factory=dict)

    def part(self, split: str) -> Part:
        """Views and labels of one split, in the split's order; cut out once."""
        if split not in self.cut:
            index = self.splits[split]
            self.cut[split] = {name: view[index] for name, view in self.views.items()}, self.labels[index]
        return self.cut[split]

    @property
    def shapes(self) -> dict[str, tuple[int, ...]]:
        """(C, *grid) by modality."""
        return {name: tuple(view.shape[1:]) for name, view in self.views.items()}


def fitted(data: Dataset, views: Mapping[str, Mapping[str, Value]]) -> dict[str, Modality]:
    """The modalities with these settings, fitted on the training series."""
    eyes = {name: modality(name, settings) for name, settings in views.items()}
    for eye in eyes.values():
        eye.fit(data.X[data.train])
    return eyes


def encode(eyes: Mapping[str, Modality], series: NDArray[np.float32]) -> dict[str, Tensor]:
    """Series (N, C, T) through each modality, as tensors."""
    return {name: torch.from_numpy(eye.see(series)) for name, eye in eyes.items()}


def whole(data: Dataset, eye: Modality) -> NDArray[np.float32]:
    """All series through a modality, fitted to the training series."""
    eye.fit(data.X[data.train])
    return eye.see(data.X)


def prepare(data: Dataset, views: Mapping[str, Mapping[str, Value]], see: See = whole) -> EncodedData:
    """See the whole data set by `see`; raises UserError where nothing can be learned from it."""
    refuse_unlearnable(data)
    seen = {name: torch.from_numpy(see(data, modality(name, settings))) for name, settings in views.items()}
    splits = {name: torch.from_numpy(index) for name, index in data.splits.items()}
    return EncodedData(seen, torch.from_numpy(data.y), splits, len(data.classes))


def refuse_unlearnable(data: Dataset) -> None:
    """Raise UserError where there are fewer than two classes or too few series to learn and judge."""
    if not data.labelled or len(data.classes) == 0:
        raise UserError(
            f"{data.name} has no labels. Encoding works; distillation needs two classes: "
            "choose a label column on the Data page."
        )
    if len(data.classes) < 2:
        raise UserError(
            f"All series of {data.name} have class {data.classes[0]}. Encoding works; distillation needs two classes."
        )
    for name, index in data.splits.items():
        if index.size == 0 and name != "validation":
            raise UserError(f"The {name} set of {data.name} is empty: choose other shares for the split.")
    if np.unique(data.y[data.train]).size < 2:
        raise UserError(f"The training set of {data.name} holds one class only: choose another split.")
