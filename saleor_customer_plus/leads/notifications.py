"""Telling staff of a new enquiry: Saleor's plugins and apps, and by e-mail who is named in the settings."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.core.mail import EmailMessage

from ..core import notifications, owed
from ..core.models import NoticeKind
from .models import Lead

EVENT = "customer_plus.lead_created"

# Longer than the longest pause of the task that tries again by itself.
_DELAY = timedelta(minutes=30)


def owe(lead_id: int) -> None:
    """Note that staff have to be notified of a lead, in the transaction that makes it."""
    owed.owe(NoticeKind.LEAD, [lead_id])
    owed.owe(NoticeKind.LEAD_MAIL, [lead_id])


def lead_created(lead_id: int) -> None:
    """Tell Saleor's plugins and apps of a lead, if that was not done yet."""
    if owed.claim(NoticeKind.LEAD, [lead_id]) and (lead := _lead(lead_id)) is not None:
        notifications.notify(EVENT, _payload(lead), about=f"lead {lead_id}")


def mail_lead_created(lead_id: int) -> None:
    """Tell those whom the settings name of a lead, by e-mail, if that was not done yet.

    Raises `MailDelayed` if it is to be tried again.
    """
    if not owed.is_owed(NoticeKind.LEAD_MAIL, lead_id):
        return
    if (lead := _lead(lead_id)) is not None:
        try:
            notifications.mail(lambda recipients: _mail(lead, recipients), about=f"lead {lead_id}")
        except notifications.MailDelayed:
            owed.postpone(NoticeKind.LEAD_MAIL, lead_id, _DELAY)
            raise
    owed.settle(NoticeKind.LEAD_MAIL, [lead_id])


def left_behind() -> tuple[list[int], list[int]]:
    """Leads that Saleor or staff were not notified of, because the task was lost."""
    return owed.left_behind(NoticeKind.LEAD), owed.left_behind(NoticeKind.LEAD_MAIL)


def _lead(lead_id: int) -> Lead | None:
    """The lead, unless it was deleted meanwhile."""
    return Lead.objects.select_related("record").filter(pk=lead_id).first()


def _payload(lead: Lead) -> dict[str, Any]:
    record = lead.record
    return {
        "lead_id": lead.pk,
        "record_id": record.pk,
        "email": record.email,
        "first_name": record.first_name,
        "last_name": record.last_name,
        "subject": lead.subject,
        "message": lead.message,
        "origin": lead.origin,
        "page": lead.page,
        "campaign": lead.campaign,
        "created_at": lead.created_at.isoformat(),
    }


def _mail(lead: Lead, recipients: list[str]) -> EmailMessage:
    """Plain text. Nothing that was typed can become a header of its own: it is one line, or in the body."""
    details = [
        ("From", lead.record.email),
        ("Name", f"{lead.record.first_name} {lead.record.last_name}".strip()),
        ("Page", lead.page),
        ("Campaign", lead.campaign),
    ]
    lines = [f"{name}: {value}" for name, value in details if value]
    subject = " ".join(lead.subject.split()) or "no subject"
    return EmailMessage(
        subject=f"New enquiry: {subject}",
        body="\n".join([*lines, "", lead.message, ""]),
        to=recipients,
        reply_to=[lead.record.email],
    )
