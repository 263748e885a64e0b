"""Nobody is handed what was computed for another: what caches are keyed by, and what downloads are called."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import streamlit as st
from streamlit.runtime.memory_media_file_storage import MemoryMediaFileStorage

from kdviz.ui.texts.formatting import file_name

ROOT = Path(__file__).resolve().parents[2]
SOURCES = [ROOT / "app.py", *(ROOT / "pages").glob("*.py"), *(ROOT / "kdviz").rglob("*.py")]
PLAIN = {"str", "int", "float", "bool", "None", "tuple[str, ...]", "tuple[int, ...]"}
CACHES = ("st.cache_data", "st.cache_resource")


def bad_keys(source: str) -> Iterator[str]:
    """The arguments of cached functions by which Streamlit would tell large values apart from a sample of them."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef) and any(_cached(d) for d in node.decorator_list):
            for each in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs):
                kinds = set(ast.unparse(each.annotation).split(" | ")) if each.annotation else {"?"}
                if not each.arg.startswith("_") and not kinds <= PLAIN:
                    yield f"{node.name}({each.arg}: {' | '.join(sorted(kinds))})"


def _cached(decorator: ast.expr) -> bool:
    return ast.unparse(decorator.func if isinstance(decorator, ast.Call) else decorator) in CACHES


def bad_names(source: str) -> Iterator[str]:
    """Downloads whose name does not come from `file_name`, where it is made or a line before."""
    tree = ast.parse(source)
    made = {
        target.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and _names(node.value)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("download_button"):
            given = node.args[2] if len(node.args) > 2 else None
            if given is None or not (_names(given) or (isinstance(given, ast.Name) and given.id in made)):
                yield ast.unparse(node)[:80]


def _names(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and ast.unparse(node.func) == "file_name"


def test_no_cache_is_keyed_by_arrays_or_frames() -> None:
    found = {str(path.relative_to(ROOT)): list(bad_keys(path.read_text())) for path in SOURCES}
    assert {name: bad for name, bad in found.items() if bad} == {}


def test_every_download_is_called_by_its_content() -> None:
    found = {str(path.relative_to(ROOT)): list(bad_names(path.read_text())) for path in SOURCES}
    assert {name: bad for name, bad in found.items() if bad} == {}


@pytest.mark.parametrize("argument", ["x: np.ndarray", "x: pd.DataFrame", "x: Dataset", "x", "*, x: list[float]"])
def test_a_cache_that_is_keyed_so_is_seen(argument: str) -> None:
    assert list(bad_keys(f"@st.cache_data(max_entries=3)\ndef f({argument}): ...\n"))
    assert not list(bad_keys(f"@st.cache_data\ndef f({argument.replace('x', '_x', 1)}): ...\n"))


@pytest.mark.parametrize("name", ["'run.zip'", "f'{name}.zip'", "plain"])
def test_a_download_that_is_called_otherwise_is_seen(name: str) -> None:
    assert list(bad_names(f"plain = 'x'\nst.download_button('Save', content, {name})\n"))


def test_this_is_what_the_rules_are_for() -> None:
    """Streamlit takes two large arrays for one: were it ever mended, the rules could go."""
    one = np.zeros(1_000_000)

    @st.cache_data
    def mean(x: np.ndarray) -> float:
        return float(x.mean())

    mixed = 0
    for place in range(8):
        other = one.copy()
        other[place * 1000] = 1e6
        mean.clear()
        mixed += mean(one) == mean(other)
    assert mixed > 0


def test_two_contents_are_never_saved_as_one_file() -> None:
    storage = MemoryMediaFileStorage("/media")
    one = bytes(4 << 20)
    other = bytearray(one)
    other[1_000_000] = 1
    same = [storage.load_and_get_id(bytes(c), "application/zip", "downloadable", "a.zip") for c in (one, other)]  # type: ignore[arg-type]
    assert same[0] == same[1]
    names = [file_name("My run: ../x", "zip", bytes(c)) for c in (one, other)]
    told = [
        storage.load_and_get_id(bytes(c), "application/zip", "downloadable", n)  # type: ignore[arg-type]
        for c, n in zip((one, other), names, strict=True)
    ]
    assert told[0] != told[1] and all(n.startswith("my-run-x-") and n.endswith(".zip") for n in names)
