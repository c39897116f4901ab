"""Messages to staff that are not sent yet."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now
from django.utils import timezone


class NoticeKind(models.TextChoices):
    """What staff is to be notified of, and how. `subject_id` is the key of what it is about: of a lead, say."""

    LEAD = "LEAD", "A new enquiry, by Saleor's notify"
    LEAD_MAIL = "LEAD_MAIL", "A new enquiry, by e-mail"
    MENTION = "MENTION", "A mention in a note, by Saleor's notify"
    MERGE = "MERGE", "A merge of records, by Saleor's notify"
    MERGE_UNDO = "MERGE_UNDO", "The undo of a merge, by Saleor's notify"
    SIGNUP = "SIGNUP", "A confirmed sign-up for the newsletter, by Saleor's notify"
    WITHDRAWAL = "WITHDRAWAL", "A consent that a person withdrew, by Saleor's notify"


class OwedNotice(models.Model):
    """A message to staff that has to be sent: should its task be lost, a periodic look finds it here.

    Written by `core.owed` only, in the transaction of what it is about.
    """

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=16, choices=NoticeKind.choices)
    subject_id = models.BigIntegerField()
    created_at = models.DateTimeField(default=timezone.now, db_default=Now())
    # When the periodic look sends it, unless its own task has done so before.
    due_at = models.DateTimeField(default=timezone.now, db_default=Now(), db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "subject_id"], name="customer_plus_owed_once")]

    def __str__(self) -> str:
        return f"OwedNotice {self.pk}"
