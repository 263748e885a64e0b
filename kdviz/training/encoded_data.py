"""What is learned from: a data set seen through modalities, once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from kdviz.core.errors import UserError
from kdviz.core.params import Value
from kdviz.data.dataset import Dataset
from kdviz.modalities.base import Modality, modality
from kdviz.training.knowledge import HIDDEN, as_seen, as_teacher, hidden, lent
from kdviz.training.recipe import Recipe
from kdviz.training.streamed_views import See, View, moved, part_of, view_of

Part = tuple[dict[str, View], Tensor]
CPU = torch.device("cpu")


@dataclass(frozen=True)
class EncodedData:
    """Views of every series by modality, the labels (N,), and the three index sets.

    Samples of a view lie on the device on which networks train; labels and index sets lie on the processor. Labels of
    training series that nobody may read are HIDDEN, below zero, whatever they were.
    """

    views: Mapping[str, View]
    labels: Tensor
    splits: Mapping[str, Tensor]
    classes: int
    cut: dict[str, Part] = field(default_factory=dict)
    device: torch.device = CPU

    def on(self, device: torch.device) -> EncodedData:
        """The same for networks on another device."""
        if device == self.device:
            return self
        return replace(self, views={m: moved(v, device) for m, v in self.views.items()}, cut={}, device=device)

    def part(self, split: str) -> Part:
        """Views and labels of one split, in their order, or of two (`train+validation`); small ones are cut once."""
        if split not in self.cut:
            index = torch.cat([self.splits[name] for name in split.split("+")])
            self.cut[split] = {name: part_of(v, index) for name, v in self.views.items()}, self.labels[index]
        return self.cut[split]

    @property
    def labelled(self) -> Tensor:
        """Places (k,) within the training split of the series whose label is known."""
        return torch.nonzero(self.part("train")[1] >= 0)[:, 0]

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


def prepare(
    data: Dataset, views: Mapping[str, Mapping[str, Value]], see: See = whole, fit: Dataset | None = None
) -> EncodedData:
    """See the whole data set by `see`, fitted to the training series of `fit`, its own unless given.

    Raises UserError where nothing can be learned from it.
    """
    refuse_unlearnable(data)
    seen = {name: view_of(data, modality(name, settings), see, fit or data) for name, settings in views.items()}
    splits = {name: torch.from_numpy(index) for name, index in data.splits.items()}
    return EncodedData(seen, torch.from_numpy(data.y), splits, len(data.classes))


@dataclass
class Materials:
    """What each network of a run learns from, as it sees it: one EncodedData for all that may know the same.

    whose   the data that a teacher from elsewhere has learned from, which its views were fitted to
    device  where they all train
    """

    data: Dataset
    recipe: Recipe
    see: See = whole
    whose: Callable[[Recipe], Dataset] | None = None
    made: dict[object, EncodedData] = field(default_factory=dict)
    device: torch.device = CPU

    def of(self, recipe: Recipe) -> EncodedData:
        """The material of the student's, a teacher's or the control's recipe; raises UserError where nothing can be
        learned from it."""
        key = self._key(recipe)
        if key not in self.made:
            views: dict[str, Mapping[str, Value]] = {}
            for one in (self.recipe, *self.recipe.teachers):
                if self._key(one) == key:
                    views |= {name: one.views[name] for name in one.sees}
            found = self._encoded(recipe, views or {name: recipe.views[name] for name in recipe.sees})
            self.made[key] = found.on(self.device)
        return self.made[key]

    def _key(self, recipe: Recipe) -> object:
        if lent(self.recipe, recipe):
            return recipe.identity
        worn = (recipe.noise, recipe.missing, recipe.degraded)
        drawn = recipe.seed if recipe.labels or recipe.noise or recipe.missing else 0
        return recipe.channels, recipe.labels, worn, drawn

    def _encoded(self, recipe: Recipe, views: Mapping[str, Mapping[str, Value]]) -> EncodedData:
        if self._key(recipe) == recipe.identity and self.whose is not None:
            fit = as_seen(self.whose(recipe), recipe)
            return prepare(as_seen(self.data, as_teacher(recipe, fit.channels)), views, through(fit), fit)
        seen = as_seen(self.data, recipe)
        material, hide = prepare(seen, views, self.see), np.ones(seen.train.size, bool)
        hide[: self.data.train.size] = hidden(self.data, recipe)
        if not hide.any():
            return material
        labels = material.labels.clone()
        labels[material.splits["train"][torch.from_numpy(hide)]] = HIDDEN
        return replace(material, labels=labels, cut={})


def through(fit: Dataset) -> See:
    """Seeing series through modalities that are fitted to other data's training series."""

    def see(data: Dataset, eye: Modality) -> NDArray[np.float32]:
        eye.fit(fit.X[fit.train])
        return eye.see(data.X)

    return see


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


UNHEARD = (
    "What the teachers answer has no share in this method (kd_share 0): of series without a label the student hears "
    "its own term alone. kd_share=0.7 lets it hear the answers too."
)


def remarks(recipe: Recipe, material: EncodedData) -> tuple[str, ...]:
    """What a run says of labels that are hidden: who heard them not, and which labels chose the epoch."""
    size, known = material.splits["train"].numel(), int(material.labelled.numel())
    if known == size:
        return ()
    rest = f"{known} of {size} training series have their label"
    if not recipe.teachers:
        return (f"{rest}; this network learns from those alone, in as many steps as if it heard of all.",)
    said: tuple[str, ...] = (f"{rest}; of the other {size - known} the teachers alone speak.",)
    if recipe.knobs.get("kd_share") == 0:
        said = (*said, UNHEARD)
    judged = material.splits["validation"].numel()
    if not judged:
        return said
    if recipe.selection == "last":
        chose = f"The {judged} validation labels drew curves and chose nothing: the answer is the last epoch."
    else:
        chose = (
            f"warning: {judged} labels of validation series chose the epoch, beside the {known} that were learned from."
        )
    return (*said, chose)
