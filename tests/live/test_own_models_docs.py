"""Every example of docs/own-models.md runs as it stands; those of libraries that are not here are skipped by name."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DOCS = (ROOT / "docs" / "own-models.md").read_text()
EXAMPLES = dict(re.findall(r"^## (.*?)\n.*?```python\n(.*?)```", DOCS, re.DOTALL | re.MULTILINE))
NEEDS = {"Lightning": "lightning", "Hugging Face Trainer": "transformers", "torchdistill": "torchdistill"}


def test_every_part_has_an_example() -> None:
    assert len(EXAMPLES) == DOCS.count("\n## ") == 5 and set(NEEDS) < set(EXAMPLES)


@pytest.mark.slow
@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_runs(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if name in NEEDS and importlib.util.find_spec(NEEDS[name]) is None:
        pytest.skip(f"{NEEDS[name]} is not installed here")
    (tmp_path / "shown.py").write_text(EXAMPLES[name])
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    done = subprocess.run([sys.executable, "shown.py"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stdout.strip()
