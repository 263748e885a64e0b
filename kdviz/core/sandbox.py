"""A process gives up what reading a stranger's file never needs: memory, time, privileges, outliving its parent, the
network, other processes, and every file but those that it is given.

`confine` bounds and, by a filter of system calls (seccomp), takes network and processes away; `fence` takes the files
(Landlock). Both hold for root too, and for good. What a kernel does not offer is left out: `measured` tries it.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import platform
import resource
import signal
import socket
import struct
import sys
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from errno import ENOSYS, EPERM
from pathlib import Path

from kdviz.core.child_process import PARENT, ROOT, Child
from kdviz.core.reading_bounds import Bounds

OPEN_FILES = 64

_DIE_WITH_PARENT = 1
_NO_NEW_PRIVILEGES = 38


def confine(bounds: Bounds | None = None) -> None:
    """Bind this process for good. What the system does not know (outside Linux) is left out."""
    limit(bounds)
    _bind_to_parent(os.environ.pop(PARENT, ""))
    _tell_kernel(_NO_NEW_PRIVILEGES, 1)
    with contextlib.suppress(OSError, AttributeError):
        _filter_calls()


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


def limit(bounds: Bounds | None = None) -> None:
    """From here on, a file can cost no more than this."""
    bounds = bounds or Bounds()
    for what, most in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, OPEN_FILES),
        (resource.RLIMIT_FSIZE, bounds.file),
        (resource.RLIMIT_CPU, bounds.cpu),
        (resource.RLIMIT_AS, bounds.memory),
    ):
        with contextlib.suppress(ValueError, OSError):
            _, hard = resource.getrlimit(what)
            bound = most if hard == resource.RLIM_INFINITY else min(most, hard)
            resource.setrlimit(what, (bound, bound))


@dataclass(frozen=True)
class _Calls:
    """The numbers of system calls on one kind of processor.

    denied  network, programs, owners and modes of files, others' memory, the kernel's own
    own     kill, tgkill: to this process only
    """

    arch: int
    seccomp: int
    clone: int
    own: tuple[int, int]
    prlimit: int
    denied: tuple[int, ...]


_CLONE3 = 435
_EVERYWHERE = (424, 425, 434, 438, 440, 452)  # pidfd_*, io_uring_setup, process_madvise, fchmodat2
_X86 = (
    41, 53, 57, 58, 59, 322, 90, 91, 92, 93, 94, 260, 268, 188, 189, 190, 101, 310, 311, 129, 297, 200,
    161, 165, 272, 308, 321, 298, 323, 248, 249, 250,
)  # fmt: skip
_ARM = (
    198, 199, 221, 281, 51, 52, 53, 54, 55, 5, 6, 7, 117, 270, 271, 138, 240, 130, 40, 97, 268, 280, 241, 282, 217,
    218, 219,
)  # fmt: skip
_KNOWN = {
    "x86_64": _Calls(0xC000003E, 317, 56, (62, 234), 302, _X86),
    "aarch64": _Calls(0xC00000B7, 277, 220, (129, 131), 261, _ARM),
}
_LOAD, _EQUAL, _ABOVE, _HAS, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_ALLOW, _REFUSE = 0x7FFF0000, 0x00050000
_NUMBER, _ARCH, _FIRST = 0, 4, 16
_OTHER_NUMBERS = 0x40000000
_A_THREAD = 0x00010000


def _filter_calls() -> None:
    """No sockets, no programs, no new processes (threads are bounded by memory), no hand on other processes."""
    calls = _KNOWN.get(platform.machine())
    if calls is None:
        raise OSError(ENOSYS, "no list of system calls for this processor")
    lines = b"".join(struct.pack("<HBBI", *line) for line in _lines(calls, os.getpid()))
    held = ctypes.create_string_buffer(lines, len(lines))
    program = struct.pack("@HP", len(lines) // 8, ctypes.addressof(held))
    _call(calls.seccomp, 1, 1, program)  # a filter, for every thread


def _lines(calls: _Calls, me: int) -> Iterator[tuple[int, int, int, int]]:
    """The filter, a line each: (what, how many to skip where it holds, and where not, a value)."""
    yield _LOAD, 0, 0, _ARCH
    yield _EQUAL, 1, 0, calls.arch
    yield _RETURN, 0, 0, _REFUSE | EPERM
    yield _LOAD, 0, 0, _NUMBER
    yield _ABOVE, 0, 1, _OTHER_NUMBERS
    yield _RETURN, 0, 0, _REFUSE | EPERM
    for number in (*calls.denied, *_EVERYWHERE):
        yield _EQUAL, 0, 1, number
        yield _RETURN, 0, 0, _REFUSE | EPERM
    yield _EQUAL, 0, 1, _CLONE3  # its flags cannot be seen: the C library then asks for clone
    yield _RETURN, 0, 0, _REFUSE | ENOSYS
    for number, test, value in (
        (calls.clone, _HAS, _A_THREAD),
        *((number, _EQUAL, me) for number in calls.own),
        (calls.prlimit, _EQUAL, 0),
    ):
        yield _EQUAL, 0, 4, number
        yield _LOAD, 0, 0, _FIRST
        yield test, 1, 0, value
        yield _RETURN, 0, 0, _REFUSE | EPERM
        yield _RETURN, 0, 0, _ALLOW
    yield _RETURN, 0, 0, _ALLOW


_CREATE, _ADD, _RESTRICT = 444, 445, 446
_EXECUTE, _WRITE, _READ, _LIST, _TRUNCATE = 1 << 0, 1 << 1, 1 << 2, 1 << 3, 1 << 14
_OF_FILES = _EXECUTE | _WRITE | _READ | _TRUNCATE
_NOBODYS = _EXECUTE | 1 << 6 | 1 << 9 | 1 << 10 | 1 << 11 | 1 << 12
"""Programs, devices, sockets, pipes and links: not even where it may write."""
_RIGHTS = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 5: (1 << 16) - 1}
_LIBRARIES = ("/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib", "/usr/share/zoneinfo", "/etc/localtime",
              "/etc/ld.so.cache", "/dev/null", "/dev/urandom", "/sys/devices/system/cpu")  # fmt: skip


def fence(reads: Iterable[Path] = (), writes: Iterable[Path] = ()) -> None:
    """From here on there are only these files and folders, our code and what it imports; the rest cannot be opened.

    Names, sizes and dates of other files can still be asked for by whoever knows their paths.
    """
    with contextlib.suppress(OSError, AttributeError):
        _fence(reads, writes)


def _fence(reads: Iterable[Path], writes: Iterable[Path]) -> None:
    version = _call(_CREATE, None, 0, 1)
    handled = max(rights for since, rights in _RIGHTS.items() if since <= version)
    network, scoped = (3 if version >= 4 else 0), (3 if version >= 6 else 0)
    asked = struct.pack("<QQQ", handled, network, scoped)[: 8 if version < 4 else 16 if version < 6 else 24]
    rules = _call(_CREATE, asked, len(asked), 0)
    try:
        for path in (*reads, *_code()):
            _allow(rules, path, handled & (_READ | _LIST))
        for path in writes:
            _allow(rules, path, handled & ~_NOBODYS)
        _call(_RESTRICT, rules, 0)
    finally:
        os.close(rules)


def _code() -> Iterator[Path]:
    """What Python imports, and our own folder alone of what lies beside it: that may be anybody's."""
    yield ROOT / "kdviz"
    for found in (*sys.path, os.path.join(sys.base_prefix, "lib"), *_LIBRARIES):  # noqa: PTH118
        path = Path(found)
        if found and path.exists() and path.resolve() != ROOT:
            yield path


def _allow(rules: int, path: Path, rights: int) -> None:
    handle = os.open(path, os.O_PATH | os.O_CLOEXEC)
    try:
        here = rights if path.is_dir() else rights & _OF_FILES
        _call(_ADD, rules, 1, struct.pack("<Qi", here, handle), 0)
    finally:
        os.close(handle)


def _call(number: int, *given: int | bytes | None) -> int:
    """A system call that the C library has no name for; raises OSError."""
    libc = ctypes.CDLL(None, use_errno=True)
    libc.syscall.restype = ctypes.c_long
    words = [ctypes.c_long(each) if isinstance(each, int) else ctypes.c_char_p(each) for each in given]
    found = int(libc.syscall(ctypes.c_long(number), *words))
    if found < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return found


@dataclass(frozen=True)
class Taken:
    """What a confined process on this machine has really lost."""

    network: bool
    files: bool
    processes: bool


def measured(place: Path) -> Taken:
    """Try it, in a process of its own: a socket, what lies in the folder `place`, a fork."""
    with Child(("-P", "-m", "kdviz.core.sandbox", str(place)), {"PYTHONPATH": str(ROOT)}) as child:
        said = child.says.read()
    try:
        return Taken(**json.loads(said))
    except (ValueError, TypeError):
        return Taken(False, False, False)


def _try(place: Path) -> Taken:
    confine()
    fence()
    lost = dict.fromkeys(("network", "files", "processes"), False)
    for name, attempt in (("network", socket.socket), ("files", lambda: list(place.iterdir())), ("processes", os.fork)):
        try:
            found = attempt()
        except PermissionError:
            lost[name] = True
            continue
        if name == "processes" and found == 0:
            os._exit(0)
    return Taken(**lost)


if __name__ == "__main__":
    print(json.dumps(asdict(_try(Path(sys.argv[1] if len(sys.argv) > 1 else "/")))))
