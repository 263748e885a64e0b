"""The looker: one warm process a server that holds networks and answers questions over its standard streams.

A question is one JSON line; an answer is what kdviz.runs.looker.codec makes of a dataclass.
"""

from __future__ import annotations

import json
import os
import sys
import traceback
from pathlib import Path
from typing import IO

from kdviz.core.errors import UserError
from kdviz.runs.looker.codec import write_message
from kdviz.runs.store.home import at, root


def serve(questions: IO[bytes], replies: IO[bytes]) -> None:
    """Answer questions until the stream ends."""
    from kdviz.runs.looker.functions import answered

    write_message(replies, {"ok": True, "ready": True})
    for line in questions:
        try:
            asked = json.loads(line)
            place = asked.pop("home", None)
            with at(Path(place) if place else root()):
                answer = answered(asked.pop("ask"), asked)
            write_message(replies, {"ok": True}, answer)
        except UserError as sentence:
            write_message(replies, {"ok": False, "sentence": str(sentence)})
        except Exception as fault:
            traceback.print_exc(file=sys.stderr)
            write_message(replies, {"ok": False, "sentence": f"This could not be looked at ({type(fault).__name__})."})


def main() -> int:
    """Serve on the standard streams; whatever else prints goes to stderr."""
    replies = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    serve(sys.stdin.buffer, replies)
    return 0
