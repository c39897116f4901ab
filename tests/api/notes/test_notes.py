"""Notes through the API: texts with versions, mentions, pins, and files that are stored, limited and handed out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext

from saleor_customer_plus import settings
from saleor_customer_plus.activity.models import ActivityEntry
from saleor_customer_plus.api.core.base import to_global_id
from saleor_customer_plus.notes import attachments
from saleor_customer_plus.notes.models import Attachment, Note, NoteMention, NoteVersion
from saleor_customer_plus.saleor_adapter import host
from tests.client import Api
from tests.factories import make_account, make_app, make_note, make_record, make_staff, make_token
from tests.notes.samples import DOCX, PDF, PNG, REFUSED
from tests.storage import Storage

pytestmark = pytest.mark.django_db

NOTE = """fragment Note on CustomerNote {
    id text isPinned author { type id } authorMember { email } mentions { email } record { email }
    versions { text editor { type id } } attachments { id name contentType size url } }"""
CREATE = (
    """mutation ($recordId: ID!, $input: CustomerNoteCreateInput!, $attachments: [Upload!]) {
    customerNoteCreate(recordId: $recordId, input: $input, attachments: $attachments) {
        note { ...Note } errors { field code message } } }"""
    + NOTE
)
UPDATE = (
    """mutation ($id: ID!, $input: CustomerNoteInput!) { customerNoteUpdate(id: $id, input: $input) {
    note { ...Note } errors { field code } } }"""
    + NOTE
)
PIN = """mutation ($id: ID!, $isPinned: Boolean!) { customerNotePin(id: $id, isPinned: $isPinned) {
    note { isPinned } errors { field code } } }"""
DELETE = """mutation ($id: ID!) { customerNoteDelete(id: $id) {
    note { id text attachments { name } versions { text } mentions { id } } errors { field code } } }"""
ADD = """mutation ($noteId: ID!, $attachments: [Upload!]!) {
    customerNoteAttachmentsAdd(noteId: $noteId, attachments: $attachments) {
    note { ...Note } errors { field code } } }"""
ADD += NOTE
REMOVE = """mutation ($id: ID!) { customerNoteAttachmentDelete(id: $id) {
    note { attachments { name } } errors { field code } } }"""


def global_id(kind: str, row: Any) -> str:
    return to_global_id(kind, row.pk)


def file(name: str = "invoice.pdf", content: bytes = PDF) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def create(api: Api, record: Any, *files: Any, text: str = "Called.", **input: Any) -> dict[str, Any]:
    variables = {"recordId": global_id("CustomerRecord", record), "input": {"text": text, **input}}
    if not files:
        return api(CREATE, **variables)["customerNoteCreate"]
    named = {f"attachments.{number}": one for number, one in enumerate(files)}
    return api.upload(CREATE, named, attachments=[None] * len(files), **variables)["customerNoteCreate"]


def add(api: Api, note: Note, *files: Any) -> dict[str, Any]:
    named = {f"attachments.{number}": one for number, one in enumerate(files)}
    id = global_id("CustomerNote", note)
    return api.upload(ADD, named, attachments=[None] * len(files), noteId=id)["customerNoteAttachmentsAdd"]


def errors(answer: dict[str, Any]) -> list[tuple[str, str]]:
    return [(error["field"], error["code"]) for error in answer["errors"]]


def log() -> list[tuple[str, Any, Any]]:
    return list(ActivityEntry.objects.order_by("id").values_list("type", "before", "after"))


# Texts.


def test_a_note_of_several_lines(api: Api, staff: Any) -> None:
    anna = make_record("anna@example.com")

    answer = create(api, anna, text="  First line\r\nSecond <b>line</b>\n", isPinned=True)

    note = Note.objects.get()
    assert answer == {
        "note": {
            "id": global_id("CustomerNote", note),
            "text": "First line\nSecond <b>line</b>",
            "isPinned": True,
            "author": {"type": "STAFF", "id": global_id("User", staff)},
            "authorMember": {"email": staff.email},
            "mentions": [],
            "record": {"email": "anna@example.com"},
            "versions": [],
            "attachments": [],
        },
        "errors": [],
    }
    entry = ActivityEntry.objects.get()
    assert (entry.type, entry.record_id, entry.after) == ("NOTE_ADDED", anna.pk, {"note_id": note.pk})
    assert (entry.cause_type, entry.cause_id) == ("NOTE", str(note.pk))
    assert (entry.actor_type, entry.actor_id) == ("STAFF", str(staff.pk))


def test_an_app_writes_too() -> None:
    app, token = make_app()

    note = create(Api(token), make_record())["note"]

    assert note["author"] == {"type": "APP", "id": global_id("App", app)}
    assert note["authorMember"] is None


@pytest.mark.parametrize(
    ("text", "code"),
    [("", "REQUIRED"), (" \n ", "REQUIRED"), ("x" * 10_001, "INVALID"), ("a\x00b", "INVALID")],
)
def test_texts_that_cannot_be(api: Api, text: str, code: str) -> None:
    assert errors(create(api, make_record(), text=text)) == [("text", code)]
    note = make_note()
    answer = api(UPDATE, id=global_id("CustomerNote", note), input={"text": text})["customerNoteUpdate"]
    assert errors(answer) == [("text", code)]
    assert Note.objects.get().text == note.text
    assert log() == []


def test_the_longest_text(api: Api) -> None:
    assert create(api, make_record(), text="ü" * 10_000)["errors"] == []


def test_a_record_that_is_not_there(api: Api) -> None:
    record = make_record()
    id = record.pk
    record.delete()
    record.pk = id

    assert errors(create(api, record)) == [("recordId", "NOT_FOUND")]


def test_an_edit_keeps_what_was_there(api: Api, staff: Any) -> None:
    note = make_note(text="One", author_id=str(staff.pk))
    other = make_staff()
    id = global_id("CustomerNote", note)

    api(UPDATE, id=id, input={"text": "Two!"})
    answer = api.by(make_token(other))(UPDATE, id=id, input={"text": "Three"})["customerNoteUpdate"]["note"]

    assert answer["text"] == "Three"
    assert answer["author"]["id"] == global_id("User", staff)
    assert answer["versions"] == [
        {"text": "Two!", "editor": {"type": "STAFF", "id": global_id("User", other)}},
        {"text": "One", "editor": {"type": "STAFF", "id": global_id("User", staff)}},
    ]
    assert log() == [
        ("NOTE_EDITED", {"characters": 3}, {"note_id": note.pk, "characters": 4}),
        ("NOTE_EDITED", {"characters": 4}, {"note_id": note.pk, "characters": 5}),
    ]


def test_an_edit_that_changes_nothing_leaves_no_trace(api: Api) -> None:
    note = make_note(text="One")

    api(UPDATE, id=global_id("CustomerNote", note), input={"text": " One\n"})

    assert Note.objects.get().modified_at == note.modified_at
    assert not NoteVersion.objects.exists()
    assert log() == []


def test_pinned_first_then_newest(api: Api) -> None:
    anna = make_record("anna@example.com")
    first, *_ = [make_note(anna, text=str(number)) for number in range(4)]
    query = """query ($first: Int, $after: String) { customerRecord(email: "anna@example.com") {
        notes(first: $first, after: $after) { totalCount edges { node { text } cursor } } } }"""
    id = global_id("CustomerNote", first)

    assert api(PIN, id=id, isPinned=True)["customerNotePin"]["note"] == {"isPinned": True}

    found, after = [], None
    for _ in range(4):
        page = api(query, first=1, after=after)["customerRecord"]["notes"]
        found += [edge["node"]["text"] for edge in page["edges"]]
        after = page["edges"][-1]["cursor"]
    assert (found, page["totalCount"]) == (["0", "3", "2", "1"], 4)
    assert log() == [("NOTE_EDITED", {"is_pinned": False}, {"note_id": first.pk, "is_pinned": True})]
    api(PIN, id=id, isPinned=True)
    assert len(log()) == 1


def test_a_deleted_note_is_gone_with_its_versions(api: Api) -> None:
    note = make_note()
    id = global_id("CustomerNote", note)
    api(UPDATE, id=id, input={"text": "Other", "mentions": [global_id("User", make_staff())]})

    answer = api(DELETE, id=id)["customerNoteDelete"]

    assert (answer["errors"], answer["note"]["id"], answer["note"]["text"]) == ([], id, "Other")
    assert len(answer["note"]["versions"]) == len(answer["note"]["mentions"]) == 1

    assert not Note.objects.exists()
    assert not NoteVersion.objects.exists()
    assert not NoteMention.objects.exists()
    assert log()[-1] == ("NOTE_DELETED", {"note_id": note.pk, "files": 0}, {})
    assert errors(api(DELETE, id=id)["customerNoteDelete"]) == [("id", "NOT_FOUND")]
    assert errors(api(PIN, id=id, isPinned=True)["customerNotePin"]) == [("id", "NOT_FOUND")]
    assert api("query ($id: ID!) { customerNote(id: $id) { id } }", id=id) == {"customerNote": None}


# Mentions.


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, dict[str, Any]]]:
    """What Saleor was told to tell."""
    calls: list[tuple[str, dict[str, Any]]] = []
    monkeypatch.setattr(host, "notify", lambda event, payload: calls.append((event, payload)))
    return calls


def test_who_is_mentioned_is_told_once(api: Api, staff: Any, told: list[Any], on_commit: Callable[[], Any]) -> None:
    one, two = make_staff("one@example.com"), make_staff("two@example.com")
    anna = make_record()

    with on_commit():
        answer = create(api, anna, text="@one please", mentions=[global_id("User", one)])
    id = answer["note"]["id"]
    assert answer["note"]["mentions"] == [{"email": "one@example.com"}]
    note = Note.objects.get()
    payload = {
        "note_id": note.pk,
        "record_id": anna.pk,
        "text": "@one please",
        "author_type": "STAFF",
        "author_id": str(staff.pk),
    }
    assert told == [
        ("customer_plus.note_mention", {**payload, "recipient_id": one.pk, "recipient_email": "one@example.com"})
    ]
    told.clear()

    with on_commit():
        answer = api(UPDATE, id=id, input={"mentions": [global_id("User", one), global_id("User", two)]})

    assert answer["customerNoteUpdate"]["note"]["mentions"] == [{"email": one.email}, {"email": two.email}]
    assert [payload["recipient_id"] for _event, payload in told] == [two.pk]
    assert log()[-1] == (
        "NOTE_EDITED",
        {"mentions": [one.pk]},
        {"note_id": note.pk, "mentions": sorted([one.pk, two.pk])},
    )


def test_who_left_stays_mentioned_and_is_not_shown(api: Api) -> None:
    one, two = make_staff(), make_staff("two@example.com")
    id = create(api, make_record(), mentions=[global_id("User", one)])["note"]["id"]
    type(one).objects.filter(pk=one.pk).update(is_active=False)

    answer = api(UPDATE, id=id, input={"mentions": [global_id("User", one), global_id("User", two)]})

    assert answer["customerNoteUpdate"]["errors"] == []
    assert answer["customerNoteUpdate"]["note"]["mentions"] == [{"email": "two@example.com"}]
    assert NoteMention.objects.count() == 2


def test_only_staff_can_be_mentioned(api: Api, told: list[Any], on_commit: Callable[[], Any]) -> None:
    with on_commit():
        answer = create(api, make_record(), mentions=[global_id("User", make_account())])
    assert errors(answer) == [("mentions", "NOT_FOUND")]
    many = [to_global_id("User", number) for number in range(51)]
    assert errors(create(api, make_record(), mentions=many)) == [("mentions", "LIMIT_REACHED")]
    assert errors(create(api, make_record(), mentions=["x"])) == [("mentions", "INVALID")]
    assert told == []
    assert not Note.objects.exists()


@pytest.mark.failing_tasks
def test_a_plugin_that_fails_to_tell_does_no_harm(
    api: Api, monkeypatch: pytest.MonkeyPatch, on_commit: Callable[[], Any], caplog: pytest.LogCaptureFixture
) -> None:
    def fail(_event: str, _payload: Any) -> None:
        raise RuntimeError("anna@example.com is secret")

    monkeypatch.setattr(host, "notify", fail)

    with on_commit():
        answer = create(api, make_record(), mentions=[global_id("User", make_staff())])

    assert answer["errors"] == []
    assert "RuntimeError" in caplog.text
    assert "secret" not in caplog.text


# Files.


def test_files_come_with_a_note_and_can_be_fetched(api: Api, storage: Storage) -> None:
    anna = make_record()

    answer = create(api, anna, file("../Rechnung für Anna.pdf"), file("brief.exe", DOCX))

    assert answer["errors"] == []
    first, second = answer["note"]["attachments"]
    assert (first["name"], first["contentType"], first["size"]) == (
        "Rechnung für Anna.pdf",
        "application/pdf",
        len(PDF),
    )
    assert (second["name"], second["size"]) == ("brief.exe.docx", len(DOCX))
    response = Client().get(first["url"])
    assert b"".join(response.streaming_content) == PDF  # type: ignore[attr-defined]
    assert response["Content-Type"] == "application/pdf"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Disposition"].startswith("attachment; filename*=utf-8''Rechnung%20f%C3%BCr%20Anna.pdf")
    row = Attachment.objects.order_by("id").first()
    assert row is not None
    note = Note.objects.get()
    assert log()[1] == ("FILE_ATTACHED", {}, {"attachment_id": row.pk, "name": row.name, "size": row.size})
    assert set(ActivityEntry.objects.values_list("cause_type", "cause_id")) == {("NOTE", str(note.pk))}


def test_names_in_the_storage_tell_nothing_and_cannot_be_guessed(api: Api, storage: Storage) -> None:
    create(api, make_record(), file(), file())

    first, second = storage.paths()

    for path in (first, second):
        folder, _, name = path.rpartition("/")
        assert folder == "customer-plus/attachments"
        assert len(name) == 43
        assert "." not in name
    assert first != second


def test_who_may_not_manage_users_gets_no_file(api: Api, staff: Any, storage: Storage) -> None:
    url = create(api, make_record(), file())["note"]["attachments"][0]["url"]
    assert Client().get(url).status_code == 200

    staff.user_permissions.clear()

    assert Client().get(url).status_code == 404
    assert Client().get("/media/" + storage.paths()[0]).status_code == 404


def test_files_are_added_and_removed(api: Api, storage: Storage, on_commit: Callable[[], Any]) -> None:
    note = make_note()

    answer = add(api, note, file("one.pdf"), file("two.png", PNG))

    one, two = answer["note"]["attachments"]
    assert [one["name"], two["name"]] == ["one.pdf", "two.png"]
    assert len(storage.paths()) == 2
    with on_commit():
        removed = api(REMOVE, id=one["id"])["customerNoteAttachmentDelete"]
    assert removed == {"note": {"attachments": [{"name": "two.png"}]}, "errors": []}
    (left,) = storage.paths()
    assert left == Attachment.objects.get().file.name
    assert [entry[0] for entry in log()] == ["FILE_ATTACHED", "FILE_ATTACHED", "FILE_REMOVED"]
    assert log()[-1][1]["name"] == "one.pdf"
    assert Client().get(one["url"]).status_code == 404
    assert errors(api(REMOVE, id=one["id"])["customerNoteAttachmentDelete"]) == [("id", "NOT_FOUND")]


def test_files_go_with_the_note(api: Api, storage: Storage, on_commit: Callable[[], Any]) -> None:
    note = make_note()
    add(api, note, file(), file())
    add(api, make_note(), file("other.pdf"))

    with on_commit():
        api(DELETE, id=global_id("CustomerNote", note))
        assert len(storage.paths()) == 3  # not before the commit

    assert storage.paths() == [Attachment.objects.get().file.name]


@pytest.mark.parametrize("what", ["a program for Windows", "a page", "a drawing", "an old document with macros"])
def test_what_runs_is_refused_and_leaves_nothing(api: Api, storage: Storage, what: str) -> None:
    note = make_note()

    answer = add(api, note, file(), file("invoice.pdf", REFUSED[what]))

    assert errors(answer) == [("attachments", "UNSUPPORTED_FILE")]
    assert storage.paths() == []
    assert not Attachment.objects.exists()
    assert log() == []


def test_an_empty_file_is_refused(api: Api, storage: Storage) -> None:
    assert errors(create(api, make_record(), file(content=b""))) == [("attachments", "REQUIRED")]
    assert (storage.paths(), Note.objects.count()) == ([], 0)


def test_more_files_than_are_taken_at_once(api: Api, storage: Storage) -> None:
    assert errors(add(api, make_note(), *[file() for _ in range(21)])) == [("attachments", "LIMIT_REACHED")]
    assert storage.paths() == []


def test_what_is_no_file(api: Api, storage: Storage) -> None:
    variables = {"recordId": global_id("CustomerRecord", make_record()), "input": {"text": "x"}}

    answer = api(CREATE, attachments=["not a part of the form"], **variables)["customerNoteCreate"]

    assert errors(answer) == [("attachments", "REQUIRED")]


def test_the_size_of_one_file_and_of_all(
    api: Api,
    storage: Storage,
    configure: Callable[..., None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(attachments, "MEGABYTE", 100)
    configure(attachment_megabytes="2", attachments_megabytes="3")
    anna = make_record()
    note, other = make_note(anna), make_note(anna)

    def pdf(size: int) -> SimpleUploadedFile:
        return file(content=PDF + bytes(size - len(PDF)))

    assert add(api, note, pdf(200))["errors"] == []
    assert errors(add(api, note, pdf(201))) == [("attachments", "LIMIT_REACHED")]
    assert errors(add(api, other, pdf(60), pdf(60))) == [("attachments", "LIMIT_REACHED")]
    assert len(storage.paths()) == 1
    assert add(api, other, pdf(100))["errors"] == []  # exactly
    assert add(api, make_note(), pdf(200))["errors"] == []  # of another record


def test_nothing_is_left_when_the_database_fails(
    api: Api,
    storage: Storage,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen: list[int] = []

    def fail(*_args: Any, **_kwargs: Any) -> None:
        seen.append(len(storage.paths()))
        raise DatabaseError

    monkeypatch.setattr(attachments, "append", fail)

    response = api.post_files(
        CREATE,
        {"attachments.0": file()},
        attachments=[None],
        recordId=global_id("CustomerRecord", make_record()),
        input={"text": "x"},
    )

    assert response.json()["errors"]
    assert seen == [1]  # the file was there already
    assert storage.paths() == []
    assert not Note.objects.exists()
    assert not Attachment.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_nothing_is_left_when_the_commit_fails(
    api: Api,
    storage: Storage,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As when the link to the database is lost at the last moment."""
    note = make_note()
    database = type(connections[connection.alias])
    commit = database._commit

    def fail(self: Any) -> None:
        if Attachment.objects.exists():
            assert len(storage.paths()) == 1
            raise DatabaseError
        commit(self)

    monkeypatch.setattr(database, "_commit", fail)
    response = api.post_files(
        ADD, {"attachments.0": file()}, attachments=[None], noteId=global_id("CustomerNote", note)
    )
    monkeypatch.undo()

    assert response.json()["errors"]
    assert not Attachment.objects.exists()
    assert storage.paths() == []


def test_a_storage_that_fails_leaves_no_row(
    api: Api,
    storage: Storage,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    save = storage.save
    saved: list[str] = []

    def fail_at_the_second(*args: Any, **kwargs: Any) -> str:
        if saved:
            raise OSError("disk full")
        saved.append(save(*args, **kwargs))
        return saved[0]

    monkeypatch.setattr(storage, "save", fail_at_the_second)
    note = make_note()

    response = api.post_files(
        ADD,
        {"attachments.0": file(), "attachments.1": file()},
        attachments=[None, None],
        noteId=global_id("CustomerNote", note),
    )

    (error,) = response.json()["data"]["customerNoteAttachmentsAdd"]["errors"]
    assert error["code"] == "STORAGE_UNAVAILABLE"
    assert storage.paths() == []
    assert not Attachment.objects.exists()


# Many at once.


def test_the_number_of_statements_does_not_grow(api: Api, staff: Any) -> None:
    for _ in range(10):
        anna = make_record()
        for _ in range(2):
            note = make_note(anna, author_id=str(staff.pk))
            NoteMention.objects.create(note=note, user=make_staff())
            NoteVersion.objects.create(note=note, text="x", editor_type="STAFF")
            Attachment.objects.create(note=note, file=f"x/{note.pk}", name="a.pdf", content_type="x", size=1)
    query = (
        """query ($first: Int) { customerRecords(first: $first) { edges { node { notes(first: 2) { totalCount edges {
        node { ...Note } } } } } } }"""
        + NOTE
    )

    def number(first: int) -> int:
        with CaptureQueriesContext(connection) as captured:
            api(query, first=first)
        return len(captured)

    number(1)  # fills Saleor's caches
    assert number(2) == number(10)
    edges = api(query, first=10)["customerRecords"]["edges"]
    assert all(len(note["node"]["attachments"]) == 1 for edge in edges for note in edge["node"]["notes"]["edges"])


def test_settings_are_read_once(api: Api, storage: Storage, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[None] = []
    load = settings.load
    monkeypatch.setattr(settings, "load", lambda: calls.append(None) or load())

    add(api, make_note(), file(), file())

    assert len(calls) == 1


def test_writing_takes_as_many_statements_for_one_as_for_many(api: Api, storage: Storage) -> None:
    def number(files: int, mentions: int) -> int:
        given = [file() for _ in range(files)]
        staff = [global_id("User", make_staff()) for _ in range(mentions)]
        record = make_record()
        with CaptureQueriesContext(connection) as captured:
            assert create(api, record, *given, mentions=staff)["errors"] == []
        return len(captured)

    number(1, 1)  # fills Saleor's caches
    assert number(1, 1) == number(10, 10)


def test_deleting_takes_as_many_statements_for_one_as_for_many(api: Api, storage: Storage) -> None:
    def number(things: int) -> int:
        note = make_note()
        for _ in range(things):
            NoteMention.objects.create(note=note, user=make_staff())
            NoteVersion.objects.create(note=note, text="x", editor_type="STAFF")
        add(api, note, *[file() for _ in range(things)])
        with CaptureQueriesContext(connection) as captured:
            assert api(DELETE, id=global_id("CustomerNote", note))["customerNoteDelete"]["errors"] == []
        return len(captured)

    number(1)
    assert number(1) == number(10)
