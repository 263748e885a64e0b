"""Data sets by name: those that lie here are read, those that do not are named in a sentence, nothing is fetched."""

from __future__ import annotations

from pathlib import Path

import pytest

from kdviz.core.errors import UserError
from kdviz.data.sources.installed import kinds, named_files
from kdviz.data.sources.open_data import open_data
from tests.data.tables import layouts


def test_a_set_of_the_archive_is_read_by_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    parts = {"TRAIN": layouts.ucr(slice(20)), "TEST": layouts.ucr(slice(20, 30))}
    (tmp_path / "UCRArchive_2018" / "Car").mkdir(parents=True)
    for part, text in parts.items():
        (tmp_path / "UCRArchive_2018" / "Car" / f"Car_{part}.tsv").write_text(text)
        (tmp_path / f"Loose_{part}.tsv").write_text(text)
    with pytest.raises(UserError, match="KDVIZ_UCR names no folder"):
        named_files("ucr:Car")
    monkeypatch.setenv("KDVIZ_UCR", str(tmp_path))
    assert [open_data(s).series for s in ("ucr:car", "ucr:Loose")] == [30, 30]
    assert kinds() == ("ucr",)
    with pytest.raises(UserError, match=r"no 'Cat'.*nothing is downloaded\. There are 2, among them: Car, Loose"):
        named_files("ucr:Cat")


@pytest.mark.parametrize("kind", ["aeon", "sktime", "tslearn"])
def test_a_set_that_a_package_brings_is_read_without_importing_it(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(UserError, match=f"{kind} is not installed here, and nothing is downloaded"):
        named_files(f"{kind}:Trace")
    inner = tmp_path / kind / (".cached_datasets" if kind == "tslearn" else "datasets/data/Trace")
    inner.mkdir(parents=True)
    (tmp_path / kind / "__init__.py").write_text("raise RuntimeError('imported')")
    name = "Trace.npz" if kind == "tslearn" else "Trace_TRAIN.ts"
    (inner / name).write_bytes(layouts.FILES["parts.npz" if kind == "tslearn" else "univariate.ts"][0])
    monkeypatch.syspath_prepend(str(tmp_path))
    assert [p.name for p in named_files(f"{kind}:trace") or []] == [name]
    assert named_files("a.csv") is None
