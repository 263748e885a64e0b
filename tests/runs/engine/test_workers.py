"""Workers as processes: they yield to the pages, and are counted until they are gone."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from kdviz.core.child_process import Child
from kdviz.runs.engine import workers
from kdviz.runs.engine.workers import Engine, yield_to_pages
from kdviz.runs.store.run import FINAL


@pytest.fixture
def child() -> Iterator[Child]:
    with Child(["-c", "import time; time.sleep(60)"], os.environ, leads=True) as process:
        yield process


def test_a_worker_yields_to_whoever_started_it_within_its_session_and_as_a_session(
    child: Child, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers, "MODEST", 10)
    yield_to_pages(child.pid)
    mine = os.getpriority(os.PRIO_PROCESS, 0)
    wanted = min(19, mine + 10)
    assert os.getpriority(os.PRIO_PROCESS, child.pid) == wanted > mine or mine == 19
    group = Path(f"/proc/{child.pid}/autogroup")
    if group.exists():
        assert group.read_text().split()[-1] == str(wanted)


def test_a_worker_whose_run_has_ended_is_counted_until_it_is_gone(child: Child, tmp_path: Path) -> None:
    engine, run = Engine(), tmp_path / "home" / "runs" / "a"
    run.mkdir(parents=True)
    engine.children[str(run)] = child
    assert engine.lingering() == 0
    (run / FINAL).touch()
    assert engine.lingering() == engine.lingering(tmp_path / "home") == 1
    assert engine.lingering(tmp_path / "elsewhere") == 0
    child.kill()
    child.wait()
    assert engine.lingering() == 0
