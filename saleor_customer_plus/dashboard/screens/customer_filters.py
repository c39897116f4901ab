"""What the address of the list says, as the API's filter, and as chips that can be taken off."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from ..formats import calendar_day, country, said
from ..requests import address
from . import own_fields

# Lists of the address that are about one page of one sort, and end with every change of the filter.
PAGING = ("after", "before", "last")

TABS: dict[str, dict[str, Any]] = {
    "all": {"isActive": True},
    "customers": {"isActive": True, "stage": "CUSTOMER"},
    "leads": {"isActive": True, "stage": "LEAD"},
    "inactive": {"isActive": False},
}
FLAGS = {
    "account": "hasAccount",
    "newsletter": "acceptsNewsletter",
    "promotional": "acceptsPromotionalMail",
    "tax_exempt": "isTaxExempt",
    "approved": "isApprovedBuyer",
}
RANGES = {"orders": "orderCount", "spent": "totalSpent", "average": "averageOrderValue"}
TIMES = {"last_order": "lastOrderAt", "since": "customerSince", "created": "createdAt"}


@dataclass(frozen=True)
class Chip:
    """A condition of the filter in words, and the address without it."""

    label: str
    without: str


def tab_of(query: QueryDict) -> str:
    tab = query.get("tab", "all")
    return tab if tab in TABS else "all"


def filter_of(query: QueryDict) -> dict[str, Any]:
    """The API's filter. What cannot be read is passed on, so that the API says what is wrong with it."""
    wanted: dict[str, Any] = dict(TABS[tab_of(query)])
    for name in ("country", "language"):
        if values := _listed(query, name):
            wanted["countries" if name == "country" else "languages"] = values
    if cities := _listed(query, "city"):
        wanted["cities"] = cities
    for name in ("segment", "query"):
        if text := query.get(name, "").strip():
            wanted[name] = text
    if group := query.get("rfm"):
        wanted["rfmGroup"] = {"groups": [group], "currency": query.get("rfm_currency", "")}
    if sources := _listed(query, "source"):
        wanted["sources"] = {"any": sources}
    for name in ("tag", "group"):
        modes = {mode: ids for mode in ("any", "all", "none") if (ids := _listed(query, f"{name}_{mode}"))}
        if modes:
            wanted[f"{name}s"] = modes
    for name, field in FLAGS.items():
        if query.get(name) in ("yes", "no"):
            wanted[field] = query[name] == "yes"
    for name, field in RANGES.items():
        bounds = {key: _number(query.get(f"{name}_{suffix}")) for key, suffix in (("gte", "min"), ("lte", "max"))}
        if any(bound is not None for bound in bounds.values()):
            wanted[field] = {key: bound for key, bound in bounds.items() if bound is not None}
            if name != "orders":
                wanted[field]["currency"] = query.get("currency", "").upper()
    for name, field in TIMES.items():
        if bounds := _times(query, name):
            wanted[field] = bounds
    if conditions := own_fields.filters_of(query):
        wanted["fields"] = conditions
    return wanted


def selection_of(query: QueryDict) -> dict[str, Any]:
    """All that the list shows on all its pages, as the API's `filter` and `search`."""
    return {"filter": filter_of(query), "search": query.get("q", "").strip() or None}


def named_in(query: QueryDict) -> dict[str, list[str]]:
    """The ids of tags, groups and segments that the filter is by, and the keys of fields: chips need their names."""
    named = {
        kind: [id for mode in ("any", "all", "none") for id in _listed(query, f"{kind}_{mode}")]
        for kind in ("tag", "group")
    }
    named["segment"] = _listed(query, "segment")
    named["field"] = [one["key"] for one in own_fields.filters_of(query)]
    return {kind: ids for kind, ids in named.items() if ids}


def _listed(query: QueryDict, name: str) -> list[str]:
    return list(dict.fromkeys(value for value in query.getlist(name) if value))


def _number(text: str | None) -> Any:
    return own_fields.number_of(text.strip()) if text else None


def _times(query: QueryDict, name: str) -> dict[str, str]:
    """From the start of the first day to the end of the last, in the reader's time zone."""
    bounds = {}
    for key, suffix, days in (("gte", "from", 0), ("lte", "to", 1)):
        if text := query.get(f"{name}_{suffix}"):
            try:
                midnight = datetime.combine(date.fromisoformat(text), time(), timezone.get_current_timezone())
                at = midnight + timedelta(days=days) - timedelta(microseconds=days)
                bounds[key] = at.isoformat()
            except (ValueError, OverflowError):
                bounds[key] = text
    return bounds


def chips_of(query: QueryDict, names: Mapping[str, str]) -> list[Chip]:
    """The conditions of the filter. `names` are those of tags, groups, segments and fields, by id."""
    chips: list[Chip] = []

    def add(label: str, *parameters: str, value: str | None = None) -> None:
        rest = query.copy()
        for parameter in (*parameters, *PAGING):
            kept = [
                one for one in rest.getlist(parameter) if value is not None and parameter in parameters and one != value
            ]
            rest.setlist(parameter, kept)
        chips.append(Chip(label, address("customers", rest)))

    if segment := query.get("segment"):
        add(_("Segment: %s") % names.get(segment, _("deleted")), "segment")
    if condition := query.get("query", "").strip():
        add(condition, "query")
    if group := query.get("rfm"):
        add(f"{said(group)} ({query.get('rfm_currency', '')})", "rfm", "rfm_currency")
    for code in _listed(query, "country"):
        add(country(code), "country", value=code)
    for code in _listed(query, "language"):
        add(code, "language", value=code)
    for city in _listed(query, "city"):
        add(city, "city", value=city)
    for source in _listed(query, "source"):
        add(_("Source: %s") % said(source), "source", value=source)
    label_words = {"any": "%s", "all": _("all of: %s"), "none": _("not: %s")}
    for kind in ("tag", "group"):
        for mode, words in label_words.items():
            for id in _listed(query, f"{kind}_{mode}"):
                add(words % names.get(id, _("deleted")), f"{kind}_{mode}", value=id)
    flags = {
        "account": (_("With account"), _("Without account")),
        "newsletter": (_("Newsletter"), _("No newsletter")),
        "promotional": (_("Promotional mail"), _("No promotional mail")),
        "tax_exempt": (_("Tax exempt"), _("Not tax exempt")),
        "approved": (_("Approved buyer"), _("Not approved")),
    }
    for name, (yes, no) in flags.items():
        if query.get(name) in ("yes", "no"):
            add(yes if query[name] == "yes" else no, name)
    ranges = {"orders": _("Orders"), "spent": _("Spent"), "average": _("Average order")}
    for name, words in ranges.items():
        least, most = query.get(f"{name}_min"), query.get(f"{name}_max")
        if least or most:
            unit = "" if name == "orders" else f" {query.get('currency', '').upper()}"
            add(f"{words}: {_bounds(least, most)}{unit}", f"{name}_min", f"{name}_max")
    times = {"last_order": _("Last order"), "since": _("Customer since"), "created": _("Created")}
    for name, words in times.items():
        first, last = query.get(f"{name}_from"), query.get(f"{name}_to")
        if first or last:
            add(f"{words}: {_bounds(first, last, calendar_day)}", f"{name}_from", f"{name}_to")
    for words, parameters in own_fields.chips_of(query, names):
        add(words, *parameters)
    return chips


def _bounds(least: str | None, most: str | None, shown: Callable[[str], str] = str) -> str:
    if least and most:
        return f"{shown(least)} – {shown(most)}"  # noqa: RUF001
    return f"≥ {shown(least)}" if least else f"≤ {shown(most or '')}"
