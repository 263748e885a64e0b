"""What a run has told, sorted by who learned."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

Told = Mapping[str, Any]


def epochs_by_network(told: Iterable[Told]) -> dict[str, list[Told]]:
    """The epochs that were told, by network, each epoch once and in order."""
    found: dict[str, dict[int, Told]] = {}
    for event in told:
        if event.get("event") == "epoch":
            found.setdefault(str(event["who"]), {})[int(event["epoch"])] = event
    return {who: [each[n] for n in sorted(each)] for who, each in found.items()}


def remarks(told: Iterable[Told]) -> list[str]:
    """The sentences that a run left for its readers, each once."""
    return list(dict.fromkeys(str(e["text"]) for e in told if e.get("event") == "noted"))
