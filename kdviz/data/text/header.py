"""Which rows of a delimited text name the columns or their units, and what the names are."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from kdviz.data import cells
from kdviz.data.cells import is_date, is_missing, is_no_value, is_number
from kdviz.data.mapping import Mapping
from kdviz.data.tables import calendar_words
from kdviz.data.tables.column_names import LABEL, SERIES, SUBJECT, TIME
from kdviz.data.text.lines import Row

MANY_NAMES = 20
_NUMBER = r"(?P<n>\d{1,9}(?:[.,]\d{1,9})?)"
_RATES = (
    re.compile(
        r"\b(?:sampl(?:e|ing)s?[ _]?(?:rate|freq(?:uency|\.)?)|samplerate|samplingrate|fs|srate|odr|"
        r"output data rate|update rate|samples per second|scan rate|sfreq|frequency|abtastrate|abtastfrequenz|"
        r"fréquence d'échantillonnage|采样率|采样频率|frecuencia de muestreo|frequenza di campionamento|"
        r"frequência de amostragem|bemonsteringsfrequentie|samplingsfrekvens|częstotliwość próbkowania|"
        r"vzorkovací frekvence|mintavételi frekvencia|näytteenottotaajuus|частота (?:дискретизации|опроса)|"
        r"συχνότητα δειγματοληψίας|örnekleme (?:frekansı|hızı|oranı)|サンプリング(?:周波数|レート)|"
        r"샘플링 ?(?:주파수|속도|레이트)"
        rf")\W{{0,3}}(?:[\[(]?(?P<before>[kM]?)hz[\])]?)?\W{{1,6}}{_NUMBER}"
        r"(?!\s*(?:/|per\b)\s*(?!s\b|sec))\s*(?P<unit>[kM]?)(?:hz\b|$|\W)",
        re.I | re.M,
    ),
    re.compile(
        rf"(?:^|[^\w.]){_NUMBER}\s*(?P<unit>[kM]?)(?:sa(?:mples?)?\s*(?:/|per)\s*s(?:ec(?:ond)?)?|sps)\b", re.I | re.M
    ),
    re.compile(rf"(?:\bat|@)\s*{_NUMBER}\s*(?P<unit>[kM]?)hz\b", re.I),
    re.compile(rf"^[^\w\n]*(?:rate|hz)\W{{1,6}}{_NUMBER}\s*(?P<unit>[kM]?)(?:hz\b|$|\W)", re.I | re.M),
)
_PER = r"(?:/|\b(?:per|pro|par|por|al|je|each|every)\b)\s*(?P<per>[^\W\d_]{1,9})"
_COUNTED = (
    r"(?:samples?|readings?|values?|points?|measurements?|records?|scans?|messungen|messwerte|werte|mesures|muestras)"
)
_SAMPLING = r"(?:sampl\w{1,3}[ _]?(?:rate|freq\w{0,6})|sampling|abtast\w{1,12}|logging(?: rate)?|scan rate)"
_SLOW = (
    re.compile(rf"(?:^|[^\w.]){_NUMBER}\W{{0,3}}{_COUNTED}\s*{_PER}", re.I | re.M),
    re.compile(rf"\b{_COUNTED}\s*{_PER}\W{{1,6}}{_NUMBER}", re.I),
    re.compile(
        rf"\b{_SAMPLING}[^\w\n]{{0,3}}[\[(]\s?(?:1|{_COUNTED})?\s?{_PER}\.?\s?[\])]\W{{1,6}}{_NUMBER}",
        re.I,
    ),
    re.compile(
        rf"\b{_SAMPLING}[^\w\n]{{1,6}}{_NUMBER}\W{{0,3}}"
        rf"(?:1|times|x|×|mal)?\s*{_PER}",
        re.I,
    ),
)
_OF_SAMPLING = re.compile(
    r"[^\n]{0,20}\b(?:sampl\w{0,5}|abtast\w{0,12})[^\w\n]{1,3}(?:rate|freq\w{0,6}|interval|period|per|every|each|time)\b"
    r"[^\n\d]{0,40}\d[^\n]{0,40}"
    r"|[^\n]{0,30}\b(?:sampl(?:ed|ing)|abtast\w{0,12}|logg(?:ed|ing)|record(?:ed|ing)|measured)\b[^\n]{0,40}?"
    r"\b(?:each|every|per|once|twice|alle|jede\w?|pro|par|cada)\b\s*[^\W\d_][^\n]{0,30}",
    re.I,
)
_EACH = re.compile(rf"{_NUMBER}\s*(?P<unit>[^\W\d_]{{1,12}})\s*(?:/|per)\s*samples?\b", re.I)
_SETTING = re.compile(
    r"\W*(?:(?:zero|dc|channel|cal\w*)?\W?(?:offset|scale|scaling|scale factor|factor|gain|multiplier|sensitivity)s?"
    r"|slope|calibration|skalierung|faktor)\W*"
)
_INTERVALS = (
    re.compile(
        r"\b(?:sampl(?:e|ing)[ _]?(?:interval|period|time)|sampleinterval|time[ _]?(?:interval|step|per sample)|"
        r"interval|increment|delta[ _]?t|dt|abtastintervall|messintervall|采样间隔|intervalle d'échantillonnage|"
        r"intervalo de muestreo|intervallo di campionamento|okres próbkowania|(?:период|интервал) дискретизации|"
        r"örnekleme aralığı|サンプリング(?:周期|間隔)|記録間隔|샘플링 ?(?:간격|주기))"
        r"\W{0,3}(?P<before>[^\W\d_]{1,6})?\W{1,6}"
        rf"{_NUMBER}"
        r"\s*(?P<unit>[^\W\d_]{1,7})?",
        re.I,
    ),
    re.compile(
        r"\b(?:epoch|logging|recording)[^\n\d]{0,24}(?:period|interval)[^\n\d]{0,16}(?P<h>\d\d):(?P<m>\d\d):(?P<s>\d\d)",
        re.I,
    ),
)


def header_of(sample: list[Row], width: int, comma: bool, mapping: Mapping) -> tuple[int, int]:
    """How many rows name the columns (0 or 1), how many after it name units."""
    if mapping.header != "auto":
        header = int(mapping.header == "yes")
    else:
        header = int(_is_header(sample, comma))
    units = 0
    while (
        header and header + units + 1 < len(sample) and units < 3 and _is_header(sample[header + units :], comma, True)
    ):
        units += 1
    return header, units


def empatica_rate(sample: Sequence[Row], comma: bool) -> float | None:
    """The sampling rate where the first line is one moment for all columns and the second one rate."""
    if len(sample) < 4 or comma:
        return None
    try:
        start, rate = (cells.numbers(row) for _, row in sample[:2])
    except ValueError:
        return None
    same = (start == start[0]).all() and (rate == rate[0]).all()
    return float(rate[0]) if same and 5e8 < start[0] < 5e9 and 0 < rate[0] <= 1e5 else None


def stated_rate(lines: Sequence[str]) -> float | None:
    """The sampling rate that lines before the table name: "Sample Rate = 250 Hz", "at 32 Hz", "interval: 2 ms"."""
    text = "\n".join(lines)[:20_000]
    clock = _INTERVALS[1].search(text)
    if clock and (every := 3600 * int(clock["h"]) + 60 * int(clock["m"]) + int(clock["s"])):
        return 1.0 / every
    for pattern in _SLOW:
        found = pattern.search(text)
        if found and (per := calendar_words.unit(found["per"])):
            count = float(found["n"].replace(",", "."))
            return float(f"{count / per:.10g}") if count > 0 else None
    for pattern in _RATES:
        if found := pattern.search(text):
            said = found["unit"] or (found.groupdict().get("before") or "")
            rate = float(found["n"].replace(",", ".")) * {"k": 1e3, "m": 1e6}.get(said.lower(), 1.0)
            return rate if 0 < rate <= 1e9 else None
    found = _EACH.search(text) or _INTERVALS[0].search(text)
    unit = calendar_words.unit(found["unit"] or found.groupdict().get("before") or "") if found else None
    step = float(found["n"].replace(",", ".")) * unit if found and unit else 0.0
    return float(f"{1.0 / step:.10g}") if step > 0 else None


def unread_rate(lines: Sequence[str]) -> str:
    """The line before the table that speaks of a rate in words that are not understood; empty where there is none."""
    found = _OF_SAMPLING.search("\n".join(lines)[:20_000])
    return " ".join(found[0].split())[:80] if found else ""


def is_setting(row: Sequence[str], below: Sequence[Row], comma: bool) -> bool:
    """Whether a row is a setting of the channels, "Offset,0,0,0": a word that no row below begins with, and numbers."""
    word = row[0].strip().lower() if row else ""
    there = [c for c in row[1:] if c.strip()]
    return (
        bool(_SETTING.fullmatch(word))
        and bool(there)
        and all(is_number(c, comma) for c in there)
        and all(r[:1] and r[0].strip().lower() != word for _, r in below)
    )


def _is_header(sample: Sequence[Row], comma: bool, units: bool = False) -> bool:
    """Whether the first row is words where the rows below are numbers, or counts the samples."""
    first, below = sample[0][1], [r for _, r in sample[1:] if len(r) == len(sample[0][1])]
    if len(sample) == 1:
        return not any(is_number(c, comma) for c in first)
    if not below:
        return not any(is_number(c, comma) for c in first)
    numeric = [j for j in range(len(first)) if _mostly_numbers([r[j] for r in below], comma)]
    lacks = is_no_value if units else is_missing
    if any(not lacks(first[j]) and not is_number(first[j], comma) for j in numeric):
        return True
    if units:
        return False
    if _counts(first) and not _counts(below[0]):
        return True
    if (
        cells.normalised_name(first[0]) in (*LABEL, *SERIES, *SUBJECT)
        and _goes_on(first[1:])
        and not _goes_on(below[0][1:])
    ):
        return True
    words = next((j for j, c in enumerate(first) if is_number(c, comma)), len(first))
    clock = cells.normalised_name(first[0]) in TIME  # else a row of moments over rows of channels
    if 0 < words <= 8 and not clock and _counts_up(first[words:]) and not any(_counts_up(r[words:]) for r in below[:5]):
        return True  # Country, Code, 1960, 1961 ...; sample, 400.1, 402.7 ...
    return not numeric and _all_words(first, below, comma)


def _mostly_numbers(column: Sequence[str], comma: bool) -> bool:
    there = [c for c in column if not is_no_value(c)]
    return bool(there) and sum(is_number(c, comma) for c in there) >= 0.7 * len(there)


def _counts(row: Sequence[str]) -> bool:
    """0 1 2 3 or 1 2 3, maybe after a word: names of samples, not samples."""
    tail = row[1:] if row and not is_number(row[0]) else list(row)
    try:
        values = [float(c) for c in tail]
    except ValueError:
        return False
    return len(values) > 3 and values[0] in (0.0, 1.0) and all(b - a == 1 for a, b in pairwise(values))


def _counts_up(row: Sequence[str]) -> bool:
    """Whole numbers that rise by one (years, days, numbers of samples), or many that only rise (wavelengths)."""
    if len(row) >= 8 and all(c.strip().isdecimal() for c in row):
        return all(int(b) - int(a) == 1 for a, b in pairwise(row))
    try:
        values = [float(c) for c in row] if len(row) >= MANY_NAMES else []
    except ValueError:
        return False
    return bool(values) and all(a < b for a, b in pairwise(values))


def _goes_on(row: Sequence[str]) -> bool:
    """Numbers that rise evenly: the moments of samples."""
    try:
        values = [float(c) for c in row]
    except ValueError:
        return False
    step = (values[-1] - values[0]) / (len(values) - 1) if len(values) > 3 else 0.0
    return step > 0 and all(abs(b - a - step) < 0.01 * step for a, b in pairwise(values))


def _all_words(first: Sequence[str], below: Sequence[Sequence[str]], comma: bool) -> bool:
    """No column is numbers: a header's words occur nowhere below."""
    seen = {c for r in below for c in r}
    return not any(is_number(c, comma) for c in first) and not seen & set(first) and not any(map(is_date, first))


def names_of(sample: list[Row], header: int, width: int, commented: list[str]) -> tuple[list[str], list[str]]:
    """The columns' names, and sentences about them; from the header, from a comment, or by their place."""
    if not header:
        if commented and len(commented) == width and not any(is_number(c) for c in commented):
            return commented, []
        return [f"column {i + 1}" for i in range(width)], []
    names = [c.strip() for c in sample[0][1]]
    while len(names) > width and (not names[-1] or is_comment_column(names[-1])):
        names = names[:-1]
    if len(names) == width - 1:
        return ["", *names], [
            f"The header has {width - 1} names, the rows have {width} values: the first is a row name."
        ]
    return _once(names), []


def is_comment_column(name: str) -> bool:
    """Whether a name is that of a last column for remarks, which devices write over rows that have none."""
    return name.strip().lower().rstrip("s") in ("comment", "remark", "note", "bemerkung", "kommentar")


def _once(names: list[str]) -> list[str]:
    """Names made different: the second "x" is called "x.2"."""
    seen: Counter[str] = Counter()
    out = []
    for name in names:
        seen[name] += 1
        out.append(name if seen[name] == 1 or not name else f"{name}.{seen[name]}")
    return out
