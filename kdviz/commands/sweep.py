"""Many runs as one object."""

from __future__ import annotations

import os
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kdviz.commands.base import Command, add_settings, say
from kdviz.commands.options import FLAGS, add_device, add_knowledge, device_of, knobs_of, knowledge_of, mapping_of
from kdviz.core.errors import UserError
from kdviz.training.device import WISH

if TYPE_CHECKING:
    from kdviz.runs.sweeps.plan import Sweep as Laid
    from kdviz.runs.sweeps.scheduler import Bring


class Sweep(Command):
    """Methods x seeds x data x students."""

    id = "sweep"
    help = "run methods x seeds x data x students, teachers once; the same line again goes on where it was cut off"

    def arguments(self, parser: ArgumentParser) -> None:
        """What is swept over, and who works."""
        parser.add_argument(
            "sources",
            nargs="*",
            metavar="FILE_OR_SAMPLE",
            help="data sets (a training and a test file of one name are one); none: go on with --out",
        )
        parser.add_argument("--methods", default="kd,supervised", metavar="kd,aver,...")
        parser.add_argument("--seeds", default="0-5", metavar="0-5", help="0-5 or 0,1,2; fewer than 6 prove nothing")
        parser.add_argument("--students", default="signal:tiny", metavar="signal:tiny,fusion:small")
        parser.add_argument(
            "--teachers", default="signal,gaf,persistence", metavar="A,B", help="offered to every method"
        )
        parser.add_argument(
            "--teacher-combinations",
            action="store_true",
            help="each of these teachers alone, in pairs, and all of them",
        )
        parser.add_argument("--splits", metavar="0-4", help="cut each file's splits anew with these seeds, too")
        parser.add_argument("--epochs", type=int, metavar="E", help="passes over the training set, at most")
        parser.add_argument("--selection", metavar="best|last", help="whose epoch is the answer; else the method's")
        parser.add_argument("--workers", type=int, metavar="N", help="runs at once; else one per core but one")
        parser.add_argument("--budget", type=float, metavar="SECONDS", help="start no run after so long")
        parser.add_argument("--dask", metavar="tcp://HOST:PORT", help="on the workers of this cluster (or $KDVIZ_DASK)")
        parser.add_argument("--out", type=Path, metavar="SWEEP_DIR", help="the sweep's folder; else one in the home")
        for name, text in FLAGS.items():
            parser.add_argument(f"--{name}", metavar=name.upper(), help=text)
        add_device(parser)
        add_knowledge(parser)
        add_settings(
            parser, "knobs as for distill; METHOD.NAME concerns one method alone; data.NAME how files are read"
        )

    def run(self, given: Namespace) -> int:
        """A line for each run as it ends; the last says what became of the whole."""
        from kdviz.runs.store.run import RunState
        from kdviz.runs.sweeps.scheduler import ForegroundSweep

        if device := device_of(given):
            os.environ[WISH] = device  # whoever works for this sweep takes it
        laid = self.laid_out(given)
        laid.revive()
        state: str = RunState.STOPPED
        with workers(given) as (pool, bring, count):
            for line in ForegroundSweep(laid, pool, bring, count, given.budget).lines():
                self.tell(line, given.json)
                state = line.get("state", state)
        return 0 if state == RunState.FINISHED else 3

    def laid_out(self, given: Namespace) -> Laid:
        """The sweep that is asked for, made or found."""
        from kdviz.runs.store.datasets import keep
        from kdviz.runs.sweeps.plan import RECORD, numbers, open_sweep, parts

        if not given.sources:
            if given.out is None:
                raise UserError("Name data sets to sweep over, or with --out the folder of a sweep to go on with.")
            return open_sweep(given.out)
        from kdviz.runs.sweeps.grid import create, plan_for

        data = opened(given)
        for each in data:
            keep(each)
        plan = plan_for(
            data, methods=parts(given.methods), seeds=numbers(given.seeds),
            students=parts(given.students), teachers=parts(given.teachers), epochs=given.epochs,
            selection=given.selection, settings=knobs_of(given), knows=knowledge_of(given).as_dict(),
            combinations=given.teacher_combinations,
        )  # fmt: skip
        folder = given.out
        if folder and (folder / RECORD).exists() and open_sweep(folder).plan.identity != plan.identity:
            raise UserError(f"{folder} holds another sweep: choose another --out.")
        return create(plan, data, folder)

    def tell(self, line: dict[str, Any], as_json: bool) -> None:
        """One line, for programs or for people."""
        if as_json:
            say(line)
        elif line["event"] == "planned":
            print(
                f"{line['runs']} runs on {line['teachers_and_controls']} teachers and controls, {line['to_do']} to do"
            )
            for each in line["left_out"]:
                print(f"left out: {each['method']} with {each['student']}. {each['why']}")
        elif line["event"] == "run":
            scored = f"{line['accuracy'].get('test', float('nan')):.3f}" if line["accuracy"] else line["state"]
            left = "" if line["seconds_left"] is None else f"  about {line['seconds_left']:.0f} s to go"
            print(
                f"{line['done']:>4}/{line['of']}  {line['method']:<18} {line['student']:<14} seed {line['seed']:<4} "
                f"{line['data']:<16} {scored}{left}",
                flush=True,
            )
        else:
            print(f"{line['state']}: {line['states']}. Compare with `python -m kdviz compare {line['folder']}`")


def opened(given: Namespace) -> list[Any]:
    """The data sets that are named, each split wanted of each file."""
    from kdviz.data.sources.open_data import SAMPLE, open_with
    from kdviz.runs.sweeps.plan import numbers

    mapping = mapping_of(given, with_settings=False)
    found = []
    for source in together(given.sources):
        sample = source[0].startswith(SAMPLE)
        if given.splits is None or sample:
            found.append(open_with(source, given.unlabelled, None if sample else mapping))
        else:
            ways = [{**(mapping or {}), "seed": split} for split in numbers(given.splits)]
            found += [open_with(source, given.unlabelled, way) for way in ways]
    return found


def together(sources: Sequence[str]) -> list[list[str]]:
    """Files of one data set each: a training and a test file of one name are one, as they are for distill."""
    from kdviz.data.file_parts import part_of_name

    found: dict[tuple[str, ...], dict[str, str]] = {}
    for number, source in enumerate(sources):
        stem, part = part_of_name(source)
        key: tuple[str, ...] = (str(Path(source).parent / stem).lower(), *Path(source).suffixes[-1:])
        if not part or part in found.get(key, {}):
            key = (*key, str(number))
        found.setdefault(key, {})[part] = source
    return [list(parts.values()) for parts in found.values()]


@contextmanager
def workers(given: Namespace) -> Iterator[tuple[Executor, Bring, int]]:
    """Who works: processes of this machine, or a cluster."""
    from kdviz.runs.engine.executors import WHERE, cluster, local

    address = given.dask or os.environ.get(WHERE, "")
    with cluster(address) if address else local(given.workers) as found:
        yield found
