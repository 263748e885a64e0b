"""The loop of the second task: students follow frozen teachers on the normal part, one after the other, resumable."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import torch
from torch import Tensor

from kdviz.core.errors import UserError
from kdviz.core.events import Began, EpochEnded, Event
from kdviz.core.flow import Trace
from kdviz.core.params import fill
from kdviz.data.stretch import Stretch
from kdviz.methods.imitation import Imitation, Sized, imitation
from kdviz.nets.base import Branch
from kdviz.training.learner import State
from kdviz.training.recipe import Recipe
from kdviz.training.watched.watch_settings import EPOCHS, LEAST, Pair, layout_of, own_settings, pairs_from, settings_of
from kdviz.training.watched.watch_teachers import teacher_of
from kdviz.training.watched.watch_views import WatchedView, WatchedWindows, windows_of

RATE, DECAY = 3e-3, 1e-4
WARM, FIRST, LAST = 0.3, 1 / 25, 1e-4 / 25
CHUNK, LOOKED = 64, 48
Halt = Callable[[], bool]


@dataclass
class Watcher:
    """A pair at work: its view, the frozen teacher, the student, and what the teacher shows of the learned windows."""

    pair: Pair
    view: WatchedView
    teacher: Branch
    student: Imitation
    known: Trace
    seen: Tensor = field(repr=False)

    @property
    def dims(self) -> int:
        """1 for a line of time, 2 for an image."""
        return len(self.view.shape) - 1

    def trace(self, view: Tensor) -> Trace:
        """What the teacher shows of views (N, C, *grid)."""
        with torch.no_grad():
            found: Trace = self.teacher({self.pair.view: view})
        return found

    def apart(self, view: Tensor) -> Tensor:
        """Where student and teacher part (N, *grid); nothing learns from it."""
        with torch.no_grad():
            return self.student.eval().apart(view, self.trace(view))


@dataclass(frozen=True)
class Watched:
    """The last thing said: the pairs with their trained students, and the windows they watched."""

    watchers: tuple[Watcher, ...]
    windows: WatchedWindows
    seconds: float


def watcher(
    recipe: Recipe, number: int, windows: WatchedWindows, weights: Mapping[str, Tensor] | None = None
) -> Watcher:
    """A pair of a recipe, its student fresh from the seed; `weights` of its teacher where they are kept.

    With them nothing is to be learned, so the teacher is not shown the windows that students learn from.
    """
    pair, settings = pairs_from(recipe)[number], settings_of(recipe)
    kind = imitation(pair.method)
    view = WatchedView(pair.view, settings, windows, kind.length if pair.view == "signal" else 0)
    teacher = teacher_of(pair, view, windows, settings, recipe.seed, weights)
    seen = view.see(windows.at(windows.learned if weights is None else windows.learned[:2]))
    parts = [teacher({pair.view: seen[a : a + CHUNK]}) for a in range(0, len(seen), CHUNK)]
    known = _joined(parts)
    torch.manual_seed(recipe.seed * 1_009 + number)
    student = kind(fill(kind.Params, own_settings(recipe, pair.method)))
    student.build(Sized(view.shape, _part(known, torch.arange(2))))
    return Watcher(pair, view, teacher, student, known, seen)


def _joined(parts: list[Trace]) -> Trace:
    stages = tuple(torch.cat(each) for each in zip(*(p.stages for p in parts), strict=True))
    return replace(
        parts[0], stages=stages, embedding=torch.cat([p.embedding for p in parts]),
        logits=torch.cat([p.logits for p in parts]),
    )  # fmt: skip


def _part(trace: Trace, index: Tensor) -> Trace:
    stages = tuple(stage[index] for stage in trace.stages)
    return replace(trace, stages=stages, embedding=trace.embedding[index], logits=trace.logits[index])


def rate_at(share: float) -> float:
    """The learning rate's factor after a share of the steps: one cycle, up for 30 % and down to nearly nothing."""
    if share < WARM:
        return FIRST + (1 - FIRST) * (1 - math.cos(math.pi * share / WARM)) / 2
    return LAST + (1 - LAST) * (1 + math.cos(math.pi * (share - WARM) / (1 - WARM))) / 2


def watch(recipe: Recipe, stretch: Stretch, start: State | None, halt: Halt) -> Iterator[Event | State | Watched]:
    """Train every pair of a recipe on a stretch, telling events; a State after each epoch is all to go on from there.

    Marks are never read. Where `halt` says so it ends at once. Raises UserError where the stretch is not the recipe's.
    """
    if stretch.sha256 != recipe.data:
        raise UserError("This recording is not the one that the run was made for. Open that one again.")
    layout = layout_of(stretch, recipe.window, recipe.step)
    windows = windows_of(stretch, layout, recipe.seed, settings_of(recipe).level)
    watchers, seconds = list[Watcher](), float(start.words["seconds"]) if start else 0.0
    for number in range(len(pairs_from(recipe))):
        one = watcher(recipe, number, windows)
        done = _under(start, f"done.{one.pair.key}") if start else {}
        if done:
            one.student.load_state_dict(done)
        else:
            mine = start if start is not None and start.words["pair"] == number and "net" in _heads(start) else None
            for said in _follow(recipe, number, one, windows, watchers, mine, seconds):
                yield said
                if halt():
                    return
                seconds = float(said.words["seconds"]) if isinstance(said, State) else seconds
        watchers.append(one)
    yield Watched(tuple(watchers), windows, seconds)


def _follow(
    recipe: Recipe, number: int, one: Watcher, windows: WatchedWindows, done: list[Watcher], start: State | None,
    seconds: float,
) -> Iterator[Event | State]:  # fmt: skip
    kind, key = type(one.student), one.pair.key
    steps, batch = kind.steps[one.dims], kind.batch[one.dims]
    weights = [p for p in one.student.parameters() if p.requires_grad]
    optimiser = torch.optim.AdamW(weights, lr=RATE, weight_decay=DECAY, fused=True)
    first = 0
    if start is None:
        yield Began(key, EPOCHS, sum(p.numel() for p in weights), ((one.pair.method, EPOCHS),))
    else:
        first = start.epoch - number * EPOCHS
        one.student.load_state_dict(_under(start, "net"))
        _restore(optimiser, _under(start, "optimiser"))
    looked = _looked(one, windows)
    least = _Least(_under(start, "least"), float(start.words["least"])) if start and "least" in start.words else None
    for epoch in range(first + 1, EPOCHS + 1):
        began = time.perf_counter()
        torch.default_generator.manual_seed(recipe.seed * 1_000_003 + number * 1_009 + epoch)
        means, each = dict[str, float](), steps // EPOCHS
        one.student.train()
        for step in range(each):
            index = torch.randperm(len(one.seen))[:batch]
            terms = one.student.loss(one.seen[index], _part(one.known, index))
            for name, value in terms.items():
                means[name] = means.get(name, 0.0) + float(value.detach()) / each
            if not all(map(math.isfinite, means.values())):
                raise UserError(f"The loss became invalid in epoch {epoch} of {key}: choose another seed or method.")
            for group in optimiser.param_groups:
                group["lr"] = RATE * rate_at(((epoch - 1) * each + step) / steps)
            optimiser.zero_grad()
            torch.autograd.backward(list(terms.values()))
            optimiser.step()
        told = {name: _mean_apart(one, *views) for name, views in looked.items()}
        kept = recipe.selection == LEAST and (least is None or told["normal"] < least.apart)
        if kept:
            least = _Least(_copied(one.student.state_dict()), told["normal"])
        if epoch == EPOCHS:
            if least is not None:
                one.student.load_state_dict(least.weights)
            with torch.no_grad():
                one.student.eval().settle(looked["normal"][0], looked["normal"][1])
        seconds += time.perf_counter() - began
        yield EpochEnded(key, epoch, EPOCHS, one.pair.method, means, {}, {}, time.perf_counter() - began, kept, told)
        state = _state(number * EPOCHS + epoch, number, one, optimiser, done, seconds, last=epoch == EPOCHS)
        yield state if least is None or epoch == EPOCHS else _with_least(state, least)


@dataclass(frozen=True)
class _Least:
    """The weights of the epoch with the least mean discrepancy on the kept normal part so far, and that discrepancy."""

    weights: dict[str, Tensor]
    apart: float


def _with_least(state: State, least: _Least) -> State:
    tensors = {f"least.{k}": v for k, v in least.weights.items()}
    return replace(state, tensors={**state.tensors, **tensors}, words={**state.words, "least": least.apart})


def _copied(weights: Mapping[str, Tensor]) -> dict[str, Tensor]:
    return {k: v.detach().clone().contiguous() for k, v in weights.items()}


def _looked(one: Watcher, windows: WatchedWindows) -> dict[str, tuple[Tensor, Trace]]:
    """Some windows whose discrepancy is told by epoch: of the normal part that was kept, and of what follows it."""
    layout, found = windows.layout, {"normal": windows.kept[:LOOKED]}
    later = layout.scored[layout.scored >= layout.train_end]
    if later.size:
        at = later[np.unique(np.linspace(0, later.size - 1, LOOKED).astype(np.int64))]
        found["later"] = np.stack([np.arange(at.size) % len(windows.values), at], 1)
    out = {}
    for name, places in found.items():
        view = one.view.see(windows.at(places))
        out[name] = (view, one.trace(view))
    return out


def _mean_apart(one: Watcher, view: Tensor, trace: Trace) -> float:
    with torch.no_grad():
        return float(one.student.eval().apart(view, trace).mean())


def _state(
    epoch: int, number: int, one: Watcher, optimiser: torch.optim.Optimizer, done: list[Watcher], seconds: float,
    last: bool,
) -> State:  # fmt: skip
    """All that is needed to go on: the students that have learned, and the one at work with its optimiser."""
    tensors = {f"done.{w.pair.key}.{k}": v for w in done for k, v in w.student.state_dict().items()}
    place = f"done.{one.pair.key}" if last else "net"
    tensors |= {f"{place}.{k}": v for k, v in one.student.state_dict().items()}
    if not last:
        for index, moments in optimiser.state_dict()["state"].items():
            tensors |= {f"optimiser.{index}.{k}": v for k, v in moments.items()}
    words = {"pair": number + last, "seconds": seconds}
    return State(epoch, _copied(tensors), words)


def _restore(optimiser: torch.optim.Optimizer, kept: Mapping[str, Tensor]) -> None:
    moments: dict[int, dict[str, Tensor]] = {}
    for name, value in kept.items():
        number, key = name.split(".", 1)
        moments.setdefault(int(number), {})[key] = value.clone()
    if moments:
        optimiser.load_state_dict({"state": moments, "param_groups": optimiser.state_dict()["param_groups"]})


def _heads(state: State) -> set[str]:
    return {name.split(".", 1)[0] for name in state.tensors}


def _under(state: State, prefix: str) -> dict[str, Tensor]:
    return {n[len(prefix) + 1 :]: v for n, v in state.tensors.items() if n.startswith(f"{prefix}.")}
