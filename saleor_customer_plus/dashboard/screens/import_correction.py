"""What the screen of a job adds for an import that waits for its start: how the file was read, options, the preview."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import QueryDict
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from ..formats import said
from ..requests import ScreenRequest
from . import choices, own_fields
from .import_options import ATTRIBUTE, READING, form_of, typed
from .import_words import in_order, names_of, value_of

CHOICES = (
    """
query CustomerPlusImportChoices($language: CustomerExportLanguage) {
  customerImportColumns(language: $language) { key header holds example }
  customerImportFormats { key name }
  customerFields { ...OwnFields }
  customerSettings { defaultCountry countries { code } }
}
"""
    + own_fields.FIELDS
)


def can_be_corrected(job: dict[str, Any]) -> bool:
    """Whether the job waits for its start, or could not read its file."""
    if job["kind"] != "IMPORT" or job["filesRemovedAt"] or not job["importOptions"]:
        return False
    return job["state"] == "READY" or (job["state"] == "FAILED" and not job["progress"]["rowsRead"])


def correction_of(request: ScreenRequest, job: dict[str, Any]) -> dict[str, Any]:
    """What the form to correct an import shows."""
    data = request.execute(CHOICES, language=language())
    report, options = job["report"] or {}, job["importOptions"]
    by_hand = {one["header"] for one in options["mapping"] or ()}
    known = {one["key"] for one in data["customerImportColumns"]}
    columns = [_column(column, known, by_hand) for column in report.get("columns") or ()]
    names = names_of(data["customerImportColumns"])
    definitions = {one["key"]: one for one in data["customerFields"]}
    formats = {one["key"]: one["name"] for one in data["customerImportFormats"]}
    preview, file = report.get("preview"), report.get("file") or {}
    sheets = [file["sheet"], *file["otherSheets"]] if file.get("sheet") else []
    shown = form_of(options)
    return {
        "correction": True,
        "columns": columns,
        "known_columns": [{**one, "name": names[one["key"]]} for one in data["customerImportColumns"]],
        "names": names,
        "formats": data["customerImportFormats"],
        "format_name": formats.get(report.get("format") or "", ""),
        "groups": choices.offer(request, "group", "groupId", [shown.get("groupId", "")]),
        "tag_names": choices.tag_names(request),
        "countries": [one["code"] for one in data["customerSettings"]["countries"]],
        "default_country": data["customerSettings"]["defaultCountry"] or "",
        "file": file,
        "preview": preview,
        "preview_rows": [_row(row, names, definitions) for row in preview["rows"]] if preview else [],
        "changed_fields": (
            [(names.get(one["field"], one["field"]), one["count"]) for one in in_order(preview["changedFields"], names)]
            if preview
            else []
        ),
        "is_ready": job["state"] == "READY",
        "typed": shown,
        "was": shown,
        "reading": READING,
        "sheets": sheets,
        "modes": ("CREATE_AND_UPDATE", "CREATE_ONLY", "UPDATE_ONLY", "SUPPRESSION_LIST"),
        "withdrawals": ("APPLY", "IGNORE"),
        "whom": ("NOBODY", "MARKED", "ALL"),
        "bases": ("CONSENT", "CONTRACT", "LEGAL_OBLIGATION", "LEGITIMATE_INTEREST"),
        "purposes": ("PROMOTIONAL", "NEWSLETTER"),
        "delimiters": ((",", _("Comma")), (";", _("Semicolon")), ("\t", _("Tab")), ("|", _("Bar"))),
    }


def _column(column: dict[str, Any], known: set[str], by_hand: set[str]) -> dict[str, Any]:
    """A column of the file, with what its list of choices needs."""
    key, header = column["column"] or "", column["header"]
    is_attribute = key == f"attribute:{header}"
    was = ATTRIBUTE if is_attribute else key
    other = "" if is_attribute or key in known else key
    return {**column, "by_hand": header in by_hand, "was": was, "chosen": was, "other": other}


def typed_again(context: dict[str, Any], form: QueryDict) -> dict[str, Any]:
    """The form with what staff typed, if it comes back with errors."""
    columns = [
        {**column, "chosen": form.get(f"column_{number}", column["chosen"])}
        for number, column in enumerate(context["columns"])
    ]
    return {**context, "typed": context["typed"] | typed(form), "columns": columns}


def _row(row: dict[str, Any], names: Mapping[str, str], definitions: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """A row of the preview: what it changes of a record that is there, and the values that it has besides."""
    changes = [
        {
            "name": names.get(one["field"]) or said(one["field"]),
            "before": value_of(one["field"], before, definitions),
            "after": value_of(one["field"], after, definitions),
        }
        for one in in_order(row["changes"], names)
        for before, after in [_different(one["before"], one["after"])]
    ]
    changed = {one["field"] for one in row["changes"]}
    values = [
        {
            "name": names.get(one["field"]) or said(one["field"]),
            "value": value_of(one["field"], one["value"], definitions),
        }
        for one in in_order(row["values"], names)
        if one["value"] not in (None, "", [], {}) and one["field"] not in changed
    ]
    return {**row, "changes": changes, "values": values}


def _different(before: Any, after: Any) -> tuple[Any, Any]:
    """Of tags, custom attributes and the like, only the entries that change."""
    if isinstance(before, list) and isinstance(after, list):
        return [one for one in before if one not in after], [one for one in after if one not in before]
    if not (isinstance(before, dict) and isinstance(after, dict)):
        return before, after
    return (
        {name: value for name, value in before.items() if after.get(name) != value},
        {name: value for name, value in after.items() if before.get(name) != value},
    )


def language() -> str:
    """The reader's language, as the API names it."""
    return (get_language() or "en")[:2].upper()
