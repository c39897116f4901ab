"""In which encoding a text is: UTF-8 if it is valid, UTF-16 and UTF-32 by their marks, else the likeliest single-byte.

A whole file is looked at, for a list may have its first accent in its last row. The likeliest single-byte encoding is
the one whose letters are those of one language, as often as it has them. Why no library does it: decision 23.
"""

# ruff: noqa: RUF001 (letters of other scripts that look like Latin ones)

from __future__ import annotations

import codecs
import math
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from .limits import MAX_LINE_CELLS, MIB, refuse

# What is tried where a text is not in UTF-8, the likelier first.
SINGLE_BYTE = (
    *("cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "cp1257", "cp1255", "cp1256"),
    *("mac_roman", "cp850"),
)

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
# Of these a text may have some, by mistake: the cells that have them are reported. Binary files have far more.
_FEW_CONTROLS = 3
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
    if len(_CONTROL.findall(head)) > max(_FEW_CONTROLS, len(head) // 100):
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


def lines_of(path: Path, encoding: str) -> Iterator[str]:
    """The lines of a whole text, with line feeds. Raise `CustomerPlusError` if it is not in this encoding."""
    # Half a character of a wide encoding concerns its cell alone, which is reported.
    errors = "replace" if is_wide(encoding) else errors_of(encoding)
    try:
        with path.open(encoding=encoding, errors=errors, newline=None) as text:
            while line := text.readline(MAX_LINE_CELLS):
                yield line
    except UnicodeError:
        raise refuse("The text is not in the encoding that it seems to be in, or is incomplete.") from None


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
        raise refuse("This encoding is not known. Use a name such as utf-8, utf-16 or windows-1252.") from None
    if not getattr(info, "_is_text_encoding", True):
        raise refuse("This encoding is not known. Use a name such as utf-8, utf-16 or windows-1252.")
    return info.name


def is_wide(encoding: str) -> bool:
    """Whether a line's end is more than one byte: such a text is rewritten before its rows can be found."""
    return codecs.lookup(encoding).name.startswith(("utf-16", "utf-32", "utf-7"))


def _parts(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while part := file.read(MIB):
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
    likeliest = max(SINGLE_BYTE, key=lambda encoding: _score(words, encoding))
    # The best known of those that read the list alike.
    read = [word.decode(likeliest, "replace") for word in words]
    return next(each for each in SINGLE_BYTE if [word.decode(each, "replace") for word in words] == read)


# How many of a hundred letters of a text in each language are these. ASCII letters are left out: they are the same in
# every encoding. What counts is the share of each letter among those that are listed. Rare letters of names have at
# least a tenth.
_WESTERN = (
    "ä.54 ö.3 ü.65 ß.31 é.1",  # German
    "é1.9 è.3 à.5 ê.2 ç.4 â.1 î.1 ô.2 û.1 ù.1 ë.4 ï.2 œ.05 ÿ.02",  # French
    "ó.83 í.73 á.5 é.43 ñ.4 ú.2 ü.05",  # Spanish
    "ã.73 ç.53 á.3 é.34 ê.35 ó.3 õ.1 í.2 ú.2 â.2 à.1 ô.1",  # Portuguese
    "è.3 à.6 ì.1 ò.3 ù.2 é.1",  # Italian
    "å1.3 ä1.8 ö1.3 é.1",  # Swedish, Finnish
    "å1.2 æ.9 ø1 é.1",  # Danish, Norwegian
    "á1 ð.9 é.4 í.9 ó.6 ú.4 ý.1 þ.3 æ.4 ö.4",  # Icelandic
    "à1.2 è.3 é.7 í.4 ó.6 ò.3 ú.2 ü.1 ï.1 ç.2 ·.05",  # Catalan
    "ä1.8 õ.1 ö.3 ü.6",  # Estonian
)
_CYRILLIC = (
    "о11 е8.5 а8 и7.4 н6.7 т6.3 с5.5 р4.7 в4.5 л4.4 к3.5 м3.2 д3 п2.8 у2.6 я2 ы1.9 ь1.7 г1.7 з1.6 б1.6 ч1.4 й1.2 х1 "
    "ж.9 ш.7 ю.6 ц.5 щ.4 э.3 ф.3 ъ.5 ё.1 і2 ї.6 є.6 ґ.1 ј2 љ.5 њ.6 ћ.7 ђ.2 џ.1"
)
_GREEK = (
    "α10 ο9.6 ι8 ε8 τ8 ν6.5 σ5 η4.6 υ4.4 ρ4.4 π4 κ4 ς4 μ3.3 λ2.8 ί2 γ1.8 ό1.8 δ1.7 ω1.7 ά1.5 έ1.5 χ1.2 θ1.2 ή1.2 ύ1 "
    "φ.9 β.7 ώ.7 ξ.5 ζ.4 ψ.2 ϊ.1 ϋ.05"
)
_HEBREW = (
    "י11 ה10.9 ו10.4 ל7.4 א6.3 ר5.6 ת5 ב4.7 מ4.6 ש4.4 ע3.2 ם3.1 נ2.8 כ2.7 ד2.6 ח2.5 ק2.1 פ1.7 ס1.5 ן1.5 ז1.3 ג1.2 ט1.2 "
    "צ1.2 ך.8 ף.3 ץ.2"
)
_ARABIC = (
    "ا12 ل11 ي6 م6 ن6 و6 ر5 ت4.5 ه4 ب4 ع4 د3 ف3 ق2.6 أ2.6 س2.5 ح2.3 ة2 ك2 ج1.3 ى1.2 ش1 ط1 ص1 إ1 ذ1 خ.9 ض.7 ث.7 ز.6 غ.5 "
    "ئ.4 ء.4 آ.2 ظ.2 ؤ.1"
)
_LANGUAGES: dict[str, tuple[str, ...]] = {
    "cp1252": _WESTERN,
    "cp1250": (
        "ł1.8 ę1.1 ą1 ó.85 ż.83 ś.66 ć.4 ń.2 ź.1",  # Polish
        "í3.2 á2.2 ě1.6 é1.3 ř1.2 ý1 č.9 š.8 ž.7 ů.7 ú.1 ó.1 ď.1 ť.1 ň.1",  # Czech
        "á2 í1.6 č1 ý1 š.9 ž.9 ú.9 é.7 ť.6 ľ.4 ô.2 ň.1 ó.1 ď.1 ä.1 ĺ.05 ŕ.05",  # Slovak
        "á3.4 é3.4 ő1.5 ö.8 ó.8 í.6 ü.6 ú.3 ű.2",  # Hungarian
        "ă2.4 ş1 ţ1 î.9 â.9",  # Romanian
        "ć1 č1 š1 ž.7 đ.25",  # Croatian, Slovene, Serbian
        _WESTERN[0],
    ),
    "cp1251": (_CYRILLIC,),
    "cp1253": (_GREEK,),
    "cp1254": ("ı5.1 ü1.9 ş1.8 ç1.2 ğ1.1 ö.8 İ.9 â.05 î.05 û.05", _WESTERN[0], _WESTERN[1]),  # Turkish
    "cp1257": (
        "ė1.6 ų1.3 š1.2 ž.8 ą.6 į.5 ū.5 č.4 ę.2",  # Lithuanian
        "ā4 ē1.8 ī1.8 š1.1 ņ.6 ū.5 ļ.4 ž.3 č.2 ķ.2 ģ.1",  # Latvian
    ),
    "cp1255": (_HEBREW,),
    "cp1256": (_ARABIC,),
    "mac_roman": _WESTERN,
    "cp850": _WESTERN,
}
# By how much a list must look better in an encoding that few lists are in.
_PRIOR = {
    "cp1252": 0.0,
    "cp1251": 0.0,
    "cp1253": 0.0,
    "cp1250": -0.5,
    "cp1254": -0.7,
    "cp1257": -2.0,
    "cp1255": -1.0,
    "cp1256": -1.0,
}
_RARE = -1.5
_FREQUENCY = re.compile(r"(\D)([\d.]+)")
# Signs that stand in lists of any language.
_SIGNS = {"\u2019": math.log(0.2)} | dict.fromkeys(
    "\u2018\u2013\u201c\u201d\u201e\u2026\xa0€°«»®©ºª¿¡§", math.log(0.03)
)
_UNKNOWN_LETTER, _OTHER_LANGUAGE, _MIXED_SCRIPTS, _UNUSUAL = -7.0, -1.0, -5.0, -2.0
_GREEK_WORD = re.compile("[\u0386-\u03ce]{3,}")
_GREEK_ACCENT = re.compile("[ΆΈΉΊΌΎΏάέήίόύώΐΰ]")
_INSIDE_NO_WORD = frozenset("\u2018\u2013\u201d\u2026€°»®©ºª¿¡§")


@cache
def _letters(encoding: str) -> tuple[dict[str, float], ...]:
    """For each language that is written in an encoding, how likely each letter beyond ASCII is, as logarithms."""
    return tuple(map(_likelihoods, _LANGUAGES[encoding]))


def _likelihoods(listed: str) -> dict[str, float]:
    percents = {letter: float(percent) for letter, percent in _FREQUENCY.findall(listed.replace(" ", ""))}
    total = sum(percents.values())
    return {letter: math.log(percent / total) for letter, percent in percents.items()} | _SIGNS


def _score(words: set[bytes], encoding: str) -> float:
    """How likely the words are in an encoding: as words of one language of it, with some of its others among them."""
    languages = _letters(encoding)
    by_language: list[list[float]] = [[] for _ in languages]
    total = _PRIOR.get(encoding, _RARE)
    for raw in words:
        word = raw.decode(encoding, "replace")
        total += _penalty(word)
        foreign = [char for char in word if ord(char) > 127]
        for scores, letters in zip(by_language, languages, strict=True):
            scores.append(sum(letters.get(char) or letters.get(char.lower(), _UNKNOWN_LETTER) for char in foreign))
    best: list[float] = [max(scores) for scores in zip(*by_language, strict=True)]
    return total + max(
        sum(max(own, other + _OTHER_LANGUAGE) for own, other in zip(scores, best, strict=True))
        for scores in by_language
    )


def _penalty(word: str) -> float:
    """What speaks against a word in any language: a negative number, or 0."""
    score = _UNUSUAL * _count_unusual(word)
    scripted = sum("\u0370" < char < "\u0700" for char in word)
    # Words of other scripts have no Latin letters, and are hardly ever of one or two.
    if scripted and (scripted < len(word) or len(word) < 3):
        score += _MIXED_SCRIPTS * scripted
    elif _GREEK_WORD.fullmatch(word) and not word.isupper() and not _GREEK_ACCENT.search(word):
        score += _UNUSUAL  # in Greek each word has an accent
    return score


def _count_unusual(word: str) -> int:
    """How many letters and signs are where words have none: capitals and signs between letters, `ς` before the end."""
    is_capitals = word.isupper()
    return sum(
        (not is_capitals and char.isupper() and before.isalpha() and not (char.isascii() and before.isascii()))
        + 2 * (char in _INSIDE_NO_WORD and before.isalpha() and after.isalpha())
        + (char == "ς" and after.isalpha())
        for before, char, after in zip(word, word[1:], word[2:] + " ", strict=False)
    )
