"""Bringing a run to its end in this process, and telling how it goes."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from kdviz.commands.base import say
from kdviz.errors import UserError

if TYPE_CHECKING:
    from kdviz.data.dataset import Dataset
    from kdviz.runs.store import Run


def carry_out(run: Run, data: Dataset, as_json: bool) -> int:
    """JSON lines while it runs; the last is the final record. Raises UserError where it fails or is another's."""
    from kdviz.runs.lock import Held
    from kdviz.runs.work import work

    try:
        for event in work(run, data):
            tell(event.line(), as_json)
    except Held:
        raise UserError(f"Another process works on {run.folder}: wait for it, or choose another --out.") from None
    final = run.final or {}
    if final.get("event") == "failed":
        raise UserError(str(final["sentence"]))
    say(final)
    return 0


def tell(line: dict[str, object], as_json: bool) -> None:
    """One event; the final record is told at the end."""
    if line["event"] in ("finished", "failed"):
        return
    if as_json:
        say(line)
    elif line["event"] == "epoch":
        accuracy = line["accuracy"]
        print(f"{line['who']:<12} epoch {line['epoch']}/{line['epochs']}  {accuracy}", file=sys.stderr)
    elif line["event"] == "learned":
        print(f"{line['who']:<12} {line['accuracy']}{' (reused)' * bool(line['reused'])}", file=sys.stderr)


def take_back_stop(run: Run) -> None:
    """A run that was stopped or has failed goes on from where it was."""
    from kdviz.runs.layout import ATTEMPTS, CANCEL, FINAL

    if run.state in ("stopped", "failed"):
        for name in (CANCEL, FINAL, ATTEMPTS):
            (run.folder / name).unlink(missing_ok=True)
