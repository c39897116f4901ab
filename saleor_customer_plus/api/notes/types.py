"""Note types of the API, for staff. Customers never see notes."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import graphene

from ...activity.models import ActorType
from ...activity.services import Actor
from ...core.paging import Window
from ...customers.queries import records_by_id
from ...notes import queries
from ...notes.models import Attachment, Note, NoteVersion
from ...records.models import CustomerRecord as Record
from ...saleor_adapter.staff import Channels
from ..activity.types import CustomerRecordActor
from ..core.back_references import named
from ..core.base import to_global_id
from ..core.connections import PAGE_ARGUMENTS, Listing, connection_of
from ..core.dataloaders import load
from ..core.downloads import Download, address_of, register
from ..core.merged_from import merged_from
from ..core.types import DateTime, list_of
from ..staff.types import CustomerStaffMember, load_member


def _attachment(key: int, path: str, _channels: Channels) -> Download | None:
    found = queries.find_attachment(key, path)
    return None if found is None else Download(found.file, found.name, found.content_type)


register("attachment", _attachment)


class CustomerNoteAttachment(graphene.ObjectType):  # type: ignore[misc]
    """A file attached to a note."""

    id = graphene.ID(required=True, description="ID of the file.")
    name = graphene.String(required=True, description="Sanitized name of the uploaded file.")
    content_type = graphene.String(required=True, description="MIME type, detected from the content.")
    size = graphene.Float(required=True, description="Size in bytes.")
    url = graphene.String(
        required=True,
        description="Download URL, valid for one hour without a token, as long as the caller has access.",
    )
    created_at = DateTime(required=True, description="When the file was attached.")

    @staticmethod
    def resolve_id(attachment: Attachment, _info: Any) -> str:
        return to_global_id("CustomerNoteAttachment", attachment.pk)

    @staticmethod
    def resolve_url(attachment: Attachment, info: Any) -> str:
        return address_of("attachment", attachment.pk, attachment.file.name or "", info.context)

    @staticmethod
    def resolve_created_at(attachment: Attachment, _info: Any) -> datetime:
        return attachment.created_at


class CustomerNoteVersion(graphene.ObjectType):  # type: ignore[misc]
    """A previous version of a note."""

    text = graphene.String(required=True, description="Text of the note in this version.")
    replaced_at = DateTime(required=True, description="When the version was replaced.")
    editor = graphene.Field(CustomerRecordActor, required=True, description="Who replaced the version.")

    @staticmethod
    def resolve_editor(version: NoteVersion, _info: Any) -> Actor:
        return _actor(version.editor_type, version.editor_id)


class CustomerNote(graphene.ObjectType):  # type: ignore[misc]
    """A staff note on a customer. The text is plain text and must be escaped for display."""

    id = graphene.ID(required=True, description="Global ID of the note.")
    record = graphene.Field(
        named("CustomerRecord"), required=True, description="Customer record that the note belongs to."
    )
    text = graphene.String(required=True, description="Text of the note, one or more lines.")
    author = graphene.Field(CustomerRecordActor, required=True, description="Who wrote the note.")
    author_member = graphene.Field(CustomerStaffMember, description="Author, if a staff member who has not left.")
    is_pinned = graphene.Boolean(required=True, description="Whether the note is pinned above others.")
    mentions = list_of(
        CustomerStaffMember, required=True, description="Mentioned staff members, except those who have left."
    )
    attachments = list_of(CustomerNoteAttachment, required=True, description="Attached files, oldest first.")
    versions = list_of(CustomerNoteVersion, required=True, description="Previous versions of the text, latest first.")
    created_at = DateTime(required=True, description="When the note was created.")
    updated_at = DateTime(required=True, description="When the text or the mentions were last updated.")
    merged_from = merged_from("notes")

    @staticmethod
    def resolve_id(note: Note, _info: Any) -> str:
        return to_global_id("CustomerNote", note.pk)

    @staticmethod
    def resolve_record(note: Note, info: Any) -> Any:
        return load(info, records_by_id, note.record_id)

    @staticmethod
    def resolve_author(note: Note, _info: Any) -> Actor:
        return _actor(note.author_type, note.author_id)

    @staticmethod
    def resolve_author_member(note: Note, info: Any) -> Any:
        is_user = note.author_type == ActorType.STAFF and note.author_id
        return load_member(info, int(note.author_id)) if is_user and note.author_id.isdecimal() else None

    @staticmethod
    def resolve_mentions(note: Note, info: Any) -> Any:
        return load(info, queries.mentioned_in, note.pk)

    @staticmethod
    def resolve_attachments(note: Note, info: Any) -> Any:
        return load(info, queries.attachments_of, note.pk)

    @staticmethod
    def resolve_versions(note: Note, info: Any) -> Any:
        return load(info, queries.versions_of, note.pk)

    @staticmethod
    def resolve_created_at(note: Note, _info: Any) -> datetime:
        return note.created_at

    @staticmethod
    def resolve_updated_at(note: Note, _info: Any) -> datetime:
        return note.modified_at


def _actor(kind: str, key: str) -> Actor:
    return Actor(ActorType(kind), key)


NoteConnection = connection_of(CustomerNote, of="notes")


class NotesOfRecord:
    """The note fields of a customer record."""

    notes = graphene.Field(
        NoteConnection,
        required=True,
        description="Notes on the customer: pinned ones first, then newest first.",
        **PAGE_ARGUMENTS,
    )

    @staticmethod
    def resolve_notes(record: Record, info: Any, **arguments: Any) -> Listing:
        return Listing(
            page=lambda: load(info, queries.pages_of_notes, record.pk, window=Window.of("notes", **arguments)),
            count=lambda: load(info, queries.count_notes, record.pk),
        )
