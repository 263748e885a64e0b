"""Asking the looker: it is started when first needed, and started again when it has died."""

from __future__ import annotations

import json
import threading
from typing import Any, TypeVar

from kdviz.core.child_process import Child
from kdviz.core.errors import UserError
from kdviz.runs.looker.codec import from_plain, read_message
from kdviz.runs.looker.questions import Question
from kdviz.runs.store.home import at, child_environment, home, root

A = TypeVar("A")
PATIENCE = 60.0
SLOW = "The answer took longer than a minute and was given up. Try again, or choose a smaller network."
DIED = "The process that looks at networks died on this question. It has been started again: try once more."


class Looker:
    """A handle on the looker process; one question at a time.

    started  whether it was ever started: who can wait waits for that, and leaves the machine to the first page
    """

    def __init__(self) -> None:
        self.turn = threading.Lock()
        self.started = threading.Event()
        self.child: Child | None = None

    def warm(self) -> None:
        """Start the process, if it does not run, without waiting for it."""
        with self.turn:
            self._alive()

    def ask(self, question: Question[A], **given: Any) -> A:
        """The answer; raises UserError with the looker's sentence."""
        place = home()
        with self.turn:
            child = self._alive()
            with child.limited(PATIENCE) as late:
                try:
                    child.tell(json.dumps({"ask": question.id, "home": str(place), **given}))
                    head, arrays = read_message(child.says)
                    while head.get("ready"):
                        head, arrays = read_message(child.says)
                    if head.get("ok"):
                        return from_plain(question.answer, head["answer"], arrays)
                except (OSError, EOFError, ValueError):
                    self.close()
                    raise UserError(SLOW if late.is_set() else DIED) from None
        raise UserError(str(head.get("sentence", DIED)))

    def close(self) -> None:
        """End the process."""
        child, self.child = self.child, None
        if child is not None:
            child.end()

    def _alive(self) -> Child:
        if self.child is None or not self.child.alive:
            with at(root()), (root() / "looker.log").open("ab") as log:
                self.child = Child(["-m", "kdviz", "looker"], child_environment(), hears=True, stderr=log, dies=True)
            self.started.set()
        return self.child
