"""One training in its directory: from the newest checkpoint, with what is needed to look back and to go on."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from torch import Tensor

from kdviz.events import Event
from kdviz.nets.base import Branch
from kdviz.runs import checkpoints
from kdviz.runs.files import as_line, cut_torn, lines, write
from kdviz.runs.layout import EPOCHS, EVENTS
from kdviz.runs.store import Run
from kdviz.runs.weights import read_tensors, write_tensors
from kdviz.training.frozen import Frozen
from kdviz.training.learner import student_of
from kdviz.training.loop import Answers, Halt, Kept, train
from kdviz.training.material import Material
from kdviz.training.recipe import Recipe
from kdviz.training.state import State

SAVE_EVERY = 2.0
KEEP_BYTES = 48 << 20


def learn(
    run: Run, recipe: Recipe, material: Material, teachers: Mapping[str, Frozen], who: str, halt: Halt,
    first: Mapping[str, Tensor] | None = None,
) -> Iterator[Event]:  # fmt: skip
    """Train one network into the run's directory, from its newest checkpoint where there is one, else from `first`."""
    folder, saved = run.folder, time.monotonic()
    (folder / EPOCHS).mkdir(exist_ok=True)
    start = checkpoints.newest(folder)
    clear_log(folder, start.epoch if start else 0)
    if start is None:
        for stale in (folder / EPOCHS).glob("*.safetensors"):
            stale.unlink()
    latest = start
    try:
        for item in train(recipe, material, teachers, who, start, halt, first):
            if isinstance(item, State):
                latest = item
                if time.monotonic() - saved > SAVE_EVERY:
                    checkpoints.keep(folder, item)
                    saved = time.monotonic()
            elif isinstance(item, Kept):
                _look_back(folder, item, recipe.epochs)
            elif isinstance(item, Answers):
                _answer(folder, item, recipe)
            else:
                yield item
    except SystemExit:  # told to end: what was learned since the last checkpoint is worth one more
        if latest is not None:
            checkpoints.keep(folder, latest)
        raise


def _answer(folder: Path, found: Answers, recipe: Recipe) -> None:
    for name, weights in found.weights.items():
        write_tensors(folder / f"model-{name}.safetensors", weights, {"recipe": recipe.plain()})
    for name, layers in found.layers.items():
        write_tensors(folder / f"method-{name}.safetensors", layers, {"recipe": recipe.plain()})


def _look_back(folder: Path, kept: Kept, epochs: int) -> None:
    size = sum(t.numel() * t.element_size() for t in kept.weights.values())
    stride = max(1, -(-size * 34 // KEEP_BYTES))
    if kept.epoch in (0, epochs) or stride == 1 or kept.epoch % stride == 0:
        write_tensors(folder / EPOCHS / f"{kept.epoch:05d}.safetensors", kept.weights, durable=False)


def load_net(path: Path, recipe: Recipe, material: Material) -> Branch:
    """The recipe's network with the weights of a file, in evaluation mode."""
    net = student_of(recipe, material.shapes, material.classes)
    net.load_state_dict(read_tensors(path)[0])
    return net.eval()


def clear_log(folder: Path, epoch: int = 0) -> None:
    """Forget what was told of epochs after `epoch`: they are trained, and told, again."""
    path = folder / EVENTS
    cut_torn(path)
    told = list(lines(path))
    held = [e for e in told if not (e.get("who") == "student" and e.get("epoch", 0) > epoch)]
    held = [e for e in held if e.get("event") not in ("failed", "finished")]
    if epoch == 0:
        held = [e for e in held if e.get("who") != "student"]
    if len(held) < len(told):
        write(path, b"".join(as_line(event) for event in held))


def saved_epoch(folder: Path) -> int:
    """The epoch of the newest sound checkpoint; 0 where there is none."""
    start = checkpoints.newest(folder)
    return start.epoch if start else 0
