"""Sign-ups for the newsletter, from their arrival until they are confirmed or forgotten."""

from __future__ import annotations

import secrets

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from ..consent.models import ConsentPurpose
from ..core.model_fields import KeyField


class SignupState(models.TextChoices):
    """How far a sign-up has come."""

    RECEIVED = "RECEIVED", "Taken in, and not dealt with yet"
    PENDING = "PENDING", "The person was sent a mail to confirm it"
    CONFIRMED = "CONFIRMED", "The person confirmed it"
    SUBSCRIBED = "SUBSCRIBED", "It counts without a confirmation, as the setting of the time said"
    KNOWN = "KNOWN", "The person was subscribed already"


def new_key() -> str:
    return secrets.token_urlsafe(16)


class NewsletterSignup(models.Model):
    """One sign-up: what the person was shown and sent, when, and what came of it. Written by `newsletter.services`.

    Taking it in is the same statement for everybody: nobody can tell from outside who is known. With the consent events
    it is the proof of a double opt-in; one that nobody confirms is deleted after a time.
    """

    id = models.BigAutoField(primary_key=True)
    key = KeyField(max_length=32, unique=True, default=new_key)  # names it in a link
    email = models.CharField(max_length=254)  # normalised
    first_name = models.CharField(max_length=256, blank=True)
    last_name = models.CharField(max_length=256, blank=True)
    language_code = models.CharField(max_length=35, blank=True)
    purposes = ArrayField(models.CharField(max_length=16, choices=ConsentPurpose.choices))
    wording = models.TextField(blank=True)
    wording_version = models.CharField(max_length=64, blank=True)
    page = models.CharField(max_length=2048, blank=True)  # the address of the form
    # Optional, and forgotten after a time: see the setting `newsletter_keep_ip`.
    ip_address = models.GenericIPAddressField(null=True, blank=True)
    confirmed_ip_address = models.GenericIPAddressField(null=True, blank=True)
    received_at = models.DateTimeField(default=timezone.now)

    state = models.CharField(max_length=16, choices=SignupState.choices, default=SignupState.RECEIVED)
    record = models.ForeignKey(
        "saleor_customer_plus.CustomerRecord",
        on_delete=models.CASCADE,
        related_name="newsletter_signups",
        null=True,
        blank=True,
        db_index=False,  # an index below begins with it
    )
    asked_at = models.DateTimeField(null=True, blank=True)  # when the consent events were recorded
    # The keys of `mail.models.Mail`: what the person was sent. Whoever deletes a message leaves the number.
    mail_ids = ArrayField(models.BigIntegerField(), default=list, blank=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state="RECEIVED") | Q(record__isnull=False), name="customer_plus_signup_record"
            ),
            models.CheckConstraint(
                condition=Q(state="CONFIRMED", confirmed_at__isnull=False)
                | (~Q(state="CONFIRMED") & Q(confirmed_at=None)),
                name="customer_plus_signup_confirmed",
            ),
        ]
        indexes = [
            models.Index(F("record"), F("received_at"), F("id"), name="customer_plus_signups_of"),
            models.Index(F("state"), F("received_at"), F("id"), name="customer_plus_signups_state"),
            models.Index(F("received_at"), F("id"), name="customer_plus_signups_new"),
            models.Index(
                F("received_at"),
                name="customer_plus_signups_ip",
                condition=Q(ip_address__isnull=False) | Q(confirmed_ip_address__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"NewsletterSignup {self.pk}"
