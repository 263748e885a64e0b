"""The sentences of the page Learn; its concepts and glossary are in `glossary`."""

SENTENCES: dict[str, str] = {
    "learn": "Each word in three sentences, with a figure: of your data where it can be, else of the finished run "
    "on Start or of numbers chosen to show it.",
    "on this page": "On this page: [concepts](#gaf) · [methods](#methods) · [glossary](#glossary) · "
    "[what kdviz cannot tell you](#limits) · [keys](#keys)",
    "map of methods": "What is handed over, and by which methods. A strong line leads to what is special about a "
    "method, a thin one to what it hands over besides. A name leads to its three sentences.",
    "methods as a table": "The same as a table",
    "hands of": "Who hands what to whom: {what}",
    "no run to draw from": "No finished run is here to draw this from: Start makes one.",
}
