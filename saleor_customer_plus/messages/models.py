"""Templates of messages."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now
from django.utils import timezone

from ..mail.models import MailPurpose


class MessageTemplate(models.Model):
    """A message that is written once and sent often. Written by `messages.templates` only."""

    id = models.BigAutoField(primary_key=True)
    name = models.CharField(max_length=255)
    key = models.CharField(max_length=255)  # the name in one case, see `records.labels.fold`
    purpose = models.CharField(
        max_length=16, choices=MailPurpose.choices, default=MailPurpose.SERVICE, db_default=MailPurpose.SERVICE
    )
    created_at = models.DateTimeField(default=timezone.now, db_default=Now())
    modified_at = models.DateTimeField(default=timezone.now, db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key"], name="customer_plus_template_name")]

    def __str__(self) -> str:
        return f"MessageTemplate {self.pk}"


class MessageTemplateText(models.Model):
    """A template in one language. The first one is for whoever speaks none of them. By `messages.templates` only."""

    id = models.BigAutoField(primary_key=True)
    template = models.ForeignKey(MessageTemplate, on_delete=models.CASCADE, related_name="texts", db_index=False)
    position = models.PositiveIntegerField()
    language_code = models.CharField(max_length=35)
    subject = models.CharField(max_length=255)
    body = models.TextField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["template", "language_code"], name="customer_plus_template_language"),
        ]

    def __str__(self) -> str:
        return f"MessageTemplateText {self.pk}"
