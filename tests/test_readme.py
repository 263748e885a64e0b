"""What README.md and docs/architecture.md say is what the program and its folders say."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from docs.fill_readme import README, blocks, part

ROOT = Path(__file__).parents[1]
BLOCKS = {(file.name, name): (file, said) for file, each in blocks().items() for name, said in each.items()}
DOCS = [
    *(ROOT / name for name in ("README.md", "Makefile", "Dockerfile", ".streamlit/config.toml")),
    *sorted((ROOT / "docs").glob("*.md")),
]
A_PATH = re.compile(r"(?<![\w/.-])(?:kdviz|tests|benchmarks|pages|docs)/[A-Za-z0-9_/.-]+")
TOYS = {
    "methods/mimic.py",
    "modalities/steps.py",
    "evidence/loudness.py",
    "data/readers/pipes.py",
    "commands/classes.py",
    "nets/architectures/glance.py",
}


@pytest.mark.parametrize("which", BLOCKS, ids=" ".join)
def test_a_block_is_printed_by_the_program(which: tuple[str, str]) -> None:
    file, said = BLOCKS[which]
    assert part(file.read_text(), which[1])[1].strip() == said.strip(), "run: python docs/fill_readme.py"


@pytest.mark.parametrize("file", DOCS, ids=lambda f: f.name)
def test_every_path_that_the_docs_name_is_there(file: Path) -> None:
    named = {found.rstrip(".") for found in A_PATH.findall(file.read_text())}
    toys = {f"kdviz/{toy}" for toy in TOYS}
    assert [name for name in sorted(named - toys) if not (ROOT / name).exists()] == []


def test_the_first_screen_holds_both_commands_and_a_picture() -> None:
    first = README.read_text()[:1200]
    assert "make run" in first and "make test" in first and "docs/app.png" in first
