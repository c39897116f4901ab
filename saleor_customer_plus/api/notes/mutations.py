"""Mutations of notes and their attached files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import graphene

from ... import settings, tasks
from ...activity.services import Actor
from ...core import publishing
from ...errors import Problems
from ...notes import attachments, queries
from ...notes import services as actions
from ...notes.attachments import MAX_FILES, Staging
from ...notes.models import Note
from ..core.base import key_of
from ..core.dataloaders import load
from ..core.mutations import FilesMutation, StaffMutation
from ..core.types import list_of
from ..core.uploads import Upload, uploaded
from ..records.lookup import existing_record
from .inputs import CustomerNoteCreateInput, CustomerNoteInput
from .types import CustomerNote, CustomerNoteAttachment

_FILES = f"""Files, at most {MAX_FILES}, sent as a multipart request. Their type is detected from the content."""


class _FilesMutation(FilesMutation):
    class Meta:
        abstract = True

    staging = Staging

    @staticmethod
    def attach(actor: Actor, stage: Staging, note: Note, files: Sequence[Any]) -> None:
        chosen, _is_active = settings.load()
        attachments.attach(note, stage.store(files, chosen), chosen, actor=actor)


class CustomerNoteCreate(_FilesMutation):
    """Creates a note on a customer record, optionally with files. Requires MANAGE_USERS."""

    note = graphene.Field(CustomerNote, description="The created or updated note. Null if the mutation failed.")

    class Arguments:
        record_id = graphene.ID(required=True, description="Global ID of the customer record.")
        input = CustomerNoteCreateInput(required=True, description="Fields required to create a note.")
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
        problems, mentions = Problems(), set[int]()
        with problems.noted():
            record = existing_record(record_id, field="record_id")
        with problems.noted():
            mentions = _users(input.get("mentions")) or set()
            actions.check_mentions(mentions)
        with problems.noted():
            actions.checked(input["text"])
        with problems.noted():
            files = [uploaded(info, name, field="attachments") for name in attachments or ()]
        problems.raise_any()
        note = actions.create(
            record.pk, input["text"], actor=actor, mentions=mentions, is_pinned=bool(input.get("is_pinned"))
        )
        cls.attach(actor, stage, note, files)
        _notify(note, mentions)
        return {"note": note}


class CustomerNoteUpdate(StaffMutation):
    """Updates a note. The previous text is kept as a version. Requires MANAGE_USERS."""

    note = graphene.Field(CustomerNote, description="The created or updated note. Null if the mutation failed.")

    class Arguments:
        id = graphene.ID(required=True, description="Global ID of the note.")
        input = CustomerNoteInput(required=True, description="Fields to update.")

    @classmethod
    def perform(cls, _info: Any, actor: Actor, *, id: str, input: Mapping[str, Any]) -> dict[str, Any]:
        problems, known = Problems(), set[int]()
        with problems.noted():
            note_id = _key(id)
            known = actions.mentioned(actions.existing(note_id))
        with problems.noted():
            mentions = _users(input.get("mentions"))
            actions.check_mentions(mentions or (), new=(mentions or set()) - known)
        with problems.noted():
            if input.get("text") is not None:
                actions.checked(input["text"])
        problems.raise_any()
        note, added = actions.edit(note_id, actor=actor, text=input.get("text"), mentions=mentions)
        _notify(note, added)
        return {"note": note}


class CustomerNotePin(StaffMutation):
    """Pins or unpins a note. Pinned notes come first. Requires MANAGE_USERS."""

    note = graphene.Field(CustomerNote, description="The created or updated note. Null if the mutation failed.")

    class Arguments:
        id = graphene.ID(required=True, description="Global ID of the note.")
        is_pinned = graphene.Boolean(required=True, description="Whether the note is pinned above others.")

    @classmethod
    def perform(cls, _info: Any, actor: Actor, *, id: str, is_pinned: bool) -> dict[str, Any]:
        return {"note": actions.pin(_key(id), actor=actor, is_pinned=is_pinned)}


class CustomerNoteDelete(StaffMutation):
    """Deletes a note with its versions and files. Requires MANAGE_USERS."""

    note = graphene.Field(
        CustomerNote,
        description="The deleted note, with its versions and the names of its deleted files.",
    )

    class Arguments:
        id = graphene.ID(required=True, description="Global ID of the note.")

    @classmethod
    def perform(cls, info: Any, actor: Actor, *, id: str) -> dict[str, Any]:
        note = actions.existing(_key(id))
        for read in (queries.mentioned_in, queries.attachments_of, queries.versions_of):
            load(info, read, note.pk).get()  # kept for the payload, which is resolved after the deletion
        return {"note": actions.delete(note.pk, actor=actor)}


class CustomerNoteAttachmentsAdd(_FilesMutation):
    """Attaches files to a note, all or none. Requires MANAGE_USERS."""

    note = graphene.Field(CustomerNote, description="The created or updated note. Null if the mutation failed.")

    class Arguments:
        note_id = graphene.ID(required=True, description="Global ID of the note.")
        attachments = list_of(Upload, required=True, description=_FILES)

    @classmethod
    def perform(
        cls, info: Any, actor: Actor, *, stage: Staging, note_id: str, attachments: Sequence[Any]
    ) -> dict[str, Any]:
        problems = Problems()
        with problems.noted():
            note = actions.existing(_key(note_id, field="note_id"), field="note_id")
        with problems.noted():
            files = [uploaded(info, name, field="attachments") for name in attachments]
        problems.raise_any()
        cls.attach(actor, stage, note, files)
        return {"note": note}


class CustomerNoteAttachmentDelete(StaffMutation):
    """Deletes a file of a note. Requires MANAGE_USERS."""

    note = graphene.Field(CustomerNote, description="The note without the file.")
    attachment = graphene.Field(CustomerNoteAttachment, description="The deleted file. It can no longer be downloaded.")

    class Arguments:
        id = graphene.ID(required=True, description="ID of the file.")

    @classmethod
    def perform(cls, _info: Any, actor: Actor, *, id: str) -> dict[str, Any]:
        removed = attachments.remove(key_of(id, "CustomerNoteAttachment", field="id"), actor=actor)
        return {"note": removed.note, "attachment": removed}


def _key(id: str, *, field: str = "id") -> int:
    return key_of(id, "CustomerNote", field=field)


def _users(global_ids: Sequence[str] | None) -> set[int] | None:
    return None if global_ids is None else {key_of(id, "User", field="mentions") for id in global_ids}


def _notify(note: Note, user_ids: set[int]) -> None:
    if user_ids:
        publishing.publish(tasks.notify_mentioned, note.pk)


class NoteMutations:
    """The note mutations."""

    customer_note_create = CustomerNoteCreate.Field()
    customer_note_update = CustomerNoteUpdate.Field()
    customer_note_pin = CustomerNotePin.Field()
    customer_note_delete = CustomerNoteDelete.Field()
    customer_note_attachments_add = CustomerNoteAttachmentsAdd.Field()
    customer_note_attachment_delete = CustomerNoteAttachmentDelete.Field()
