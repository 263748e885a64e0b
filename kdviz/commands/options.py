"""What commands share: flags that say which data and how to read it, bringing a run to its end, arrays into a file."""

from __future__ import annotations

import shlex
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kdviz.commands.base import add_settings, refuse_folder, say
from kdviz.core.errors import UserError
from kdviz.core.params import pairs
from kdviz.training.device import ABOUT, DEVICES, refuse_missing_card

if TYPE_CHECKING:
    from kdviz.data.dataset import Dataset
    from kdviz.data.stretch import Stretch
    from kdviz.runs.store.run import Run
    from kdviz.training.knowledge import Knowledge
    from kdviz.training.recipe import Recipe
if TYPE_CHECKING:
    from kdviz.runs.analysis.opened_run import OpenedRun


def add_mapping(parser: ArgumentParser, with_settings: bool = True) -> None:
    """FILE_OR_SAMPLE and the mapping's flags."""
    parser.add_argument(
        "source",
        metavar="FILE_OR_SAMPLE",
        nargs="+",
        help="a path, a training and a test file, sample:gunpoint, ucr:Car (KDVIZ_UCR), aeon:, sktime: or tslearn:NAME",
    )
    for name, text in FLAGS.items():
        parser.add_argument(f"--{name}", metavar=name.upper(), help=text)
    if with_settings:
        add_settings(parser, "further settings of the mapping; a word alone is the column that says train or test")


def add_knowledge(parser: ArgumentParser) -> None:
    """The flags that say what student and teachers may know."""
    known = parser.add_argument_group("what the student may know")
    known.add_argument("--labels", type=int, default=0, metavar="K", help="so many labels a class, drawn by the seed")
    known.add_argument("--teacher-labels", default="same", metavar="same|all", help="whose labels teachers learn from")
    known.add_argument("--unlabelled", nargs="+", metavar="FILE", help="further training series, without labels")
    known.add_argument("--student-channels", metavar="A,B", help="channels that the student sees, by name or from 0")
    known.add_argument(
        "--teacher-channels", nargs="+", default=[], metavar="NAME=A,B", help="likewise of a teacher: signal=0,1,2"
    )
    known.add_argument("--noise", type=float, default=0.0, metavar="S", help="0.06, 0.09, 0.12 are published")
    known.add_argument("--missing", type=float, default=0.0, metavar="S", help="0.15, 0.22, 0.30 are published")
    known.add_argument("--degraded", default="both", metavar="both|student|test", help="where noise and gaps are")
    known.add_argument("--teacher-run", nargs="+", default=[], metavar="RUN", help="finished runs whose networks teach")


def add_device(parser: ArgumentParser) -> None:
    """The flag that says where networks train."""
    parser.add_argument(
        "--device", metavar="|".join(DEVICES), help=f"{ABOUT}; auto: a card where there is one and it is worth it"
    )


def device_of(given: Namespace) -> str:
    """The device that was asked for, if any; raises UserError where there is none such."""
    if given.device is None:
        return ""
    refuse_missing_card(given.device)
    return str(given.device)


def knowledge_of(given: Namespace) -> Knowledge:
    """What may be known, by the flags; runs that teach are taken into the home. Raises UserError."""
    from kdviz.runs.store.lineage import taken_in
    from kdviz.training.knowledge import knowledge_from

    channels = {name: _named(words) for name, words in pairs(given.teacher_channels).items()}
    return knowledge_from({
        "labels": given.labels, "teacher_labels": given.teacher_labels, "noise": given.noise, "missing": given.missing,
        "degraded": given.degraded, "student_channels": _named(given.student_channels or ""),
        "teacher_channels": channels, "teacher_runs": tuple(taken_in(word) for word in given.teacher_run),
    })  # fmt: skip


def _named(words: str) -> tuple[str, ...]:
    return tuple(filter(None, (word.strip() for word in words.split(","))))


OF_DATA = "data."
FLAGS = {
    "label": "column with the class",
    "time": "column with the time",
    "subject": "column with the subject or recording",
    "channels": "columns with the channels, separated by commas",
    "window": "window length in samples, or in seconds as 2.5s",
    "step": "window step in samples, or in seconds",
    "hz": "samples per second",
}
AS_SAID = {"hz": "rate"}


def mapping_of(given: Namespace, with_settings: bool = True) -> dict[str, Any] | None:
    """The mapping that was asked for, or None where nothing was."""
    said = {AS_SAID.get(n, n): getattr(given, n) for n in FLAGS if getattr(given, n) is not None}
    given_settings = pairs([pair if "=" in pair or not with_settings else f"set={pair}" for pair in given.settings])
    if with_settings:
        return {**said, **given_settings} or None
    return {**said, **{k.removeprefix(OF_DATA): v for k, v in given_settings.items() if k.startswith(OF_DATA)}} or None


def knobs_of(given: Namespace) -> dict[str, str]:
    """The settings that are not the mapping's: those of networks, methods and modalities."""
    return {k: v for k, v in pairs(given.settings).items() if not k.startswith(OF_DATA)}


def carry_out(run: Run, data: Dataset | Stretch, as_json: bool) -> int:
    """JSON lines while it runs; the last is the final record. Raises UserError where it fails or is another's."""
    from kdviz.core.files import Held
    from kdviz.runs.worker.job import work

    try:
        for event in work(run, data):
            tell(event.line(), as_json)
    except Held:
        raise UserError(f"Another process works on {run.folder}: wait for it, or choose another --out.") from None
    final = run.final or {}
    if final.get("event") == "failed":
        if as_json:
            say(final)
        raise UserError(str(final["sentence"]) + _gentler_line(run, final.get("retry", {})))
    say(final)
    return 0


def _gentler_line(run: Run, retry: Mapping[str, object]) -> str:
    """The line that tries what a failed run says to try."""
    if not retry:
        return ""
    words = ["python", "-m", "kdviz", "again", str(run.folder), "--set", *(f"{k}={v}" for k, v in retry.items())]
    return f" To do so: `{shlex.join(words)}`."


def tell(line: dict[str, object], as_json: bool) -> None:
    """One event; the final record is told at the end."""
    if line["event"] in ("finished", "failed"):
        return
    if as_json:
        say(line)
    elif line["event"] == "epoch":
        told = line["accuracy"] or line["readouts"]
        of = f"at most {line['epochs']}" if line.get("open") else line["epochs"]
        print(f"{line['who']:<12} epoch {line['epoch']} of {of}  {told}", file=sys.stderr)
    elif line["event"] == "learned":
        print(f"{line['who']:<12} {line['accuracy']}{' (reused)' * bool(line['reused'])}", file=sys.stderr)
    elif line["event"] == "noted":
        print(f"{line['who']:<12} {line['text']}", file=sys.stderr)


def take_back_stop(run: Run) -> None:
    """A run that was stopped or has failed goes on from where it was."""
    from kdviz.runs.store.run import ATTEMPTS, CANCEL, FINAL, RunState

    if run.state in (RunState.STOPPED, RunState.FAILED):
        for name in (CANCEL, FINAL, ATTEMPTS):
            (run.folder / name).unlink(missing_ok=True)


def add_run(parser: ArgumentParser, file: str) -> None:
    """The run, and where its arrays go."""
    parser.add_argument("run", metavar="RUN_DIR|ID", help="a run's directory, or its identity")
    parser.add_argument("--out", type=Path, metavar=file, help="write the arrays here")


def opened(word: str, out: Path | None) -> OpenedRun:
    """The run that a person names, opened; what cannot be written is refused before anything is computed."""
    from kdviz.runs.analysis.opened_run import open_for_looking
    from kdviz.runs.store.run import find_run

    if out is not None:
        refuse_folder(out)
    return open_for_looking(find_run(word))


def save(out: Path | None, arrays: Mapping[str, Any]) -> None:
    """Arrays as .npz, names as they are; nothing without a file."""
    import numpy as np

    if out is None:
        return
    plain: dict[str, Any] = {name: np.asarray(value) for name, value in arrays.items()}
    with out.open("wb") as file:
        np.savez(file, allow_pickle=False, **plain)


def class_named(one: OpenedRun, label: str | None) -> int | None:
    """A class's number by its label; raises UserError naming those there are."""
    classes = one.data.classes
    if label is None:
        return None
    if label not in classes:
        raise UserError(f"There is no class {label[:40]!r}. There are: {', '.join(classes[:20])}.")
    return classes.index(label)


def shapes(arrays: Mapping[str, Any]) -> dict[str, list[int]]:
    """The shape of every array by name."""
    return {name: list(value.shape) for name, value in arrays.items()}


def run_folder_for(out: Path, recipe: Recipe, name: str, source: dict[str, object], device: str = "") -> Run:
    """The run's directory: the same recipe goes on or is shown; another is refused."""
    from kdviz.runs.store.run import REQUEST, make, open_run

    if out.is_file():
        raise UserError(f"{out} is a file: name a directory for --out.")
    if out.is_dir() and any(out.iterdir()) and not (out / REQUEST).exists():
        raise UserError(f"{out} is not empty and holds no run: choose another --out.")
    if not (out / REQUEST).exists():
        return make(recipe, name, dict(source), out, made="by the command line", device=device)
    run = open_run(out)
    if run.identity != recipe.identity:
        raise UserError(f"{out} holds a run of another recipe ({run.recipe.method}): choose another --out.")
    take_back_stop(run)
    return make(recipe, name, dict(source), out, device=device)
