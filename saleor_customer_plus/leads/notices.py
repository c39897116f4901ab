"""Telling staff of a new enquiry: Saleor's plugins and apps, and by e-mail who is named in the settings."""

from __future__ import annotations

from typing import Any

from django.core.mail import EmailMessage

from .. import notices
from .models import Lead

EVENT = "customer_plus.lead_created"


def lead_created(lead_id: int) -> None:
    """Tell of a lead."""
    lead = Lead.objects.select_related("record").filter(pk=lead_id).first()
    if lead is None:  # deleted meanwhile
        return
    notices.notify(EVENT, _payload(lead), about=f"lead {lead_id}")
    notices.mail(lambda recipients: _mail(lead, recipients), about=f"lead {lead_id}")


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
    told = [
        ("From", lead.record.email),
        ("Name", f"{lead.record.first_name} {lead.record.last_name}".strip()),
        ("Page", lead.page),
        ("Campaign", lead.campaign),
    ]
    lines = [f"{name}: {value}" for name, value in told if value]
    subject = " ".join(lead.subject.split()) or "no subject"
    return EmailMessage(
        subject=f"New enquiry: {subject}",
        body="\n".join([*lines, "", lead.message, ""]),
        to=recipients,
        reply_to=[lead.record.email],
    )
