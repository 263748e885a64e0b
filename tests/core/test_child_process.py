"""A child hears lines, is given its time, and takes all that it started with it."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import pytest

from kdviz.core.child_process import NOWHERE, Child

ECHO = "import sys\nfor line in sys.stdin: print(line.strip().upper(), flush=True)"
SLEEP = "import time; time.sleep(60)"


def test_it_hears_lines_and_answers_them() -> None:
    with Child(["-c", ECHO], os.environ, hears=True) as child:
        for word in ("one", "two"):
            child.tell(word)
            assert child.says.readline() == f"{word.upper()}\n".encode()
        child.tell("three", last=True)
        assert child.says.read() == b"THREE\n" and child.wait() == 0 and not child.alive


def test_one_without_pipes_cannot_be_spoken_to() -> None:
    with Child(["-c", SLEEP], os.environ, stdout=NOWHERE) as child:
        with pytest.raises(OSError, match="no pipe"):
            child.tell("one")
        with pytest.raises(OSError, match="no pipe"):
            _ = child.says
    assert child.returncode == -9


def test_it_is_killed_when_its_time_is_up_and_only_then() -> None:
    with Child(["-c", SLEEP], os.environ) as child, child.limited(0.2) as late:
        assert child.says.read() == b"" and late.is_set()
        assert child.wait() == -9
    with Child(["-c", "print(1)"], os.environ) as child, child.limited(60) as late:
        assert child.says.read() == b"1\n" and child.wait() == 0
    assert not late.is_set()


def test_it_may_end_by_itself_before_it_is_killed() -> None:
    polite = "import signal, sys, time\nsignal.signal(15, lambda *_: sys.exit(7))\nprint(flush=True)\ntime.sleep(60)"
    deaf = "import signal, time\nsignal.signal(15, signal.SIG_IGN)\nprint(flush=True)\ntime.sleep(60)"
    for code, patience, status in ((polite, 30.0, 7), (deaf, 0.2, -9), (deaf, 0.0, -9)):
        with Child(["-c", code], os.environ) as child:
            child.says.readline()
            assert child.end(patience) == status


def test_whoever_leads_a_session_is_ended_with_it(tmp_path: Path) -> None:
    code = (
        f"import subprocess, sys; p = subprocess.Popen([sys.executable, '-c', {SLEEP!r}])\n"
        "print(p.pid, flush=True); p.wait()"
    )
    with Child(["-c", code], os.environ, leads=True) as child:
        grandchild = int(child.says.readline())
    until = time.monotonic() + 10
    while Path(f"/proc/{grandchild}/cmdline").exists() and Path(f"/proc/{grandchild}/cmdline").read_bytes():
        assert time.monotonic() < until
        time.sleep(0.02)


def test_it_knows_nothing_but_the_environment_that_it_was_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KDVIZ_SECRET", "secret")
    with Child(["-c", "import os; print(sorted(os.environ))"], {"KDVIZ_OWN": "1"}) as child:
        said = child.says.read()
    assert b"KDVIZ_OWN" in said and b"KDVIZ_SECRET" not in said


DEPENDS = "from kdviz.core.sandbox import depend; depend(); import time; print(flush=True); time.sleep(60)"
PARENT = f"""
import os, threading, time
from kdviz.core.child_process import Child
made = []
def start():
    made.append(Child(["-c", {DEPENDS!r}], os.environ, dies=True))
    made[0].says.readline()
one = threading.Thread(target=start)
one.start(), one.join()
time.sleep(0.3)
print(made[0].pid, made[0].alive, open(f"/proc/{{made[0].pid}}/oom_score_adj").read().strip(), flush=True)
time.sleep(60)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's word is Linux's")
def test_it_dies_with_us_whatever_ends_us_but_not_with_the_thread_that_started_it() -> None:
    with Child(["-c", PARENT], os.environ) as parent:
        child, alive, first = parent.says.readline().split()
        assert alive == b"True" and first == b"1000"
    until = time.monotonic() + 10
    while Path(f"/proc/{int(child)}/stat").exists() and _state(int(child)) != "Z":
        assert time.monotonic() < until, "it outlives its parent"
        time.sleep(0.05)


def _state(child: int) -> str:
    try:
        return Path(f"/proc/{child}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return "Z"
