"""Consent: what people allowed the shop to send them, as appended facts that nobody edits."""

from __future__ import annotations

from django.db import models
from django.db.models import F
from django.db.models.functions import Now
from django.utils import timezone

from ..activity.models import ActorType, CauseType


class ConsentChannel(models.TextChoices):
    """By which way a person may be reached."""

    EMAIL = "EMAIL", "E-mail"
    SMS = "SMS", "Text message"
    PHONE = "PHONE", "Phone call"
    POST = "POST", "Post"


class ConsentPurpose(models.TextChoices):
    """What a person may be reached for."""

    PROMOTIONAL = "PROMOTIONAL", "Offers and advertising"
    SYSTEM = "SYSTEM", "Updates on the shop and its services"
    NEWSLETTER = "NEWSLETTER", "The newsletter"


# What a tool calls marketing, without saying which.
MARKETING = (ConsentPurpose.PROMOTIONAL, ConsentPurpose.NEWSLETTER)


class ConsentState(models.TextChoices):
    """What a person decided. Names as in Shopify's `CustomerEmailMarketingState`; without an event, NOT_SUBSCRIBED."""

    NOT_SUBSCRIBED = "NOT_SUBSCRIBED", "Never asked, or never answered"
    PENDING = "PENDING", "Asked, and not yet confirmed"
    SUBSCRIBED = "SUBSCRIBED", "Granted"
    UNSUBSCRIBED = "UNSUBSCRIBED", "Withdrawn"
    INVALID = "INVALID", "The address does not accept messages"
    REDACTED = "REDACTED", "The person's data was erased"


class OptInLevel(models.TextChoices):
    """How a consent was given. Names as in Shopify's `CustomerMarketingOptInLevel`."""

    SINGLE_OPT_IN = "SINGLE_OPT_IN", "The person signed up"
    CONFIRMED_OPT_IN = "CONFIRMED_OPT_IN", "The person signed up and confirmed it"
    SOFT_OPT_IN = "SOFT_OPT_IN", "The person bought and did not object (ePrivacy Directive, Art. 13(2))"
    UNKNOWN = "UNKNOWN", "It is not known how"


class ConsentSource(models.TextChoices):
    """Where the decision was made or recorded."""

    STAFF = "STAFF", "A member of staff"
    CUSTOMER = "CUSTOMER", "The customer's account"
    IMPORT = "IMPORT", "An import"
    CONTACT_FORM = "CONTACT_FORM", "The contact form"
    CHECKOUT = "CHECKOUT", "A checkout"
    NEWSLETTER = "NEWSLETTER", "A newsletter form or tool"
    APP = "APP", "An app"
    PREFERENCES = "PREFERENCES", "A link to unsubscribe, or the page of preferences that it opens"


class ConsentEvent(models.Model):
    """One decision of one person on one channel and purpose, with its proof (GDPR Art. 7(1)).

    Appended by `consent.services` only; the database refuses to change or delete it but for an erasure of the record.
    """

    id = models.BigAutoField(primary_key=True)
    record = models.ForeignKey(
        "saleor_customer_plus.CustomerRecord",
        on_delete=models.CASCADE,
        related_name="consent_events",
        db_index=False,  # an index below begins with it
    )
    channel = models.CharField(max_length=8, choices=ConsentChannel.choices)
    purpose = models.CharField(max_length=16, choices=ConsentPurpose.choices)
    state = models.CharField(max_length=16, choices=ConsentState.choices)
    opt_in_level = models.CharField(max_length=24, choices=OptInLevel.choices, default=OptInLevel.UNKNOWN)
    wording = models.TextField(blank=True, default="", db_default="")  # the text that the person was shown
    wording_version = models.CharField(max_length=64, blank=True, default="", db_default="")
    source = models.CharField(max_length=16, choices=ConsentSource.choices)
    actor_type = models.CharField(max_length=16, choices=ActorType.choices)
    actor_id = models.CharField(max_length=64, blank=True, default="", db_default="")
    # When the person decided, and when it was written down here.
    at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    evidence = models.JSONField(default=dict, blank=True)
    # Why a withdrawal was overridden, where it was.
    override_reason = models.CharField(max_length=255, blank=True, default="", db_default="")
    cause_type = models.CharField(max_length=16, choices=CauseType.choices, blank=True, default="", db_default="")
    cause_id = models.CharField(max_length=64, blank=True, default="", db_default="")
    # Of a job that was undone: what it recorded here counts for nothing any more, and neither does this event itself.
    undoes = models.CharField(max_length=64, blank=True, default="", db_default="")

    class Meta:
        indexes = [
            # The newest event of each channel and purpose is the current state.
            models.Index(F("record"), F("channel"), F("purpose"), F("at"), F("id"), name="customer_plus_consent_state"),
        ]

    def __str__(self) -> str:
        return f"ConsentEvent {self.pk}"


class CurrentConsent(models.Model):
    """What holds of one record on one channel for one purpose, for filters. `consent.services` keeps it.

    The history is in `ConsentEvent`: this is what `queries.current_events` says of it. Where there is no row, nobody
    decided anything.
    """

    id = models.BigAutoField(primary_key=True)
    record = models.ForeignKey(
        "saleor_customer_plus.CustomerRecord",
        on_delete=models.CASCADE,
        related_name="current_consents",
        db_index=False,  # the constraint below begins with it
    )
    channel = models.CharField(max_length=8, choices=ConsentChannel.choices)
    purpose = models.CharField(max_length=16, choices=ConsentPurpose.choices)
    state = models.CharField(max_length=16, choices=ConsentState.choices)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["record", "channel", "purpose"], name="customer_plus_consent_one"),
        ]
        indexes = [
            models.Index(F("channel"), F("purpose"), F("state"), F("record"), name="customer_plus_consent_filter"),
        ]

    def __str__(self) -> str:
        return f"CurrentConsent {self.pk}"


class SuppressedAddress(models.Model):
    """An address that no import subscribes, as a hash, from a list of withdrawals or of a record that it left: see
    `consent.suppressions`.

    One row for each purpose and each import that listed it, so that an import can be undone.
    """

    id = models.BigAutoField(primary_key=True)
    digest = models.BinaryField(max_length=32)
    purpose = models.CharField(max_length=16, choices=ConsentPurpose.choices)
    job_id = models.BigIntegerField()  # the import's, kept when the job is not; 0 if it left a record
    created_at = models.DateTimeField(default=timezone.now, db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["digest", "purpose", "job_id"], name="customer_plus_suppressed_once"),
        ]
        indexes = [models.Index(F("job_id"), name="customer_plus_suppressed_job")]

    def __str__(self) -> str:
        return f"SuppressedAddress {self.pk}"


class SuppressionKey(models.Model):
    """The one random key of the hashes of suppressed addresses. It does not depend on Saleor's `SECRET_KEY`."""

    id = models.BigAutoField(primary_key=True)  # 1
    key = models.BinaryField(max_length=32)

    def __str__(self) -> str:
        return f"SuppressionKey {self.pk}"


class PreferenceLink(models.Model):
    """The key of the links by which one person changes their consents without an account: see `consent.links`.

    One for each address that the shop wrote to, so that the links in old messages work for as long as the record has
    that address. They are revoked by deleting the row. Written by `consent.links` only.
    """

    id = models.BigAutoField(primary_key=True)
    record = models.ForeignKey(
        "saleor_customer_plus.CustomerRecord",
        on_delete=models.CASCADE,
        related_name="preference_links",
        db_index=False,  # the constraint below begins with it
    )
    email = models.CharField(max_length=254)  # normalised
    key = models.CharField(max_length=32, unique=True)
    created_at = models.DateTimeField(default=timezone.now, db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["record", "email"], name="customer_plus_preference_link"),
        ]

    def __str__(self) -> str:
        return f"PreferenceLink {self.pk}"
