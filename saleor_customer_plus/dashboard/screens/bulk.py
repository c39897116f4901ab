"""One action on many customers: those that are ticked in the list, or all that match it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from ..requests import Screen, ScreenRequest
from . import choices, exports, jobs, own_fields
from .bulk_actions import FIELDS, action_of
from .customer_filters import selection_of
from .customers import COUNT
from .job_words import ACTIONS
from .record_messages import PURPOSES

UPDATE = """
mutation CustomerPlusBulkUpdate(
  $ids: [ID!], $filter: CustomerRecordFilterInput, $search: String, $action: CustomerBulkActionInput!
) {
  customerRecordsBulkUpdate(ids: $ids, filter: $filter, search: $search, action: $action) {
    job { id } errors { field message code }
  }
}
"""

CHOICES = """
query CustomerPlusBulkChoices($places: Boolean!, $profiles: Boolean!) {
  customerSettings @include(if: $places) { countries { code } languages { code } }
  customerExportProfiles @include(if: $profiles) { name }
}
"""

EXPORT = "export"
SET_FIELDS = "setFields"
# What actions choose among, and how the form calls it.
CHOSEN = {
    "tag": ("tag", "tag"),
    "untag": ("tag", "tag"),
    "group": ("group", "group"),
    "ungroup": ("group", "group"),
    "assignLeads": ("staff", "owner"),
}


def show(request: ScreenRequest) -> Screen:
    """The dialog: whom, and what to do with them."""
    query = request.query
    if not query.get("all"):
        return dialog(request, QueryDict(), ids=list(dict.fromkeys(query.getlist("ids"))))
    listed = query.copy()
    for name in ("all", "ids", "action"):
        listed.pop(name, None)
    return dialog(request, QueryDict(), listed=listed.urlencode())


def show_fields(request: ScreenRequest) -> Screen:
    """What the chosen action needs to know."""
    form = request.query
    return Screen("bulk/fields.html", _fields(request, form, form.get("action", "")))


def run(request: ScreenRequest) -> Screen:
    """Start the job, and show how far it is."""
    form = request.form
    ids, listed = form.getlist("ids"), form.get("list") if form.get("everybody") else None
    if not ids and listed is None:
        return dialog(request, form)
    if form.get("action") == EXPORT:
        selection = {"filter": {"ids": ids}, "search": None} if ids else selection_of(QueryDict(listed or ""))
        payload, errors = request.change(
            exports.CREATE, **selection, includeInactive=bool(ids), input=exports.options_of(form)
        )
    else:
        payload, errors = _update(request, ids, listed, form)
    if errors:
        return dialog(request, form, errors, ids=ids, listed=listed)
    return jobs.start_in_dialog(request, payload["job"]["id"])


def _update(
    request: ScreenRequest, ids: list[str], listed: str | None, form: QueryDict
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    definitions = choices.fields(request) if form.get("action") == SET_FIELDS else []
    action = action_of(form, definitions)
    if not action:
        return {}, [{"field": "action", "message": _("Choose what to do."), "code": "REQUIRED"}]
    selection: dict[str, Any] = {"ids": ids} if ids else selection_of(QueryDict(listed or ""))
    return request.change(UPDATE, **selection, action=action)


def dialog(
    request: ScreenRequest,
    form: QueryDict,
    errors: Sequence[Mapping[str, Any]] = (),
    *,
    ids: Sequence[str] = (),
    listed: str | None = None,
    **more: Any,
) -> Screen:
    """The dialog for some customers, or for all that match a list. For neither, it says that somebody is needed."""
    if ids:
        count = len(ids)
    elif listed is None:
        return Screen("bulk/nobody.html", more)
    else:
        count = request.execute(COUNT, **selection_of(QueryDict(listed)))["customerRecords"]["totalCount"]
    context = {
        "ids": ids,
        "list": listed or "",
        "count": count,
        "actions": [*ACTIONS.items(), (EXPORT, _("Export"))],
        "errors": errors,
        **_fields(request, form, more.pop("action", "") or form.get("action", "")),
        **more,
    }
    return Screen("bulk/dialog.html", context)


def _fields(request: ScreenRequest, form: QueryDict, chosen: str) -> dict[str, Any]:
    places, profiles = chosen == SET_FIELDS, chosen == EXPORT
    definitions = own_fields.for_many(choices.fields(request)) if places else []
    typed = {own_fields.name_of(one["key"]): own_fields.typed(form, one) for one in definitions}
    data = request.execute(CHOICES, places=places, profiles=profiles) if places or profiles else {}
    settings = data.get("customerSettings") or {}
    wanted = CHOSEN.get(chosen)
    return {
        "chosen": chosen,
        "form": {name: form[name] for name in form},
        "set_fields": form.getlist("set"),
        "choice": choices.offer(request, *wanted, form.getlist(wanted[1])) if wanted else None,
        "message_templates": choices.message_templates(request) if chosen == "message" else [],
        "message_purposes": PURPOSES,
        "countries": [one["code"] for one in settings.get("countries", ())],
        "languages": [one["code"] for one in settings.get("languages", ())],
        "profiles": [one["name"] for one in data.get("customerExportProfiles") or ()],
        "fields": FIELDS,
        "own_fields": own_fields.inputs(definitions, typed),
        "channels": ("EMAIL", "SMS", "PHONE", "POST"),
        "purposes": ("NEWSLETTER", "PROMOTIONAL", "SYSTEM"),
        "states": ("SUBSCRIBED", "UNSUBSCRIBED", "PENDING"),
        "levels": ("SINGLE_OPT_IN", "CONFIRMED_OPT_IN", "SOFT_OPT_IN", "UNKNOWN"),
        "bases": ("CONSENT", "CONTRACT", "LEGAL_OBLIGATION", "LEGITIMATE_INTEREST"),
        "formats": ("CSV", "TSV", "XLSX", "JSONL"),
    }
