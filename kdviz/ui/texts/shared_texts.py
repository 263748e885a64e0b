"""The sentences of the shell and of what pages share."""

SENTENCES: dict[str, str] = {
    "about": "**kdviz** shows whether a small network looks where its teacher looks.",
    "our fault": "This page failed, and it was not you. The server's log has the details under **{note}**. "
    "Reload the page; what was trained is kept.",
    "what is": "What is this: {what}?",
    "keys": "Keys",
    "present next": "Next: {page}",
    "present back": "Back: {page}",
    "present place": "{place} of {of}",
    "present end": "End the presentation",
    "drop help": "Text, CSV, JSON, Excel, NumPy, MATLAB, ARFF, .zip and others, up to 50 MB; a training and a test "
    "file go together. They go no further than the machine that serves kdviz.",
    "not taken": "This was not taken",
    "export": "Export",
    "export as": "Format",
    "copy python": "Copy as Python: it runs as it stands and saves this panel.",
    "download": "Save {name}",
}
