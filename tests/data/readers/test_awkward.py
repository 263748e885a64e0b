"""No file crashes, hangs, runs or garbles anything: it is read, read with a warning, or refused in one sentence."""

from __future__ import annotations

import json
import tracemalloc
import zipfile
from pathlib import Path

import pytest

from kdviz.core.errors import FileError, UserError
from kdviz.data import unpack
from kdviz.data.mapping import Mapping
from kdviz.data.raw import File
from kdviz.data.sources import file_facts, parser, parser_child
from tests.data.readers.awkward import FILES, READ, REFUSED, WARNED, Awkward, Bomb, pickled, rows, text, with_members


def became(name: str, data: bytes) -> tuple[str, str]:
    """What became of a file, and what was said."""
    try:
        found = file_facts.of_file(parser_child.opened([File(name, data)], Mapping()), Mapping())
    except UserError as why:
        return REFUSED, str(why)
    json.dumps(found)
    return WARNED if found["warnings"] else READ, " ".join(found["warnings"])


@pytest.mark.parametrize("file", FILES, ids=lambda f: f.name[:40].encode("unicode_escape").decode())
def test_an_awkward_file_becomes_what_it_should(file: Awkward) -> None:
    what, said = became(file.name, file.make())
    assert what == file.becomes, said
    assert file.says.lower() in said.lower()
    if what == REFUSED:
        assert said.endswith((".", ")", "pull")) or "Convert once" in said
        assert "\n" not in said and "Traceback" not in said


def test_the_bomb_would_have_gone_off() -> None:
    import pickle

    with pytest.raises(SystemExit):
        pickle.loads(pickled())
    assert isinstance(Bomb(), Bomb)


@pytest.mark.parametrize("large", [False, True], ids=["zip", "zip64"])
def test_members_are_counted_before_a_record_of_each_is_made(large: bool) -> None:
    content = with_members(500_000, 1, large)
    tracemalloc.start()
    try:
        with pytest.raises(FileError, match="500,000 members"):
            unpack.opened(content)
        assert tracemalloc.get_traced_memory()[1] < 2 * len(content)
    finally:
        tracemalloc.stop()


def test_honest_zips_are_opened_with_a_comment_and_as_zip64(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as zipped, zipped.open("a", "w", force_zip64=True) as member:
        member.write(b"PK\x01\x02" * 100)
    with zipfile.ZipFile(path, "a") as zipped:
        zipped.comment = b"PK\x05" * 99
    for source in (path, path.read_bytes(), with_members(1, 1, large=True)):
        with unpack.opened(source) as found:
            assert len(found.infolist()) == 1


def test_labels_are_kept_as_they_were_written() -> None:
    for written, kept in {
        "1.0000000e+00": "1", "-1": "-1", "-1.0": "-1", "007": "007", "=1+1": "=1+1", "🏃": "🏃",
        "<b>x</b>": "<b>x</b>", "1.5": "1.5", "a b": "a b", "True": "True", "1e3": "1000",
    }.items():  # fmt: skip
        data = text([["label", *(f"t{i}" for i in range(30))], *rows(label=lambda i, w=written: (w, "other")[i % 2])])
        found = parser_child.opened([File("a.csv", data)], Mapping()).dataset
        assert kept in found.classes, written


@pytest.mark.parametrize("name", ["bomb.npz", "bomb.gz", "poisoned.npz", "far_cell.xlsx", "ragged.csv", "deep.json"])
def test_the_child_says_the_same_and_leaves_nothing_behind(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    file = next(f for f in FILES if f.name == name)
    with pytest.raises(FileError) as caught:
        parser.parse_bytes([(file.name, file.make())], Mapping())
    assert file.says.lower() in str(caught.value).lower()
    assert not list(tmp_path.iterdir())


def test_the_line_and_column_of_a_broken_csv_survive_the_child() -> None:
    file = next(f for f in FILES if f.name == "word.csv")
    with pytest.raises(FileError) as caught:
        parser.parse_bytes([(file.name, file.make())], Mapping())
    assert (caught.value.line, caught.value.column) == (6, 8)
