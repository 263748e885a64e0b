"""Words for months, halves of the day, time zones and units of time, in the languages that loggers write."""

from __future__ import annotations

import re
from datetime import date, timedelta

_MONTHS = (
    "jan ene gen янв ιαν oca sty led", "feb fév fev фев φεβ şub lut úno", "mar mär mrz маr мар μαρ bře",
    "apr avr abr апр απρ nis kwi dub", "may mai mag mei maj май мая μαϊ kvě", "jun juin giu июн ιουν haz cze čer",
    "jul juil lug июл ιουλ tem lip", "aug aoû aou ago авг αυγ ağu sie srp", "sep set сен σεπ eyl wrz zář",
    "oct okt out ott окт οκτ eki paź říj", "nov ноя νοε kas lis", "dec dez déc dic дек δεκ ara gru pro",
)  # fmt: skip
_OF_MONTH = {word: i for i, words in enumerate(_MONTHS, 1) for word in words.split()}
ZONES = {
    "UTC": 0, "GMT": 0, "Z": 0, "WET": 0, "BST": 1, "CET": 1, "WEST": 1, "CEST": 2, "EET": 2, "EEST": 3, "MSK": 3,
    "JST": 9, "KST": 9, "AEST": 10, "AEDT": 11, "EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6,
    "PST": -8, "PDT": -7,
}  # fmt: skip
_UNITS = {
    "ns": 1e-9, "nsec": 1e-9, "nanosecond": 1e-9, "us": 1e-6, "µs": 1e-6, "μs": 1e-6, "usec": 1e-6, "microsecond": 1e-6,
    "ms": 1e-3, "msec": 1e-3, "millisecond": 1e-3, "milli": 1e-3, "s": 1.0, "sec": 1.0, "second": 1.0, "sek": 1.0,
    "sekunde": 1.0, "sekunden": 1.0, "seconde": 1.0, "segundo": 1.0, "secondi": 1.0, "с": 1.0, "сек": 1.0, "秒": 1.0,
    "毫秒": 1e-3, "мс": 1e-3, "min": 60.0, "minute": 60.0, "minuten": 60.0, "minuto": 60.0, "minuti": 60.0, "мин": 60.0,
    "分": 60.0, "分钟": 60.0, "h": 3600.0, "hr": 3600.0, "hour": 3600.0, "std": 3600.0, "stunde": 3600.0,
    "stunden": 3600.0, "heure": 3600.0, "hora": 3600.0, "ore": 3600.0, "ч": 3600.0, "小时": 3600.0, "d": 86_400.0,
    "day": 86_400.0, "tag": 86_400.0, "tage": 86_400.0, "jour": 86_400.0, "dia": 86_400.0, "天": 86_400.0,
    "week": 604_800.0,
}  # fmt: skip
_BEFORE = re.compile(
    r"(上午|午前|오전|凌晨|早上|下午|午後|오후|晚上|中午)\s*"
    r"(\d{1,2}[:时時点點시]\s?\d{0,2}(?:[:分분]\s?\d{0,2}(?:\.\d+)?)?秒?초?)"
)
_AFTERNOON = ("下午", "午後", "오후", "晚上", "中午")
_HALVES = re.compile(r"([ap])\s?\.\s?m\s?\.?$|\s(πμ|μμ|vorm\.?|nachm\.?|fm|em|öö|ös)$", re.I)
_LATE = ("μμ", "nachm", "em", "ös")


def month(word: str) -> int:
    """1 to 12 for a month's name in full or in short; 0 for another word."""
    text = word.lower().strip(".")
    return next((_OF_MONTH[text[:n]] for n in (4, 3) if text[:n] in _OF_MONTH), 0)


def unit(word: str) -> float | None:
    """Seconds of a unit of time; None for another word."""
    text = word.strip(" .()[]").lower()
    return _UNITS.get(text) or _UNITS.get(text.removesuffix("s")) if len(text) > 2 else _UNITS.get(text)


def has_word(text: str) -> bool:
    """Whether a text has a month's name in it."""
    return any(month(w) for w in re.findall(r"[^\W\d_]{3,}", text))


def in_ascii(text: str) -> str:
    """年月日, 时分秒 and words for the halves of the day in plain signs."""
    if text.isascii() and "." not in text:
        return text
    text = _BEFORE.sub(lambda f: f"{f[2]} {'PM' if f[1] in _AFTERNOON else 'AM'}", text)
    if not text.isascii():
        text = re.sub(r"\s*[年년]\s*|\s*[月월]\s*(?=\d)", "-", text)
        text = re.sub(r"[日일号]\s*", " ", text)
        text = re.sub(r"[时時点點시]\s*(?=\d)|[分분]\s*(?=\d)", ":", text)
        text = re.sub(r"[时時点點시](?!\d)", ":00", text)
        text = re.sub(r"\s*[分분秒초月월]\s*", " ", text)
        text = re.sub(r"[(（][^\d()（）]{1,4}[)）]|(?:星期|周)[一二三四五六日天]", " ", text)
        text = re.sub(r"(?<=:)(\d)(?!\d)", r"0\1", text)
        text = text.replace("：", ":").replace("／", "/").replace("\u202f", " ")
    found = _HALVES.search(text)
    if found:
        late = (found[1] or "").lower() == "p" or (found[2] or "").lower().strip(".") in _LATE
        text = f"{text[: found.start()].strip()} {'PM' if late else 'AM'}"
    return " ".join(text.split())


def of_year_day(year: int, number: int) -> tuple[int, int]:
    """Month and day of the `number`th day of a year."""
    found = date(year, 1, 1) + timedelta(days=number - 1)
    return found.month, found.day
