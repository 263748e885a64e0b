"""A worker's whole task: train the teachers that are missing, the student, its control; remember everything."""

from __future__ import annotations

import contextlib
import errno
import resource
import time
from collections.abc import Iterator, Mapping

import torch

from kdviz.core.errors import UserError
from kdviz.core.events import Event, Failed, Learned, Noted
from kdviz.core.files import append_line, cut_torn, locked, sweep_up
from kdviz.core.params import fill
from kdviz.data.dataset import Dataset
from kdviz.data.stretch import Stretch
from kdviz.methods.base import method
from kdviz.modalities.base import modality
from kdviz.nets.base import Branch
from kdviz.runs.index.opened_indexes import note
from kdviz.runs.store.attempts import record_leave, record_start
from kdviz.runs.store.final_record import CONTROL, TWIN, remarks_on_teachers
from kdviz.runs.store.home import hosted, run_seconds
from kdviz.runs.store.lineage import data_of_teacher
from kdviz.runs.store.run import DEVICE, EVENTS, LOCK, Run, RunState
from kdviz.runs.store.view_cache import encoded
from kdviz.runs.worker.checkpoints import close, ending, finished
from kdviz.runs.worker.networks import (
    NetworkContext,
    NotTrained,
    Stopped,
    clear_log,
    pace_of,
    saved_epoch,
    train_network,
)
from kdviz.runs.worker.second_worker import SAID, Parts, SecondWorker, parts_of, roles_beside
from kdviz.runs.worker.watch_job import clear_watch_log, watch_events
from kdviz.training.device import device_for, wished
from kdviz.training.encoded_data import CPU, Materials
from kdviz.training.loop import Diverged
from kdviz.training.recipe import Recipe
from kdviz.training.teacher_cache import CachedTeacher

RESERVE = "reserve"
OUT_OF_MEMORY = (
    "This run needed more memory than it may have. Choose a smaller network, smaller images (gaf.size, "
    "persistence.resolution) or a smaller batch, and start again."
)
TIME_OVER = (
    "warning: On this host a run trains for at most {minutes:g} minutes, and this one was ended then. What it had "
    "learned is kept: Continue takes it further, or run kdviz on a machine of your own."
)
ONE_THREAD = "This host trains with one thread; the recipe's {threads} would give other last bits, and no other result."


Shapes = Mapping[str, tuple[int, ...]]


class DiskFull(UserError):
    """Nothing more can be written; the last checkpoint is kept."""

    def __init__(self) -> None:
        super().__init__("The disk is full. The last checkpoint is kept: free some space, and the run goes on from it.")


def work(run: Run, data: Dataset | Stretch) -> Iterator[Event]:
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
            record_start(run)
            note(run)
            if isinstance(data, Stretch):
                clear_watch_log(run)
            else:
                clear_log(folder, saved_epoch(folder))
            for event in _events(run, data):
                append_line(folder / EVENTS, event.line())
                yield event
        except OSError as fault:
            if fault.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
                raise
            _note_full_disk(run)
            raise DiskFull from None
        except SystemExit:
            record_leave(run, "told to end")
            raise
        (folder / RESERVE).unlink(missing_ok=True)


def _note_full_disk(run: Run) -> None:
    """Best effort: the reserve makes room for a few lines, unless it is not space that is short."""
    (run.folder / RESERVE).unlink(missing_ok=True)
    with contextlib.suppress(OSError):
        record_leave(run, "disk full")
        cut_torn(run.folder / EVENTS)
        append_line(run.folder / EVENTS, Noted("student", str(DiskFull())).line())


def _events(run: Run, data: Dataset | Stretch) -> Iterator[Event]:
    recipe, began = run.recipe, time.perf_counter()
    torch.set_num_threads(1 if hosted() else recipe.threads)
    done: dict[str, Learned] = {}
    context, most = None, None
    try:
        most = run_seconds()
        until = None if most is None else time.monotonic() + most
        if isinstance(data, Stretch):
            end: Event | None = None
            for event in watch_events(run, data, until):
                if end is not None:
                    yield end
                end = event
        else:
            shapes = _shapes(recipe, data)
            device = _device(run, recipe, shapes, len(data.classes))
            context = NetworkContext(run, data, Materials(data, recipe, encoded, data_of_teacher, device=device), until)
            for event in _all(context, recipe, shapes):
                if isinstance(event, Learned):
                    done[event.who] = event
                yield event
                if isinstance(event, Learned) and event.who != "student":
                    yield from _remarked(run, recipe, data)
            end = finished(run, recipe, done, time.perf_counter() - began)
    except Stopped:
        end = ending(recipe, done, time.perf_counter() - began, RunState.STOPPED)
    except Diverged as reason:
        end = Failed(str(reason), reason.epoch, _gentler(recipe, reason))
    except NotTrained as reason:
        end = Failed(str(reason), retry=_gentler(recipe, reason))
    except UserError as reason:
        end = Failed(str(reason))
    except (MemoryError, RuntimeError) as fault:
        if isinstance(fault, RuntimeError) and not any(word in str(fault) for word in ("memory", "bad_alloc")):
            raise
        end = Failed(OUT_OF_MEMORY)
    if hosted() and recipe.threads > 1:
        yield Noted("student", ONE_THREAD.format(threads=recipe.threads))
    if most is not None and context is not None and context.late:
        yield Noted("student", TIME_OVER.format(minutes=most / 60))
    if end is not None:
        close(run, end, CPU if context is None else context.materials.device)
        yield end


def _remarked(run: Run, recipe: Recipe, data: Dataset) -> Iterator[Event]:
    """What is to say of teachers on the student's own data, once they and its control have learned."""
    known = {str(e["who"]): e["accuracy"] for e in run.events() if e.get("event") == Learned.event}
    own = [t.student for t in recipe.teachers if t.data == recipe.data]
    sizes = {name: index.size for name, index in data.splits.items()}
    if {CONTROL, *own} <= known.keys():
        yield from (Noted(CONTROL, words) for words in remarks_on_teachers(known, own, sizes))


def _device(run: Run, recipe: Recipe, shapes: Shapes, classes: int) -> torch.device:
    """Where this run trains all of its networks; raises UserError where a card is asked for and there is none."""
    device = device_for(wished(run.request.get(DEVICE, "")), recipe, shapes, classes)
    if device.type == "cuda":
        hard = resource.getrlimit(resource.RLIMIT_AS)[1]
        resource.setrlimit(resource.RLIMIT_AS, (hard, hard))  # a card's memory is mapped into addresses without end
    return device


def _shapes(recipe: Recipe, data: Dataset) -> Shapes:
    """(C, *grid) of every view of a run."""
    views = {name: knobs for each in (recipe, *recipe.teachers) for name, knobs in each.views.items()}
    return {name: modality(name, knobs).shape(*data.X.shape[1:]) for name, knobs in views.items()}


def _gentler(recipe: Recipe, reason: Diverged | NotTrained) -> dict[str, float]:
    """What to try instead, as a setting: the learning rate of whichever network failed."""
    if reason.rate is None:
        return {}
    return {"teacher.rate" if reason.recipe in recipe.teachers else "rate": reason.rate}


def plan_of(run: Run) -> tuple[Parts, bool]:
    """The networks that a run stands on, and whether its student begins with its twin's weights."""
    recipe = run.recipe
    kind = method(recipe.method)
    begun = kind(fill(kind.Params, recipe.knobs)).starts_trained()
    return parts_of(run, recipe, recipe.twin() if begun else recipe.leader()), begun


def _all(context: NetworkContext, recipe: Recipe, shapes: Shapes) -> Iterator[Event]:
    parts, begun = plan_of(context.run)
    roles = roles_beside(context, parts, shapes)
    if roles:
        yield Noted("student", SAID)
    with SecondWorker(context.run, roles) as second:
        nets = dict[str, Branch]()
        for part in second.in_turn(parts.first):
            nets[part.role] = yield from second.obtained(context, part)
        teachers = {
            each.student: CachedTeacher(nets[each.student], context.materials.of(each).part("train")[0])
            for each in recipe.teachers
        }
        twin = nets.get(TWIN, nets.get(CONTROL))
        first = twin.state_dict() if begun and twin is not None else None
        material, pace = context.materials.of(recipe), pace_of(context, recipe)
        yield from train_network(context.run, recipe, material, teachers, "student", context.halt, first, pace)
        if parts.control is not None and not context.halt():
            yield from second.obtained(context, parts.control)
