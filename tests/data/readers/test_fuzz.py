"""Damaged files: every reader answers with data or with a sentence, never with anything else."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import warnings

import numpy as np
import pytest

from kdviz.core.errors import UserError
from kdviz.data.mapping import Mapping
from kdviz.data.raw import File
from kdviz.data.readers import base
from kdviz.data.sources import file_facts, parser_child
from tests.data.readers.mutations import mutated
from tests.data.tables import layouts

NATIVE = (".mat", ".parquet", ".h5")
SAMPLES = np.random.default_rng(0).integers(0, 256, 3000, dtype=np.uint8).tobytes()
HEADER = b"100 2 360 900\n100.dat 212 200(0)/mV 11 1024 0 0 0 MLII\n100.dat 212 100 11 0 0 0 0 V5\n"
BESIDE = {"100.hea": (File("100.dat", SAMPLES),)}
"""What a header is read with, damaged or not."""


def hdf5_files() -> dict[str, bytes]:
    """HDF5 and MATLAB 7.3, where the optional package is there."""
    try:
        import h5py
    except ImportError:
        return {}
    found = {}
    for name, block in (("series.h5", 0), ("seven.mat", 512)):
        out, values = io.BytesIO(), np.random.default_rng(3).normal(size=(30, 3, 40)).cumsum(2)
        with h5py.File(out, "w", userblock_size=block) as held:
            held.create_dataset(
                "X", data=values.T if block else values, chunks=True, compression=None if block else "gzip"
            )
            held.create_dataset("y", data=np.arange(30) % 3.0)
            held["deep/names"] = np.array([b"a", b"b", b"c"])
            held.attrs["fs"] = 50.0
        found[name] = b"MATLAB 7.3 MAT-file".ljust(block, b"\0")[:block] + out.getvalue()[block:]
    return found


SEEDS = {n: d for n, (d, _) in layouts.FILES.items()} | {"100.hea": HEADER} | hdf5_files()
LINES = (".csv", ".txt", ".tsv", ".ts")
MOST_BYTES, WHOLE = 8_000, 8
"""Longer texts are cut behind a line, but for one in eight: more of the same lines hold no more to damage."""


def shorter(name: str, data: bytes) -> bytes:
    """A text's first lines; what is none, or is written in wide characters, is left whole."""
    if not name.endswith(LINES) or b"\0" in data or len(data) <= MOST_BYTES:
        return data
    return data[: data.find(b"\n", MOST_BYTES) + 1] or data


SHORT = {n: shorter(n, d) for n, d in SEEDS.items()}


def outcome(seeds: list[tuple[str, bytes]], seed: int) -> str:
    """What became of one damaged file; any other exception or a warning of NumPy's is a failure."""
    rng = np.random.default_rng(seed)
    name, data = seeds[int(rng.integers(len(seeds)))]
    damaged = mutated(data, rng, seeds[int(rng.integers(len(seeds)))][1])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            found = parser_child.opened([File(name, damaged, beside=BESIDE.get(name, ()))], Mapping())
        except UserError as why:
            assert len(str(why)) > 10
            return "refused"
    json.dumps(file_facts.of_file(found, Mapping()))
    data_set = found.dataset
    assert np.isfinite(data_set.X).all() and data_set.X.dtype == np.float32
    left_out = sum(int(note.split()[0].replace(",", "")) for note in found.notes if note.endswith(" are in none."))
    assert sum(i.size for i in data_set.splits.values()) + left_out == data_set.series == data_set.y.size
    return "read"


def survive(first: int, count: int, native: bool) -> dict[str, int]:
    """Count what became of `count` damaged files."""
    whole, short = ([(n, d) for n, d in sorted(e.items()) if n.endswith(NATIVE) == native] for e in (SEEDS, SHORT))
    found: dict[str, int] = {"read": 0, "refused": 0}
    for seed in range(first, first + count):
        found[outcome(short if seed % WHOLE else whole, seed)] += 1
    return found


def test_every_reader_is_damaged() -> None:
    lacking = {"hdf5"} if not hdf5_files() else set()
    for seeds in (SEEDS, SHORT):
        known = {base.recognise(File(n, d))[0].id for n, d in seeds.items()}
        assert set(base.readers()) - known <= {"refused", "spreadsheet"} | lacking


def test_some_hundred_damaged_files_are_read_or_refused() -> None:
    found = survive(0, 300, native=False)
    assert min(found.values()) > 20


@pytest.mark.slow
def test_thousands_of_damaged_files_are_read_or_refused() -> None:
    found = survive(1_000, 5_000, native=False)
    assert min(found.values()) > 500


def test_damaged_files_of_native_readers_are_read_or_refused() -> None:
    """SciPy, Arrow and HDF5 may crash on such files, so they are given to another process, as uploads are."""
    code = "from tests.data.readers.test_fuzz import survive; print(survive(0, 300, native=True))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode <= 0, done.stderr[-2000:]
    assert done.returncode < 0 or "refused" in done.stdout
