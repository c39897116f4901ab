"""Names of people: in one cell or in two, in either order, with titles before them."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from .base import REMEMBERED, plain, words_of

# What stands before a name and is none, without its points. Of those in the second list the point tells that it is a
# title, and not somebody's name or initial.
_TITLES = words_of(
    """
    mr mrs ms miss mx prof dr sir rev
    sig signor signora signorina sigra sigre signa sigri dott dottssa dottore dottoressa drssa profssa avv onorevole egr
    gentma spett ditt
    herr herrn frau fraulein hr
    monsieur madame mademoiselle mme mlle mmes
    sr sra srta senor senora senorita dona dna
    dhr mevr mevrouw meneer
    senhor senhora dra
    pani
    """
)
_WITH_POINT = words_of("m mm fr hon ing arch rag geom cav mag mw eng dip dipl mgr drs ir on pr me d")
# After titles: `Dr. med.`, `Dipl.-Ing.`
_AFTER_TITLES = words_of("med phil jur rer nat iur ing oec pol habil h c dent vet")
_ENDINGS = words_of("ra na ra. na. ssa ssa.")  # Sig. ra
_AND = words_of("und e et and y")  # Herr und Frau
_SUFFIXES = words_of("jr sr ii iii iv md phd esq dds cpa mba rn msc bsc junior senior")
_PARTICLES = words_of(
    """
    de di del della dello dei degli delle da dal dalla dos das do van von der den ter ten la le lo du des zu zur zum af
    av el al bin ibn y e
    """
)
_INITIAL = re.compile(r"[^\W\d_]\.?")


class Name(NamedTuple):
    """A name in its parts. `title` is what stood before it: `Dr.`, `Sig.ra`."""

    first: str
    last: str
    title: str = ""


# Headers of columns that have the last name first, as `plain` spells them.
_LAST = "cognome|nachname|familienname|zuname|nom|nom de famille|last|last name|lastname|surname|family name|apellidos?"
_LAST += "|achternaam|sobrenome|apelido|nazwisko|name"
_FIRST = "nome|vorname|vornamen|prenoms?|first|first name|firstname|given name|forename|nombres?|voornaam|imie"
_LAST_FIRST = re.compile(rf"(?:{_LAST})(?: (?:e|und|and|et|y|u|en|i))? (?:{_FIRST})")
_FIRST_LAST = re.compile(rf"(?:{_FIRST})(?: (?:e|und|and|et|y|u|en|i))? (?:{_LAST})")


def is_last_first(header: str) -> bool:
    """Whether a header says that the last name comes first: `Cognome e Nome`, `Nachname, Vorname`."""
    return _LAST_FIRST.fullmatch(plain(header)) is not None


def is_both(header: str) -> bool:
    """Whether a header names the first and the last name, in either order."""
    return is_last_first(header) or _FIRST_LAST.fullmatch(plain(header)) is not None


@lru_cache(REMEMBERED)
def without_title(name: str, *, is_first: bool = False) -> tuple[str, str]:
    """A name without the titles before it, and these. A title that is all there is stays: nobody knows better.

    `is_first` says that it is a first name: there `M.` is an initial.
    """
    words = name.split()
    count = 0
    while count < len(words) - 1 and _is_title(words, count):
        if is_first and len(words[count].rstrip(".")) == 1:
            break
        count += 1
    if count and plain(words[count - 1]) in _AND:
        count -= 1
    return (" ".join(words[count:]), " ".join(words[:count])) if count else (name, "")


def _is_title(words: list[str], at: int) -> bool:
    word = words[at].rstrip(",")
    bare = plain(word).replace(" ", "")
    if bare in _TITLES:
        return True
    if at and ((bare in _AFTER_TITLES and word.endswith(".")) or word in _ENDINGS or (bare in _AND and at == 1)):
        return True
    following = words[at + 1]
    is_abbreviated = word.endswith(".") or "-" in word
    # `M. K. Gandhi` has initials, `M. Dupont` a title.
    return is_abbreviated and (bare in _WITH_POINT or bare == "dipling") and not _INITIAL.fullmatch(following)


@lru_cache(REMEMBERED)
def split_name(name: str, *, last_first: bool = False) -> Name:
    """First and last name of `Anna Maria Rossi`, `Rossi, Anna Maria` or `Dr. Anna ROSSI`. One word is a first name.

    After a title it is a last name: `Herr Rossi`. `last_first` says that the column has the last name first.
    """
    bare, title = without_title(name.strip())
    last, comma, first = bare.partition(",")
    if comma and plain(first).replace(" ", "") in _SUFFIXES:
        bare, comma = f"{last.strip()} {first.strip()}", ""
    if comma and first.strip():
        first, inner = without_title(first.strip())
        return Name(" ".join(first.replace(",", " ").split()), last.strip(), title or inner)
    words = bare.replace(",", " ").split()
    if len(words) < 2:
        only = words[0] if words else ""
        return Name("", only, title) if title or (last_first and only) else Name(only, "", title)
    if title and not last_first and plain(words[0]) in _PARTICLES - {"al", "el", "e", "y"}:  # Mevr. de Vries
        return Name("", " ".join(words), title)
    begin, end = _last_name(words, last_first=last_first)
    return Name(" ".join([*words[:begin], *words[end:]]), " ".join(words[begin:end]), title)


def _last_name(words: list[str], *, last_first: bool) -> tuple[int, int]:
    """Where among the words the last name begins and ends: at one of the ends."""
    capitals = [
        len(word) > 1 and word.isupper() and not word.endswith(".") and plain(word) not in _SUFFIXES for word in words
    ]
    if any(capitals) and not all(capitals):  # `ROSSI BIANCHI Anna`, `Anna ROSSI`
        first = capitals.index(True)
        last = len(words) - capitals[::-1].index(True)
        if all(capitals[first:last]) and (first == 0 or last == len(words)):
            while first and plain(words[first - 1]) in _PARTICLES:
                first -= 1
            return first, last
    if last_first:
        end = 1
        while end < len(words) - 1 and plain(words[end - 1]) in _PARTICLES:
            end += 1
        return 0, end
    end = len(words)
    begin = end - 1
    if plain(words[begin]) in _SUFFIXES and begin > 1:
        begin -= 1
    while begin > 1 and plain(words[begin - 1]) in _PARTICLES - {"e", "y", "al", "el"}:
        begin -= 1
    if begin > 2 and plain(words[begin - 1]) in ("y", "e"):
        begin -= 2  # Ortega y Gasset
    return begin, end
