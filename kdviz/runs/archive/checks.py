"""What the files of a run from elsewhere, its recipe too, must hold before they are kept."""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, get_type_hints

from kdviz.core import events
from kdviz.core.errors import FileError, UserError
from kdviz.core.files import fingerprint
from kdviz.core.json_types import fits, made
from kdviz.core.params import fill
from kdviz.data import limits
from kdviz.data import unpack as zips
from kdviz.methods.base import check, method
from kdviz.modalities.base import modality
from kdviz.runs.recorded import record as recorded
from kdviz.runs.store import measures
from kdviz.runs.store.final_record import refuse_undrawable
from kdviz.runs.store.home import RUN_ID
from kdviz.runs.store.run import WITH_ANSWER, Run
from kdviz.runs.store.weights import refuse_unsound
from kdviz.training.defaults import StudentSettings
from kdviz.training.knowledge import knowledge_from, lent
from kdviz.training.recipe import SELECTIONS, Recipe, recipe_from
from kdviz.training.watched.watch_settings import EPOCHS, TASK, knobs_from, pairs_from
from kdviz.training.watched.watch_settings import SELECTIONS as WATCH_SELECTIONS

SHA = re.compile(r"[0-9a-f]{64}")
ORIGIN = re.compile(r"[a-z_]{1,40}=[a-z0-9_]{1,20}:[0-9a-z]{1,12}")
MOST_TEACHERS, MOST_PATIENCE = 8, 10_000
MOST_EPOCHS, MOST_SAMPLES = 1_000_000, 1 << 31
TRAINED = ("architecture", "batch", "rate", "decay", "threads", "control", "optimism", "batches", "part")


def sound(plain: Mapping[str, Any]) -> Recipe:
    """The recipe of JSON values; raises UserError with the first thing that no recipe can have."""
    taught = plain.get("teachers", ())
    if not isinstance(taught, list | tuple) or len(taught) > MOST_TEACHERS:
        raise UserError(f"A recipe has a list of at most {MOST_TEACHERS} teachers.")
    theirs = [t for one in taught if isinstance(one, Mapping) for t in one.get("teachers", ())]
    if any(isinstance(t, Mapping) and t.get("teachers") for t in theirs) or len(theirs) > MOST_TEACHERS**2:
        raise UserError("A teacher from another run may have had teachers, and these had none.")
    for each in (plain, *taught, *theirs):
        _refuse_types(each)
    recipe = recipe_from(plain)
    if recipe.recorded:
        return _sound_recorded(recipe)
    if recipe.task == TASK:
        return _refuse_odd_watch(recipe)
    for one in (recipe, *recipe.teachers, *(t for each in recipe.teachers for t in each.teachers)):
        _refuse_values(one)
    own = [t for t in recipe.teachers if not lent(recipe, t)]
    if any(t.method != "supervised" or t.teachers or t.data != recipe.data for t in own):
        raise UserError("A teacher's recipe is `supervised`, on the student's data, without teachers of its own.")
    if recipe.method != "supervised":
        check(recipe.method, recipe.teacher_names, "fusion" if recipe.student == "fusion" else "signal")
    return recipe


def _sound_recorded(recipe: Recipe) -> Recipe:
    """Of networks that were trained elsewhere a recipe only tells names, and what was recorded by its fingerprint."""
    named = recipe.knobs.get("record")
    taught = all(t.method == "supervised" and not t.teachers and t.data == recipe.data for t in recipe.teachers)
    if not (taught and set(recipe.knobs) == {"record"} and isinstance(named, str) and RUN_ID.fullmatch(named)):
        raise UserError("The recipe of recorded networks names its teachers and the record's fingerprint, and no more.")
    if not SHA.fullmatch(recipe.data) or not 1 <= recipe.epochs <= MOST_EPOCHS or not 0 <= recipe.seed < 2**31:
        raise UserError(f"A recipe has data by fingerprint, 1 to {MOST_EPOCHS} epochs, and a seed from 0.")
    if not set(recipe.used) <= set(recipe.views) or any(recipe.views.values()):
        raise UserError("The recipe of recorded networks names what they see, without settings.")
    return recipe


def _refuse_types(plain: Any) -> None:
    hints = get_type_hints(Recipe)
    if not isinstance(plain, Mapping):
        raise UserError("A recipe is a record of names and values.")
    for name, value in plain.items():
        if name != "teachers" and not (name in hints and fits(value, hints[name])):
            raise UserError(f"A recipe cannot have {str(name)[:40]} = {str(value)[:60]!r}.")


def _refuse_values(recipe: Recipe) -> None:
    if not SHA.fullmatch(recipe.data):
        raise UserError("A recipe names its data by a fingerprint of 64 hexadecimal digits.")
    if recipe.selection not in SELECTIONS:
        raise UserError(f"The selection was {recipe.selection[:40]!r}; allowed is one of {', '.join(SELECTIONS)}.")
    if not 1 <= recipe.epochs <= 2000 or not 0.05 <= recipe.stop <= 1 or not 0 <= recipe.seed < 2**31:
        raise UserError("A recipe has 1 to 2000 epochs, stops after a share of 0.05 to 1, and a seed from 0.")
    if not 0 <= recipe.patience <= MOST_PATIENCE or (recipe.patience == 0) != (recipe.budget == "quick"):
        raise UserError(f"A recipe that trains until its loss no longer falls has a patience of 1 to {MOST_PATIENCE}.")
    fill(StudentSettings, {name: getattr(recipe, name) for name in TRAINED})
    fill(method(recipe.method).Params, recipe.knobs)
    if not set(recipe.used) <= set(recipe.views):
        raise UserError("A recipe says the settings of every modality that its networks see.")
    for name, settings in recipe.views.items():
        modality(name, settings)
    knowledge_from({name: getattr(recipe, name) for name in ("labels", "noise", "missing", "degraded")})
    if recipe.student not in ("fusion", *recipe.sees):
        raise UserError(f"A student that sees {', '.join(recipe.sees)[:80]} cannot be of kind {recipe.student[:40]!r}.")


def _refuse_odd_watch(recipe: Recipe) -> Recipe:
    """The recipe of a watch; raises UserError with the first thing that none can have."""
    if not SHA.fullmatch(recipe.data):
        raise UserError("A recipe names its recording by a fingerprint of 64 hexadecimal digits.")
    if recipe.teachers or recipe.control or recipe.selection not in WATCH_SELECTIONS or recipe.epochs != EPOCHS:
        raise UserError(
            "A watch has frozen teachers, no control, and its last or its least discrepant epoch for an answer."
        )
    if not 0 <= recipe.seed < 2**31 or not 1 <= recipe.threads <= 64:
        raise UserError("A watch has a seed from 0, and 1 to 64 threads.")
    if recipe.window % 8 or not 8 <= recipe.window <= 1024 or not 1 <= recipe.step <= recipe.window:
        raise UserError("A watch has a window of 8 to 1024 samples, a multiple of 8, and a step of no more than it.")
    if not 0 < recipe.train_end < MOST_SAMPLES:
        raise UserError("A watch says at which sample normal ends.")
    pairs = pairs_from(recipe)
    named = recipe.origin.split(",")
    if not all(ORIGIN.fullmatch(word) for word in named) or [w.split("=")[0] for w in named] != [p.key for p in pairs]:
        raise UserError("A watch says of each view whose weights its teacher has.")
    if knobs_from(recipe.knobs, recipe.method.split("+")) != dict(recipe.knobs):
        raise UserError("A watch says all of its settings.")
    return recipe


JSON_BYTES = 4 << 20
EVENTS_BYTES = 32 << 20
RECORD = ("state", "torch", "threads", "device", "card")
IMPORTED = "imported"
MEANT = {"data": str, "source": dict[str, Any]}


def portable_request(run: Run) -> bytes:
    """What was asked for, without who asked and on which machine."""
    asked = run.request
    kept = {"recipe": asked["recipe"], "data": asked.get("data", ""), "source": asked.get("source", {})}
    return json.dumps(kept, indent=1, sort_keys=True).encode()


def as_imported(request: bytes) -> bytes:
    """A request that nobody on this machine made: it is looked at, and never started by itself."""
    return json.dumps({**json.loads(request), "made": IMPORTED, "visitor": ""}, indent=1, sort_keys=True).encode()


def record(content: bytes, name: str) -> dict[str, Any]:
    """A JSON record; raises FileError."""
    if len(content) > JSON_BYTES:
        raise FileError(f"{name} in the archive is larger than {JSON_BYTES >> 20} MB. It is not opened.")
    try:
        found = json.loads(content)
    except (ValueError, RecursionError):
        raise FileError(f"{name} in the archive is no JSON. It is not opened.") from None
    if not isinstance(found, dict):
        raise FileError(f"{name} in the archive holds no record. It is not opened.")
    return found


def checked(parts: Mapping[str, bytes]) -> Recipe:
    """The recipe of an archive whose every file holds what it should; raises FileError or UserError."""
    for name in ("request.json", "final.json", "events.jsonl"):
        if name not in parts:
            raise FileError(f"The archive lacks {name}. Export the run again.")
    request = record(parts["request.json"], "request.json")
    if set(request) != {"recipe", *MEANT} or not all(fits(request[name], hint) for name, hint in MEANT.items()):
        raise FileError("request.json in the archive is not what a run asks for. It is not opened.")
    recipe = sound(request["recipe"])
    _refuse_final(record(parts["final.json"], "final.json"))
    _refuse_events(parts["events.jsonl"])
    for name, part in parts.items():
        if name.endswith(".safetensors"):
            refuse_unsound(name, part)
        elif name == "about.json":
            record(part, name)
        elif name == "measured.json":
            measures.sound(record(part, name))
    if recipe.recorded or recorded.FILE in parts:
        _refuse_record(parts.get(recorded.FILE), recipe)
    return recipe


def _refuse_record(content: bytes | None, recipe: Recipe) -> None:
    """Raise FileError where the record is not the one that the recipe names, or holds what no page can draw."""
    if content is None or fingerprint(content)[:32] != recipe.knobs.get("record"):
        raise FileError("What was recorded of the networks is not in this archive, or was altered. It is not opened.")
    with zips.opened(content) as zipped:
        if sum(info.file_size for info in zipped.infolist()) > limits.UNPACKED_BYTES:
            raise FileError(zips.too_big("The record in the archive"))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / recorded.FILE
        path.write_bytes(content)
        recorded.refuse_odd_record(recorded.read_file(path))


def _refuse_final(final: dict[str, Any]) -> None:
    if final.get("state") not in WITH_ANSWER or final.get("event") != "finished":
        raise FileError("The run in this archive has not ended. Export it when it has.")
    known = {name: value for name, value in final.items() if name not in ("event", *RECORD[1:])}
    made(events.WatchFinished if "views" in known else events.RunFinished, known, "final.json")
    refuse_undrawable(final, "final.json in the archive")


def _refuse_events(content: bytes) -> None:
    if len(content) > EVENTS_BYTES:
        raise FileError(f"events.jsonl in the archive is larger than {EVENTS_BYTES >> 20} MB. It is not opened.")
    for line in content.splitlines():
        said = record(line, "events.jsonl")
        kind = events.KINDS.get(str(said.pop("event", "")))
        kind = events.WatchFinished if kind is events.RunFinished and "views" in said else kind
        if kind is None:
            raise FileError("events.jsonl in the archive tells of something that never happens. It is not opened.")
        made(kind, said, "events.jsonl")
