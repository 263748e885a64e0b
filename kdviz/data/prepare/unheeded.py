"""Settings of a mapping where there are no columns: channels are chosen all the same, others are refused in words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from kdviz.core.errors import UserError
from kdviz.data.columns import Table
from kdviz.data.mapping import NOTHING, Mapping
from kdviz.data.raw import EVERY, Cases, Raw, Recording

OF_COLUMNS = ("label", "time", "subject", "id", "set", "dim", "value")
OF_FILES = {
    "head": "only text and workbooks have lines that a table could begin at",
    "sheet": "only workbooks have sheets",
    "join": "only several files or parts have channels to join",
    "folder": "only an archive, or several files at once, has folders",
}


OF_WINDOWS = ("window", "step", "rule", "gaps")
OF_TEXT = ("header", "separator", "decimal")
BINARY = ("npz", "npy", "NumPy", "MATLAB", "HDF5", "WAV", "WFDB", "EDF", "Parquet")
ARRAYS = ("npz", "npy", "NumPy", "MATLAB", "HDF5", "JSON")


def without_effect(raw: Raw, content: Cases | Recording, mapping: Mapping) -> tuple[str, ...]:
    """Sentences about settings that were given and change nothing for what was read."""
    given = [name for name in mapping.as_dict() if name not in raw.heeds]
    idle: list[tuple[tuple[str, ...], str]] = []
    if isinstance(content, Cases):
        idle.append((OF_WINDOWS, "whole series are read here, and only one recording is cut into windows"))
    if raw.heeds != EVERY and "sheet" not in raw.heeds and raw.form is None:
        idle.append((OF_TEXT, "only lines of text are cut into columns"))
    if raw.heeds != EVERY and not isinstance(raw.content, Table):
        idle.append((("layout", "bad_lines", "order"), "only a table has rows and columns"))
    if raw.heeds != EVERY and "sheet" not in raw.heeds and not raw.format.startswith(ARRAYS):
        idle.append((("member",), "only an archive, a workbook or a file of arrays has members"))
        idle.append((("axes",), "only arrays have axes"))
    if raw.format.startswith(BINARY):
        idle.append((("encoding",), "there is no text in this format"))
    found = [([n for n in names if n in given], why) for names, why in idle]
    return tuple(
        f"No effect of {', '.join(f'{n}={getattr(mapping, n)}' for n in names)}: {why}."
        for names, why in found
        if names
    )


def refuse_unheeded(raw: Raw, mapping: Mapping) -> None:
    """Raises UserError for a setting that means nothing for what was read."""
    for name, why in OF_FILES.items():
        if getattr(mapping, name) != getattr(Mapping(), name) and name not in raw.heeds:
            raise UserError(f"{name}={str(getattr(mapping, name))[:40]}: {why}; this is {raw.format}. Leave it out.")
    if isinstance(raw.content, Table):
        return
    for name in OF_COLUMNS:
        given = getattr(mapping, name)
        if given not in ("", NOTHING) and name not in raw.heeds:
            raise UserError(
                f"{name}={given[:40]}: {raw.format} has no columns to choose from as read here ({raw.why[:80]}). "
                f"Leave it out, or set {name}=-."
            )


def chosen(content: Cases | Recording, mapping: Mapping) -> Cases | Recording:
    """The wanted channels, without what the mapping says is not there; raises UserError for an unknown channel."""
    if isinstance(content, Cases) and not len(content.values):
        return content  # it is refused as empty
    count = content.values.shape[0] if isinstance(content, Recording) else content.values[0].shape[0]
    names = content.channels if len(content.channels) == count else ("",) * count
    places = [_place(w, names) for w in mapping.channel_names] or list(range(count))
    left = [_place(w, names) for w in mapping.ignored]
    places = [p for p in places if p not in left]
    if not places:
        raise UserError("No channel is left. Ignore fewer of them.")
    if places != list(range(count)):
        called = tuple(names[p] or f"channel {p + 1}" for p in places)
        if isinstance(content, Recording):
            content = replace(content, values=content.values[places], channels=called)
        else:
            content = replace(content, values=[np.asarray(v)[places] for v in content.values], channels=called)
    if mapping.label == NOTHING:
        content = replace(content, labels=None)
    if mapping.set == NOTHING:
        content = replace(content, parts=None)
    if mapping.subject == NOTHING:
        without = {"subjects": None} if isinstance(content, Recording) else {"groups": None}
        content = replace(content, **without)  # type: ignore[arg-type]
    return content


def _place(wanted: str, names: Sequence[str]) -> int:
    places = {"first": 0, "last": len(names) - 1}
    number = re.fullmatch(r"(?:#|channel |dimension )?(\d{1,6})", wanted)
    if wanted in names:
        return list(names).index(wanted)
    place = places.get(wanted, int(number[1]) - 1 if number else -1)
    if not 0 <= place < len(names):
        there = ", ".join(n[:30] or f"#{i + 1}" for i, n in enumerate(names[:12]))
        raise UserError(f"There is no channel {wanted[:40]!r}. There are: {there}; or use first, last, #1, #2.")
    return place
