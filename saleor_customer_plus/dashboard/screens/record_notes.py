"""The notes of one customer: written, edited, pinned, deleted, with their files."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import Http404
from django.utils.translation import gettext as _

from ..formats import full_name
from ..requests import Screen, ScreenRequest
from . import record_fragments as fragments
from .answers import CHANGED, done
from .record_context import context_of, name_of, wanted

NOTES = (
    """
query CustomerPlusNotes($id: ID!, $after: String) {
  customerRecord(id: $id) { id notes(first: 20, after: $after) { ...Notes } }
}
"""
    + fragments.NOTES
)
NOTE = (
    """
query CustomerPlusNote($id: ID!) {
  customerNote(id: $id) { ...Note record { id } versions { text replacedAt editor { type name } } }
}
"""
    + fragments.NOTE
)
CREATE = """
mutation CustomerPlusNoteCreate($id: ID!, $input: CustomerNoteCreateInput!, $attachments: [Upload!]) {
  customerNoteCreate(recordId: $id, input: $input, attachments: $attachments) { errors { field message code } }
}
"""
UPDATE = """
mutation CustomerPlusNoteUpdate($id: ID!, $input: CustomerNoteInput!) {
  customerNoteUpdate(id: $id, input: $input) { errors { field message code } }
}
"""
PIN = """
mutation CustomerPlusNotePin($id: ID!, $isPinned: Boolean!) {
  customerNotePin(id: $id, isPinned: $isPinned) { note { record { id } } errors { field message code } }
}
"""
DELETE = """
mutation CustomerPlusNoteDelete($id: ID!) {
  customerNoteDelete(id: $id) { errors { field message code } }
}
"""
ATTACH = """
mutation CustomerPlusAttach($id: ID!, $attachments: [Upload!]!) {
  customerNoteAttachmentsAdd(noteId: $id, attachments: $attachments) { errors { field message code } }
}
"""
DETACH = """
mutation CustomerPlusDetach($id: ID!) {
  customerNoteAttachmentDelete(id: $id) { errors { field message code } }
}
"""
STAFF = """
query CustomerPlusColleagues($search: String) {
  customerStaff(first: 8, search: $search) { edges { node { id firstName lastName } } }
}
"""


def notes(request: ScreenRequest, record_id: str) -> Screen:
    """Write a note, or the notes that follow."""
    if request.is_post:
        errors = _write(request, record_id)
        return _notes(request, record_id, errors, _("Note saved."))
    data = request.execute(NOTES, id=record_id, after=request.query.get("after"))
    return Screen("record/note_list.html", context_of(wanted(data["customerRecord"])))


def note_of(request: ScreenRequest) -> dict[str, Any]:
    """The note that was written in a form, as the API takes it."""
    note: dict[str, Any] = {"text": request.form.get("text", ""), "isPinned": request.form.get("is_pinned") == "yes"}
    if mentioned := request.form.getlist("mentions"):
        note["mentions"] = mentioned
    return note


def draft_of(request: ScreenRequest) -> dict[str, Any]:
    """What was written in a form, to be shown in it again."""
    return {"draft": request.form.get("text", ""), "mentioned": _mentioned(request)}


def _write(request: ScreenRequest, record_id: str) -> list[dict[str, Any]]:
    files = request.files("files")
    variables: dict[str, Any] = {"id": record_id, "input": note_of(request)}
    if files:
        variables["attachments"] = [None] * len(files)
    _payload, errors = request.change(CREATE, _named(files), **variables)
    return errors


def _named(files: list[UploadedFile]) -> dict[str, UploadedFile]:
    """The uploads by the path of their variable."""
    return {f"attachments.{number}": file for number, file in enumerate(files)}


def _notes(request: ScreenRequest, record_id: str, errors: list[dict[str, Any]], notice: str) -> Screen:
    """The card, with what could not be saved still in its form."""
    record = wanted(request.execute(NOTES, id=record_id, after=None)["customerRecord"])
    context = {**context_of(record), "errors": errors}
    if errors:
        context |= draft_of(request)
    return Screen("record/notes.html", context, notice="" if errors else notice, events=() if errors else (CHANGED,))


def write_note(request: ScreenRequest, record_id: str) -> Screen:
    """The dialog of the list, to write a note without opening the record."""
    errors: list[dict[str, Any]] = []
    if request.is_post:
        errors = _write(request, record_id)
        if not errors:
            return done(_("Note saved."))
    context = {"record": name_of(request, record_id), "errors": errors, **draft_of(request)}
    return Screen("record/note_dialog.html", context)


def show_note(request: ScreenRequest, note_id: str) -> Screen:
    """One note as it is read: after its form was closed."""
    return Screen("record/note.html", _note_context(request, note_id))


def edit_note(request: ScreenRequest, note_id: str) -> Screen:
    """The form in the place of a note, and what it saves: text, files to add, files to remove."""
    if not request.is_post:
        return Screen("record/note_form.html", _note_context(request, note_id))
    text, mentioned = request.form.get("text", ""), _mentioned(request)
    change: dict[str, Any] = {"text": text}
    known = {one["id"] for one in _note_context(request, note_id)["mentioned"]}
    if known != {one["id"] for one in mentioned}:
        change["mentions"] = [one["id"] for one in mentioned]
    _payload, errors = request.change(UPDATE, id=note_id, input=change)
    for attachment in [] if errors else request.form.getlist("remove"):
        _payload, more = request.change(DETACH, id=attachment)
        errors = [*errors, *more]
    if (files := request.files("files")) and not errors:
        _payload, errors = request.change(ATTACH, _named(files), id=note_id, attachments=[None] * len(files))
    context = _note_context(request, note_id)
    if errors:
        return Screen("record/note_form.html", {**context, "errors": errors, "draft": text, "mentioned": mentioned})
    return Screen("record/note.html", context, notice=_("Note saved."), events=(CHANGED,))


def pin_note(request: ScreenRequest, note_id: str) -> Screen:
    payload, errors = request.change(PIN, id=note_id, isPinned=request.form.get("is_pinned") == "yes")
    record_id = request.form.get("record", "") if errors else payload["note"]["record"]["id"]
    return _notes(request, record_id, errors, "")


def delete_note(request: ScreenRequest, note_id: str) -> Screen:
    """Ask first: nothing brings a note back."""
    errors: list[dict[str, Any]] = []
    if request.is_post:
        _payload, errors = request.change(DELETE, id=note_id)
        if not errors:
            return done(_("Note deleted."))
    return Screen("record/note_delete.html", {**_note_context(request, note_id), "errors": errors})


def _note_context(request: ScreenRequest, note_id: str) -> dict[str, Any]:
    note = request.execute(NOTE, id=note_id)["customerNote"]
    if note is None:
        raise Http404
    mentioned = [{"id": one["id"], "name": full_name(one)} for one in note["mentions"]]
    return {"note": note, "record": note["record"], "draft": note["text"], "mentioned": mentioned}


def suggest_colleagues(request: ScreenRequest) -> Screen:
    """The members of staff whose names begin with what follows an "@" in a note."""
    found = request.execute(STAFF, search=request.query.get("search") or None)["customerStaff"]["edges"]
    named = [{"id": edge["node"]["id"], "name": full_name(edge["node"])} for edge in found]
    return Screen("record/colleagues.html", {"colleagues": [one for one in named if one["name"]]})


def _mentioned(request: ScreenRequest) -> list[dict[str, str]]:
    """Whom a form mentions, with the names that it shows."""
    ids, names = request.form.getlist("mentions"), request.form.getlist("mention_name")
    return [{"id": id, "name": name} for id, name in zip(ids, names, strict=False)]
