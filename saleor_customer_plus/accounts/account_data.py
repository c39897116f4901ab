"""What Saleor keeps of an account beside the person's details: customer type, typed attributes and metadata.

It is read from Saleor's tables when it is asked for, and never copied: Saleor has an index for each of these questions
(of customer types, of a user's values, a GIN index of metadata), and calls no hook for some of the changes.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F

from ..errors import CustomerPlusError, ErrorCode
from ..saleor_adapter import host

Kind = host.AttributeInputType


@dataclass(frozen=True, slots=True)
class CustomerType:
    """A customer type of Saleor's."""

    id: int
    name: str
    slug: str


@dataclass(frozen=True, slots=True)
class AttributeValue:
    """One value of an attribute. `text` is the value as people read it; the others are null unless of that kind."""

    id: int
    name: str
    slug: str
    text: str
    boolean: bool | None
    numeric: float | None
    date_time: datetime | None


@dataclass(frozen=True, slots=True)
class AssignedAttribute:
    """An attribute of the account's customer type, with the values that the account has: none, one or several."""

    id: int
    slug: str
    name: str
    input_type: str
    unit: str | None
    values: tuple[AttributeValue, ...]

    @property
    def text(self) -> str:
        return ", ".join(value.text for value in self.values)


def check_customer_types(field: str | None = None) -> Any:
    """Return the table of customer types, or raise UNSUPPORTED for a Saleor that has none."""
    if (model := host.customer_type_model()) is None:
        raise CustomerPlusError(
            "This Saleor has no customer types. Upgrade it to 3.23.", code=ErrorCode.UNSUPPORTED, field=field
        )
    return model


def check_attributes(field: str | None = None) -> host.CustomerAttributeModels:
    """Return the tables of the attributes of customers, or raise UNSUPPORTED for a Saleor that has none."""
    if (models := host.customer_attribute_models()) is None:
        raise CustomerPlusError(
            "This Saleor has no attributes of customers. Upgrade it to 3.23.26.",
            code=ErrorCode.UNSUPPORTED,
            field=field,
        )
    return models


def type_id_of(account: Any) -> int | None:
    """The key of the account's customer type. None if it has none, or if this Saleor has no customer types."""
    key: int | None = getattr(account, "customer_type_id", None)
    return key


def customer_types(ids: Collection[int]) -> dict[int, CustomerType]:
    """Customer types by their keys. One statement."""
    model = host.customer_type_model()
    rows = model.objects.filter(pk__in=ids).order_by().values_list("pk", "name", "slug") if model else ()
    return {pk: CustomerType(pk, name, slug) for pk, name, slug in rows}


def customer_type_id(slug: str) -> int | None:
    """The key of the customer type with this slug."""
    model = host.customer_type_model()
    found = model.objects.filter(slug=slug).values_list("pk", flat=True).first() if model else None
    return None if found is None else int(found)


def attributes(keys: Collection[tuple[int, int | None]]) -> dict[tuple[int, int | None], list[AssignedAttribute]]:
    """The attributes of accounts, by the keys of the account and of its customer type. Two statements.

    As in Saleor's API, these are the attributes of the type, in its order. A value of an attribute that the type does
    not have, such as one from before the account got another type, is none.
    """
    models = host.customer_attribute_models()
    if models is None:
        return {key: [] for key in keys}
    of_type: dict[int, list[Any]] = {}
    links = models.type_attribute.objects.filter(customer_type__in={type for _, type in keys if type is not None})
    sorted_links = links.select_related("attribute").order_by(F("sort_order").asc(nulls_last=True), "pk")
    for link in sorted_links:
        of_type.setdefault(link.customer_type_id, []).append(link.attribute)
    values: dict[tuple[int, int], list[Any]] = {}
    assigned = models.assigned_value.objects.filter(user__in={account for account, _ in keys})
    for one in assigned.select_related("value").order_by(F("sort_order").asc(nulls_last=True), "pk"):
        values.setdefault((one.user_id, one.value.attribute_id), []).append(one.value)
    return {
        (account, type): [
            _assigned(attribute, values.get((account, attribute.pk), ()))
            for attribute in of_type.get(type, ())  # type: ignore[arg-type]
        ]
        for account, type in keys
    }


def _assigned(attribute: Any, values: Collection[Any]) -> AssignedAttribute:
    return AssignedAttribute(
        attribute.pk,
        attribute.slug,
        attribute.name,
        attribute.input_type,
        attribute.unit,
        tuple(
            AttributeValue(
                value.pk,
                value.name,
                value.slug,
                text_of(attribute.input_type, value),
                value.boolean,
                value.numeric,
                value.date_time,
            )
            for value in values
        ),
    )


def input_types(slugs: Collection[str]) -> dict[str, str]:
    """The input types of those attributes of customers that there are, by slug. One statement."""
    models = check_attributes()
    found = models.attribute.objects.filter(slug__in=slugs, type="customer-type").order_by()
    return dict(found.values_list("slug", "input_type"))


def text_of(input_type: str, value: Any) -> str:
    """A value as people read it, and as it can be set: `VALUE_TEXT` is the same in SQL."""
    if input_type == Kind.BOOLEAN:
        return "yes" if value.boolean else "no"
    if input_type == Kind.DATE and value.date_time is not None:
        return str(value.date_time.date().isoformat())
    if input_type == Kind.DATE_TIME and value.date_time is not None:
        return str(value.date_time.isoformat())
    if input_type == Kind.PLAIN_TEXT:
        return value.plain_text or ""
    if input_type == Kind.FILE:
        return value.file_url or ""
    return str(value.name)


# Of a value `v` of an attribute `t`.
VALUE_TEXT = f"""
    CASE
        WHEN t.input_type = '{Kind.BOOLEAN}' THEN CASE WHEN v.boolean THEN 'yes' ELSE 'no' END
        WHEN t.input_type = '{Kind.DATE}' AND v.date_time IS NOT NULL
            THEN to_char(v.date_time AT TIME ZONE 'UTC', 'YYYY-MM-DD')
        WHEN t.input_type = '{Kind.DATE_TIME}' AND v.date_time IS NOT NULL
            THEN replace((v.date_time AT TIME ZONE 'UTC')::text, ' ', 'T') || '+00:00'
        WHEN t.input_type = '{Kind.PLAIN_TEXT}' THEN v.plain_text
        WHEN t.input_type = '{Kind.FILE}' THEN v.file_url
        ELSE v.name
    END
"""


def metadata_of(account: Any, *, is_private: bool) -> dict[str, str]:
    """The metadata of an account, sorted by key. What is no text, which only programs write, is JSON."""
    found: Mapping[str, Any] = (account.private_metadata if is_private else account.metadata) or {}
    return {key: value if isinstance(value, str) else json.dumps(value) for key, value in sorted(found.items())}
