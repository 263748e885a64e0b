"""The throw-away process that reads one upload: `python -m kdviz.data.child`, a request on its standard input.

Request: {"files": [[path, name], ...], "mapping": {...}, "out": folder}. Progress goes to standard output, a number a
line; the answer to out/answer.json, and the data set to out/dataset.npz.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from kdviz.data.confine import confine

ANSWER = "answer.json"
DATASET = "dataset.npz"
STEP = 0.02


def main() -> int:
    """Read the request, give up every right, read the files, answer."""
    request = json.loads(sys.stdin.read())
    sys.stdin.close()
    confine()
    out = Path(request["out"])
    answer = _answer(request, out)
    (out / ANSWER).write_text(json.dumps(answer))
    return 0


def _answer(request: dict[str, Any], out: Path) -> dict[str, Any]:
    from kdviz.errors import FileError, UserError

    try:
        return {"report": _read(request, out)}
    except UserError as why:
        place = {"line": why.line, "column": why.column} if isinstance(why, FileError) else None
        return {"error": str(why), "place": place}
    except MemoryError:
        return {"error": "The file needs more memory to read than there is for one file (2 GB). Keep fewer series.",
                "place": {}}  # fmt: skip
    except RecursionError:
        return {"error": "The file is nested too deeply to be data.", "place": {}}
    except Exception as why:  # whatever a hostile file brings about ends here, as a sentence
        if os.environ.get("KDVIZ_DEBUG"):
            raise
        return {"error": f"The file could not be read: the reader did not understand it ({type(why).__name__}). "
                "Save it as CSV and try again.", "place": {}}  # fmt: skip


def _read(request: dict[str, Any], out: Path) -> dict[str, Any]:
    from kdviz.data import reading, report, store
    from kdviz.data.mapping import mapping_from
    from kdviz.data.raw import File

    mapping = mapping_from(request["mapping"])
    tell = _Telling()
    files = [File(name, Path(path).read_bytes(), tell) for path, name in request["files"]]
    found = reading.opened(files, mapping)
    tell(1.0)
    with (out / DATASET).open("wb") as file:
        store.write(found.dataset, file)
    return report.of_file(found, mapping)


class _Telling:
    """Progress on standard output, every two per cent."""

    def __init__(self) -> None:
        self.last = 0.0

    def __call__(self, done: float) -> None:
        if done >= self.last + STEP or done >= 1.0:
            self.last = done
            sys.stdout.write(f"{done:.2f}\n")
            sys.stdout.flush()


def request(files: Sequence[tuple[str, str]], mapping: dict[str, Any], out: str) -> str:
    """The request as text."""
    return json.dumps({"files": [list(f) for f in files], "mapping": mapping, "out": out})


if __name__ == "__main__":
    sys.exit(main())
