"""Notes of staff, as the API shows them. Customers never see them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import graphene

from ..activity.actions import Actor
from ..activity.models import ActorType
from ..notes import queries
from ..notes.models import Attachment, Note, NoteVersion
from ..paging import Window
from ..records.models import CustomerRecord as Record
from ..records.queries import records_by_id
from .activity import CustomerRecordActor
from .base import key_of, staff_only, tells_errors, to_global_id
from .connections import PAGE_ARGUMENTS, Listing, connection_of
from .downloads import Download, address_of, register
from .loading import load
from .staff import CustomerStaffMember, load_member
from .types import DateTime, list_of


def _attachment(key: int, path: str) -> Download | None:
    found = queries.find_attachment(key, path)
    return None if found is None else Download(found.file, found.name, found.content_type)


register("attachment", _attachment)


class CustomerAttachment(graphene.ObjectType):  # type: ignore[misc]
    """A file that is attached to a note."""

    id = graphene.ID(required=True, description="The global id of the file.")
    name = graphene.String(required=True, description="The name, as it was uploaded, without what could do harm.")
    content_type = graphene.String(required=True, description="The MIME type, by what is in the file.")
    size = graphene.Float(required=True, description="The size in bytes.")
    url = graphene.String(
        required=True,
        description="Where the file can be downloaded within an hour, without a token, as long as the caller may.",
    )
    created = DateTime(required=True, description="When it was attached.")

    @staticmethod
    def resolve_id(attachment: Attachment, _info: Any) -> str:
        return to_global_id("CustomerAttachment", attachment.pk)

    @staticmethod
    def resolve_url(attachment: Attachment, info: Any) -> str:
        return address_of("attachment", attachment.pk, attachment.file.name or "", info.context)

    @staticmethod
    def resolve_created(attachment: Attachment, _info: Any) -> datetime:
        return attachment.created_at


class CustomerNoteVersion(graphene.ObjectType):  # type: ignore[misc]
    """A text that a note had until it was edited."""

    text = graphene.String(required=True, description="The text.")
    replaced_at = DateTime(required=True, description="When it was replaced.")
    editor = graphene.Field(CustomerRecordActor, required=True, description="Who replaced it.")

    @staticmethod
    def resolve_editor(version: NoteVersion, _info: Any) -> Actor:
        return _actor(version.editor_type, version.editor_id)


class CustomerNote(graphene.ObjectType):  # type: ignore[misc]
    """A note of staff on a person. The text is plain: whoever shows it escapes it."""

    id = graphene.ID(required=True, description="The global id of the note.")
    record = graphene.Field(
        "saleor_customer_plus.api.records.CustomerRecord", required=True, description="The record of the person."
    )
    text = graphene.String(required=True, description="The text, of one or more lines.")
    author = graphene.Field(CustomerRecordActor, required=True, description="Who wrote it.")
    author_member = graphene.Field(
        CustomerStaffMember, description="The author, if that is a member of staff who has not left."
    )
    is_pinned = graphene.Boolean(required=True, description="Whether it stands before the others.")
    mentions = list_of(
        CustomerStaffMember, required=True, description="The members of staff that it mentions, but for who has left."
    )
    attachments = list_of(CustomerAttachment, required=True, description="The files attached, the oldest first.")
    versions = list_of(CustomerNoteVersion, required=True, description="The texts that it had, the last one first.")
    created = DateTime(required=True, description="When it was written.")
    modified = DateTime(required=True, description="When its text or its mentions last changed.")

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
        return load_member(info, int(note.author_id)) if is_user else None

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
    def resolve_created(note: Note, _info: Any) -> datetime:
        return note.created_at

    @staticmethod
    def resolve_modified(note: Note, _info: Any) -> datetime:
        return note.modified_at


def _actor(kind: str, key: str) -> Actor:
    return Actor(ActorType(kind), key)


NoteConnection = connection_of(CustomerNote, of="notes")


class NotesOfRecord:
    """The part of a record that are its notes."""

    notes = graphene.Field(
        NoteConnection,
        required=True,
        description="What staff noted: the pinned notes first, then the newest.",
        **PAGE_ARGUMENTS,
    )

    @staticmethod
    def resolve_notes(record: Record, info: Any, **arguments: Any) -> Listing:
        return Listing(
            page=lambda: load(info, queries.pages_of_notes, record.pk, window=Window.of("notes", **arguments)),
            count=lambda: load(info, queries.count_notes, record.pk),
        )


class NoteQueries:
    """The queries for notes."""

    customer_note = graphene.Field(
        CustomerNote,
        description="Look up a note. Requires MANAGE_USERS.",
        id=graphene.ID(required=True, description="The global id of the note."),
    )

    @staticmethod
    @staff_only
    @tells_errors
    def resolve_customer_note(_root: Any, _info: Any, id: str) -> Note | None:
        return queries.find(key_of(id, "CustomerNote", field="id"))
