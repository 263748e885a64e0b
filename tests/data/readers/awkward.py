# ruff: noqa: E501  (a table of files: a row is a file)
"""Files that people and attackers really bring: each with what must become of it."""

from __future__ import annotations

import gzip
import io
import json
import pickle
import struct
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

REFUSED, READ, WARNED = "refused", "read", "read with a warning"


@dataclass(frozen=True)
class Awkward:
    """A file, what must become of it, and words that the sentence must hold."""

    name: str
    make: Callable[[], bytes]
    becomes: str
    says: str = ""


class Bomb:
    """Says so if it is ever unpickled."""

    def __reduce__(self) -> Any:
        return (exec, ("raise SystemExit('a pickle was opened')",))


def rows(n: int = 12, t: int = 30, label: Callable[[int], str] = lambda i: "ab"[i % 2]) -> list[list[str]]:
    values = np.random.default_rng(1).normal(size=(n, t)).cumsum(axis=1)
    return [[label(i), *(f"{v:.4f}" for v in values[i])] for i in range(n)]


def text(table: list[list[str]], separator: str = ",") -> bytes:
    return ("\n".join(separator.join(r) for r in table) + "\n").encode()


def npy(array: np.ndarray, **options: Any) -> bytes:
    out = io.BytesIO()
    np.save(out, array, **options)
    return out.getvalue()


def lying_npy(shape: str, kind: str = "<f8", body: bytes = b"\0" * 64) -> bytes:
    header = f"{{'descr': '{kind}', 'fortran_order': False, 'shape': {shape}, }}".encode()
    header += b" " * (63 - (len(header) + 10) % 64 + 1 - 1) + b"\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header + body


def zipped(members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return out.getvalue()


def zip_bomb(name: str, size: int = 210 * 2**20) -> bytes:
    out = io.BytesIO()
    with (
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open(name, "w", force_zip64=True) as member,
    ):
        for _ in range(size // 2**20):
            member.write(b"\0" * 2**20)
    return out.getvalue()


def packed_bomb(name: str, method: int, size: int = 8 * 2**20) -> bytes:
    """Unpacks to `size` bytes in one go, whatever was asked for: only two methods can be stopped midway."""
    return zipped({name: b"0" * size}, method)


def with_members(count: int, told: int, large: bool = False) -> bytes:
    """Empty members, of which the end says that there are `told`; `large`: in the records of zip64."""
    entry = struct.pack("<4s6H3L5H2L", b"PK\x01\x02", 20, 20, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0) + b"x"
    body = struct.pack("<4s5H3L2H", b"PK\x03\x04", 20, 0, 0, 0, 0, 0, 0, 0, 1, 0) + b"x"
    listed = entry * count
    if not large:
        return body + listed + struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, told, told, len(listed), len(body), 0)
    end = struct.pack("<4sQ2H2L4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, told, told, len(listed), len(body))
    found = struct.pack("<4sLQL", b"PK\x06\x07", 0, len(body) + len(listed), 1)
    few = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 1, 1, 0xFFFFFFFF, 0xFFFFFFFF, 0)
    return body + listed + end + found + few


def overlapping() -> bytes:
    """Two directory entries that point at the same bytes (as in CVE-2024-0450)."""
    data = bytearray(zipped({"a.npy": npy(np.zeros((4, 9))), "b.npy": npy(np.zeros((4, 9)))}, zipfile.ZIP_STORED))
    second = data.rfind(b"PK\x01\x02")
    data[second + 42 : second + 46] = struct.pack("<I", 0)
    return bytes(data)


def forged_size() -> bytes:
    """A directory that claims a member of 10 bytes."""
    data = bytearray(zipped({"X.npy": npy(np.zeros((40, 90)))}))
    entry = data.rfind(b"PK\x01\x02")
    data[entry + 24 : entry + 28] = struct.pack("<I", 10)
    return bytes(data)


def gz_bomb(size: int = 210 * 2**20) -> bytes:
    out = io.BytesIO()
    with gzip.GzipFile(fileobj=out, mode="wb", mtime=0) as file:
        for _ in range(size // 2**20):
            file.write(b"1,2,3,4\n" * 2**17)
    return out.getvalue()


def wide(columns: int) -> bytes:
    return text([["a", *["1.5"] * columns], ["b", *["2.5"] * columns]])


def pickled() -> bytes:
    return pickle.dumps(Bomb())


def poisoned_npz() -> bytes:
    return zipped({"X.npy": npy(np.zeros((4, 9))), "y.npy": npy(np.array([Bomb()], object), allow_pickle=True)})


def xlsx(sheet: str) -> bytes:
    """The least that is a workbook."""
    space = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    return zipped({
        "[Content_Types].xml": b'<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        b'<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        b'<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'
        b'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>',
        "_rels/.rels": b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" '
        b'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook {space} xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
        '<sheets><sheet name="one" sheetId="1" r:id="r1"/></sheets></workbook>'.encode(),
        "xl/_rels/workbook.xml.rels": b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" '
        b'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": f"<worksheet {space}>{sheet}</worksheet>".encode(),
    })  # fmt: skip


def times(stamps: list[str]) -> bytes:
    values = np.random.default_rng(2).normal(size=len(stamps)).cumsum()
    return text([["time", "x"], *([s, f"{v:.3f}"] for s, v in zip(stamps, values, strict=True))])


HEAD = ["label", *(f"t{i}" for i in range(30))]
LFS = b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\nsize 12345\n"
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(200)
MPEG = (b"\x47\x40\x00\x10\x00" + b"\xff" * 183) * 20
TYPESCRIPT = b'import { x } from "./y";\n\nexport interface Series {\n  values: number[];\n}\nconst a = 1;\n'
TS = b"@problemName T\n@timeStamps false\n@univariate true\n@classLabel true a b\n@data\n"
ARFF = b"@relation T\n@attribute a numeric\n@attribute b numeric\n@attribute c numeric\n@attribute class {x,y}\n@data\n"


def replaced(row: int, column: int, cell: str, table: list[list[str]] | None = None) -> bytes:
    found = table or rows()
    found[row][column] = cell
    return text(found)


def ragged() -> bytes:
    found = rows()
    found[2] = found[2][:-1]
    return text([HEAD, *found])


FILES: tuple[Awkward, ...] = (
    # nothing, nearly nothing
    Awkward("empty.csv", lambda: b"", REFUSED, "empty"),
    Awkward("blanks.csv", lambda: b"\n\n   \n\t\n", REFUSED),
    Awkward("zeros.csv", lambda: bytes(1000), REFUSED),
    Awkward("bom_only.csv", lambda: b"\xef\xbb\xbf", REFUSED, "empty"),
    Awkward("header_only.csv", lambda: text([HEAD]), REFUSED),
    Awkward("comments_only.csv", lambda: b"# a\n# b\n", REFUSED),
    Awkward("one_row.csv", lambda: text(rows(1)), WARNED),
    Awkward("one_row_header.csv", lambda: text([HEAD, *rows(1)]), WARNED),
    Awkward("one_number.csv", lambda: b"1\n", REFUSED, "needs 2"),
    Awkward("two_rows.csv", lambda: text(rows(2)), WARNED),
    Awkward("one_column.csv", lambda: b"1.5\n2.5\n3.5\n2.5\n", WARNED),
    Awkward("empty.ts", lambda: TS, REFUSED, "no series"),
    Awkward("no_data.ts", lambda: TS.replace(b"@data\n", b""), REFUSED, "@data"),
    Awkward("empty.arff", lambda: ARFF, REFUSED),
    Awkward("cut.arff", lambda: ARFF.replace(b"@data\n", b""), REFUSED, "@data"),
    Awkward("empty.npz", lambda: zipped({}), REFUSED),
    Awkward("empty.json", lambda: b"{}", REFUSED),
    Awkward("empty_list.json", lambda: b"[]", REFUSED),
    Awkward("null.json", lambda: b"null", REFUSED),
    Awkward("empty.gz", lambda: gzip.compress(b""), REFUSED, "empty"),
    # missing and extreme values
    Awkward("nan.csv", lambda: replaced(3, 5, "NaN"), WARNED, "missing"),
    Awkward("question.csv", lambda: replaced(3, 5, "?"), WARNED, "missing"),
    Awkward("blank_cell.csv", lambda: replaced(3, 5, ""), WARNED, "missing"),
    Awkward("all_nan.csv", lambda: text([["a", *["NaN"] * 9] for _ in range(6)]), REFUSED),
    Awkward("nan_series.csv", lambda: text([*rows(), ["a", *["NaN"] * 30]]), WARNED, "missing"),
    Awkward("inf.csv", lambda: replaced(3, 5, "inf"), WARNED, "infinite"),
    Awkward("huge.csv", lambda: replaced(3, 5, "1e308"), WARNED, "32-bit"),
    Awkward("overflow.csv", lambda: replaced(3, 5, "1e999"), WARNED, "infinite"),
    Awkward("tiny.csv", lambda: replaced(3, 5, "1e-320"), READ),
    Awkward("constant.csv", lambda: text([*rows(), ["a", *["1.0"] * 30]]), WARNED, "never change"),
    Awkward("all_constant.csv", lambda: text([[c, *["1.5"] * 30] for c in "abab"]), WARNED, "never change"),
    Awkward("twice.csv", lambda: text(rows() + rows()), WARNED, "equal"),
    # labels
    Awkward("one_class.csv", lambda: text(rows(label=lambda i: "same")), WARNED, "two classes"),
    Awkward("thousand_classes.csv", lambda: text([HEAD, *rows(2000, label=lambda i: f"c{i % 1000}")]), READ),
    Awkward("all_different.csv", lambda: text([HEAD, *rows(12, label=lambda i: f"c{i}")]), WARNED),
    Awkward("unicode.csv", lambda: text(rows(label=lambda i: ("gehen – Ärger", "走る")[i % 2])), READ),
    Awkward("emoji.csv", lambda: text(rows(label=lambda i: ("🏃‍♀️", "🚶")[i % 2])), READ),
    Awkward("right_to_left.csv", lambda: text(rows(label=lambda i: ("\u202eabc", "שלום")[i % 2])), READ),
    Awkward(
        "xss.csv",
        lambda: text(rows(label=lambda i: ("<script>alert(1)</script>", "<img src=x onerror=alert(1)>")[i % 2])),
        READ,
    ),
    Awkward("formula.csv", lambda: text(rows(label=lambda i: ("=cmd|' /C calc'!A0", "@SUM(1+1)")[i % 2])), READ),
    Awkward(
        "markdown.csv",
        lambda: text(rows(label=lambda i: ("![x](http://127.0.0.1/x.png)", "[a](javascript:1)")[i % 2])),
        READ,
    ),
    Awkward("path_label.csv", lambda: text(rows(label=lambda i: ("../../etc/passwd", "C:\\x")[i % 2])), READ),
    Awkward("long_label.csv", lambda: text(rows(label=lambda i: "x" * 5000 + str(i % 2))), READ),
    Awkward("missing_label.csv", lambda: replaced(3, 0, "", [HEAD, *rows()]), WARNED, "no label"),
    Awkward("float_labels.tsv", lambda: text(rows(label=lambda i: f"{i % 2 + 1:.7e}"), "\t"), READ),
    Awkward("negative_labels.tsv", lambda: text(rows(label=lambda i: str(2 * (i % 2) - 1)), "\t"), READ),
    # broken text
    Awkward("ragged.csv", ragged, REFUSED, "Line 4 has 30 values, line 2 has 31"),
    Awkward("word.csv", lambda: replaced(5, 7, "oops", [HEAD, *rows()]), REFUSED, "Line 6, column 8 ('t6'): 'oops'"),
    Awkward("open_quote.csv", lambda: replaced(5, 0, '"a', [HEAD, *rows(200)]), REFUSED, "quotation mark"),
    Awkward("binary.csv", lambda: np.random.default_rng(3).bytes(4000), REFUSED),
    Awkward("zero_byte.csv", lambda: text(rows()) + b"\0\0", REFUSED),
    Awkward("prose.txt", lambda: b"It was a dark and stormy night; the rain fell in torrents.\n" * 9, REFUSED),
    Awkward("long_line.csv", lambda: b"1.25," * (6 * 2**20) + b"1\n", REFUSED, "characters long"),
    Awkward("columns.csv", lambda: wide(50_000), REFUSED, "columns"),
    Awkward("cut_utf16.csv", lambda: text([HEAD, *rows()]).decode().encode("utf-16")[:-1], REFUSED),
    Awkward("utf16.csv", lambda: text([HEAD, *rows()]).decode().encode("utf-16"), READ),
    Awkward("utf16le.csv", lambda: text([HEAD, *rows()]).decode().encode("utf-16-le"), READ),
    Awkward("utf32.csv", lambda: text([HEAD, *rows()]).decode().encode("utf-32"), READ),
    Awkward("crlf.csv", lambda: text([HEAD, *rows()]).replace(b"\n", b"\r\n"), READ),
    Awkward("mac.csv", lambda: text([HEAD, *rows()]).replace(b"\n", b"\r"), READ),
    Awkward("mixed_ends.csv", lambda: text([HEAD, *rows()]).replace(b"\n", b"\r\n", 3), READ),
    Awkward(
        "latin1.csv",
        lambda: text([HEAD, *rows(label=lambda i: ("zurück", "vor")[i % 2])]).decode().encode("latin-1"),
        WARNED,
    ),
    Awkward("no_end.csv", lambda: text([HEAD, *rows()]).rstrip(b"\n"), READ),
    Awkward("trailing.csv", lambda: text([HEAD, *rows()]).replace(b"\n", b",\n"), READ),
    Awkward("underscore.csv", lambda: replaced(5, 7, "1_000", [HEAD, *rows()]), REFUSED, "1_000"),
    Awkward("hex.csv", lambda: replaced(5, 7, "0x1F", [HEAD, *rows()]), REFUSED, "0x1F"),
    Awkward("repeated_names.csv", lambda: text([["label", *["v"] * 30], *rows()]), READ),
    Awkward(
        "all_differ.csv",
        lambda: text([["ab"[i % 2], *["1.5"] * (20 + i)] for i in range(12)]),
        REFUSED,
        "column 22 is missing",
    ),
    Awkward(
        "two_tables.csv",
        lambda: b"t,x\n" + b"1,2\n" * 40 + b"u,v,w\n" + b"1,2,3\n" * 90,
        REFUSED,
        "line 2 has 2 values",
    ),
    Awkward(
        "percent.csv",
        lambda: replaced(1, 1, "3 %", [HEAD, *[["a", *["2 %"] * 30] for _ in range(9)]]),
        REFUSED,
        "line 2, column 2: '3 %'",
    ),
    Awkward(
        "gbk.csv",
        lambda: text([["时间", "温度"], *[["上午", "1.5"]] * 40]).decode().encode("gbk"),
        REFUSED,
        "line 1, character",
    ),
    Awkward("program.csv", lambda: b"import numpy as np\nx = [1, 2, 3]\nprint(x)\n", REFUSED, "source code"),
    Awkward(
        "forecast.tsf",
        lambda: b"@relation x\n@attribute series_name string\n@frequency hourly\n@data\nT1:A:1,2,3\n",
        REFUSED,
        "line 5 has 2 attributes",
    ),
    Awkward("100.hea", lambda: b"100 1 360 650000\n100.dat 212 200 11 1024 995 -22131 0 MLII\n", REFUSED, "100.dat"),
    # something else under a familiar name
    Awkward("lfs.csv", lambda: LFS, REFUSED, "Git LFS"),
    Awkward("lfs.ts", lambda: LFS, REFUSED, "Git LFS"),
    Awkward("lfs.npz", lambda: LFS, REFUSED, "Git LFS"),
    Awkward("picture.csv", lambda: PNG, REFUSED, "PNG"),
    Awkward("video.ts", lambda: MPEG, REFUSED, "MPEG"),
    Awkward("source.ts", lambda: TYPESCRIPT, REFUSED, "TypeScript"),
    Awkward("page.csv", lambda: b"<!DOCTYPE html><html><body>404</body></html>", REFUSED, "web page"),
    Awkward("paper.csv", lambda: b"%PDF-1.7\n1 0 obj\n", REFUSED, "PDF"),
    Awkward("program.csv", lambda: b"\x7fELF" + bytes(100), REFUSED, "program"),
    Awkward("csv_named.npz", lambda: text([HEAD, *rows()]), READ),
    Awkward("csv_named.png", lambda: text([HEAD, *rows()]), READ),
    Awkward(
        "npz_named.csv",
        lambda: zipped({"X.npy": npy(np.random.default_rng(0).normal(size=(12, 40))), "y.npy": npy(np.arange(12) % 3)}),
        READ,
    ),
    Awkward("no_ending", lambda: text([HEAD, *rows()]), READ),
    Awkward("data.7z", lambda: b"7z\xbc\xaf\x27\x1c" + bytes(50), REFUSED, "7z"),
    Awkward("data.rar", lambda: b"Rar!\x1a\x07\x00" + bytes(50), REFUSED, "RAR"),
    # what runs code
    Awkward("data.pkl", pickled, REFUSED, "numpy.savez"),
    Awkward("data.pickle", lambda: pickle.dumps([1, 2], protocol=0), REFUSED, "Pickle"),
    Awkward("data.csv.pkl", lambda: pickle.dumps([1, 2], protocol=2), REFUSED, "Pickle"),
    Awkward("renamed_pickle.csv", pickled, REFUSED, "Pickle"),
    Awkward("model.pt", lambda: zipped({"archive/data.pkl": pickled(), "archive/version": b"3"}), REFUSED, "PyTorch"),
    Awkward("model.onnx", lambda: b"\x08\x0a\x12\x07pytorch" + bytes(80), REFUSED, "kdviz.compare"),
    Awkward("old.pt", lambda: b"\x80\x02\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19." + bytes(40), REFUSED, "PyTorch"),
    Awkward("model.joblib", pickled, REFUSED, "numpy.savez"),
    Awkward("data.h5", lambda: b"\x89HDF\r\n\x1a\n" + bytes(600), REFUSED, "HDF5"),
    Awkward(
        "v73.mat", lambda: b"MATLAB 7.3 MAT-file, Platform: x".ljust(512, b" ") + b"\x89HDF\r\n\x1a\n", REFUSED, "7.3"
    ),
    Awkward("objects.npy", lambda: npy(np.array([Bomb(), 1], object), allow_pickle=True), REFUSED, "Python objects"),
    Awkward("poisoned.npz", poisoned_npz, REFUSED, "Python objects"),
    Awkward("inside.zip", lambda: zipped({"data.pkl": pickled()}), REFUSED),
    Awkward("inside.gz", lambda: gzip.compress(pickled()), REFUSED, "Pickle"),
    # sizes that lie
    Awkward("claims.npy", lambda: lying_npy("(1000000000, 1000000)"), REFUSED, "claims"),
    Awkward("negative.npy", lambda: lying_npy("(-1, 8)"), REFUSED),
    Awkward("overflow.npy", lambda: lying_npy("(4294967296, 4294967296, 4294967296)"), REFUSED),
    Awkward("dimensions.npy", lambda: lying_npy("(" + "1," * 40 + ")"), REFUSED),
    Awkward("code_in_header.npy", lambda: lying_npy("__import__('os').getpid()"), REFUSED),
    Awkward("short.npy", lambda: npy(np.zeros((9, 40)))[:-100], REFUSED, "cut off"),
    Awkward("version.npy", lambda: b"\x93NUMPY\x09\x00" + bytes(100), REFUSED),
    Awkward("complex.npy", lambda: npy(np.zeros((4, 9), complex)), REFUSED),
    Awkward("dates.npy", lambda: npy(np.zeros((4, 9), "datetime64[s]")), REFUSED),
    Awkward("scalar.npy", lambda: npy(np.float64(3.0)), REFUSED),
    Awkward("four.npy", lambda: npy(np.zeros((2, 3, 4, 5))), REFUSED, "dimensions"),
    Awkward("none.npy", lambda: npy(np.zeros((0, 3, 4))), REFUSED, "empty"),
    Awkward(
        "ten_labels.npz",
        lambda: zipped({"X.npy": npy(np.zeros((24, 9))), "y.npy": npy(np.arange(10))}),
        REFUSED,
        "10 labels, 'X' has 24",
    ),
    Awkward(
        "measured.npz",
        lambda: zipped(
            {"X.npy": npy(np.random.default_rng(0).normal(size=(24, 9))), "y.npy": npy(np.linspace(0, 1, 24))}
        ),
        WARNED,
        "not classes",
    ),
    Awkward(
        "which.json",
        lambda: json.dumps({"walk": [[1, 2, 3]] * 9, "run": [[3, 1, 2]] * 9}).encode(),
        REFUSED,
        "member=NAME",
    ),
    Awkward("bomb.npz", lambda: zip_bomb("X.npy"), REFUSED, "unpacks"),
    Awkward("bomb.zip", lambda: zip_bomb("data.csv"), REFUSED, "unpacks"),
    Awkward("bomb.xlsx", lambda: zip_bomb("xl/worksheets/sheet1.xml"), REFUSED, "unpacks"),
    Awkward("bomb.gz", gz_bomb, REFUSED, "unpacks"),
    Awkward("overlap.npz", overlapping, REFUSED, "overlap"),
    Awkward("forged.npz", forged_size, REFUSED),
    Awkward("cut.zip", lambda: zipped({"a.csv": text(rows())})[:-30], REFUSED, "damaged"),
    Awkward("members.zip", lambda: zipped({f"{i}.csv": b"1,2\n" for i in range(2_500)}), REFUSED, "2,500 members"),
    Awkward("many.zip", lambda: with_members(200_000, 1), REFUSED, "200,000 members"),
    Awkward("many64.zip", lambda: with_members(200_000, 1, True), REFUSED, "200,000 members"),
    Awkward("many.npz", lambda: with_members(1, 60_000), REFUSED, "60,000 members"),
    Awkward("many_commented.zip", lambda: with_members(2_100, 1)[:-2] + b"\x05\0hello", REFUSED, "2,100 members"),
    Awkward("packed.npz", lambda: packed_bomb("X.npy", zipfile.ZIP_BZIP2), REFUSED, "packed with bzip2"),
    Awkward("packed.zip", lambda: packed_bomb("data.csv", zipfile.ZIP_LZMA), REFUSED, "packed with LZMA"),
    Awkward("packed.xlsx", lambda: packed_bomb("xl/x.xml", zipfile.ZIP_BZIP2), REFUSED, "packed with bzip2"),
    Awkward("nested.zip", lambda: zipped({"a.zip": zipped({"a.csv": text(rows())})}), REFUSED),
    Awkward("traversal.zip", lambda: zipped({"../../evil.csv": text([HEAD, *rows()])}), READ),
    Awkward("twice.gz", lambda: gzip.compress(gzip.compress(text(rows()))), REFUSED, "another archive"),
    Awkward("cut.gz", lambda: gzip.compress(text(rows(40)))[:-20], REFUSED, "cut off"),
    Awkward("cut.parquet", lambda: b"PAR1" + bytes(50), REFUSED, "damaged"),
    Awkward(
        "dimension.xlsx",
        lambda: xlsx(
            '<dimension ref="A1:XFD1048576"/><sheetData><row r="1"><c r="A1"><v>1</v></c></row><row r="2"><c r="A2"><v>2</v></c></row></sheetData>'
        ),
        WARNED,
    ),
    Awkward(
        "far_cell.xlsx",
        lambda: xlsx(
            '<sheetData><row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
        ),
        REFUSED,
    ),
    Awkward("broken.xlsx", lambda: xlsx("<sheetData><row><c>"), REFUSED),
    Awkward("deep.json", lambda: b"[" * 200_000 + b"]" * 200_000, REFUSED, "nested"),
    Awkward("digits.json", lambda: b'{"X": [[' + b"9" * 2_000_000 + b", 1]]}", REFUSED),
    Awkward("cut.json", lambda: b'{"X": [[1, 2, 3', REFUSED, "line 1"),
    Awkward("words.json", lambda: b'{"X": [["a", "b"]], "y": [1]}', REFUSED),
    Awkward(
        "nan.json",
        lambda: json.dumps({"X": [[1.0, float("nan"), 2.0, 3.0]] * 8, "y": [0, 1] * 4}).encode(),
        WARNED,
        "missing",
    ),
    Awkward("header.edf", lambda: b"0".ljust(8) + b" " * 400, REFUSED),
    Awkward(
        "claims.wav",
        lambda: (
            b"RIFF"
            + struct.pack("<I", 236)
            + b"WAVEfmt "
            + struct.pack("<IHHIIHH", 16, 1, 1, 8000, 16000, 2, 16)
            + b"data"
            + struct.pack("<I", 2**31)
            + bytes(range(200))
        ),
        WARNED,
        "cut off",
    ),
    Awkward("cut.wav", lambda: b"RIFF\x24\x00\x00\x00WAVEfmt ", REFUSED),
    Awkward("short.mat", lambda: b"MATLAB 5.0 MAT-file".ljust(124) + b"\x00\x01IM", REFUSED),
    # times
    Awkward("zones.csv", lambda: times([f"2024-01-01T00:00:{i:02d}+02:00" for i in range(60)]), WARNED),
    Awkward(
        "mixed_zones.csv",
        lambda: times([f"2024-01-01T0{1 + i % 2}:00:{i:02d}+0{1 + i % 2}:00" for i in range(60)]),
        WARNED,
    ),
    Awkward(
        "repeated_times.csv", lambda: times([f"2024-01-01 00:00:{i // 2:02d}" for i in range(60)]), WARNED, "twice"
    ),
    Awkward(
        "unsorted.csv", lambda: times([f"2024-01-01 00:00:{(i * 7) % 60:02d}" for i in range(60)]), WARNED, "order"
    ),
    Awkward(
        "bad_time.csv",
        lambda: times([f"2024-{13 if i == 30 else 1}-01 00:00:{i:02d}" for i in range(60)]),
        WARNED,
        "could not be read",
    ),
    # names
    Awkward("../../../etc/passwd.csv", lambda: text([HEAD, *rows()]), READ),
    Awkward("<img src=x onerror=alert(1)>.csv", lambda: text([HEAD, *rows()]), READ),
    Awkward("a" * 3000 + ".csv", lambda: text([HEAD, *rows()]), READ),
    Awkward("zero\0byte.csv", lambda: text([HEAD, *rows()]), READ),
    Awkward("http:--example.com-x.csv", lambda: text([HEAD, *rows()]), READ),
    Awkward("CON", lambda: text([HEAD, *rows()]), READ),
)
