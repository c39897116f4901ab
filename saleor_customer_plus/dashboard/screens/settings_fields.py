"""Fields of the shop's own: defined, changed, deleted and restored, with what becomes of their values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import Http404, QueryDict
from django.utils.translation import gettext as _

from ..requests import Screen, ScreenRequest
from .answers import done, refused
from .jobs import start_in_dialog
from .own_fields import number_of

FIELD = """
query CustomerPlusField($id: ID!) {
  customerField(id: $id) {
    id key label type helpText isRequired isUnique isIndexed isVisibleToCustomer valueCount
    limits { minLength maxLength mask minNumber maxNumber minDate maxDate currency } choices { value label }
  }
}
"""
CREATE = """
mutation CustomerPlusFieldCreate($input: CustomerFieldCreateInput!) {
  customerFieldCreate(input: $input) { errors { field message code } }
}
"""
UPDATE = """
mutation CustomerPlusFieldUpdate($id: ID!, $input: CustomerFieldUpdateInput!, $token: String) {
  customerFieldUpdate(id: $id, input: $input, token: $token) { job { id } errors { field message code } }
}
"""
PREVIEW = """
query CustomerPlusFieldPreview($id: ID!, $input: CustomerFieldUpdateInput) {
  customerFieldChangePreview(id: $id, input: $input) { valueCount keptCount lostCount lostExamples token }
}
"""
DELETE = """
mutation CustomerPlusFieldDelete($id: ID!, $token: String) {
  customerFieldDelete(id: $id, token: $token) { errors { field message code } }
}
"""
RESTORE = """
mutation CustomerPlusFieldRestore($id: ID!) {
  customerFieldRestore(id: $id) { job { id } errors { field message code } }
}
"""
ORDER = "query CustomerPlusFieldOrder { customerFields { id } }"
REORDER = """
mutation CustomerPlusFieldsReorder($ids: [ID!]!) {
  customerFieldsReorder(ids: $ids) { errors { field message code } }
}
"""

TYPES = ("TEXT", "NUMBER", "DATE", "BOOLEAN", "CHOICE", "CHOICES", "MONEY", "ORDER", "PRODUCT")
FLAGS = ("isRequired", "isUnique", "isIndexed", "isVisibleToCustomer")
# The limits that fields of a type have.
LIMITS = {
    "TEXT": ("minLength", "maxLength", "mask"),
    "NUMBER": ("minNumber", "maxNumber"),
    "MONEY": ("minNumber", "maxNumber", "currency"),
    "DATE": ("minDate", "maxDate"),
}
_NUMBERS = ("minLength", "maxLength", "minNumber", "maxNumber")

Values = dict[str, Any]


def create_field(request: ScreenRequest) -> Screen:
    values, errors = _typed(request.form), list[dict[str, Any]]()
    if request.is_post:
        key = request.form.get("key", "").strip()
        _payload, errors = request.change(CREATE, input=_input(values) | ({"key": key} if key else {}))
        if not errors:
            return done(_("Field created."))
        values["key"] = key
    return _form(values, errors)


def edit_field(request: ScreenRequest, field_id: str) -> Screen:
    """The form, and what it saves. If values would be altered, what becomes of them is shown first."""
    field = _existing(request, field_id)
    if not request.is_post:
        return _form(_as_values(field), [], field)
    values = _typed(request.form)
    given, token = _input(values), request.form.get("token") or None
    payload, errors = request.change(UPDATE, id=field_id, input=given, token=token)
    if not errors and payload["job"]:
        return start_in_dialog(request, payload["job"]["id"])
    if not errors:
        return done(_("Field saved."))
    others = [error for error in errors if error["field"] != "token"]
    if others:
        return _form(values, others, field)
    impact = request.execute(PREVIEW, id=field_id, input=given)["customerFieldChangePreview"]
    return _form(values, [], field, impact=impact, was_previewed=token is not None)


def show_limits(request: ScreenRequest) -> Screen:
    """The part of the form that depends on the type."""
    values = _typed(request.query)
    return Screen("settings/field_limits.html", {"values": values, "limits": LIMITS.get(values["type"], ())})


def delete_field(request: ScreenRequest, field_id: str) -> Screen:
    """Tell first how many values go with it. It can be restored for a while."""
    errors: list[dict[str, Any]] = []
    if request.is_post:
        _payload, errors = request.change(DELETE, id=field_id, token=request.form.get("token") or None)
        if not errors:
            return done(_("Field deleted. You can restore it in the settings."))
    field = _existing(request, field_id)
    impact = request.execute(PREVIEW, id=field_id, input=None)["customerFieldChangePreview"]
    return Screen("settings/field_delete.html", {"field": field, "impact": impact, "errors": errors})


def restore_field(request: ScreenRequest, field_id: str) -> Screen:
    payload, errors = request.change(RESTORE, id=field_id)
    if not errors and payload["job"]:
        return start_in_dialog(request, payload["job"]["id"])
    return refused(errors) if errors else done(_("Field restored, with its values."))


def move_field(request: ScreenRequest, field_id: str) -> Screen:
    """One place up in the order of the fields."""
    ids = [one["id"] for one in request.execute(ORDER)["customerFields"]]
    if field_id not in ids:
        raise Http404
    place = ids.index(field_id)
    ids.insert(max(place - 1, 0), ids.pop(place))
    _payload, errors = request.change(REORDER, ids=ids)
    return refused(errors) if errors else done("")


def _form(values: Values, errors: list[dict[str, Any]], field: Mapping[str, Any] | None = None, **more: Any) -> Screen:
    context = {
        "field": field,
        "values": values,
        "errors": errors,
        "types": TYPES,
        "limits": LIMITS.get(values["type"], ()),
        **more,
    }
    return Screen("settings/field.html", context)


def _typed(form: QueryDict) -> Values:
    names = ("label", "helpText", "type", *{name for limits in LIMITS.values() for name in limits})
    values: Values = {name: form.get(name, "").replace("\r\n", "\n").strip() for name in names}
    values["type"] = values["type"] or "TEXT"
    values |= {name: form.get(name) == "yes" for name in FLAGS}
    pairs = zip(form.getlist("choice_value"), form.getlist("choice_label"), strict=False)
    values["choices"] = [{"value": value, "label": label.strip()} for value, label in pairs]
    values["new_choices"] = form.get("new_choices", "").replace("\r\n", "\n")
    return values


def _as_values(field: Mapping[str, Any]) -> Values:
    limits = {name: "" if limit is None else _plain(limit) for name, limit in field["limits"].items()}
    return {**limits, **{name: field[name] for name in ("label", "helpText", "type", "choices", *FLAGS)}}


def _plain(limit: Any) -> str:
    return f"{limit:.6f}".rstrip("0").rstrip(".") if isinstance(limit, float) else str(limit)


def _input(values: Values) -> dict[str, Any]:
    """What the API takes. What is no number is passed on, so that the API says so."""
    limits = {name: values[name] for name in LIMITS.get(values["type"], ()) if values[name]}
    given: dict[str, Any] = {name: values[name] for name in ("label", "helpText", "type", *FLAGS)}
    given["limits"] = {name: number_of(text) if name in _NUMBERS else text for name, text in limits.items()}
    if values["type"] in ("CHOICE", "CHOICES"):
        kept = [one for one in values["choices"] if one["label"]]
        new = [{"label": line.strip()} for line in values["new_choices"].split("\n") if line.strip()]
        given["choices"] = [*kept, *new]
    return given


def _existing(request: ScreenRequest, field_id: str) -> dict[str, Any]:
    field: dict[str, Any] | None = request.execute(FIELD, id=field_id)["customerField"]
    if field is None:
        raise Http404
    return field
