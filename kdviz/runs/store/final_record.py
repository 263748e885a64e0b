"""How a run ended: what a final record may hold, and its accuracies by role."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from kdviz.core.errors import UserError
from kdviz.core.json_types import fits
from kdviz.figures.palette import spoken


def refuse_undrawable(final: Mapping[str, Any], what: str) -> None:
    """Raise UserError where a final record holds what no page can draw."""
    if wrong := next((name for name, good in OUTCOME.items() if name in final and not good(final[name])), None):
        raise UserError(f"{what} has a {wrong} that no run can have.")


def _is_share(value: object) -> bool:
    """Whether it is a number of 0 to 1, or NaN where none could be taken."""
    return fits(value, float) and not (value < 0 or value > 1)  # type: ignore[operator]


def _are_shares(value: object) -> bool:
    return isinstance(value, dict) and len(value) <= FEW and all(_is_share(each) for each in value.values())


def _are_networks(value: object) -> bool:
    return isinstance(value, dict) and len(value) <= FEW and all(
        isinstance(each, dict) and _are_shares(each.get("accuracy")) for each in value.values()
    )  # fmt: skip


def _are_choices(value: object) -> bool:
    if not isinstance(value, dict) or not all(isinstance(each, dict) for each in value.values()):
        return False
    told = [each if name == "best_on_test" else each.get("accuracy") for name, each in value.items()]
    return all(fits(each.get("epoch"), int) for each in value.values()) and all(
        isinstance(each, dict) and _is_share(each.get("test")) for each in told
    )


FEW = 100


OUTCOME: dict[str, Callable[[object], bool]] = {
    "accuracy": _are_shares,
    "teachers": _are_networks,
    "choices": _are_choices,
    "seconds": lambda value: fits(value, float) and 0 <= value < 1e9,  # type: ignore[operator]
    "best_epoch": lambda value: fits(value, int),
    "epochs": lambda value: fits(value, int),
    "selection": lambda value: fits(value, str),
    "sentence": lambda value: fits(value, str),
    "retry": lambda value: fits(value, dict[str, Any]),
}


def outcomes(final: Mapping[str, Any]) -> dict[str, dict[str, float]]:
    """Accuracies of a final record by role: the student, its teachers, then who had none, control and twin.

    The record keeps all of them but the student under `teachers`; a twin is where a student starts, and teaches nobody.
    """
    others = {role: dict(each.get("accuracy", {})) for role, each in final.get("teachers", {}).items()}
    last = {role: others.pop(role) for role in ("control", TWIN) if role in others}
    return {"student": dict(final["accuracy"]), **others, **last}


CONTROL = "control"


TWIN = "twin"


BELOW = 0.02
"""How far a teacher lies below the control before it is said."""

KNOWS_LESS = (
    "warning: Of {count} {split} series the {teacher} answers {theirs:.0%} right, the same student without a teacher "
    "{own:.0%}: this teacher seems to know less than the student learns alone, and to have little to teach. {advice}"
)
LEAVE_OUT = "Leave it out, or give it a smaller share where the method has shares."
ASK_VALIDATION = (
    "Test series may choose nothing: with teacher.selection=best teachers do not learn from the validation part, and a "
    "new run judges them by it."
)


def remarks_on_teachers(
    known: Mapping[str, Mapping[str, float]], teachers: Sequence[str], sizes: Mapping[str, int]
) -> Iterator[str]:
    """A sentence for each teacher below the control, by accuracies (role, then split) and how many series a split has.

    Validation data judge. Where a teacher has learned from them the test set tells, which the sentence says.
    """
    control = known.get(CONTROL, {})
    for name in teachers:
        mine = known.get(name, {})
        split = next((s for s in ("validation", "test") if s in mine and s in control), None)
        if split is not None and mine[split] < control[split] - BELOW:
            yield KNOWS_LESS.format(
                count=sizes[split], split=split, teacher=spoken(name), theirs=mine[split], own=control[split],
                advice=LEAVE_OUT if split == "validation" else ASK_VALIDATION,
            )  # fmt: skip
