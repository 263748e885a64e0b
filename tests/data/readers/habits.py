# ruff: noqa: E501  (a table of files: a row is a file)
"""The same layouts as people's habits have them: other names, other languages, arrays and files that belong together."""

from __future__ import annotations

import datetime
import json
from typing import Any

import numpy as np
import pyarrow as pa

from tests.data.tables.layouts import (
    LABEL,
    MOMENTS,
    NAMES,
    PAIRS,
    ROWS,
    X3,
    C,
    N,
    T,
    X,
    Y,
    f,
    mat,
    npy,
    npz,
    parquet,
    text,
    zipped,
)

FILES: dict[str, tuple[bytes, dict[str, Any]]] = {}
SET = {"series": N, "length": [T, T], "classes": 3, "channels": 1}
QUIET = {"rows": ROWS, "channels": 3, "classes": 0}
START = datetime.datetime(2021, 5, 3, 8)


def add(name: str, data: bytes | str, **found: Any) -> None:
    FILES[name] = (data if isinstance(data, bytes) else data.encode(), found)


def tall(head: str, rows: Any, separator: str = ",") -> str:
    return text([head.split(separator), *rows], separator)


def cells(c: int, d: int, t: int) -> str:
    return f(X3[c, d, t])


# wide
WIDE = list(enumerate(PAIRS))
add("fold_beside.csv", text([["fold", "label", *NAMES], *([i % 5, f"c{y}", *map(f, x)] for i, (y, x) in WIDE)]), **SET)
add("is_train.csv", text([["is_train", "label", *NAMES], *([int(i < 20), f"c{y}", *map(f, x)] for i, (y, x) in WIDE)]),
    **SET, test=10)  # fmt: skip
add("moments_as_names.csv", text([["label", *(f"{i / 50:.2f}" for i in range(T))], *([f"c{y}", *map(f, x)] for y, x in PAIRS)]), **SET)  # fmt: skip
add("dates_as_names.csv", text([["station", *(f"2021-{1 + i // 25:02d}-{1 + i % 25:02d}" for i in range(T))], *([f"s{i}", *map(f, x)] for i, x in enumerate(X))]), **{**SET, "classes": 0})  # fmt: skip
add("number_label_values.csv", text([[i, y, *map(f, x)] for i, (y, x) in WIDE]), **SET)
add("odd_names.csv", text([["label", *(f"<b>{'abcdefghij'[i // 5]}{'vwxyz'[i % 5]}" for i in range(T))], *([f"c{i % 3}", *map(f, x)] for i, x in enumerate(X))]), **SET)  # fmt: skip
add("truth.parquet", parquet({**{f"t{i}": X[:, i] for i in range(T)}, "label": Y > 0}), **{**SET, "classes": 2})
add("lines_in_labels.csv", text([["label", *NAMES], *([f'"c\n{y}"', *map(f, x)] for y, x in PAIRS)]), **SET)
ATTRIBUTES = "".join(f"@attribute t{i} numeric\n" for i in range(T))
add("to_predict.arff", f"@relation r\n{ATTRIBUTES}@attribute target numeric\n@data\n" + text([[*map(f, x), f(x.sum())] for x in X]), **{**SET, "classes": 0})  # fmt: skip
add("tabs_in_tags.ts", "@problemName\tT\n@univariate\ttrue\n@classLabel\ttrue\t0\t1\t2\n@data\n" + "\n".join(",".join(map(f, x)) + f":{y}" for y, x in PAIRS), **SET)  # fmt: skip

# tall
add("newest_first.csv", tall("timestamp,a,b,c", ([(START + datetime.timedelta(seconds=i)).isoformat(), *MOMENTS[i]] for i in reversed(range(ROWS)))), **QUIET, hz=1)  # fmt: skip
add("digits_of_days.csv", tall("Date,a,b,c", ([(START + datetime.timedelta(days=i)).strftime("%Y%m%d"), *m] for i, m in enumerate(MOMENTS))), **QUIET, hz=1 / 86400)  # fmt: skip
add("zeit.csv", tall("Zeit;x;y;z", ([f(i / 50).replace(".", ","), *(c.replace(".", ",") for c in m)] for i, m in enumerate(MOMENTS)), ";"), **QUIET)  # fmt: skip
add("chinese.csv", tall("时间,x,y,z,标签", ([f(i / 50), *m, "走跑"[i // 200]] for i, m in enumerate(MOMENTS))), **{**QUIET, "classes": 2})  # fmt: skip
add("packets.csv", tall("Sample Index,a,b,c,Timestamp", ([i % 256, *m, f"{1600000000 + i / 250:.6f}"] for i, m in enumerate(MOMENTS))), **QUIET, hz=250)  # fmt: skip
add("two_clocks.csv", tall("timestamp,rel_time,x,y,z", ([1424696633908000000 + 5000000 * i, f"{i / 200:.3f}", *m] for i, m in enumerate(MOMENTS))), **QUIET, hz=200)  # fmt: skip
add("one_person.txt", "".join(f"1600,{'AB'[i // 200]},{252207666810782 + 49000000 * i},{','.join(m)};\n" for i, m in enumerate(MOMENTS)), **{**QUIET, "classes": 2})  # fmt: skip
add("again.csv", tall("t,x,y,z", [[f"{i / 10:.1f}", *m] for i, m in enumerate(MOMENTS[:40])]) + tall("t,x,y,z", [[f"{i / 10:.1f}", *m] for i, m in enumerate(MOMENTS[40:], 40)]), **QUIET, hz=10)  # fmt: skip
add("title_over_names.csv", "Recording of 2020,,,\n" + tall("t,x,y,z", ([f(i / 10), *m] for i, m in enumerate(MOMENTS))), **QUIET, hz=10)  # fmt: skip

add(
    "year_and_month.csv",
    tall(
        "year,month,decimal date,a,b",
        ([1958 + i // 12, 1 + i % 12, f(1958 + i / 12), *m[:2]] for i, m in enumerate(MOMENTS)),
    ),
    **{**QUIET, "channels": 2},
)
add("short_stretches.csv", tall("subject,a,b,c", ([f"s{i // 10}", *m] for i, m in enumerate(MOMENTS))), **QUIET)
add("rate_in_comment.txt", "%Board\n%Sample Rate = 200 Hz\n" + tall("a,b,c", MOMENTS), **QUIET, hz=200)
METERS = 900 * np.random.default_rng(5).random(80) + np.random.default_rng(6).normal(size=(ROWS, 80)).cumsum(0)
add("meters.txt", text([[f"{v:.0f}" for v in row] for row in METERS]), rows=ROWS, channels=80, classes=0)
add("many_channels.npy", npy(METERS[:, :30]), rows=ROWS, channels=30, classes=0)

# long
LONG = [(c, d, t) for c in range(6) for d in range(3) for t in range(20)]
OF_SIX = {"series": 6, "channels": 3, "length": [20, 20], "classes": 0}
add("units.csv", tall("unit,variable,timestep,reading", ([c, d, t, cells(c, d, t)] for c, d, t in LONG)), **OF_SIX)
add("nobody_knows.csv", tall("aa,bb,cc,dd", ([c, "xyz"[d], t, cells(c, d, t)] for c, d, t in LONG)), **OF_SIX)
add("items.csv", tall("item_id,timestamp,target", ([f"H{c}", (START + datetime.timedelta(hours=t)).isoformat(), cells(c, 0, t)] for c in range(6) for t in range(20))), **{**OF_SIX, "channels": 1}, hz=1 / 3600)  # fmt: skip
add("meters.csv", tall("meter,timestamp,a,b", ([f"m{c}", (START + datetime.timedelta(hours=t)).isoformat(), cells(c, 0, t), cells(c, 1, t)] for c in range(6) for t in range(20))), **{**OF_SIX, "channels": 2})  # fmt: skip
add("engines.txt", text([[1 + c, 1 + t, *(cells(c, d, t) for d in range(3))] for c in range(6) for t in range(20)], " "), **OF_SIX)  # fmt: skip

# arrays
add("labels_first.npz", npz(Y, X3), **{**SET, "channels": 3})
add("yes_no.npz", npz(X=X, y=Y > 0), **{**SET, "classes": 2})
add("sensors.npz", npz(acc=X3, gyro=2 * X3, y=Y), **{**SET, "channels": 6})
add("short_words.npz", npz(X_tr=X3[:15], y_tr=Y[:15], X_va=X3[15:20], y_va=Y[15:20], X_te=X3[20:], y_te=Y[20:]), **{**SET, "channels": 3}, test=10)  # fmt: skip
add(
    "labels_over_time.npz",
    npz(signal=C.T, label=np.repeat([0, 1], ROWS // 2), fs=100),
    **{**QUIET, "classes": 2},
    hz=100,
)
add("clock_beside.npz", npz(t=np.arange(ROWS) / 50, data=C.T), **QUIET, hz=50)
FIELDS = np.array([(i / 50, *C[:, i]) for i in range(ROWS)], [("t", "f8"), ("x", "f4"), ("y", "f4"), ("z", "f4")])
add("fields.npy", npy(FIELDS), **QUIET, hz=50)
add("rate_beside.mat", mat(ECG=C[:1], Fs=300), **{**QUIET, "channels": 1}, hz=300)
add("by_row.json", json.dumps({str(i): dict(zip("xyz", C[:, i].tolist(), strict=True)) for i in range(ROWS)}), **QUIET)
add("deeper.json", json.dumps({"meta": {"a": 1}, "data": {"series": X.tolist(), "labels": Y.tolist()}}), **SET)
add("channels_by_name.json", json.dumps([{"label": int(y), "x": a[0].tolist(), "y": a[1].tolist()} for y, a in zip(Y, X3, strict=True)]), **{**SET, "channels": 2})  # fmt: skip
add(
    "an_empty_list.parquet",
    parquet({"x": pa.array([None, *(x.tolist() for x in X[1:])]), "label": Y}),
    series=N,
    classes=3,
)

# archives
ROWS_OF = {p: [list(map(f, x)) for x in X[s]] for p, s in (("train", slice(20)), ("test", slice(20, N)))}
NAMES_OF = {p: [[y] for y in Y[s]] for p, s in (("train", slice(20)), ("test", slice(20, N)))}
add("labels_apart.zip", zipped({**{f"X_{p}.csv": text(r) for p, r in ROWS_OF.items()}, **{f"y_{p}.csv": text(r) for p, r in NAMES_OF.items()}}), **SET, test=10)  # fmt: skip
add("matrix_each.zip", zipped({f"{'up' if i % 2 else 'down'}/{i}.npy": npy(X3[i]) for i in range(10)}), series=10, channels=3, length=[T, T], classes=2)  # fmt: skip
assert LABEL.size == ROWS
