"""The record itself: the person, the account, and where they came from."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Mapping
from decimal import Decimal
from functools import partial
from typing import Any

from django.db.models import Case, Exists, F, Func, OuterRef, Q, TextField, Value, When
from django.db.models.fields.json import KeyTextTransform, KeyTransform
from django.db.models.functions import Cast, Lower, Trim
from django.db.models.lookups import Exact, In

from ...ledger.channel_figures import Seen
from ...records.email import NormalEmail, normalize_email
from ...records.emails import of_owners
from ...records.models import CustomerEmail, CustomerRecord, LawfulBasis, Source, Stage
from ...records.search import FoldedText
from ...saleor_adapter import host
from ..context import Context
from ..predicates import NOBODY, Containing, IsMissing, Missing, OneOf, Predicate, Within, complement, one_of
from ..registry import Condition, Data, Entry, Family, Field, Kind
from ..tree import Json
from .columns import boolean_field, contains, of_choice, of_text, of_time, reads, text_field, time_field


def _seen(condition: Condition, column: str) -> Condition:
    """The same condition for a line of the address, shown only to those who may see its order."""

    def of_seen(predicate: Predicate, context: Context) -> Q:
        if context.channels is None:
            return condition(predicate, context)
        is_seen = Seen(context.channels).line(column)
        if isinstance(predicate, Missing):
            return condition(predicate, context) | complement(is_seen)
        return condition(predicate, context) & is_seen

    return of_seen


def _reads_seen(column: str) -> Callable[..., Mapping[int, Any]]:
    def read(record_ids: Collection[int], predicate: Predicate, context: Context) -> Mapping[int, Any]:
        rows = CustomerRecord.objects.filter(pk__in=record_ids)
        if context.channels is not None:
            rows = rows.filter(Seen(context.channels).line(column))
        return {pk: value or None for pk, value in rows.values_list("pk", column)}

    return read


def _line(name: str, label: str, column: str) -> Field:
    return text_field(
        name,
        label,
        column=column,
        condition=_seen(of_text(column), column),
        read=_reads_seen(column),
        tells_of_orders=True,
        description="Compared without regard to case and accents.",
    )


def _normal(column: str, normalize: Callable[[str], str]) -> Condition:
    """A text column whose values have one spelling, which `normalize` gives what it is compared with."""

    def condition(predicate: Predicate, context: Context) -> Q:
        match predicate:
            case OneOf(values):
                return Q(**{f"{column}__in": values})
            case Containing(part):
                return contains(Lower(column), Lower(Value(normalize(part))))
            case Missing():
                return Q(**{f"{column}__isnull": True}) | Q(**{column: ""})
        return NOBODY

    return condition


def _company(predicate: Predicate, context: Context) -> Q:
    has_any = ~Q(company_name="")
    match predicate:
        case OneOf((name,)):  # spelt as the index is
            return has_any & Q(Exact(Lower("company_name"), Lower(Trim(Value(name)))))
        case OneOf(names):
            return has_any & Q(In(Lower("company_name"), [Lower(Trim(Value(name))) for name in names]))
        case Containing(part):
            return has_any & contains(FoldedText("company_name"), FoldedText(Value(part)))
    return Q(company_name="")


def _country_code(text: str) -> str:
    if not re.fullmatch(r"\s*[A-Za-z]{2}\s*", text):
        raise ValueError("A country is a code of two letters, such as 'DE'.")
    return text.strip().upper()


def _language_code(text: str) -> str:
    return text.strip().lower().replace("_", "-")


def _of_sources(predicate: Predicate, context: Context) -> Q:
    if isinstance(predicate, Missing):
        return Q(sources=[])
    return Q(sources__overlap=list(predicate.values)) if isinstance(predicate, OneOf) else NOBODY


def _customer_since(predicate: Predicate, context: Context) -> Q:
    if context.channels is None:
        return of_time("customer_since")(predicate, context)
    since = Seen(context.channels).customer_since
    if isinstance(predicate, Missing):
        return Q(IsMissing(since))
    return predicate.of_expression(since) if isinstance(predicate, Within) else NOBODY


def _read_customer_since(record_ids: Collection[int], predicate: Predicate, context: Context) -> Mapping[int, Any]:
    since = F("customer_since") if context.channels is None else Seen(context.channels).customer_since
    rows = CustomerRecord.objects.filter(pk__in=record_ids).annotate(since=since)
    return dict(rows.values_list("pk", "since"))


# E-mail addresses.


def _email(predicate: Predicate, context: Context) -> Q:
    """Any address of the person, the primary one or another."""
    match predicate:
        case OneOf(values):
            return of_owners(values)
        case Containing(part):
            wanted = Lower(Value(normalize_email(part)))
            others = Lower(Cast("other_emails", TextField()))
            return contains(Lower("email"), wanted) | (~Q(other_emails=[]) & contains(others, wanted))
    return NOBODY


def _read_emails(record_ids: Collection[int], predicate: Predicate, context: Context) -> Mapping[int, Any]:
    rows = CustomerRecord.objects.filter(pk__in=record_ids).values_list("pk", "email", "other_emails")
    return {pk: ", ".join([email, *others]) for pk, email, others in rows}


# Accounts.


def _has_unconfirmed_account(wanted: bool) -> Q:
    unconfirmed = host.User.objects.filter(email=OuterRef("email"), is_confirmed=False)
    of_others = CustomerEmail.objects.filter(Exists(unconfirmed)).order_by().values("record")
    has_one = Q(account=None) & (Q(Exists(unconfirmed)) | Q(pk__in=of_others))
    return has_one if wanted else ~has_one


def _is_staff(wanted: bool) -> Q:
    """By the linked account, or one of an address: members of staff are not linked before their first order."""
    staff = host.User.objects.filter(is_staff=True).order_by()
    addresses = staff.values(address=NormalEmail("email"))
    is_staff = Q(email__in=addresses) | Q(account__isnull=False, account__in=staff.values("pk"))
    is_staff |= Q(pk__in=CustomerEmail.objects.filter(email__in=addresses).order_by().values("record"))
    return is_staff if wanted else ~is_staff


def _has_account(wanted: bool) -> Q:
    return Q(account__isnull=not wanted)


def _has_image(wanted: bool) -> Q:
    return ~Q(image="") if wanted else Q(image="")


def _yes_or_no(name: str, label: str, holds: Callable[[bool], Q], **more: Any) -> Field:
    """A question whose answer is a condition."""

    def condition(predicate: Predicate, context: Context) -> Q:
        return one_of(predicate, {wanted: holds(wanted) for wanted in (True, False)})

    def read(record_ids: Collection[int], predicate: Predicate, context: Context) -> Mapping[int, Any]:
        found = set(CustomerRecord.objects.filter(holds(True), pk__in=record_ids).values_list("pk", flat=True))
        return {record_id: record_id in found for record_id in record_ids}

    return Field(name=name, label=label, kind=Kind.BOOLEAN, condition=condition, read=read, **more)


# Attributes of the shop's own.


def _json(value: Any) -> Any:
    if isinstance(value, Json):
        return json.loads(value.text)
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value


class _TypeOf(Func):
    function = "jsonb_typeof"
    output_field = TextField()


def _attribute_condition(key: str, predicate: Predicate, context: Context) -> Q:
    has_any = ~Q(attributes={})  # as the index has it
    match predicate:
        case OneOf(values):
            condition = NOBODY
            for value in values:
                condition |= Q(attributes__contains={key: _json(value)})
            return has_any & condition
        case Containing(part):
            condition = Q(attributes__contains={key: [_json(part)]})
            if isinstance(part, str):
                is_text = Q(Exact(_TypeOf(KeyTransform(key, "attributes")), Value("string")))
                text = Case(When(is_text, then=KeyTextTransform(key, "attributes")), output_field=TextField())
                condition |= contains(FoldedText(text), FoldedText(Value(part)))
            return has_any & condition
        case Missing():
            return ~(has_any & Q(attributes__has_key=key))
    return NOBODY


def _read_attribute(key: str, record_ids: Collection[int], predicate: Predicate, context: Context) -> Mapping[int, Any]:
    rows = CustomerRecord.objects.filter(pk__in=record_ids).values_list("pk", "attributes")
    return {pk: attributes.get(key) for pk, attributes in rows}


def _attribute(key: str) -> Field:
    return Field(
        name=f"attributes.{key}",
        label=key,
        kind=Kind.JSON,
        can_be_missing=True,
        condition=partial(_attribute_condition, key),
        read=partial(_read_attribute, key),
    )


def _known_attributes() -> list[str]:
    """The keys of attributes, from the newest records that have some: for suggestions."""
    rows = CustomerRecord.objects.exclude(attributes={}).order_by("-pk").values_list("attributes", flat=True)
    return sorted({key for attributes in rows[:200] for key in attributes})


FIELDS: tuple[Entry, ...] = (
    Field(
        name="id",
        label="ID",
        kind=Kind.ID,
        condition=lambda predicate, context: Q(pk__in=predicate.values) if isinstance(predicate, OneOf) else NOBODY,
        read=reads("pk"),
        is_guessable=True,
    ),
    text_field(
        "email",
        "E-mail address",
        condition=_email,
        read=_read_emails,
        clean=normalize_email,
        can_be_missing=False,
        description="Any address of the person, in lower case. For a domain write email CONTAINS '@example.com'.",
    ),
    text_field("first_name", "First name", description="Compared without regard to case and accents."),
    text_field("last_name", "Last name", description="Compared without regard to case and accents."),
    text_field(
        "company", "Company", column="company_name", condition=_company, description="Compared without regard to case."
    ),
    text_field(
        "phone",
        "Phone",
        condition=_normal("phone", str.strip),
        clean=str.strip,
        description="As it is kept, with the prefix of its country: '+491712345678'.",
    ),
    _line("street", "Street", "street_address_1"),
    _line("postal_code", "Postal code", "postal_code"),
    _line("city", "City", "city"),
    _line("country_area", "State or province", "country_area"),
    Field(
        name="country",
        label="Country",
        kind=Kind.CHOICE,
        condition=of_choice("country_code"),
        read=reads("country_code"),
        can_be_missing=True,
        clean=_country_code,
        is_guessable=True,
        description="ISO 3166-1 alpha-2 code, such as 'DE'.",
    ),
    Field(
        name="language",
        label="Language",
        kind=Kind.CHOICE,
        condition=of_choice("language_code"),
        read=reads("language_code"),
        can_be_missing=True,
        clean=_language_code,
        is_guessable=True,
        description="Language code, such as 'de' or 'pt-br'.",
    ),
    text_field(
        "number",
        "Customer number",
        condition=_normal("number", str.strip),
        clean=str.strip,
        description="The shop's own number, exactly as it is kept.",
    ),
    text_field("store_note", "Store note", description="Compared without regard to case and accents."),
    _yes_or_no("has_image", "Has a picture", _has_image, is_guessable=True),
    Field(
        name="lawful_basis",
        label="Lawful basis",
        kind=Kind.CHOICE,
        choices=tuple(LawfulBasis.values),
        condition=of_choice("lawful_basis"),
        read=reads("lawful_basis"),
        can_be_missing=True,
        is_guessable=True,
    ),
    Field(
        name="stage",
        label="Stage",
        kind=Kind.CHOICE,
        choices=tuple(Stage.values),
        condition=of_choice("stage"),
        read=reads("stage"),
        is_guessable=True,
    ),
    Field(
        name="sources",
        label="Sources of activity",
        kind=Kind.SET,
        choices=tuple(Source.values),
        condition=_of_sources,
        read=reads("sources"),
        can_be_missing=True,
    ),
    boolean_field("is_active", "Active"),
    boolean_field("is_tax_exempt", "Tax exempt"),
    boolean_field("is_approved_buyer", "Approved buyer"),
    time_field("created_at", "First known", description="When the shop first knew the person."),
    time_field("updated_at", "Last changed", column="modified_at"),
    Field(
        name="customer_since",
        label="Customer since",
        kind=Kind.TIME,
        condition=_customer_since,
        read=_read_customer_since,
        can_be_missing=True,
        is_guessable=True,
        tells_of_orders=True,
        description="When the lead became a customer.",
    ),
    _yes_or_no(
        "has_account",
        "Has an account",
        _has_account,
        is_guessable=True,
        description="Whether the record is linked to an account with a confirmed address.",
    ),
    _yes_or_no(
        "has_unconfirmed_account",
        "Has an unconfirmed account",
        _has_unconfirmed_account,
        depends=frozenset({Data.RECORDS, Data.ACCOUNTS}),
        description="Whether an unconfirmed account has the record's address.",
    ),
    _yes_or_no("is_staff", "Is staff", _is_staff, depends=frozenset({Data.RECORDS, Data.ACCOUNTS})),
    Family(
        name="attributes",
        label="Attributes",
        field=_attribute,
        known_keys=_known_attributes,
        description="The free attributes of a record, by name: attributes.level = 'gold'.",
    ),
)
