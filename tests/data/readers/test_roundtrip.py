"""Any data set, written in any layout, is read back equal."""

from __future__ import annotations

import io
import json
import re
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from scipy.io import savemat

from kdviz.data import cells
from kdviz.data.mapping import mapping_from
from kdviz.data.raw import File
from kdviz.data.sources import parser_child


@dataclass(frozen=True)
class Written:
    """Series of one length as they would be kept: (N, C, T) and a label each."""

    X: np.ndarray
    labels: list[str]


@st.composite
def series(draw: st.DrawFn, channels: int = 1, numbers: bool = False) -> Written:
    n, t = draw(st.integers(3, 12)), draw(st.integers(9, 40))
    seed, scale = draw(st.integers(0, 2**32 - 1)), draw(st.sampled_from([1e-6, 1e-2, 1.0, 1e3, 1e12]))
    X = scale * np.random.default_rng(seed).normal(size=(n, channels, t)).cumsum(2)
    if numbers:
        names = draw(st.lists(st.integers(-3, 30).map(str), min_size=2, max_size=3, unique=True))
    else:
        word = st.text(st.characters(whitelist_categories=("Lu", "Ll", "Nd", "So", "Lo")), min_size=1, max_size=8)
        names = draw(st.lists(word.map(lambda w: "c" + w), min_size=2, max_size=3, unique=True))
    labels = [*names, *names, *(names[i % len(names)] for i in range(12))][: max(n, 2 * len(names))]
    assume(all(cells.label(name) == name for name in names))
    return Written(np.resize(X, (len(labels), channels, t)) + np.arange(len(labels))[:, None, None] * scale, labels)


def same(name: str, data: bytes, written: Written, **mapping: object) -> None:
    found = parser_child.opened([File(name, data)], mapping_from(mapping)).dataset
    np.testing.assert_allclose(found.X, written.X.astype(np.float32), rtol=1e-6)
    assert [found.classes[i] for i in found.y] == written.labels


def rows(written: Written, separator: str, comma: bool = False, last: bool = False) -> list[str]:
    out = []
    for x, label in zip(written.X, written.labels, strict=True):
        values = [repr(float(v)).replace(".", ",") if comma else repr(float(v)) for v in x.reshape(-1)]
        out.append(separator.join([*values, label] if last else [label, *values]))
    return out


fast = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@fast
@given(written=series(), separator=st.sampled_from([",", ";", "\t", "|"]), last=st.booleans(), header=st.booleans(),
       end=st.sampled_from(["\n", "\r\n"]), encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
       comma=st.booleans())  # fmt: skip
def test_a_wide_table(
    written: Written, separator: str, last: bool, header: bool, end: str, encoding: str, comma: bool
) -> None:
    lines = rows(written, separator, comma and separator != ",", last)
    names = [f"t{i}" for i in range(written.X.shape[2])]
    if header:
        lines.insert(0, separator.join([*names, "label"] if last else ["label", *names]))
    same("a.csv", end.join(lines).encode(encoding), written, layout="wide")


@fast
@given(written=series(numbers=True), separator=st.sampled_from(["\t", "  "]), notation=st.sampled_from(["{}", "{}.0"]))
def test_ucr_text(written: Written, separator: str, notation: str) -> None:
    lines = [re.sub(r"^(-?\d+)", lambda m: notation.format(m[1]), line) for line in rows(written, separator)]
    same("a.tsv", "\n".join(lines).encode(), written, layout="wide", label="first")


@fast
@given(written=series(channels=3))
def test_ts(written: Written) -> None:
    assume(not any(set(label) & set(":,#@%") for label in written.labels))
    body = [":".join(",".join(repr(float(v)) for v in c) for c in x) for x in written.X]
    head = "@problemName a b\n@timeStamps false\n@univariate false\n@classLabel true x y\n@data\n"
    lines = [f"{b}:{label}" for b, label in zip(body, written.labels, strict=True)]
    same("a.ts", (head + "\n".join(lines)).encode(), written)


@fast
@given(written=series(channels=2, numbers=True))
def test_relational_arff(written: Written) -> None:
    attributes = "".join(f"@attribute t{i} numeric\n" for i in range(written.X.shape[2]))
    head = f"@relation r\n@attribute s relational\n{attributes}@end s\n@attribute class {{1,2}}\n@data\n"
    body = ["'" + "\\n".join(",".join(repr(float(v)) for v in c) for c in x) + "'" for x in written.X]
    lines = [f"{b},{label}" for b, label in zip(body, written.labels, strict=True)]
    same("a.arff", (head + "\n".join(lines)).encode(), written)


@fast
@given(written=series(numbers=True))
def test_flat_arff(written: Written) -> None:
    attributes = "".join(f"@attribute att{i} numeric\n" for i in range(written.X.shape[2]))
    classes = ",".join(sorted(set(written.labels)))
    head = f"@relation r\n{attributes}@attribute target {{{classes}}}\n@data\n"
    same("a.arff", (head + "\n".join(rows(written, ",", last=True))).encode(), written, layout="wide")


@fast
@given(written=series(channels=3), last=st.booleans(), fortran=st.booleans())
def test_npz(written: Written, last: bool, fortran: bool) -> None:
    X = written.X.transpose(0, 2, 1) if last else written.X
    out = io.BytesIO()
    np.savez(out, X=np.asfortranarray(X) if fortran else X, y=np.array(written.labels))
    same("a.npz", out.getvalue(), written, axes="NTC" if last else "NCT")


@fast
@given(written=series(channels=3, numbers=True))
def test_mat(written: Written) -> None:
    cell = np.empty((len(written.labels), 1), object)
    cell[:, 0] = written.labels
    out = io.BytesIO()
    savemat(out, {"X": written.X, "labels": cell})
    same("a.mat", out.getvalue(), written)


@fast
@given(written=series(channels=2), lists=st.booleans())
def test_parquet(written: Written, lists: bool) -> None:
    out = io.BytesIO()
    if lists:
        columns = {f"ch {c}": [list(x[c]) for x in written.X] for c in range(2)}
    else:
        columns = {f"{c}_{i}": written.X[:, j, i] for j, c in enumerate("ab") for i in range(written.X.shape[2])}
    pq.write_table(pa.table({**columns, "label": written.labels}), out)
    same("a.parquet", out.getvalue(), written, layout="auto" if lists else "wide")


@fast
@given(written=series(channels=2), objects=st.booleans())
def test_json(written: Written, objects: bool) -> None:
    pairs = zip(written.X.tolist(), written.labels, strict=True)
    whole = [{"label": y, "values": x} for x, y in pairs] if objects else {"X": written.X.tolist(), "y": written.labels}
    same("a.json", json.dumps(whole).encode(), written, axes="NCT")


@fast
@given(written=series(channels=2))
def test_a_long_table(written: Written) -> None:
    lines = ["case_id,dim_id,time,value,label"]
    for i, (x, label) in enumerate(zip(written.X, written.labels, strict=True)):
        lines += [f"{i},{c},{t},{float(v)!r},{label}" for c in range(2) for t, v in enumerate(x[c])]
    same("a.csv", "\n".join(lines).encode(), written)


@fast
@given(written=series(channels=3), seed=st.integers(0, 9))
def test_a_tall_table_of_series_in_any_order(written: Written, seed: int) -> None:
    lines = []
    for i, (x, label) in enumerate(zip(written.X, written.labels, strict=True)):
        lines += [(i, f"{i:03d},{t},{','.join(repr(float(v)) for v in m)},{label}") for t, m in enumerate(x.T)]
    order = np.random.default_rng(seed).permutation(len(lines))
    firsts = list(dict.fromkeys(lines[i][0] for i in order))
    text = "\n".join(["series_id,time,a,b,c,label", *(lines[i][1] for i in order)])
    shuffled = Written(written.X[firsts], [written.labels[i] for i in firsts])
    same("a.csv", text.encode(), shuffled, id="series_id")


@pytest.mark.parametrize("rows_", [2_500])
def test_a_recording_longer_than_one_batch(rows_: int) -> None:
    values = np.random.default_rng(0).normal(size=(rows_, 2))
    text = "t,a,b\n" + "\n".join(f"{i / 10},{float(a)!r},{float(b)!r}" for i, (a, b) in enumerate(values))
    found = parser_child.opened([File("a.csv", text.encode())], mapping_from({"window": "2500"})).dataset
    np.testing.assert_array_equal(found.X[0], values.T.astype(np.float32))
    assert found.rate == 10.0
