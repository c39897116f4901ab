"""The log of everything that happened to a record."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q


class ActivityType(models.TextChoices):
    """What happened."""

    RECORD_CREATED = "RECORD_CREATED", "The record was made"
    ORDER_ADDED = "ORDER_ADDED", "An order was attached"
    ORDER_CHANGED = "ORDER_CHANGED", "An order changed its state, total or refunds"
    ORDER_REMOVED = "ORDER_REMOVED", "An order left the record"
    DETAILS_SYNCED = "DETAILS_SYNCED", "Details were taken over from an order or the account"
    DETAILS_SUGGESTED = "DETAILS_SUGGESTED", "Details differ from a locked field"
    STAGE_CHANGED = "STAGE_CHANGED", "A lead became a customer"
    ACCOUNT_LINKED = "ACCOUNT_LINKED", "The record was linked to an account"
    ACCOUNT_UNLINKED = "ACCOUNT_UNLINKED", "The link to an account ended"
    EMAIL_CHANGED = "EMAIL_CHANGED", "The primary e-mail address changed"
    EMAIL_ADDED = "EMAIL_ADDED", "Another e-mail address was added"
    EMAIL_REMOVED = "EMAIL_REMOVED", "Another e-mail address was removed"
    DETAILS_EDITED = "DETAILS_EDITED", "Fields were edited"
    DETAILS_UNLOCKED = "DETAILS_UNLOCKED", "Details may be synced again"
    SUGGESTION_ACCEPTED = "SUGGESTION_ACCEPTED", "A suggested detail was taken over"
    SUGGESTION_DISMISSED = "SUGGESTION_DISMISSED", "A suggested detail was dismissed"
    IMAGE_CHANGED = "IMAGE_CHANGED", "The picture was set or removed"
    ACTIVATED = "ACTIVATED", "The record was put into use again"
    DEACTIVATED = "DEACTIVATED", "The record was taken out of use"
    BUYER_APPROVED = "BUYER_APPROVED", "The person was approved as a buyer"
    BUYER_DISAPPROVED = "BUYER_DISAPPROVED", "The approval as a buyer was withdrawn"
    ACCOUNT_OPENED = "ACCOUNT_OPENED", "An account was opened for the person"
    ACCOUNT_CHANGED = "ACCOUNT_CHANGED", "The account's customer type, attributes or metadata were changed"
    ADDRESS_ADDED = "ADDRESS_ADDED", "An address was added"
    ADDRESS_CHANGED = "ADDRESS_CHANGED", "An address was changed"
    ADDRESS_REMOVED = "ADDRESS_REMOVED", "An address was removed"
    DRAFT_ORDER_CREATED = "DRAFT_ORDER_CREATED", "A draft order was made for the person"
    TAG_ADDED = "TAG_ADDED", "A tag was added"
    TAG_REMOVED = "TAG_REMOVED", "A tag was removed"
    TAG_RENAMED = "TAG_RENAMED", "A tag of the record was given another name"
    GROUP_JOINED = "GROUP_JOINED", "The person joined a group"
    GROUP_LEFT = "GROUP_LEFT", "The person left a group"
    GROUP_RENAMED = "GROUP_RENAMED", "A group of the person was given another name"
    NOTE_ADDED = "NOTE_ADDED", "A note was written"
    NOTE_EDITED = "NOTE_EDITED", "A note was edited, pinned or unpinned"
    NOTE_DELETED = "NOTE_DELETED", "A note was deleted"
    FILE_ATTACHED = "FILE_ATTACHED", "A file was attached to a note"
    FILE_REMOVED = "FILE_REMOVED", "A file was removed from a note"
    LEAD_ADDED = "LEAD_ADDED", "An enquiry came in"
    LEAD_CHANGED = "LEAD_CHANGED", "An enquiry was edited, assigned or moved on"
    LEAD_CONVERTED = "LEAD_CONVERTED", "An enquiry led to an order"
    LEAD_DELETED = "LEAD_DELETED", "An enquiry was deleted"
    CONSENT_CHANGED = "CONSENT_CHANGED", "A consent was granted, withdrawn or asked for"
    MESSAGE_SENT = "MESSAGE_SENT", "A message was written and is being sent"
    MESSAGE_FAILED = "MESSAGE_FAILED", "A message could not be sent, or was returned"
    MESSAGE_RECEIVED = "MESSAGE_RECEIVED", "A message of the person was received"
    MERGED = "MERGED", "Other records were merged into the record"
    MERGE_UNDONE = "MERGE_UNDONE", "A merge was undone"
    LINKS_REVOKED = "LINKS_REVOKED", "The links to unsubscribe that the person was sent were revoked"
    PERSONAL_DATA_EXPORTED = "PERSONAL_DATA_EXPORTED", "All data of the person was written into a file"
    SEGMENT_ENTERED = "SEGMENT_ENTERED", "The person entered a followed segment"
    SEGMENT_LEFT = "SEGMENT_LEFT", "The person left a followed segment"
    DUPLICATE_DISMISSED = "DUPLICATE_DISMISSED", "Other records were said not to be of the same person"
    DUPLICATE_UNDISMISSED = "DUPLICATE_UNDISMISSED", "That other records are not of the same person was taken back"


class ActorType(models.TextChoices):
    """Who did it."""

    SYNC = "SYNC", "The synchronisation with Saleor"
    STAFF = "STAFF", "A staff member"
    APP = "APP", "An app"
    CUSTOMER = "CUSTOMER", "The customer"
    IMPORT = "IMPORT", "An import"


class CauseType(models.TextChoices):
    """What kind of thing `cause_id` names."""

    ORDER = "ORDER", "A Saleor order, by its UUID"
    ACCOUNT = "ACCOUNT", "A Saleor account, by its number"
    JOB = "JOB", "A bulk job"
    NOTE = "NOTE", "A note"
    LEAD = "LEAD", "An enquiry"
    MERGE = "MERGE", "A merge of records"
    SEGMENT = "SEGMENT", "A segment"


# What happens to nearly every record: whoever reads the log meets these soon.
FREQUENT = [
    ActivityType.RECORD_CREATED,
    ActivityType.ORDER_ADDED,
    ActivityType.ORDER_CHANGED,
    ActivityType.ORDER_REMOVED,
    ActivityType.DETAILS_SYNCED,
    ActivityType.STAGE_CHANGED,
    ActivityType.ACCOUNT_LINKED,
]

# By these the log of all records can be asked. What orders and accounts caused is asked of one record.
LISTED_CAUSES = [CauseType.JOB, CauseType.NOTE, CauseType.LEAD, CauseType.MERGE, CauseType.SEGMENT]


class ActivityEntry(models.Model):
    """One thing that happened to one record: who, what, before and after, and why. Appended by `activity.services`."""

    id = models.BigAutoField(primary_key=True)
    record = models.ForeignKey(
        "saleor_customer_plus.CustomerRecord",
        on_delete=models.CASCADE,
        related_name="activity",
        db_index=False,  # the index below begins with it
    )
    # When it happened, which for an order is when it was placed; the id orders entries by when they were logged.
    at = models.DateTimeField()
    # An `ActivityType`; without `choices`, which would take a migration for each new one.
    type = models.CharField(max_length=32)
    actor_type = models.CharField(max_length=16, choices=ActorType.choices, default=ActorType.SYNC)
    actor_id = models.CharField(max_length=64, blank=True, default="")
    before = models.JSONField(default=dict, blank=True)
    after = models.JSONField(default=dict, blank=True)
    cause_type = models.CharField(max_length=16, choices=CauseType.choices, blank=True, default="")
    cause_id = models.CharField(max_length=64, blank=True, default="")

    class Meta:
        indexes = [
            models.Index(F("record"), F("at"), F("id"), name="customer_plus_activity_feed"),
            models.Index(F("at"), F("id"), name="customer_plus_activity_log"),
            # For what is rare in the log: most of it is the sync's, which these cost nothing.
            models.Index(
                F("type"), F("at"), F("id"), name="customer_plus_activity_type", condition=~Q(type__in=FREQUENT)
            ),
            models.Index(
                F("actor_type"),
                F("actor_id"),
                F("at"),
                F("id"),
                name="customer_plus_activity_actor",
                condition=~Q(actor_type=ActorType.SYNC),
            ),
            models.Index(
                F("cause_type"),
                F("cause_id"),
                F("at"),
                F("id"),
                name="customer_plus_activity_cause",
                condition=Q(cause_type__in=LISTED_CAUSES),
            ),
        ]

    def __str__(self) -> str:
        return f"ActivityEntry {self.pk} {self.type}"
