"""Days and offsets as moments: where a day begins and ends in the shop's time zone."""

from __future__ import annotations

import calendar
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from .tree import Offset

# What can be converted into every time zone.
_FIRST_DAY, _LAST_DAY = date(1, 1, 3), date(9999, 12, 29)


def day_of(value: date | Offset, today: date) -> date:
    """The day that a date or an offset from today means. What is out of reach is the first or last day there is.

    >>> day_of(Offset(-1, "m"), date(2026, 3, 31))
    datetime.date(2026, 2, 28)
    """
    if not isinstance(value, Offset):
        return value
    try:
        day = _shifted(today, value)
    except (OverflowError, ValueError):
        return _FIRST_DAY if value.amount < 0 else _LAST_DAY
    return max(_FIRST_DAY, min(day, _LAST_DAY))


def _shifted(today: date, offset: Offset) -> date:
    if offset.unit in ("d", "w"):
        return today + timedelta(days=offset.amount * (7 if offset.unit == "w" else 1))
    months = today.year * 12 + today.month - 1 + offset.amount * (12 if offset.unit == "y" else 1)
    year, month = divmod(months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(today.day, last))


def start_of(day: date, zone: tzinfo) -> datetime:
    """The first moment of a day, in UTC."""
    return datetime.combine(day, time.min, tzinfo=zone).astimezone(UTC)


def end_of(day: date, zone: tzinfo) -> datetime:
    """The first moment of the next day, in UTC."""
    return start_of(day + timedelta(days=1), zone)
