"""Messages by the API: sending, previews, templates, the conversation, and what may not be."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail as django_mail
from django.core.files.uploadedfile import SimpleUploadedFile

from saleor_customer_plus.activity.models import ActivityEntry
from saleor_customer_plus.api.core.base import to_global_id
from saleor_customer_plus.mail.models import Mail, MailAttachment
from tests.client import Api
from tests.factories import make_lead, make_record
from tests.notes.samples import PDF

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("storage")]

SEND = """
mutation ($recordId: ID!, $input: CustomerMessageInput!, $attachments: [Upload!]) {
  customerMessageSend(recordId: $recordId, input: $input, attachments: $attachments) {
    message { id subject body text state purpose author { type } attachments { name contentType size url } }
    errors { field message code }
  }
}
"""
TEST = SEND.replace("customerMessageSend(", "customerMessageSendTest(")
PREVIEW = """
query ($recordId: ID!, $input: CustomerMessageInput!) {
  customerMessagePreview(recordId: $recordId, input: $input) { subject text html mayBeSent }
}
"""
TALK = """
query ($id: ID!, $first: Int, $after: String, $last: Int, $before: String) {
  customerRecord(id: $id) { conversation(first: $first, after: $after, last: $last, before: $before) {
    totalCount
    pageInfo { hasNextPage hasPreviousPage endCursor startCursor }
    edges { node { message { subject state failure } lead { message } } }
  } }
}
"""
CREATE = """
mutation ($input: CustomerMessageTemplateInput!) {
  customerMessageTemplateCreate(input: $input) {
    template { id name purpose texts { languageCode subject } } errors { field code message }
  }
}
"""
HELLO = {"subject": "Hello {{ first_name }}", "body": "Your order is **ready**."}


@pytest.fixture(autouse=True)
def _shop(configure: Callable[..., None]) -> None:
    configure(mail_sender="Sofa <shop@shop.example>", mail_signature="Your Sofa team")


def gid(record: Any) -> str:
    return to_global_id("CustomerRecord", record.pk)


def errors(answer: dict[str, Any]) -> list[tuple[str, str]]:
    ((_, payload),) = answer.items()
    return [(one["field"], one["code"]) for one in payload["errors"]]


def test_a_message_is_sent_and_stands_in_the_conversation(api: Api, staff: Any, on_commit: Callable[[], Any]) -> None:
    anna = make_record("anna@example.com", first_name="Anna")
    file = SimpleUploadedFile("../offer.exe", PDF)
    with on_commit():
        answer = api.upload(SEND, {"attachments.0": file}, recordId=gid(anna), input=HELLO, attachments=[None])
    sent = answer["customerMessageSend"]["message"]
    assert (sent["subject"], sent["state"], sent["author"]["type"]) == ("Hello Anna", "QUEUED", "STAFF")
    (attachment,) = sent["attachments"]
    assert (attachment["name"], attachment["contentType"]) == ("offer.exe.pdf", "application/pdf")
    (message,) = django_mail.outbox
    assert (message.to, message.subject) == (["anna@example.com"], "Hello Anna")
    assert "Your order is **ready**.\n\n-- \nYour Sofa team" in message.body
    assert message.attachments[-1][0] == "offer.exe.pdf"
    talk = api(TALK, id=gid(anna), first=5)["customerRecord"]["conversation"]
    assert talk["edges"] == [
        {"node": {"message": {"subject": "Hello Anna", "state": "SENT", "failure": None}, "lead": None}}
    ]
    logged = ActivityEntry.objects.get(record=anna, type="MESSAGE_SENT")
    assert (logged.actor_id, "ready" in str(logged.after)) == (str(staff.pk), False)


def test_all_that_is_wrong_is_told_at_once_and_nothing_is_sent(api: Api) -> None:
    wrong = {"subject": "Hi\nBcc: all@example.com", "body": "{{ secret }}", "replyTo": "a@b.example\nX: y"}
    answer = api(SEND, recordId=gid(make_record()), input=wrong)
    assert errors(answer) == [("subject", "INVALID"), ("body", "INVALID"), ("replyTo", "INVALID")]
    answer = api(SEND, recordId=to_global_id("CustomerRecord", 10**9), input={"body": "x" * 20_001, "templateId": "x"})
    assert errors(answer) == [
        ("recordId", "NOT_FOUND"),
        ("templateId", "INVALID"),
        ("body", "LIMIT_REACHED"),
    ]
    assert not Mail.objects.exists()


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [("x.sh", b"#!/bin/sh\nrm -rf /", "UNSUPPORTED_FILE"), ("x.pdf", PDF + b"x" * 16 * 1024 * 1024, "LIMIT_REACHED")],
)
def test_a_file_that_is_not_taken_stops_the_message(
    api: Api, storage: Any, name: str, content: bytes, code: str
) -> None:
    files = {"attachments.0": SimpleUploadedFile(name, content)}
    answer = api.upload(SEND, files, recordId=gid(make_record()), input=HELLO, attachments=[None])
    assert errors(answer) == [("attachments", code)]
    assert not Mail.objects.exists()
    assert not MailAttachment.objects.exists()


def test_promotion_without_consent_needs_a_reason_which_is_logged(api: Api, on_commit: Callable[[], Any]) -> None:
    anna = make_record("anna@example.com")
    offer = {**HELLO, "purpose": "PROMOTIONAL"}
    assert errors(api(SEND, recordId=gid(anna), input=offer)) == [("purpose", "OUT_OF_SCOPE")]
    assert api(PREVIEW, recordId=gid(anna), input=offer)["customerMessagePreview"]["mayBeSent"] is False
    with on_commit():
        assert errors(api(SEND, recordId=gid(anna), input={**offer, "overrideReason": "Asked by phone"})) == []
    (message,) = django_mail.outbox
    assert message.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message.extra_headers["List-Unsubscribe"].strip("<>") in message.body
    entry = ActivityEntry.objects.get(record=anna, type="MESSAGE_SENT")
    assert entry.after["override_reason"] == "Asked by phone"
    service = {**HELLO, "overrideReason": "No need"}
    assert errors(api(SEND, recordId=gid(anna), input=service)) == [("overrideReason", "INVALID")]


def test_a_preview_sends_nothing_and_a_test_goes_to_the_test_address(
    api: Api, configure: Callable[..., None], on_commit: Callable[[], Any]
) -> None:
    configure(mail_sender="shop@shop.example", mail_test_address="desk@shop.example")
    anna = make_record("anna@example.com", first_name="Anna")
    seen = api(PREVIEW, recordId=gid(anna), input=HELLO)["customerMessagePreview"]
    assert (seen["subject"], seen["mayBeSent"]) == ("Hello Anna", True)
    assert "<strong>ready</strong>" in seen["html"]
    assert not Mail.objects.exists()
    with on_commit():
        assert errors(api(TEST, recordId=gid(anna), input={**HELLO, "purpose": "PROMOTIONAL"})) == []
    (message,) = django_mail.outbox
    assert (message.to, message.subject) == (["desk@shop.example"], "Hello Anna")
    assert "List-Unsubscribe" not in message.extra_headers
    assert api(TALK, id=gid(anna), first=5)["customerRecord"]["conversation"]["totalCount"] == 0


def test_a_template_is_sent_in_the_language_of_the_person(api: Api, on_commit: Callable[[], Any]) -> None:
    texts = [
        {"languageCode": code, "subject": subject, "body": "{{ full_name }}"}
        for code, subject in (("en", "Ready"), ("de", "Fertig"), ("pt-BR", "Pronto"))
    ]
    made = api(CREATE, input={"name": "Ready", "texts": texts})["customerMessageTemplateCreate"]
    assert made["errors"] == []
    for language, subject in (("de-at", "Fertig"), ("pt", "Pronto"), ("ja", "Ready"), ("", "Ready")):
        django_mail.outbox.clear()
        record = make_record(language_code=language, first_name="Anna", last_name="Rossi")
        with on_commit():
            assert errors(api(SEND, recordId=gid(record), input={"templateId": made["template"]["id"]})) == []
        (message,) = django_mail.outbox
        assert (message.subject, "Anna Rossi" in message.body) == (subject, True)


def test_a_template_can_be_edited_and_deleted_and_tells_all_that_is_wrong(api: Api) -> None:
    text = {"languageCode": "en", "subject": "Hi", "body": "Hello"}
    made = api(CREATE, input={"name": "Hello", "texts": [text]})["customerMessageTemplateCreate"]["template"]
    wrong = [text, {**text, "subject": "{{ nme }}"}, {"languageCode": "??", "subject": "", "body": ""}]
    answer = api(CREATE, input={"name": "hello", "texts": wrong})
    assert errors(answer) == [
        ("name", "UNIQUE"),
        ("texts.1.languageCode", "INVALID"),
        ("texts.1.subject", "INVALID"),
        ("texts.2.languageCode", "INVALID"),
        ("texts.2.subject", "REQUIRED"),
        ("texts.2.body", "REQUIRED"),
    ]
    update = """
    mutation ($id: ID!, $input: CustomerMessageTemplateInput!) {
      customerMessageTemplateUpdate(id: $id, input: $input) { template { name purpose texts { body } } errors { code } }
    }
    """
    changed = api(update, id=made["id"], input={"purpose": "NEWSLETTER", "texts": [{**text, "body": "Hi!"}]})
    assert changed["customerMessageTemplateUpdate"]["template"] == {
        "name": "Hello", "purpose": "NEWSLETTER", "texts": [{"body": "Hi!"}]
    }  # fmt: skip
    delete = "mutation ($id: ID!) { customerMessageTemplateDelete(id: $id) { template { name } errors { code } } }"
    deleted = api(delete, id=made["id"])["customerMessageTemplateDelete"]
    assert deleted == {"template": {"name": "Hello"}, "errors": []}
    assert api("{ customerMessageTemplates { id } }")["customerMessageTemplates"] == []


def test_the_conversation_is_paged_over_messages_and_enquiries(
    api: Api, on_commit: Callable[[], Any], django_assert_num_queries: Any
) -> None:
    anna, ben = make_record("anna@example.com"), make_record("ben@example.com")
    expected = []
    for number in range(5):
        if number % 2:
            make_lead(anna, message=f"{number}", origin="CONTACT_FORM")
        else:
            with on_commit():
                api(SEND, recordId=gid(anna), input={"subject": f"{number}", "body": "x"})
        expected.insert(0, str(number))
    make_lead(anna, message="noted by staff", origin="STAFF")
    make_lead(ben, message="of somebody else", origin="CONTACT_FORM")

    def page(**arguments: Any) -> tuple[list[str], dict[str, Any]]:
        talk = api(TALK, id=gid(anna), **arguments)["customerRecord"]["conversation"]
        nodes = [edge["node"] for edge in talk["edges"]]
        assert talk["totalCount"] == 5
        return [(node["message"] or {}).get("subject") or node["lead"]["message"] for node in nodes], talk["pageInfo"]

    seen, info = page(first=2)
    assert (seen, info["hasNextPage"], info["hasPreviousPage"]) == (expected[:2], True, False)
    seen, info = page(first=10, after=info["endCursor"])
    assert (seen, info["hasNextPage"], info["hasPreviousPage"]) == (expected[2:], False, True)
    seen, info = page(last=2, before=info["startCursor"])
    assert (seen, info["hasPreviousPage"]) == (expected[:2], False)


def test_messages_are_found_by_their_words(api: Api, on_commit: Callable[[], Any]) -> None:
    for subject in ("A green sofa", "A red chair"):
        with on_commit():
            api(SEND, recordId=gid(make_record()), input={"subject": subject, "body": "Grüße"})
    query = """query ($search: String, $states: [CustomerMessageState!]) {
      customerMessages(search: $search, states: $states, first: 5) { totalCount edges { node { subject } } } }"""
    found = api(query, search="GREEN gru")["customerMessages"]
    assert [edge["node"]["subject"] for edge in found["edges"]] == ["A green sofa"]
    assert api(query, states=["FAILED"])["customerMessages"]["totalCount"] == 0
    assert api(query, search="-")["customerMessages"]["totalCount"] == 0


def test_files_go_with_the_last_message_that_has_them(api: Api, storage: Any, on_commit: Callable[[], Any]) -> None:
    anna = make_record("anna@example.com")
    with on_commit():
        files = {"attachments.0": SimpleUploadedFile("a.pdf", PDF)}
        api.upload(SEND, files, recordId=gid(anna), input=HELLO, attachments=[None])
    path = MailAttachment.objects.get().file.name
    assert MailAttachment.objects.get().file.storage.exists(path)
    preview = "query ($id: ID!) { customerRecordDeletionPreview(id: $id) { token messages files } }"
    lost = api(preview, id=gid(anna))["customerRecordDeletionPreview"]
    assert (lost["messages"], lost["files"]) == (1, 1)
    delete = "mutation ($id: ID!, $token: String!) { customerRecordDelete(id: $id, token: $token) { errors { code } } }"
    with on_commit():
        api(delete, id=gid(anna), token=lost["token"])
    assert not Mail.objects.exists()
    assert not MailAttachment._meta.get_field("file").storage.exists(path)  # type: ignore[union-attr]
