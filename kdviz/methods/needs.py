"""What a distillation method cannot do without, in plain values: the server asks this, too. No torch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

IMAGES = ("gaf", "persistence", "markov", "recurrence")
TIMELESS = ("persistence",)
PLANES = tuple(m for m in IMAGES if m not in TIMELESS)
STUDENTS = {"fusion": "fusion (signal and images)", "signal": "signal (alone)"}
"""Images; those without an axis of time; those of time by time; students in words."""


@dataclass(frozen=True)
class Needs:
    """What a method cannot do without.

    teachers       how many teachers at least and at most (None: any number)
    modalities     at least one teacher out of each of these groups, e.g. (("gaf", "persistence"),)
    student_kinds  empty: any; otherwise of `signal`, `fusion`
    shared_axis    maps are laid on each other, so that a student of another kind than `fusion` cannot learn from
                   images without an axis of time alone
    labels         each series' label tells whom to believe about it, so that none may be hidden
    enough         the wanted groups are all it learns from as it stands, so that it begins with no other teacher
    """

    teachers: tuple[int, int | None] = (1, None)
    modalities: Sequence[Sequence[str]] = ()
    student_kinds: Sequence[str] = ()
    shared_axis: bool = False
    labels: bool = False
    enough: bool = False

    def refusal(self, teachers: Sequence[str], student: str) -> str | None:
        """Why these teachers and this student will not do, with the change that would; None if they do."""
        low, high = self.teachers
        if len(teachers) < low:
            return f"It needs at least {low} teacher{'s' * (low > 1)}, and {len(teachers)} were given: add one."
        if high is not None and len(teachers) > high:
            most = f"at most {high} teacher{'s' * (high != 1)}" if high else "no teacher"
            return f"It takes {most}, and {len(teachers)} were given: leave {'some' if high else 'them'} out."
        for group in self.modalities:
            if not set(group) & set(teachers):
                return f"It needs a teacher that sees {' or '.join(group)}: add one to the teachers."
        if self.student_kinds and student not in self.student_kinds:
            kinds = " or ".join(STUDENTS.get(kind, kind) for kind in self.student_kinds)
            return f"It needs a student of kind {kinds}, not {student}: change the student."
        if self.shared_axis and student != "fusion" and set(teachers) <= set(TIMELESS):
            return (
                f"It compares maps in time, which {' and '.join(teachers)} has not: add signal or gaf to the teachers."
            )
        return None

    def refusal_of_hidden(self) -> str | None:
        """Why it cannot learn where labels are hidden; None if it can."""
        if not self.labels:
            return None
        return (
            "It asks each series' label which teacher to believe, and here some series have none: give it all labels, "
            "or choose a method that hears teachers without them, such as AVER."
        )

    def reference(self, teachers: Sequence[str]) -> str:
        """The teacher to hold a student against first: of the group that the method needs last (CAMKD and EBKD hand on
        an image's maps), else the signal's, else the first; empty where there is none."""
        wanted = (*(self.modalities[-1] if self.modalities else ()), "signal", *teachers)
        return next((m for m in wanted if m in teachers), "")

    def usual(self, offered: Sequence[str]) -> tuple[str, ...]:
        """The teachers to begin with, out of those offered: as many as the method takes, wanted groups first."""
        wanted = [m for group in self.modalities for m in offered if m in group]
        most = len(wanted) if self.enough else len(offered) if self.teachers[1] is None else self.teachers[1]
        chosen = list(dict.fromkeys([*wanted, *offered]))[:most]
        return tuple(m for m in offered if m in chosen)
