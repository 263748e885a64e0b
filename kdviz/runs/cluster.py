"""Runs on the workers of a dask cluster: the same worker of the command line, over a directory that all of them share.

dask.distributed is optional (requirements-cluster.txt). Whoever reaches a dask scheduler can run anything on its
workers: keep it on loopback, or behind TLS that only you have the keys of.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from kdviz.errors import UserError
from kdviz.runs.drive import Bring
from kdviz.runs.hands import Hands
from kdviz.runs.home import home
from kdviz.runs.store import Run

ADDRESS = re.compile(r"(tcp|tls)://[\w.\[\]:-]+:\d+")
WHERE = "KDVIZ_DASK"
_hands = Hands()


@contextmanager
def cluster(address: str) -> Iterator[tuple[Executor, Bring, int]]:
    """An executor on the cluster, what it is to do with a run's folder, and how many runs it takes at once.

    Raises UserError where dask is not installed, the address is none, or nobody answers there.
    """
    if not ADDRESS.fullmatch(address):
        raise UserError(
            f"The cluster was {address[:60]!r}; write it as tcp://HOST:PORT, where dask's scheduler listens."
        )
    try:
        from distributed import Client
    except ImportError:
        raise UserError("A cluster needs dask: `pip install -r requirements-cluster.txt`.") from None
    try:
        client = Client(address, timeout="10s", set_as_default=False)
    except (OSError, TimeoutError):
        raise UserError(
            f"Nobody answers at {address}. `make cluster` starts a scheduler and two workers here."
        ) from None
    with client:
        threads = sum(client.nthreads().values())
        if not threads:
            raise UserError(f"The scheduler at {address} has no workers: start some with `dask worker {address}`.")
        yield client.get_executor(pure=False, retries=3), partial(bring, shared=str(home().resolve())), threads


def bring(folder: str, shared: str) -> str:
    """On a worker: bring the run in this folder to its end, with everything under the shared home."""
    if not Path(folder).is_dir():
        raise UserError(f"{folder} is not on {os.uname().nodename}: every worker must see the same directory there.")
    os.environ["KDVIZ_HOME"] = shared
    return _hands.bring(Run(Path(folder)))
