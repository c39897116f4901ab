"""Mutations of messages and templates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import graphene

from ... import settings
from ...activity.models import ActorType
from ...activity.services import Actor
from ...errors import CustomerPlusError, ErrorCode, Problems
from ...mail.attachments import MAX_FILES, Staging
from ...mail.composing import checked_address
from ...mail.models import MailPurpose
from ...mail.reading import MAX_BYTES
from ...messages import services, templates
from ...saleor_adapter import host
from ...sync import incoming_mail
from ...sync.incoming_mail import Outcome
from ..core.base import key_of, with_ids_of
from ..core.mutations import FilesMutation, StaffMutation
from ..core.types import enum_of, list_of
from ..core.uploads import Upload, uploaded
from ..records.lookup import existing_record
from .inputs import CustomerMessageInput, CustomerMessageTemplateInput, draft_of, texts_of
from .types import CustomerMessage, CustomerMessageTemplate

CustomerMessageReceiveOutcome = enum_of(
    Outcome,
    name="CustomerMessageReceiveOutcome",
    description="What became of a message that was received.",
    values={
        "RECEIVED": "It was added to the conversation with the customer",
        "KNOWN": "It had been received before, and was not added again",
        "BOUNCE": "It reports that a message could not be delivered, which is marked so",
        "UNKNOWN_SENDER": "No customer is known by the sender's address. It was not kept",
        "IGNORED": "It has no sender, or the shop itself sent it. It was not kept",
    },
)
_FILES = f"Files, at most {MAX_FILES}, sent as a multipart request. Their type is detected from the content."


class _FilesMutation(FilesMutation):
    class Meta:
        abstract = True

    staging = Staging


class CustomerMessageSend(_FilesMutation):
    """Sends a message to a customer, in the background. Requires MANAGE_USERS.

    A message that is not for service needs the customer's consent for its purpose, or a reason to send it all the same.
    """

    message = graphene.Field(CustomerMessage, description="The message. Null if the mutation failed.")

    class Arguments:
        record_id = graphene.ID(required=True, description="Global ID of the customer record.")
        input = CustomerMessageInput(required=True, description="The message.")
        attachments = list_of(Upload, description=_FILES)

    @classmethod
    def perform(
        cls,
        info: Any,
        actor: Actor,
        *,
        stage: Staging,
        record_id: str,
        input: Mapping[str, Any],
        attachments: Sequence[Any] | None = None,
    ) -> dict[str, Any]:
        chosen, _is_active = settings.load()
        problems = Problems()
        with problems.noted():
            record = existing_record(record_id)
        with problems.noted():
            draft = draft_of(input)
        with problems.noted():
            files = [uploaded(info, name, field="attachments") for name in attachments or ()]
        problems.raise_any()
        if draft.answers is not None and draft.answers.record_id != record.pk:
            raise CustomerPlusError("This message is of another customer.", field="answers_id")
        stored = stage.store(files, chosen)
        (message,) = services.send([record.pk], draft, chosen, actor=actor, files=stored)
        return {"message": message}


class CustomerMessageSendTest(_FilesMutation):
    """Sends a message, as a customer would receive it, to a test address. Requires MANAGE_USERS.

    The address is that of the settings, else the caller's own.
    """

    message = graphene.Field(CustomerMessage, description="The test. Null if the mutation failed.")

    class Arguments:
        record_id = graphene.ID(required=True, description="Global ID of the customer record.")
        input = CustomerMessageInput(required=True, description="The message.")
        attachments = list_of(Upload, description=_FILES)

    @classmethod
    def perform(
        cls,
        info: Any,
        actor: Actor,
        *,
        stage: Staging,
        record_id: str,
        input: Mapping[str, Any],
        attachments: Sequence[Any] | None = None,
    ) -> dict[str, Any]:
        chosen, _is_active = settings.load()
        problems = Problems()
        with problems.noted():
            record = existing_record(record_id)
        with problems.noted():
            draft = draft_of(input)
        with problems.noted():
            address = chosen.mail_test_address or _address_of(actor)
            if not address:
                raise CustomerPlusError(
                    "Set the address for test messages in the plugin's settings.", code=ErrorCode.REQUIRED
                )
            checked_address(address, field="record_id")
        with problems.noted():
            files = [uploaded(info, name, field="attachments") for name in attachments or ()]
        problems.raise_any()
        stored = stage.store(files, chosen)
        return {"message": services.send_test(record, draft, address, chosen, actor=actor, files=stored)}


def _address_of(actor: Actor) -> str:
    if actor.type is not ActorType.STAFF:
        return ""
    return str(host.User.objects.filter(pk=actor.id).values_list("email", flat=True).first() or "")


class CustomerMessageReceive(StaffMutation):
    """Takes in a message that the shop received, as the mail server received it. Requires MANAGE_USERS.

    For apps that get the shop's mail. The message is added to the conversation with the customer whom it answers, or
    who has the sender's address. The same message is added once.
    """

    outcome = graphene.Field(CustomerMessageReceiveOutcome, description="What became of it.")
    message = graphene.Field(
        CustomerMessage, description="The message as it was added, or the one that a bounce is about, if any."
    )

    class Arguments:
        message = Upload(
            required=True, description=f"The message as in RFC 5322, at most {MAX_BYTES // 1024 // 1024} MB."
        )

    @classmethod
    def perform(cls, info: Any, _actor: Actor, *, message: Any) -> dict[str, Any]:
        file = uploaded(info, message, field="message")
        if (file.size or 0) > MAX_BYTES:
            raise CustomerPlusError("The message is too big.", code=ErrorCode.LIMIT_REACHED, field="message")
        taken = incoming_mail.take(file.read())
        return {"outcome": taken.outcome, "message": taken.mail}


class CustomerMessageTemplateCreate(StaffMutation):
    """Creates a template of messages. Requires MANAGE_USERS."""

    template = graphene.Field(CustomerMessageTemplate, description="The template. Null if the mutation failed.")

    class Arguments:
        input = CustomerMessageTemplateInput(required=True, description="Fields required to create a template.")

    @classmethod
    def perform(cls, _info: Any, _actor: Actor, *, input: Mapping[str, Any]) -> dict[str, Any]:
        with with_ids_of("CustomerMessageTemplate"):
            template = templates.create(
                name=input.get("name") or "",
                texts=texts_of(input) or [],
                purpose=MailPurpose(input.get("purpose") or MailPurpose.SERVICE),
            )
        return {"template": template}


class CustomerMessageTemplateUpdate(StaffMutation):
    """Updates a template. Messages that were sent stay as they are. Requires MANAGE_USERS."""

    template = graphene.Field(CustomerMessageTemplate, description="The template. Null if the mutation failed.")

    class Arguments:
        id = graphene.ID(required=True, description="Global ID of the template.")
        input = CustomerMessageTemplateInput(required=True, description="Fields to update.")

    @classmethod
    def perform(cls, _info: Any, _actor: Actor, *, id: str, input: Mapping[str, Any]) -> dict[str, Any]:
        purpose, key, problems = input.get("purpose"), None, Problems()
        with problems.noted():
            key = key_of(id, "CustomerMessageTemplate", field="id")
        name, texts = input.get("name"), texts_of(input)
        with problems.noted(), with_ids_of("CustomerMessageTemplate"):
            templates.check(name=name, texts=texts, but=key)
        problems.raise_any()
        with with_ids_of("CustomerMessageTemplate"):
            template = templates.update(
                key or 0, name=name, texts=texts, purpose=None if purpose is None else MailPurpose(purpose)
            )
        return {"template": template}


class CustomerMessageTemplateDelete(StaffMutation):
    """Deletes a template. Messages that were sent stay as they are. Requires MANAGE_USERS."""

    template = graphene.Field(CustomerMessageTemplate, description="The deleted template.")

    class Arguments:
        id = graphene.ID(required=True, description="Global ID of the template.")

    @classmethod
    def perform(cls, _info: Any, _actor: Actor, *, id: str) -> dict[str, Any]:
        return {"template": templates.delete(key_of(id, "CustomerMessageTemplate", field="id"))}


class MessageMutations:
    """The mutations of messages."""

    customer_message_send = CustomerMessageSend.Field()
    customer_message_send_test = CustomerMessageSendTest.Field()
    customer_message_receive = CustomerMessageReceive.Field()
    customer_message_template_create = CustomerMessageTemplateCreate.Field()
    customer_message_template_update = CustomerMessageTemplateUpdate.Field()
    customer_message_template_delete = CustomerMessageTemplateDelete.Field()
