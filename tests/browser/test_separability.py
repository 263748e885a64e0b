"""What is measured before training, as a visitor sees it: begun, watched, ended by hand."""

from __future__ import annotations

import os
import re
import signal
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from playwright.sync_api import expect

from tests.browser.conftest import Opener, settled
from tests.browser.server import Server

PATIENCE = 90_000
AT_WORK, AT_REST = 0.25, 1_300
"""Seconds, and milliseconds in which the page looks again."""


def steps(server: Server) -> Iterator[None]:
    """The server's measuring child works a little, and stands still in between: it cannot end before a hand ends it."""
    end = time.monotonic() + PATIENCE / 1000
    while not (found := [pid for pid in processes(server) if b"separability" in words(pid)]):
        assert time.monotonic() < end, "nothing measures"
    while time.monotonic() < end:
        os.kill(found[0], signal.SIGCONT)
        time.sleep(AT_WORK)
        os.kill(found[0], signal.SIGSTOP)
        yield


def processes(server: Server) -> Iterator[int]:
    for each in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            if int(each.read_text().rpartition(")")[2].split()[1]) == server.pid:
                yield int(each.parent.name)


def words(pid: int) -> bytes:
    with suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    return b""


def test_a_measurement_tells_how_far_it_is_and_can_be_cancelled(server: Server, visit: Opener) -> None:
    page = visit(server, "/encode?data=coffee&look=classes")
    measure = page.get_by_role("button", name="Measure all views")
    measure.click()
    told = page.get_by_test_id("stProgress").filter(has_text=re.compile("Measuring: ."))
    for _ in steps(server):
        with suppress(AssertionError):
            expect(told).to_be_visible(timeout=AT_REST)
            break
    page.get_by_role("button", name="Cancel").click()
    expect(measure).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_test_id("stProgress")).to_have_count(0)
    settled(page)
