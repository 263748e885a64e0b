"""Every sentence of the shell and the first pages, in one place; a translation is another such table."""

from __future__ import annotations

from kdviz.ui.escape import text

WORDS = {
    "about": "**kdviz** shows whether a small network looks where its teacher looks.",
    "our fault": "This page failed, and it was not you. The server's log has the details under **{note}**. "
    "Reload the page; what was trained is kept.",
    "present next": "Next: {page}",
    "present back": "Back: {page}",
    "present place": "{place} of {of}",
    "present end": "End the presentation",
    # Start
    "start": "Teach a small network from bigger ones, and see whether it looks where they look.",
    "start how": "Choose a series below or bring your own. See it as signal, as Gramian angular field and as "
    "persistence image; train a teacher on each; distil a student; compare where they looked.",
    # Data
    "data": "Did it read my data right?",
    "drop": "Drop a file with time series",
    "drop help": "UCR text, CSV and others, up to 50 MB. It stays on this machine.",
    "showing sample": "Showing {name}, a sample. Drop a file to see yours.",
    "showing file": "Showing {name}.",
    "read as": "Read as {format}: {series} series, {channels}, {length}, {classes}. Why: {why}.",
    "windows": "One recording: cut into {series:,} windows of {window:,} samples, one every {step:,}.",
    "not right": "Not right? Change how it is read",
    "read again": "Read again",
    "too late to change": "To change how this file is read, drop it again: only what was read is kept.",
    "unreadable": "This file cannot be read as it stands",
    "no classes": "No class is known, so there is nothing to distil. Encoding works.",
    "by class": "Thin: up to 25 series of each class. Thick: the mean of all. Where do the classes differ?",
    "class counts": "Series of each class. The test set is looked at once, at the end.",
    "one series": "One series large: every channel as it was measured.",
    "table": "Every series",
    # Encode
    "encode": "What does the image say about my signal?",
    "forgets": "What this view forgets: {what}",
    "signal itself": "The signal that is seen: {channel} of series {series}, class {label}.",
    "planes time": "One pixel compares two moments: columns and rows are time. All images share one colour scale.",
    "planes pi": "Columns are the value at which a valley is born, rows how long it lives: up is deeper.",
    "diagram": "Above the diagonal lie valleys, below it peaks; the farther from it, the deeper or the higher.",
    "seen as": "Seen as",
    "settings of": "Settings of the {what}",
    "cannot be seen": "This cannot be seen so",
    "look": "Look further",
    "look large": "Large",
    "image": "Image",
    "view of": "View",
    "look settings": "Two settings",
    "look blind": "What it cannot tell apart",
    "look back": "Back to the series",
    "look channels": "All channels",
    "look classes": "Does it tell the classes apart?",
    "settings of b": "Settings of B",
    "defaults": "the defaults",
    "two settings": "A has {a}; B has {b}. Both are the same series.",
    "gaps": "B draws as published experiments did: its pixels cover only {across} of the birth axis and {up} of the "
    "lifetime axis, and what falls between two of them is lost.",
    "nothing in common": "A and B have no image in common: choose the same kind or filtration for both.",
    "only one has": "Only one of the two has: {what}.",
    "apart": "**{name}**: the largest difference is {share} of the range of values.",
    "apart same": "**{name}**: the same to within {share} of the range of values. This view cannot tell A from B.",
    "resized": "The smaller image was enlarged, pixel by pixel, to be subtracted.",
    "blind": "The series is changed and seen again. Where the image stays the same, no network can tell the two apart "
    "by it; a difference is given as a share of the range of values.",
    "change": "Change",
    "change flipped": "Upside down",
    "change louder": "Twice as large",
    "change shifted": "Moved up",
    "change backwards": "Backwards",
    "a and change": "A is the series, B the same {what}.",
    "the same": "cannot tell",
    "differs": "differs, {share}",
    "back": "The diagonal of a GASF is cos(2φ): it gives the series back up to its sign, which no GASF can know.",
    "back errors": "Root mean square error, on the scale of -1 to 1: {pixel} against the pixels' means, {every} "
    "against every sample. The first is rounding; the second is what {side} pixels cost for {length} samples.",
    "back turned": "It came back upside down and was turned over here, which needs the series itself.",
    "separability": "Before anything is trained: for every view of the training set, how often the **nearest "
    "neighbour** of a series has its class (each series left out in turn), and how often a **linear probe** names it "
    "(ridge regression, cross-validated). A view that tells the classes apart like this is worth a teacher.",
    "by neighbour": "Nearest neighbour",
    "by probe": "Linear probe",
    "measure": "Measure all views",
    "measuring": "Measuring: {what}",
    "measuring starts": "Starting",
    "not measured": "This could not be measured",
    "cancel": "Cancel",
    "best view": "The best by nearest neighbour: **{what}**, {share} (95 % interval {low} to {high}). Where "
    "intervals overlap, these series do not decide.",
    "measured on": "Measured on {n} training series; the probe by {folds}-fold cross-validation. Chance: the same with "
    "the labels shuffled. The test set was not looked at. A network may still learn what these two cannot see.",
    "measured grouped": "No series was compared with one of its own subject or recording.",
    "first channels": "The first {most} of {count} channels are shown.",
    "this channel": "Look at this channel",
    "across": "**Between two channels.** Every pixel compares a moment of one channel with a moment of the other: "
    "cos(φ of the row's channel + φ of the column's). It is not symmetric; its diagonal compares the same moments.",
    "against": "Against",
    "export": "Export",
    "export as": "Format",
    "copy python": "Copy as Python: it runs as it stands and saves this panel.",
    "download": "Save {name}",
    "sweep": "Persistence sweeps the series",
    "sweep level": "As it is",
    "sweep up": "Tilted up",
    "sweep down": "Tilted down",
    "sweep help": "Swept as it is, persistence forgets time; tilted to either side, early and late valleys differ.",
    "stretch": "Stretch",
    "stretch help": "The same as dragging along the signal. It is part of this page's link.",
    "stretch alone": "The stretch alone: {n} samples, {a} to {b}, from {low:.3g} to {high:.3g}, mean {mean:.3g}.",
    "stretch time": "It lasts from {start:.4g} to {end:.4g} s.",
    "same in shell": "The same for the whole data set, in a shell:",
}


def say(key: str, **values: object) -> str:
    """A sentence as Markdown; text among `values` is shown as it is, never as markup."""
    return WORDS[key].format(**{k: text(v, 300) if isinstance(v, str) else v for k, v in values.items()})


def counted(count: int, one: str, many: str = "") -> str:
    """A number with its noun: `1 class`, `1,029 series`."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"
