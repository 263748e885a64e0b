"""What is judged of a network after an epoch: whether its weights are the answer, how good they are, where it looks.

Only validation data decide.
"""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from kdviz.core.checkpoint_rules import Last
from kdviz.core.events import Learned
from kdviz.evidence.cam import Cam
from kdviz.modalities.base import modalities
from kdviz.nets.base import Branch
from kdviz.nets.maps import on_line, resized
from kdviz.training.encoded_data import EncodedData
from kdviz.training.learner import Learner
from kdviz.training.teacher_cache import CHUNK

BINS = 48
FULL = 100
"""Points of a line where a network looks, and what its peak is."""


def judge(me: Learner, material: EncodedData, accuracy: dict[str, float], loss: float) -> bool:
    """Keep this epoch's weights under every selection that would; only validation data decide."""
    if not me.stage(me.epoch)[1]:
        return False
    moment = {"epoch": me.epoch, "accuracy": accuracy}
    reached = accuracy.get("validation", float(me.epoch))  # no validation set: nothing is better than the last epoch
    keep = me.best.judge(me.epoch, reached, loss).keep
    if keep:
        me.answer("best")
        me.moments["best"] = moment
    if me.recipe.optimism:
        _note_optimism(me, material)
    if Last().judge(me.epoch, reached).keep and me.epoch == me.last_epoch:
        me.answer("last")
        me.moments["last"] = moment
    return keep


def _note_optimism(me: Learner, material: EncodedData) -> None:
    reached = score(me.net, material, "test")
    if reached > me.moments.get("best_on_test", {}).get("test", -1.0):
        me.moments["best_on_test"] = {"epoch": me.epoch, "test": reached}


def learned(me: Learner, material: EncodedData, who: str) -> Learned:
    """The end of a training: both answers judged on every split, the test set among them for the only time."""
    if me.epoch < me.last_epoch:
        me.answer("last")
        me.moments["last"] = {"epoch": me.epoch, "accuracy": {}}
    me.answers.setdefault("best", me.answers["last"])
    if me.layers:
        me.layers.setdefault("best", me.layers["last"])
    me.moments.setdefault("best", me.moments["last"])
    last = _final(me, material, "last")
    same = me.moments["best"]["epoch"] == last["epoch"]
    choices = {"best": dict(last) if same else _final(me, material, "best"), "last": last}
    if "best_on_test" in me.moments:
        choices["best_on_test"] = me.moments["best_on_test"]
    answer = choices[me.recipe.selection]
    me.net.load_state_dict(me.answers[me.recipe.selection])
    pace = {"pace": me.pace.as_dict()} if me.pace else {}
    other = {"choices": choices, **pace}
    return Learned(who, answer["accuracy"], answer["epoch"], me.recipe.selection, me.seconds, other=other)


def _final(me: Learner, material: EncodedData, name: str) -> dict[str, Any]:
    me.net.load_state_dict(me.answers[name])
    judged = [split for split in material.splits if split == me.recipe.part or split not in me.recipe.part]
    accuracy = {split: score(me.net, material, split) for split in judged if material.splits[split].numel()}
    return {"epoch": me.moments[name]["epoch"], "accuracy": accuracy}


def score(net: Branch, material: EncodedData, split: str) -> float:
    """Accuracy on one split, 0..1; leaves the network in evaluation mode."""
    return weighed(net, material, split)[0]


def weighed(net: Branch, material: EncodedData, split: str) -> tuple[float, float]:
    """Accuracy, 0..1, and mean cross-entropy in nats on one split, of series whose label is known; leaves the network
    in evaluation mode."""
    index = material.splits[split]
    index = index[material.labels[index] >= 0]
    found, labels = logits(net, material, index), material.labels[index]
    hits = int((found.argmax(1) == labels).sum())
    return hits / max(index.numel(), 1), float(F.cross_entropy(found, labels)) if index.numel() else float("inf")


def logits(net: Branch, material: EncodedData, index: Tensor, chunk: int = CHUNK) -> Tensor:
    """Logits (n, classes) of the samples `index`, in evaluation mode, on the processor."""
    net.eval()
    with torch.no_grad():
        parts = [net({m: material.views[m][i] for m in net.modalities}).logits for i in torch.split(index, chunk)]
    return torch.cat(parts).cpu()


def epoch_look(net: Branch, material: EncodedData) -> dict[str, list[int]]:
    """By modality, the CAM of the first validation series for its class, along time, from -FULL to FULL at its peak.

    It is that series so that no test series is looked at while training goes on. An image without an axis of time
    (persistence) is left out. The network is in evaluation mode afterwards, and draws no random numbers.
    """
    split = "validation" if material.splits["validation"].numel() else "train"
    views, labels = material.part(split)
    net.eval()
    with torch.no_grad():
        trace = net({m: views[m][:1] for m in net.modalities})
        found = Cam().read(net, trace, labels[:1].clamp_min(0).to(material.device))
    return {name: _shares(one) for name, one in found.items() if one.dim() == 2 or _timed(name)}


def _timed(name: str) -> bool:
    """Whether the rows and columns of this image stand for time."""
    return modalities()[name]().spans(BINS) is not None


def _shares(maps: Tensor) -> list[int]:
    line = maps if maps.dim() == 2 else on_line(maps)
    line = resized(line[:, None], (min(BINS, line.shape[-1]),))[0, 0]
    peak = line.abs().max().clamp_min(torch.finfo(line.dtype).tiny)
    return [int(v) for v in torch.nan_to_num(FULL * line / peak).round()]
