"""Numbers, money, times and countries as the reader writes them: the filters of the templates."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_datetime, format_skeleton, format_timedelta
from babel.numbers import format_currency, format_decimal, format_percent
from django import template
from django.utils import timezone, translation
from django.utils.translation import gettext

from . import wording

register = template.Library()


@functools.cache
def _locale(language: str) -> Locale:
    try:
        return Locale.parse(language, sep="-")
    except (UnknownLocaleError, ValueError):
        return Locale("en")


def _here() -> Locale:
    return _locale(translation.get_language() or "en")


def _zone() -> ZoneInfo:
    return timezone.get_current_timezone()


@register.filter
def money(amount: Mapping[str, Any] | None) -> str:
    """An amount of the API, `{amount, currency}`."""
    if not amount:
        return ""
    return str(format_currency(Decimal(str(amount["amount"])), amount["currency"], locale=_here()))


@register.filter
def number(value: int | float | None) -> str:
    return "" if value is None else str(format_decimal(value, locale=_here()))


@register.filter
def own_value(field: Mapping[str, Any]) -> str:
    """The value of a field of the shop's own: `type`, `value` and `text` of the API's `CustomerRecordField`."""
    value = field["value"]
    if value is None:
        return ""
    match field["type"]:
        case "NUMBER":
            return str(format_decimal(Decimal(str(value)), locale=_here(), decimal_quantization=False))
        case "DATE":
            return calendar_day(value)
        case "BOOLEAN":
            return gettext("Yes") if value else gettext("No")
        case "MONEY":
            return money(value)
    return str(field["text"])


@register.filter
def percent(rate: float | None, decimals: int = 1) -> str:
    """A share from 0 to 1, with so many decimals at most, as the reader writes it: "57.1%", "57,1 %"."""
    if rate is None:
        return ""
    pattern = _here().percent_formats[None].pattern.replace("##0", f"##0.{'#' * decimals}")
    return str(format_percent(rate, pattern, locale=_here()))


@register.filter
def month(day: date) -> str:
    """The month of a date: "Mar 2026"."""
    return str(format_skeleton("yMMM", day, locale=_here()))


@register.filter
def megabytes(size: float) -> str:
    """A size in bytes, with the unit that suits it."""
    unit, divisor = ("MB", 1_000_000) if size >= 1_000_000 else ("kB", 1_000)
    return f"{format_decimal(round(size / divisor, 1), locale=_here())} {unit}"


def _moment(value: str | datetime | None) -> datetime | None:
    if not value:
        return None
    moment = value if isinstance(value, datetime) else datetime.fromisoformat(value)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _local(moment: datetime) -> datetime:
    """The moment in the reader's time zone; as it is, where that would be before the first year or after the last."""
    try:
        return moment.astimezone(_zone())
    except OverflowError:
        return moment


@register.filter
def day(value: str | None) -> str:
    """A moment of the API as a date in the reader's time zone."""
    moment = _moment(value)
    return "" if moment is None else str(format_date(_local(moment), "medium", locale=_here()))


@register.filter
def calendar_day(text: str) -> str:
    """A day without a time, "2026-03-01", as the reader writes it. Any other text as it is."""
    try:
        return str(format_date(datetime.strptime(text, "%Y-%m-%d").date(), "medium", locale=_here()))
    except ValueError:
        return text


@register.filter
def moment(value: str | None) -> str:
    """A moment of the API as date and time in the reader's time zone."""
    at = _moment(value)
    return "" if at is None else str(format_datetime(_local(at), "medium", locale=_here()))


@register.filter
def ago(value: str | None) -> str:
    """How long ago a moment is: "3 days ago". A date, if it is more than a month."""
    at = _moment(value)
    if at is None:
        return ""
    passed = datetime.now(UTC) - at
    if abs(passed) > timedelta(days=31):
        return day(value)
    return str(format_timedelta(-passed, add_direction=True, locale=_here()))


@register.filter
def input_day(value: str | None) -> str:
    """A moment as `<input type="date">` takes it."""
    at = _moment(value)
    return "" if at is None else _local(at).date().isoformat()


@register.filter
def input_moment(value: str | None) -> str:
    """A moment as `<input type="datetime-local">` takes it."""
    at = _moment(value)
    return "" if at is None else _local(at).strftime("%Y-%m-%dT%H:%M")


def moment_of(typed: str) -> str:
    """What was typed into `<input type="datetime-local">`, in the reader's time zone, as the API takes it.

    What is no moment is passed on, so that the API says what is wrong with it.
    """
    try:
        return datetime.fromisoformat(typed).replace(tzinfo=_zone()).isoformat()
    except ValueError:
        return typed


@register.filter
def country(code: str | None) -> str:
    """The name of a country by its code, in the reader's language."""
    return "" if not code else str(_here().territories.get(code, code))


@register.filter
def language(code: str | None) -> str:
    """The name of a language by its code, in the reader's language."""
    if not code:
        return ""
    return str(_here().languages.get(code.partition("-")[0].lower(), code))


@register.filter
def said(value: Any) -> str:
    """The name of an enum value of the API, or of a field in camel or snake case, in the reader's language."""
    name = str(value or "")
    words = wording.WORDS.get(name)
    if words is None:
        return name.replace("_", " ").capitalize() if name.isupper() else name
    return gettext(words)


@register.filter
def planned(result: str) -> str:
    """What an import will do with a row, in its preview."""
    return gettext(wording.PLANNED[result])


@register.filter
def signup_state(name: str) -> str:
    """How far newsletter sign-ups have come."""
    words = wording.SIGNUP_STATES.get(name)
    return gettext(words) if words else gettext("All sign-ups")


@register.filter
def type_of_field(name: str) -> str:
    """What the values of a field of the shop's own are."""
    return gettext(wording.TYPES_OF_FIELDS[name])


@register.filter
def full_name(person: Mapping[str, Any]) -> str:
    """First and last name; the company or the e-mail address of whoever has neither."""
    name = " ".join(part for part in (person.get("firstName"), person.get("lastName")) if part)
    return name or str(person.get("companyName") or person.get("email") or "")


@register.filter
def initials(person: Mapping[str, Any]) -> str:
    """One or two letters for the picture of whoever has none."""
    parts = [part for part in (person.get("firstName"), person.get("lastName")) if part] or [full_name(person)]
    return "".join(part[0] for part in parts if part).upper()[:2] or "?"


@register.filter
def item(mapping: Any, key: str) -> Any:
    return mapping.get(key, "") if isinstance(mapping, Mapping) else ""


@register.simple_tag
def actor(who: Mapping[str, Any] | None) -> str:
    """Who did something: the name of a member of staff or an app, or what else it was."""
    if not who:
        return ""
    return str(who.get("name") or wording.ACTORS.get(who["type"], who["type"]))
