"""`import kdviz` is light and holds all that scripts need; no script that kdviz writes reaches deeper."""

from __future__ import annotations

import ast
import inspect
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from matplotlib.figure import Figure

import kdviz
from kdviz.core.errors import UserError
from kdviz.data.mapping import mapping_from
from kdviz.panels.export import panel_script
from kdviz.runs.archive.transfer import imported
from kdviz.runs.store.datasets import keep
from kdviz.runs.store.demo_runs import archives, finished
from kdviz.runs.store.run import by_identity
from tests.conftest import bumps
from tests.panels.test_panels import panels, seen

ROOT = Path(__file__).resolve().parents[1]
DOCS = (ROOT / "docs" / "python.md").read_text()
HEAVY = ("numpy", "torch", "streamlit", "pandas", "numba", "scipy", "plotly", "matplotlib")
DEEPER = re.compile(r"\b(from|import)\s+kdviz\.\w")


def loaded(code: str) -> set[str]:
    """What a fresh Python has imported after this code."""
    said = subprocess.run([sys.executable, "-c", f"{code}\nimport sys; print(*sys.modules)"], cwd=ROOT,
                          capture_output=True, text=True, check=True)  # fmt: skip
    return set(said.stdout.split())


def strayed(script: str) -> list[str]:
    """What a script uses of kdviz beside its public names, by a line each."""
    found = []
    for node in ast.walk(ast.parse(script)):
        if isinstance(node, ast.Import):
            found += [ast.unparse(node) for one in node.names if one.name.startswith("kdviz.")]
        elif isinstance(node, ast.ImportFrom) and str(node.module).split(".")[0] == "kdviz":
            found.append(ast.unparse(node))
        elif isinstance(node, ast.Attribute) and ast.unparse(node.value).split(".")[0] == "kdviz":
            name = ast.unparse(node)
            found += [] if name.removeprefix("kdviz.") in kdviz.__all__ else [name]
    return found


def test_the_package_imports_nothing_heavy_and_nothing_of_its_own() -> None:
    after = loaded("import kdviz; dir(kdviz); kdviz.__version__")
    assert "kdviz" in after
    assert not [name for name in after if name.startswith("kdviz.") or name.split(".")[0] in HEAVY]


@pytest.mark.parametrize("name", kdviz.__all__)
def test_a_public_name_drags_in_neither_torch_nor_streamlit(name: str) -> None:
    modules = loaded(f"import kdviz; kdviz.{name}")
    after = {each.split(".")[0] for each in modules}
    assert getattr(kdviz, name).__module__ in modules and not after & {
        "torch",
        "captum",
        "streamlit",
        "plotly",
        "matplotlib",
        "scipy",
        "numba",
    }


def test_public_names_are_listed_typed_and_explained() -> None:
    assert set(kdviz.__all__) <= set(dir(kdviz)) and kdviz.__all__ == sorted(kdviz.__all__)
    for name in kdviz.__all__:
        held = getattr(kdviz, name)
        assert inspect.getdoc(held) and held is getattr(kdviz, name), name
        assert f"`kdviz.{name}(" in DOCS, name
    typed = ast.parse(Path(str(kdviz.__file__)).read_text())
    under = next(node for node in typed.body if isinstance(node, ast.If))
    seen_by_mypy = {a.asname or a.name for line in under.body if isinstance(line, ast.ImportFrom) for a in line.names}
    assert seen_by_mypy == set(kdviz.__all__)


def test_what_is_no_public_name_is_said() -> None:
    with pytest.raises(AttributeError, match="no name 'open'; public are Recorder, compare, difference, draw"):
        kdviz.open  # noqa: B018


def test_no_script_of_a_panel_reaches_deeper() -> None:
    own = bumps(24)
    keep(own)
    scripts = {name: panel_script(panel) for name, panel in {**panels(), **panels_of(seen("gaf", data=own))}.items()}
    assert len(scripts) > 20 and any("kdviz.stored(" in script for script in scripts.values())
    for name, script in scripts.items():
        assert "import kdviz" in script.splitlines() and not strayed(script), name
        assert not DEEPER.search(script), name  # not in a comment either


def panels_of(view: object) -> dict[str, object]:
    from kdviz.panels import view_panels

    return {f"own {k}": panel for k, panel in enumerate(view_panels.views(view))}  # type: ignore[arg-type]


def test_the_line_that_reads_a_file_reaches_no_deeper() -> None:
    for how in ({}, {"label": "class", "window": "2.5s"}):
        script = mapping_from(how).python("walk of 'May'.csv")
        assert not strayed(script) and "kdviz.open_data(" in script


def test_a_deeper_reach_is_seen() -> None:
    assert strayed("from kdviz.panels.draw import lines\nimport kdviz.data\nkdviz.panels.draw\nfrom kdviz import cli")
    assert not strayed("import kdviz\nkdviz.draw(axes)")


def said(path: Path) -> Iterator[tuple[int, str]]:
    """Every text in a source file, parts of f-strings too, but for docstrings."""
    tree = ast.parse(path.read_text())
    told = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and node.body
        if isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in told:
            yield node.lineno, node.value


def test_no_page_and_no_room_writes_an_import_of_a_module_of_kdviz() -> None:
    files = [ROOT / "app.py", *(ROOT / "pages").rglob("*.py"), *(ROOT / "kdviz").rglob("*.py")]
    assert len(files) > 200
    assert not [f"{path}:{line}" for path in files for line, text in said(path) if DEEPER.search(text)]


def test_the_scripts_of_the_docs_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole, paper, line = re.findall(r"```python\n(.*?)```", DOCS, re.DOTALL)
    assert not strayed(whole) and not strayed(paper) and not strayed(line)
    shipped = finished("planted_at")
    imported(*(path.read_bytes() for path in archives(shipped)))
    run = by_identity(str(shipped.about["recipe"]))
    paper = paper.replace("my-run", str(run.folder)).replace("series=256", "series=16")
    rows = [",".join([*map(str, row), str(k % 2)]) for k, row in enumerate(np.arange(4000).reshape(20, 200) % 7)]
    (tmp_path / "walk.csv").write_text("\n".join(rows) + "\n")
    (tmp_path / "shown.py").write_text(whole + line + paper + "print(data.X.shape, data.rate)\n")
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setenv("MPLBACKEND", "agg")
    done = subprocess.run([sys.executable, "shown.py"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "frequency.pdf").read_bytes().startswith(b"%PDF") and "16" in done.stdout
    assert (tmp_path / "gaf.png").stat().st_size > 1000 and "50.0" in done.stdout


def test_files_are_opened_by_path_or_text_one_or_several(tmp_path: Path) -> None:
    data = bumps(20)
    for part in ("TRAIN", "TEST"):
        np.savetxt(tmp_path / f"m_{part}.tsv", np.column_stack([data.y, data.X[:, 0]]), delimiter="\t", fmt="%.5g")
    one, two = tmp_path / "m_TRAIN.tsv", tmp_path / "m_TEST.tsv"
    alone = kdviz.open_data(one)
    assert alone.series == 20 and alone.sha256 == kdviz.open_data(str(one)).sha256
    assert kdviz.open_data([one, str(two)]).series == 40
    with pytest.raises(UserError):
        kdviz.open_data(one, {"no such": 1})


def test_stored_data_are_found_by_fingerprint_or_missed_in_a_sentence() -> None:
    data = bumps(20)
    assert kdviz.stored(keep(data)).sha256 == data.sha256
    with pytest.raises(UserError, match="are not here"):
        kdviz.stored("0" * 64)


def test_knobs_are_said_by_name_or_as_one_mapping() -> None:
    assert kdviz.modality("gaf", size=24).params == kdviz.modality("gaf", {"size": 24}).params
    assert kdviz.modality("gaf").params.size != 24
    with pytest.raises(UserError, match="sizes"):
        kdviz.modality("gaf", sizes=3)


def test_a_drawing_is_chosen_by_name_and_what_is_missing_is_said() -> None:
    axes = Figure().add_subplot()
    kdviz.draw(axes, "lines", {"times": np.arange(3), "a": np.ones(3)}, title="t")
    assert axes.get_title() == "t" and len(axes.lines) == 1
    with pytest.raises(UserError, match="lines, plane, pairs, grid, bars"):
        kdviz.draw(axes, "pie", {})
    with pytest.raises(UserError, match="death and sign"):
        kdviz.draw(axes, "pairs", {"birth": np.ones(2)})


def test_a_gasf_is_given_back_at_every_sample() -> None:
    data = kdviz.open_data("sample:gunpoint")
    gaf = kdviz.modality("gaf", size=30, range="window")
    view = gaf.see(data.X[[3]])
    back, wide = gaf.reconstruct(view), gaf.reconstruct(view, data.length)  # type: ignore[attr-defined]
    assert back.shape == (1, 1, 30) and wide.shape == (1, 1, data.length)
    np.testing.assert_array_equal(wide[0, 0, ::5], back[0, 0])
