"""Put the table of methods, as the program prints it, into the README."""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from kdviz.runs.store.catalogue import described, markdown  # noqa: E402

README = ROOT / "README.md"
START, END = "<!-- methods -->\n", "<!-- /methods -->"

if __name__ == "__main__":
    words = README.read_text()
    before, rest = words.split(START)
    after = rest.split(END)[1]
    README.write_text(f"{before}{START}{markdown(described()['methods'])}\n{END}{after}")
