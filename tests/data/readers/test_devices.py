"""Devices' own layouts, as their programs write them: heads, counters, units, rates."""

from __future__ import annotations

import io
import sys

import numpy as np
import pytest

from kdviz.core.errors import FileError
from kdviz.data.mapping import mapping_from
from kdviz.data.raw import File
from kdviz.data.sources import parser_child
from tests.data.readers.test_reported_files import cases, opened, recording

ROWS = 120
X, Y = np.sin(np.arange(ROWS) / 7), np.cos(np.arange(ROWS) / 9)


def test_a_counter_beside_a_clock_is_no_channel() -> None:
    rows = "".join(f'"2023-05-02 09:30:{i / 20:06.3f}",{111868300 + i},{X[i]:.4f},{Y[i]:.4f}\n' for i in range(ROWS))
    head = '"TOA5","CR1000","fast"\n"TIMESTAMP","RECORD","Ux","Uy"\n"TS","RN","m/s","m/s"\n"","","Smp","Smp"\n'
    found = recording(opened("fast.dat", head + rows))
    assert (found.channels, found.rate, found.rows) == (("Ux", "Uy"), 20.0, ROWS)


@pytest.mark.parametrize(
    ("line", "rate"), [("0.5 msec/sample", 2000), ("2000 samples/second", 2000), ("2 kS/s: 2 kSa/s", 2000)]
)
def test_minutes_with_fractions_are_a_clock_and_the_head_says_the_rate(line: str, rate: float) -> None:
    rows = "".join(f"{i / 120_000:.9f}\t{X[i]:.4f}\t{Y[i]:.4f}\n" for i in range(ROWS))
    found = recording(opened("s07.txt", f"s07.acq\n{line}\nmin\tCH1\tCH2\n\t{ROWS}\t{ROWS}\n{rows}"))
    assert (found.channels, found.rate, found.rows) == (("CH1", "CH2"), rate, ROWS)


def test_more_names_than_values_are_refused_and_the_advice_works() -> None:
    text = "a,time,b,c\n" + "".join(f"{i / 50},{X[i]:.4f},{Y[i]:.4f}\n" for i in range(ROWS))
    with pytest.raises(FileError, match=r"4 names, line 2 has 3 values.*head=2 header=no"):
        opened("a.csv", text)
    assert recording(opened("a.csv", text, head=2, header="no")).rows == ROWS


def test_the_first_values_may_be_missing() -> None:
    times = [f"2023-05-02T{9 + i // 60:02d}:{i % 60:02d}:00Z" for i in range(ROWS)]
    rows = [
        f"sensor.{s},{'unknown' if i < 2 else round(20 + X[i], 3)},{t}\n" for s in "ab" for i, t in enumerate(times)
    ]
    found = cases(opened("history.csv", "entity_id,state,last_changed\n" + "".join(rows)))
    assert [v.shape for v in found.values] == [(1, ROWS)] * 2


def walks(rows: int, columns: int, seed: int = 0) -> np.ndarray:  # type: ignore[type-arg]
    rng = np.random.default_rng(seed)
    return np.cumsum(rng.normal(size=(rows, columns)), axis=0) / 9 + 0.01 * rng.normal(size=(rows, columns))


def lines(rows: list[list[object]], mark: str = " ", end: str = "\n") -> str:
    return "".join(mark.join(str(c) for c in row) + end for row in rows)


def test_data_sets_that_name_no_columns_are_known_by_what_stands_in_them() -> None:
    stays = np.repeat([0, 1, 2, 0, 3, 17], 100)
    heart = [100 if i % 11 == 0 else "NaN" for i in range(600)]
    z = walks(600, 249).round(5)
    rows = [[f"{8.38 + i / 100:.2f}", stays[i], heart[i], *z[i, :51]] for i in range(600)]
    found = recording(opened("subject101.dat", lines(rows)))
    assert (len(found.channels), found.channels[1], found.rate) == (52, "hand temperature", 100.0)
    rows = [[33, "Jogging" if i < 300 else "Sitting", 49105962326000 + 50_000_000 * i, *z[i, :3]] for i in range(600)]
    found = recording(opened("WISDM_ar_v1.1_raw.txt", lines(rows, ",", ";\n")))
    assert (found.channels, found.rate) == (("x", "y", "z"), 20.0)
    found = recording(
        opened("mHealth_subject1.log", lines([[*z[i, :23], min(stays[i], 12)] for i in range(600)], "\t"))
    )
    assert (len(found.channels), found.channels[3], found.rate) == (23, "ecg 1", 50.0)
    labels = [[1, 101, 0, 0, 0, 0, 0], [2, 101, 201, 301, 401, 501, 404516]]
    whole = (1000 * z[:, :242]).astype(int)
    rows = [[33 * i + i // 3, *whole[i], *labels[i // 300]] for i in range(600)]
    found = recording(opened("S1-ADL1.dat", lines(rows)))
    assert (len(found.channels), found.rate) == (242, 30.0)
    assert found.labels is not None and set(found.labels) == {"0", "404516"}
    other = recording(opened("S1-ADL1.dat", lines(rows), label="Locomotion"))
    assert len(other.channels) == 242 and other.labels is not None and set(other.labels) == {"1", "2"}


@pytest.mark.parametrize(("step", "full"), [(1, 256), (1, 100), (3, 256)])
def test_a_counter_that_begins_again_is_no_clock_and_parts_nothing(step: int, full: int) -> None:
    z = walks(600, 2)
    found = recording(opened("a.csv", "n,ax,ay\n" + lines([[step * i % full, *z[i]] for i in range(600)], ",")))
    assert (found.channels, found.rows, found.subjects) == (("ax", "ay"), 600, None)


def test_a_header_beside_its_signals_is_one_record() -> None:
    digital = np.array([[1, -2], [2047, -2047], [-2048, 100], [995, 1011]])
    flat = (digital.reshape(-1) & 0xFFF).reshape(-1, 2)
    packed = np.stack([flat[:, 0] & 255, flat[:, 0] >> 8 | (flat[:, 1] >> 8) << 4, flat[:, 1] & 255], 1)
    header = b"100 2 360 4\n100.dat 212 200(0)/mV 11 1024 1 0 0 MLII\n100.dat 212 100(3)/mV 11 0 0 0 0 V5\n# age 69\n"
    files = [File("mit/100.hea", header), File("mit/100.dat", packed.astype(np.uint8).tobytes())]
    found = recording(parser_child.opened(files, mapping_from({"window": "4"})))
    wanted = np.array([[1, 2047, np.nan, 995], [-5, -2050, 97, 1008]]) / [[200], [100]]
    np.testing.assert_allclose(found.values, wanted)
    assert (found.channels, found.rate) == (("MLII", "V5"), 360.0)


def test_hdf5_and_matlab_7_3_are_read_where_the_package_is_and_refused_in_words_where_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    head = b"MATLAB 7.3 MAT-file".ljust(512, b"\0") + b"\x89HDF\r\n\x1a\n"
    monkeypatch.setitem(sys.modules, "h5py", None)
    with pytest.raises(FileError, match="pip install h5py"):
        opened("a.mat", head)
    monkeypatch.undo()
    h5py = pytest.importorskip("h5py", reason="the optional package h5py is not installed")
    out = io.BytesIO()
    with h5py.File(out, "w", userblock_size=512) as held:
        for name, value in (("X", walks(50, 30)), ("Y", np.arange(30)[None] % 3.0)):
            held.create_dataset(name, data=value).attrs["MATLAB_class"] = np.bytes_("double")
        held["far"] = h5py.ExternalLink("/etc/passwd", "/")
    found = opened("a.mat", head[:19].ljust(512, b"\0") + out.getvalue()[512:])
    assert found.dataset.X.shape == (30, 1, 50) and found.dataset.counts == {"0": 10, "1": 10, "2": 10}
