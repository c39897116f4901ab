"""What Saleor keeps of the account that a record is linked to: customer type, attributes and metadata."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

from django.db.models import Q, QuerySet
from django.db.models.fields.json import KeyTextTransform

from ...accounts import account_data
from ...accounts.account_filters import assigned_values, of_accounts
from ...records.models import CustomerRecord
from ...saleor_adapter import host
from ..context import Context
from ..predicates import NOBODY, Containing, Missing, OneOf, Predicate, Within
from ..registry import Condition, Data, Entry, Family, Field, Kind, Read, References
from ..tree import Id

_DEPENDS = frozenset({Data.RECORDS, Data.ACCOUNTS})
# Of suggestions.
_MAX_KNOWN = 200
Input = host.AttributeInputType


def _of_records(record_ids: Collection[int]) -> dict[int, int]:
    """The accounts of these records, by the record."""
    found = CustomerRecord.objects.filter(pk__in=record_ids, account__isnull=False).order_by()
    return dict(found.values_list("pk", "account_id"))


def _reads(of_accounts: Callable[[Collection[int]], Mapping[int, Any]]) -> Read:
    """Read a value of accounts, by their keys."""

    def read(record_ids: Collection[int], predicate: Predicate, context: Context) -> Mapping[int, Any]:
        accounts = _of_records(record_ids)
        values = of_accounts(set(accounts.values()))
        return {record_id: values.get(account_id) for record_id, account_id in accounts.items()}

    return read


# Customer types.


def _find_types(values: Collection[str | Id]) -> Mapping[str | Id, int]:
    model = host.customer_type_model()
    if model is None:
        return {}
    slugs = {value for value in values if isinstance(value, str)}
    keys = {value.key for value in values if isinstance(value, Id)}
    by_value: dict[str | Id, int] = {}
    for key, slug in model.objects.filter(Q(slug__in=slugs) | Q(pk__in=keys)).order_by().values_list("pk", "slug"):
        by_value |= {slug: key, Id(key): key}
    return by_value


def _type_slugs() -> Iterable[str]:
    model = host.customer_type_model()
    return list(model.objects.order_by("slug").values_list("slug", flat=True)[:_MAX_KNOWN]) if model else ()


def _customer_type(predicate: Predicate, context: Context) -> Q:
    if host.customer_type_model() is None:
        return ~NOBODY if isinstance(predicate, Missing) else NOBODY
    if isinstance(predicate, Missing):
        return ~of_accounts(host.User.objects.filter(customer_type__isnull=False))
    return of_accounts(host.User.objects.filter(customer_type__in=_values(predicate)))


def _types(account_ids: Collection[int]) -> Mapping[int, Any]:
    if host.customer_type_model() is None:
        return {}
    accounts = host.User.objects.filter(pk__in=account_ids).order_by()
    return dict(accounts.values_list("pk", "customer_type__slug"))


# Attributes, each of the kind that Saleor has it in.

_KINDS = {
    Input.NUMERIC: Kind.NUMBER,
    Input.BOOLEAN: Kind.BOOLEAN,
    Input.DATE: Kind.DAY,
    Input.DATE_TIME: Kind.TIME,
}


def _attribute(slug: str) -> Field | None:
    models = host.customer_attribute_models()
    found = models.attribute.objects.filter(slug=slug, type="customer-type").first() if models else None
    if found is None:
        return None
    return Field(
        name=f"account_attributes.{slug}",
        label=found.name,
        kind=_KINDS.get(found.input_type, Kind.TEXT),
        condition=_of_attribute(slug, found.input_type),
        read=_reads(lambda account_ids: _values_of(slug, found.input_type, account_ids)),
        can_be_missing=True,
        depends=_DEPENDS,
        description="An attribute of the account in Saleor. Texts are compared with regard to case.",
    )


def _of_attribute(slug: str, input_type: str) -> Condition:
    def condition(predicate: Predicate, context: Context) -> Q:
        assigned = assigned_values(slug)
        if isinstance(predicate, Missing):
            return ~_having(assigned)
        return _having(assigned.filter(_on_value(predicate, input_type)))

    return condition


def _having(assigned: QuerySet[Any, Any]) -> Q:
    return Q(account__isnull=False, account__in=assigned.order_by().values("user"))


def _on_value(predicate: Predicate, input_type: str) -> Q:
    if isinstance(predicate, Within):
        if input_type == Input.NUMERIC:
            return predicate.of_nullable("value__numeric")
        return predicate.of_nullable("value__date_time__date" if input_type == Input.DATE else "value__date_time")
    if input_type == Input.BOOLEAN:
        return Q(value__boolean__in=_values(predicate))
    text = "value__plain_text" if input_type == Input.PLAIN_TEXT else "value__name"
    if isinstance(predicate, Containing):
        return Q(**{f"{text}__contains": predicate.part})
    return Q(**{f"{text}__in": _values(predicate)}) | Q(value__slug__in=_values(predicate))


def _values_of(slug: str, input_type: str, account_ids: Collection[int]) -> Mapping[int, Any]:
    """The texts, numbers or times of an attribute; the first, where an account has several."""
    found: dict[int, Any] = {}
    assigned = assigned_values(slug).filter(user__in=account_ids).select_related("value")
    for one in assigned.order_by("sort_order", "pk"):
        value: Any = account_data.text_of(input_type, one.value)
        if input_type == Input.NUMERIC:
            value = one.value.numeric
        elif input_type == Input.BOOLEAN:
            value = one.value.boolean
        elif input_type == Input.DATE_TIME:
            value = one.value.date_time
        elif input_type == Input.DATE:
            value = one.value.date_time and one.value.date_time.date()
        elif one.user_id in found:
            value = f"{found[one.user_id]}, {value}"
        found[one.user_id] = value
    return found


def _known_attributes() -> Iterable[str]:
    models = host.customer_attribute_models()
    if models is None:
        return ()
    found = models.attribute.objects.filter(type="customer-type").order_by("slug")
    return list(found.values_list("slug", flat=True)[:_MAX_KNOWN])


# Metadata.


def _metadata(key: str, column: str) -> Field:
    # Private metadata of staff is not for everybody who may look for customers.
    users = host.User.objects.filter(is_staff=False) if column == "private_metadata" else host.User.objects.all()

    def condition(predicate: Predicate, context: Context) -> Q:
        if isinstance(predicate, Missing):
            return ~of_accounts(users.filter(**{f"{column}__has_key": key}))
        if isinstance(predicate, Containing):
            having = users.filter(**{f"{column}__has_key": key})
            said = having.annotate(said=KeyTextTransform(key, column)).filter(said__contains=predicate.part)
            return of_accounts(said)
        wanted = Q(pk__in=[])
        for value in _values(predicate):
            wanted |= Q(**{f"{column}__contains": {key: value}})
        return of_accounts(users.filter(wanted))

    def values(account_ids: Collection[int]) -> Mapping[int, Any]:
        found = users.filter(pk__in=account_ids, **{f"{column}__has_key": key}).order_by()
        return dict(found.annotate(said=KeyTextTransform(key, column)).values_list("pk", "said"))

    return Field(
        name=f"{column}.{key}",
        label=key,
        kind=Kind.TEXT,
        condition=condition,
        read=_reads(values),
        can_be_missing=True,
        depends=_DEPENDS,
        description="Metadata of the account in Saleor, compared with regard to case.",
    )


def _values(predicate: Predicate) -> tuple[Any, ...]:
    return predicate.values if isinstance(predicate, OneOf) else ()


FIELDS: tuple[Entry, ...] = (
    Field(
        name="customer_type",
        label="Customer type",
        kind=Kind.CHOICE,
        references=References("customer type", _find_types, _type_slugs),
        condition=_customer_type,
        read=_reads(_types),
        can_be_missing=True,
        depends=_DEPENDS,
        description="Saleor's customer type of the account, by slug. Since Saleor 3.23.",
    ),
    Family(
        name="account_attributes",
        label="Attributes of the account",
        field=_attribute,
        known_keys=_known_attributes,
        description="Saleor's attributes of customers, by slug: account_attributes.size = 'Large'. Since Saleor "
        "3.23.26.",
    ),
    Family(
        name="metadata",
        label="Metadata of the account",
        field=lambda key: _metadata(key, "metadata"),
        description="Public metadata of the account in Saleor, by key: metadata.level = 'gold'.",
    ),
    Family(
        name="private_metadata",
        label="Private metadata of the account",
        field=lambda key: _metadata(key, "private_metadata"),
        description="Private metadata of the account in Saleor, by key. Staff accounts have none here.",
    ),
)
