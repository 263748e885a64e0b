"""The looker: one warm process a server that holds networks and answers questions over its standard streams.

A question is one JSON line; an answer is one JSON line followed by raw C-ordered buffers. Nothing is pickled.
"""

from __future__ import annotations

import json
import os
import sys
import traceback
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from kdviz.core.errors import UserError
from kdviz.runs.store.home import at, root


def serve(questions: IO[bytes], replies: IO[bytes]) -> None:
    """Answer questions until the stream ends."""
    from kdviz.runs.answers import base

    base.questions()
    write_reply(replies, {"ok": True, "ready": True}, {})
    for line in questions:
        try:
            asked = json.loads(line)
            place = asked.pop("home", None)
            with at(Path(place) if place else root()):
                words, arrays = base.answered(asked.pop("ask"), asked)
            write_reply(replies, {"ok": True, **words}, arrays)
        except UserError as sentence:
            write_reply(replies, {"ok": False, "sentence": str(sentence)}, {})
        except Exception as fault:
            traceback.print_exc(file=sys.stderr)
            write_reply(
                replies, {"ok": False, "sentence": f"This could not be looked at ({type(fault).__name__})."}, {}
            )


def write_reply(stream: IO[bytes], words: dict[str, Any], arrays: dict[str, NDArray[Any]]) -> None:
    """One JSON line that names the arrays, then their bytes."""
    plain = {name: np.ascontiguousarray(value) for name, value in arrays.items()}
    heads = [{"name": n, "shape": list(v.shape), "dtype": v.dtype.str} for n, v in plain.items()]
    stream.write(json.dumps({"words": words, "arrays": heads}).encode() + b"\n")
    for value in plain.values():
        stream.write(value.tobytes())
    stream.flush()


def read_reply(stream: IO[bytes]) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
    """The words and arrays of one reply; raises EOFError where the looker died."""
    line = stream.readline()
    if not line:
        raise EOFError
    head = json.loads(line)
    arrays = {}
    for each in head["arrays"]:
        kind = np.dtype(each["dtype"])
        count = int(np.prod(each["shape"], dtype=np.int64))
        content = stream.read(count * kind.itemsize)
        arrays[each["name"]] = np.frombuffer(content, kind).reshape(each["shape"])
    return head["words"], arrays


def main() -> int:
    """Serve on the standard streams; whatever else prints goes to stderr."""
    replies = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    serve(sys.stdin.buffer, replies)
    return 0
