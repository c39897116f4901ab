"""Saved options of imports and exports."""

from __future__ import annotations

from django.utils.translation import gettext as _

from ..requests import Screen, ScreenRequest

DELETE_PROFILE = """
mutation CustomerPlusProfileDelete($id: ID!) {
  customerJobProfileDelete(id: $id) { profile { id } errors { field message code } }
}
"""


def delete(request: ScreenRequest, profile_id: str) -> Screen:
    _payload, errors = request.change(DELETE_PROFILE, id=profile_id)
    if errors:
        return Screen("empty.html", notice=errors[0]["message"], notice_status="error")
    return Screen("empty.html", notice=_("The profile was deleted."), events=("customerPlusReload",))
