"""A gate before what few can do at once: one place a visitor, and whoever was let in least recently goes before."""

from __future__ import annotations

import itertools
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from kdviz.core.errors import UserError

TICK = 0.25
MOST_WAITING = 8
REMEMBERED = 512
TOO_MANY = "{count} files of yours wait here already. Try again when one of them is done."
Told = Callable[[], object]


class FairGate:
    """`most` places in all; on one's own machine all are one visitor."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.inside: set[str] = set()
        self.waiting: list[tuple[int, str]] = []
        self.served: OrderedDict[str, int] = OrderedDict()
        self.changed, self.numbers = threading.Condition(), itertools.count(1)

    @contextmanager
    def place(self, who: str, waits: Told | None = None) -> Iterator[None]:
        """Hold a place; `waits` is called a few times a second until there is one, and may raise to give it up.

        Raises UserError where so many of the same visitor wait already.
        """
        self._enter(self._queued(who), waits)
        try:
            yield
        finally:
            with self.changed:
                self.inside.discard(who)
                self.changed.notify_all()

    def full(self, who: str) -> bool:
        """Whether this visitor would have to wait now."""
        with self.changed:
            return who in self.inside or len(self.inside) >= self.most

    def _queued(self, who: str) -> tuple[int, str]:
        with self.changed:
            if sum(other == who for _, other in self.waiting) >= MOST_WAITING:
                raise UserError(TOO_MANY.format(count=MOST_WAITING))
            ticket = (next(self.numbers), who)
            self.waiting.append(ticket)
            return ticket

    def _enter(self, ticket: tuple[int, str], waits: Told | None) -> None:
        try:
            while not self._let_in(ticket):
                if waits is not None:
                    waits()
        except BaseException:
            with self.changed:
                self.waiting.remove(ticket)
                self.changed.notify_all()
            raise

    def _let_in(self, ticket: tuple[int, str]) -> bool:
        with self.changed:
            if self._next() != ticket:
                self.changed.wait(TICK)
                if self._next() != ticket:
                    return False
            who = ticket[1]
            self.waiting.remove(ticket)
            self.inside.add(who)
            self.served[who] = next(self.numbers)
            self.served.move_to_end(who)
            if len(self.served) > REMEMBERED:
                self.served.popitem(last=False)
            self.changed.notify_all()
            return True

    def _next(self) -> tuple[int, str] | None:
        if len(self.inside) >= self.most:
            return None
        able = [ticket for ticket in self.waiting if ticket[1] not in self.inside]
        return min(able, key=lambda ticket: (self.served.get(ticket[1], 0), ticket[0]), default=None)
