"""The conversation with one customer, and the dialog in which staff write to them."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict
from django.utils.translation import gettext as _

from ..execution import Failed
from ..requests import Screen, ScreenRequest
from .answers import done
from .record_context import next_page, wanted

TALK = """
query CustomerPlusConversation($id: ID!, $after: String) {
  customerRecord(id: $id) { id conversation(first: 10, after: $after) {
    pageInfo { hasNextPage endCursor }
    edges { node { saidAt
      lead { id subject message }
      message {
        id kind state failure failureDetail subject body sender droppedFiles purpose
        author { type name } attachments { id name size url }
      }
    } }
  } }
}
"""
WRITING = """
query CustomerPlusWriting($id: ID!, $answers: ID!, $isAnswer: Boolean!) {
  customerRecord(id: $id) { id email firstName lastName companyName languageCode }
  customerMessageTemplates { id name purpose }
  customerMessagePlaceholders
  customerMessage(id: $answers) @include(if: $isAnswer) { id subject }
}
"""
SEND = """
mutation CustomerPlusSend($id: ID!, $input: CustomerMessageInput!, $attachments: [Upload!]) {
  customerMessageSend(recordId: $id, input: $input, attachments: $attachments) { errors { field message code } }
}
"""
TEST = """
mutation CustomerPlusSendTest($id: ID!, $input: CustomerMessageInput!, $attachments: [Upload!]) {
  customerMessageSendTest(recordId: $id, input: $input, attachments: $attachments) {
    message { recipient } errors { field message code }
  }
}
"""
PREVIEW = """
query CustomerPlusPreview($id: ID!, $input: CustomerMessageInput!) {
  customerMessagePreview(recordId: $id, input: $input) { subject text mayBeSent }
}
"""
# `CustomerMessagePurpose` of the API; the service comes first.
PURPOSES = ("SERVICE", "PROMOTIONAL", "NEWSLETTER")


def show(request: ScreenRequest, record_id: str) -> Screen:
    """The card, or what was said before."""
    after = request.query.get("after") or None
    record = wanted(request.execute(TALK, id=record_id, after=after)["customerRecord"])
    context = {
        "record": record,
        "said": [edge["node"] for edge in record["conversation"]["edges"]],
        "more_said": next_page(record["conversation"]),
    }
    return Screen("record/message_list.html" if after else "record/messages.html", context)


def write(request: ScreenRequest, record_id: str) -> Screen:
    """The dialog: its buttons preview, test or send what is in it."""
    does = request.form.get("does", "") if request.is_post else ""
    errors: list[dict[str, Any]] = []
    context: dict[str, Any] = {}
    if does == "preview":
        context["preview"], errors = _previewed(request, record_id)
    elif does in ("send", "test"):
        files = request.files("files")
        variables: dict[str, Any] = {"id": record_id, "input": message_of(request.form)}
        if files:
            variables["attachments"] = [None] * len(files)
        payload, errors = request.change(SEND if does == "send" else TEST, _named(files), **variables)
        if not errors and does == "send":
            return done(_("The message is being sent."))
        if not errors:
            context["tested"] = payload["message"]["recipient"]
    answers = (request.form if request.is_post else request.query).get("answers", "")
    data = request.execute(WRITING, id=record_id, answers=answers or "-", isAnswer=bool(answers))
    values = request.form.dict() if request.is_post else _beginning(data)
    context |= {
        "record": wanted(data["customerRecord"]),
        "templates": data["customerMessageTemplates"],
        "placeholders": data["customerMessagePlaceholders"],
        "purposes": PURPOSES,
        "values": values,
        "answers": answers,
        "errors": errors,
    }
    return Screen("record/message_dialog.html", context)


def message_of(form: QueryDict) -> dict[str, Any]:
    """What was written in a form, as the API takes it. A template that was chosen counts, and not the texts beside."""
    template = form.get("template_id", "")
    message: dict[str, Any] = {"templateId": template} if template else {
        "subject": form.get("subject", ""), "body": form.get("body", "")
    }  # fmt: skip
    if purpose := form.get("purpose", ""):
        message["purpose"] = purpose
    if reason := form.get("override_reason", "").strip():
        message["overrideReason"] = reason
    if answers := form.get("answers", ""):
        message["answersId"] = answers
    return message


def _beginning(data: dict[str, Any]) -> dict[str, Any]:
    """What the form begins with: an answer has the subject of what it answers."""
    answered = data.get("customerMessage")
    if not answered:
        return {}
    subject = answered["subject"]
    return {"subject": subject if subject.lower().startswith("re:") else f"Re: {subject}"}


def _previewed(request: ScreenRequest, record_id: str) -> tuple[dict[str, Any] | None, list[dict[str, Any]]]:
    try:
        return request.execute(PREVIEW, id=record_id, input=message_of(request.form))["customerMessagePreview"], []
    except Failed as failure:
        return None, [{"field": None, "message": str(failure), "code": "INVALID"}]


def _named(files: list[UploadedFile]) -> dict[str, UploadedFile]:
    """The uploads by the path of their variable."""
    return {f"attachments.{number}": file for number, file in enumerate(files)}
