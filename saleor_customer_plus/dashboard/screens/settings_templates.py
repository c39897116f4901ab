"""Templates of messages: written in several languages, renamed, deleted."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from django.utils.translation import gettext as _

from ..requests import Screen, ScreenRequest
from .answers import done
from .record_messages import PURPOSES

TEMPLATE = """
query CustomerPlusTemplate($id: ID!) {
  customerMessageTemplate(id: $id) { id name purpose texts { languageCode subject body } }
}
"""
CREATE = """
mutation CustomerPlusTemplateCreate($input: CustomerMessageTemplateInput!) {
  customerMessageTemplateCreate(input: $input) { errors { field message code } }
}
"""
UPDATE = """
mutation CustomerPlusTemplateUpdate($id: ID!, $input: CustomerMessageTemplateInput!) {
  customerMessageTemplateUpdate(id: $id, input: $input) { errors { field message code } }
}
"""
DELETE = """
mutation CustomerPlusTemplateDelete($id: ID!) {
  customerMessageTemplateDelete(id: $id) { errors { field message code } }
}
"""
_BLANK = {"languageCode": "", "subject": "", "body": ""}


def create_template(request: ScreenRequest) -> Screen:
    errors: list[dict[str, Any]] = []
    values: dict[str, Any] = {"texts": []}
    if request.is_post:
        values = _typed(request)
        _payload, errors = request.change(CREATE, input=values)
        if not errors:
            return done(_("Template created."))
    return _dialog(None, values, errors)


def edit_template(request: ScreenRequest, template_id: str) -> Screen:
    template = _existing(request, template_id)
    values, errors = template, list[dict[str, Any]]()
    if request.is_post:
        values = _typed(request)
        _payload, errors = request.change(UPDATE, id=template_id, input=values)
        if not errors:
            return done(_("Template saved."))
    return _dialog(template, values, errors)


def delete_template(request: ScreenRequest, template_id: str) -> Screen:
    errors: list[dict[str, Any]] = []
    if request.is_post:
        _payload, errors = request.change(DELETE, id=template_id)
        if not errors:
            return done(_("Template deleted."))
    return Screen("settings/template_delete.html", {"template": _existing(request, template_id), "errors": errors})


def _dialog(template: dict[str, Any] | None, values: dict[str, Any], errors: list[dict[str, Any]]) -> Screen:
    """With a blank text at the end, for another language."""
    context = {"template": template, "values": values, "purposes": PURPOSES, "errors": errors}
    return Screen("settings/template.html", {**context, "texts": [*values["texts"], _BLANK]})


def _typed(request: ScreenRequest) -> dict[str, Any]:
    """What was typed. A language whose subject and text were emptied is taken away."""
    form = request.form
    rows = zip(form.getlist("language"), form.getlist("subject"), form.getlist("body"), strict=False)
    return {
        "name": form.get("name", "").strip(),
        "purpose": form.get("purpose") or PURPOSES[0],
        "texts": [
            {"languageCode": language.strip(), "subject": subject, "body": body}
            for language, subject, body in rows
            if subject.strip() or body.strip()
        ],
    }


def _existing(request: ScreenRequest, template_id: str) -> dict[str, Any]:
    template: dict[str, Any] | None = request.execute(TEMPLATE, id=template_id)["customerMessageTemplate"]
    if template is None:
        raise Http404
    return template
