"""Whatever a file does to the process that reads it, this one goes on and says what happened."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from kdviz.core import sandbox
from kdviz.core.errors import FileError, UserError
from kdviz.data.mapping import Mapping
from kdviz.data.sources import parser, parser_child
from tests.data.tables import layouts

GOOD = [("a.csv", layouts.FILES["named_last.csv"][0])]


def with_child(monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    """A child that confines itself, then runs `code` instead of reading."""
    whole = f"import sys, json, os, signal\nfrom kdviz.core.sandbox import confine\nsys.stdin.read()\nconfine()\n{code}"
    monkeypatch.setattr(parser, "WORDS", ("-P", "-c", whole))


def test_a_file_is_read_in_another_process() -> None:
    told: list[float] = []
    found = parser.parse_bytes(GOOD, Mapping(), told.append)
    assert found.dataset.series == found.report["series"] == 30
    assert found.report["sha256"] == found.dataset.sha256
    assert told and told[-1] == 1.0 and told == sorted(told)
    assert found.dataset.source["name"] == "a.csv"


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("os.kill(os.getpid(), signal.SIGSEGV)", "crashed the reader"),
        ("os.abort()", "crashed the reader"),
        ("os.kill(os.getpid(), signal.SIGKILL)", "given up"),
        ("sys.exit(3)", "without an answer"),
        ("x = bytearray(3 * 2**30)", "without an answer"),
        ("print('nonsense'); sys.exit(0)", "without an answer"),
        ("[open('/dev/null') for _ in range(100)]", "without an answer"),
    ],
)
def test_a_child_that_dies_is_a_sentence(monkeypatch: pytest.MonkeyPatch, code: str, words: str) -> None:
    with_child(monkeypatch, code)
    with pytest.raises(FileError, match=words):
        parser.parse_bytes(GOOD, Mapping())


def test_a_child_that_hangs_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parser, "WALL_SECONDS", 1)
    with_child(monkeypatch, "import time; time.sleep(60)")
    with pytest.raises(FileError, match="longer than"):
        parser.parse_bytes(GOOD, Mapping())


def test_a_child_that_burns_time_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    with_child(monkeypatch, "import resource; resource.setrlimit(resource.RLIMIT_CPU, (1, 1))\nwhile True: pass")
    with pytest.raises(FileError, match="given up"):
        parser.parse_bytes(GOOD, Mapping())


@pytest.mark.skipif(sys.platform != "linux", reason="these bounds are Linux's")
def test_a_child_has_given_up_its_rights(tmp_path: Path) -> None:
    code = (
        "import resource, json, pathlib; from kdviz.core.sandbox import confine; confine();"
        "s = pathlib.Path('/proc/self/status').read_text();"
        "print(json.dumps([resource.getrlimit(r)[0] for r in (resource.RLIMIT_AS, resource.RLIMIT_CPU,"
        " resource.RLIMIT_NOFILE, resource.RLIMIT_CORE)] + ['NoNewPrivs:\\t1' in s,"
        " pathlib.Path('/proc/self/oom_score_adj').read_text().strip()]))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == [2 * 2**30, 20, 64, 0, True, "1000"]
    assert sandbox.WALL_SECONDS == 30


def test_a_child_knows_nothing_of_the_server(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("KDVIZ_SECRET", "secret")
    assert "secret" not in json.dumps(parser._environment(tmp_path))


def test_a_child_starts_without_what_is_slow(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(GOOD[0][1])
    asked = parser_child.request([(str(path), "a.csv")], {}, str(tmp_path))
    code = (
        "import sys; from kdviz.data.sources import parser_child as child; child.main();"
        "print([m for m in ('pandas', 'scipy', 'torch', 'pyarrow', 'streamlit', 'plotly') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], input=asked, capture_output=True, text=True, check=True)
    assert done.stdout.strip().endswith("[]")
    assert "report" in json.loads((tmp_path / parser_child.ANSWER).read_text())


def test_two_files_are_read_at_once_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    running, most, lock = [0], [0], threading.Lock()

    def slow(*_: object) -> int:
        with lock:
            running[0] += 1
            most[0] = max(most[0], running[0])
        time.sleep(0.1)
        with lock:
            running[0] -= 1
        return 1

    def read() -> None:
        with pytest.raises(FileError):
            parser.parse_bytes(GOOD, Mapping())

    monkeypatch.setattr(parser, "_run", slow)
    threads = [threading.Thread(target=read) for _ in range(5)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert most[0] == 2


def test_a_path_that_is_no_file_is_a_sentence(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    big = tmp_path / "big.csv"
    with big.open("wb") as file:
        file.truncate(51 * 2**20)
    (tmp_path / "none.csv").touch()
    for path, words in [(tmp_path, "folder"), (pipe, "ordinary"), (tmp_path / "x", "no file"), (big, "50 MB"),
                        (tmp_path / "none.csv", "empty"), (Path("a\0b"), "no file")]:  # fmt: skip
        with pytest.raises(UserError, match=words):
            parser.parse_paths([path], Mapping())
