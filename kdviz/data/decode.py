"""Bytes to text: byte order mark, then UTF-8, then Windows-1252; never a guess that could garble."""

from __future__ import annotations

import codecs
from dataclasses import dataclass

import numpy as np

from kdviz.core.errors import FileError

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_UNDEFINED_IN_1252 = {0x81, 0x8D, 0x8F, 0x90, 0x9D}
_CONTROLS = bytes(set(range(32)) - {9, 10, 11, 12, 13, 26, 27})


@dataclass(frozen=True)
class Decoded:
    """Text and the encoding that it was read with; `guessed` where the file did not say."""

    text: str
    encoding: str
    guessed: bool = False


def decode(data: bytes, cut: bool = False, strict: bool = True, encoding: str = "auto") -> Decoded:
    """`data` as text. `cut`: the end may fall inside a character.

    Raises FileError where it is binary; with strict=False that is empty text instead.
    """
    try:
        return _decode(data, cut, strict) if encoding == "auto" else _as(data, encoding, cut)
    except (FileError, UnicodeDecodeError) as why:
        if not strict:
            return Decoded("", "")
        if isinstance(why, FileError):
            raise
        raise FileError(
            f"The text breaks off at byte {why.start:,}: it is not valid {why.encoding}. Save it again as UTF-8."
        ) from None


def _decode(data: bytes, cut: bool, strict: bool) -> Decoded:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _as(data[len(mark) :], encoding, cut)
    wide = _unmarked_utf16(data)
    if wide:
        return _as(data, wide, cut, guessed=True)
    if b"\x00" in data:
        at = data.index(b"\x00")
        raise FileError(f"This is not text: there is a zero byte at position {at:,}. Export it as CSV, UTF-8.")
    if _controls(data[:65_536]):
        raise FileError("This is not text, and no other format that is read. Export it as CSV, UTF-8.")
    try:
        return _as(data, "utf-8", cut)
    except UnicodeDecodeError as why:
        if strict:
            _refuse_other_alphabets(data, why.start)
        western = "latin-1" if _UNDEFINED_IN_1252 & set(data) else "cp1252"
        return Decoded(data.decode(western), western, guessed=True)


def _refuse_other_alphabets(data: bytes, at: int) -> None:
    """Raises FileError where letters beyond ASCII stand in rows, as no western text has them: a guess would garble."""
    sample = data[max(0, at - 2_000) : at + 60_000]
    high = np.frombuffer(sample, np.uint8) >= 0x80
    beside = high.copy()
    beside[1:] &= high[:-1]
    if beside.sum() <= 0.3 * high.sum() or high.sum() < 4:
        return
    line = data.count(b"\n", 0, at) + 1
    column = at - (data.rfind(b"\n", 0, at) + 1) + 1
    raise FileError(
        f"Line {line}, character {column}: the text is neither UTF-8 nor western European; a guess would garble it. "
        f"Save it again as UTF-8, or say how it is written: {_could_be(sample)}.",
        line,
        column,
    )


def _could_be(sample: bytes) -> str:
    """The encodings, as a mapping has them, that a sample of bytes is whole in; all letters of one language beside."""
    fit = []
    for name in ("gb18030", "big5", "shift_jis", "euc_kr", "cp1251", "koi8_r", "iso8859_7"):
        try:
            codecs.getincrementaldecoder(name)().decode(sample[: sample.rfind(b"\n") + 1] or sample)
        except UnicodeDecodeError:
            continue
        fit.append(f"encoding={name}")
    return " or ".join(fit) if fit else "encoding=gb18030"


def _as(data: bytes, encoding: str, cut: bool, guessed: bool = False) -> Decoded:
    text = codecs.getincrementaldecoder(encoding)().decode(data, final=not cut)
    if "\x00" in text:
        raise FileError("This is not text: there are zero characters in it. Export it as CSV, UTF-8.")
    return Decoded(text, encoding, guessed)


def _unmarked_utf16(data: bytes) -> str:
    """UTF-16 that lacks its mark shows as a zero in every other byte."""
    sample = data[:2048]
    if len(sample) < 4 or 0 not in sample:
        return ""
    even, odd = sample[0::2], sample[1::2]
    if even.count(0) == 0 and odd.count(0) > 0.7 * len(odd):
        return "utf-16-le"
    if odd.count(0) == 0 and even.count(0) > 0.7 * len(even):
        return "utf-16-be"
    return ""


def _controls(sample: bytes) -> bool:
    """Whether there are control characters, as compressed or compiled files have them and text has not."""
    return len(sample) - len(sample.translate(None, _CONTROLS)) > 0.002 * len(sample)
