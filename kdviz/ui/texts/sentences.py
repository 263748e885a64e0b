"""Every sentence of the app, from one table a page beside this file; a translation is other such tables."""

from __future__ import annotations

from collections.abc import Mapping

from kdviz.ui.texts import (
    compare_texts,
    data_texts,
    distill_texts,
    encode_texts,
    evidence_texts,
    frequency_texts,
    learn_texts,
    runs_texts,
    shared_texts,
    start_texts,
    sweep_texts,
)
from kdviz.ui.texts.formatting import one_line, text

TABLES: dict[str, Mapping[str, str]] = {
    "shared": shared_texts.SENTENCES,
    "start": start_texts.SENTENCES,
    "data": data_texts.SENTENCES,
    "encode": encode_texts.SENTENCES,
    "distill": distill_texts.SENTENCES,
    "evidence": evidence_texts.SENTENCES,
    "frequency": frequency_texts.SENTENCES,
    "runs": runs_texts.SENTENCES,
    "sweep": sweep_texts.SENTENCES,
    "compare": compare_texts.SENTENCES,
    "learn": learn_texts.SENTENCES,
}
LONGEST_VALUE = 300
SIZES = {"tiny": "Tiny", "small": "Small", "wrn16-1": "WRN16-1", "wrn16-3": "WRN16-3"}


STUDENTS = {"signal": "the signal alone", "fusion": "signal and images"}


def merged(tables: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    """All tables as one; raises ValueError where two of them hold one key."""
    whole: dict[str, str] = {}
    for name, table in tables.items():
        if twice := sorted(whole.keys() & table.keys()):
            raise ValueError(f"{name}_texts says again what another table says already: {', '.join(twice)}.")
        whole |= table
    return whole


SENTENCES = merged(TABLES)


class Markdown(str):
    """Text that is Markdown already: `say` puts it into a sentence as it is."""


def say(key: str, /, **values: object) -> str:
    """A sentence as Markdown; text among `values` is shown as it is, never as markup, unless it is Markdown itself."""
    return Markdown(SENTENCES[key].format(**{name: _escaped(value) for name, value in values.items()}))


def say_plain(key: str, /, **values: object) -> str:
    """A sentence for places that take no markup: alternative texts, options of lists, heads of tables."""
    given = {name: one_line(v, LONGEST_VALUE) if isinstance(v, str) else v for name, v in values.items()}
    return SENTENCES[key].format(**given)


def _escaped(value: object) -> object:
    return text(value, LONGEST_VALUE) if isinstance(value, str) and not isinstance(value, Markdown) else value


def counted(count: int, one: str, many: str = "") -> str:
    """A number with its noun: `1 class`, `1,029 series`."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"
