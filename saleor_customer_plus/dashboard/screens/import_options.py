"""The options of an import, between the form and the API."""

from __future__ import annotations

import re
from typing import Any

from django.http import QueryDict

# Options with a text or an enum value, of which a blank one is left out.
TEXTS = (
    "profile",
    "mode",
    "format",
    "encoding",
    "delimiter",
    "quote",
    "sheet",
    "country",
    "groupId",
    "subscribe",
    "withdrawals",
    "lawfulBasis",
    "wording",
    "wordingVersion",
)
SWITCHES = (
    "fillBlanks",
    "ignoreLocks",
    "eraseBlanks",
    "strict",
    "keepUnknown",
    "makeLeads",
    "makeAccounts",
    "deactivateMissing",
)
# Detected unless staff say.
EITHER = ("hasHeader", "monthFirst")
# Options that say how the file is read. Other columns may come of them, so a mapping by hand does not outlive them.
READING = ("format", "encoding", "delimiter", "quote", "sheet", "hasHeader")
# The choice to keep a column as the custom attribute of its header.
ATTRIBUTE = "attribute"


def options_of(form: QueryDict) -> dict[str, Any]:
    """The API's input, of what the form says."""
    options: dict[str, Any] = {name: text for name in TEXTS if (text := form.get(name, "").strip())}
    if form.get("delimiter") in ("\t", " "):
        options["delimiter"] = form["delimiter"]
    options |= {name: True for name in SWITCHES if form.get(name)}
    options |= {name: form[name] == "yes" for name in EITHER if form.get(name) in ("yes", "no")}
    if tags := [name.strip() for name in re.split(r"[,;\n]", form.get("tags", "")) if name.strip()]:
        options["tags"] = tags
    if purposes := form.getlist("marketingPurposes"):
        options["marketingPurposes"] = purposes
    if mapping := _mapping_of(form):
        options["mapping"] = mapping
    return options


def _mapping_of(form: QueryDict) -> list[dict[str, Any]]:
    """The columns that staff mapped by hand, now or before. The others are detected again."""
    if any(form.get(name, "") != form.get(f"was_{name}", "") for name in READING):
        return []
    mapping = []
    for number, header in enumerate(form.getlist("header")):
        chosen, was = form.get(f"column_{number}", ""), form.get(f"was_{number}", "")
        if chosen != was or form.get(f"by_hand_{number}"):
            mapping.append({"header": header, "column": _column_of(chosen, header)})
    return mapping


def _column_of(chosen: str, header: str) -> str | None:
    return f"{ATTRIBUTE}:{header}" if chosen == ATTRIBUTE else chosen or None


def form_of(options: dict[str, Any] | None) -> dict[str, Any]:
    """What the fields of the form show, of the options of a job or a profile."""
    given = {name: value for name, value in (options or {}).items() if value is not None}
    given |= {name: "yes" if given[name] else "no" for name in EITHER if name in given}
    return {**given, "tags": ", ".join(given.get("tags", ()))}


def typed(form: QueryDict) -> dict[str, Any]:
    """What the fields of the form show when it comes back with errors: what staff typed."""
    return {name: form.getlist(name) if name == "marketingPurposes" else form[name] for name in form}
