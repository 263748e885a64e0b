"""What a file to save is called: readable, and never the same for two contents.

Streamlit tells large downloads apart by name, type, length and a part of their bytes; under one name a visitor could
be handed what was made for another.
"""

from __future__ import annotations

import hashlib
import re


def file_name(stem: str, ending: str, content: bytes) -> str:
    """`stem` in plain letters, eight digits of the content's sha256, and the ending."""
    plain = re.sub(r"[^a-z0-9]+", "-", stem.lower()).strip("-")[:60] or "kdviz"
    return f"{plain}-{hashlib.sha256(content).hexdigest()[:8]}.{ending}"
