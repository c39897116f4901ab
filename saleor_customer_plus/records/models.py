"""The customer record: one person, known by a primary e-mail address and any number of others."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.core.files.storage import Storage
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Now
from django.utils import timezone

from ..core import sql
from ..core.model_fields import PrivateFileField
from .email import NormalEmail
from .search import FoldedText, SearchTerms, SortName

# Defaults of the database too: records are also written set-wise, in SQL.
EMPTY_OBJECT = Value({}, output_field=models.JSONField())
EMPTY_LIST = Value([], output_field=models.JSONField())
EMPTY_ARRAY = Value([], output_field=ArrayField(models.CharField()))


def record_image_storage() -> Storage:
    """Saleor's private storage: a picture of a person is not for everybody who has its address."""
    from ..saleor_adapter.host import private_storage

    return private_storage


class Stage(models.TextChoices):
    """How far a person has come. A lead becomes a customer, and a customer never becomes a lead again."""

    LEAD = "LEAD", "Lead"
    CUSTOMER = "CUSTOMER", "Customer"


class Source(models.TextChoices):
    """Where activity of a person came from. A record has a set of them."""

    ORDER = "ORDER", "Order"
    ACCOUNT = "ACCOUNT", "Account"
    IMPORT = "IMPORT", "Import"
    STAFF = "STAFF", "Staff"
    CONTACT_FORM = "CONTACT_FORM", "Contact form"
    NEWSLETTER = "NEWSLETTER", "Newsletter"
    EMAIL = "EMAIL", "E-mail"


class LawfulBasis(models.TextChoices):
    """Why the shop may hold a person's data: the bases of the GDPR's Art. 6(1)."""

    CONSENT = "CONSENT", "The person agreed"
    CONTRACT = "CONTRACT", "A contract with the person, or steps towards one"
    LEGAL_OBLIGATION = "LEGAL_OBLIGATION", "A legal duty of the shop"
    LEGITIMATE_INTEREST = "LEGITIMATE_INTEREST", "A legitimate interest of the shop"


# What the generated columns are made of, in the order that `SearchTerms` takes.
_SEARCHED = (
    "email",
    "first_name",
    "last_name",
    "company_name",
    "number",
    "phone",
    "additional_phones",
    "other_emails",
)
BASE_COLUMNS = frozenset(_SEARCHED)


def generated_kept() -> sql.Sql:
    """What ends the `SET` of an `UPDATE` of records `r` that sets none of `BASE_COLUMNS`: see `sql.kept`."""
    return sql.kept("last_name")


class CustomerRecord(models.Model):
    """One person: guest, account holder, lead or all of them in turn.

    Written by `ledger.refresh` and the modules of `records` only, but for what is marked; what staff and imports say
    goes through `records.writing`. Times are in UTC. Money is not here: see `ledger.models.CustomerFigures`.
    """

    id = models.BigAutoField(primary_key=True)
    # The primary address. Whose an address is, `records.emails` says: a record may have others.
    email = models.CharField(max_length=254)
    # The others in alphabetical order, repeated for the search and for exports. Written by `records.emails` only.
    other_emails = models.JSONField(default=list, db_default=EMPTY_LIST, blank=True)
    # The account is Saleor's table: no constraint in the database, so that Saleor can delete users without us being
    # installed, and no action by Django, so that the link is ended (and logged) by `accounts.linking` alone.
    account = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        related_name="+",
        null=True,
        blank=True,
    )

    # Details: synced from orders and accounts, see `records.details`.
    first_name = models.CharField(max_length=256, blank=True, default="", db_default="")
    last_name = models.CharField(max_length=256, blank=True, default="", db_default="")
    company_name = models.CharField(max_length=256, blank=True, default="", db_default="")
    phone = models.CharField(max_length=128, blank=True, default="", db_default="")
    # The address, called as in Saleor, and its country. A sync writes all of it, or nothing: see `records.details`.
    street_address_1 = models.CharField(max_length=256, blank=True, default="", db_default="")
    street_address_2 = models.CharField(max_length=256, blank=True, default="", db_default="")
    postal_code = models.CharField(max_length=20, blank=True, default="", db_default="")
    city = models.CharField(max_length=256, blank=True, default="", db_default="")
    country_area = models.CharField(max_length=128, blank=True, default="", db_default="")
    country_code = models.CharField(max_length=2, blank=True, default="", db_default="")
    language_code = models.CharField(max_length=35, blank=True, default="", db_default="")

    # What only staff or an import knows.
    number = models.CharField(max_length=64, null=True, blank=True)
    additional_phones = models.JSONField(default=list, db_default=EMPTY_LIST, blank=True)
    image = PrivateFileField(
        storage=record_image_storage,
        upload_to="customer-plus/images",
        max_length=255,
        blank=True,
        default="",
        db_default="",
    )
    store_note = models.TextField(blank=True, default="", db_default="")
    is_tax_exempt = models.BooleanField(default=False, db_default=False)
    social_profiles = models.JSONField(default=dict, db_default=EMPTY_OBJECT, blank=True)
    attributes = models.JSONField(default=dict, db_default=EMPTY_OBJECT, blank=True)
    is_active = models.BooleanField(default=True, db_default=True)
    deactivation_reason = models.CharField(max_length=256, blank=True, default="", db_default="")
    is_approved_buyer = models.BooleanField(default=False, db_default=False)
    lawful_basis = models.CharField(max_length=24, choices=LawfulBasis.choices, blank=True, default="", db_default="")

    # What the newest consent events by e-mail come to, for filters. Written by `consent.services` only.
    accepts_promotional_mail = models.BooleanField(default=False, db_default=False)
    accepts_newsletter = models.BooleanField(default=False, db_default=False)
    accepts_system_mail = models.BooleanField(default=False, db_default=False)

    stage = models.CharField(max_length=16, choices=Stage.choices, default=Stage.LEAD, db_default=Stage.LEAD)
    sources = ArrayField(
        models.CharField(max_length=16, choices=Source.choices),
        default=list,
        db_default=EMPTY_ARRAY,
        blank=True,
    )

    # When the shop first knew the person: the record's making, the sign-up or the first order, whichever came first.
    created_at = models.DateTimeField(default=timezone.now, db_default=Now())
    modified_at = models.DateTimeField(default=timezone.now, db_default=Now())
    # When the person became a customer: the sign-up or the first order that counts, whichever came first.
    customer_since = models.DateTimeField(null=True, blank=True)

    # Figures over all currencies, computed from the ledger by `ledger.refresh`.
    order_count = models.IntegerField(default=0, db_default=0)
    last_order_at = models.DateTimeField(null=True, blank=True)
    latest_order_id = models.UUIDField(null=True, blank=True)

    # How the details came about, see `records.details`.
    locked_fields = ArrayField(models.CharField(max_length=32), default=list, db_default=EMPTY_ARRAY, blank=True)
    provenance = models.JSONField(default=dict, db_default=EMPTY_OBJECT, blank=True)
    suggestions = models.JSONField(default=dict, db_default=EMPTY_OBJECT, blank=True)
    account_details = models.JSONField(default=dict, db_default=EMPTY_OBJECT, blank=True)

    # Derived by the database, so that no writer can forget them.
    search_terms = models.GeneratedField(
        expression=SearchTerms(*_SEARCHED),
        output_field=SearchVectorField(),
        db_persist=True,
    )
    sort_name = models.GeneratedField(
        expression=SortName("last_name", "first_name", "email"),
        output_field=models.TextField(),
        db_persist=True,
    )

    class Meta:
        constraints = [
            # Not `unique=True`, with which Django makes a second index for LIKE: nobody searches so.
            models.UniqueConstraint(fields=["email"], name="customer_plus_email_unique"),
            models.UniqueConstraint(fields=["number"], name="customer_plus_number_unique"),
            models.CheckConstraint(
                condition=Q(email=NormalEmail("email")) & ~Q(email=""),
                name="customer_plus_email_normal",
            ),
            models.CheckConstraint(
                condition=Q(number__isnull=True) | ~Q(number=""),
                name="customer_plus_number_not_blank",
            ),
        ]
        # One for each sort of the list, and one for each filter that picks few out of many. Every index costs the
        # import of a million rows: measure before adding one.
        indexes = [
            models.Index(F("created_at"), F("id"), name="customer_plus_created"),
            models.Index(F("sort_name"), F("id"), name="customer_plus_name"),
            models.Index(
                F("last_order_at"),
                F("id"),
                name="customer_plus_last_order",
                condition=Q(last_order_at__isnull=False),
            ),
            models.Index(F("order_count"), F("id"), name="customer_plus_orders"),
            models.Index(
                F("customer_since"),
                F("id"),
                name="customer_plus_since",
                condition=Q(customer_since__isnull=False),
            ),
            models.Index(
                F("country_code"),
                F("created_at"),
                F("id"),
                name="customer_plus_country",
            ),
            models.Index(
                FoldedText("city"),
                F("created_at"),
                F("id"),
                name="customer_plus_city",
                condition=~Q(city=""),
            ),
            models.Index(
                models.functions.Lower("company_name"),
                F("created_at"),
                F("id"),
                name="customer_plus_company",
                condition=~Q(company_name=""),
            ),
            models.Index(
                F("created_at"),
                F("id"),
                name="customer_plus_lead",
                condition=Q(stage=Stage.LEAD),
            ),
            models.Index(
                F("created_at"),
                F("id"),
                name="customer_plus_inactive",
                condition=Q(is_active=False),
            ),
            models.Index(
                F("created_at"),
                F("id"),
                name="customer_plus_tax_exempt",
                condition=Q(is_tax_exempt=True),
            ),
            models.Index(
                F("created_at"),
                F("id"),
                name="customer_plus_promotional",
                condition=Q(accepts_promotional_mail=True),
            ),
            models.Index(
                F("created_at"),
                F("id"),
                name="customer_plus_newsletter",
                condition=Q(accepts_newsletter=True),
            ),
            GinIndex(fields=["search_terms"], name="customer_plus_search"),
            # A source that few came from: without it the whole table is read.
            GinIndex(fields=["sources"], name="customer_plus_sources"),
            # Nothing is written into it for people without attributes.
            GinIndex(fields=["attributes"], name="customer_plus_attributes", condition=~Q(attributes={})),
        ]

    def __str__(self) -> str:
        # Never the e-mail or the name: this ends up in logs.
        return f"CustomerRecord {self.pk}"


class CustomerEmail(models.Model):
    """An address of a record beside its primary one, which is in `CustomerRecord.email`: nearly nobody has any.

    Written by `records.emails` only, under the lock on identities. An address is of one record: the constraint and a
    trigger on both tables see to it.
    """

    id = models.BigAutoField(primary_key=True)
    record = models.ForeignKey(CustomerRecord, on_delete=models.CASCADE, related_name="emails")
    email = models.CharField(max_length=254)
    # Who or what said that the person has this address.
    source = models.CharField(max_length=16, choices=Source.choices, default=Source.STAFF)
    # Since when it has been one of the others.
    created_at = models.DateTimeField(default=timezone.now, db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["email"], name="customer_plus_other_email_unique"),
            models.CheckConstraint(
                condition=Q(email=NormalEmail("email")) & ~Q(email=""),
                name="customer_plus_other_email_normal",
            ),
        ]

    def __str__(self) -> str:
        return f"CustomerEmail {self.pk}"


class ReleasedAccount(models.Model):
    """That the record of an account was deleted and the account stays: by itself it makes no record any more.

    Written by `deletion.record_deletion`, and removed by `accounts.linking` once there is a record for its address
    again.
    """

    id = models.BigAutoField(primary_key=True)
    account_id = models.BigIntegerField(unique=True)
    released_at = models.DateTimeField(default=timezone.now, db_default=Now())

    def __str__(self) -> str:
        return f"ReleasedAccount {self.pk}"


class FormerRecord(models.Model):
    """The id and the number of a record that was merged into another one, and which that is now.

    So its id and its number keep finding the person, and nobody else gets the number. Written by `merging` only.
    """

    id = models.BigAutoField(primary_key=True)
    former_id = models.BigIntegerField(unique=True)
    record = models.ForeignKey(CustomerRecord, on_delete=models.CASCADE, related_name="former_records")
    # A number of the merged records that is not shown: usually its own.
    number = models.CharField(max_length=64, unique=True, null=True, blank=True)
    # Pictures that an undo of the merge gives back: files in the storage of records.
    images = ArrayField(models.CharField(max_length=255), default=list, db_default=EMPTY_ARRAY, blank=True)
    merged_at = models.DateTimeField(default=timezone.now, db_default=Now())

    def __str__(self) -> str:
        return f"FormerRecord {self.former_id}"
