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
    "export": "Export",
    "export as": "Format",
    "copy python": "Copy as Python: it runs as it stands and saves this panel.",
    "download": "Save {name}",
    "stretch": "Stretch",
    "stretch help": "The same as dragging along the signal. It is part of this page's link.",
    "stretch alone": "The stretch alone: {n} samples, {a} to {b}, from {low} to {high}, mean {mean}.",
    "stretch in seconds": "The stretch alone: {n} samples, {a} to {b} ({from_} to {to} s), from {low} to {high}, "
    "mean {mean}.",
    "stretch alt": "Samples {a} to {b} of the series, and their block of {name}.",
    "same in shell": "The same for the whole data set, in a shell:",
}


def say(key: str, **values: object) -> str:
    """A sentence as Markdown; text among `values` is shown as it is, never as markup."""
    return WORDS[key].format(**{k: text(v, 300) if isinstance(v, str) else v for k, v in values.items()})


def counted(count: int, one: str, many: str = "") -> str:
    """A number with its noun: `1 class`, `1,029 series`."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"
