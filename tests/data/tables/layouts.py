# ruff: noqa: E501  (a table of files: a row is a file)
"""The layouts in which people keep series, as small files; each with what must be found in it."""

from __future__ import annotations

import datetime
import gzip
import io
import json
import zipfile
from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from scipy.io import savemat, wavfile

RNG = np.random.default_rng(0)
N, T, ROWS = 30, 50, 400
X = RNG.normal(size=(N, T)).cumsum(1)
X3 = RNG.normal(size=(N, 3, T)).cumsum(2)
Y = RNG.integers(0, 3, N)
C = RNG.normal(size=(3, ROWS)).cumsum(1)
CLOCK = np.arange(ROWS) / 50
LABEL = np.repeat(["walk", "run", "sit", "walk"], ROWS // 4)
STAMPS = [datetime.datetime(2020, 1, 1) + datetime.timedelta(seconds=i / 10) for i in range(ROWS)]

FILES: dict[str, tuple[bytes, dict[str, Any]]] = {}


def add(name: str, data: bytes | str, **found: Any) -> None:
    FILES[name] = (data if isinstance(data, bytes) else data.encode(), found)


def f(value: float) -> str:
    return f"{value:.6g}"


def text(rows: Sequence[Sequence[Any]], separator: str = ",") -> str:
    return "\n".join(separator.join(str(c) for c in r) for r in rows) + "\n"


def npz(*unnamed: np.ndarray, **named: np.ndarray) -> bytes:
    out = io.BytesIO()
    np.savez_compressed(out, *unnamed, **named)
    return out.getvalue()


def npy(array: np.ndarray) -> bytes:
    out = io.BytesIO()
    np.save(out, array)
    return out.getvalue()


def mat(**named: Any) -> bytes:
    out = io.BytesIO()
    savemat(out, named, do_compression=True)
    return out.getvalue()


def wav(rate: int, sound: np.ndarray) -> bytes:
    out = io.BytesIO()
    wavfile.write(out, rate, sound)
    return out.getvalue()


def parquet(columns: dict[str, Any]) -> bytes:
    out = io.BytesIO()
    pq.write_table(pa.table(columns), out)
    return out.getvalue()


def zipped(members: dict[str, str | bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return out.getvalue()


def edf(signals: Sequence[tuple[str, int, np.ndarray]], records: int, seconds: int) -> bytes:
    count = len(signals)
    head = f"{'0':8}{'X X X X':80}{'Startdate X X X X':80}{'01.01.20'}{'00.00.00'}{256 * (count + 1):<8}"
    out = f"{head}{'EDF+C':44}{records:<8}{seconds:<8}{count:<4}".encode()
    columns = [[s[0] for s in signals], [""] * count, ["uV"] * count, ["-100"] * count, ["100"] * count]
    columns += [["-32768"] * count, ["32767"] * count, [""] * count, [str(s[1]) for s in signals], [""] * count]
    for width, column in zip((16, 80, 8, 8, 8, 8, 8, 80, 8, 32), columns, strict=True):
        out += b"".join(c.ljust(width).encode() for c in column)
    for r in range(records):
        for _, n, values in signals:
            part = values[r * n : (r + 1) * n]
            out += bytes(part) if part.dtype == np.uint16 else part.astype("<i2").tobytes()
    return out


SET = {"series": N, "length": [T, T], "classes": 3, "channels": 1}
SPLIT = {**SET, "test": 10}
BARE = {**SET, "classes": 0}
MULTI = {**SET, "channels": 3}
PAIRS = list(zip(Y, X, strict=True))
NAMES = [f"t{i}" for i in range(T)]
PART = ["train"] * 20 + ["test"] * 10

# UCR archive
add("ucr_2018.tsv", text([[y + 1, *map(f, x)] for y, x in PAIRS], "\t"), **SET)
add("ucr_2015.txt", "\n".join("  " + "  ".join(f"{v:.7e}" for v in [y + 1, *x]) for y, x in PAIRS), **SET)
add("ucr_commas.txt", text([[y, *map(f, x)] for y, x in PAIRS]), **SET)
PADDED = [[y, *(f(v) if j < 30 + i % 20 else "NaN" for j, v in enumerate(x))] for i, (y, x) in enumerate(PAIRS)]
add("ucr_padded.tsv", text(PADDED, "\t"), **{**SET, "length": [30, 49]})

# wide
add("heartbeats.csv", text([[f"{v:.18e}" for v in [*np.abs(x) / 50, float(y)]] for y, x in PAIRS]), **SET)
add("named_last.csv", text([[*(f"X{i}" for i in range(T)), "y"], *([*map(f, x), y] for y, x in PAIRS)]), **SET)
add("named_first.csv", text([["label", *NAMES], *([f"c{y}", *map(f, x)] for y, x in PAIRS)]), **SET)
add("words_first.csv", text([[f"c{y}", *map(f, x)] for y, x in PAIRS]), **SET)
add("words_last.csv", text([[*map(f, x), f"c{y}"] for y, x in PAIRS]), **SET)
add(
    "with_id.csv",
    text([["id", "label", *range(T)], *([i, f"c{y}", *map(f, x)] for i, (y, x) in enumerate(PAIRS))]),
    **SET,
)
add(
    "pandas_index.csv",
    text([["", *range(T), "target"], *([i, *map(f, x), y] for i, (y, x) in enumerate(PAIRS))]),
    **SET,
)
add(
    "set_column.csv",
    text([["set", "label", *NAMES], *([PART[i], f"c{y}", *map(f, x)] for i, (y, x) in enumerate(PAIRS))]),
    **SPLIT,
)
add("set_subject_id.csv", text([["id", "subject", "set", "class", *NAMES],
    *([f"s{i}", i % 5, PART[i], y, *map(f, x)] for i, (y, x) in enumerate(PAIRS))]), **SPLIT)  # fmt: skip
add("seizures.csv", text([["", *(f"X{i}" for i in range(1, T + 1)), "y"],
    *([f"X{i}.V1.{7 * i}", *(int(10 * v) for v in x), y + 1] for i, (y, x) in enumerate(PAIRS))]), **SET)  # fmt: skip
add("unlabelled.txt", "\n".join("  ".join(f"{v:.7e}" for v in x) for x in X), **BARE)
add(
    "decimal_comma.csv",
    text([["label", *NAMES], *([f"c{y}", *(f(v).replace(".", ",") for v in x)] for y, x in PAIRS)], ";"),
    **SET,
)
add("tab_decimal_comma.txt", text([[y, *(f(v).replace(".", ",") for v in x)] for y, x in PAIRS], "\t"), **SET)
add("bars.csv", text([[y, *map(f, x)] for y, x in PAIRS], "|"), **SET)
add(
    "quoted.csv",
    text([[f'"{c}"' for c in ["label", *NAMES]], *([f'"c{y}"', *(f'"{f(v)}"' for v in x)] for y, x in PAIRS)]),
    **SET,
)
WESTERN = text([["étiquette", *NAMES], *([f"marché{y}", *map(f, x)] for y, x in PAIRS)])
add("marked.csv", b"\xef\xbb\xbf" + WESTERN.encode(), **SET)
add("utf16.csv", WESTERN.encode("utf-16"), **SET)
add("latin1.csv", WESTERN.encode("latin-1"), **SET)
add("two_channels.csv", text([[*(f"{c}_{i}" for c in ("acc_x", "acc_y") for i in range(25)), "label"],
    *([*map(f, x), f"c{y}"] for y, x in PAIRS)]), **{**SET, "length": [25, 25], "channels": 2})  # fmt: skip
add("features.csv", text([[*(f"tBodyAcc-mean()-{i}" for i in range(T)), "subject", "Activity"],
    *([*map(f, x), 1 + i // 10, ["WALKING", "SITTING"][i % 2]] for i, x in enumerate(X))]), **{**SET, "classes": 2})  # fmt: skip

# tall
TALL = {"rows": ROWS, "channels": 3, "classes": 3}
QUIET = {**TALL, "classes": 0}
MOMENTS = [[f(v) for v in C[:, i]] for i in range(ROWS)]
add(
    "tall.csv",
    text([["time", "ax", "ay", "az", "activity"], *([f(CLOCK[i]), *m, LABEL[i]] for i, m in enumerate(MOMENTS))]),
    **TALL,
    hz=50,
)
add("subjects.csv", text([["subject", "activity", "timestamp", "ax", "ay", "az"],
    *([1 + i // 200, LABEL[i], 1600000000000 + 20 * i, *m] for i, m in enumerate(MOMENTS))]), **TALL, hz=50)  # fmt: skip
add(
    "units.csv",
    text(
        [["Time", "X", "Y", "Z"], ["s", "m/s^2", "m/s^2", "m/s^2"], *([f(CLOCK[i]), *m] for i, m in enumerate(MOMENTS))]
    ),
    **QUIET,
    hz=50,
)
add(
    "comments.csv",
    "# device: abc\n# rate: 50 Hz\n"
    + text([["time", "x", "y", "z"], *([f(CLOCK[i]), *m] for i, m in enumerate(MOMENTS))]),
    **QUIET,
)
add(
    "preamble.csv",
    "Device: Shimmer\nSession 5\n\n"
    + text([["time", "x", "y", "z"], *([f(CLOCK[i]), *m] for i, m in enumerate(MOMENTS))]),
    **QUIET,
)
add("clock_first.dat", text([[f"{CLOCK[i]:.3f}", (i // 100) % 3, *m] for i, m in enumerate(MOMENTS)], " "), **TALL)
add("label_last.log", text([[*m, (i // 100) % 3] for i, m in enumerate(MOMENTS)], "\t"), **TALL)
add(
    "semicolon_ends.txt",
    "".join(
        f"{1 + i // 200},{LABEL[i]},{49105962326000 + 50000000 * i},{','.join(m)};\n" for i, m in enumerate(MOMENTS)
    ),
    **TALL,
)
add("date_and_clock.csv", "Date;Time;CO(GT);PT08;T;;\n" + "".join(
    f"10/03/2004;{i % 24:02d}.00.00;" + ";".join(c.replace(".", ",") for c in m) + ";;\n" for i, m in enumerate(MOMENTS)) + ";;;;;;\n" * 5, **QUIET)  # fmt: skip
add("household.txt", "Date;Time;power;volt;x\n" + "".join(
    f"16/12/2006;17:{i % 60:02d}:00;{m[0]};{'?' if i == 5 else m[1]};{m[2]}\n" for i, m in enumerate(MOMENTS)), **QUIET)  # fmt: skip
add(
    "hourly.csv",
    "date,HUFL,HULL,OT\n"
    + "".join(f"2016-07-{1 + i // 24:02d} {i % 24:02d}:00:00,{','.join(m)}\n" for i, m in enumerate(MOMENTS)),
    **QUIET,
    hz=1 / 3600,
)
add(
    "months.csv",
    "Month,#Passengers\n" + "".join(f"{1949 + i // 12}-{1 + i % 12:02d},{112 + i}\n" for i in range(144)),
    rows=144,
    channels=1,
    classes=0,
)
add("wristband.csv", "1544027337.000000, 1544027337.000000, 1544027337.000000\n32.000000, 32.000000, 32.000000\n" + "".join(
    f"{int(10 * a)},{int(10 * b)},{int(10 * c)}\n" for a, b, c in C.T), **QUIET, hz=32)  # fmt: skip
add(
    "chest.csv",
    text([[i, *(int(1000 + 10 * v) for v in C[:, i]), 1 + i // 100] for i in range(ROWS)]),
    **{**TALL, "classes": 4},
)
add("blanks_no_label.txt", text([[int(30 + v) for v in C[:, i]] for i in range(ROWS)], " "), **QUIET)
add("single_quotes.csv", "'Elapsed time','MLII','V5'\n'hh:mm:ss.mmm','mV','mV'\n" + "".join(
    f"'0:{i // 360:02d}.{(i % 360) * 1000 // 360:03d}',{m[0]},{m[1]}\n" for i, m in enumerate(MOMENTS)), **{**QUIET, "channels": 2})  # fmt: skip
add("one_column.txt", "\n".join(map(f, C[0])), **{**QUIET, "channels": 1})
add("one_named_column.csv", "value\n" + "\n".join(map(f, C[0])), **{**QUIET, "channels": 1})
add(
    "nanoseconds.csv",
    "time,seconds_elapsed,z,y,x\n"
    + "".join(f"{1650000000000000000 + 10000000 * i},{i / 100},{','.join(m)}\n" for i, m in enumerate(MOMENTS)),
    **QUIET,
    hz=100,
)
add(
    "r_row_names.csv",
    '"date","a","b","y"\n'
    + "".join(f'"{i + 1}","{STAMPS[i]}",{m[0]},{m[1]},{int(i > 200)}\n' for i, m in enumerate(MOMENTS)),
    **{**TALL, "channels": 2, "classes": 2},
    hz=10,
)
add("eyes.arff", "@RELATION E\n\n@ATTRIBUTE AF3 NUMERIC\n@ATTRIBUTE F7 NUMERIC\n@ATTRIBUTE F3 NUMERIC\n@ATTRIBUTE eyeDetection {0,1}\n@DATA\n"
    + text([[*m, (i // 100) % 2] for i, m in enumerate(MOMENTS)]), **{**TALL, "classes": 2})  # fmt: skip
ELECTRIC = RNG.normal(size=(200, 100)).cumsum(0)
add("many_meters.txt", '"";' + ";".join(f'"MT_{i:03d}"' for i in range(100)) + "\n" + "".join(
    f'"2011-01-{1 + i // 96:02d} {i % 96 // 4:02d}:{15 * (i % 4):02d}:00";' + ";".join(f(v).replace(".", ",") for v in ELECTRIC[i]) + "\n" for i in range(200)),
    rows=200, channels=100, classes=0, hz=1 / 900)  # fmt: skip
add("calendar.csv", "No,year,month,day,hour,pm2.5,DEWP,TEMP,cbwd\n" + "".join(
    f"{i + 1},2010,1,{1 + i // 24},{i % 24},{'NA' if i < 5 else m[0]},{m[1]},{m[2]},{'NW' if i % 3 else 'SE'}\n" for i, m in enumerate(MOMENTS)), rows=ROWS, channels=3, hz=1 / 3600)  # fmt: skip
add(
    "clock_begins_again.csv",
    "time,x,y,label\n" + "".join(f"{(i % 100) / 50},{m[0]},{m[1]},{i // 100 % 2}\n" for i, m in enumerate(MOMENTS)),
    rows=ROWS,
    channels=2,
    classes=2,
    hz=50,
)
add("two_labels.csv", "datetime;A1;A2;Current;anomaly;changepoint\n" + "".join(
    f"2020-03-09 10:{i // 60:02d}:{i % 60:02d};{';'.join(m)};{float(i // 100 % 2)};{float(i == 100)}\n" for i, m in enumerate(MOMENTS)), **{**TALL, "classes": 2}, hz=1)  # fmt: skip
add("told_separator.csv", "sep=\t\nShimmer_Timestamp_Unix_CAL\tAccel_X_CAL\tAccel_Y_CAL\nms\tm/(s^2)\tm/(s^2)\n" + "".join(
    f"{1600000000000 + 20 * i}.0\t{m[0]}\t{m[1]}\t\n" for i, m in enumerate(MOMENTS)), rows=ROWS, channels=2, classes=0)  # fmt: skip
add(
    "units_in_names.csv",
    '"Time (s)","Acceleration x (m/s^2)","Acceleration y (m/s^2)"\n'
    + "".join(f"{i / 100:.9E},{m[0]},{m[1]}\n" for i, m in enumerate(MOMENTS)),
    rows=ROWS,
    channels=2,
    classes=0,
    hz=100,
)
add("day_first.csv", '"Date Time","p (mbar)","T (degC)"\n' + "".join(
    f"{1 + i // 144:02d}.01.2009 {i % 144 // 6:02d}:{i % 6}0:00,{m[0]},{m[1]}\n" for i, m in enumerate(MOMENTS)), rows=ROWS, channels=2, hz=1 / 600)  # fmt: skip
add(
    "month_first.csv",
    "Timestamp,value\n"
    + "".join(f"{1 + i // 24 // 28}/{1 + i // 24 % 28}/2015 {i % 24}:00,{m[0]}\n" for i, m in enumerate(MOMENTS)),
    rows=ROWS,
    channels=1,
    hz=1 / 3600,
)
add(
    "one_activity.txt",
    "".join(f"33,Jogging,{49105962326000 + 50000000 * i},{','.join(m)};\n" for i, m in enumerate(MOMENTS[:20])),
    rows=20,
    classes=1,
)
add("long_preamble.csv", "------ Data File Created By X v6 date format M/d/yyyy at 30 Hz Filter Normal ------\nSerial Number: T1\nStart Time 10:00:00\n------\nAccelerometer X,Accelerometer Y,Accelerometer Z\n"
    + text(MOMENTS), **QUIET)  # fmt: skip
add(
    "machine.txt",
    text(
        [
            [f"{abs(v) % 1:.6f}" for v in r]
            for r in 0.02 * RNG.normal(size=(ROWS, 38)).cumsum(0) + np.linspace(0, 20, 38)
        ]
    ),
    rows=ROWS,
    channels=38,
    classes=0,
)
add(
    "gait.txt",
    text(
        [
            [15 + 15 * i, *(int(100 * v) for v in C[:, i]), *(int(900 + 90 * v) for v in C[:, i]), i // 150]
            for i in range(ROWS)
        ],
        " ",
    ),
    rows=ROWS,
    channels=6,
    classes=3,
)

# long
LONG = [[c, d, r, f(X[c, r] + d)] for c in range(6) for d in range(2) for r in range(20)]
add(
    "long.csv",
    text([["case_id", "dim_id", "reading_id", "value"], *LONG]),
    series=6,
    channels=2,
    length=[20, 20],
    classes=0,
)
LONG = [[c, "xy"[d], r, f(X[c, r] + d), "ab"[c % 2]] for c in range(6) for d in range(2) for r in range(20 + c)]
add(
    "long_labels.csv",
    text([["case", "dim", "time", "value", "label"], *LONG]),
    series=6,
    channels=2,
    length=[20, 25],
    classes=2,
)
LONG = [[c, r, f(X[c, r]), f(2 * X[c, r]), "ab"[c % 2]] for c in range(6) for r in range(15)]
add("by_id.csv", text([["id", "time", "F_x", "F_y", "label"], *LONG]), series=6, channels=2, length=[15, 15], classes=2)
LONG = [[f"{c}_{r}", c, r, f(X[c, r]), f(2 * X[c, r])] for c in range(6) for r in range(15)]
add(
    "by_series_id.csv",
    text([["row_id", "series_id", "measurement_number", "ox", "oy"], *LONG]),
    series=6,
    channels=2,
    length=[15, 15],
    classes=0,
)

# NumPy
add("channels_first.npz", npz(X=X3, y=Y), **MULTI)
add("channels_last.npz", npz(X=X3.transpose(0, 2, 1), y=Y), **MULTI)
add("one_hot.npz", npz(x=X, labels=np.eye(3)[Y]), **SET)
add("parts.npz", npz(X_train=X3[:20], y_train=Y[:20], X_test=X3[20:], y_test=Y[20:]), **{**MULTI, "test": 10})
add(
    "three_parts.npz",
    npz(x_train=X[:15], y_train=Y[:15], x_val=X[15:20], y_val=Y[15:20], x_test=X[20:], y_test=Y[20:]),
    **SPLIT,
)
add(
    "train_data.npz",
    npz(train_data=X3[:20], train_labels=Y[:20], test_data=X3[20:], test_labels=Y[20:]),
    **{**MULTI, "test": 10},
)
add("words.npz", npz(data=X, target=np.array(["a", "b", "ç"])[Y]), **SET)
add("unnamed.npz", npz(X, Y), **SET)
add(
    "padded.npz",
    npz(X=np.where(np.arange(T) < np.arange(20, T)[:, None, None], X3, np.nan), y=Y),
    **{**MULTI, "length": [20, 49]},
)
add(
    "named_channels.npz",
    npz(X=X3, y=Y, subjects=np.arange(N) % 5, fs=50.0, channel_names=np.array(["a", "b", "c"])),
    **MULTI,
    hz=50,
)
add("integers.npz", npz(X=(10 * X).astype(np.int16), y=Y.astype(float)), **SET)
add("rows.npy", npy(X), **BARE)
add("big_endian.npy", npy(X3.astype(">f4")), **{**MULTI, "classes": 0})
add("fortran.npy", npy(np.asfortranarray(X)), **BARE)
add("recording.npy", npy(C.T), **QUIET)
add("one_channel.npy", npy(C[0]), **{**QUIET, "channels": 1})

# Parquet
add("wide.parquet", parquet({**{f"t{i}": X[:, i] for i in range(T)}, "label": [f"c{y}" for y in Y]}), **SET)
add(
    "lists.parquet",
    parquet({"values": [list(x[: 30 + i]) for i, x in enumerate(X)], "label": Y}),
    **{**SET, "length": [30, 50]},
)
add(
    "two_lists.parquet",
    parquet({"x": [list(x) for x in X], "z": [list(x) for x in X], "label": Y}),
    **{**SET, "channels": 2},
)
add("nested.parquet", parquet({"series": [[list(a) for a in x] for x in X3], "class": Y}), **MULTI)
add(
    "dates.parquet",
    parquet({"timestamp": pa.array(STAMPS, pa.timestamp("us")), "a": C[0], "b": C[1], "c": C[2], "label": LABEL}),
    **TALL,
    hz=10,
)

# MATLAB
CELLS, TRAIN, TEST = np.empty((N, 1), object), np.empty((1, 20), object), np.empty((1, 10), object)
for i in range(N):
    CELLS[i, 0] = X3[i][:, : 30 + i % 10]
    (TRAIN if i < 20 else TEST)[0, i if i < 20 else i - 20] = CELLS[i, 0]
add("x_and_y.mat", mat(X=X, y=Y), **SET)
add("channels.mat", mat(X=X3, Y=Y[:, None]), **MULTI)
add("turned.mat", mat(X=np.moveaxis(X3, 0, -1), Y=Y), **MULTI)
add(
    "bearing.mat",
    mat(X097_DE_time=C[0][:, None], X097_FE_time=C[1][:, None], X097RPM=np.array([[1796]])),
    **{**QUIET, "channels": 2},
)
add("cells.mat", mat(data=CELLS, labels=Y), **{**MULTI, "length": [30, 39]})
add(
    "structure.mat",
    mat(mts={"train": TRAIN, "trainlabels": Y[:20, None] + 1, "test": TEST, "testlabels": Y[20:, None] + 1}),
    **{**MULTI, "length": [30, 39], "test": 10},
)
add("parts.mat", mat(X_train=X[:20], y_train=Y[:20], X_test=X[20:], y_test=Y[20:]), **SPLIT)
add("rate.mat", mat(data=C, fs=128.0), **QUIET, hz=128)

# sound and sleep
add("whole.wav", wav(8000, (100 * C[0]).astype(np.int16)), **{**QUIET, "channels": 1}, hz=8000)
add("float.wav", wav(16000, (C[:2].T / 100).astype(np.float32)), **{**QUIET, "channels": 2}, hz=16000)
add("bytes.wav", wav(11025, (C[0] + 128).astype(np.uint8)), **{**QUIET, "channels": 1}, hz=11025)
NIGHT = [
    ("EEG Fpz-Cz", 100, 100 * C[0]),
    ("EEG Pz-Oz", 100, 100 * C[1]),
    ("Resp", 1, 100 * C[2]),
    ("EDF Annotations", 20, np.zeros(ROWS)),
]
add("night.edf", edf(NIGHT, 4, 1), **{**QUIET, "channels": 2}, hz=100)
STAGES = b"".join(
    f"+{r}\x14\x14\x00+{r}\x151\x14Sleep stage {'W112'[r]}\x14\x00".encode().ljust(80, b"\0") for r in range(4)
)
NIGHT = [*NIGHT[:2], ("EDF Annotations", 40, np.frombuffer(STAGES, np.uint16))]
add("staged.edf", edf(NIGHT, 4, 1), **{**TALL, "channels": 2}, hz=100)

# JSON
add("arrays.json", json.dumps({"X": X.tolist(), "y": Y.tolist()}), **SET)
add(
    "objects.json",
    json.dumps([{"label": f"c{y}", "values": x[: 30 + i].tolist()} for i, (y, x) in enumerate(PAIRS)]),
    **{**SET, "length": [30, 50]},
)
add(
    "channels.json",
    json.dumps(
        [
            {"id": i, "activity": f"c{y}", "subject": i % 4, "data": {"x": x.tolist(), "y": x.tolist()}}
            for i, (y, x) in enumerate(PAIRS)
        ]
    ),
    **{**SET, "channels": 2},
)
add(
    "moments.json",
    json.dumps(
        [{"time": i / 50, "ax": C[0, i], "ay": C[1, i], "az": C[2, i], "activity": LABEL[i]} for i in range(ROWS)]
    ),
    **TALL,
    hz=50,
)
add(
    "columns.json",
    json.dumps({"time": CLOCK.tolist(), "ax": C[0].tolist(), "ay": C[1].tolist(), "az": C[2].tolist()}),
    **QUIET,
    hz=50,
)
add("lines.jsonl", "\n".join(json.dumps({"label": f"c{y}", "values": x.tolist()}) for y, x in PAIRS), **SET)
add(
    "inside.json", json.dumps({"name": "x", "data": [{"label": int(y), "values": x.tolist()} for y, x in PAIRS]}), **SET
)
add("lists.json", json.dumps(X.tolist()), **BARE)
add(
    "beats.json",
    json.dumps(
        [
            {"dateTime": f"01/02/20 08:{i // 60:02d}:{i % 60:02d}", "value": {"bpm": 70 + i % 10, "confidence": 2}}
            for i in range(ROWS)
        ]
    ),
    rows=ROWS,
    channels=2,
    classes=0,
    hz=1,
)
add("pairs.json", json.dumps([[1600000000 + i, C[0, i]] for i in range(ROWS)]), **{**QUIET, "channels": 1})
add(
    "parts.json",
    json.dumps(
        {"X_train": X[:20].tolist(), "y_train": Y[:20].tolist(), "X_test": X[20:].tolist(), "y_test": Y[20:].tolist()}
    ),
    **SPLIT,
)


# archives
def ucr(part: slice) -> str:
    return text([[y + 1, *map(f, x)] for y, x in PAIRS[part]], "\t")


def clocked(part: slice) -> str:
    return text([["time", "ax", "ay", "az"], *([f(CLOCK[i]), *m] for i, m in list(enumerate(MOMENTS))[part])])


add("ucr.tsv.gz", gzip.compress(ucr(slice(N)).encode()), **SET)
add(
    "pair.zip",
    zipped({"G/G_TRAIN.tsv": ucr(slice(20)), "G/G_TEST.tsv": ucr(slice(20, N)), "G/README.md": "hello"}),
    **SPLIT,
)
add("one.zip", zipped({"a.csv": ucr(slice(N))}), **SET)
add("recordings.zip", zipped({"s1.csv": clocked(slice(200)), "s2.csv": clocked(slice(200, ROWS))}), **QUIET)
add("folders.zip", zipped({"up/1.wav": wav(8000, (100 * C[0]).astype(np.int16)), "up/2.wav": wav(8000, (100 * C[0, :300]).astype(np.int16)),
    "down/1.wav": wav(8000, (100 * C[1]).astype(np.int16))}), series=3, classes=2, length=[300, 400], channels=1, hz=8000)  # fmt: skip

# .ts
HEAD = "@problemName T\n@timeStamps {}\n@univariate false\n@classLabel true 0 1 2\n@data\n"
PLAIN = HEAD.format("false")
PAIRS3 = list(zip(Y, X3, strict=True))
TSF = "@relation x\n@attribute series_name string\n@attribute start_timestamp date\n@frequency half_hourly\n@data\n"
add("forecast.tsf", TSF + "\n".join(f"T{i}:1979-01-01 00-00-00:" + ",".join(map(f, x[: 20 + i])) for i, x in enumerate(X)), series=N, classes=0,
    length=[20, 49], channels=1, hz=1 / 1800)  # fmt: skip
add("univariate.ts", PLAIN + "\n".join(",".join(map(f, x)) + f":{y}" for y, x in PAIRS), **SET)
add(
    "multivariate.ts", PLAIN + "\n".join(":".join(",".join(map(f, c)) for c in x) + f":{y}" for y, x in PAIRS3), **MULTI
)
add(
    "unequal.ts",
    PLAIN + "\n".join(":".join(",".join(map(f, c[: 20 + i])) for c in x) + f":{y}" for i, (y, x) in enumerate(PAIRS3)),
    **{**MULTI, "length": [20, 49]},
)
add(
    "missing.ts",
    PLAIN
    + "\n".join(",".join("?" if j == i else f(v) for j, v in enumerate(x)) + f":{y}" for i, (y, x) in enumerate(PAIRS)),
    **SET,
)
add(
    "stamps.ts",
    HEAD.format("true")
    + "\n".join(
        ":".join(",".join(f"({j / 50},{f(v)})" for j, v in enumerate(c)) for c in x) + f":{y}" for y, x in PAIRS3
    ),
    **MULTI,
    hz=50,
)
add(
    "dates.ts",
    HEAD.format("true")
    + "\n".join(
        ":".join(",".join(f"(2015-01-01 00:00:{j:02d},{f(v)})" for j, v in enumerate(c)) for c in x) + f":{y}"
        for y, x in PAIRS3
    ),
    **MULTI,
    hz=1,
)
add(
    "regression.ts",
    "@problemName T\n@timeStamps false\n@targetLabel true\n@data\n"
    + "\n".join(",".join(map(f, x)) + f":{y}.5" for y, x in PAIRS),
    **BARE,
)
add(
    "bare.ts",
    "@problemName T\n@timeStamps false\n@classLabel false\n@data\n" + "\n".join(",".join(map(f, x)) for x in X),
    **BARE,
)
