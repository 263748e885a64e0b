"""What a visitor of a shared host may keep; whoever asks for more reads how much it is, and what to delete."""

from __future__ import annotations

from kdviz.errors import UserError
from kdviz.runs.datasets import store
from kdviz.runs.engine import refuse_full_disk
from kdviz.runs.home import home, root, runs_home
from kdviz.runs.hosting import MOST_BYTES, MOST_BYTES_OF_ALL, MOST_DATA_SETS, MOST_QUEUED, hosted
from kdviz.runs.lineage import size
from kdviz.runs.store import all_runs
from kdviz.runs.waiting import wanted

MB = 1 << 20
KEPT = ("datasets", "uploads", "runs", "sweeps", "trash")


def kept() -> int:
    """Bytes of all that the visitor has here, but for what can be computed again."""
    return sum(size(home() / name) for name in KEPT)


def refuse_more(coming: int = 0) -> None:
    """Raise UserError where `coming` bytes more are too many: for the visitor, for the host, or for the disk."""
    if not hosted():
        return
    refuse_full_disk(runs_home())
    now = kept()
    if now + coming > MOST_BYTES:
        raise UserError(
            f"You keep {now / MB:.0f} MB here, and this needs {coming / MB:.0f} MB more; allowed are "
            f"{MOST_BYTES / MB:.0f} MB. Delete data on the Data page, or runs on the Runs page and empty the trash."
        )
    if size(root()) + coming > MOST_BYTES_OF_ALL:
        raise UserError("This host is full. Come back when others' data have expired, or run kdviz yourself.")


def refuse_more_data() -> None:
    """Raise UserError where the visitor keeps as many data sets as he may."""
    if hosted() and len(store().list()) >= MOST_DATA_SETS:
        raise UserError(
            f"You keep {MOST_DATA_SETS} data sets here already, which is as many as you may. "
            "Delete one below on the Data page, then drop the file again."
        )


def refuse_more_runs() -> None:
    """Raise UserError where as many of the visitor's runs wait as may."""
    if not hosted():
        return
    if sum(wanted(r) and r.state in ("queued", "interrupted") for r in all_runs()) >= MOST_QUEUED:
        raise UserError(f"{MOST_QUEUED} of your runs wait already. Start the next when one of them has begun.")
