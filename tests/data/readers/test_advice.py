"""What a sentence advises works: every setting that a warning, a note, a remedy or a refusal names is followed."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kdviz.core.errors import UserError
from kdviz.data.mapping import mapping_from
from kdviz.data.raw import File
from kdviz.data.sources import parser_child
from tests.data.readers import awkward, habits
from tests.data.tables import layouts

NAMED = re.compile(r"\b([a-z_]{2,15})=([\w#.+,-]{1,40})")
LARGE = 3_000_000


def files() -> dict[str, bytes]:
    made = {a.name: a.make() for a in awkward.FILES if not a.name.startswith("bomb")}
    every = {**made, **{n: d for n, (d, _) in (layouts.FILES | habits.FILES).items()}}
    return {n: d for n, d in every.items() if len(d) < LARGE}


def advised(sentence: str) -> Iterator[tuple[str, str]]:
    """The settings that a sentence names with a value: rate=HZ is to be filled in, and is none."""
    for name, value in NAMED.findall(sentence):
        bare = value.rstrip(".,")
        if bare.isupper() or not bare:
            continue
        try:
            mapping_from({name: bare})
        except UserError:
            continue
        yield name, bare


def test_every_advice_works_when_it_is_followed() -> None:
    followed, broken = 0, []
    for name, data in files().items():
        try:
            found = parser_child.opened([File(name, data)], mapping_from({}))
            said = [*found.dataset.warnings, *found.notes, *(r for f in found.findings for r in f.remedies)]
            said += [found.surety["setting"]] if found.surety else []
        except UserError as why:
            said = [str(why)]
        for setting, value in {pair for sentence in said for pair in advised(sentence)}:
            followed += 1
            try:
                parser_child.opened([File(name, data)], mapping_from({setting: value}))
            except UserError as why:
                broken.append(f"{name}: {setting}={value}: {why}")
    assert followed > 120 and not broken, "\n".join(broken)
