"""The house stands as docs/architecture.md says, and a crack in it is seen."""

from pathlib import Path

import pytest

from tests.floors import FLOOR, GROUND, WITHIN, faults
from tests.order import FOLDER_MODULES, LINES, MODULES, NOUNS_IN_ING, PAGE_LINES, Excepted
from tests.source import modules

ROOT = Path(__file__).resolve().parents[1]


def a_page(name: str) -> dict[str, str]:
    return {
        f"pages/{name}.py": f"import streamlit as st\nfrom kdviz.ui.{name} import {name}_view\n",
        f"kdviz/ui/{name}/__init__.py": f'"""The page {name}."""\n',
        f"kdviz/ui/{name}/{name}_view.py": "from kdviz.ui.state import url\n",
    }


def rooms(*names: str) -> dict[str, str]:
    return {f"{name}/__init__.py": f'"""What belongs in {name}."""\n' for name in names}


SOUND = {
    **rooms(
        "kdviz", "kdviz/core", "kdviz/figures", "kdviz/methods", "kdviz/modalities", "kdviz/training",
        "kdviz/data", "kdviz/data/readers", "kdviz/data/sources", "kdviz/data/tables",
        "kdviz/runs", "kdviz/runs/store", "kdviz/runs/analysis", "kdviz/runs/engine", "kdviz/commands",
        "kdviz/ui", "kdviz/ui/shell", "kdviz/ui/state", "kdviz/ui/widgets",
    ),
    **a_page("data"),
    **a_page("compare"),
    "pages/learn.py": "from kdviz.ui import learn\n",
    "kdviz/ui/learn.py": "from kdviz.ui.widgets import form\n",
    "app.py": "import streamlit\nfrom kdviz.ui.shell.frame import boot\n",
    "kdviz/cli.py": "from kdviz.commands import compare\n",
    "kdviz/core/errors.py": "",
    "kdviz/core/files.py": "import tempfile\nhandle = tempfile.mkstemp()\n",
    "kdviz/methods/losses.py": "import torch\n",
    "kdviz/methods/base.py": "",
    "kdviz/methods/kd.py": "import torch\nfrom kdviz.methods.losses import kl\nclass KD:\n    id = 'kd'\n",
    "kdviz/data/raw.py": "from kdviz.data import limits\n",
    "kdviz/data/limits.py": "",
    "kdviz/data/tables/columns.py": "from kdviz.data.raw import Column\n",
    "kdviz/data/sources/samples.py": "def load():\n    import pyts.datasets\n    return 'a-b'.replace('-', '')\n",
    "kdviz/data/sources/parser.py": "from kdviz.core.child_process import Child\nchild = Child(['python'])\n",
    "kdviz/modalities/base.py": "from kdviz.core.errors import *\n",
    "kdviz/modalities/kernels.py": "from kdviz.modalities.base import x\n",
    "kdviz/modalities/gaf.py": "from kdviz.modalities import kernels\nclass Gaf:\n    id = 'gaf'\n",
    "kdviz/modalities/mtf.py": "from kdviz.modalities.base import x\nclass Mtf:\n    id = 'mtf'\n",
    "kdviz/figures/series.py": "import plotly.graph_objects as go\n",
    "kdviz/training/loop.py": "from kdviz.methods.kd import KD\n",
    "kdviz/runs/store/run.py": "import json\nopen('log', 'ab')\nENDED = ('finished', 'stopped')\n",
    "kdviz/runs/analysis/snapshots.py": "from kdviz.runs.store.run import Run\n",
    "kdviz/core/child_process.py": "import subprocess\nsubprocess.run(['python'])\n",
    "kdviz/commands/compare.py": "from kdviz.runs.store.run import Run\n",
    "kdviz/ui/state/url.py": "",
    "kdviz/ui/widgets/form.py": "from kdviz.ui.state.url import link\n",
    "kdviz/ui/shell/frame.py": (
        "from typing import TYPE_CHECKING\nimport streamlit\nfrom kdviz.runs.store import run\n"
        "PAGES = {'data': ('Data', 1), 'compare': ('Compare', 2), 'learn': ('Learn', 3)}\n"
        "if TYPE_CHECKING:\n    import torch\n"
    ),
    "tests/data/sources/test_samples.py": "",
    "tests/app/test_data.py": "",
    "tests/test_extending.py": "",
}  # fmt: skip

CRACKS: dict[str, tuple[dict[str, str], str]] = {
    "a page that imports torch": ({"pages/data.py": "import torch\n"}, "pages.data imports torch"),
    "a page that imports torch in a function": (
        {"pages/data.py": "def f():\n    import torch\n"},
        "the server never does",
    ),
    "a page that drags torch in from afar": (
        {"pages/data.py": "from kdviz.training import loop\n"},
        "imports torch: pages",
    ),
    "a figure that imports torch": (
        {"kdviz/figures/series.py": "from torch import Tensor\n"},
        "figures.series imports torch",
    ),
    "an encoder that compiles when imported": ({"kdviz/modalities/gaf.py": "import numba\n"}, "imports numba"),
    "a package that imports torch for its modules": ({"kdviz/ui/__init__.py": "import captum\n"}, "imports captum"),
    "an import upwards": (
        {"kdviz/data/sources/samples.py": "from kdviz.runs.store import run\n"},
        "(floor 2) imports kdviz.runs.store.run",
    ),
    "an import upwards in a function": (
        {"kdviz/core/errors.py": "def f():\n    import kdviz.methods.losses\n"},
        "(floor 0) imports",
    ),
    "an import sideways": ({"kdviz/figures/series.py": "from kdviz.data import samples\n"}, "imports kdviz.data"),
    "a plug-in that imports a plug-in": (
        {"kdviz/modalities/mtf.py": "from kdviz.modalities import gaf\n"},
        "the plug-in",
    ),
    "a shared file that imports a plug-in": (
        {"kdviz/modalities/kernels.py": "import kdviz.modalities.gaf\n"},
        "the plug-in",
    ),
    "streamlit outside the rooms that know it": (
        {"kdviz/runs/store/run.py": "import streamlit\n"},
        "imports streamlit",
    ),
    "plotly in a page": ({"pages/data.py": "import plotly.express\n"}, "imports plotly"),
    "a module on no floor": ({"kdviz/helpers.py": "x = 1\n"}, "stands on no floor"),
    "a fat page": ({"pages/data.py": "x = 1\n" * (PAGE_LINES + 1)}, "a page at most"),
    "pickle": ({"kdviz/runs/store/run.py": "import pickle\n"}, "can run code"),
    "pickle in a function": ({"kdviz/runs/store/run.py": "def f():\n    from pickle import loads\n"}, "can run code"),
    "torch.load": ({"kdviz/methods/losses.py": "import torch\ntorch.load('x')\n"}, "calls torch.load"),
    "torch.load of plain tensors": (
        {"kdviz/methods/losses.py": "import torch\ntorch.load('x', weights_only=True)\n"},
        "calls torch.load",
    ),
    "object arrays": ({"kdviz/data/sources/samples.py": "np.load(f, allow_pickle=True)\n"}, "passes allow_pickle=True"),
    "object arrays, by a name": (
        {"kdviz/data/sources/samples.py": "np.load(f, allow_pickle=yes)\n"},
        "passes allow_pickle=yes",
    ),
    "raw HTML": ({"pages/data.py": "st.markdown(x, unsafe_allow_html=True)\n"}, "passes unsafe_allow_html=True"),
    "a shell": ({"kdviz/runs/store/run.py": "run(words, shell=True)\n"}, "passes shell=True"),
    "an import upwards inside runs/": (
        {"kdviz/runs/store/weights.py": "from kdviz.runs.analysis import snapshots\n"},
        "(floor 1 of runs/) imports kdviz.runs.analysis.snapshots (floor 3 of runs/)",
    ),
    "an import sideways inside runs/": (
        {
            "kdviz/runs/analysis/fidelity.py": "def f():\n    from kdviz.runs.sweeps.plan import Sweep\n",
            "kdviz/runs/sweeps/__init__.py": '"""Grids."""\n',
            "kdviz/runs/sweeps/plan.py": "",
        },
        "(floor 3 of runs/) imports kdviz.runs.sweeps.plan",
    ),
    "an import from the ground of data/ into its rooms": (
        {"kdviz/data/limits.py": "from kdviz.data.tables.columns import Column\n"},
        "(floor 1 of data/) imports kdviz.data.tables.columns (floor 2 of data/)",
    ),
    "a folder that imports what lies in it": (
        {"kdviz/runs/__init__.py": '"""The runs."""\nfrom kdviz.runs.store import run\n'},
        "(floor 0 of runs/) imports kdviz.runs.store.run",
    ),
    "a module loose in runs/": ({"kdviz/runs/helpers.py": ""}, "stands on no floor of runs/"),
    "a room of data/ on no floor": (
        {"kdviz/data/extras/__init__.py": '"""More."""\n', "kdviz/data/extras/more.py": ""},
        "stands on no floor of data/",
    ),
    "a module loose in kdviz/": ({"kdviz/core.py": ""}, "lies loose in kdviz/"),
    "a hall": (
        {f"kdviz/figures/plot_{n}.py": "" for n in range(FOLDER_MODULES)},
        f"kdviz.figures holds {FOLDER_MODULES + 1} modules",
    ),
    "a scroll": ({"kdviz/core/errors.py": "x = 1\n" * (LINES + 1)}, f"kdviz.core.errors has {LINES + 1} lines"),
    "a crowd": ({f"kdviz/metrics/score_{n}.py": "" for n in range(MODULES)}, "kdviz has"),
    "two files of one name": (
        {"kdviz/figures/errors.py": ""},
        "kdviz.core.errors and kdviz.figures.errors have one name",
    ),
    "a file called as a command and as another": (
        {"kdviz/figures/files.py": "", "kdviz/commands/files.py": ""},
        "kdviz.core.files and kdviz.figures.files have one name",
    ),
    "a file called after an act": ({"kdviz/core/helping.py": ""}, "is called after an act"),
    "a page that the menu lacks": (a_page("encode"), "The page 'encode' is not in the menu"),
    "a page in the menu without a file": (
        {"kdviz/ui/shell/frame.py": "PAGES = {'data': 1, 'compare': 2, 'learn': 3, 'runs': 4}\n"},
        "The page 'runs' is not in pages/",
    ),
    "a page without a room": (
        {"kdviz/ui/shell/frame.py": "PAGES = {'data': 1, 'compare': 2, 'learn': 3, 'faq': 4}\n", "pages/faq.py": ""},
        "The page 'faq' is not in the pages' rooms",
    ),
    "a page's room that imports another's": (
        {"kdviz/ui/compare/compare_view.py": "from kdviz.ui.data import data_view\n"},
        "(floor 4 of ui/) imports kdviz.ui.data.data_view",
    ),
    "a page that opens another's room": (
        {"pages/compare.py": "from kdviz.ui.data.data_view import show\n"},
        "another page's room",
    ),
    "a widget that imports a page": (
        {"kdviz/ui/widgets/form.py": "from kdviz.ui import learn\n"},
        "(floor 3 of ui/) imports kdviz.ui.learn",
    ),
    "a state that imports a page": (
        {"kdviz/ui/state/url.py": "def f():\n    import kdviz.ui.compare.compare_view\n"},
        "(floor 2 of ui/) imports kdviz.ui.compare.compare_view",
    ),
    "a folder that is silent": ({"kdviz/core/__init__.py": ""}, "kdviz.core has to say in one line"),
    "a folder that says too much": (
        {"kdviz/core/__init__.py": '"""One.\n\nTwo.\n"""\n'},
        "kdviz.core has to say in one line",
    ),
    "a folder without __init__": ({"kdviz/nets/wrn.py": ""}, "kdviz/nets has no __init__.py"),
    "tests of no room": ({"tests/loading/test_load.py": ""}, "tests/loading tests no room of kdviz"),
    "tests of a module, not of a room": ({"tests/core/errors/test_it.py": ""}, "tests/core/errors tests no room"),
    "a whole file, by write_text": (
        {"kdviz/training/loop.py": "path.write_text('x')\n"},
        "kdviz.training.loop:1 writes a whole file itself",
    ),
    "a whole file, by open": (
        {"kdviz/training/loop.py": "with path.open(mode='wb') as file:\n    pass\n"},
        "kdviz.training.loop:1 writes a whole file itself",
    ),
    "a whole file, put into its place": (
        {"kdviz/training/loop.py": "fresh.replace(place)\n"},
        "kdviz.training.loop:1 writes a whole file itself",
    ),
    "a child process": (
        {"kdviz/training/loop.py": "import subprocess\nsubprocess.run(['ls'])\n"},
        "kdviz.training.loop:2 starts a process itself",
    ),
    "a class of child processes": (
        {"kdviz/training/loop.py": "class Child(subprocess.Popen[bytes]):\n    pass\n"},
        "kdviz.training.loop:1 starts a process itself",
    ),
    "a forked process": ({"kdviz/training/loop.py": "os.fork()\n"}, "kdviz.training.loop:1 starts a process itself"),
    "a state compared with a word": (
        {"pages/learn.py": "from kdviz.ui import learn\nx = run.state == 'finished'\n"},
        "pages.learn:2 spells a run's state",
    ),
    "a state looked for among words": (
        {"pages/learn.py": "from kdviz.ui import learn\nx = final['state'] in ('finished', 'stopped')\n"},
        "pages.learn:2 spells a run's state",
    ),
    "a list of states": (
        {"pages/learn.py": "from kdviz.ui import learn\nENDED = ('finished', 'failed')\n"},
        "pages.learn:2 spells a run's state",
    ),
    "a state matched with a word": (
        {"pages/learn.py": "from kdviz.ui import learn\nmatch state:\n    case 'queued': pass\n"},
        "pages.learn:3 spells a run's state",
    ),
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
    assert faults(built(tmp_path, SOUND), Excepted()) == []


@pytest.mark.parametrize("crack", CRACKS)
def test_a_planted_crack_is_seen(crack: str, tmp_path: Path) -> None:
    files, sentence = CRACKS[crack]
    found = faults(built(tmp_path, {**SOUND, **files}), Excepted())
    assert any(sentence in said for said in found), found


def test_few_files_are_called_after_an_act() -> None:
    assert len(NOUNS_IN_ING) <= 5


def test_an_exception_holds_as_long_as_it_is_needed(tmp_path: Path) -> None:
    excepted = Excepted(writers=("kdviz.training",))
    torn = built(tmp_path, {**SOUND, "kdviz/training/loop.py": "path.write_text('x')\n"})
    assert faults(torn, excepted) == []
    found = faults(built(tmp_path, SOUND), excepted)
    assert found == ["kdviz.training is excepted in tests/order.py and need not be: delete its name there."]


def test_every_room_that_has_a_floor_is_there() -> None:
    house = modules(ROOT)
    named = [*FLOOR, *(f"{room}.{inner}" for room, floors in WITHIN.items() for inner in floors if inner != GROUND)]
    assert [name for name in named if f"kdviz.{name}" not in house] == [], "delete its name in tests/floors.py"
