"""Which columns an export has, and under which headers: ready profiles for other tools, and the merchant's default."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError

from ...consent.models import ConsentPurpose
from ...errors import CustomerPlusError
from ...jobs.models import BulkProfile, JobKind
from ...settings import CustomerPlusSettings
from .. import saved_profiles
from ..columns import COLUMNS, CUSTOMER_TYPE
from .column_sql import ACCEPTS, CONSENT_WORD, INSIGHTS, PLAIN_TAGS, PROVINCE_CODE, is_column
from .field_columns import definitions_of

# Never unless asked for: what staff wrote about a person.
PRIVATE = ("notes", "store_note")


@dataclass(frozen=True, slots=True)
class Ready:
    """A profile that is there from the start.

    `columns` are the keys of its columns, with headers in the language that is asked for; or, for another tool, a
    mapping from the headers that this tool expects to the keys.
    """

    key: str
    label: str
    columns: Mapping[str, str] | tuple[str, ...]
    encoding: str = "utf-8-sig"
    # What the list is for: which consent its columns show. None if it has no consents, or has all of them.
    purpose: ConsentPurpose | None = None
    # Only people who consent to that, unless the filter says otherwise: who loads the list writes to all on it.
    only_subscribed: bool = False

    @property
    def fixed(self) -> bool:
        """Whether the headers are those of another tool."""
        return not isinstance(self.columns, tuple)

    def headed(self) -> Iterator[tuple[str, str | None]]:
        """The keys, each with its header where that is given."""
        if isinstance(self.columns, tuple):
            yield from ((key, None) for key in self.columns)
        else:
            yield from ((key, header) for header, key in self.columns.items())


_DEFAULT = tuple(
    key
    for key, column in COLUMNS.items()
    if column.is_exported
    and key not in (*PRIVATE, "name", CUSTOMER_TYPE, *INSIGHTS)
    and not key.startswith(("shipping_", "billing_", "acquisition_"))
)

READY = {
    ready.key: ready
    for ready in (
        Ready("default", "All columns but notes and addresses of orders. It can be loaded back as it is.", _DEFAULT),
        Ready(
            "squarespace",
            "The columns of Squarespace",
            {
                "Account": "has_account",
                "First Name": "first_name",
                "Last Name": "last_name",
                "Email": "email",
                "Total Orders": "order_count",
                "Total Spent": "total_spent",
                "Average Order Value": "average_order_value",
                "Last Order Date": "last_order_at",
                "Customer Since": "customer_since",
                "Last Shipping Name": "shipping_name",
                "Last Shipping Address": "shipping_address",
                "Last Shipping Phone": "shipping_phone",
                "Last Billing Name": "billing_name",
                "Last Billing Address": "billing_address",
                "Last Billing Phone": "billing_phone",
                "Tags": PLAIN_TAGS,
            },
        ),
        Ready(
            "ecwid-newsletter",
            "Subscribers of the newsletter, with the column of their consent, as from Ecwid",
            {"Email": "email", "Name": "name", "Accepts marketing": ACCEPTS},
            purpose=ConsentPurpose.NEWSLETTER,
            only_subscribed=True,
        ),
        Ready(
            "shopify",
            "Customers for Shopify, with their consent to promotional mail",
            {
                "First Name": "first_name",
                "Last Name": "last_name",
                "Email": "email",
                "Accepts Email Marketing": ACCEPTS,
                "Default Address Company": "shipping_company",
                "Default Address Address1": "shipping_street_1",
                "Default Address Address2": "shipping_street_2",
                "Default Address City": "shipping_city",
                "Default Address Province Code": PROVINCE_CODE,
                "Default Address Country Code": "shipping_country_code",
                "Default Address Zip": "shipping_postal_code",
                "Default Address Phone": "shipping_phone",
                "Phone": "phone",
                "Tags": PLAIN_TAGS,
                "Tax Exempt": "is_tax_exempt",
            },
            purpose=ConsentPurpose.PROMOTIONAL,
            encoding="utf-8",
        ),
        Ready(
            "mailchimp",
            "Subscribers of the newsletter, for Mailchimp",
            {
                "Email Address": "email",
                "First Name": "first_name",
                "Last Name": "last_name",
                "Company": "company_name",
                "Phone Number": "phone",
                "Tags": PLAIN_TAGS,
            },
            purpose=ConsentPurpose.NEWSLETTER,
            encoding="utf-8",
            only_subscribed=True,
        ),
        Ready(
            "klaviyo",
            "Profiles for Klaviyo, with their consent to promotional mail",
            {
                "Email": "email",
                "First Name": "first_name",
                "Last Name": "last_name",
                "Organization": "company_name",
                "Phone Number": "phone",
                "Address": "shipping_street_1",
                "Address 2": "shipping_street_2",
                "City": "shipping_city",
                "State / Region": "shipping_region",
                "Country": "shipping_country_code",
                "Zip Code": "shipping_postal_code",
                "Email Marketing Consent": CONSENT_WORD,
            },
            purpose=ConsentPurpose.PROMOTIONAL,
            encoding="utf-8",
        ),
    )
}


def split_columns(text: str) -> list[str]:
    """The keys in a list such as the setting `export_columns`. Raise an error that names what is not a column."""
    keys = [key.strip() for key in text.split(",") if key.strip()]
    check_columns(keys, field="export_columns")
    return keys


def check_columns(keys: list[str], *, field: str = "columns") -> None:
    fields = definitions_of(keys)
    unknown = next((key for key in keys if not (key in fields or is_column(key))), None)
    if unknown is not None:
        raise CustomerPlusError(f"There is no column {unknown[:60]!r}. The names are in docs/export.md.", field=field)
    if len(keys) != len(set(keys)):
        raise CustomerPlusError("A column is there twice.", field=field)


def check_settings(chosen: CustomerPlusSettings) -> None:
    """Raise Django's `ValidationError` if the columns that the merchant entered are none."""
    try:
        split_columns(chosen.export_columns)
    except CustomerPlusError as error:
        raise ValidationError({"export_columns": ValidationError(error.message, code="invalid")}) from None


def columns_of_settings(chosen: CustomerPlusSettings) -> list[str]:
    """What the merchant wants exported by default; nothing, if that is not said, or cannot be read."""
    try:
        return split_columns(chosen.export_columns)
    except CustomerPlusError:
        return []


def save(name: str, options: Mapping[str, Any]) -> BulkProfile:
    """Keep the options of exports under a name, which may not be that of a ready profile."""
    return saved_profiles.save(JobKind.EXPORT, name, options, reserved=READY)
