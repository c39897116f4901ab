"""Dates and times, as people and programs write them. All of them in UTC where they do not say otherwise."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from .base import REMEMBERED, Unreadable

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


@lru_cache(REMEMBERED)
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
