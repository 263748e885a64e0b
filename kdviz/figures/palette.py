"""Who is who: the same colour everywhere, told apart without colour vision (Okabe & Ito 2008)."""

TEACHER = "#0072B2"
STUDENT = "#D55E00"
CONTROL = "#8C8C8C"
INK = "#8A8F98"
SERIES = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#F0E442", "#8C8C8C")
KINDS = ("#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#0072B2", "#D55E00", "#8C8C8C", "#F0E442")
AMOUNT = "Cividis"
SIGNED = "RdBu_r"
WHO = {"student": STUDENT, "control": CONTROL, "signal": "#0072B2", "gaf": "#56B4E9", "persistence": "#009E73"}
MARGIN = {"l": 48, "r": 12, "t": 28, "b": 36}


def colour(who: str) -> str:
    """The colour of a network by role (`student`, `control`, `teacher.gaf`, or a teacher's modality)."""
    return WHO.get(who.removeprefix("teacher."), TEACHER)
