"""What a cell of text is: a number, a missing value, a date, a label, a part of the data."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Numbers: TypeAlias = NDArray[np.float64]
Words: TypeAlias = NDArray[np.object_]

MISSING = frozenset(
    ("", "nan", "na", "n/a", "#n/a", "null", "none", "?", "-", "--", ".", "missing", "-nan", "nat", "#value!", "#num!")
)
_NO_VALUE = frozenset(
    r"""<na>|(null)|\n|\\n|#div/0!|#ref!|#name?|#null!|#calc!|#spill!|#wert!|#bezug!|#zahl!|#nv|#valor!|#n/d|#error|#err
    unavailable|unknown|no data|nodata|no_data|no value|bad|bad input|no good|n.a.|n.a|n/d|n.d.|nd|k.a.|ol|o.l|o.l.|+ol
    -ol|0l|overload|overrange|over range|underrange|under range|overflow|invalid|error|err|err.|(none)|<null>|[null]
    <none>|undef|undefined|nil|not available|not a number|none found|i/o timeout|comm fail|calc failed|scan off|offline
    over|+over|-over|ovfl|fault|fail|failed|fehler|kein wert|keine daten|k. a.|n.v.|sensor error|sensor fault|erreur
    无|無|缺测|无数据
    disconnected|no signal|no reading|out of range|void|open|empty|(empty)|(blank)|[-- not available --]|na()
    """.replace("\n    ", "|")
    .strip("| \n")
    .split("|")
)
_ONLY_MARKS = re.compile(r"[-\u2013\u2014_.,*#?/\s]+")
_NO_NUMBER = re.compile(r"[+-]?(1\.?)?#?(qnan|snan|ind|inf|nan)(\(\w*\))?0*", re.I)
THOUSANDS = re.compile(r"[+-]?(\d{1,3}(,\d{3})+|\d{1,2}(,\d{2})+,\d{3})(\.\d+)?")  # 1,234,567 or 12,34,567
_SWISS = re.compile(r"[+-]?\d{1,3}('\d{3})+([.,]\d+)?")
_FORTRAN = re.compile(r"[+-]?\d*\.\d+[dD][+-]\d{2,3}")
_BOOKED = re.compile(r"\((\d+\.\d+)\)|(\d+\.\d+)-")
_MARKS = {"\N{MINUS SIGN}": "-", "\N{RIGHT SINGLE QUOTATION MARK}": "'"}
_SPACES = str.maketrans({**_MARKS, **dict.fromkeys("\xa0\u202f\u2009\ufeff", "")})
COMMA_NUMBER = re.compile(r"[+-]?(\d+|\d{1,3}(\.\d{3})+),\d+(e[+-]?\d+)?", re.I)
POINT_NUMBER = re.compile(r"[+-]?\d*\.\d+(e[+-]?\d+)?", re.I)
_WHOLE = re.compile(r"[+-]?\d+")
_CLOCK = r"\d{1,2}:\d{2}(:\d{2}([.,]\d+)?)?"
_DATE = re.compile(rf"\d{{1,4}}[-/.]\d{{1,2}}[-/.]\d{{1,4}}([T ]+{_CLOCK}[^;,|\t]{{0,7}})?|{_CLOCK}")
_MEASURED = re.compile(
    r"[+\u2212-]?\d+([.,]\d+)?(e[+-]?\d+)?\s?(?P<unit>(?!(?:[smhd]|ms|min|us|am|pm|sec|hours?|days?)$)"
    r"([%‰°][CFK]?|[^\W\d_]{1,4}[²³]?(/[^\W\d_]{1,3}[²³\d]?)?))",
    re.I,
)
_PARTS = {
    "train": "train",
    "training": "train",
    "tr": "train",
    "test": "test",
    "testing": "test",
    "te": "test",
    "eval": "test",
    "evaluation": "test",
    "validation": "validation",
    "valid": "validation",
    "val": "validation",
    "va": "validation",
    "dev": "validation",
}
_YES_NO = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}


def words(items: Sequence[object]) -> Words:
    """Items as an object array of text."""
    out = np.empty(len(items), object)
    out[:] = [str(i) for i in items]
    return out


def plain_number(cell: str) -> float:
    """A number as files write it; the underscores and odd digits that Python also takes are none."""
    if "_" in cell or not cell.isascii():
        cell = cell.translate(_SPACES)
        if "_" in cell or not cell.isascii():
            raise ValueError(cell)
    if "," in cell and THOUSANDS.fullmatch(cell.strip()):
        cell = cell.replace(",", "")
    try:
        return float(cell)
    except ValueError:
        return _oddly_written(cell.strip())


def _oddly_written(cell: str) -> float:
    """1'234.5, 1.5D+03, and a negative number as books have it, (1.25) or 1.25-; raises ValueError for all else."""
    if cell[-1:].isdigit():
        if "'" in cell and _SWISS.fullmatch(cell):
            return float(cell.replace("'", ""))
        if _FORTRAN.fullmatch(cell):
            return float(cell.upper().replace("D", "E"))
    elif cell[-1:] in (")", "-") and (found := _BOOKED.fullmatch(cell)):
        return -float(found[1] or found[2])
    raise ValueError(cell)


def number(cell: str) -> float:
    """A cell as a number, NaN where it is missing; raises ValueError for other words."""
    try:
        return plain_number(cell)
    except ValueError:
        if is_missing(cell) or is_no_value(cell):
            return float("nan")
        raise


def numbers(cells: Sequence[str]) -> Numbers:
    """Cells as float64, NaN where missing; raises ValueError where one is a word."""
    return np.array([number(c) for c in cells], np.float64)


def with_point(cell: str) -> str:
    """A cell written with a decimal comma ("1.234,5") as one with a decimal point ("1234.5")."""
    if "," not in cell:
        return cell
    return (cell.replace(".", "") if "." in cell else cell).replace(",", ".")


def unit_among(written: Sequence[str]) -> str:
    """The unit behind every number of a column ("-0.16 °C"), but for cells without a value; "" where there is none."""
    there = [_MEASURED.fullmatch(w) for w in (c.strip() for c in written) if w and not is_no_value(w)]
    units = {m["unit"] if m else "" for m in there}
    return units.pop() if len(units) == 1 else ""


def without_unit(cell: str, unit: str) -> str:
    """A cell without the unit behind its number."""
    return cell.strip().removesuffix(unit).strip()


def is_missing(cell: str) -> bool:
    """Whether a cell is blank or one of the usual words for no value."""
    return cell.strip().lower() in MISSING


def is_no_value(cell: str) -> bool:
    """Whether a cell among numbers says that there is none; among words, "unknown" may well be a class."""
    bare = cell.strip().lower()
    return bare in MISSING or bare in _NO_VALUE or bool(_ONLY_MARKS.fullmatch(bare) or _NO_NUMBER.fullmatch(bare))


def is_number(cell: str, comma: bool = False) -> bool:
    """Whether a cell is a number, maybe with a decimal comma (a missing one is none)."""
    cell = cell.strip()
    if comma and COMMA_NUMBER.fullmatch(cell if cell.isascii() else cell.translate(_SPACES)):
        return True
    try:
        value = plain_number(cell)
    except ValueError:
        return False
    return value == value


def is_number_or_missing(cell: str) -> bool:
    """Whether a cell can stand in a column of numbers."""
    try:
        number(cell)
    except ValueError:
        return False
    return True


def is_date(cell: str) -> bool:
    """Whether a cell is a date or a time of day."""
    return bool(_DATE.fullmatch(cell.strip(' "')))


def label(cell: str) -> str:
    """A label as it was written; a whole number in float notation as that whole number ("1.0e+00" is "1")."""
    cell = cell.strip()
    if not cell or _WHOLE.fullmatch(cell):
        return cell
    if is_missing(cell):
        return ""
    try:
        value = plain_number(cell)
    except ValueError:
        return cell
    if value != value:
        return ""
    return str(int(value)) if value == _exactly_whole(value) else cell


def _exactly_whole(value: float) -> float:
    """`value` where it is a whole number that float64 holds exactly, NaN otherwise."""
    return value if abs(value) < 2**53 and value == int(value) else float("nan")


def labels(cells: Sequence[str]) -> Words:
    """Cells as labels."""
    known: dict[str, str] = {}
    out = np.empty(len(cells), object)
    for i, cell in enumerate(cells):
        if cell not in known:
            known[cell] = label(cell)
        out[i] = known[cell]
    return out


def labels_from_numbers(values: Numbers) -> Words:
    """Numbers as labels: whole ones without a point, NaN as missing."""
    unique, inverse = np.unique(values, return_inverse=True)
    names = np.empty(unique.size, object)
    names[:] = ["" if v != v else str(int(v)) if v == _exactly_whole(float(v)) else repr(float(v)) for v in unique]
    return names[inverse.reshape(-1)]


def in_order(names: Sequence[str]) -> tuple[str, ...]:
    """Labels sorted: as numbers where all are, as text otherwise."""
    unique = sorted(set(names))
    try:
        return tuple(sorted(unique, key=lambda n: (plain_number(n), n)))
    except ValueError:
        return tuple(unique)


def normalised_name(name: str) -> str:
    """A column name in one spelling: "Subject ID (no.)" and "subjectId" are both "subject_id"."""
    name = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name.strip())
    name = re.sub(r"[\[(](?!s\)|ms\)|s\]|ms\]|sec|us\)|ns\)|µs\)).*?[\])]", "", name)
    return re.sub(r"[\W_]+", "_", name.lower()).strip("_")


def part_name(cell: str, column: str = "") -> str:
    """train, validation or test for the usual words, or for yes and no in a column called is_train; "" for others."""
    asked = normalised_name(column).removeprefix("is").lstrip("_")
    yes = _YES_NO.get(cell.strip().lower())
    if asked in ("train", "test") and yes is not None:
        return "train" if yes == (asked == "train") else "test"
    return _PARTS.get(cell.strip().lower(), "")
