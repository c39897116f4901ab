"""What the templates of one customer need, out of what the API answered."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from django.utils.translation import gettext as _

from ..requests import ScreenRequest

# Where dialogs need no more than who it is about.
NAME = """
query CustomerPlusName($id: ID!) {
  customerRecord(id: $id) { id email firstName lastName companyName isActive isStaff image account { isActive } }
}
"""


def context_of(record: dict[str, Any]) -> dict[str, Any]:
    """What the templates of the cards need, of as much as was asked for."""
    context: dict[str, Any] = {"record": record}
    for name in ("orders", "notes", "leads", "activity"):
        if name in record:
            context[name] = [edge["node"] for edge in record[name]["edges"]]
            context[f"more_{name}"] = next_page(record[name])
    if "provenance" in record:
        context["facts"] = facts(record)
    if "consents" in record:
        decided = [one for one in record["consents"] if one["decidedAt"] or one["channel"] == "EMAIL"]
        context["consents"] = decided
        context["other_consents"] = [one for one in record["consents"] if one not in decided]
    return context


def next_page(connection: dict[str, Any]) -> str:
    """The cursor of the next page, if there is one."""
    page = connection.get("pageInfo") or {}
    return str(page["endCursor"]) if page.get("hasNextPage") else ""


# Fields with a provenance, a lock and suggestions, by the name of each in the record.
DETAILS = {
    "FIRST_NAME": "firstName",
    "LAST_NAME": "lastName",
    "COMPANY_NAME": "companyName",
    "PHONE": "phone",
    "STREET_ADDRESS_1": "streetAddress1",
    "STREET_ADDRESS_2": "streetAddress2",
    "POSTAL_CODE": "postalCode",
    "CITY": "city",
    "COUNTRY_AREA": "countryArea",
    "COUNTRY_CODE": "country",
    "LANGUAGE_CODE": "languageCode",
}


def facts(record: dict[str, Any]) -> list[dict[str, Any]]:
    """The details with where each came from, whether staff fixed it, and what sync would have written."""
    origins = {one["field"]: one for one in record["provenance"]}
    suggested = {one["field"]: one for one in record["suggestions"]}
    found = []
    for field, name in DETAILS.items():
        value = record[name]
        if name == "country":
            value = (value or {}).get("code", "")
        if value or field in suggested or field in record["lockedFields"]:
            found.append(
                {
                    "field": field,
                    "value": value,
                    "origin": origins.get(field),
                    "is_locked": field in record["lockedFields"],
                    "suggestion": suggested.get(field),
                }
            )
    return found


def wanted(record: dict[str, Any] | None) -> dict[str, Any]:
    """The record, or the page that says that there is none."""
    if record is None:
        raise Http404(_("This customer does not exist."))
    return record


def name_of(request: ScreenRequest, record_id: str) -> dict[str, Any]:
    """Whom a dialog is about."""
    return wanted(request.execute(NAME, id=record_id)["customerRecord"])
