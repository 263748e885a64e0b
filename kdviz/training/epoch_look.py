"""Where a network looks at one fixed series, after each epoch, in a few numbers: what is drawn while it trains."""

from __future__ import annotations

import torch
from torch import Tensor

from kdviz.evidence.cam import Cam
from kdviz.modalities.base import modalities
from kdviz.nets.base import Branch
from kdviz.nets.maps import on_line, resized
from kdviz.training.encoded_data import EncodedData

BINS = 48
FULL = 100


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
