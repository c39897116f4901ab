"""What can be done with notes and the files attached to them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import graphene

from .. import hooks, settings, tasks
from ..activity.actions import Actor
from ..notes import actions, attachments
from ..notes.attachments import MOST_FILES, Staging, staging
from ..notes.models import Note
from .base import key_of
from .mutations import StaffMutation
from .notes import CustomerNote
from .types import list_of
from .uploads import Upload, uploaded


class CustomerNoteInput(graphene.InputObjectType):  # type: ignore[misc]
    """What can be changed of a note. What is not given stays."""

    text = graphene.String(description=f"The text, of one or more lines, in at most {actions.LONGEST_TEXT} characters.")
    mentions = list_of(
        graphene.ID, description="Saleor's global ids of all members of staff that it mentions. New ones are told."
    )


class CustomerNoteCreateInput(CustomerNoteInput):
    """A note to be written."""

    text = graphene.String(
        required=True, description=f"The text, of one or more lines, in at most {actions.LONGEST_TEXT} characters."
    )
    is_pinned = graphene.Boolean(description="Whether it stands before the others.")


_FILES = f"""The files, at most {MOST_FILES}, sent as a multipart request. What they are is told by their content."""


class _FilesMutation(StaffMutation):
    """A mutation that takes files. If anything fails, also after `perform`, no file is left in the storage."""

    class Meta:
        abstract = True

    @classmethod
    def mutate(cls, _root: Any, info: Any, **arguments: Any) -> Any:
        with staging() as stage:
            payload = super().mutate(_root, info, stage=stage, **arguments)
            if not payload.errors:
                stage.keep()
            return payload

    @staticmethod
    def attach(info: Any, actor: Actor, stage: Staging, note: Note, names: Sequence[Any]) -> None:
        chosen, _is_active = settings.load()
        files = [uploaded(info, name, field="attachments") for name in names]
        attachments.attach(note, stage.store(files, chosen), chosen, actor=actor)


class CustomerNoteCreate(_FilesMutation):
    """Write a note on a record, with files. Requires MANAGE_USERS."""

    note = graphene.Field(CustomerNote, description="The note.")

    class Arguments:
        record_id = graphene.ID(required=True, description="The global id of the record.")
        input = CustomerNoteCreateInput(required=True, description="The note.")
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
        mentions = _users(input.get("mentions")) or set()
        note = actions.create(
            key_of(record_id, "CustomerRecord", field="recordId"),
            input["text"],
            actor=actor,
            mentions=mentions,
            is_pinned=bool(input.get("is_pinned")),
        )
        cls.attach(info, actor, stage, note, attachments or ())
        _tell(note, mentions)
        return {"note": note}


class CustomerNoteUpdate(StaffMutation):
    """Edit a note. The text that it had is kept as a version. Requires MANAGE_USERS."""

    note = graphene.Field(CustomerNote, description="The note.")

    class Arguments:
        id = graphene.ID(required=True, description="The global id of the note.")
        input = CustomerNoteInput(required=True, description="What is to be changed.")

    @classmethod
    def perform(cls, _info: Any, actor: Actor, *, id: str, input: Mapping[str, Any]) -> dict[str, Any]:
        mentions = _users(input.get("mentions"))
        note, added = actions.edit(_key(id), actor=actor, text=input.get("text"), mentions=mentions)
        _tell(note, added)
        return {"note": note}


class CustomerNotePin(StaffMutation):
    """Put a note before the others of its record, or back among them. Requires MANAGE_USERS."""

    note = graphene.Field(CustomerNote, description="The note.")

    class Arguments:
        id = graphene.ID(required=True, description="The global id of the note.")
        is_pinned = graphene.Boolean(required=True, description="Whether it stands before the others.")

    @classmethod
    def perform(cls, _info: Any, actor: Actor, *, id: str, is_pinned: bool) -> dict[str, Any]:
        return {"note": actions.pin(_key(id), actor=actor, is_pinned=is_pinned)}


class CustomerNoteDelete(StaffMutation):
    """Delete a note with its versions and its files. Requires MANAGE_USERS."""

    class Arguments:
        id = graphene.ID(required=True, description="The global id of the note.")

    @classmethod
    def perform(cls, _info: Any, actor: Actor, *, id: str) -> dict[str, Any]:
        actions.delete(_key(id), actor=actor)
        return {}


class CustomerNoteFilesAdd(_FilesMutation):
    """Attach files to a note: all of them, or none. Requires MANAGE_USERS."""

    note = graphene.Field(CustomerNote, description="The note.")

    class Arguments:
        note_id = graphene.ID(required=True, description="The global id of the note.")
        attachments = list_of(Upload, required=True, description=_FILES)

    @classmethod
    def perform(
        cls, info: Any, actor: Actor, *, stage: Staging, note_id: str, attachments: Sequence[Any]
    ) -> dict[str, Any]:
        note = actions.existing(_key(note_id, field="noteId"), field="note_id")
        cls.attach(info, actor, stage, note, attachments)
        return {"note": note}


class CustomerNoteFileRemove(StaffMutation):
    """Remove a file from its note. Requires MANAGE_USERS."""

    note = graphene.Field(CustomerNote, description="The note that it was attached to.")

    class Arguments:
        id = graphene.ID(required=True, description="The global id of the file.")

    @classmethod
    def perform(cls, _info: Any, actor: Actor, *, id: str) -> dict[str, Any]:
        return {"note": attachments.remove(key_of(id, "CustomerAttachment", field="id"), actor=actor)}


def _key(id: str, *, field: str = "id") -> int:
    return key_of(id, "CustomerNote", field=field)


def _users(global_ids: Sequence[str] | None) -> set[int] | None:
    return None if global_ids is None else {key_of(id, "User", field="mentions") for id in global_ids}


def _tell(note: Note, user_ids: set[int]) -> None:
    if user_ids:
        hooks.schedule(tasks.tell_mentioned, note.pk, sorted(user_ids))


class NoteMutations:
    """What can be done with notes."""

    customer_note_create = CustomerNoteCreate.Field()
    customer_note_update = CustomerNoteUpdate.Field()
    customer_note_pin = CustomerNotePin.Field()
    customer_note_delete = CustomerNoteDelete.Field()
    customer_note_files_add = CustomerNoteFilesAdd.Field()
    customer_note_file_remove = CustomerNoteFileRemove.Field()
