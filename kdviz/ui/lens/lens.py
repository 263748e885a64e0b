"""The lens lives in the browser and computes its pictures from the series; only the stretch dragged comes back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import streamlit as st

HERE = Path(__file__).parent
SCRIPTS = ("numbers", "words", "links", "panel", "signal", "plane", "pairs", "lens")
"""One module each, in the order in which they need one another; the browser gets them as one."""


def script() -> str:
    """All that the browser runs."""
    return "\n".join((HERE / f"{name}.js").read_text(encoding="utf-8") for name in SCRIPTS)


_mount = st.components.v2.component(
    "kdviz_lens",
    html=(HERE / "lens.html").read_text(encoding="utf-8"),
    css=(HERE / "lens.css").read_text(encoding="utf-8"),
    js=script(),
)


def lens(payload: Mapping[str, Any], key: str, on_brush: Callable[[], None]) -> None:
    """Show what `payload` describes; `on_brush` is called when a stretch was dragged or cleared (see `brushed`)."""
    _mount(data=dict(payload), key=key, on_brush_change=on_brush)


def brushed(key: str) -> tuple[int, int] | None:
    """The stretch that was dragged last, first and last sample; None where it was cleared."""
    given = st.session_state[key].get("brush")
    sound = isinstance(given, list | tuple) and len(given) == 2 and all(isinstance(v, int) for v in given)
    return (int(given[0]), int(given[1])) if sound else None
