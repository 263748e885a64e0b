"""How much a process may cost that opens what a stranger brought."""

from __future__ import annotations

import resource

MEMORY = 2 << 30
PROCESSOR_SECONDS = 20
LARGEST_FILE = 256 << 20
OPEN_FILES = 64


def limit() -> None:
    """From here on, a file can cost no more than this."""
    for what, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, PROCESSOR_SECONDS),
        (resource.RLIMIT_FSIZE, LARGEST_FILE),
        (resource.RLIMIT_NOFILE, OPEN_FILES),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))
