"""Enquiries from the contact form, from their arrival until they are leads. The one writer of `LeadSubmission`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.utils import timezone

from .models import LeadSubmission

# What a lead takes over as it is.
TEXTS = ("subject", "message", "page", "campaign")
_PERSON = ("email", "first_name", "last_name")

# By then its own task has run, if it was sent at all.
_LATE = timedelta(minutes=2)
_BATCH = 100


def receive(values: Mapping[str, str]) -> LeadSubmission:
    """Keep what somebody sent. One statement, whoever it is."""
    return LeadSubmission.objects.create(**values)


def hold(submission_id: int) -> LeadSubmission | None:
    """An enquiry that is still to be dealt with, so that nobody else does it too."""
    return LeadSubmission.objects.select_for_update(skip_locked=True).filter(pk=submission_id).first()


def person_of(submission: LeadSubmission) -> dict[str, Any]:
    return {name: getattr(submission, name) for name in _PERSON}


def left_behind() -> list[int]:
    """Enquiries whose task was lost, the oldest first."""
    late = LeadSubmission.objects.filter(received_at__lt=timezone.now() - _LATE)
    return list(late.order_by("pk").values_list("pk", flat=True)[:_BATCH])
