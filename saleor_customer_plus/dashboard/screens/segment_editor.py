"""The editor of a segment: its condition as text, what it would find, and help with writing it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from ..requests import Screen, ScreenRequest, address

PREVIEW = """
query CustomerPlusSegmentPreview($query: String!, $segmentId: ID) {
  customerSegmentPreview(query: $query, segmentId: $segmentId) {
    errors { message position length }
    query count
    sample { id email firstName lastName companyName stage orderCount }
  }
}
"""

FIELDS = """
query CustomerPlusSegmentFields {
  customerSegmentFields {
    name label description type operators choices isFunction
    parameters { name label type }
  }
}
"""

# Operators that take no value.
_WITHOUT_VALUE = ("IS NULL", "IS NOT NULL")
# Values that are written as they are: numbers, dates, offsets, yes and no.
_BARE = ("NUMBER", "MONEY", "TIME", "DAY", "BOOLEAN", "ID")
_EXAMPLES = {
    "NUMBER": "3",
    "MONEY": "100 EUR",
    "TIME": "-30d",
    "DAY": "2026-01-31",
    "TEXT": "Berlin",
    "ID": "#12",
}


def editor(
    request: ScreenRequest,
    values: Mapping[str, Any],
    *,
    segment: Mapping[str, Any] | None = None,
    errors: Sequence[Mapping[str, Any]] = (),
) -> Screen:
    """The screen, with what the condition finds already."""
    segment_id = segment["id"] if segment else None
    context = {
        "values": values,
        "segment": segment,
        "errors": errors,
        "fields": _fields(request),
        **_preview(request, values.get("query", ""), segment_id),
    }
    path = f"segments/{segment_id}" if segment_id else "segments/new"
    return Screen("segments/editor.html", context, address=address(path) if not request.is_post else "")


def preview(request: ScreenRequest) -> Screen:
    """What the condition as it is typed finds: how many, some of them, or what is wrong with it and where."""
    form = request.form if request.is_post else request.query
    return Screen("segments/preview.html", _preview(request, form.get("query", ""), form.get("segment") or None))


def clause(request: ScreenRequest) -> Screen:
    """What can be said of the field that was chosen: operators, and values to choose from."""
    chosen = next((one for one in _fields(request) if one["name"] == request.query.get("field")), None)
    return Screen("segments/clause.html", {"field": chosen, **_help(chosen)})


def add(request: ScreenRequest) -> Screen:
    """The condition with one more, in the text box, and what it then finds."""
    form = request.form
    query = joined(form.get("query", ""), form.get("join", "AND"), written(form, _fields(request)))
    context = {"values": {"query": query}, **_preview(request, query, form.get("segment") or None)}
    return Screen("segments/condition.html", context)


def written(form: Mapping[str, str], fields: Sequence[Mapping[str, Any]]) -> str:
    """The condition of the helper's form, as text. Blank, if no field was chosen."""
    field = next((one for one in fields if one["name"] == form.get("field")), None)
    if field is None:
        return ""
    name = f"{field['name']}.{key}" if (key := form.get("key", "").strip()) else field["name"]
    value = form.get("value", "").strip()
    if field["isFunction"]:
        return f"{name} MATCHES ({value})"
    operator = form.get("operator") or next(iter(field["operators"]), "=")
    if operator in _WITHOUT_VALUE:
        return f"{name} {operator}"
    if operator == "BETWEEN":
        return f"{name} BETWEEN {_literal(field, value)} AND {_literal(field, form.get('value_to', '').strip())}"
    if operator in ("IN", "NOT IN"):
        return f"{name} {operator} ({', '.join(_literal(field, part.strip()) for part in value.split(','))})"
    return f"{name} {operator} {_literal(field, value)}"


def joined(query: str, join: str, clause: str) -> str:
    """A condition with another one. What it said so far stays together."""
    query = query.strip()
    if not query or not clause:
        return query or clause
    word, other = ("OR", "AND") if join == "OR" else ("AND", "OR")
    # Both words side by side would be read otherwise than they were clicked.
    is_mixed = re.search(rf"\b{other}\b", query, re.IGNORECASE)
    return f"({query}) {word} {clause}" if is_mixed else f"{query} {word} {clause}"


def _literal(field: Mapping[str, Any], value: str) -> str:
    if field["type"] in _BARE and value:
        return value
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"


def _fields(request: ScreenRequest) -> list[dict[str, Any]]:
    fields: list[dict[str, Any]] = request.execute(FIELDS)["customerSegmentFields"]
    return sorted(fields, key=lambda field: field["label"].casefold())


def _help(field: Mapping[str, Any] | None) -> dict[str, Any]:
    if field is None:
        return {}
    if field["isFunction"]:
        parameters = ", ".join(one["name"] for one in field["parameters"])
        return {"example": _("such as count >= 2, date >= -90d"), "parameters": parameters}
    return {"example": _EXAMPLES.get(field["type"] or "", "")}


def _preview(request: ScreenRequest, query: str, segment_id: str | None) -> dict[str, Any]:
    if not query.strip():
        return {"preview": None}
    found = request.execute(PREVIEW, query=query, segmentId=segment_id)["customerSegmentPreview"]
    problems = [{**error, **_marked(query, error)} for error in found["errors"]]
    return {"preview": found, "problems": problems}


def _marked(query: str, error: Mapping[str, Any]) -> dict[str, str]:
    """The text before, at and after the place of an error."""
    if error["position"] is None:
        return {}
    start = error["position"]
    end = start + max(error["length"] or 0, 1)
    return {"before": query[max(start - 40, 0) : start], "at": query[start:end], "after": query[end : end + 40]}
