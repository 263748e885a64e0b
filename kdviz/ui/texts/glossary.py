"""The words of kdviz, in three sentences each, and those that the app uses, in a line each."""

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
        "series from its negative (upside down).",
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


@dataclass(frozen=True)
class Term:
    """One word and what is meant by it here. `concept` is the id of the concept that says more."""

    word: str
    meaning: str
    concept: str = ""


GLOSSARY = (
    Term("Attention", "how strongly a network answers, or asks, at each place.", "attention"),
    Term("Birth, death", "the values at which a valley of the series appears and joins a deeper one."),
    Term("CAM", "class activation map: what each place adds to the score of a class.", "cam"),
    Term("Chance", "how alike maps of different series of one class are.", "chance"),
    Term("Channel", "one of several values that were measured at the same moments."),
    Term("Checkpoint", "the weights after one epoch; one of them becomes the answer.", "eskd"),
    Term("CKA", "centred kernel alignment: how alike two networks arrange the same series, whatever their widths."),
    Term("Control", "the student's twin that no teacher taught.", "control"),
    Term("Cross-attention", "how much each moment of the signal asks of each patch of an image.", "attention"),
    Term("Embedding", "the features of a series averaged over places: the vector that the classifier sees."),
    Term("Epoch", "one pass of training through all training series."),
    Term("ETS", "evidence transfer: 0 is the control's match, 1 the teacher's own map, below 0 farther.", "control"),
    Term("Evidence", "a map of where, in a series, a network's answer comes from."),
    Term("Faithfulness", "whether the answer falls when what a map marks is deleted from the signal."),
    Term("FAM", "frequency attention module: a learned filter of feature maps.", "fam"),
    Term("Feature map", "what a stage of a network answers at each place, in many channels."),
    Term("Fidelity", "how often student and teacher give the same answer, right or wrong.", "fidelity"),
    Term("Fusion student", "a student that sees the signal and images together."),
    Term("GADF", "Gramian angular difference field: the sine of the difference of two moments' angles.", "gaf"),
    Term("GASF", "Gramian angular summation field: the cosine of the sum of two moments' angles.", "gaf"),
    Term("Interval", "a range so made that 95 of 100 such experiments would catch the true mean in theirs."),
    Term("Knowledge distillation", "training a small network on what a larger one says.", "kd"),
    Term("Logits", "a network's scores of the classes, before they become probabilities.", "kd"),
    Term("Match", "how alike the student's map is to the teacher's, to be read beside chance and control.", "chance"),
    Term("Modality", "how a series is shown to a network: as a signal or as one of its images."),
    Term("PAA", "piecewise aggregate approximation: each pixel is the mean of a stretch of samples.", "gaf"),
    Term("Persistence pair", "a valley's birth and death; their distance is its lifetime.", "persistence"),
    Term("Randomisation", "the same map from random weights: what survives was never learned."),
    Term("Recipe", "everything that decides a training; the same recipe gives the same bits on the same machine."),
    Term("Seed", "the number that all of a training's chance is drawn from; one seed proves nothing."),
    Term("Softmax", "what turns logits into probabilities that sum to one.", "kd"),
    Term("Student", "the small network that is taught.", "kd"),
    Term("Teacher", "the larger network that was trained first, one for each modality.", "kd"),
    Term("Temperature", "what logits are divided by before the softmax: higher makes probabilities more even.", "kd"),
    Term("Validation", "series kept from training, to choose the epoch by; test series come last, once.", "eskd"),
)  # fmt: skip


def listed() -> str:
    """The glossary as a Markdown list."""
    return "\n".join(f"- **{t.word}**: {t.meaning}{f' [More](#{t.concept})' if t.concept else ''}" for t in GLOSSARY)
