"""A worker's whole task: train the teachers that are missing, the student, its control; remember everything."""

from __future__ import annotations

import contextlib
import errno
import time
from collections.abc import Iterator

import torch

from kdviz.data.dataset import Dataset
from kdviz.errors import UserError
from kdviz.events import Event, Failed, Learned, Noted
from kdviz.methods.base import method
from kdviz.params import fill
from kdviz.runs.attempts import begun, let_go
from kdviz.runs.encodings import encoded
from kdviz.runs.ending import close, ending, finished
from kdviz.runs.files import append_line, cut_torn, sweep_up
from kdviz.runs.layout import CONTROL, EVENTS, LOCK, TEACHERS
from kdviz.runs.learning import clear_log, learn, saved_epoch
from kdviz.runs.lock import locked
from kdviz.runs.others import Bench, Stopped, obtain
from kdviz.runs.store import Run
from kdviz.training.frozen import Frozen
from kdviz.training.loop import Diverged
from kdviz.training.material import prepare
from kdviz.training.recipe import Recipe

RESERVE = "reserve"
OUT_OF_MEMORY = (
    "This run needed more memory than it may have. Choose a smaller network, smaller images (gaf.size, "
    "persistence.resolution) or a smaller batch, and start again."
)


class DiskFull(UserError):
    """Nothing more can be written; the last checkpoint is kept."""

    def __init__(self) -> None:
        super().__init__("The disk is full. The last checkpoint is kept: free some space, and the run goes on from it.")


def work(run: Run, data: Dataset) -> Iterator[Event]:
    """Bring a run to its end, telling and recording every event.

    Raises Held where another worker has it, DiskFull where nothing more can be written: it can go on later.
    """
    folder = run.folder
    with locked(folder / LOCK):
        if run.final is not None:
            return
        try:
            sweep_up(folder)
            (folder / RESERVE).write_bytes(b"\0" * 16384)
            begun(run)
            clear_log(folder, saved_epoch(folder))
            for event in _told(run, data):
                append_line(folder / EVENTS, event.line())
                yield event
        except OSError as fault:
            if fault.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
                raise
            _say_full(run)
            raise DiskFull from None
        except SystemExit:
            let_go(run, "told to end")
            raise
        (folder / RESERVE).unlink(missing_ok=True)


def _say_full(run: Run) -> None:
    """Best effort: the reserve makes room for a few lines, unless it is not space that is short."""
    (run.folder / RESERVE).unlink(missing_ok=True)
    with contextlib.suppress(OSError):
        let_go(run, "disk full")
        cut_torn(run.folder / EVENTS)
        append_line(run.folder / EVENTS, Noted("student", str(DiskFull())).line())


def _told(run: Run, data: Dataset) -> Iterator[Event]:
    recipe, began = run.recipe, time.perf_counter()
    torch.set_num_threads(recipe.threads)
    done: dict[str, Learned] = {}
    try:
        bench = Bench(run, data, prepare(data, recipe.views, encoded))
        for event in _all(bench, recipe):
            if isinstance(event, Learned):
                done[event.who] = event
            yield event
        end: Event = finished(run, recipe, done, time.perf_counter() - began)
    except Stopped:
        end = ending(recipe, done, time.perf_counter() - began, "stopped")
    except Diverged as reason:
        end = Failed(str(reason), reason.epoch, {"rate": reason.rate})
    except UserError as reason:
        end = Failed(str(reason))
    except (MemoryError, RuntimeError) as fault:
        if isinstance(fault, RuntimeError) and not any(word in str(fault) for word in ("memory", "bad_alloc")):
            raise
        end = Failed(OUT_OF_MEMORY)
    close(run, end)
    yield end


def _all(bench: Bench, recipe: Recipe) -> Iterator[Event]:
    teachers: dict[str, Frozen] = {}
    views, _ = bench.material.part("train")
    for each in recipe.teachers:
        net = yield from obtain(bench, each, each.student, bench.run.folder / TEACHERS / f"{each.student}.safetensors")
        teachers[each.student] = Frozen(net, views)
    first = None
    if method(recipe.method)(fill(method(recipe.method).Params, recipe.knobs)).starts_trained():
        twin = yield from obtain(bench, recipe.scratch(), CONTROL, bench.run.folder / f"{CONTROL}.safetensors")
        first = twin.state_dict()
    yield from learn(bench.run, recipe, bench.material, teachers, "student", bench.halt, first)
    if recipe.control and recipe.method != "supervised" and not bench.halt():
        yield from obtain(bench, recipe.scratch(), CONTROL, bench.run.folder / f"{CONTROL}.safetensors")
