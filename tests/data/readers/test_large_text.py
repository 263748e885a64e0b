"""A text that is not held whole is read as if it were: the same channels, labels, times, rate."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from kdviz.core.errors import FileError
from kdviz.core.reading_bounds import Bounds, bounds_of
from kdviz.data import limits
from kdviz.data.mapping import mapping_from
from kdviz.data.prepare.assemble import AssembledData
from kdviz.data.raw import File, Recording
from kdviz.data.readers import large_text
from kdviz.data.sources import parser, parser_child
from tests.data.readers.test_devices import lines, walks

ROWS = 12_000


def large(path: Path, text: str, **how: object) -> AssembledData:
    """Read in pieces, as only larger files are outside of tests."""
    path.write_text(text)
    beginning = path.read_bytes()[: parser_child.BEGINNING]
    return parser_child.opened([File(path.name, beginning, path=path)], mapping_from(how))


def recording(found: AssembledData) -> Recording:
    assert isinstance(found.understood.content, Recording) and "one pass" in found.understood.why
    return found.understood.content


def rows(label: str = "walk") -> list[list[object]]:
    z = walks(ROWS, 3).round(4)
    names = np.repeat([label, "sit", "run", label], ROWS // 4)
    return [[f"{i / 50:.2f}", *z[i], names[i]] for i in range(ROWS)]


NAMED = "t [s],ax,ay,az,activity\n"


@pytest.mark.parametrize(
    ("head", "mark", "comma"), [(NAMED, ",", False), (NAMED.replace(",", ";"), ";", True), ("", " ", False)]
)
def test_a_large_text_is_read_as_a_small_one(head: str, mark: str, comma: bool, tmp_path: Path) -> None:
    body = lines(rows(), mark)
    text = head + (body.replace(".", ",") if comma else body)
    one = recording(large(tmp_path / "a.csv", text))
    small = small_of(text)
    np.testing.assert_allclose(one.values, small.values, rtol=1e-6)
    assert one.channels == small.channels and one.rate == small.rate == 50
    assert one.labels is not None and small.labels is not None and (one.labels == small.labels).all()


@pytest.mark.parametrize("odd", ["", "Z", "oops"])
def test_moments_in_words_are_those_of_a_small_file(odd: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(large_text, "AT_ONCE", 6_000)
    start = np.datetime64("2021-05-03T08:00:00.000")
    table = [[f"{start + np.timedelta64(20 * i, 'ms')}", *r[1:]] for i, r in enumerate(rows())]
    for i in range(9_000, 9_100 if odd == "Z" else 9_001):
        table[i][0] = "" if odd == "oops" else f"{table[i][0]}{odd}"
    text = NAMED + lines(table, ",")
    one, small = recording(large(tmp_path / "a.csv", text)), small_of(text)
    assert one.rate == small.rate == 50 and one.times is not None and small.times is not None
    np.testing.assert_allclose(one.times, small.times, atol=1e-5)


def small_of(text: str) -> Recording:
    found = parser_child.opened([File("a.csv", text.encode())], mapping_from({})).understood.content
    assert isinstance(found, Recording)
    return found


def test_fewer_rows_are_kept_as_means_and_never_in_silence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = NAMED + lines(rows(), ",")
    found = large(tmp_path / "a.csv", text, every=4)
    one = recording(found)
    assert one.rows == ROWS // 4 and one.rate == 12.5 and any("every 4 was kept" in w for w in found.dataset.warnings)
    mean = np.array([r[1] for r in rows()], float).reshape(-1, 4).mean(1)
    np.testing.assert_allclose(one.values[0], mean, rtol=1e-5, atol=1e-6)
    small = parser_child.opened([File("a.csv", text.encode())], mapping_from({"every": 4})).understood.content
    assert isinstance(small, Recording) and small.rate == 12.5
    np.testing.assert_allclose(one.values, small.values, rtol=1e-5, atol=1e-6)
    monkeypatch.setattr(limits, "KEPT_VALUES", 17_000)
    asked = large(tmp_path / "a.csv", text, window="16")
    assert recording(asked).rows < ROWS // 2 and any("more than are kept" in w for w in asked.dataset.warnings)


def test_what_is_wrong_far_inside_is_named_and_the_advice_works(tmp_path: Path) -> None:
    odd = rows()
    odd[9_999][2] = "oops"
    text = NAMED + lines(odd, ",")
    with pytest.raises(FileError, match=r"Row 10,000, column 3 \('ay'\): 'oops'.*missing_words=oops"):
        large(tmp_path / "a.csv", text)
    one = recording(found := large(tmp_path / "a.csv", text, missing_words="oops"))
    assert np.isfinite(one.values).all() and any("1 values are missing" in w for w in found.dataset.warnings)
    torn = text + "7,7,7,7,7,7,7\n"
    with pytest.raises(FileError, match="bad_lines=drop"):
        large(tmp_path / "a.csv", torn, missing_words="oops")
    assert recording(large(tmp_path / "a.csv", torn, missing_words="oops", bad_lines="drop")).rows == ROWS


def test_a_large_file_is_read_in_a_child_with_bounds_that_grow(tmp_path: Path) -> None:
    path, said = tmp_path / "a.csv", list[str]()
    text = lines(rows(), ",")
    path.write_text(NAMED + text * (1 + limits.RAW_BYTES // len(text)))
    assert path.stat().st_size > limits.RAW_BYTES
    found = parser.parse_paths([path], mapping_from({"channels": "az"}), heard=said.append)
    assert found.dataset.X.shape[1] == 1 and found.report["sampling_hz"] == 50
    assert len(said) == 1 and "1 channels (az)" in said[0]
    assert bounds_of(limits.RAW_BYTES) == Bounds() and bounds_of(2 * 2**30).cpu > 500
