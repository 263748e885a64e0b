"""The sentences of the page Runs."""

SENTENCES: dict[str, str] = {
    "take link back": "Take the link back",
    "link help": "Whoever was given this page's address can look at the run. Those addresses stop working; this "
    "page gets a new one.",
    "link taken back": "Addresses given out so far no longer open this run.",
    "reader": "You look at a run that somebody else made and gave a link to. You can read it, not change it.",
}
