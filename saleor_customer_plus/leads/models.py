"""Leads: enquiries of people, and what becomes of them."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils import timezone

from ..core.expressions import SchemaExpression
from ..records.search import words_of


class LeadState(models.TextChoices):
    """How far an enquiry has come. The first three are open."""

    NEW = "NEW", "Nobody has answered yet"
    CONTACTED = "CONTACTED", "Somebody is in touch with the person"
    QUALIFIED = "QUALIFIED", "The person is likely to buy"
    CONVERTED = "CONVERTED", "The person bought"
    LOST = "LOST", "Nothing came of it"


OPEN_STATES = (LeadState.NEW, LeadState.CONTACTED, LeadState.QUALIFIED)


class LeadTerms(SchemaExpression):
    """The words of a lead's texts as a `tsvector`, cut as those of a record are."""

    arity = 2

    def sql(self, *columns: str) -> str:
        subject, message = columns
        text = f"({subject} || ' ' || {message})"
        return f"array_to_tsvector(array_remove({words_of(text)}, ''))"


class LeadOrigin(models.TextChoices):
    """How an enquiry reached the shop."""

    CONTACT_FORM = "CONTACT_FORM", "The contact form"
    PHONE = "PHONE", "A call"
    EMAIL = "EMAIL", "An e-mail"
    STAFF = "STAFF", "A member of staff"
    IMPORT = "IMPORT", "An import"
    OTHER = "OTHER", "Something else"


class Lead(models.Model):
    """One enquiry of one person. Written by `leads.services` only.

    All texts are plain, as they were typed: whoever shows them escapes them.
    """

    id = models.BigAutoField(primary_key=True)
    record = models.ForeignKey(
        "saleor_customer_plus.CustomerRecord",
        on_delete=models.CASCADE,
        related_name="leads",
        db_index=False,  # an index below begins with it
    )
    subject = models.CharField(max_length=255, blank=True, default="", db_default="")
    message = models.TextField(blank=True, default="", db_default="")
    origin = models.CharField(max_length=16, choices=LeadOrigin.choices)
    page = models.CharField(max_length=2048, blank=True, default="", db_default="")  # the address it was sent from
    campaign = models.CharField(max_length=255, blank=True, default="", db_default="")
    state = models.CharField(max_length=16, choices=LeadState.choices, default=LeadState.NEW, db_default=LeadState.NEW)
    lost_reason = models.CharField(max_length=255, blank=True, default="", db_default="")
    # Who follows it up. Saleor's table: no constraint, no action; somebody who left owns nothing when read.
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        related_name="+",
        null=True,
        blank=True,
        db_index=False,
    )
    next_contact_at = models.DateTimeField(null=True, blank=True)
    # When the order was placed that the lead led to, and its UUID.
    converted_at = models.DateTimeField(null=True, blank=True)
    converted_order_id = models.UUIDField(null=True, blank=True)
    # Orders placed from here on may convert the lead: when it came in, or was opened again after it was lost.
    opened_at = models.DateTimeField(default=timezone.now, db_default=Now())
    created_at = models.DateTimeField(default=timezone.now, db_default=Now())
    modified_at = models.DateTimeField(default=timezone.now, db_default=Now())

    search_terms = models.GeneratedField(
        expression=LeadTerms("subject", "message"), output_field=SearchVectorField(), db_persist=True
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state=LeadState.CONVERTED, converted_at__isnull=False)
                | (~Q(state=LeadState.CONVERTED) & Q(converted_at=None, converted_order_id=None)),
                name="customer_plus_lead_converted",
            ),
        ]
        indexes = [
            models.Index(F("record"), F("created_at"), F("id"), name="customer_plus_leads_of"),
            models.Index(F("created_at"), F("id"), name="customer_plus_leads_new"),
            models.Index(F("state"), F("created_at"), F("id"), name="customer_plus_leads_state"),
            models.Index(
                F("owner"),
                F("created_at"),
                F("id"),
                name="customer_plus_leads_owner",
                condition=Q(owner__isnull=False),
            ),
            models.Index(
                F("next_contact_at"),
                F("id"),
                name="customer_plus_leads_due",
                condition=Q(next_contact_at__isnull=False),
            ),
            models.Index(F("modified_at"), F("id"), name="customer_plus_leads_modified"),
            GinIndex(fields=["search_terms"], name="customer_plus_leads_search"),
        ]

    def __str__(self) -> str:
        return f"Lead {self.pk}"


class LeadSubmission(models.Model):
    """What somebody sent with the contact form, until a task makes a lead of it. Written by `leads.submissions` only.

    Taking it in is the same few statements whether the e-mail is known or not: nobody can tell from outside.
    """

    id = models.BigAutoField(primary_key=True)
    email = models.CharField(max_length=254)  # normalised
    first_name = models.CharField(max_length=256, blank=True)
    last_name = models.CharField(max_length=256, blank=True)
    subject = models.CharField(max_length=255, blank=True)
    message = models.TextField()
    page = models.CharField(max_length=2048, blank=True)
    campaign = models.CharField(max_length=255, blank=True)
    received_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"LeadSubmission {self.pk}"
