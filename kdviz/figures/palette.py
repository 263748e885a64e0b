"""Who is who: the same colour and name everywhere, told apart without colour vision (Okabe & Ito 2008)."""

from __future__ import annotations

import html

from kdviz.core.plain_text import one_line

TEACHER = "#0072B2"
STUDENT = "#D55E00"
CONTROL = "#8C8C8C"
INK = "#8A8F98"
SERIES = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#F0E442", "#8C8C8C")
KINDS = ("#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#0072B2", "#D55E00", "#8C8C8C", "#F0E442")
AMOUNT = "Cividis"
SIGNED = "RdBu_r"
AMOUNTS = (
    "#00224E", "#123570", "#3B496C", "#575D6D", "#707173", "#8A8678", "#A59C74", "#C3B369", "#E1CC55", "#FEE838",
)  # fmt: skip
SIGNS = (
    "#053061", "#2166AC", "#4393C3", "#92C5DE", "#D1E5F0", "#FDDBC7", "#F4A582", "#D6604D", "#B2182B", "#67001F",
)  # fmt: skip
WHO = {"student": STUDENT, "control": CONTROL, "signal": "#0072B2", "gaf": "#56B4E9", "persistence": "#009E73"}
MARGIN = {"l": 48, "r": 12, "t": 28, "b": 36}


def colour(who: str) -> str:
    """The colour of a network by role (`student`, `control`, `teacher.gaf`, or a teacher's modality)."""
    return WHO.get(who.removeprefix("teacher."), TEACHER)


def network_name(who: str) -> str:
    """A network's name for people, by role (`student`, `control`, `teacher.gaf`, or a teacher's modality)."""
    who = who.removeprefix("teacher.")
    names = {"student": "Student", "control": "From-scratch control", "twin": "Twin, where it starts"}
    return names.get(who, f"{who.upper() if who == 'gaf' else who.capitalize()} teacher")


def spoken(who: str) -> str:
    """A network's name within a sentence: `signal teacher`, `GAF teacher`."""
    name = network_name(who)
    return name if name.startswith("GAF") else name[0].lower() + name[1:]


def label(given: object, most: int = 40) -> str:
    """One short line that a figure shows as it is."""
    return html.escape(one_line(given, most), quote=False)
