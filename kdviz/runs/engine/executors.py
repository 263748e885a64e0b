"""Where runs are trained: a few warm workers of this machine, or those of a dask cluster that share its directory.

dask.distributed is optional (requirements-cluster.txt).
"""

from __future__ import annotations

import atexit
import os
import re
from collections.abc import Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from kdviz.core.errors import UserError
from kdviz.runs.engine.pool import WorkerPool
from kdviz.runs.engine.workers import slots
from kdviz.runs.store.home import home
from kdviz.runs.store.run import Run
from kdviz.runs.sweeps.scheduler import Bring

MOST_WORKERS = 256


@contextmanager
def local(workers: int | None = None) -> Iterator[tuple[Executor, Bring, int]]:
    """An executor of this machine's workers, what it is to do with a run's folder, and how many at once."""
    count = slots() if workers is None else workers
    if not 1 <= count <= MOST_WORKERS:
        raise UserError(f"The number of workers was {count}; allowed is a whole number from 1 to {MOST_WORKERS}.")
    processes, threads = WorkerPool(), ThreadPoolExecutor(count, "kdviz-worker")
    try:
        yield threads, lambda folder: processes.bring(Run(Path(folder))), count
    finally:
        processes.close()
        threads.shutdown(cancel_futures=True)


ADDRESS = re.compile(r"(tcp|tls)://[\w.\[\]:-]+:\d+")
WHERE = "KDVIZ_DASK"
LOOPBACK = "127.0.0.1"
LOST_BEFORE_GIVEN_UP = 3
PATIENCE = "10s"
_workers = WorkerPool()


def dask() -> Any:
    """dask.distributed; raises UserError where it is not installed."""
    try:
        import distributed
    except ImportError:
        raise UserError("A cluster needs dask: `pip install -r requirements-cluster.txt`.") from None
    return distributed


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
        client = dask().Client(address, timeout=PATIENCE, set_as_default=False)
    except (OSError, TimeoutError):
        raise UserError(
            f"Nobody answers at {address}. `make cluster` starts a scheduler and two workers here."
        ) from None
    with client:
        threads = sum(client.nthreads().values())
        if not threads:
            raise UserError(f"The scheduler at {address} has no workers: start some with `dask worker {address}`.")
        pool = client.get_executor(pure=False, retries=LOST_BEFORE_GIVEN_UP)
        yield pool, partial(bring, shared=str(home().resolve())), threads


def bring(folder: str, shared: str) -> str:
    """On a worker: bring the run in this folder to its end, with everything under the shared home."""
    if not Path(folder).is_dir():
        raise UserError(f"{folder} is not on {os.uname().nodename}: every worker must see the same directory there.")
    os.environ["KDVIZ_HOME"] = shared
    atexit.register(_workers.close)  # a worker that is told to go takes its processes with it; they leave a checkpoint
    return _workers.bring(Run(Path(folder)))


@contextmanager
def loopback(workers: int, port: int) -> Iterator[str]:
    """A scheduler and so many workers on this machine, for nobody outside it; its address. Port 0: any free one."""
    found = dask()
    from dask import config

    silent: dict[str, list[str]] = {f"distributed.{who}.http.routes": [] for who in ("scheduler", "worker")}
    with config.set(silent), found.LocalCluster(
        n_workers=workers, threads_per_worker=1, host=LOOPBACK, scheduler_port=port, memory_limit=0,
        dashboard_address=None, worker_dashboard_address=None,
    ) as here:  # fmt: skip
        yield str(here.scheduler_address)
