"""The export: what, which columns in which order, in which format; options kept under a name."""

from __future__ import annotations

from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from ..requests import Screen, ScreenRequest, address
from . import choices, jobs
from .customer_filters import chips_of, named_in, selection_of, tab_of
from .import_correction import language

CHOICES = """
query CustomerPlusExportChoices($language: CustomerExportLanguage) {
  customerExportColumns(language: $language) { key header example isDefault }
  customerExportProfiles {
    id name description
    exportOptions {
      profile columns format delimiter encoding decimalSeparator dateFormat headerLanguage currency purpose
    }
  }
  customerSettings { exports { defaultFormat defaultColumns } }
}
"""

CREATE = """
mutation CustomerPlusExportCreate(
  $filter: CustomerRecordFilterInput, $search: String, $includeInactive: Boolean, $input: CustomerExportInput
) {
  customerExportCreate(filter: $filter, search: $search, includeInactive: $includeInactive, input: $input) {
    job { id } errors { field message code }
  }
}
"""

SAVE_PROFILE = """
mutation CustomerPlusExportProfileSave($name: String!, $input: CustomerExportInput!) {
  customerExportProfileSave(name: $name, input: $input) { profile { id name } errors { field message code } }
}
"""

TEXTS = (
    "profile",
    "format",
    "delimiter",
    "encoding",
    "decimalSeparator",
    "dateFormat",
    "headerLanguage",
    "currency",
    "purpose",
)
# Parameters of the address that are the export's own. The others are those of the list.
OWN = {*TEXTS, "column", "columns_were", "profile_was", "scope", "list", "inactive", "profile_name"}


def show(request: ScreenRequest) -> Screen:
    """The form; with POST, the export starts and its job is shown."""
    form = request.form if request.is_post else request.query
    if request.is_post:
        selection, inactive = selected(form), bool(form.get("inactive"))
        payload, errors = request.change(CREATE, **selection, includeInactive=inactive, input=options_of(form))
        if not errors:
            return jobs.show(request, payload["job"]["id"])
        return _form(request, form, errors)
    return _form(request, form, [])


def save_profile(request: ScreenRequest) -> Screen:
    """Keep the options of the form under a name."""
    form = request.form
    payload, errors = request.change(SAVE_PROFILE, name=form.get("profile_name", ""), input=options_of(form))
    if errors:
        return Screen("exports/profile.html", {"profile_errors": errors, "profile_name": form.get("profile_name", "")})
    return Screen("exports/profile.html", notice=_("Saved as “%s”.") % payload["profile"]["name"])


def selected(form: QueryDict) -> dict[str, Any]:
    """Whom the form means: everybody, or those of the list."""
    if form.get("scope") != "list":
        return {"filter": None, "search": None}
    selection = selection_of(list_of(form))
    if form.get("inactive"):
        selection["filter"].pop("isActive", None)
    return selection


def list_of(form: QueryDict) -> QueryDict:
    """The address of the list that somebody came from."""
    if "list" in form:
        return QueryDict(form.get("list", ""))
    query = form.copy()
    for name in OWN & set(query):
        del query[name]
    return query


def options_of(form: QueryDict) -> dict[str, Any]:
    """The API's input. Columns that were not touched are those of the profile or the settings."""
    options: dict[str, Any] = {name: text for name in TEXTS if (text := form.get(name, "").strip())}
    columns = form.getlist("column")
    if ",".join(columns) != form.get("columns_were", ""):
        options["columns"] = columns
    return options


def _form(request: ScreenRequest, form: QueryDict, errors: list[dict[str, Any]]) -> Screen:
    listed = list_of(form)
    shown_in = form.get("headerLanguage") or language()
    data = request.execute(CHOICES, language=shown_in)
    profiles = data["customerExportProfiles"]
    # What was typed stays, unless another profile was chosen.
    is_new = not request.is_post and form.get("profile_was") != form.get("profile", "")
    options = _options_of_profile(profiles, form.get("profile", "")) if is_new else {name: form[name] for name in form}
    usual = _usual_columns(data, options if is_new else _options_of_profile(profiles, form.get("profile", "")))
    chosen = usual if is_new else form.getlist("column")
    chips = chips_of(listed, choices.names_of(request, named_in(listed)))
    is_list = bool(chips) or bool(listed.get("q")) or tab_of(listed) != "all"
    context = {
        "profiles": profiles,
        "profile": form.get("profile", ""),
        "options": options,
        "columns": _columns(data["customerExportColumns"], chosen),
        "columns_were": ",".join(usual),
        "default_format": data["customerSettings"]["exports"]["defaultFormat"],
        "formats": ("CSV", "TSV", "XLSX", "JSONL"),
        "languages": ("en", "de", "es", "fr", "it"),
        "encodings": ("UTF-8-BOM", "UTF-8", "UTF-16", "WINDOWS-1252", "ISO-8859-1"),
        "delimiters": ((",", _("Comma")), (";", _("Semicolon")), ("tab", _("Tab")), ("|", _("Bar"))),
        "purposes": ("PROMOTIONAL", "NEWSLETTER"),
        "chips": [chip.label for chip in chips],
        "search": listed.get("q", ""),
        "tab": tab_of(listed),
        "list": listed.urlencode(),
        "is_list": is_list,
        "scope": form.get("scope") or ("list" if is_list else "all"),
        "inactive": form.get("inactive"),
        "errors": errors,
    }
    return Screen("exports/form.html", context, address=address("export", listed) if is_list else address("export"))


def _options_of_profile(profiles: list[dict[str, Any]], name: str) -> dict[str, Any]:
    options = next((one["exportOptions"] for one in profiles if one["name"] == name), None) or {}
    return {key: value for key, value in options.items() if value is not None}


def _usual_columns(data: dict[str, Any], options: dict[str, Any]) -> list[str]:
    columns: list[str] = options.get("columns") or data["customerSettings"]["exports"]["defaultColumns"]
    return columns or [one["key"] for one in data["customerExportColumns"] if one["isDefault"]]


def _columns(known: list[dict[str, Any]], chosen: list[str]) -> list[dict[str, Any]]:
    """The chosen ones in their order, then the others."""
    by_key = {one["key"]: one for one in known}
    first = [{**by_key.get(key, {"key": key, "header": key, "example": ""}), "is_chosen": True} for key in chosen]
    return [*first, *({**one, "is_chosen": False} for one in known if one["key"] not in chosen)]
