"""Writing to people: one message to one person, or the same one to many, each a message of its own."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from ..activity.services import Actor, Cause
from ..consent import links
from ..consent.models import ConsentPurpose
from ..core import publishing
from ..core.staged_files import StagedFile
from ..errors import CustomerPlusError, ErrorCode, Problems
from ..mail import outbox
from ..mail import tasks as mail_tasks
from ..mail.composing import Composed, check_placeholders, checked_address, checked_body, checked_subject, compose
from ..mail.models import Mail, MailKind, MailPurpose
from ..mail.outbox import NewMail
from ..records.locks import hold_records
from ..records.models import CustomerRecord
from ..settings import CustomerPlusSettings
from . import templates
from .models import MessageTemplate
from .placeholders import NAMES, values_of

# More than so many people at once are what tools for campaigns are for.
MAX_RECIPIENTS = 1_000
MAX_REASON = 255


@dataclass(frozen=True, slots=True)
class Draft:
    """A message before it is filled in for somebody: a subject and a body, or a template."""

    subject: str = ""
    body: str = ""
    template: MessageTemplate | None = None
    purpose: MailPurpose = MailPurpose.SERVICE
    reply_to: str = ""
    override_reason: str = ""
    # The message of the person that this one answers.
    answers: Mail | None = None


def check(draft: Draft, *, is_whole: bool = True) -> None:
    """Raise for all that is wrong with a draft, whoever it is sent to. One that is not whole may lack its texts."""
    problems = Problems()
    with problems.noted():
        if draft.template is not None and (draft.subject or draft.body):
            raise CustomerPlusError("Give either a template, or a subject and a body.", field="template_id")
    if draft.template is None:
        with problems.noted():
            if draft.subject or is_whole:
                checked_subject(draft.subject)
                check_placeholders(draft.subject, NAMES, field="subject")
        with problems.noted():
            if draft.body or is_whole:
                checked_body(draft.body)
                check_placeholders(draft.body, NAMES, field="body")
    with problems.noted():
        if draft.reply_to:
            checked_address(draft.reply_to, field="reply_to")
    with problems.noted():
        _check_reason(draft)
    problems.raise_any()


def _check_reason(draft: Draft) -> None:
    if len(draft.override_reason) > MAX_REASON or not draft.override_reason.isprintable():
        raise CustomerPlusError(f"A reason is one line of at most {MAX_REASON} characters.", field="override_reason")
    if draft.override_reason and draft.purpose is MailPurpose.SERVICE:
        raise CustomerPlusError("A service message needs no consent, and so no reason.", field="override_reason")


def composed_for(
    records: Sequence[CustomerRecord], draft: Draft, settings: CustomerPlusSettings, *, actor: Actor
) -> dict[int, tuple[Composed, str, str]]:
    """The message for each of these records, its language, and the URL to unsubscribe, if it needs one."""
    values = values_of(records, settings, actor=actor)
    urls: dict[int, str] = {}
    if draft.purpose is not MailPurpose.SERVICE:
        urls = links.unsubscribe_urls(records, ConsentPurpose(draft.purpose.value))
    made = {}
    for record in records:
        subject, body, language = draft.subject, draft.body, record.language_code
        if draft.template is not None:
            text = templates.text_for(draft.template, record.language_code)
            subject, body, language = text.subject, text.body, text.language_code
        url = urls.get(record.pk, "")
        message = compose(subject, body, values[record.pk], settings, language=language, unsubscribe_url=url)
        made[record.pk] = (message, language, url)
    return made


def preview(record: CustomerRecord, draft: Draft, settings: CustomerPlusSettings, *, actor: Actor) -> Composed:
    """The message as this person would receive it."""
    check(draft)
    return composed_for([record], draft, settings, actor=actor)[record.pk][0]


def may_be_written_to(record_ids: Collection[int], draft: Draft) -> set[int]:
    """Those of these records who may be sent this draft. At most one statement."""
    return set(record_ids) if draft.override_reason else outbox.may_be_sent(record_ids, draft.purpose)


def send(
    record_ids: Collection[int],
    draft: Draft,
    settings: CustomerPlusSettings,
    *,
    actor: Actor,
    cause: Cause | None = None,
    files: Sequence[StagedFile] = (),
) -> list[Mail]:
    """Send a message to each of these records, by their primary address. Call it in a transaction.

    Raise if there is no such record, or one may not be sent it. A number of statements that does not grow with the
    records.
    """
    check(draft)
    if hold_records(record_ids) < set(record_ids):
        raise CustomerPlusError("No record has this id.", code=ErrorCode.NOT_FOUND, field="record_id")
    records = list(CustomerRecord.objects.filter(pk__in=record_ids).order_by("pk"))
    made = composed_for(records, draft, settings, actor=actor)
    new = [
        NewMail(
            record.pk,
            record.email,
            made[record.pk][0],
            purpose=draft.purpose,
            override_reason=draft.override_reason,
            language=made[record.pk][1],
            reply_to=draft.reply_to,
            in_reply_to=draft.answers.message_id if draft.answers else "",
            unsubscribe_url=made[record.pk][2],
            files=files,
        )
        for record in records
    ]
    rows = outbox.queue(new, settings, actor=actor, cause=cause)
    publishing.publish(mail_tasks.send_mail)
    return rows


def send_test(
    record: CustomerRecord,
    draft: Draft,
    address: str,
    settings: CustomerPlusSettings,
    *,
    actor: Actor,
    files: Sequence[StagedFile] = (),
) -> Mail:
    """Send the message that this person would receive to a test address. It is no part of the conversation.

    Its link to unsubscribe is none: whoever tests it must not unsubscribe the person.
    """
    check(draft)
    hold_records([record.pk])
    plain = Draft(draft.subject, draft.body, draft.template)
    made, language, _url = composed_for([record], plain, settings, actor=actor)[record.pk]
    (row,) = outbox.queue(
        [NewMail(record.pk, address, made, kind=MailKind.TEST, language=language, files=files)], settings, actor=actor
    )
    publishing.publish(mail_tasks.send_mail)
    return row
