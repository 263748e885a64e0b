"""A file is whole or absent, whatever happens while it is written."""

from __future__ import annotations

from pathlib import Path

import pytest

from kdviz.core.files import sweep_up, whole, write


def test_a_file_appears_when_it_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "a"
    with whole(path) as file:
        file.write(b"one")
        file.flush()
        assert not path.exists() and len(list(tmp_path.glob(".a.*.tmp"))) == 1
    assert path.read_bytes() == b"one" and [*tmp_path.iterdir()] == [path]
    assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("fault", [ValueError, KeyboardInterrupt])
def test_one_that_is_broken_off_leaves_the_old_and_nothing_else(tmp_path: Path, fault: type[BaseException]) -> None:
    path = tmp_path / "a"
    write(path, b"old")
    with pytest.raises(fault), whole(path) as file:
        file.write(b"half")
        raise fault
    assert path.read_bytes() == b"old" and [*tmp_path.iterdir()] == [path]


def test_what_is_there_is_not_written_over_where_it_may_not_be(tmp_path: Path) -> None:
    path = tmp_path / "a"
    with whole(path, over=False) as file:
        file.write(b"first")
    with pytest.raises(FileExistsError), whole(path, over=False) as file:
        file.write(b"second")
    assert path.read_bytes() == b"first" and [*tmp_path.iterdir()] == [path]


def test_what_a_writer_that_died_left_is_swept_up(tmp_path: Path) -> None:
    writer = whole(tmp_path / "a")
    writer.__enter__()
    assert len(list(tmp_path.iterdir())) == 1
    sweep_up(tmp_path)
    assert list(tmp_path.iterdir()) == []
