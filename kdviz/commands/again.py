"""A run stopped, gone on with, or done again with changes."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import Any

from kdviz.commands.base import Command, add_settings, say
from kdviz.commands.options import add_device, carry_out, device_of, knobs_of, take_back_stop
from kdviz.core.errors import UserError


class Stop(Command):
    """Runs asked to stop."""

    id = "stop"
    help = "ask runs to stop, whoever trains them; what was learned is kept, and `again RUN` goes on"

    def arguments(self, parser: ArgumentParser) -> None:
        """Which runs."""
        parser.add_argument("runs", nargs="+", metavar="RUN_DIR_OR_ID")

    def run(self, given: Namespace) -> int:
        """What each was doing."""
        from kdviz.runs.store.run import find_run

        for run in [find_run(word) for word in given.runs]:
            state = run.state
            if run.final is None:
                run.cancel()
            say({"run": run.folder.name, "was": state})
        return 0


class Again(Command):
    """The same run to its end, or the same with changes as a new run."""

    id = "again"
    help = "go on with a run that was stopped or cut off; with changes (more epochs, another seed) a new run is made"

    def arguments(self, parser: ArgumentParser) -> None:
        """Which run, and what is different."""
        parser.add_argument("run", metavar="RUN_DIR_OR_ID")
        parser.add_argument("--method", metavar="ID")
        parser.add_argument("--teachers", metavar="signal,gaf,persistence")
        parser.add_argument("--epochs", type=int, metavar="E", help="a longer run has another schedule: it starts anew")
        parser.add_argument("--seed", type=int, metavar="S")
        parser.add_argument("--out", type=Path, metavar="RUN_DIR", help="the new run's directory; else one in the home")
        add_device(parser)
        add_settings(parser, "as for distill")

    def run(self, given: Namespace) -> int:
        """As distill does."""
        from kdviz.runs.store.datasets import reopen
        from kdviz.runs.store.lineage import teachers_from
        from kdviz.runs.store.run import DEVICE, find_run, make
        from kdviz.training.recipe_builder import recipe_for

        run = find_run(given.run)
        request = run.request
        data = reopen(run.recipe.data, request["source"], request["data"])
        device = device_of(given)
        changes = {n: v for n in ("method", "teachers", "epochs", "seed") if (v := getattr(given, n)) is not None}
        if changes or given.settings:
            wish, settings = changed(run, changes, knobs_of(given))
            recipe = recipe_for(data, wish, settings, teachers_from(wish.knows.teacher_runs, data))
            where = device or str(request.get(DEVICE, ""))
            run = make(recipe, request["data"], request["source"], given.out, "by the command line", device=where)
            if run.identity != recipe.identity:
                raise UserError(f"{given.out} holds a run of another recipe: choose another --out.")
        elif given.out:
            raise UserError("Without changes a run goes on where it is: leave --out away, or change something.")
        take_back_stop(run)
        make(run.recipe, request["data"], request["source"], run.folder, device=device)
        return carry_out(run, data, given.json)


def changed(run: Any, changes: dict[str, Any], knobs: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
    """The wish and the settings of a run, with changes; another method has knobs and a selection of its own."""
    from kdviz.runs.store.catalogue import remembered
    from kdviz.training.defaults import Choices
    from kdviz.training.knowledge import knowledge_from
    from kdviz.training.shell_command import said

    row = next((m for m in remembered()["methods"] if m["id"] == run.recipe.method), None)
    if row is None:
        raise UserError(f"There is no method {run.recipe.method[:40]!r} here: another version of kdviz has it.")
    wish, settings = said(run.recipe, row)
    if changes.get("method", wish["method"]) != wish["method"]:
        settings = {name: value for name, value in settings.items() if not name.startswith("method.")}
        wish["selection"] = None
    if "teachers" in changes:
        changes["teachers"] = [t for t in changes["teachers"].split(",") if t]
    whole = {**wish, **changes}
    knows = knowledge_from(whole.get("knows"))
    return Choices(**{**whole, "teachers": tuple(whole["teachers"]), "knows": knows}), {**settings, **knobs}
