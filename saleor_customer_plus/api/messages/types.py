"""Types of messages, conversations and templates, for staff."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import graphene

from ...activity.models import ActorType
from ...activity.services import Actor
from ...core.paging import Window
from ...customers.queries import records_by_id
from ...leads.models import Lead
from ...mail.composing import Composed
from ...mail.models import Mail, MailAttachment, MailFailure, MailKind, MailPurpose, MailState
from ...messages import queries, templates
from ...messages.models import MessageTemplate, MessageTemplateText
from ...messages.queries import Item
from ...newsletter.tokens import without_signatures
from ...records.models import CustomerRecord as Record
from ...saleor_adapter.staff import Channels
from ..activity.types import CustomerRecordActor
from ..core.back_references import named
from ..core.base import to_global_id
from ..core.connections import PAGE_ARGUMENTS, Listing, connection_of
from ..core.dataloaders import load
from ..core.downloads import Download, address_of, register
from ..core.types import DateTime, enum_of, list_of
from ..leads.types import CustomerLead
from ..staff.types import CustomerStaffMember, load_member

CustomerMessageKind = enum_of(MailKind, name="CustomerMessageKind", description="Who or what wrote a message.")
CustomerMessagePurpose = enum_of(
    MailPurpose,
    name="CustomerMessagePurpose",
    description="What a message is sent for. All but SERVICE needs the consent of the customer.",
    values={
        "SERVICE": "An answer, or a message about an order or the account. Needs no consent",
        "PROMOTIONAL": "Offers and advertising. Needs the consent of that purpose",
        "NEWSLETTER": "Regular news. Needs the consent of that purpose",
    },
)
CustomerMessageState = enum_of(
    MailState, name="CustomerMessageState", description="How far a message has come on its way."
)
CustomerMessageFailure = enum_of(
    MailFailure, name="CustomerMessageFailure", description="Why a message was not sent, or was returned."
)


def _attachment(key: int, path: str, _channels: Channels) -> Download | None:
    found = queries.find_attachment(key, path)
    return None if found is None else Download(found.file, found.name, found.content_type)


register("message", _attachment)


class CustomerMessageAttachment(graphene.ObjectType):  # type: ignore[misc]
    """A file that was sent with a message."""

    id = graphene.ID(required=True, description="ID of the file.")
    name = graphene.String(required=True, description="Sanitized name of the file.")
    content_type = graphene.String(required=True, description="MIME type, detected from the content.")
    size = graphene.Float(required=True, description="Size in bytes.")
    url = graphene.String(
        required=True,
        description="Download URL, valid for one hour without a token, as long as the caller has access.",
    )

    @staticmethod
    def resolve_id(attachment: MailAttachment, _info: Any) -> str:
        return to_global_id("CustomerMessageAttachment", attachment.pk)

    @staticmethod
    def resolve_url(attachment: MailAttachment, info: Any) -> str:
        return address_of("message", attachment.pk, attachment.file.name or "", info.context)


class CustomerMessage(graphene.ObjectType):  # type: ignore[misc]
    """An e-mail between the shop and a customer. All texts are plain text and must be escaped for display."""

    id = graphene.ID(required=True, description="Global ID of the message.")
    record = graphene.Field(named("CustomerRecord"), required=True, description="Customer who received or wrote it.")
    kind = graphene.Field(
        CustomerMessageKind, required=True, description="Whether staff, the customer or a machine wrote it."
    )
    purpose = graphene.Field(CustomerMessagePurpose, required=True, description="What the message was sent for.")
    override_reason = graphene.String(required=True, description="Why it was sent without consent, or an empty string.")
    sender = graphene.String(required=True, description="Name and address of the sender, as the message says.")
    recipient = graphene.String(required=True, description="Address that it was sent to. Empty if it was received.")
    reply_to = graphene.String(required=True, description="Address to which the customer replies, or an empty string.")
    language_code = graphene.String(required=True, description="Language of the message, or an empty string.")
    subject = graphene.String(required=True, description="Subject, in one line, placeholders replaced.")
    body = graphene.String(
        required=True, description="What was written, in Markdown, or the text of a message that was received."
    )
    text = graphene.String(
        required=True,
        description="Text part as it was sent, with signature and footer, but for the keys of links to "
        "confirm and to unsubscribe. Empty if it was received.",
    )
    state = graphene.Field(CustomerMessageState, required=True, description="How far its delivery has come.")
    failure = graphene.Field(CustomerMessageFailure, description="Why it was not sent, or was returned.")
    failure_detail = graphene.String(required=True, description="Answer of the mail server, or an empty string.")
    attempts = graphene.Int(required=True, description="How often it was tried to send the message.")
    attachments = list_of(
        CustomerMessageAttachment, required=True, description="Files that were sent with it, oldest first."
    )
    dropped_files = graphene.Int(
        required=True,
        description="Number of files that were received and not kept: too big, too many, or of an unsupported type.",
    )
    author = graphene.Field(CustomerRecordActor, required=True, description="Who wrote the message.")
    author_member = graphene.Field(CustomerStaffMember, description="Author, if a staff member who has not left.")
    created_at = DateTime(required=True, description="When the message was written, or sent by the customer.")
    updated_at = DateTime(required=True, description="When its state last changed.")
    sent_at = DateTime(description="When the mail server accepted it.")

    @staticmethod
    def resolve_id(mail: Mail, _info: Any) -> str:
        return to_global_id("CustomerMessage", mail.pk)

    @staticmethod
    def resolve_record(mail: Mail, info: Any) -> Any:
        return load(info, records_by_id, mail.record_id)

    @staticmethod
    def resolve_body(mail: Mail, _info: Any) -> str:
        return without_signatures(mail.body)

    @staticmethod
    def resolve_text(mail: Mail, _info: Any) -> str:
        return without_signatures(mail.text)

    @staticmethod
    def resolve_failure(mail: Mail, _info: Any) -> str | None:
        return mail.failure or None

    @staticmethod
    def resolve_attachments(mail: Mail, info: Any) -> Any:
        return load(info, queries.attachments_of, mail.pk)

    @staticmethod
    def resolve_author(mail: Mail, _info: Any) -> Actor:
        return Actor(ActorType(mail.actor_type), mail.actor_id)

    @staticmethod
    def resolve_author_member(mail: Mail, info: Any) -> Any:
        is_user = mail.actor_type == ActorType.STAFF and mail.actor_id.isdecimal()
        return load_member(info, int(mail.actor_id)) if is_user else None

    @staticmethod
    def resolve_updated_at(mail: Mail, _info: Any) -> datetime:
        return mail.modified_at


class CustomerConversationItem(graphene.ObjectType):  # type: ignore[misc]
    """Something that was said: a message, or the text of an enquiry."""

    said_at = DateTime(required=True, description="When the message was written or the enquiry came in.")
    message = graphene.Field(CustomerMessage, description="The message. Null if it is an enquiry.")
    lead = graphene.Field(CustomerLead, description="The lead whose text it is. Null if it is a message.")

    @staticmethod
    def resolve_said_at(item: Item, _info: Any) -> datetime:
        return item.at

    @staticmethod
    def resolve_message(item: Item, _info: Any) -> Mail | None:
        return item.said if isinstance(item.said, Mail) else None

    @staticmethod
    def resolve_lead(item: Item, _info: Any) -> Lead | None:
        return item.said if isinstance(item.said, Lead) else None


ConversationConnection = connection_of(CustomerConversationItem, of="what was said")
MessageConnection = connection_of(CustomerMessage, of="messages")


class MessagesOfRecord:
    """The conversation field of a customer record."""

    conversation = graphene.Field(
        ConversationConnection,
        required=True,
        description="What was said between the shop and the customer, newest first: messages, and enquiries by e-mail "
        "or the contact form.",
        **PAGE_ARGUMENTS,
    )

    @staticmethod
    def resolve_conversation(record: Record, info: Any, **arguments: Any) -> Listing:
        window = Window.of("conversation", **arguments)
        return Listing(
            page=lambda: load(info, queries.pages_of_conversations, record.pk, window=window),
            count=lambda: load(info, queries.count_conversations, record.pk),
        )


class CustomerMessageTemplateText(graphene.ObjectType):  # type: ignore[misc]
    """A template in one language."""

    language_code = graphene.String(required=True, description="Language code, such as de or pt-br.")
    subject = graphene.String(required=True, description="Subject, with placeholders.")
    body = graphene.String(required=True, description="Text in Markdown, with placeholders.")


class CustomerMessageTemplate(graphene.ObjectType):  # type: ignore[misc]
    """A message that is written once and sent often."""

    id = graphene.ID(required=True, description="Global ID of the template.")
    name = graphene.String(required=True, description="Unique name, case-insensitive, for staff.")
    purpose = graphene.Field(CustomerMessagePurpose, required=True, description="What its messages are sent for.")
    texts = list_of(
        CustomerMessageTemplateText,
        required=True,
        description="The template in each language. The first one is sent to customers who speak none of them.",
    )
    created_at = DateTime(required=True, description="When the template was created.")
    updated_at = DateTime(required=True, description="When the template was last updated.")

    @staticmethod
    def resolve_id(template: MessageTemplate, _info: Any) -> str:
        return to_global_id("CustomerMessageTemplate", template.pk)

    @staticmethod
    def resolve_texts(template: MessageTemplate, _info: Any) -> list[MessageTemplateText]:
        return templates.texts_of(template)

    @staticmethod
    def resolve_updated_at(template: MessageTemplate, _info: Any) -> datetime:
        return template.modified_at


class CustomerMessagePreview(graphene.ObjectType):  # type: ignore[misc]
    """A message as a customer would receive it."""

    subject = graphene.String(required=True, description="Subject, in one line, placeholders replaced.")
    text = graphene.String(required=True, description="Text part, with signature and footer.")
    html = graphene.String(required=True, description="HTML part. Show it in a sandboxed frame.")
    may_be_sent = graphene.Boolean(
        required=True, description="Whether the customer may be sent it: for its purpose, or for the reason given."
    )

    def __init__(self, composed: Composed, may_be_sent: bool) -> None:
        super().__init__(subject=composed.subject, text=composed.text, html=composed.html, may_be_sent=may_be_sent)
