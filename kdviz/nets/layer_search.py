"""What a module written elsewhere is made of: found by watching it and comparing values, never names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor, nn

from kdviz.core.errors import UserError

FIRST = (
    nn.modules.conv._ConvNd, nn.modules.batchnorm._NormBase, nn.GroupNorm, nn.modules.pooling._MaxPoolNd,
    nn.modules.pooling._AvgPoolNd, nn.modules.pooling._AdaptiveAvgPoolNd, nn.modules.pooling._AdaptiveMaxPoolNd,
)  # fmt: skip
"""Layers whose channels are the second axis; those of LAST have them as the last one."""
LAST = (nn.Linear, nn.LayerNorm, nn.MultiheadAttention, nn.TransformerEncoderLayer, nn.Embedding)
POINTWISE = (
    nn.modules.batchnorm._NormBase, nn.GroupNorm, nn.LayerNorm, nn.ReLU, nn.LeakyReLU, nn.ELU, nn.GELU, nn.SiLU,
    nn.Tanh, nn.Sigmoid, nn.PReLU, nn.ReLU6, nn.Hardswish, nn.Mish, nn.modules.dropout._DropoutNd, nn.Identity,
)  # fmt: skip
"""What only finishes the layer before it: the stage is what comes out at the end."""
MOST_STAGES = 8
MOST_DEPTH = 30
SIZES = (3, 2)
"""Batches of both sizes are watched: an axis that follows the size is the batch, however many tokens there are."""


@dataclass(frozen=True)
class Layers:
    """What was found.

    stages      dotted names of modules whose outputs are feature maps, from shallow to deep
    last        by stage: whether its channels are the last axis, as transformers have it
    head        the name of the linear layer that gives the logits; empty where none does
    pooled      whether that layer reads the mean over the places of the last stage: the CAM is exact
    rectified   whether it reads that of the stage's positive part: a ReLU that is no module comes between
    flattened   whether a linear layer reads every place of the last stage by its own weights
    recurrent   whether a recurrent layer carries what was seen before along
    """

    stages: tuple[str, ...]
    last: tuple[bool, ...]
    head: str
    pooled: bool
    flattened: bool
    recurrent: bool
    rectified: bool = False


@dataclass(frozen=True)
class _Call:
    """One call: its first argument and result as they were then, and which tensor in which state the result was."""

    name: str
    module: nn.Module
    given: Tensor | None
    out: Tensor | None
    mark: tuple[int, int]
    channels_last: bool
    after_recurrent: bool
    rectified: bool = False


def first_tensor(value: Any) -> Tensor | None:
    """The tensor of a module's output: itself, the first of a tuple or a record, or its `logits`."""
    if isinstance(value, Tensor):
        return value
    if isinstance(getattr(value, "logits", None), Tensor):
        return value.logits  # type: ignore[no-any-return]
    if isinstance(value, dict) and isinstance(said := value.get("logits"), Tensor):
        return said
    each = value.values() if isinstance(value, dict) else value if isinstance(value, list | tuple) else ()
    return next((found for one in each if (found := first_tensor(one)) is not None), None)


@contextmanager
def hooked(modules: Sequence[tuple[nn.Module, Callable[..., Any]]]) -> Iterator[None]:
    """Forward hooks that are gone afterwards, also after an error."""
    handles = [module.register_forward_hook(hook) for module, hook in modules]
    try:
        yield
    finally:
        for handle in handles:
            handle.remove()


def found_layers(module: nn.Module, view: Tensor, wanted: Sequence[str] = ()) -> Layers:
    """What a module in evaluation mode shows of a few views (N, C, *grid), or of the modules `wanted` by dotted name.

    Raises UserError where a wanted name is none, or shows no map.
    """
    calls, logits = _watched(module, view)
    maps = _maps(calls, view)
    if wanted:
        stages = [_wanted(name, module, calls, maps) for name in wanted]
    else:
        stages = []
    head = _head(calls, logits)
    pooled = None if head is None else _pooled(stages[-1:] if wanted else [*reversed(maps)], head)
    if not wanted:
        last = pooled or (maps[-1] if maps else None)
        stages = [] if last is None else _stages(maps, last)
    elif pooled is not None:
        stages[-1] = pooled
    flattened = bool(stages) and pooled is None and _is_flattened(calls, stages[-1])
    return Layers(
        tuple(each.name for each in stages),
        tuple(each.channels_last for each in stages),
        "" if head is None else head.name,
        pooled is not None,
        flattened,
        any(isinstance(each.module, nn.RNNBase) for each in calls),
        pooled is not None and pooled.rectified,
    )


def _watched(module: nn.Module, view: Tensor) -> tuple[list[_Call], Tensor]:
    """Every call inside one pass, in the order of their ends; only maps that follow the batch's size are kept apart."""
    sizes: list[list[_Call]] = []
    for size in SIZES:
        calls, logits = _once(module, view[:1].expand(size, *view.shape[1:]) if len(view) < size else view[:size])
        sizes.append(calls)
        if size == SIZES[0]:
            said = logits
    other = {each.name: each for each in sizes[1]}
    followed = []
    for each in sizes[0]:
        two, one = getattr(other.get(each.name), "out", None), each.out
        follows = one is not None and two is not None and bool(one.ndim) and (len(one), len(two)) == SIZES
        if follows or isinstance(each.module, nn.RNNBase):
            followed.append(each)
    return followed, said


def _once(module: nn.Module, view: Tensor) -> tuple[list[_Call], Tensor]:
    calls: list[_Call] = []
    alive: list[Tensor] = []
    layout = {"last": False, "recurrent": False}

    def note(name: str) -> Callable[..., None]:
        def hook(one: nn.Module, given: Any, out: Any) -> None:
            if isinstance(one, (*FIRST, *LAST)):
                layout["last"] = isinstance(one, LAST)
            layout["recurrent"] |= isinstance(one, nn.RNNBase)
            read, result = first_tensor(given), first_tensor(out)
            mark = (0, 0) if result is None else (id(result), result._version)
            alive.extend([] if result is None else [result])  # so that no other tensor gets its number
            was, became = (None if each is None else each.detach().clone() for each in (read, result))
            calls.append(_Call(name, one, was, became, mark, layout["last"], layout["recurrent"]))

        return hook

    inside = [(one, note(name)) for name, one in module.named_modules() if name]
    with hooked(inside), torch.enable_grad():  # a transformer's short cut, taken without gradients, calls no layer
        logits = first_tensor(module(view.detach().requires_grad_()))
    if logits is None or logits.ndim != 2 or len(logits) != len(view):
        shape = "nothing" if logits is None else tuple(logits.shape)
        raise UserError(
            f"A network must answer {len(view)} series with logits of shape ({len(view)}, classes); it gave {shape}."
        )
    return calls, logits


def _maps(calls: Sequence[_Call], view: Tensor) -> list[_Call]:
    """The calls that show a map (N, K, *grid) of more than one place, before any recurrent layer has mixed them."""
    often = Counter(each.name for each in calls)
    found = []
    for each in calls:
        out = each.out
        if out is None or out.ndim not in (3, 4) or not out.is_floating_point() or each.after_recurrent:
            continue
        places = out.shape[1] if each.channels_last and out.ndim == 3 else out[0, 0].numel()
        if often[each.name] == 1 and places > 1:
            found.append(each)
    return found


def _wanted(name: str, module: nn.Module, calls: Sequence[_Call], maps: Sequence[_Call]) -> _Call:
    if name not in dict(module.named_modules()):
        some = ", ".join(each.name for each in maps[:12])
        raise UserError(f"The network has no module {name[:60]!r}. Modules that show maps are: {some or 'none'}.")
    found = next((each for each in maps if each.name == name), None)
    if found is None:
        out = next((each.out for each in calls if each.name == name), None)
        shape = "no map" if out is None else f"values of shape {tuple(out.shape)}"
        raise UserError(
            f"The module {name[:60]!r} gives {shape}; a map is (series, channels, *places), given once in a pass. "
            f"Modules that show maps are: {', '.join(each.name for each in maps[:12]) or 'none'}."
        )
    return found


def _head(calls: Sequence[_Call], logits: Tensor) -> _Call | None:
    """The linear layer whose output is the logits."""
    for each in reversed(calls):
        said = each.out if isinstance(each.module, nn.Linear) and each.given is not None else None
        if said is not None and said.shape == logits.shape and torch.equal(said, logits):
            return each
    return None


def _pooled(calls: Sequence[_Call], head: _Call) -> _Call | None:
    """The map whose mean over places is what the head reads; with its channels where the mean finds them."""
    read = head.given
    for each in calls:
        out = each.out
        for last in (each.channels_last, not each.channels_last):
            if out is None or read is None or (last and out.ndim != 3):
                continue
            for rectified, maps in ((False, out), (True, out.relu())):
                mean = maps.mean(1) if last else maps.flatten(2).mean(2)
                if mean.shape == read.shape and torch.allclose(mean, read, atol=1e-5, rtol=1e-4):
                    return replace(each, channels_last=last, rectified=rectified)
    return None


def _is_flattened(calls: Sequence[_Call], last: _Call) -> bool:
    out = last.out
    linear = [each.given for each in calls if isinstance(each.module, nn.Linear) and each.given is not None]
    if out is None:
        return False
    forms = (out.flatten(1), out.movedim(1, -1).flatten(1))
    return any(read.shape == form.shape and torch.equal(read, form) for read in linear for form in forms)


def _stages(maps: Sequence[_Call], last: _Call) -> list[_Call]:
    """The last map and those of the modules beside it: of the modules that give this very map the outermost that has
    some beside it counts, else those beside a module that holds it."""
    same = sorted((each for each in maps if each.mark == last.mark), key=lambda each: each.name.count("."))
    homes = [(each, _parent(each.name)) for each in same]
    while (parent := homes[-1][1]) and len(homes) < MOST_DEPTH:
        homes.append((same[0], _parent(parent)))
    for each, parent in homes:
        before = maps[: next(k for k, one in enumerate(maps) if one.name == each.name)]
        inside = [one for one in before if _parent(one.name) == parent and not each.name.startswith(f"{one.name}.")]
        if inside:
            break
    after = [*inside, each][1:]
    found = [one for one, two in zip(inside, after, strict=True) if not _finished_by(one, two)]
    found.append(replace(each, channels_last=last.channels_last))
    keep = sorted({round(k * (len(found) - 1) / (MOST_STAGES - 1)) for k in range(MOST_STAGES)})
    return [found[k] for k in keep] if len(found) > MOST_STAGES else found


def _parent(name: str) -> str:
    return name.rpartition(".")[0]


def _finished_by(one: _Call, after: _Call) -> bool:
    same = one.out is not None and after.out is not None and one.out.shape == after.out.shape
    return isinstance(after.module, POINTWISE) and same
