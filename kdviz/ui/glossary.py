"""The words that the app uses, in a line each; those that have a figure on Learn lead to it."""

from __future__ import annotations

from dataclasses import dataclass


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
    Term("Validation", "series kept from training, to choose the epoch; test series are looked at once.", "eskd"),
)  # fmt: skip


def listed() -> str:
    """The glossary as a Markdown list."""
    return "\n".join(f"- **{t.word}**: {t.meaning}{f' [More](#{t.concept})' if t.concept else ''}" for t in GLOSSARY)
