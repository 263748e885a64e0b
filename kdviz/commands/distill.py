"""Teach a small model, from the command line."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path

from kdviz.commands.base import Command, ReadingBar, add_settings
from kdviz.commands.options import (
    add_device,
    add_knowledge,
    add_mapping,
    carry_out,
    device_of,
    knobs_of,
    knowledge_of,
    mapping_of,
    run_folder_for,
)


class Distill(Command):
    """Teachers, a student and its control, in one directory."""

    id = "distill"
    help = "train the teachers that are missing, distil a student, and its from-scratch control"

    def arguments(self, parser: ArgumentParser) -> None:
        """What to learn from, and how."""
        add_mapping(parser, with_settings=False)
        parser.add_argument("--method", default="kd", metavar="ID", help="see `python -m kdviz methods`")
        parser.add_argument("--teachers", metavar="signal,gaf,persistence", help="what the teachers see")
        parser.add_argument("--student", default="signal", metavar="signal|fusion")
        parser.add_argument("--epochs", type=int, metavar="E", help="passes over the training set, at most")
        parser.add_argument(
            "--quick", action="store_true", help="so many epochs and no more, with smaller teachers: a first look"
        )
        parser.add_argument("--seed", type=int, default=0, metavar="S")
        parser.add_argument("--selection", metavar="best|last", help="whose epoch is the answer")
        parser.add_argument("--out", required=True, type=Path, metavar="RUN_DIR")
        add_device(parser)
        add_knowledge(parser)
        add_settings(
            parser,
            "knobs: NAME, gaf.NAME, persistence.NAME, teacher.NAME, student.NAME; data.NAME for how the file is read",
        )

    def run(self, given: Namespace) -> int:
        """JSON lines while it runs; the last is the final record."""
        from kdviz.data.sources.open_data import open_with
        from kdviz.runs.store.datasets import keep
        from kdviz.runs.store.lineage import teachers_from
        from kdviz.training.defaults import Choices
        from kdviz.training.recipe_builder import recipe_for

        teachers = None if given.teachers is None else tuple(filter(None, given.teachers.split(",")))
        budget = "quick" if given.quick else None
        knows, device = knowledge_of(given), device_of(given)
        wish = Choices(given.method, teachers, given.student, given.epochs, given.seed, given.selection, knows, budget)
        bar, how = ReadingBar(), mapping_of(given, with_settings=False)
        data = open_with(given.source, given.unlabelled, how, bar, bar.heard)
        run = run_folder_for(
            given.out,
            recipe_for(data, wish, knobs_of(given), teachers_from(knows.teacher_runs, data)),
            data.name,
            dict(data.source),
            device,
        )
        keep(data)
        return carry_out(run, data, given.json)
