"""What readers of data, methods, networks and runs say by themselves is found in one place, and is well written."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from kdviz.core.errors import UserError
from kdviz.data.sources.open_data import open_data
from kdviz.evidence.base import extractors
from kdviz.methods.base import check, methods
from kdviz.modalities.base import modalities
from tests.ui.texts.elsewhere import Said, every, raised, template, trees

COPIED = re.compile(r": (?:git lfs pull|[\w.]+\(.*\))(?:, or in MATLAB: save\(.*\))?$")
"""A line to copy, at the end of a sentence: a full stop would be copied with it."""


def of(*kinds: str) -> list[Said]:
    found = [said for said in every() if said.kind in kinds]
    assert found
    return found


def test_nothing_begins_or_ends_with_a_blank_or_has_two() -> None:
    for said in every():
        assert said.words and "  " not in said.words, said
        assert said.kind == "part" or said.words == said.words.strip(), said


def test_errors_and_entries_are_sentences() -> None:
    for said in of("error", "entry"):
        assert said.words.endswith((".", "?", "{}")) or COPIED.search(said.words), said


def test_titles_labels_papers_and_helps_are_none() -> None:
    for said in of("title", "label", "paper", "help"):
        assert not said.words.endswith((".", ",", ":", ";")) or said.words.endswith("..."), said
    assert all(said.words != said.words.lower() for said in of("title"))


def test_every_method_modality_and_extractor_is_in_the_list() -> None:
    titled = {said.where for said in of("title")}
    assert titled == {
        *(f"method {name}" for name in methods()),
        *(f"modality {name}" for name in modalities()),
        *(f"extractor {name}" for name in extractors()),
    }


def assigned(tree: ast.Module, name: str) -> list[str | None]:
    """The literals that a module gives a name, in a module's or in a class's body."""
    found = [n for n in ast.walk(tree) if isinstance(n, ast.Assign) and getattr(n.targets[0], "id", "") == name]
    return [template(node.value) for node in found]


def functions() -> dict[str, set[str]]:
    """Every function of the rooms, by its name: where the lines of its body stand."""
    found: dict[str, set[str]] = {}
    for path, tree in trees().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef):
                lines = range(node.lineno, (node.end_lineno or node.lineno) + 1)
                found.setdefault(node.name, set()).update(f"{path}:{line}" for line in lines)
    return found


def test_every_error_is_made_of_words_that_are_in_the_list() -> None:
    """Of a literal, a constant or a function that holds some; a name in small letters hands on what another said."""
    listed, places, bodies = {said.words for said in every()}, {said.where for said in every()}, functions()
    for path, tree in trees().items():
        for line, node in raised(tree):
            match node:
                case ast.Constant() | ast.JoinedStr() | ast.BinOp():
                    assert template(node) in listed, (path, line)
                case ast.Name(id=name) if name.isupper():
                    assert any(words in listed for words in assigned(tree, name)), (path, line, name)
                case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)) if name in bodies:
                    assert bodies[name] & places, (path, line, name)


BAD = {
    "pickle.pkl": b"\x80\x04\x95\x10\x00\x00\x00\x00\x00\x00\x00",
    "empty.csv": b"",
    "page.csv": b"<!doctype html><html><body>404</body></html>",
    "words.json": b'{"a": "b"}',
    "cut.json": b"[1, 2,",
    "film.mp4": b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00",
    "some.arff": b"@relation x\n@attribute a numeric\n@data\nfoo\n",
    "sound.wav": b"RIFF\x04\x00\x00\x00WAVE",
    "ragged.csv": b"a,b,c\n1,2,3\n1,2\n4,5,6\n",
}


def known(sentence: str) -> bool:
    """Whether it is one of the list, with values in it."""
    shapes = (re.escape(said.words).replace(r"\{\}", ".*") for said in of("error", "sentence", "part"))
    return any(re.fullmatch(shape, sentence, re.DOTALL) for shape in shapes if shape != ".*")


@pytest.mark.parametrize("name", BAD)
def test_what_a_reader_says_of_a_bad_file_is_in_the_list(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(BAD[name])
    with pytest.raises(UserError) as told:
        open_data(str(tmp_path / name))
    assert known(str(told.value)), str(told.value)


def test_what_a_method_says_when_it_refuses_is_in_the_list() -> None:
    with pytest.raises(UserError) as told:
        check("camkd", ("gaf",), "signal")
    assert known(str(told.value)), str(told.value)
    assert not known("Nobody says this here.")
