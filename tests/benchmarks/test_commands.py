"""Every benchmark can begin: what it imports is there, also late and in what it sends to a process of its own."""

from __future__ import annotations

import ast
import importlib.util
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
NAMES = sorted(p.stem for p in (ROOT / "benchmarks").glob("[a-z]*.py"))
WITH_ARGUMENTS = [n for n in NAMES if "argparse" in (ROOT / "benchmarks" / f"{n}.py").read_text()]
OURS = ("kdviz", "tests", "benchmarks")
HELP = """
import contextlib, importlib, io, sys
for name in sys.argv[1:]:
    sys.argv, said = [name, "--help"], io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.suppress(SystemExit):
        importlib.import_module(f"benchmarks.{name}").main()
    assert "usage: " in said.getvalue(), name
"""


def imports(source: str) -> Iterator[ast.ImportFrom]:
    """Whatever is taken from our own modules, anywhere in the source and in programs that it holds as text."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] in OURS:
            yield node
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and "\nfrom kdviz" in node.value:
            yield from imports(node.value)


@pytest.mark.parametrize("name", NAMES)
def test_what_it_takes_from_elsewhere_is_there(name: str) -> None:
    for taken in imports((ROOT / "benchmarks" / f"{name}.py").read_text()):
        assert taken.module is not None
        module = importlib.import_module(taken.module)
        for each in taken.names:
            found = hasattr(module, each.name) or importlib.util.find_spec(f"{taken.module}.{each.name}")
            assert found, f"{taken.module} has no {each.name}"


@pytest.mark.slow
def test_those_with_arguments_tell_them() -> None:
    said = subprocess.run([sys.executable, "-c", HELP, *WITH_ARGUMENTS], cwd=ROOT, capture_output=True, text=True)
    assert said.returncode == 0 and len(WITH_ARGUMENTS) > 5, said.stderr
