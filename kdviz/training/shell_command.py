"""A recipe said as a person would ask for it: the wish, and every setting that differs from its default. No torch.

`recipe_for(data, *said(recipe, ...))` is that very recipe again, to the last digit of its identity.
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from typing import Any

from kdviz.core.errors import UserError
from kdviz.core.params import Value, knobs
from kdviz.modalities.base import modality
from kdviz.training.defaults import StudentSettings, TeacherSettings, fusion_sees, teaching
from kdviz.training.knowledge import ALL, SAME, Knowledge, lent
from kdviz.training.recipe import Recipe

Row = Mapping[str, Any]
FLAGS = {"label": "label", "time": "time", "subject": "subject", "channels": "channels", "window": "window"}
ELSEWHERE = {"quick": ("budget", "patience"), "converged": ("budget",), "doubled": ("budget",)}
"""Settings that are said elsewhere in the wish, or mean nothing where the budget is this."""
FLAGS |= {"step": "step", "rate": "hz"}


def said(recipe: Recipe, method: Row) -> tuple[dict[str, Any], dict[str, Value]]:
    """The wish and the settings of a recipe; `method` is its method's row of the catalogue.

    Raises UserError where no wish gives this recipe: it was made by a program, or as part of another run.
    """
    _refuse_unsayable(recipe)
    wish = {
        "method": recipe.method,
        "teachers": list(recipe.teacher_names),
        "student": recipe.student,
        "epochs": recipe.epochs,
        "seed": recipe.seed,
        "selection": None if recipe.selection == method["selection"] else recipe.selection,
        "budget": recipe.budget,
    }
    if known := known_by(recipe).as_dict():
        wish["knows"] = known
    own = [t for t in recipe.teachers if not lent(recipe, t)]
    settings: dict[str, Value] = {}
    for knob in (k for k in knobs(StudentSettings) if k.name not in ELSEWHERE[recipe.budget]):
        value = getattr(recipe, knob.name)
        if value != method["learning"].get(knob.name, knob.default) and not (
            knob.name == "control" and recipe.method == "supervised"
        ):
            settings[_plain_name(knob.name, method)] = value
    default = {k["name"]: k["default"] for k in method["knobs"]}
    settings |= {f"method.{n}": v for n, v in recipe.knobs.items() if default.get(n) != v}
    if own:
        usual = {k.name: k.default for k in knobs(TeacherSettings)} | teaching(recipe.budget, method["teaching"])
        taught = {name: getattr(own[0], name) for name in usual}
        settings |= {f"teacher.{n}": v for n, v in taught.items() if usual[n] != v and (n, v) != ("patience", 0)}
    for name in recipe.used:
        kinds = {k.name: k.default for k in knobs(modality(name).Params)}
        settings |= {f"{name}.{n}": v for n, v in recipe.views[name].items() if kinds.get(n) != v}
    return wish, settings


def said_with(recipe: Recipe, method: Row, changes: Mapping[str, Value]) -> tuple[dict[str, Any], dict[str, Value]]:
    """The same with other settings of training, such as those that a failed run says to try (`retry`)."""
    wish, settings = said(recipe, method)
    return wish, settings | {_plain_name(name, method): value for name, value in changes.items()}


def _plain_name(name: str, method: Row) -> str:
    """A method's knob of the same name would take the setting, unless it says whom it concerns."""
    return f"student.{name}" if name in {k["name"] for k in method["knobs"]} else name


def _refuse_unsayable(recipe: Recipe) -> None:
    own = [t for t in recipe.teachers if not lent(recipe, t)]
    taught = {(t.architecture, t.epochs, t.batch, t.rate, t.decay, t.stop, t.selection, t.batches, t.patience, t.budget)
             for t in own}  # fmt: skip
    heard = {t.labels for t in own}
    same = {(t.seed, t.threads) for t in own} <= {(recipe.seed, recipe.threads)} and len(heard) < 2
    same &= heard <= {0, recipe.labels} and not any(t.noise or t.missing for t in own)
    lasts = {"converged" if t.stop == 1 and recipe.budget == "converged" else "quick" for t in own}
    sees = fusion_sees(recipe.teacher_names) if recipe.student == "fusion" else (recipe.student,)
    views = all(t.views == {t.student: recipe.views.get(t.student)} for t in recipe.teachers)
    paced = lasts == {t.budget for t in own}
    if (
        len(taught) > 1
        or not paced
        or not same
        or not views
        or recipe.budget == "doubled"
        or recipe.stop != 1
        or recipe.sees != sees
    ):
        raise UserError(
            "This network was trained as part of another run, and no line of its own makes it again: "
            "the line of that run does."
        )


def known_by(recipe: Recipe) -> Knowledge:
    """What may be known in a recipe, as it was wished."""
    own = [t for t in recipe.teachers if not lent(recipe, t)]
    return Knowledge(
        recipe.labels,
        ALL if recipe.labels and any(not t.labels for t in own) else SAME,
        recipe.channels,
        {t.student: t.channels for t in own if t.channels},
        recipe.noise,
        recipe.missing,
        recipe.degraded,
        tuple(t.identity for t in recipe.teachers if lent(recipe, t)),
    )


def knowledge_words(knows: Mapping[str, Any], source: Mapping[str, Any]) -> list[list[str]]:
    """The flags of what may be known, and of a file of series without labels."""
    given = dict(knows)
    named = {name: ",".join(given.pop(name)) for name in ("student_channels",) if name in given}
    lists = {"teacher_channels": [f"{m}={','.join(each)}" for m, each in given.pop("teacher_channels", {}).items()]}
    lists["teacher_run"] = list(given.pop("teacher_runs", ()))
    lists["unlabelled"] = [str(each) for each in source.get("unlabelled", ()) if isinstance(each, str)]
    words = [[f"--{name.replace('_', '-')}", str(value)] for name, value in {**given, **named}.items()]
    return words + [[f"--{name.replace('_', '-')}", *each] for name, each in lists.items() if each]


def command(recipe: Recipe, method: Row, source: Mapping[str, Any], device: str = "") -> str:
    """The shell line that makes the same run on any machine with the same file, on a `device` where one is named."""
    return distill_line(*said(recipe, method), source, device)


def distill_line(
    wish: Mapping[str, Any], settings: Mapping[str, Value], source: Mapping[str, Any], device: str = ""
) -> str:
    """The shell line that makes the run of a wish and settings, on the device that was chosen, if any."""
    files, mapping, rest = source_words(source)
    words = [["python", "-m", "kdviz", "distill", *files, "--method", wish["method"]]]
    if mapping:
        words.append(mapping)
    words.append(["--teachers", ",".join(wish["teachers"]), "--student", wish["student"]])
    words.append(["--epochs", str(wish["epochs"]), "--seed", str(wish["seed"])])
    words += knowledge_words(wish.get("knows", {}), source)
    if wish.get("budget") == "quick":
        words.append(["--quick"])
    if wish["selection"]:
        words.append(["--selection", wish["selection"]])
    if device:
        words.append(["--device", device])
    pairs = [f"{name}={value}" for name, value in {**rest, **settings}.items()]
    if pairs:
        words.append(["--set", *pairs])
    return " \\\n  ".join(shlex.join(each) for each in [*words, ["--out", "my-run"]])


def source_words(source: Mapping[str, Any]) -> tuple[list[str], list[str], dict[str, Value]]:
    """The files or the sample, the flags of their mapping, and what of it has no flag.

    Files that were dropped together are named one by one: the archive that they became lies on nobody's disk.
    """
    if "sample" in source:
        return [f"sample:{source['sample']}"], [], {}
    mapping = dict(source.get("mapping", {}))
    flags = [w for name, flag in FLAGS.items() if name in mapping for w in (f"--{flag}", str(mapping.pop(name)))]
    files = [str(name) for name in source.get("parts", ())] or [str(source.get("name") or "FILE")]
    return files, flags, {f"data.{name}": value for name, value in mapping.items()}
