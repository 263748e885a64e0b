"""Links that let others read a run on a shared host: random, so that none can be guessed; nobody writes by one."""

from __future__ import annotations

import contextlib
import re
import secrets
from pathlib import Path

from kdviz.core.errors import UserError
from kdviz.core.files import private, write_json
from kdviz.runs.store.home import RUN_ID, VISITOR, VISITORS, home, root
from kdviz.runs.store.run import REQUEST, Run, read_record

TOKEN = re.compile(r"[0-9a-f]{32}")


def token(run: Run) -> str:
    """What lets a reader into this run of one's own; made when it is first asked for."""
    mine = _folder(home()) / f"{run.folder.name}.json"
    with contextlib.suppress(UserError):
        known = str(read_record(mine).get("token", ""))
        if TOKEN.fullmatch(known):
            return known
    fresh = secrets.token_hex(16)
    write_json(_folder(root()) / f"{fresh}.json", {"visitor": home().name, "run": run.folder.name})
    write_json(mine, {"token": fresh})
    return fresh


def withdraw(run: Run) -> None:
    """Whoever was given the link is locked out; the next link is another."""
    mine = _folder(home()) / f"{run.folder.name}.json"
    (_folder(root()) / f"{token(run)}.json").unlink(missing_ok=True)
    mine.unlink(missing_ok=True)


def shared(identity: str, given: str) -> Run | None:
    """The run of this identity, where `given` lets one read it."""
    if not RUN_ID.fullmatch(identity) or not TOKEN.fullmatch(given):
        return None
    try:
        record = read_record(_folder(root()) / f"{given}.json")
    except UserError:
        return None
    place = _place(record)
    return Run(place) if place is not None and place.name == identity and (place / REQUEST).is_file() else None


def tidy() -> None:
    """Remove links into folders that are gone."""
    for path in _folder(root()).glob("*.json"):
        with contextlib.suppress(UserError):
            place = _place(read_record(path))
            if place is None or not place.parent.parent.is_dir():
                path.unlink(missing_ok=True)


def _place(record: dict[str, object]) -> Path | None:
    visitor, run = str(record.get("visitor")), str(record.get("run"))
    whole = VISITOR.fullmatch(visitor) and RUN_ID.fullmatch(run)
    return root() / VISITORS / visitor / "runs" / run if whole else None


def _folder(place: Path) -> Path:
    return private(place / "links")
