"""Inputs of messages and templates."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import graphene

from ...errors import CustomerPlusError, ErrorCode, Problems
from ...mail.models import Mail, MailPurpose
from ...messages import queries, templates
from ...messages.models import MessageTemplate
from ...messages.services import Draft, check
from ...messages.templates import Text
from ..core.base import key_of
from ..core.types import list_of
from .types import CustomerMessagePurpose


class CustomerMessageInput(graphene.InputObjectType):  # type: ignore[misc]
    """Fields of a message: either a subject and a body, or a template."""

    subject = graphene.String(description="Subject, at most 255 characters in one line. May have placeholders.")
    body = graphene.String(
        description="Text in Markdown, at most 20,000 characters. Placeholders stand in double braces, such as "
        "{{ first_name }}: an unknown one is an error."
    )
    template_id = graphene.ID(
        description="Global ID of a template: the text in the customer's language is sent, else the first one."
    )
    purpose = graphene.Argument(
        CustomerMessagePurpose,
        description="What the message is sent for. That of the template, or SERVICE, if omitted.",
    )
    reply_to = graphene.String(description="Address to which the customer replies. That of the settings if omitted.")
    override_reason = graphene.String(
        description="Why the message is sent without the consent that its purpose needs. Logged."
    )
    answers_id = graphene.ID(description="Global ID of the customer's message that this one answers.")


class CustomerMessageTemplateTextInput(graphene.InputObjectType):  # type: ignore[misc]
    """A template in one language."""

    language_code = graphene.String(required=True, description="Language code, such as de or pt-br.")
    subject = graphene.String(required=True, description="Subject. May have placeholders.")
    body = graphene.String(required=True, description="Text in Markdown. May have placeholders.")


class CustomerMessageTemplateInput(graphene.InputObjectType):  # type: ignore[misc]
    """Fields of a template."""

    name = graphene.String(description="Name. Required to create a template. Unchanged if omitted.")
    purpose = graphene.Argument(
        CustomerMessagePurpose, description="What its messages are sent for. SERVICE, or unchanged, if omitted."
    )
    texts = list_of(
        CustomerMessageTemplateTextInput,
        description="The template in each language, all of them. Required to create a template. Unchanged if omitted.",
    )


def draft_of(given: Mapping[str, Any]) -> Draft:
    """The message that was given. Raise for all that is wrong with it, and for ids of nothing, at once."""
    problems, template, answers = Problems(), None, None
    with problems.noted():
        template = _template(given.get("template_id"))
    with problems.noted():
        answers = _answered(given.get("answers_id"))
    purpose = given.get("purpose") or (template.purpose if template else MailPurpose.SERVICE)
    draft = Draft(
        subject=given.get("subject") or "",
        body=given.get("body") or "",
        template=template,
        purpose=MailPurpose(purpose),
        reply_to=given.get("reply_to") or "",
        override_reason=(given.get("override_reason") or "").strip(),
        answers=answers,
    )
    with problems.noted():
        # Without the template that was meant, nobody knows whether a subject is missing.
        check(draft, is_whole=template is not None or given.get("template_id") is None)
    problems.raise_any()
    return draft


def _template(id: str | None) -> MessageTemplate | None:
    if id is None:
        return None
    key = key_of(id, "CustomerMessageTemplate", field="template_id")
    return templates.existing(key, field="template_id")


def _answered(id: str | None) -> Mail | None:
    if id is None:
        return None
    found = queries.find(key_of(id, "CustomerMessage", field="answers_id"))
    if found is None:
        raise CustomerPlusError("No message has this id.", code=ErrorCode.NOT_FOUND, field="answers_id")
    return found


def texts_of(given: Mapping[str, Any]) -> list[Text] | None:
    """The texts of a template that were given, None if they were not."""
    texts = given.get("texts")
    return None if texts is None else [Text(**{name: text[name] for name in Text.__slots__}) for text in texts]
