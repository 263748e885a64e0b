"""How many pages may be open: one visitor cannot take all of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from kdviz.ui.refused import Refused

MOST = 200
SPARE = 4


class Places:
    """Open websockets, by visitor."""

    def __init__(self, each: int, most: int = MOST) -> None:
        self.each, self.most = each, most
        self.open: Counter[str] = Counter()

    def ask(self, visitor: str) -> None:
        """Raise Refused where this visitor may not open one page more."""
        if self.open[visitor] >= self.each:
            raise Refused(
                429, f"kdviz is open in {self.each} windows of this browser already. Close one: this page then opens "
                "by itself.", True,
            )  # fmt: skip
        if self.open.total() >= self.most:
            raise Refused(503, f"All {self.most} places are taken. This page opens by itself when one is free.", True)

    @contextmanager
    def taken(self, visitor: str) -> Iterator[None]:
        """Hold a place; raises Refused. A few beyond `each`: a page that is reloaded holds its old one for a moment."""
        if self.open[visitor] >= self.each + SPARE or self.open.total() >= self.most + SPARE:
            raise Refused(429, "Too many pages are open.")
        self.open[visitor] += 1
        try:
            yield
        finally:
            self.open[visitor] -= 1
            self.open = +self.open
