"""Cells as people write them, read as the values that records hold.

What a record may hold is for `records.validation` to say; here is what a file may say instead: countries by name, yes
and no in five languages, dates as they are written, `mailto:` and names around an address. Each function raises
`Unreadable` with what is wrong, without the cell's text.
"""

from __future__ import annotations

import gettext
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import django_countries
from django.utils import translation
from django_countries import countries

from ..errors import CustomerPlusError
from ..labels import clean_name
from ..records.models import LawfulBasis
from ..records.validation import clean
from .columns import LANGUAGES

# Distinct values of a column that are remembered: first names, cities and prefixes come again and again.
_REMEMBERED = 50_000


# What programs write where there is nothing to tell, in cells that are no text: `-`, a null, a date of zeros.
_NOTHING = re.compile(r"[-\u2013\u2014]+|n/?a|null|\\n|0000-00-00([ t]00:00:00)?", re.IGNORECASE)


def is_nothing(cell: str) -> bool:
    """Whether a cell of a date, a number or a code is as good as blank."""
    return _NOTHING.fullmatch(cell) is not None


class Unreadable(Exception):
    """What is wrong with a cell."""


def _plain(text: str) -> str:
    folded = unicodedata.normalize("NFKD", text).casefold()
    kept = "".join(char if char.isalnum() else " " for char in folded if not unicodedata.combining(char))
    return " ".join(kept.split())


def stored(name: str, value: Any, region: str = "") -> Any:
    """The value as a record of ours stores it in this field."""
    cleaned = clean({name: value}, region=region)
    if cleaned.errors:
        raise Unreadable(cleaned.errors[0].message)
    return cleaned.values[name]


def text_of(name: str, longest: int, cell: str) -> Any:
    # Plain text is stored as it is; whatever has an invisible or odd character goes through the whole validation.
    if len(cell) <= longest and cell.isprintable():
        return cell
    try:
        return stored(name, cell)
    except Unreadable:
        if len(cell) <= longest and "\n" in cell:
            raise Unreadable("This has a line break. Is a quotation mark missing?") from None
        raise


# Plain ones, by far the most, are known by their form. All others go through the whole validation.
_PLAIN_EMAIL = re.compile(
    r"[a-z0-9](?:[a-z0-9_%+-]|\.(?!\.))*(?<!\.)@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,24}"
)
_NAMED = re.compile(r"^[^<>]*<([^<>]+)>\s*$")
# What is around an address that was copied from a text, and belongs to none.
_AROUND = " \t\"'()[]<>,;."


def email_of(cell: str) -> str:
    email = cell.strip().lower()
    if len(email) <= 254 and email.isascii() and _PLAIN_EMAIL.fullmatch(email):
        return email
    try:
        return str(stored("email", email))
    except Unreadable:
        return _email_within(email)


def _email_within(cell: str) -> str:
    """The one address in a cell that has more than that."""
    email = _without_invisible_ends(cell)
    if named := _NAMED.match(email):
        email = named.group(1)
    email = email.strip(_AROUND).removeprefix("mailto:").partition("?")[0]
    if email.count("@") > 1:
        raise Unreadable("There are several e-mail addresses in this cell. Give each person a row.")
    if any(unicodedata.category(char) == "Cf" for char in email):
        raise Unreadable("This e-mail address has a character that nobody sees. Type it anew.")
    return str(stored("email", email))


def _without_invisible_ends(text: str) -> str:
    """Marks of the byte order, of the direction of writing and the like come along with what is copied."""
    while text and unicodedata.category(text[0]) == "Cf":
        text = text[1:].lstrip()
    while text and unicodedata.category(text[-1]) == "Cf":
        text = text[:-1].rstrip()
    return text


def name_around(cell: str) -> str:
    """The name in `Anna Rossi <anna@b.it>`, or blank."""
    return cell.partition("<")[0].strip(" \"'\t") if "<" in cell else ""


_E164 = re.compile(r"\+[1-9][0-9]{6,14}")
# How many of the first characters tell whether a number in E.164 stays as it is: country, area, prefixes to be cut.
_PREFIX = 7


@lru_cache(_REMEMBERED)
def _stays(prefix: str, rest: int) -> bool:
    """Whether numbers in E.164 with this prefix and this many more digits are possible, and stored as they are."""
    text = prefix + "2" * rest
    try:
        return bool(stored("phone", text) == text)
    except Unreadable:
        return False


# As a spreadsheet shows a long number in a narrow column: `4.915E+12`, `4,91512E+12`.
_SHORTENED = re.compile(r"\d([.,]\d+)?E\+\d{1,2}", re.IGNORECASE)


def check_whole(cell: str) -> None:
    """Raise an error for a number of which a spreadsheet has kept its first digits alone."""
    if _SHORTENED.fullmatch(cell):
        raise Unreadable("A spreadsheet has cut this number. Show its column as text, and save the list again.")


def phone_of(cell: str, region: str) -> str:
    if _E164.fullmatch(cell) and _stays(cell[:_PREFIX], len(cell) - _PREFIX):
        return cell
    return _phone_of(cell, region)


@lru_cache(_REMEMBERED)
def _phone_of(cell: str, region: str) -> str:
    text = cell.strip()
    check_whole(text)
    if text.startswith("00") and len(text) > 6:
        text = f"+{text[2:]}"  # the international prefix nearly everywhere
    return str(stored("phone", text, region))


def phones_of(cell: str, region: str) -> list[str]:
    parts = [part.strip() for part in re.split(r"[,;|\n]", cell)]
    return list(dict.fromkeys(phone_of(part, region) for part in parts if part))


_OTHER_NAMES = {
    "uk": "GB", "great britain": "GB", "england": "GB", "scotland": "GB", "wales": "GB", "usa": "US", "u s a": "US",
    "united states of america": "US", "america": "US", "holland": "NL", "the netherlands": "NL", "niederlande": "NL",
    "czech republic": "CZ", "tschechien": "CZ", "russia": "RU", "south korea": "KR", "korea": "KR", "turkey": "TR",
    "turkei": "TR", "vatican": "VA", "inghilterra": "GB", "gran bretagna": "GB", "grande bretagne": "GB",
    "grossbritannien": "GB", "gran bretana": "GB", "stati uniti": "US", "vereinigte staaten": "US", "etats unis": "US",
    "estados unidos": "US", "paesi bassi": "NL", "pays bas": "NL", "paises bajos": "NL", "olanda": "NL",
    "hollande": "NL", "bundesrepublik deutschland": "DE", "brd": "DE", "osterreich": "AT", "schweiz": "CH",
}  # fmt: skip


@cache
def _countries() -> dict[str, str]:
    """The code of each country by code, three-letter code and name in each of our languages."""
    found: dict[str, str] = {}
    with translation.override("en"):
        english = {code: str(name) for code, name in countries}
    # Read from the library's own catalogs: Django's translation is for a site to switch off.
    folder = Path(django_countries.__file__).parent / "locale"
    for language in LANGUAGES:
        catalog = gettext.translation("django", folder, [language], fallback=True)
        for code, name in english.items():
            found.setdefault(_plain(catalog.gettext(name)), code)
            found.setdefault(_plain(name), code)
    for code in english:
        found[code.lower()] = code
        if alpha3 := countries.alpha3(code):
            found.setdefault(alpha3.lower(), code)
    return {**found, **_OTHER_NAMES}


@lru_cache(_REMEMBERED)
def country_of(cell: str) -> str:
    code = _countries().get(_plain(cell))
    if code is None:
        raise Unreadable("There is no such country. Use its code, such as DE, or its name.")
    return code


@cache
def _languages() -> dict[str, str]:
    names = {
        "en": "english inglese englisch anglais ingles",
        "it": "italian italiano italienisch italien",
        "de": "german tedesco deutsch allemand aleman",
        "fr": "french francese franzosisch francais frances",
        "es": "spanish spagnolo spanisch espagnol espanol",
    }
    return {name: code for code, listed in names.items() for name in listed.split()}


@lru_cache(_REMEMBERED)
def language_of(cell: str) -> str:
    return str(_languages().get(_plain(cell)) or stored("language_code", cell))


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_YES = _words(
    """
    yes y true t 1 1.0 on x ok si s vero ja j wahr oui o vrai verdadero active aktiv attivo actif activo subscribed
    opted-in opted_in opt-in enabled confirmed iscritto abonniert abonne suscrito ✓ ✔ ☑
    """
)
_NO = _words(
    """
    no n false f 0 0.0 off falso nein falsch non faux inactive inaktiv inattivo inactif inactivo unsubscribed
    never_subscribed not_subscribed nonsubscribed non_subscribed non-subscribed not_set unconfirmed opted-out
    opted_out opt-out cleaned bounced blocked archived transactional disabled pending none never ✗ ✘ ☐
    """
)


@lru_cache(_REMEMBERED)
def flag_of(cell: str) -> bool:
    word = cell.strip().casefold()
    for one in (word, _plain(word), word.replace(" ", "_")):
        if one in _YES:
            return True
        if one in _NO:
            return False
    raise Unreadable("This is neither yes nor no.")


_ISO = re.compile(r"\d{4}-\d{2}-\d{2}([T ].*)?")
_NUMERIC = re.compile(r"(\d{1,2})[./-](\d{1,2})[./-](\d{4}|\d{2})(?:,?\s+(\d{1,2}:\d{2}(?::\d{2})?)\s*([AaPp][Mm])?)?")
# Days as Excel counts them, where a column of dates is shown as numbers: from 1954 to 2119.
_SERIAL = re.compile(r"[2-7]\d{4}([.]\d+)?")
_WRITTEN = (
    "%b %d, %Y",
    "%B %d, %Y",
    "%d-%b-%Y",
    "%d %b %Y",
    "%d %B %Y",
    "%Y/%m/%d",
    "%Y/%m/%d %H:%M:%S",
    "%Y%m%d",
    "%b %d %Y",
)


def is_month_first(cells: Iterable[str]) -> bool:
    """Whether a column's dates only make sense as American ones: some have a day after the month, none before it."""
    dates = [(int(found[1]), int(found[2])) for cell in cells if (found := _NUMERIC.fullmatch(cell.strip()))]
    return any(second > 12 for _, second in dates) and all(first <= 12 for first, _ in dates)


@lru_cache(_REMEMBERED)
def time_of(cell: str, month_first: bool) -> datetime:
    """A moment in UTC. Of `3/4/2024` nobody can tell: day first, unless told otherwise or impossible."""
    text = cell.strip()
    try:
        return _moment(text, month_first)
    except (ValueError, OverflowError):
        raise Unreadable("This is no date. Write it as 2024-05-31.") from None


def _moment(text: str, month_first: bool) -> datetime:
    if _ISO.fullmatch(text):
        moment = datetime.fromisoformat(text.removesuffix(" UTC"))
    elif _SERIAL.fullmatch(text):
        moment = datetime(1899, 12, 30) + timedelta(days=int(text.partition(".")[0]))
    elif numeric := _NUMERIC.fullmatch(text):
        first, second, year = int(numeric[1]), int(numeric[2]), int(numeric[3])
        day, month = (second, first) if (month_first or second > 12) and first <= 12 else (first, second)
        moment = datetime(year + 2000 if year < 100 else year, month, day)
        if numeric[4]:
            clock = "%I:%M" if numeric[5] else "%H:%M"
            clock += ":%S" if numeric[4].count(":") == 2 else ""
            time = datetime.strptime(numeric[4] + (numeric[5] or ""), clock + ("%p" if numeric[5] else "")).time()
            moment = datetime.combine(moment.date(), time)
    else:
        moment = next(filter(None, (_written(text, form) for form in _WRITTEN)), None) or datetime.fromisoformat(text)
    moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    if not 1900 <= moment.year <= 2200:
        raise ValueError
    return moment


def _written(text: str, form: str) -> datetime | None:
    try:
        return datetime.strptime(text, form)
    except ValueError:
        return None


# A name in quotes, as our exports write one that has a separator in it, or what is between two separators.
_LISTED = re.compile(r'\s*"((?:[^"]|"")+)"\s*(?=[,;|\n]|$)|([^,;|\n]+)')


@lru_cache(_REMEMBERED)
def names_of(cell: str) -> tuple[str, ...]:
    """Names of tags or groups: separated by commas, semicolons or lines, each once."""
    found: dict[str, str] = {}
    if cell.startswith("[") and cell.endswith("]"):
        cell = cell[1:-1]
    for text in _listed(cell):
        try:
            name = clean_name(text)
        except CustomerPlusError as error:
            raise Unreadable(error.message) from None
        found.setdefault(name.casefold(), name)
    return tuple(found.values())


def _listed(cell: str) -> Iterator[str]:
    for quoted, plain in _LISTED.findall(cell):
        # No name has a comma: in quotes too it parts two of them.
        parts = quoted.replace('""', '"').split(",") if quoted else [plain.strip().strip('"')]
        yield from (part.strip() for part in parts if part.strip())


@cache
def _bases() -> dict[str, str]:
    return {_plain(word): basis.value for basis in LawfulBasis for word in (basis.value, str(basis.label))}


@lru_cache(_REMEMBERED)
def basis_of(cell: str) -> str:
    basis = _bases().get(_plain(cell))
    if basis is None:
        raise Unreadable(f"This is no lawful basis. Use one of {', '.join(LawfulBasis.values)}.")
    return basis


def pairs_of(cell: str) -> dict[str, str]:
    """`instagram: anna; x: anna2`, or lines of the same."""
    pairs = {}
    for part in re.split(r"[;\n]", cell):
        name, colon, profile = part.partition(":")
        if part.strip() and not colon:
            raise Unreadable("Write each profile as `network: name`, separated by semicolons.")
        if profile.strip():
            pairs[name.strip()] = profile.strip()
    return pairs


def split_name(name: str) -> tuple[str, str]:
    """First and last name of `Anna Maria Rossi` or `Rossi, Anna Maria`. One word is a first name."""
    last, comma, first = name.partition(",")
    if comma and first.strip():
        return first.strip(), last.strip()
    *firsts, last = name.replace(",", " ").split() or [""]
    return (" ".join(firsts), last) if firsts else (last, "")


Reader = Callable[[str], Any]
