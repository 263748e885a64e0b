"""A process gives up what reading a stranger's file never needs: memory, time, privileges, outliving its parent."""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource
import signal
import sys
from pathlib import Path

MEMORY_BYTES = 2 * 2**30
CPU_SECONDS = 20
WALL_SECONDS = 30
FILE_BYTES = 256 * 2**20
OPEN_FILES = 64

PARENT = "KDVIZ_PARENT"
"""In a child's environment: the process that it is not to outlive."""

_DIE_WITH_PARENT = 1
_NO_NEW_PRIVILEGES = 38


def confine() -> None:
    """Bind this process for good. What the system does not know (outside Linux) is left out."""
    limit()
    _bind_to_parent(os.environ.pop(PARENT, ""))
    _tell_kernel(_NO_NEW_PRIVILEGES, 1)


def depend() -> None:
    """Die with whoever started this process, where it says so, and first when memory is short."""
    if parent := os.environ.pop(PARENT, ""):
        _bind_to_parent(parent)


def _bind_to_parent(parent: str) -> None:
    _tell_kernel(_DIE_WITH_PARENT, signal.SIGKILL)
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000")
    if parent not in ("", str(os.getppid())):  # it died before the kernel was told
        os._exit(1)


def _tell_kernel(what: int, value: int) -> None:
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None, use_errno=True).prctl(what, value, 0, 0, 0)


def limit() -> None:
    """From here on, a file can cost no more than this."""
    for what, most in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, OPEN_FILES),
        (resource.RLIMIT_FSIZE, FILE_BYTES),
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_AS, MEMORY_BYTES),
    ):
        with contextlib.suppress(ValueError, OSError):
            _, hard = resource.getrlimit(what)
            bound = most if hard == resource.RLIM_INFINITY else min(most, hard)
            resource.setrlimit(what, (bound, bound))
