"""The catalogue of sentences and the pages agree."""

import ast
import string
from pathlib import Path

from kdviz.ui.texts.sentences import SENTENCES

ROOT = Path(__file__).resolve().parents[3]


def calls() -> list[ast.Call]:
    files = [*(ROOT / "pages").glob("*.py"), *(ROOT / "kdviz" / "ui").rglob("*.py")]
    trees = (ast.parse(path.read_text()) for path in files)
    return [
        node for tree in trees for node in ast.walk(tree)
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("say", "say_plain")
    ]  # fmt: skip


def keys(call: ast.Call) -> list[str]:
    """The keys that a call may say; of a key that is put together, all those that begin as it does."""
    first = call.args[0]
    assert not isinstance(first, ast.Name), f"line {call.lineno}: a key in a variable hides from this test"
    if isinstance(first, ast.JoinedStr):
        start = first.values[0]
        assert isinstance(start, ast.Constant)
        return [key for key in SENTENCES if key.startswith(str(start.value))]
    return [n.value for n in ast.walk(first) if isinstance(n, ast.Constant) and isinstance(n.value, str)]


def test_every_sentence_that_is_said_exists_and_is_given_what_it_names() -> None:
    for call in calls():
        given = {k.arg for k in call.keywords}
        for key in keys(call):
            named = {name for _, name, _, _ in string.Formatter().parse(SENTENCES[key]) if name}
            assert named == given, (key, call.lineno)


def test_no_sentence_is_left_over() -> None:
    said = {key for call in calls() for key in keys(call)}
    assert set(SENTENCES) == said
