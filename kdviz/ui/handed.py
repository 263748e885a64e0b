"""What kinds of knowledge a method hands over, read from the words of its own entry."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

KINDS = {
    "frequencies": "feature maps through a learned filter",
    "maps": "where it looks: CAMs, attention",
    "relations": "how samples lie to each other",
    "features": "stages, hidden vectors",
    "answers": "logits, probabilities",
    "labels alone": "no teacher",
}
SIGNS = {
    "relations": ("batch", "similarit", "distance", "near"),
    "maps": ("cam", "attention", "activation map", "attend"),
    "features": ("feature", "hidden", "embedding"),
    "answers": ("logits", "probabilities", "certainty", "ranking"),
}
OTHER = "other"


def kinds(about: Mapping[str, Any]) -> tuple[str, ...]:
    """The kinds, what is special about the method first; `other` where its words name none that is known."""
    given = [what.lower() for giver, what, _ in about["hands"] if giver != "labels"]
    found = {kind for kind in map(_kind, given) if kind}
    if "features" in found and "frequenc" in about["claims"]:
        found = found - {"features"} | {"frequencies"}
    return tuple(kind for kind in KINDS if kind in found) or (OTHER if given else "labels alone",)


def _kind(what: str) -> str:
    return next((kind for kind, signs in SIGNS.items() if any(sign in what for sign in signs)), "")
