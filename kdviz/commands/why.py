"""Why a window of a watched recording stands out, from the command line."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from kdviz.commands.base import Command, say
from kdviz.commands.options import add_run, save, shapes


class Why(Command):
    """The discrepancy in every view, the feature that parts most, and blame by occlusion beside its random order."""

    id = "why"
    help = "why a window of a watched recording stands out: maps by view, and what the blame is worth"

    def arguments(self, parser: ArgumentParser) -> None:
        """Which run, and where in the recording."""
        add_run(parser, "maps.npz")
        parser.add_argument("--at", required=True, metavar="TIME", help="a sample's number, or a time on its clock")

    def run(self, given: Namespace) -> int:
        """Arrays named window, normal, signal.time, gaf.view, gaf.map, gaf.occlusion, ..."""
        from kdviz.commands.base import refuse_folder
        from kdviz.runs.analysis.watch_look import open_watch, why_here
        from kdviz.runs.store.run import find_run

        if given.out is not None:
            refuse_folder(given.out)
        opened = open_watch(find_run(given.run))
        found = why_here(opened, opened.stretch.sample_at(given.at))
        save(given.out, found.arrays)
        if given.json:
            say({**found.words, "out": str(given.out or ""), "arrays": shapes(found.arrays)})
            return 0
        words = found.words
        print(f"samples {words['from']:,} to {words['to']:,} ({words['time']}), channel {words['channel']}")
        print(f"nearest normal window: from sample {words['normal']:,}, {words['distance']:.2f} spreads away")
        for key, each in words["views"].items():
            half = len(found.arrays[f"{key}.deletion"]) // 2
            left, chance = (100 * found.arrays[f"{key}.{n}"][half] for n in ("deletion", "chance"))
            print(
                f"{key:<20} z {each['z']:.1f}; half replaced, most blamed first: {left:.0f} % of the discrepancy is "
                f"left, in random order {chance:.0f} %"
            )
        return 0
