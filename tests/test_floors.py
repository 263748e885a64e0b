"""The house stands as ARCHITECTURE says, and a crack in it is seen."""

from pathlib import Path

import pytest

from tests.floors import PAGE_LINES, faults, modules

ROOT = Path(__file__).resolve().parents[1]

SOUND = {
    "app.py": "import streamlit\nfrom kdviz.ui.shell.frame import boot\n",
    "pages/data.py": "import streamlit as st\nfrom kdviz.figures import series\n",
    "kdviz/__init__.py": "",
    "kdviz/core/errors.py": "",
    "kdviz/methods/losses.py": "import torch\n",
    "kdviz/data/__init__.py": "",
    "kdviz/data/sources/samples.py": "def load():\n    import pyts.datasets\n",
    "kdviz/modalities/__init__.py": "",
    "kdviz/modalities/base.py": "from kdviz.core.errors import *\n",
    "kdviz/modalities/kernels.py": "from kdviz.modalities.base import x\n",
    "kdviz/modalities/gaf.py": "from kdviz.modalities import kernels\nclass Gaf:\n    id = 'gaf'\n",
    "kdviz/modalities/mtf.py": "from kdviz.modalities.base import x\nclass Mtf:\n    id = 'mtf'\n",
    "kdviz/figures/__init__.py": "",
    "kdviz/figures/series.py": "import plotly.graph_objects as go\n",
    "kdviz/methods/__init__.py": "",
    "kdviz/methods/kd.py": "import torch\nfrom kdviz.methods.losses import kl\nclass KD:\n    id = 'kd'\n",
    "kdviz/training/loop.py": "from kdviz.methods.kd import KD\n",
    "kdviz/runs/store/run.py": "import json\n",
    "kdviz/ui/__init__.py": "",
    "kdviz/ui/shell/frame.py": (
        "from typing import TYPE_CHECKING\nimport streamlit\nfrom kdviz.runs.store import run\n"
        "if TYPE_CHECKING:\n    import torch\n"
    ),
}

CRACKS = {
    "a page that imports torch": ("pages/data.py", "import torch\n", "pages.data imports torch"),
    "a page that imports torch in a function": (
        "pages/data.py",
        "def f():\n    import torch\n",
        "the server never does",
    ),
    "a page that drags torch in from afar": (
        "pages/data.py",
        "from kdviz.training import loop\n",
        "imports torch: pages",
    ),
    "a figure that imports torch": (
        "kdviz/figures/series.py",
        "from torch import Tensor\n",
        "figures.series imports torch",
    ),
    "an encoder that compiles when imported": ("kdviz/modalities/gaf.py", "import numba\n", "imports numba"),
    "a package that imports torch for its modules": ("kdviz/ui/__init__.py", "import captum\n", "imports captum"),
    "an import upwards": (
        "kdviz/data/sources/samples.py",
        "from kdviz.runs.store import run\n",
        "(floor 2) imports kdviz.runs.store.run",
    ),
    "an import upwards in a function": (
        "kdviz/core/errors.py",
        "def f():\n    import kdviz.methods.losses\n",
        "(floor 0) imports",
    ),
    "an import sideways": (
        "kdviz/figures/series.py",
        "from kdviz.data import samples\n",
        "imports kdviz.data",
    ),
    "a plug-in that imports a plug-in": (
        "kdviz/modalities/mtf.py",
        "from kdviz.modalities import gaf\n",
        "the plug-in",
    ),
    "a shared file that imports a plug-in": (
        "kdviz/modalities/kernels.py",
        "import kdviz.modalities.gaf\n",
        "the plug-in",
    ),
    "streamlit outside the rooms that know it": ("kdviz/runs/store/run.py", "import streamlit\n", "imports streamlit"),
    "plotly in a page": ("pages/data.py", "import plotly.express\n", "imports plotly"),
    "a module on no floor": ("kdviz/helpers.py", "x = 1\n", "stands on no floor"),
    "a fat page": ("pages/data.py", "x = 1\n" * (PAGE_LINES + 1), "a page has at most"),
    "pickle": ("kdviz/runs/store/run.py", "import pickle\n", "can run code"),
    "pickle in a function": ("kdviz/runs/store/run.py", "def f():\n    from pickle import loads\n", "can run code"),
    "torch.load": ("kdviz/methods/losses.py", "import torch\ntorch.load('x')\n", "calls torch.load"),
    "object arrays": ("kdviz/data/sources/samples.py", "np.load(f, allow_pickle=True)\n", "passes allow_pickle=True"),
    "object arrays, by a name": (
        "kdviz/data/sources/samples.py",
        "np.load(f, allow_pickle=yes)\n",
        "passes allow_pickle=yes",
    ),
    "raw HTML": ("pages/data.py", "st.markdown(x, unsafe_allow_html=True)\n", "passes unsafe_allow_html=True"),
    "a shell": ("kdviz/runs/store/run.py", "run(words, shell=True)\n", "passes shell=True"),
}


def built(root: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return root


def test_this_house_keeps_its_own_rules() -> None:
    assert faults(ROOT) == []


def test_every_source_file_of_this_house_is_looked_at() -> None:
    assert len(modules(ROOT)) >= len(list((ROOT / "kdviz").rglob("*.py"))) + 1


def test_a_sound_house_has_no_faults(tmp_path: Path) -> None:
    assert faults(built(tmp_path, SOUND)) == []


@pytest.mark.parametrize("crack", CRACKS)
def test_a_planted_crack_is_seen(crack: str, tmp_path: Path) -> None:
    where, text, sentence = CRACKS[crack]
    found = faults(built(tmp_path, {**SOUND, where: text}))
    assert any(sentence in said for said in found), found
