"""The student alone, to run elsewhere: as ONNX, checked against torch, or as safetensors with its loader."""

from __future__ import annotations

import contextlib
import importlib.util
import io
import json
import tempfile
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from kdviz.core.errors import UserError
from kdviz.evidence.base import Positional, undisturbed
from kdviz.metrics.separability import evenly_spaced
from kdviz.modalities.signal import Signal
from kdviz.runs.analysis.opened_run import OpenedRun, open_for_looking
from kdviz.runs.store.run import Run

EXTRA = ("onnx", "onnxscript", "onnxruntime")
MISSING = (
    "ONNX needs packages that are not here: {names}. Install them with `pip install {names}`, or `pip install "
    "'kdviz[onnx]'` where kdviz itself is installed."
)
RAW = "series (series, channels, samples) as they were measured; their scale is inside"
VIEWS = "views (series, channels, *grid) as kdviz draws them: python -m kdviz encode, or kdviz.modality"
CHECKED = 64
FARTHEST = 1e-4
"""How far logits may be from torch's: beyond, no file is written."""


@dataclass(frozen=True)
class StudentFile:
    """A network's file.

    parity   the largest difference of its logits from torch's over `series` test series; None where nothing ran it
    """

    content: bytes
    parity: float | None
    series: int


class FromSeries(nn.Module):
    """A network of the signal alone with the signal's own scale before it: raw series (N, C, T) in, logits out."""

    def __init__(self, net: nn.Module, signal: Signal) -> None:
        super().__init__()
        self.net, self.how = net, str(signal.params.standardise)
        held = np.array([[0.0, 1.0]]) if signal.learned is None else signal.learned
        self.register_buffer("mean", torch.from_numpy(held[:, :1].copy()))
        self.register_buffer("spread", torch.from_numpy(held[:, 1:].copy()))

    def forward(self, *views: Tensor) -> Tensor:
        """Logits (N, classes) of raw series, alone where views would stand; as the signal's view is made: in double
        precision, what never changes becomes 0.
        """
        (series,), mean, spread = views, self.get_buffer("mean"), self.get_buffer("spread")
        if self.how == "window":
            mean = series.double().mean(2, keepdim=True)
            spread = (series.double() - mean).square().mean(2, keepdim=True).sqrt()
            spread = torch.where(spread > 0, spread, torch.ones_like(spread))
        view = series if self.how == "none" else ((series.double() - mean) / spread).float()
        logits: Tensor = self.net(view)
        return logits


def about(opened: OpenedRun) -> dict[str, str]:
    """What a file says of its network, in words: classes and channels by name, and the views that it reads."""
    net, mine, recipe = opened.networks["student"], opened.inputs["student"], opened.recipe
    return {
        "classes": json.dumps(list(opened.data.classes)),
        "channels": json.dumps([opened.data.channels[k] for k in mine.channels]),
        "rate": json.dumps(opened.data.rate),
        "input": VIEWS if _signal(opened) is None else RAW,
        "views": json.dumps({m: {"shape": mine.shapes[m], **recipe.views[m]} for m in net.modalities}),
        "output": "logits; softmax over the last axis gives probabilities",
        "run": opened.run.identity,
    }


def onnx_of(run: Run) -> StudentFile:
    """The student as ONNX, logits out, any number of series at once: of raw series where it sees the signal alone,
    whose scale is inside; of views, by their names, where it sees images, which kdviz draws.

    Raises UserError where the optional packages are not here, or the file's answers are not torch's.
    """
    absent = [name for name in EXTRA if importlib.util.find_spec(name) is None]
    if absent:
        raise UserError(MISSING.format(names=" ".join(absent)))
    opened = open_for_looking(run)
    net = opened.networks["student"]
    series = evenly_spaced(opened.data.test, CHECKED)
    mine, signal = opened.inputs["student"], _signal(opened)
    views = tuple(mine.views(series, names=net.modalities).values())
    module: nn.Module = Positional(net)
    given, names = views, net.modalities
    if signal is not None:
        module, given, names = FromSeries(module, signal), (torch.from_numpy(mine.series(series)),), ("series",)
    with undisturbed(net), tempfile.TemporaryDirectory() as folder:
        content = _written(module.eval(), given, names, Path(folder) / "student.onnx", about(opened))
        with torch.no_grad():
            expected = Positional(net)(*views).numpy()
        parity = max(_parity(content, names, given, expected, n) for n in (1, len(series)))
    if not parity <= FARTHEST:
        raise UserError(f"The file's logits are {parity:.1e} from torch's, which is too far: nothing was written.")
    return StudentFile(content, parity, len(series))


def _signal(opened: OpenedRun) -> Signal | None:
    """The signal's view, where the student sees nothing else."""
    seen = [opened.inputs["student"].modalities[m] for m in opened.networks["student"].modalities]
    return seen[0] if len(seen) == 1 and isinstance(seen[0], Signal) else None


def _written(
    module: nn.Module, views: tuple[Tensor, ...], names: tuple[str, ...], path: Path, words: dict[str, str]
) -> bytes:
    import onnx

    few = tuple(view[:2] for view in views)
    batch = torch.export.Dim("series", min=1)
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")  # what the exporter says of its own insides
        torch.onnx.export(
            module, few, path, input_names=list(names), output_names=["logits"], dynamo=True, verbose=False,
            dynamic_shapes=(tuple({0: batch} for _ in few),), external_data=False,
        )  # fmt: skip
    model = onnx.load(path)
    for name, word in words.items():
        entry = model.metadata_props.add()
        entry.key, entry.value = name, word
    onnx.checker.check_model(model)
    content: bytes = model.SerializeToString()
    return content


def _parity(content: bytes, names: tuple[str, ...], views: tuple[Tensor, ...], expected: Any, many: int) -> float:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
    given = {name: view[:many].numpy() for name, view in zip(names, views, strict=True)}
    return float(np.abs(session.run(["logits"], given)[0] - expected[:many]).max())


PLAIN = ("tiny", "small")
LOADER = '''"""The student of the file beside this one, with torch and safetensors alone: net(view) gives logits."""

import json
from pathlib import Path

from safetensors import safe_open
from torch import nn

with safe_open(Path(__file__).with_suffix(".safetensors"), "pt") as held:
    words, weights = held.metadata(), {name: held.get_tensor(name) for name in held.keys()}
classes, channels = json.loads(words["classes"]), json.loads(words["channels"])
plane = weights["body.0.0.weight"].ndim == 4
conv, norm = (nn.Conv2d, nn.BatchNorm2d) if plane else (nn.Conv1d, nn.BatchNorm1d)
layers = []
for k, stride in enumerate((2, 2, 1) if plane else (1, 1, 1)):
    out, wide, kernel = weights[f"body.{k}.0.weight"].shape[:3]
    layers += [conv(wide, out, kernel, stride, kernel // 2, bias=False), norm(out), nn.ReLU()]
layers += [nn.AdaptiveAvgPool2d(1) if plane else nn.AdaptiveAvgPool1d(1), nn.Flatten(), nn.Linear(out, len(classes))]
net, named = nn.Sequential(*layers), {}
for name, value in weights.items():
    part = name.split(".")
    place = 3 * int(part[1]) + int(part[2]) if part[0] == "body" else len(layers) - 1
    named[f"{place}.{part[-1]}"] = value
net.load_state_dict(named)
net.eval()
'''


def safetensors_of(run: Run) -> tuple[bytes, str]:
    """The student's weights with its words, and the Python that makes the network of them; raises UserError for a
    network that is not three plain convolutions."""
    from safetensors.torch import save

    opened = open_for_looking(run)
    net, recipe = opened.networks["student"], opened.recipe
    if recipe.architecture not in PLAIN or len(net.modalities) > 1:
        raise UserError(
            f"The loader of a page is for the networks {' and '.join(PLAIN)} before one view, and this student is "
            f"{recipe.architecture} before {', '.join(net.modalities)}: take ONNX (--onnx)."
        )
    weights = {name: each.contiguous() for name, each in net.state_dict().items()}
    return save(weights, metadata={**about(opened), "input": VIEWS}), LOADER
