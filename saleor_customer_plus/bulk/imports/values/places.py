"""Countries and languages, by code or by their names in every language that Babel knows.

A name that stands for two countries, such as "Congo", is refused rather than guessed.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from typing import Any, NamedTuple

from babel import localedata
from babel.core import get_global
from django.utils import translation
from django_countries import countries
from django_countries.data import COUNTRIES

from .base import REMEMBERED, Unreadable, stored
from .country_names import (
    ABBREVIATIONS,
    ADJECTIVES,
    AMBIGUOUS,
    DEMOCRATIC,
    EVERYDAY,
    FORMS,
    ISLANDS,
    PARTS_OF,
    QUALIFIERS,
    SMALL_WORDS,
    SPORTS_CODES,
)

_ARTICLES = {
    "the", "la", "le", "les", "l", "die", "der", "das", "il", "lo", "gli", "i", "el", "los", "las", "o", "a", "os",
    "as", "de", "het",
}  # fmt: skip
_CONNECTIVES = {"the", "and", "und", "et", "e", "y", "en", "i", "og", "och"}
_SAINTS = {"st": "saint", "ste": "saint", "sankt": "saint", "sint": "saint", "san": "saint", "santa": "saint",
           "sao": "saint", "swieta": "saint", "swiety": "saint", "sainte": "saint"}  # fmt: skip
# Latin letters that are not a letter with an accent for Unicode.
_LETTERS = str.maketrans({"\u0131": "i", "ł": "l", "ø": "o", "đ": "d", "æ": "ae", "œ": "oe", "ð": "d", "þ": "th"})
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue"})
_ACCENTS = re.compile("[\u0300-\u036f\u064b-\u0655]")  # of Latin, Greek and Cyrillic, and of Arabic
_BRACKETS = re.compile(r"\(.*?\)|\[.*?\]")
_SEPARATORS = re.compile(r"[()\[\]/,|;:]|\s[-\u2013\u2014]\s")


def key_of(name: str) -> str:
    """A name without case, accents, punctuation and small words, to look it up.

    Signs of other scripts that are not accents stay: without its vowels, "Togo" is "Tonga" in many.

    >>> key_of("Bosnia & Herzegovina") == key_of("BOSNIA AND HERZEGOVINA"), key_of("St. Lucia")
    (True, 'saint lucia')
    """
    folded = _ACCENTS.sub("", unicodedata.normalize("NFKD", name.replace("İ", "i")).casefold()).translate(_LETTERS)
    folded = folded.replace("'", " ").replace("\u2019", " ")
    kept = "".join(char if char.isalnum() or unicodedata.category(char).startswith("M") else " " for char in folded)
    words = kept.split()
    if len(words) > 1 and (joined := "".join(words)) in ABBREVIATIONS:
        return joined  # U.S.A., EE. UU.; but N/A is not Namibia
    if len(words) < 2:
        return "".join(words)
    return " ".join(_SAINTS.get(word, word) for word in words if word not in _CONNECTIVES)


def _locale_names(kind: str) -> Iterator[tuple[str, Mapping[str, str]]]:
    """The names of all `territories` or `languages` in each locale of Babel, with the locale's identifier."""
    for identifier in localedata.locale_identifiers():
        data: Mapping[str, Any] = localedata.load(identifier, merge_inherited=False)
        yield identifier, data.get(kind) or {}
        # Babel would keep the data of every locale, 150 MB, of which we need these names only.
        getattr(localedata, "_cache", {}).pop(identifier, None)


def _unambiguous(found: Mapping[str, set[str]]) -> dict[str, str]:
    """What each name stands for; blank for those that stand for several."""
    return {key: next(iter(codes)) if len(codes) == 1 else "" for key, codes in found.items() if key}


class _Countries(NamedTuple):
    """Codes of countries by what is written for them; blank for a name that several have.

    `names` has the names and codes, `sets` the names by their words in any order, without small ones, and `joined`
    those without blanks.
    """

    names: dict[str, str]
    sets: dict[str, str]
    joined: dict[str, str]


@cache
def _countries() -> _Countries:
    found: defaultdict[str, set[str]] = defaultdict(set)
    with translation.override("en"):
        english = {code: str(name) for code, name in countries}
        official = {code: str(name) for code, name in COUNTRIES.items() if code in english}
    for code, name in (*english.items(), *official.items()):
        found[key_of(name)].add(code)
    for locale, names in _locale_names("territories"):
        for code, name in names.items():
            if code not in english:
                continue
            found[key_of(name)].add(code)
            found[key_of(_BRACKETS.sub("", name))].add(code)
            if locale.partition("_")[0] == "de":
                found[key_of(name.translate(_UMLAUTS))].add(code)
    known = _unambiguous(found)
    for code, listed in EVERYDAY.items():
        if code in english:
            known.update((key_of(name), code) for name in listed.split(", "))
    known.update((name, "") for name in AMBIGUOUS)
    known.update((name, code) for name, code in SPORTS_CODES.items() if code in english)
    for code in english:
        known[code.lower()] = code
        known[countries.numeric(code, padded=True) or ""] = code
        if alpha3 := countries.alpha3(code):
            known[alpha3.lower()] = code
    known.pop("")
    sets, joined = defaultdict(set), defaultdict(set)
    for name, code in known.items():
        if " " in name:
            sets[_words_of(name)].add(code)
            joined[name.replace(" ", "")].add(code)
    return _Countries(known, _unambiguous(sets), _unambiguous(joined))


def _words_of(key: str) -> str:
    """The words of a name in one order, without small ones: "Korea, Republic of" is the "Republic of Korea"."""
    return " ".join(sorted(set(key.split()) - SMALL_WORDS))


@cache
def _adjectives() -> dict[str, str]:
    return {word: code for code, listed in ADJECTIVES.items() for word in listed.split()}


# Shorter words are never put together, nor read as names of which a letter is spelt otherwise.
_LONG = 6
# No country's name is shorter, but for codes.
_SHORTEST = 4


def _country_by_key(key: str) -> str | None:
    """The code of a country, blank for a name of several, nothing for a name of none."""
    known = _countries()
    words = key.split()
    is_long = len(key) >= _LONG
    without_article = " ".join(words[1:]) if words and words[0] in _ARTICLES and len(key) > len(words[0]) + 4 else ""
    for names, candidate in (
        (known.names, key),
        (known.names, without_article),  # but no code has an article
        (known.sets, _words_of(key)),
        (known.names, key.replace(" ", "") if is_long else ""),
        (known.joined, key.replace(" ", "") if is_long else ""),
        (known.names, _as_umlauts(key) if is_long else ""),
    ):
        if candidate and (code := names.get(candidate)) is not None:
            return code
    return _country_by_form(key) or _country_by_form(_as_umlauts(key))


def _as_umlauts(key: str) -> str:
    """The name where two letters stand for a German umlaut, which has lost its dots too."""
    return key.replace("ae", "a").replace("oe", "o").replace("ue", "u")


def _country_by_form(key: str) -> str | None:
    """The code of a state that says what it is, or of an island: "Principauté de Monaco", "Île Maurice"."""
    words = set(key.replace("people s", "peoples").split())
    forms = words & FORMS
    left = words - ISLANDS - SMALL_WORDS
    if forms:
        left -= FORMS | QUALIFIERS | DEMOCRATIC
    if not left or not (forms or words & ISLANDS):
        return None
    known = _countries()
    name = " ".join(sorted(left))
    code = _adjectives().get(name) if forms else None
    if code is None and len(name) >= _SHORTEST:
        code = known.names.get(name) or known.sets.get(name)
    if code is None:
        return None
    is_democratic = bool(words & DEMOCRATIC)
    if code == "GE" and not words & {"republic"}:
        return None  # the State of Georgia is none
    if code in _DIVIDED:
        return _DIVIDED[code][is_democratic]
    return code


# Two states that have one name: the code of the one without and the one with "democratic" or "people's" in it. The
# Republic of China is another than the one that most people mean.
_DIVIDED = {"CG": ("CG", "CD"), "KR": ("KR", "KP"), "CN": ("", "CN")}


def _country_by_parts(parts: list[str]) -> str:
    """The one country that all the parts name, as in "United States (US)"; blank if they do not.

    Of "Hong Kong, China" it is the first part.
    """
    codes = {_country_by_key(key_of(part)) for part in parts}
    if len(codes) == 2:
        for whole in codes:
            if whole in PARTS_OF and (others := codes - {whole}) <= PARTS_OF[whole]:
                return others.pop() or ""
    return (codes.pop() or "") if len(codes) == 1 else ""


# Two letters make a flag. Those of the parts of a country are a black flag, and letters that nobody sees.
_FLAG = re.compile("[\U0001f1e6-\U0001f1ff]{2}")
_FLAG_OF_PART = re.compile("\U0001f3f4([\U000e0061-\U000e007a]{2})[\U000e0061-\U000e007a]{1,4}\U000e007f")


def _without_flags(cell: str) -> str:
    """The cell with the codes of flags in their place."""
    cell = _FLAG_OF_PART.sub(lambda found: "".join(chr(ord(char) - 0xE0000) for char in found[1]) + " ", cell)
    return _FLAG.sub(lambda found: "".join(chr(ord(char) - 0x1F1A5) for char in found[0]) + " ", cell)


# As a spreadsheet shows the number of a country.
_NUMERIC = re.compile(r"(\d{3})[.,]0")
# Codes are never written with accents: without them these are another country's.
_ACCENTED = {"čr": "CZ"}
# A part of a country, by ISO 3166-2. "US-CA" may as well be two countries.
_SUBDIVISION = re.compile(r"([A-Z]{2})-([A-Z]{1,3}|\d{1,3})")


def _has_accents(text: str) -> bool:
    return any(unicodedata.combining(char) and char != "\u0307" for char in unicodedata.normalize("NFD", text))


def _find_country(cell: str) -> str:
    """The code of the country that a cell names; blank if it names none, or cannot tell which."""
    cell = _without_flags(_NUMERIC.sub(r"\1", cell.strip()))
    key = key_of(cell)
    if len(key) < 4 and _has_accents(cell) and countries.alpha2(key.upper()):
        return _ACCENTED.get(unicodedata.normalize("NFC", cell.casefold()), "")
    if (subdivision := _SUBDIVISION.fullmatch(cell)) and not countries.alpha2(subdivision[2]):
        return countries.alpha2(subdivision[1])
    if (code := _country_by_key(key)) is not None:
        return code
    words = key.split()
    for parts in (
        [part for part in _SEPARATORS.split(cell) if part.strip()],
        [words[0], " ".join(words[1:])] if words and len(words[0]) in (2, 3) else [],  # DE - Germany
        [" ".join(words[:-1]), words[-1]] if words and len(words[-1]) in (2, 3) else [],
    ):
        if len(parts) > 1 and (code := _country_by_parts(parts)):
            return code
    return ""


@lru_cache(REMEMBERED)
def country_of(cell: str) -> str:
    if code := _find_country(cell):
        return code
    if _country_by_key(key_of(cell)) == "":
        raise Unreadable("Several countries have this name. Use the country's code, such as CD.")
    raise Unreadable("This is not a country. Use its code, such as DE, or its name.")


def _is_one_language(codes: set[str]) -> bool:
    return len({code.partition("-")[0] for code in codes}) == 1


@cache
def _languages() -> dict[str, str]:
    """The code of each language by its name in every language; blank for a name that several have."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for _locale, names in _locale_names("languages"):
        for code, name in names.items():
            if len(code.partition("_")[0]) == 2:
                found[key_of(name)].add(code.replace("_", "-").lower())
    # Hindi in Latin letters is Hindi to those whose language has one name for both.
    known = _unambiguous(
        {key: {min(codes, key=len)} if _is_one_language(codes) else codes for key, codes in found.items()}
    )
    for alias, code in get_global("language_aliases").items():
        if len(alias) == 3 and len(code) == 2:
            known[alias] = code  # deu, ger
    return known


@lru_cache(REMEMBERED)
def language_of(cell: str) -> str:
    known = _languages().get(key_of(cell))
    if known:
        return known
    parts = [part for part in _SEPARATORS.split(cell) if part.strip()]
    if len(parts) == 2 and (language := _languages().get(key_of(parts[0]))) and (country := _find_country(parts[1])):
        return f"{language}-{country.lower()}"  # English (United States)
    if known == "":
        raise Unreadable("Several languages have this name. Use the language's code, such as nb.")
    return str(stored("language_code", cell))
