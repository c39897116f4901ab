"""Notes of staff on a person, with their versions, mentions and files. Never shown to customers."""

from __future__ import annotations

from django.conf import settings
from django.core.files.storage import Storage
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils import timezone

from ..activity.models import ActorType
from ..core.model_fields import PrivateFileField


def attachment_storage() -> Storage:
    """Saleor's private storage: files leave it only through the plugin's own address."""
    from ..saleor_adapter.host import private_storage

    return private_storage


class Note(models.Model):
    """An internal text on one record. Written by `notes.services` only."""

    id = models.BigAutoField(primary_key=True)
    record = models.ForeignKey(
        "saleor_customer_plus.CustomerRecord",
        on_delete=models.CASCADE,
        related_name="notes",
        db_index=False,  # an index below begins with it
    )
    text = models.TextField()
    author_type = models.CharField(max_length=16, choices=ActorType.choices)
    author_id = models.CharField(max_length=64, blank=True, default="")
    is_pinned = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now, db_default=Now())
    modified_at = models.DateTimeField(default=timezone.now, db_default=Now())

    class Meta:
        indexes = [
            # A record's notes: the pinned ones first, then the newest.
            models.Index(F("record"), F("is_pinned"), F("created_at"), F("id"), name="customer_plus_notes"),
        ]

    def __str__(self) -> str:
        return f"Note {self.pk}"


class NoteVersion(models.Model):
    """The text that a note had until it was edited, and who edited it. Written by `notes.services` only."""

    id = models.BigAutoField(primary_key=True)
    note = models.ForeignKey(Note, on_delete=models.CASCADE, related_name="versions")
    text = models.TextField()
    replaced_at = models.DateTimeField(default=timezone.now, db_default=Now())
    editor_type = models.CharField(max_length=16, choices=ActorType.choices)
    editor_id = models.CharField(max_length=64, blank=True, default="")

    def __str__(self) -> str:
        return f"NoteVersion {self.pk}"


class NoteMention(models.Model):
    """That a note mentions a member of staff. Written by `notes.services` only."""

    id = models.BigAutoField(primary_key=True)
    note = models.ForeignKey(Note, on_delete=models.CASCADE, related_name="mentions", db_index=False)
    # Saleor's table: no constraint, no action; a mention of somebody who left is passed over when read.
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+"
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["note", "user"], name="customer_plus_mentioned_once")]

    def __str__(self) -> str:
        return f"NoteMention {self.pk}"


class Attachment(models.Model):
    """A file attached to a note. The content type is what its bytes say. Written by `notes.attachments` only."""

    id = models.BigAutoField(primary_key=True)
    note = models.ForeignKey(Note, on_delete=models.CASCADE, related_name="attachments")
    file = PrivateFileField(storage=attachment_storage, upload_to="customer-plus/attachments", max_length=255)
    name = models.CharField(max_length=255)  # as uploaded, made safe
    content_type = models.CharField(max_length=127)
    size = models.BigIntegerField()  # bytes
    created_at = models.DateTimeField(default=timezone.now, db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["file"], name="customer_plus_attachment_file"),
            models.CheckConstraint(condition=Q(size__gte=0), name="customer_plus_attachment_size"),
        ]

    def __str__(self) -> str:
        return f"Attachment {self.pk}"
