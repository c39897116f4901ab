"""Dates and times, as people and programs write them. All of them in UTC where they do not say otherwise."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from enum import StrEnum
from functools import cache, lru_cache

from babel.dates import get_day_names, get_month_names

from .base import REMEMBERED, Unreadable, plain

# The languages in which names of months and days are known, by Babel's names for them.
LANGUAGES = ("en", "it", "de", "fr", "es", "nl", "pt", "pl")

_NUMERIC = re.compile(r"(\d{1,2})\s?([./ -])\s?(\d{1,2})\s?\2\s?(\d{4}|'?\d{2})(?!\d)")
_YEAR_FIRST = re.compile(r"(\d{4})\s?[./ -]\s?(\d{1,2})\s?[./ -]\s?(\d{1,2})(?!\d)")
_YEAR = r"(?P<year>\d{4}|'?\d{2}(?!\d))"
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th|er|e|[.\u00ba\u00aa\u00b0]+)?"
_MONTH = r"(?P<month>[^\W\d_]{3,}|m\u00e4|ma)\.?"
_OF = r"(?:\s*(?:de|del|of|di)\s+|[\s,./-]*)"
_NAMED = tuple(
    re.compile(pattern)
    for pattern in (
        rf"{_DAY}{_OF}{_MONTH}{_OF}{_YEAR}(?P<rest>.*)",
        rf"{_MONTH}[\s/-]*{_DAY}(?!\d)[\s,/-]+{_YEAR}(?P<rest>(?![:h]).*)",
        rf"(?P<year>\d{{4}})[\s/-]*{_MONTH}[\s/-]*{_DAY}(?!\d)(?P<rest>.*)",
        # As Unix prints it: may 6 07:08:09 +0000 2023
        rf"{_MONTH}\s+{_DAY}\s+(?P<rest>\d{{1,2}}:\d\d.*?)\s(?P<year>\d{{4}})",
    )
)
# A weekday or a label before a date.
_FIRST_WORD = re.compile(r"[^\W\d]+[-.]?[^\W\d]*\.?,?\s+(?=.*\d)")
_ZONE = r"z|[a-z]{3,4}|(?:utc|gmt)?\s*[+-]\s*\d{1,2}(?::?\d{2})?(?::\d{2})?"
_CLOCK = re.compile(
    r"[\s,t-]*(?:alle\s+ore|alle|ore|at|um|\u00e0|a\s+las|\u00e0s|as|om|o\s+godz\.?|godz\.?|kl\.?)?\s*"
    r"(?P<hour>\d{1,2})(?:\s?(?P<h>h)\s?|[:.])?(?P<minute>(?<=[:.h\s])\d{2})?(?:[:.](?P<second>\d{2}))?"
    r"(?:[.,](?P<fraction>\d{1,9}))?\s*(?:h|uhr|s)?\s*(?:(?P<half>[ap])\.?\s?m\.?)?"
    rf"\s*(?P<zone>{_ZONE})?\s*(?:\([^()]*\)|\[[^\[\]]*\])?"
)
_CLOCK_FIRST = re.compile(r"(\d{1,2}:\d{2}(?::\d{2})?(?:\s*[ap]\.?m\.?)?)[\s,]+(.*)")
# Seconds, milliseconds and microseconds since 1970, from 1973 on: earlier ones are too short to be recognised.
_UNIX = re.compile(r"(\d{9,10}|\d{13}|\d{16})(?:[.,]\d+)?")
# Days as Excel counts them, where a column of dates is shown as numbers: from 1954 to 2119.
_SERIAL = re.compile(r"([2-7]\d{4})(?:[.,](\d+))?")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})(?:[t\s]?(\d{2})(\d{2})(\d{2}))?")
_ZONES = {
    **dict.fromkeys(("z", "utc", "gmt", "wet"), 0),
    **dict.fromkeys(("cet", "mez", "bst", "west"), 60),
    **dict.fromkeys(("cest", "mesz", "eet"), 120),
    **dict.fromkeys(("eest", "msk"), 180),
    **dict.fromkeys(("est", "cdt"), -300),
    **dict.fromkeys(("cst", "mdt"), -360),
    **dict.fromkeys(("mst", "pdt"), -420),
    "edt": -240,
    "pst": -480,
}
_OFFSET = re.compile(r"(?:utc|gmt)?\s*([+-])\s*(\d{1,2}):?(\d{2})?(?::\d{2})?")
_IN_HEADER = re.compile(rf"[(\[]\s*({_ZONE})\s*[)\]]\s*$")
_NO_DATE = "This is not a date. Write it as 2024-05-31."
_IN_THE_FUTURE = "This date is in the future."


class Order(StrEnum):
    """Which of the two numbers before the year is the month, where a cell shows it."""

    DAY_FIRST = "day_first"
    MONTH_FIRST = "month_first"


def order_of(cell: str) -> Order | None:
    """What a cell shows of the order in its column: `13/1/2024` that the day is first, `1/2/2024` nothing."""
    found = _NUMERIC.match(cell.strip())
    if found is None:
        return None
    first, second = int(found[1]), int(found[3])
    if first > 12 >= second:
        return Order.DAY_FIRST
    return Order.MONTH_FIRST if second > 12 >= first else None


def is_month_first(found: Mapping[Order, int] | Iterable[str]) -> bool:
    """Whether the month is first in a column, by how many of its cells show which order. Day first if in doubt.

    One reading for the whole column: a cell that contradicts it is no date.
    """
    counted = found if isinstance(found, Mapping) else Counter(filter(None, map(order_of, found)))
    return counted.get(Order.MONTH_FIRST, 0) > counted.get(Order.DAY_FIRST, 0)


def offset_in(header: str) -> timedelta:
    """The time zone that a header names, such as `Create Date (GMT+2)`, as its distance from UTC."""
    found = _IN_HEADER.search(header.strip().casefold())
    zone = _zone(found[1]) if found else None
    return (zone.utcoffset(None) if zone else None) or timedelta()


def time_of(cell: str, month_first: bool, offset: timedelta = timedelta()) -> datetime:
    """A moment in UTC that is not in the future. A day may be tomorrow here, and today where it was written."""
    moment = moment_of(cell, month_first, offset)
    if moment > datetime.now(UTC) + timedelta(days=1):
        raise Unreadable(_IN_THE_FUTURE)
    return moment


@lru_cache(REMEMBERED)
def day_of(cell: str, month_first: bool) -> date:
    """A day, such as a birthday: that of the place where it was written, also if the cell names a time and a zone."""
    try:
        return _moment(cell.strip().casefold(), month_first).date()
    except (ValueError, OverflowError):
        raise Unreadable(_NO_DATE) from None


@lru_cache(REMEMBERED)
def moment_of(cell: str, month_first: bool, offset: timedelta = timedelta()) -> datetime:
    """A moment in UTC. `offset` is the distance from UTC of cells that name no zone."""
    try:
        moment = _moment(cell.strip().casefold(), month_first)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=timezone(offset))
        moment = moment.astimezone(UTC)
    except (ValueError, OverflowError):
        raise Unreadable(_NO_DATE) from None
    if not 1900 <= moment.year <= 2200:
        raise Unreadable(_NO_DATE)
    return moment


def _moment(text: str, month_first: bool) -> datetime:
    if text and text[0].isdigit() and text.replace(",", ".", 1).replace(".", "", 1).isdigit():
        return _of_number(text)
    if text[4:5] == "-" or text[8:9] == "t":
        with suppress(ValueError):  # by far the most, and the fastest
            return datetime.fromisoformat(text.upper())
    if clock_first := _CLOCK_FIRST.fullmatch(text):
        text = f"{clock_first[2]} {clock_first[1]}"
    for _ in range(3):  # a label and a weekday at most
        if (found := _of_words(text, month_first)) is not None:
            return found
        shorter = _FIRST_WORD.sub("", text, count=1)
        if shorter == text or plain(text[: len(text) - len(shorter)]) not in _day_names():
            break
        text = shorter
    raise ValueError


def _of_words(text: str, month_first: bool) -> datetime | None:
    if found := _YEAR_FIRST.match(text):
        return _clocked(datetime(int(found[1]), int(found[2]), int(found[3])), text[found.end() :])
    if found := _NUMERIC.match(text):
        first, second = int(found[1]), int(found[3])
        day, month = (second, first) if month_first else (first, second)
        if month > 12 >= day:
            is_first = "month" if month_first else "day"
            raise Unreadable(
                f"In this column the {is_first} comes first, so this is not a date. Write it as 2024-05-31."
            )
        return _clocked(datetime(_year(found[4]), month, day), text[found.end() :])
    for pattern in _NAMED:
        if (found := pattern.fullmatch(text)) and (named := _months().get(plain(found["month"]))):
            return _clocked(datetime(_year(found["year"]), named, int(found["day"])), found["rest"])
    return None


def _of_number(text: str) -> datetime:
    if found := _SERIAL.fullmatch(text):
        fraction = float(f"0.{found[2] or 0}")
        # To the second: a day's fraction is never exact.
        return datetime(1899, 12, 30) + timedelta(days=int(found[1]), seconds=round(fraction * 86_400))
    if found := _COMPACT.fullmatch(text):
        try:
            return datetime(*(int(part) for part in found.groups() if part))  # type: ignore[arg-type]
        except ValueError:
            if len(text) != 8:
                raise
    if found := _UNIX.fullmatch(text):
        seconds = int(found[1]) / {13: 1000, 16: 1_000_000}.get(len(found[1]), 1)
        if seconds >= 100_000_000:
            return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
    raise ValueError


def _year(text: str) -> int:
    """A year of two digits is of the last century from 69 on, as in POSIX."""
    year = int(text.removeprefix("'"))
    if len(text) == 4 and text.isdigit():
        return year
    return year + (1900 if year >= 69 else 2000)


def _clocked(day: datetime, rest: str) -> datetime:
    """The day at the time that stands behind it."""
    rest = rest.strip().strip(",.;")
    if not rest:
        return day
    found = _CLOCK.fullmatch(rest)
    if found is None or not (found["minute"] or found["half"] or found["h"]):
        raise ValueError
    hour = int(found["hour"])
    if found["half"]:
        if not 1 <= hour <= 12:
            raise ValueError
        hour = hour % 12 + (12 if found["half"] == "p" else 0)
    microsecond = int(found["fraction"][:6].ljust(6, "0")) if found["fraction"] else 0
    zone = _zone(found["zone"]) if found["zone"] else None
    return day.replace(
        hour=hour,
        minute=int(found["minute"] or 0),
        second=int(found["second"] or 0),
        microsecond=microsecond,
        tzinfo=zone,
    )


def _zone(text: str) -> tzinfo:
    if (minutes := _ZONES.get(text)) is not None:
        return timezone(timedelta(minutes=minutes))
    found = _OFFSET.fullmatch(text)
    if found is None:
        raise ValueError
    minutes = int(found[2]) * 60 + int(found[3] or 0)
    return timezone(timedelta(minutes=-minutes if found[1] == "-" else minutes))


# Beside Babel's names.
_EVERYDAY = {
    1: "janner, genn, ene, sty", 2: "feber, febb, luty, fevr", 3: "maerz, mrz, mar, mae", 4: "avr, abr, kwi",
    5: "mai, magg", 6: "giug", 7: "lugl, juill", 8: "ag, agos", 9: "sept, sett, setiembre, sep", 10: "ott, okt",
    11: "nov", 12: "dic, dez, dec, gru",
}  # fmt: skip


@cache
def _months() -> dict[str, int]:
    """The number of each month by its names, whole and short, without accents and points; by their beginnings too."""
    found: dict[str, set[int]] = {}
    for month, names in _EVERYDAY.items():
        for name in names.split(", "):
            found.setdefault(name, set()).add(month)
    for language in LANGUAGES:
        for width in ("wide", "abbreviated"):
            for context in ("format", "stand-alone"):
                for month, name in get_month_names(width, context, language).items():
                    found.setdefault(plain(name), set()).add(month)
    known = {name: months for name, months in found.items() if not name.isdigit()}
    beginnings: dict[str, set[int]] = {}
    for name, months in known.items():
        for length in range(3, len(name)):
            beginnings.setdefault(name[:length], set()).update(months)
    return {name: next(iter(months)) for name, months in (beginnings | known).items() if len(months) == 1}


@cache
def _day_names() -> frozenset[str]:
    names = {
        plain(name)
        for language in LANGUAGES
        for width in ("wide", "abbreviated", "short")
        for name in get_day_names(width, "format", language).values()
    }
    return frozenset(names | {name.removesuffix(" feira") for name in names} | {"am", "le", "il", "el", "on"})
