"""Opening a page imports nothing that takes seconds."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = """
import importlib, pkgutil, sys
for package in ("kdviz.ui", "kdviz.figures", "kdviz.data", "kdviz.data.readers", "kdviz.modalities"):
    for module in pkgutil.iter_modules(importlib.import_module(package).__path__):
        if module.name != "main":
            importlib.import_module(f"{package}.{module.name}")
print(*sorted({name.split(".")[0] for name in sys.modules}))
"""


def test_all_that_pages_are_made_of_is_light() -> None:
    said = subprocess.run([sys.executable, "-c", SCRIPT], cwd=ROOT, capture_output=True, text=True, check=True)
    loaded = set(said.stdout.split())
    assert {"streamlit", "plotly", "kdviz"} <= loaded
    assert not loaded & {"torch", "captum", "numba", "pyts", "sklearn", "scipy", "matplotlib", "gudhi"}


def test_the_process_that_looks_at_networks_begins_without_statistics_and_compilers() -> None:
    code = "import kdviz.runs.looker.functions, sys; print(*sys.modules)"
    said = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    loaded = set(said.stdout.split())
    assert "torch" in loaded and not loaded & {"scipy.stats", "torch._dynamo", "matplotlib", "sklearn"}
