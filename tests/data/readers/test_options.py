"""Every option on every format is heeded, refused in words, or said to have no effect."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

import numpy as np
import pytest

from kdviz.core.errors import UserError
from kdviz.data.mapping import mapping_from
from kdviz.data.prepare.assemble import AssembledData
from kdviz.data.raw import File
from kdviz.data.sources import parser_child

N, T = 12, 16
X = np.random.default_rng(0).normal(size=(N, 2, T)).round(3)
FLAT = [",".join(f"{v:g}" for v in x[0]) for x in X]
KINDS = ["walk" if k % 2 else "run" for k in range(N)]


def _saved(write: Any, *given: Any, **named: Any) -> bytes:
    out = io.BytesIO()
    write(out, *given, **named)
    return out.getvalue()


def _zipped() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for k in range(8):
            rows = "".join(f"{i / 50:.2f},{X[k, 0, i]},p{k // 2}\n" for i in range(T))
            archive.writestr(f"d/{KINDS[k]}/s{k}.csv", f"time,x,who\n{rows}")
    return out.getvalue()


HEAD = ",".join(f"t{i}" for i in range(T))
FORMATS = {
    "a.npz": _saved(np.savez, X=X, y=np.arange(N) % 2),
    "a.npy": _saved(np.save, X),
    "a.ts": ("@univariate true\n@classLabel true run walk\n@data\n"
             + "".join(f"{x}:{k}\n" for x, k in zip(FLAT, KINDS, strict=True))).encode(),
    "a.arff": ("@relation a\n" + "".join(f"@attribute t{i} numeric\n" for i in range(T))
               + "@attribute class {run,walk}\n@data\n"
               + "".join(f"{x},{k}\n" for x, k in zip(FLAT, KINDS, strict=True))).encode(),
    "a.tsf": ("@attribute name string\n@frequency hourly\n@data\n"
              + "".join(f"T{i}:{x}\n" for i, x in enumerate(FLAT))).encode(),
    "wide.csv": f"label,{HEAD}\n".encode()
    + "".join(f"{k},{x}\n" for x, k in zip(FLAT, KINDS, strict=True)).encode(),
    "tall.csv": b"time,x,y\n"
    + "".join(f"{i / 50:.2f},{v},{-v * v}\n" for i, v in enumerate(X.ravel()[:300])).encode(),
    "a.json": json.dumps({"X": X.tolist(), "y": KINDS}).encode(),
    "dirs.zip": _zipped(),
}  # fmt: skip
OPTIONS: dict[str, Any] = {
    "label": "nowhere", "time": "nowhere", "subject": "nowhere", "channels": "nowhere", "id": "nowhere",
    "set": "nowhere", "dim": "nowhere", "value": "nowhere", "window": "10", "step": "3", "head": 3, "sheet": "other",
    "folder": "9", "member": "other", "every": 2, "rate": 33.0, "rule": "rarest", "gaps": "split",
    "layout": "long", "header": "no", "separator": ";", "axes": "NTC",
}  # fmt: skip
TRIVIAL = {("tall.csv", "rule"), ("tall.csv", "gaps"), ("dirs.zip", "axes"), ("dirs.zip", "layout")}


def _read(name: str, **how: Any) -> AssembledData | str:
    try:
        return parser_child.opened([File(name, FORMATS[name])], mapping_from(how))
    except UserError as why:
        return str(why)


@pytest.mark.parametrize("name", FORMATS)
def test_no_option_is_ignored_without_a_word(name: str) -> None:
    plain = _read(name)
    assert isinstance(plain, AssembledData), plain
    silent = []
    for option, value in OPTIONS.items():
        found = _read(name, **{option: value})
        if (name, option) in TRIVIAL or isinstance(found, str):
            continue
        same = (found.dataset.sha256, found.dataset.rate) == (plain.dataset.sha256, plain.dataset.rate)
        if same and not any(f"No effect of {option}={value}" in w for w in found.dataset.warnings):
            silent.append(f"{option}={value}")
    assert not silent


def test_whose_a_file_is_can_be_said_where_folders_are_the_classes() -> None:
    found = _read("dirs.zip", subject="who")
    assert isinstance(found, AssembledData) and found.dataset.groups is not None
    assert sorted(found.dataset.groups) == sorted(f"p{k // 2}" for k in range(8))
