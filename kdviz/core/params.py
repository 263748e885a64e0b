"""A knob is said once, with its bounds and its help; form, command line, docs and tests read it here."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import MISSING, asdict, dataclass, fields
from typing import Any, TypeVar, get_type_hints

from kdviz.core.errors import UserError

P = TypeVar("P")
Value = bool | int | float | str


@dataclass(frozen=True)
class Range:
    """A number from `low` to `high`."""

    low: float
    high: float
    step: float | None = None
    help: str = ""


@dataclass(frozen=True)
class Choice:
    """One of a few words."""

    options: tuple[str, ...]
    help: str = ""


@dataclass(frozen=True)
class Switch:
    """On or off."""

    help: str = ""


@dataclass(frozen=True)
class Text:
    """Free text of at most `most` characters, such as the name of a column."""

    help: str = ""
    most: int = 500


@dataclass(frozen=True)
class Knob:
    """One parameter in plain values: what a form, a flag or a table row is made of."""

    name: str
    kind: str
    default: Value
    help: str = ""
    low: float | None = None
    high: float | None = None
    step: float | None = None
    options: tuple[str, ...] = ()

    @property
    def allowed(self) -> str:
        """The allowed values as words."""
        if self.kind == "choice":
            return "one of " + ", ".join(self.options)
        if self.kind == "switch":
            return "on or off"
        if self.kind == "text":
            return f"text of at most {self.high:g} characters"
        what = "a whole number" if self.kind == "integer" else "a number"
        return f"{what} from {self.low:g} to {self.high:g}"

    def read(self, given: object) -> Value:
        """`given` (text or value) as this knob's value; raises UserError outside its bounds."""
        try:
            value = _READ[self.kind](self, given)
        except (ValueError, TypeError, OverflowError):
            value = None
        if value is None:
            raise UserError(f"{self.name} was {str(given)[:60]!r}; allowed is {self.allowed}.")
        return value


def _number(knob: Knob, given: object) -> Value | None:
    if isinstance(given, bool):
        return None
    value = float(given)  # type: ignore[arg-type]
    inside = math.isfinite(value) and knob.low is not None and knob.high is not None
    if not inside or not knob.low <= value <= knob.high:  # type: ignore[operator]
        return None
    if knob.kind == "integer":
        return int(value) if value == int(value) else None
    return value


def _choice(knob: Knob, given: object) -> Value | None:
    return str(given) if str(given) in knob.options else None


def _switch(knob: Knob, given: object) -> Value | None:
    words: dict[str, bool] = dict.fromkeys(("true", "on", "yes", "1"), True)
    words |= dict.fromkeys(("false", "off", "no", "0"), False)
    return words.get(str(given).lower())


def _text(knob: Knob, given: object) -> Value | None:
    return given if isinstance(given, str) and knob.high is not None and len(given) <= knob.high else None


_READ = {"number": _number, "integer": _number, "choice": _choice, "switch": _switch, "text": _text}


def knobs(params: type) -> tuple[Knob, ...]:
    """The knobs of a Params dataclass whose fields are Annotated[type, Range | Choice | Switch | Text]."""
    hints = get_type_hints(params, include_extras=True)
    return tuple(_knob(f.name, f.default, hints[f.name]) for f in fields(params))


def _knob(name: str, default: Any, hint: Any) -> Knob:
    if default is MISSING or not getattr(hint, "__metadata__", ()):
        raise TypeError(f"The knob {name!r} needs a default and a Range, Choice, Switch or Text.")
    kind, note = hint.__origin__, hint.__metadata__[0]
    if isinstance(note, Range):
        word = "integer" if kind is int else "number"
        return Knob(name, word, default, note.help, note.low, note.high, note.step)
    if isinstance(note, Choice):
        return Knob(name, "choice", default, note.help, options=note.options)
    if isinstance(note, Text):
        return Knob(name, "text", default, note.help, high=note.most)
    return Knob(name, "switch", default, note.help)


def fill(params: type[P], given: Mapping[str, object]) -> P:
    """Params from text or values; raises UserError for an unknown name or a value out of bounds."""
    known = {k.name: k for k in knobs(params)}
    for name in given:
        if name not in known:
            there = ", ".join(known) or "none"
            raise UserError(f"There is no setting {name[:60]!r} here. There are: {there}.")
    return params(**{name: known[name].read(value) for name, value in given.items()})


def pairs(words: Iterable[str]) -> dict[str, str]:
    """`KEY=VALUE` words as a mapping; raises UserError."""
    found: dict[str, str] = {}
    for word in words:
        key, equals, value = word.partition("=")
        if not equals or not key:
            raise UserError(f"A setting was {word[:60]!r}; write it as KEY=VALUE, for example gaf.size=32.")
        found[key] = value
    return found


def as_dict(params: object) -> dict[str, Value]:
    """Params as names and values, for a recipe."""
    return asdict(params)  # type: ignore[call-overload,no-any-return]


@dataclass(frozen=True)
class NoParams:
    """For what has no knobs."""
