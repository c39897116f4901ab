"""In which encoding a text is: UTF-8 if it is valid, UTF-16 and UTF-32 by their marks, else the likeliest single-byte.

A whole file is looked at, for a list may have its first accent in its last row.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from pathlib import Path

from .limits import MIB, refuse

# What is tried where a text is not in UTF-8, the likelier first.
SINGLE_BYTE = ("cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "mac_roman", "cp850")

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_FOREIGN = re.compile(rb"[A-Za-z]{0,8}[\x80-\xff][A-Za-z\x80-\xff]{0,12}")
_FOREIGN_BYTES = re.compile(rb"[\x80-\xff]+")
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_SAMPLES = 2000


def detect(path: Path) -> str:
    """Return the name of the encoding. Raise `CustomerPlusError` for what is no text."""
    with path.open("rb") as file:
        head = file.read(4096)
    for mark, marked in _MARKS:
        if head.startswith(mark):
            return marked
    if wide := _wide_without_mark(head):
        return wide
    if _CONTROL.search(head):
        raise refuse("This is not a text. Save the list as CSV or XLSX.")
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for part in _parts(path):
            decoder.decode(part)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        if not _is_mostly_utf8(path):
            return _single_byte(path)
    return "utf-8"


def errors_of(encoding: str) -> str:
    """What `decode` does with bytes that mean nothing: among UTF-8 they are from a list in Windows-1252."""
    return _MIXED if encoding in ("utf-8", "utf-8-sig") else "replace"


def _as_windows(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("cp1252", "replace"), error.end


_MIXED = "customer-plus-mixed"
codecs.register_error(_MIXED, _as_windows)


def of(path: Path, chosen: str) -> str:
    """The encoding that somebody chose, or that is found. The mark of UTF-8 says more than a choice of long ago."""
    if not chosen:
        return detect(path)
    name = known(chosen)
    with path.open("rb") as file:
        return "utf-8-sig" if file.read(3) == codecs.BOM_UTF8 else name


def known(name: str) -> str:
    """Python's name of an encoding that somebody chose. Raise `CustomerPlusError` for one that there is not."""
    try:
        info = codecs.lookup(name)
    except LookupError:
        raise refuse("There is no such encoding. Use a name such as utf-8, utf-16 or windows-1252.") from None
    if not getattr(info, "_is_text_encoding", True):
        raise refuse("There is no such encoding. Use a name such as utf-8, utf-16 or windows-1252.")
    return info.name


def is_wide(encoding: str) -> bool:
    """Whether a line's end is more than one byte: such a text is rewritten before its rows can be found."""
    return codecs.lookup(encoding).name.startswith(("utf-16", "utf-32", "utf-7"))


def _parts(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while part := file.read(MIB):
            if b"\x00" in part:
                raise refuse("This is not a text. Save the list as CSV or XLSX.")
            yield part


def _wide_without_mark(head: bytes) -> str | None:
    """UTF-16 without its mark: every second byte of a text in Latin letters is zero."""
    if len(head) < 8 or b"\x00" not in head:
        return None
    even, odd = head[0::2].count(0), head[1::2].count(0)
    half = len(head) // 2
    if odd > half * 0.6 and even < half * 0.1:
        return "utf-16-le"
    if even > half * 0.6 and odd < half * 0.1:
        return "utf-16-be"
    return None


def _is_mostly_utf8(path: Path) -> bool:
    """Whether two lists in different encodings were put together: most foreign letters are whole in UTF-8.

    Hardly a text in another encoding looks like that.
    """
    whole = broken = 0
    for part in _parts(path):
        for match in _FOREIGN_BYTES.finditer(part):
            try:
                match.group().decode()
                whole += 1
            except UnicodeDecodeError:
                broken += 1
    return whole > broken


def _single_byte(path: Path) -> str:
    """The encoding in which the words with foreign letters look most like words."""
    words: set[bytes] = set()
    for part in _parts(path):
        for match in _FOREIGN.finditer(part):
            words.add(match.group())
            if len(words) >= _SAMPLES:
                break
        if len(words) >= _SAMPLES:
            break
    scores = [(_score(words, encoding), -rank, encoding) for rank, encoding in enumerate(SINGLE_BYTE)]
    return max(scores)[2]


# Letters of European languages, common ones twice as good as rare ones. What is not here looks like a mistake.
_COMMON = set("äöüßéèàáíóúñçêâôîëïãõåøæìòùÄÖÜÉÁÍÓÚÑÇÅØÆ\u2019\u2013€°")
_OTHER = set("ąćęłńóśźżĄĆĘŁŃŚŹŻčďěňřšťůžýČĎĚŇŘŠŤŮŽÝőűŐŰăâîșțşţĂÂÎŞŢğıİĞľĺŕđĐœŒÿÀÈÌÒÙÂÊÎÔÛËÏÃÕ“”„«»·©®ºª¿¡§")
# Cyrillic and Greek, with the letters that are half of any text.
_SCRIPTS = (
    ("\u0400", "\u045f", set("\u043e\u0435\u0430\u0438\u043d\u0442\u0441\u0440\u0432\u043b\u043a")),
    ("\u0386", "\u03ce", set("\u03b1\u03bf\u03b9\u03b5\u03c4\u03c3\u03c2\u03bd\u03b7\u03c1\u03ac\u03ce\u03cc\u03ad")),
)


def _score(words: set[bytes], encoding: str) -> float:
    score = 0.0
    for word in words:
        try:
            text = word.decode(encoding)
        except UnicodeDecodeError:
            score -= 3
            continue
        score += _looks(text)
    return score


def _looks(word: str) -> float:
    foreign = [char for char in word if ord(char) > 127]
    # Latin words have letters without accents too, and those of other scripts have none of them.
    is_latin = any(char.isascii() and char.isalpha() for char in word) or len(foreign) < 3
    score = sum(_letter(char, is_latin) for char in foreign)
    # A capital in the middle of a word that is not all capitals.
    letters = [char for char in word if char.isalpha()]
    if any(char.isupper() for char in letters[1:]) and any(char.islower() for char in letters):
        score -= 2
    return score


def _letter(char: str, is_latin: bool) -> float:
    for first, last, common in _SCRIPTS:
        if first <= char <= last:
            return -2.0 if is_latin else 2.0 if char.lower() in common else 0.8
    if char in _COMMON:
        return 2.0 if is_latin else 0.2
    if char in _OTHER:
        return 1.2 if is_latin else 0.1
    return -2.0
