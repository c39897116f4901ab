"""Groups: created, edited, deleted."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from django.utils.translation import gettext as _

from ..requests import Screen, ScreenRequest
from .answers import done

GROUP = """
query CustomerPlusGroup($id: ID!) {
  customerGroup(id: $id) { id name description isDefault voucherCode memberCount }
}
"""
VOUCHERS = "query CustomerPlusVouchers { customerSettings { groupVouchers } }"
CREATE = """
mutation CustomerPlusGroupCreate($input: CustomerGroupInput!) {
  customerGroupCreate(input: $input) { errors { field message code } }
}
"""
UPDATE = """
mutation CustomerPlusGroupUpdate($id: ID!, $input: CustomerGroupInput!) {
  customerGroupUpdate(id: $id, input: $input) { errors { field message code } }
}
"""
DELETE = """
mutation CustomerPlusGroupDelete($id: ID!) {
  customerGroupDelete(id: $id) { errors { field message code } }
}
"""

FIELDS = ("name", "description", "voucherCode")


def create_group(request: ScreenRequest) -> Screen:
    values, errors = _typed(request), list[dict[str, Any]]()
    if request.is_post:
        _payload, errors = request.change(CREATE, input=values)
        if not errors:
            return done(_("Group created."))
    return _form(request, {"values": values, "errors": errors})


def edit_group(request: ScreenRequest, group_id: str) -> Screen:
    group = _existing(request, group_id)
    values, errors = group, list[dict[str, Any]]()
    if request.is_post:
        values = _typed(request)
        _payload, errors = request.change(UPDATE, id=group_id, input=values)
        if not errors:
            return done(_("Group saved."))
    return _form(request, {"group": group, "values": values, "errors": errors})


def delete_group(request: ScreenRequest, group_id: str) -> Screen:
    errors: list[dict[str, Any]] = []
    if request.is_post:
        _payload, errors = request.change(DELETE, id=group_id)
        if not errors:
            return done(_("Group deleted."))
    return Screen("settings/group_delete.html", {"group": _existing(request, group_id), "errors": errors})


def _form(request: ScreenRequest, context: dict[str, Any]) -> Screen:
    are_on = request.execute(VOUCHERS)["customerSettings"]["groupVouchers"]
    return Screen("settings/group.html", {**context, "are_vouchers_on": are_on})


def _typed(request: ScreenRequest) -> dict[str, str]:
    return {name: request.form.get(name, "").replace("\r\n", "\n").strip() for name in FIELDS}


def _existing(request: ScreenRequest, group_id: str) -> dict[str, Any]:
    group: dict[str, Any] | None = request.execute(GROUP, id=group_id)["customerGroup"]
    if group is None:
        raise Http404
    return group
