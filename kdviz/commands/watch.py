"""Watch a recording for where a student cannot follow its teacher, from the command line."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path

from kdviz.commands.base import Command, add_settings
from kdviz.commands.options import OF_DATA, add_mapping, carry_out, knobs_of, mapping_of, run_folder_for


class Watch(Command):
    """Students that learn a recording's normal part, every sample scored, controls beside; marks are not read."""

    id = "watch"
    help = "watch one long recording: where students that learned its normal part cannot follow their teachers"

    def arguments(self, parser: ArgumentParser) -> None:
        """What to watch, with what."""
        add_mapping(parser, with_settings=False)
        parser.add_argument(
            "--train-end", default="", metavar="N|SHARE|TIME",
            help="where normal ends: samples (2100), a share (0.3), a time; `whole` where no normal part is known",
        )  # fmt: skip
        parser.add_argument("--views", metavar="signal,gaf,persistence", help="what is looked at")
        parser.add_argument("--method", metavar="hidden,stfpm,rd,ead", help="how students follow; a view each")
        parser.add_argument(
            "--selection", default="last", metavar="last|least",
            help="whose student answers: the last epoch's, or that of least discrepancy on the kept normal part",
        )  # fmt: skip
        parser.add_argument("--seed", type=int, default=0, metavar="S")
        parser.add_argument("--out", required=True, type=Path, metavar="RUN_DIR")
        add_settings(
            parser,
            "gaf.teacher, gaf.range, gaf.reading, quantile, above ...: see docs/watch.md; data.NAME for how the file "
            "is read",
        )

    def run(self, given: Namespace) -> int:
        """JSON lines while it runs; the last is the final record."""
        from kdviz.core.errors import UserError
        from kdviz.data.sources.open_data import open_recording
        from kdviz.runs.store.datasets import keep_stretch
        from kdviz.training.watched.watch_teachers import watch_recipe_for

        window, step = given.window, given.step
        given.window = given.step = None  # of what is watched, not of how series are cut
        mapping = mapping_of(given, with_settings=False)
        for name, text in (("window", window), ("step", step)):
            if text is not None and not text.isdecimal():
                raise UserError(f"The {name} was {text[:20]!r}; give a number of samples.")
        knobs = {k: v for k, v in knobs_of(given).items() if not k.startswith(OF_DATA)}
        stretch = open_recording(given.source, mapping, given.train_end)
        recipe = watch_recipe_for(
            stretch, _words(given.views), _words(given.method), knobs, given.seed, int(window or 0), int(step or 0),
            given.selection,
        )  # fmt: skip
        run = run_folder_for(given.out, recipe, stretch.name, dict(stretch.source))
        keep_stretch(stretch)
        return carry_out(run, stretch, given.json)


def _words(text: str | None) -> tuple[str, ...]:
    return tuple(filter(None, (text or "").split(",")))
