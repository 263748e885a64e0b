"""A stand-in for a graphics card: tensors moved to one stay where they are and carry a mark, and the marked and the
unmarked must not meet in one operation, as on a card they could not."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

from kdviz.training import device

CUDA = torch.device("cuda")
ACROSS = {"__getitem__", "copy_", "__set__", "backward", "grad", "_fused_adamw_", "_foreach_add_"}
"""What takes tensors of two places: numbers of rows lie on the processor, and gradients are made where no mark is."""


class CardProxy(TorchFunctionMode):
    """Marks what is on the card."""

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = dict(kwargs or {})
        name = getattr(func, "__name__", "")
        given = list(_tensors((args, kwargs)))
        if name == "__get__" and func == Tensor.device.__get__:  # type: ignore[attr-defined]
            return CUDA if _marked(args[0]) else func(*args, **kwargs)
        if name in ("to", "cpu"):
            return _moved(func, args, kwargs)
        if name == "numpy" and _marked(args[0]):
            raise RuntimeError(f"{name} of a tensor that lies on a card")
        made_there = _is_cuda(kwargs.get("device"))
        if made_there:
            kwargs["device"] = "cpu"
        marks = {_marked(t) for t in given if t.dim()}
        if len(marks) == 2 and name not in ACROSS:
            raise RuntimeError(f"{name} of tensors on two devices: {[(tuple(t.shape), _marked(t)) for t in given]}")
        out = func(*args, **kwargs)
        there = _marked(args[0]) if name == "__getitem__" else made_there or any(map(_marked, given))
        if there and name != "__set__":
            for tensor in _tensors(out):
                tensor.on_card = True
        return out


@contextmanager
def card(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A machine with a card."""
    move: Callable[..., Any] = nn.Module.to

    def to(module: nn.Module, place: Any) -> nn.Module:
        if not _is_cuda(place):
            return move(module, place)  # type: ignore[no-any-return]
        for tensor in (*module.parameters(), *module.buffers()):
            tensor.on_card = True  # type: ignore[attr-defined]
        return module

    with monkeypatch.context() as patched:
        patched.setattr(device, "sees_card", lambda: True)
        patched.setattr(torch.cuda, "get_device_name", lambda place: "a stand-in")
        patched.setattr(nn.Module, "to", to)
        with CardProxy():
            yield


def _moved(func: Any, args: Any, kwargs: Any) -> Any:
    places = [a for a in (*args[1:], *kwargs.values()) if isinstance(a, torch.device | str)]
    if not places and func.__name__ == "to":
        return func(*args, **kwargs)
    there = any(map(_is_cuda, places))
    out = args[0].clone()
    if there:
        out.on_card = True
    elif hasattr(out, "on_card"):
        del out.on_card
    return out


def _is_cuda(place: Any) -> bool:
    return str(place).startswith("cuda")


def _marked(tensor: Any) -> bool:
    return "on_card" in getattr(tensor, "__dict__", {})


def _tensors(value: Any) -> Iterable[Any]:
    if isinstance(value, Tensor):
        yield value
    elif isinstance(value, dict):
        yield from _tensors(list(value.values()))
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _tensors(each)
