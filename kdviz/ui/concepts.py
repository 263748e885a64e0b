"""The words of kdviz, three sentences each: what it is, how it is made, what it cannot say."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Concept:
    """One word. `figure` names what is drawn beside it, from the visitor's own series where there is one."""

    id: str
    title: str
    words: str
    figure: str = ""


CONCEPTS = (
    Concept(
        "gaf",
        "Gramian angular field",
        "Scale a series to -1..1 and call each value the cosine of an angle. The pixel in row i and column j "
        "of a GASF is the cosine of the sum of the angles of samples i and j; of a GADF, the sine of their "
        "difference. Scaled by itself, a series loses its amplitude and level, and a GASF cannot tell a "
        "series from its mirror image.",
        "gaf",
    ),
    Concept(
        "persistence",
        "Persistence image",
        "Let water rise through the series: every valley is born at its depth and dies when its water meets "
        "that of a deeper one. Each (birth, lifetime) becomes a blurred point of an image. The order of "
        "valleys in time is lost, but kdviz keeps the sample of each birth and death, so that evidence can be"
        " carried back.",
        "persistence",
    ),
    Concept(
        "kd",
        "Knowledge distillation",
        "A large network, the teacher, is trained on the labels. A small one, the student, is trained on the "
        "labels and on what the teacher says: its softened probabilities, its features, or where it looked. A"
        " better score than from scratch is not promised: that is why a control is trained beside every "
        "student.",
        "softening",
    ),
    Concept(
        "cam",
        "Class activation map",
        "Where the last feature map is averaged and a linear layer decides, each place adds a known amount to"
        " the class score. That amount, place by place, is the CAM: its mean and the bias are the logit, "
        "exactly. It is as coarse as the feature map, and each place has seen its whole neighbourhood.",
        "cam",
    ),
    Concept(
        "attention",
        "Attention",
        "Two things bear this name. Activation attention is how strongly a layer answers at each place, "
        "whatever the class. Cross-attention, in the fusion student, is how much each moment of the signal "
        "asks of each patch of the image; neither says by itself that the decision hangs on it.",
        "attention",
    ),
    Concept(
        "fam",
        "Frequency attention (FAM)",
        "A feature map is taken to its Fourier spectrum, multiplied by learned complex weights, freed of its "
        "lowest frequencies, and brought back. On small maps the block of removed frequencies has radius 0: "
        "nothing is removed, and kdviz says so. The module serves training only and is thrown away "
        "afterwards.",
        "spectrum",
    ),
    Concept(
        "chance",
        "Chance",
        "Two maps of different series of a class are alike too, because the class is. kdviz therefore shows, "
        "beside every likeness of student and teacher, how alike the student's map is to the teacher's map of"
        " another series of the same class. Only what exceeds this was copied for this very series.",
        "chance",
    ),
    Concept(
        "control",
        "From-scratch control",
        "The same network, seed, data and budget, without a teacher. Where the control looks where the "
        "teacher looks, the student would have done so anyway. Evidence transfer is what the student has "
        "beyond its control.",
        "control",
    ),
    Concept(
        "fidelity",
        "Fidelity",
        "How often student and teacher agree, on right and on wrong answers. A faithful student copies "
        "errors; an accurate one may not be faithful. Both are shown, because neither follows from the other.",
        "fidelity",
    ),
    Concept(
        "eskd",
        "Best or last epoch",
        "The best epoch is the first with the highest validation accuracy; the last is what training ended "
        "with. With ten validation series, accuracy moves in steps of ten per cent and the best epoch is "
        "mostly luck. Choosing it on test data, as much of the literature does, claims more than the network "
        "can do.",
        "luck",
    ),
)
LIMITS = (
    "whether a method is better, from one seed: three seeds cannot reach significance in a signed-rank test, six can",
    "what a network *thinks*: a map says where a score comes from, not why",
    "causes: mute a stretch of the series and look again; even that is an intervention on the network, not on"
    " the world",
    "anything about series unlike those it was trained on",
)
