"""Every panel is a file of every format, and a script that runs as it stands and makes the same numbers."""

from __future__ import annotations

import csv
import io
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kdviz.core.errors import UserError
from kdviz.data.dataset import Dataset
from kdviz.data.sources.samples import load
from kdviz.modalities.base import modalities, modality
from kdviz.panels import view_panels
from kdviz.panels.export import PANEL_FORMATS, panel_bytes, panel_script, table
from kdviz.panels.inverse_gaf import recovered
from kdviz.panels.panel import Panel, SeriesView
from kdviz.panels.view_panels import separated
from kdviz.runs.analysis.view_separability import measured
from kdviz.runs.store.datasets import keep
from tests.conftest import bumps

ROOT = Path(__file__).resolve().parents[2]
HEADS = {"png": b"\x89PNG", "svg": b"<?xml", "pdf": b"%PDF", "npz": b"PK"}


def seen(
    name: str, settings: Mapping[str, Any] | None = None, data: Dataset | None = None, number: int = 3
) -> SeriesView:
    data = load("basic_motions") if data is None else data
    eye = modality(name, settings or {})
    eye.fit(data.X[data.train])
    return SeriesView(data, number, len(data.channels) - 1, name, settings or {}, eye)


def panels() -> dict[str, Panel]:
    """One of every kind there is, by what it shows."""
    gaf, persistence = seen("gaf", {"size": 24}), seen("persistence", {"resolution": 16})
    found = {"signal": view_panels.signal(gaf), "diagram": view_panels.diagram(persistence)}
    for name in modalities():
        found |= {f"{name} {k}": panel for k, panel in enumerate(view_panels.views(seen(name)))}
    found["channels"] = view_panels.every_channel(gaf)
    found["across"] = view_panels.across(gaf, 1)
    found["back"] = recovered(gaf).panel
    for title, one, other in (
        ("settings", gaf, seen("gaf", {"size": 32, "range": "window"})),
        ("gaps", persistence, seen("persistence", {"backend": "persim_legacy"})),
        ("flipped", seen("signal"), seen("signal").after("flipped")),
    ):
        both = next(iter(view_panels.beside(one, other)))
        found |= {f"{title} a": both.one, f"{title} b": both.other, f"{title} difference": both.between}
    return found


@pytest.fixture(scope="module")
def all_panels() -> dict[str, Panel]:
    return panels()


def ran(code: str, folder: Path, *given: str) -> None:
    path = folder / "panel.py"
    path.write_text(code)
    child = subprocess.run(
        [sys.executable, str(path), *given], cwd=folder, capture_output=True, text=True, timeout=120,
        env={**os.environ, "PYTHONPATH": str(ROOT), "MPLBACKEND": "agg"},
    )  # fmt: skip
    assert child.returncode == 0, f"{code}\n{child.stderr}"


EACH_ALONE = """
import os, runpy, sys
import matplotlib.pyplot, numba, numba.np.arraymath, numpy, scipy.linalg
assert not any(name.partition(".")[0] == "kdviz" for name in sys.modules)
for folder in sys.argv[1:]:
    if (child := os.fork()) == 0:
        os.chdir(folder)
        runpy.run_path("panel.py", run_name="__main__")
        sys.stdout.flush()
        os._exit(0)
    if os.waitpid(child, 0)[1]:
        sys.exit(folder)
"""
"""Each script in a process that has read matplotlib, numba and such, but nothing of kdviz, before it."""


def one_by_one(folders: list[Path], beside: Path) -> None:
    """The `panel.py` of each folder, in a namespace and a process of its own."""
    ran(EACH_ALONE, beside, *map(str, folders))


def dumped(panel: Panel) -> str:
    """The script, and after it the arrays it left behind."""
    arrays = ", ".join(f"{name}={name}" for name in panel.arrays)
    return f'{panel_script(panel)}\nimport numpy\nnumpy.savez("left.npz", {arrays})\n'


@pytest.mark.slow
def test_every_copied_script_runs_as_it_stands_and_makes_its_panel(
    all_panels: dict[str, Panel], tmp_path: Path
) -> None:
    folders = {what: tmp_path / str(number) for number, what in enumerate(all_panels)}
    for what, folder in folders.items():
        folder.mkdir()
        (folder / "panel.py").write_text(dumped(all_panels[what]))
    one_by_one(list(folders.values()), tmp_path)
    for what, panel in all_panels.items():
        folder = folders[what]
        assert (folder / "panel.png").read_bytes().startswith(HEADS["png"]), what
        with np.load(folder / "left.npz") as left:
            for name, array in panel.arrays.items():
                np.testing.assert_allclose(left[name], array, rtol=1e-5, atol=1e-5, err_msg=f"{what}: {name}")


def test_a_copied_script_finds_a_file_that_was_dropped_by_its_fingerprint(tmp_path: Path) -> None:
    data = bumps(24)
    keep(data)
    panel = view_panels.views(seen("gaf", data=data))[0]
    ran(dumped(panel), tmp_path)
    with np.load(tmp_path / "left.npz") as left:
        np.testing.assert_allclose(left["image"], panel.arrays["image"], atol=1e-6)


def test_the_script_of_the_separability_measures_it_again(tmp_path: Path) -> None:
    looked = seen("gaf", data=load("gunpoint"))
    found = {"gaf": ("GAF", {"size": 16}, measured(looked.data, "gaf", {"size": 16}))}
    panel = separated(looked, found)
    ran(dumped(panel), tmp_path)
    with np.load(tmp_path / "left.npz") as left:
        np.testing.assert_allclose(left["neighbour"], panel.arrays["neighbour"])


@pytest.mark.parametrize("form", PANEL_FORMATS)
def test_every_panel_is_saved_in_every_format(form: str, all_panels: dict[str, Panel]) -> None:
    few = (
        all_panels if form in ("csv", "npz", "py") else dict(list(all_panels.items())[:: max(1, len(all_panels) // 6)])
    )
    for what, panel in few.items():
        content = panel_bytes(panel, form)
        assert content.startswith(HEADS.get(form, b"")) and len(content) > 50, what


@pytest.mark.parametrize("form", ("png", "svg", "pdf"))
def test_the_same_panel_is_the_same_file(form: str, all_panels: dict[str, Panel]) -> None:
    panel = all_panels["across"]
    assert panel_bytes(panel, form) == panel_bytes(panel, form)


def test_an_svg_keeps_its_words_as_words(all_panels: dict[str, Panel]) -> None:
    assert b"accelerometer y" in panel_bytes(all_panels["across"], "svg")


def test_npz_and_csv_hold_what_is_shown(all_panels: dict[str, Panel]) -> None:
    panel = all_panels["gaf 0"]
    with np.load(io.BytesIO(panel_bytes(panel, "npz")), allow_pickle=False) as held:
        np.testing.assert_array_equal(held["image"], panel.arrays["image"])
    rows = list(csv.reader(io.StringIO(panel_bytes(panel, "csv").decode())))
    np.testing.assert_allclose(np.array(rows, float), panel.arrays["image"], rtol=1e-6)
    head, *lines = csv.reader(io.StringIO(panel_bytes(all_panels["signal"], "csv").decode()))
    assert head == ["times", "signal"] and len(lines) == 100


def test_no_spreadsheet_takes_a_name_for_a_formula() -> None:
    panel = Panel("x", {"=cmd()": np.zeros(2), "-b": np.ones(2)}, (), (), "lines")
    assert table(panel).decode().splitlines()[0] == "'=cmd(),'-b"


def test_a_name_from_a_file_can_add_no_line_to_a_script(tmp_path: Path) -> None:
    evil = "a\"'\nimport os\nraise SystemExit(7) # $x$"
    data = bumps(24)
    data = Dataset(**{**{f: getattr(data, f) for f in data.__dataclass_fields__}, "channels": (evil,), "name": evil,
                      "source": {"file": "0" * 64, "name": evil}})  # fmt: skip
    keep(data)
    panel = view_panels.views(seen("gaf", data=data))[0]
    ran(panel_script(panel), tmp_path)
    assert (tmp_path / "panel.png").exists()
    panel_bytes(panel, "svg")


def test_an_unknown_format_is_answered_in_a_sentence(all_panels: dict[str, Panel]) -> None:
    with pytest.raises(UserError, match="png, svg, pdf, csv, npz, py"):
        panel_bytes(all_panels["signal"], "exe")


def test_what_only_one_of_two_settings_has_is_named() -> None:
    one, other = seen("gaf", {"kind": "gasf"}), seen("gaf", {"kind": "both"})
    assert view_panels.alone(one, other) == ["GADF of gyroscope z"]
    assert [b.name for b in view_panels.beside(one, other)] == ["GASF of gyroscope z"]


def test_the_difference_of_two_sizes_says_that_one_was_enlarged() -> None:
    both = next(iter(view_panels.beside(seen("gaf", {"size": 16}), seen("gaf", {"size": 32}))))
    assert both.resized and both.between.arrays["image"].shape == (32, 32)
    same = next(iter(view_panels.beside(seen("gaf"), seen("gaf"))))
    assert not same.resized and same.apart == 0


def test_a_gasf_with_a_pixel_a_sample_gives_the_series_back_up_to_sign() -> None:
    for number in range(4):
        found = recovered(seen("gaf", {"size": 100, "range": "window"}, number=number))
        assert found.pixel_error < 1e-3 and found.error < 1e-3
    coarse = recovered(seen("gaf", {"size": 16, "range": "window"}))
    assert coarse.pixel_error < 1e-3 < coarse.error


def test_a_gadf_gives_nothing_back_and_says_what_to_choose() -> None:
    with pytest.raises(UserError, match="choose GASF or both"):
        recovered(seen("gaf", {"kind": "gadf"}))
