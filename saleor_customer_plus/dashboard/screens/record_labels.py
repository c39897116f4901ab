"""The tags and groups of one customer."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from ..requests import Screen, ScreenRequest
from . import choices
from . import record_fragments as fragments
from .answers import CHANGED, done
from .record_context import wanted

LABELS = (
    """
query CustomerPlusLabels($id: ID!) {
  customerRecord(id: $id) { id email firstName lastName companyName ...Labels }
}
"""
    + fragments.LABELS
)
TAG_ADD = """
mutation CustomerPlusTagAdd($id: ID!, $names: [String!]) {
  customerRecordTagsAdd(recordId: $id, names: $names) { errors { field message code } }
}
"""
TAG_REMOVE = """
mutation CustomerPlusTagRemove($id: ID!, $tag: ID!) {
  customerRecordTagsRemove(recordId: $id, tagIds: [$tag]) { errors { field message code } }
}
"""
JOIN = """
mutation CustomerPlusJoin($id: ID!, $groups: [ID!]!) {
  customerRecordGroupsJoin(recordId: $id, groupIds: $groups) { errors { field message code } }
}
"""
LEAVE = """
mutation CustomerPlusLeave($id: ID!, $groups: [ID!]!) {
  customerRecordGroupsLeave(recordId: $id, groupIds: $groups) { errors { field message code } }
}
"""
GROUPS = """
query CustomerPlusGroupChoices($id: ID!) {
  customerRecord(id: $id) { id email firstName lastName companyName groups { id name isDefault } }
  customerSettings { severalGroups }
}
"""


def change_labels(request: ScreenRequest, record_id: str) -> Screen:
    """Add or remove a tag, or leave a group; the card again."""
    form = request.form
    errors: list[dict[str, Any]] = []
    if names := [name.strip() for name in form.get("add_tag", "").split(",") if name.strip()]:
        _payload, errors = request.change(TAG_ADD, id=record_id, names=names)
    elif tag := form.get("remove_tag"):
        _payload, errors = request.change(TAG_REMOVE, id=record_id, tag=tag)
    elif group := form.get("leave_group"):
        _payload, errors = request.change(LEAVE, id=record_id, groups=[group])
    return _labels(request, record_id, errors, form.get("add_tag", "") if errors else "")


def _labels(request: ScreenRequest, record_id: str, errors: list[dict[str, Any]], typed: str) -> Screen:
    record = wanted(request.execute(LABELS, id=record_id)["customerRecord"])
    context = {"record": record, "typed": typed, "problem": " ".join(error["message"] for error in errors)}
    return Screen("record/labels.html", context, events=() if errors else (CHANGED,))


def show_tags(request: ScreenRequest, record_id: str) -> Screen:
    """The dialog of the list, to tag somebody without opening the record."""
    return Screen("record/tag_dialog.html", {"record": wanted(request.execute(LABELS, id=record_id)["customerRecord"])})


def suggest_tags(request: ScreenRequest) -> Screen:
    """The names for a field that takes a tag, by what was typed."""
    typed = request.query.get("add_tag", "").rpartition(",")[2].strip()
    return Screen("parts/options.html", {"values": choices.tag_names(request, typed)})


def choose_groups(request: ScreenRequest, record_id: str) -> Screen:
    """The dialog with all groups, and what it saves."""
    errors: list[dict[str, Any]] = []
    if request.is_post:
        errors = _save_groups(request, record_id)
        if not errors:
            return done(_("Groups saved."))
    data = request.execute(GROUPS, id=record_id)
    record = wanted(data["customerRecord"])
    chosen = request.form.getlist("groups") if request.is_post else [group["id"] for group in record["groups"]]
    context = {
        "record": record,
        "choice": choices.offer(request, "group", "groups", chosen, without_default=True),
        "had": [group["id"] for group in record["groups"]],
        "several": data["customerSettings"]["severalGroups"],
        "errors": errors,
    }
    return Screen("record/groups_dialog.html", context)


def _save_groups(request: ScreenRequest, record_id: str) -> list[dict[str, Any]]:
    """Join what is ticked and was not, leave what was on show and is not ticked any more."""
    chosen, shown = request.form.getlist("groups"), request.form.getlist("shown")
    had = {group["id"] for group in wanted(request.execute(LABELS, id=record_id)["customerRecord"])["groups"]}
    errors: list[dict[str, Any]] = []
    if left := [group for group in shown if group in had and group not in chosen]:
        _payload, errors = request.change(LEAVE, id=record_id, groups=left)
    if joined := [group for group in chosen if group not in had and group]:
        _payload, more = request.change(JOIN, id=record_id, groups=joined)
        errors = [*errors, *more]
    return errors
