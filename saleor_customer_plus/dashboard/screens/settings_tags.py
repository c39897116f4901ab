"""Tags: created, renamed, coloured, merged, deleted."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from django.utils.translation import gettext as _

from ..requests import Screen, ScreenRequest
from . import choices
from .answers import done

TAG = "query CustomerPlusTag($id: ID!) { customerTag(id: $id) { id name color usageCount } }"
CREATE = """
mutation CustomerPlusTagCreate($input: CustomerTagInput!) {
  customerTagCreate(input: $input) { errors { field message code } }
}
"""
UPDATE = """
mutation CustomerPlusTagUpdate($id: ID!, $input: CustomerTagInput!) {
  customerTagUpdate(id: $id, input: $input) { errors { field message code } }
}
"""
MERGE = """
mutation CustomerPlusTagMerge($id: ID!, $target: ID!) {
  customerTagMerge(sourceIds: [$id], targetId: $target) { errors { field message code } }
}
"""
DELETE = """
mutation CustomerPlusTagDelete($id: ID!) {
  customerTagDelete(id: $id) { errors { field message code } }
}
"""


def create_tag(request: ScreenRequest) -> Screen:
    errors: list[dict[str, Any]] = []
    if request.is_post:
        _payload, errors = request.change(CREATE, input=_typed(request))
        if not errors:
            return done(_("Tag created."))
    return Screen("settings/tag.html", {"values": _typed(request), "errors": errors})


def edit_tag(request: ScreenRequest, tag_id: str) -> Screen:
    tag = _existing(request, tag_id)
    values, errors = tag, list[dict[str, Any]]()
    if request.is_post:
        values = _typed(request)
        _payload, errors = request.change(UPDATE, id=tag_id, input=values)
        if not errors:
            return done(_("Tag saved."))
    return Screen("settings/tag.html", {"tag": tag, "values": values, "errors": errors})


def merge_tag(request: ScreenRequest, tag_id: str) -> Screen:
    """Whoever has this tag gets the other one, and this one is gone."""
    name = request.form.get("add_tag", "").strip()
    errors: list[dict[str, Any]] = []
    if request.is_post:
        target = _named(request, name)
        if target is None:
            errors = [{"field": "targetId", "message": _("There is no tag with this name."), "code": "NOT_FOUND"}]
        else:
            _payload, errors = request.change(MERGE, id=tag_id, target=target)
        if not errors:
            return done(_("Tags merged."))
    return Screen("settings/tag_merge.html", {"tag": _existing(request, tag_id), "typed": name, "errors": errors})


def delete_tag(request: ScreenRequest, tag_id: str) -> Screen:
    errors: list[dict[str, Any]] = []
    if request.is_post:
        _payload, errors = request.change(DELETE, id=tag_id)
        if not errors:
            return done(_("Tag deleted."))
    return Screen("settings/tag_delete.html", {"tag": _existing(request, tag_id), "errors": errors})


def _typed(request: ScreenRequest) -> dict[str, str]:
    has_color = request.form.get("has_color") == "yes"
    color = request.form.get("color", "").strip() if has_color else ""
    return {"name": request.form.get("name", "").strip(), "color": color}


def _existing(request: ScreenRequest, tag_id: str) -> dict[str, Any]:
    tag: dict[str, Any] | None = request.execute(TAG, id=tag_id)["customerTag"]
    if tag is None:
        raise Http404
    return tag


def _named(request: ScreenRequest, name: str) -> str | None:
    """The tag of this name. Names differ in more than their case."""
    return choices.ids_of(request, "tag", [name]).get(name.casefold()) if name else None
