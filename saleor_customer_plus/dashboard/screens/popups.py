"""Popups that Saleor's list of customers and its page of a customer open: a tag, a group, a note, an export."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ..requests import Screen, ScreenRequest
from . import bulk
from .record_notes import CREATE, draft_of, note_of

# Records that one document looks up: each is a field at its top, of which the API limits the number.
AT_ONCE = 20
# `customerIds`, `customerIds[]` and `customerIds[0]`: however a client writes lists into an address.
_IDS = re.compile(r"customerIds?(\[\d*\])?")


def show_tag(request: ScreenRequest) -> Screen:
    return _dialog(request, "tag", _("Add tags"))


def show_group(request: ScreenRequest) -> Screen:
    return _dialog(request, "group", _("Add to a group"))


def show_export(request: ScreenRequest) -> Screen:
    return _dialog(request, bulk.EXPORT, _("Export"))


def show_note(request: ScreenRequest) -> Screen:
    """A note on each of them."""
    if request.is_post:
        return _write(request)
    ids, note = _found(request)
    context = {"ids": ids, "note": note, "count": len(ids)}
    return _in_popup(Screen("popups/note.html" if ids else "bulk/nobody.html", context))


def _write(request: ScreenRequest) -> Screen:
    ids = request.form.getlist("ids")
    while ids:
        _payload, errors = request.change(CREATE, id=ids[0], input=note_of(request))
        if errors:  # those that have it already are not asked for again
            context = {"ids": ids, "count": len(ids), "errors": errors, **draft_of(request)}
            return Screen("popups/note.html", context)
        ids = ids[1:]
    return Screen("empty.html", notice=_("Note saved."), events=("customerPlusClose",))


def _dialog(request: ScreenRequest, action: str, title: str) -> Screen:
    ids, note = _found(request)
    title = f"{title} ({len(ids)})"
    return _in_popup(bulk.dialog(request, QueryDict(), ids=ids, action=action, is_fixed=True, note=note, title=title))


def _in_popup(screen: Screen) -> Screen:
    """The page of a popup: its dialog, with a place for those that follow."""
    return replace(screen, template="popups/popup.html", context={**screen.context, "inner": screen.template})


def _found(request: ScreenRequest) -> tuple[list[str], str]:
    """The records of the accounts that the Dashboard names, and a note about those who have none."""
    accounts = list(
        dict.fromkeys(
            id
            for name, values in request.query.lists()
            if _IDS.fullmatch(name)
            for value in values
            for id in value.split(",")
            if id
        )
    )
    ids: list[str] = []
    for start in range(0, len(accounts), AT_ONCE):
        ids += _records_of(request, accounts[start : start + AT_ONCE])
    missing = len(accounts) - len(ids)
    if not accounts:
        return [], _("Select customers in the list of the Dashboard first.")
    if missing:
        notice = ngettext(
            "%s of them has no confirmed account or order yet, and is left out.",
            "%s of them have no confirmed account or order yet, and are left out.",
            missing,
        )
        return ids, notice % missing
    return ids, ""


def _records_of(request: ScreenRequest, accounts: list[str]) -> list[str]:
    names = [f"id{number}" for number in range(len(accounts))]
    arguments = ", ".join(f"${name}: ID!" for name in names)
    fields = " ".join(f"{name}: customerRecord(userId: ${name}) {{ id }}" for name in names)
    variables: dict[str, Any] = dict(zip(names, accounts, strict=True))
    data = request.execute(f"query CustomerPlusOfAccounts({arguments}) {{ {fields} }}", **variables)
    return list(dict.fromkeys(data[name]["id"] for name in names if data[name] is not None))
