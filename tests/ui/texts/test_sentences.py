"""The catalogue of sentences and the pages agree, and nothing reaches the screen past the catalogue."""

from __future__ import annotations

import ast
import re
import string
from collections.abc import Iterator
from pathlib import Path

import pytest

from kdviz.ui.texts.sentences import LENS, ON_BOARD, SENTENCES, TABLES, counted, merged
from tests.ui.texts.on_screen import SAYS, called, past_the_catalogue

ROOT = Path(__file__).resolve().parents[3]
UI = ROOT / "kdviz" / "ui"


def sources(*, texts: bool) -> Iterator[tuple[str, ast.Module]]:
    """Every file of pages/ and kdviz/ui, by its path; with or without the folder of the tables themselves."""
    for path in sorted([*(ROOT / "pages").glob("*.py"), *UI.rglob("*.py")]):
        name = path.relative_to(ROOT).as_posix()
        if texts or "/texts/" not in name:
            yield name, ast.parse(path.read_text())


def sayings() -> Iterator[tuple[str, ast.Call]]:
    for name, tree in sources(texts=True):
        for node in ast.walk(tree):
            if (
                isinstance(node, ast.Call)
                and called(node) in SAYS
                and len(node.args) == 1 + (called(node) == "counted")
            ):
                yield name, node


def keys(call: ast.Call) -> list[str]:
    """The keys that a call may say; of a key that is put together, all those that begin as it does."""
    first = call.args[1 if called(call) == "counted" else 0]
    assert not isinstance(first, ast.Name), f"line {call.lineno}: a key in a variable hides from this test"
    if isinstance(first, ast.JoinedStr):
        start = first.values[0]
        assert isinstance(start, ast.Constant)
        return [key for key in SENTENCES if key.startswith(str(start.value))]
    said = [n.value for n in ast.walk(first) if isinstance(n, ast.Constant) and isinstance(n.value, str)]
    return [f"count {key}" for key in said] if called(call) == "counted" else said


def named(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


def test_every_sentence_that_is_said_exists_and_is_given_what_it_names() -> None:
    for path, call in sayings():
        given = {"count"} if called(call) == "counted" else {k.arg for k in call.keywords}
        assert keys(call), (path, call.lineno)
        for key in keys(call):
            assert named(SENTENCES[key]) == given, (path, call.lineno, key)


def test_no_sentence_is_left_over() -> None:
    said = {key for _, call in sayings() for key in keys(call)}
    assert set(SENTENCES) == said


def test_a_number_with_its_noun_has_two_forms() -> None:
    for key in (key for key in SENTENCES if key.startswith("count ")):
        one, bar, several = SENTENCES[key].partition(" | ")
        assert bar and named(one) == named(several) == {"count"} and one != several, key
        assert counted(1, key.removeprefix("count ")).startswith("1 ")


def test_a_key_that_two_tables_hold_is_refused() -> None:
    assert sum(map(len, TABLES.values())) == len(SENTENCES)
    with pytest.raises(ValueError, match=r"learn\.toml says again"):
        merged({"start": {"a": "A"}, "learn": {"a": "B"}})


def test_there_is_a_table_for_every_page_and_one_for_what_they_share() -> None:
    pages = {path.stem for path in (ROOT / "pages").glob("*.py")}
    assert set(TABLES) == pages | {"shared"}
    assert {*TABLES, "lens", "board"} == {path.stem for path in (UI / "texts" / "en").glob("*.toml")}


def test_what_the_lens_says_by_itself_is_what_its_scripts_ask_for() -> None:
    scripts = "\n".join(path.read_text() for path in (UI / "lens").glob("*.js"))
    composed = ("image ", "pixel", "tilt ", "title")  # put together, or said, by Python
    asked = set(re.findall(r"\b(?:words|this)\.say\(\"([a-z ]+)\"", scripts))
    assert asked and asked <= set(LENS)
    for key in LENS:
        quoted, ending = f'"{key}"' in scripts, "`${look.kind} essential`" in scripts and key.endswith(" essential")
        assert quoted or ending or key.startswith(composed) or key in ("valley", "peak"), key


def test_what_the_board_says_by_itself_is_what_its_script_asks_for() -> None:
    script = (ROOT / "kdviz" / "figures" / "browser" / "evidence_board.js").read_text()
    asked = set(re.findall(r"\bw\.([a-z]+)\b", script)) | set(re.findall(r'"([a-z]+ [a-z]+)"', script)) & set(ON_BOARD)
    assert {key for key in asked if key not in ON_BOARD} == set()
    for key in ON_BOARD:
        assert key in asked or key.startswith("rule "), key


PLANTED = {
    "a title": 'st.title("Data")',
    "a label of a container": 'left.button("Stop", key="stop")',
    "a label in an f-string": 'st.metric(name, f"{size:.1f} MB")',
    "a help": 'st.toggle(say("x"), help="on the test set")',
    "a spinner": '@st.cache_data(show_spinner="Reading")\ndef f(): ...',
    "a word in a choice of two": 'st.markdown("yes" if a == "b" else say("x"))',
    "an escaped sentence": 'st.error(sentence(f"It lacks {name}."))',
    "a label of our own wrapper": 'one_of(st.selectbox, "method", titles, "kd", "method")',
    "an option of our own wrapper": 'one_of(st.pills, say("x"), {"a": "first"}, "a", "key")',
    "an error": 'raise UserError("no")',
    "a head of a table": 'st.dataframe({"class": names})',
    "a sentence that is kept for later": 'NOTE = "Nothing is here yet."',
    "a title in a mapping": 'TITLES = {"all": "Everything"}',
    "a word between two values": 'line = f"{done} of {all}"',
}
SOUND = """
st.title(say("page data"), anchor="data")
st.button(say("stop"), key="stop_run", icon=":material/stop:", type="primary", on_click=stop, args=("now",))
one_of(st.pills, say("x"), titles, "gaf", "to", required=True)
command(f"python -m kdviz compare {runs} --json")
link("runs", say("open run", method=row["method"]))
log.warning("Not ready beforehand: %s", why)
"""


@pytest.mark.parametrize("crack", PLANTED)
def test_words_past_the_catalogue_are_seen(crack: str) -> None:
    assert past_the_catalogue("pages/planted.py", ast.parse(PLANTED[crack]))


def test_what_is_no_word_for_people_is_let_through() -> None:
    assert past_the_catalogue("pages/planted.py", ast.parse(SOUND)) == []


def test_no_words_reach_the_screen_past_the_catalogue() -> None:
    found = [fault for path, tree in sources(texts=False) for fault in past_the_catalogue(path, tree)]
    assert not found, "\n".join(found)
