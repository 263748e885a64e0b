"""Whatever a file does to the process that reads it, this one goes on and says what happened."""

from __future__ import annotations

import ctypes
import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from kdviz.core import reading_bounds, sandbox
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
    assert reading_bounds.WALL_SECONDS == 30


TRIED = """
import ctypes, json, os, signal, socket, subprocess, sys, threading
from pathlib import Path
from kdviz.core.sandbox import confine, fence
secret, given, out, parent = Path(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]), int(sys.argv[4])
assert len(os.listdir("/proc/self/task")) == 1
confine(); fence([given], [out])
def thread():
    one = threading.Thread(target=print); one.start(); one.join()
tried = {
    "tcp": lambda: socket.socket(), "udp": lambda: socket.socket(type=socket.SOCK_DGRAM),
    "unix": lambda: socket.socket(socket.AF_UNIX), "read": secret.read_bytes, "look": lambda: os.listdir(secret.parent),
    "write": lambda: secret.write_text("x"), "add": lambda: (secret.parent / "new").touch(), "remove": secret.unlink,
    "mode": lambda: secret.chmod(0o777), "link": lambda: (out / "link").symlink_to(secret),
    "hard link": lambda: os.link(secret, out / "hard"), "move": lambda: secret.rename(out / "moved"),
    "cut": lambda: os.truncate(secret, 0), "server's environment": Path(f"/proc/{parent}/environ").read_bytes,
    "server's files": lambda: os.listdir(f"/proc/{parent}/fd"), "kill": lambda: os.kill(parent, 0), "fork": os.fork,
    "program": lambda: subprocess.run(["/bin/true"]), "other root": lambda: os.chroot(str(out)),
}
allowed = {
    "given": given.read_bytes, "made": lambda: (out / "made").write_text("x"), "thread": thread,
    "module": lambda: __import__("scipy.io"), "itself": lambda: os.kill(os.getpid(), 0),
}
def became(deed):
    try:
        deed()
    except OSError as why:
        return type(why).__name__
    return "done"
print(json.dumps([{name: became(deed) for name, deed in deeds.items()} for deeds in (tried, allowed)]))
"""


def offered() -> bool:
    """Whether this kernel has Landlock and seccomp; asked of itself, for what we make of them may be broken."""
    if sys.platform != "linux" or not Path("/proc/sys/kernel/seccomp/actions_avail").exists():
        return False
    return int(ctypes.CDLL(None).syscall(444, None, 0, 1)) > 0  # landlock_create_ruleset: its version


@pytest.mark.skipif(not offered(), reason="not every kernel offers it")
def test_a_child_reaches_no_network_no_process_and_no_file_but_its_own(tmp_path: Path) -> None:
    for name in ("home", "given", "out"):
        (tmp_path / name).mkdir()
    secret, given = tmp_path / "home" / "secret", tmp_path / "given" / "a.csv"
    for path in (secret, given):
        path.write_text("secret")
    words = [str(secret), str(given), str(tmp_path / "out"), str(os.getpid())]
    done = subprocess.run([sys.executable, "-c", TRIED, *words], capture_output=True, text=True, check=True)
    tried, allowed = json.loads(done.stdout.splitlines()[-1])
    assert set(tried.values()) <= {"PermissionError", "OSError"}, tried
    assert set(allowed.values()) == {"done"}, allowed
    assert secret.read_text() == "secret" and secret.stat().st_mode & 0o777 != 0o777
    assert [p.name for p in (tmp_path / "home").iterdir()] == ["secret"]


@pytest.mark.parametrize("name", ["array.npz", "frame.parquet", "matlab.mat"])
def test_what_readers_import_late_is_within_reach(name: str) -> None:
    content = next(d for n, (d, _) in sorted(layouts.FILES.items()) if n.endswith(Path(name).suffix))
    assert parser.parse_bytes([(name, content)], Mapping()).dataset.series


def test_what_a_kernel_does_not_offer_is_known_and_the_bounds_hold_without_it(monkeypatch: pytest.MonkeyPatch) -> None:
    code = (
        "import platform, resource\nfrom pathlib import Path\nfrom kdviz.core import sandbox\n"
        "platform.machine = lambda: 'vax'\nsandbox._CREATE = 9999\n"
        "print(vars(sandbox._try(Path('/'))), resource.getrlimit(resource.RLIMIT_NOFILE)[0])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split("\n")[0] == "{'network': False, 'files': False, 'processes': False} 64"
    monkeypatch.setattr(sandbox, "ROOT", Path("/nowhere"))
    assert not any(vars(sandbox.measured(Path("/"))).values())


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
        file.truncate(9 * 2**30)
    (tmp_path / "none.csv").touch()
    for path, words in [(tmp_path, "folder"), (pipe, "ordinary"), (tmp_path / "x", "no file"), (big, "8,192 MB"),
                        (tmp_path / "none.csv", "empty"), (Path("a\0b"), "no file")]:  # fmt: skip
        with pytest.raises(UserError, match=words):
            parser.parse_paths([path], Mapping())
