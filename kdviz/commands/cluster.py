"""A cluster on this machine, to try what a sweep does on one."""

from __future__ import annotations

import signal
from argparse import ArgumentParser, Namespace
from threading import Event

from kdviz.commands.base import Command, say
from kdviz.core.errors import UserError

MOST = 256


class Cluster(Command):
    """A dask scheduler and its workers, on loopback."""

    id = "cluster"
    help = "start a dask scheduler and workers on this machine, for `sweep --dask`, until Ctrl-C"

    def arguments(self, parser: ArgumentParser) -> None:
        """How many, and where."""
        parser.add_argument("--workers", type=int, default=2, metavar="N")
        parser.add_argument("--port", type=int, default=8786, metavar="PORT", help="0: any free one")

    def run(self, given: Namespace) -> int:
        """Serve until it is told to end; the address is the first line."""
        from kdviz.runs.engine.executors import WHERE, loopback

        if not 1 <= given.workers <= MOST or not 0 <= given.port < 65536:
            raise UserError(f"A cluster here has 1 to {MOST} workers and a port of 0 to 65535.")
        ended = Event()
        signal.signal(signal.SIGTERM, lambda *_: ended.set())
        try:
            with loopback(given.workers, given.port) as address:
                if given.json:
                    say({"address": address, "workers": given.workers})
                else:
                    print(f"{given.workers} workers at {address}; this machine only, until Ctrl-C. In another shell:")
                    print(f"{WHERE}={address} python -m kdviz sweep sample:gunpoint --epochs 20", flush=True)
                ended.wait()
        except KeyboardInterrupt:
            pass
        return 0
