"""A gate with few places: six of one visitor do not keep another waiting, and who gives up leaves the queue."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import pytest

from kdviz.core.errors import UserError
from kdviz.core.fair_gate import MOST_WAITING, FairGate


class Doors:
    """Visitors who go through a gate and stay until they are let out; the order in which they came in."""

    def __init__(self, gate: FairGate) -> None:
        self.gate, self.inside = gate, list[str]()
        self.order: list[str] = []
        self.out = threading.Semaphore(0)
        self.most, self.lock = 0, threading.Lock()
        self.threads: list[threading.Thread] = []

    def come(self, who: str) -> None:
        before = len(self.gate.waiting) + len(self.order)
        self.threads.append(threading.Thread(target=self._pass, args=(who,)))
        self.threads[-1].start()
        until(lambda: len(self.gate.waiting) + len(self.order) > before)

    def _pass(self, who: str) -> None:
        with self.gate.place(who):
            with self.lock:
                assert who not in self.inside
                self.inside.append(who)
                self.order.append(who)
                self.most = max(self.most, len(self.inside))
            self.out.acquire()
            with self.lock:
                self.inside.remove(who)

    def end(self) -> list[str]:
        for _ in self.threads:
            self.out.release()
        for thread in self.threads:
            thread.join(10)
        return self.order


def until(what: Callable[[], bool]) -> None:
    end = time.monotonic() + 10
    while not what():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.005)


def test_six_of_one_visitor_do_not_keep_another_waiting() -> None:
    doors = Doors(FairGate(1))
    for _ in range(6):
        doors.come("alice")
    doors.come("bob")
    assert doors.end() == ["alice", "bob", *["alice"] * 5]


def test_each_visitor_has_one_place_and_all_have_so_many() -> None:
    doors = Doors(FairGate(2))
    for who in ("alice", "alice", "bob", "carol"):
        doors.come(who)
    until(lambda: len(doors.order) == 2)
    assert sorted(doors.order) == ["alice", "bob"]
    assert sorted(doors.end()) == ["alice", "alice", "bob", "carol"] and doors.most == 2


def test_whoever_waits_is_told_and_may_give_up() -> None:
    gate, told = FairGate(1), list[int]()

    def give_up() -> None:
        told.append(1)
        if len(told) == 3:
            raise KeyError

    with gate.place("alice"):
        assert gate.full("alice") and gate.full("bob")
        with pytest.raises(KeyError), gate.place("bob", give_up):
            pass
    assert told == [1, 1, 1] and gate.waiting == [] and not gate.full("bob")
    with gate.place("bob", give_up):
        assert gate.inside == {"bob"}
    assert told == [1, 1, 1]


def test_one_visitor_cannot_fill_the_queue() -> None:
    doors = Doors(FairGate(1))
    for _ in range(MOST_WAITING + 1):
        doors.come("alice")
    with pytest.raises(UserError, match="wait here already"), doors.gate.place("alice"):
        pass
    doors.come("bob")
    assert doors.end()[1] == "bob"


def test_a_place_is_free_again_after_a_failure() -> None:
    gate = FairGate(1)
    with pytest.raises(ZeroDivisionError), gate.place("alice"):
        _ = 1 // 0
    assert not gate.full("alice")
