"""Runs on this machine: a few warm workers, one core left for everything else."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from kdviz.errors import UserError
from kdviz.runs.drive import Bring
from kdviz.runs.engine import slots
from kdviz.runs.hands import Hands
from kdviz.runs.store import Run

MOST_WORKERS = 256


@contextmanager
def local(workers: int | None = None) -> Iterator[tuple[Executor, Bring, int]]:
    """An executor of this machine's workers, what it is to do with a run's folder, and how many at once."""
    count = slots() if workers is None else workers
    if not 1 <= count <= MOST_WORKERS:
        raise UserError(f"The number of workers was {count}; allowed is a whole number from 1 to {MOST_WORKERS}.")
    hands = Hands()
    pool = ThreadPoolExecutor(count, "kdviz-hand")
    try:
        yield pool, lambda folder: hands.bring(Run(Path(folder))), count
    finally:
        hands.close()
        pool.shutdown(cancel_futures=True)
