"""Queries for messages, the preview of one, and templates."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from typing import Any

import graphene

from ... import settings
from ...core.paging import Window, page
from ...mail.models import Mail
from ...messages import placeholders, queries, services, templates
from ...messages.models import MessageTemplate
from ..core.base import checked_text, key_of, staff_only, with_api_errors
from ..core.connections import PAGE_ARGUMENTS, Listing
from ..core.mutations import actor_of
from ..core.types import list_of
from ..records.lookup import existing_record
from .inputs import CustomerMessageInput, draft_of
from .types import (
    CustomerMessage,
    CustomerMessagePreview,
    CustomerMessageState,
    CustomerMessageTemplate,
    MessageConnection,
)

MAX_SEARCH = 255


class MessageQueries:
    """The queries of messages."""

    customer_message = graphene.Field(
        CustomerMessage,
        description="Look up a message by ID. Requires MANAGE_USERS.",
        id=graphene.ID(required=True, description="Global ID of the message."),
    )
    customer_messages = graphene.Field(
        MessageConnection,
        description="List of messages with all customers, newest first. Requires MANAGE_USERS.",
        search=graphene.String(description="Words of the subject or the text."),
        states=list_of(CustomerMessageState, description="Only messages in these states."),
        **PAGE_ARGUMENTS,
    )
    customer_message_preview = graphene.Field(
        CustomerMessagePreview,
        description="A message as a customer would receive it. Nothing is sent. Requires MANAGE_USERS.",
        record_id=graphene.ID(required=True, description="Global ID of the customer record."),
        input=CustomerMessageInput(required=True, description="The message."),
    )
    customer_message_placeholders = list_of(
        graphene.String,
        description="Names of the placeholders that a message may have. Requires MANAGE_USERS.",
    )
    customer_message_templates = list_of(
        CustomerMessageTemplate,
        description="All templates, sorted by name, at most 500. Requires MANAGE_USERS.",
    )
    customer_message_template = graphene.Field(
        CustomerMessageTemplate,
        description="Look up a template by ID. Requires MANAGE_USERS.",
        id=graphene.ID(required=True, description="Global ID of the template."),
    )

    @staticmethod
    @staff_only
    @with_api_errors
    def resolve_customer_message(_root: Any, _info: Any, id: str) -> Mail | None:
        return queries.find(key_of(id, "CustomerMessage", field="id"))

    @staticmethod
    @staff_only
    @with_api_errors
    def resolve_customer_messages(
        _root: Any, _info: Any, search: str | None = None, states: Sequence[str] | None = None, **arguments: Any
    ) -> Listing:
        words = checked_text(search or "", field="search", longest=MAX_SEARCH)
        ordering = queries.all_messages(search=words, states=states)
        return Listing(
            page=functools.cache(lambda: page(ordering, Window.of("customerMessages", **arguments))),
            count=ordering.segments[0].rows.count,
        )

    @staticmethod
    @staff_only
    @with_api_errors
    def resolve_customer_message_preview(
        _root: Any, info: Any, record_id: str, input: Mapping[str, Any]
    ) -> CustomerMessagePreview:
        record = existing_record(record_id)
        draft = draft_of(input)
        chosen, _is_active = settings.load()
        composed = services.preview(record, draft, chosen, actor=actor_of(info))
        return CustomerMessagePreview(composed, bool(services.may_be_written_to([record.pk], draft)))

    @staticmethod
    @staff_only
    def resolve_customer_message_placeholders(_root: Any, _info: Any) -> list[str]:
        return sorted(placeholders.NAMES)

    @staticmethod
    @staff_only
    def resolve_customer_message_templates(_root: Any, _info: Any) -> list[MessageTemplate]:
        return list(templates.all_templates())

    @staticmethod
    @staff_only
    @with_api_errors
    def resolve_customer_message_template(_root: Any, _info: Any, id: str) -> MessageTemplate | None:
        key = key_of(id, "CustomerMessageTemplate", field="id")
        return templates.all_templates().filter(pk=key).first()
