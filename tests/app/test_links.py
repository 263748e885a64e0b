"""Links reopen what they name; what is not here is asked for by name and fingerprint; what a link says is checked."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from kdviz.data.dataset import Dataset
from kdviz.runs.hosting import uploads
from kdviz.runs.store.catalogue import remembered
from kdviz.runs.store.datasets import reopen, store
from tests.app.conftest import Opener, words
from tests.conftest import bumps
from tests.runs.worker.test_runs import asked, done

HOW = {"label": "last", "test": 0.3}
MAP = "label=last&test=0.3"


def csv(data: Dataset) -> bytes:
    rows = np.column_stack([data.X[:, 0], data.y])
    return "\n".join(",".join(f"{v:.6g}" for v in row) for row in rows).encode()


@pytest.fixture
def gone() -> str:
    """The fingerprint of a file that was read here once and is not here any more."""
    sha = uploads.read(uploads.receive("gait.csv", csv(bumps())), HOW)["sha256"]
    (store().folder / f"{sha}.npz").unlink()
    return str(sha)


def said(test: object) -> str:
    return words(test).replace("\\", "")  # type: ignore[arg-type]


def test_a_link_to_a_file_says_its_name_and_how_it_is_read(page: Opener) -> None:
    sha = uploads.read(uploads.receive("gait.csv", csv(bumps())), HOW)["sha256"]
    test = page("encode", data=sha)
    assert test.query_params["file"] == "gait.csv" and test.query_params["map"] == MAP
    assert "file" not in page("encode", data="gunpoint").query_params


def test_a_link_to_data_that_is_not_here_names_the_file_and_the_same_view_opens_with_it(
    gone: str, page: Opener
) -> None:
    test = page("encode", data=gone, file="gait.csv", map=MAP, i="7")
    assert f"This link needs gait.csv (fingerprint {gone[:6]}). Drop it here and the same view opens." in said(test)
    test.file_uploader(key=f"missing_{gone[:12]}").upload("other name.csv", csv(bumps()), "text/csv").run()
    assert not test.exception and "This link needs" not in said(test)
    assert test.query_params["data"] == gone and int(test.number_input(key="i").value or 0) == 7


def test_another_file_is_not_taken_for_it(gone: str, page: Opener) -> None:
    test = page("encode", data=gone, file="gait.csv", map=MAP)
    test.file_uploader(key=f"missing_{gone[:12]}").upload("gait.csv", csv(bumps(seed=1)), "text/csv").run()
    assert "This is another file" in said(test) and f"not {gone[:6]}" in said(test)
    test.button(key="sample_instead").click().run()
    assert not test.exception and test.query_params["data"] == "gunpoint"


def test_a_file_that_cannot_be_read_so_is_a_sentence(gone: str, page: Opener) -> None:
    test = page("encode", data=gone, file="gait.csv", map="label=no such column")
    test.file_uploader(key=f"missing_{gone[:12]}").upload("gait.csv", csv(bumps()), "text/csv").run()
    assert "no such column" in said(test) and not test.exception


def test_a_name_in_a_link_is_text(gone: str, page: Opener) -> None:
    evil = "![x](http://evil.example/x.png)<b>" + "x" * 200
    test = page("data", data=gone, file=evil)
    assert evil[:30] not in words(test) and "This link needs" in said(test) and "x" * 70 not in words(test)


def test_a_run_whose_data_are_not_here_asks_for_them(page: Opener) -> None:
    remembered()
    sha = str(uploads.read(uploads.receive("gait.csv", csv(bumps())), HOW)["sha256"])
    data = reopen(sha, {}, "gait")
    run = done(asked(data), data)
    (store().folder / f"{sha}.npz").unlink()
    for name in ("evidence", "frequency"):
        test = page(name, run=run.folder.name)
        assert f"This link needs gait.csv (fingerprint {sha[:6]})" in said(test)


@pytest.mark.parametrize("link", [
    {"data": "../../etc/passwd"}, {"data": "0" * 63}, {"run": "../x"}, {"run": "0" * 31}, {"i": "-5"}, {"i": "1e9"},
    {"map": "label=" + "x" * 5000}, {"map": "%00=%00"}, {"file": "../../x"},
])  # fmt: skip
def test_whatever_a_link_says_no_page_breaks(link: dict[str, str], page: Opener, own_home: Path) -> None:
    for name in ("encode", "data"):
        assert not page(name, **link).exception


@pytest.mark.parametrize("number", ["1e999", "nan", "-5", "9" * 30, "1e999,nan"])
def test_a_number_in_a_link_that_is_none_is_a_sentence(number: str, page: Opener) -> None:
    test = page("encode", i=number)
    assert "allowed is a number from 0 to 199" in words(test) and "i" not in test.query_params
    assert int(test.number_input(key="i").value or 0) == 0
    test.run()
    assert "allowed is a number" not in words(test) and not test.exception


@pytest.mark.parametrize("number", ["1e999", "nan", "-5", "9" * 30])
def test_a_setting_in_a_link_that_is_none_is_a_sentence(number: str, page: Opener) -> None:
    test = page("encode", gaf_size=number)
    assert "size was" in words(test) and "gaf_size" not in test.query_params
