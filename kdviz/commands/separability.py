"""Which view tells the classes apart before anything is trained."""

from __future__ import annotations

import os
import re
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from typing import Any

from kdviz.commands.base import Command, ReadingBar, add_settings, say
from kdviz.commands.options import OF_DATA, add_mapping, mapping_of
from kdviz.core.errors import UserError

FINGERPRINT = re.compile(r"[0-9a-f]{64}")


class SeparabilityOf(Command):
    """Nearest neighbour and linear probe on the training set, view by view."""

    id = "separability"
    help = "how well each view tells the classes of the training set apart, before any training"

    def arguments(self, parser: ArgumentParser) -> None:
        """Which data, which views."""
        add_mapping(parser, with_settings=False)
        parser.add_argument("--to", metavar="gaf,signal", help="the modalities, separated by commas; all by default")
        add_settings(parser, "knobs of a modality, such as gaf.size=32; data.NAME says how the file is read")

    def run(self, given: Namespace) -> int:
        """One line a view, as soon as it is measured."""
        from kdviz.runs.engine.workers import MODEST

        os.nice(MODEST)
        for row in rows(given):
            if given.json:
                say(row)
            elif "neighbour" in row:
                print(sentence(row))
        return 0


def rows(given: Namespace) -> Iterator[dict[str, Any]]:
    """What is being measured, then what was found, view by view."""
    from kdviz.modalities.base import modalities
    from kdviz.runs.analysis.view_separability import measured

    names = given.to.split(",") if given.to else list(modalities())
    knobs = _knobs(given, names)
    data = _data(given)
    data.need_two_classes()
    for number, name in enumerate(names):
        yield {"modality": name, "done": number, "of": len(names)}
        found = measured(data, name, knobs[name])
        yield {"modality": name, "done": number + 1, "of": len(names), **found.as_dict()}


def sentence(row: dict[str, Any]) -> str:
    """One view's scores for a person."""
    words = [f"{row['modality']:<12}"]
    for key, title in (("neighbour", "nearest neighbour"), ("probe", "linear probe")):
        s = row[key]
        words.append(f"{title} {s['accuracy']:.1%} ({s['low']:.1%} to {s['high']:.1%}), chance {s['chance']:.1%}")
    return f"{'  '.join(words)}  {row['series']} series"


def _knobs(given: Namespace, names: list[str]) -> dict[str, dict[str, Any]]:
    from kdviz.core.params import as_dict, pairs
    from kdviz.modalities.base import modality

    said = {k: v for k, v in pairs(given.settings).items() if not k.startswith(OF_DATA)}
    strangers = [k for k in said if k.partition(".")[0] not in names]
    if strangers:
        raise UserError(f"{strangers[0][:40]!r} is a setting of none of {', '.join(names)}. Write it as gaf.size=32.")
    mine = {n: {k.partition(".")[2]: v for k, v in said.items() if k.startswith(f"{n}.")} for n in names}
    return {name: as_dict(modality(name, mine[name]).params) for name in names}


def _data(given: Namespace) -> Any:
    from kdviz.data.sources.open_data import open_data
    from kdviz.runs.store.datasets import store

    if len(given.source) == 1 and FINGERPRINT.fullmatch(given.source[0]):
        return store().get(given.source[0])
    return open_data(given.source, mapping_of(given, with_settings=False), (bar := ReadingBar()), bar.heard)
