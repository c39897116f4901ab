"""The plugin's settings: what the Dashboard shows, what is valid, and typed access to what was saved."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import timedelta
from enum import StrEnum
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django_countries import countries

from . import host

PLUGIN_ID = "customer-plus"


class CountsWhen(StrEnum):
    """Which orders count in a customer's figures, besides not being a draft, unconfirmed, canceled or expired."""

    PAID = "paid"
    PLACED = "placed"


class ExportFormat(StrEnum):
    """The format of an export, unless another one is asked for."""

    CSV = "csv"
    TSV = "tsv"
    XLSX = "xlsx"
    JSONL = "jsonl"


@dataclass(frozen=True, slots=True)
class CustomerPlusSettings:
    """What the merchant chose. The defaults are those of a new installation."""

    include_guests: bool = True
    counts_when: CountsWhen = CountsWhen.PAID
    sync_details: bool = True
    reconcile_every_hours: int = 24
    reconcile_batch: int = 1000
    email_editable: bool = True
    require_approved_buyers: bool = False
    block_guest_buyers: bool = False
    tag_limit: int = 250
    several_groups: bool = True
    group_vouchers: bool = False
    attachment_megabytes: int = 20
    attachments_megabytes: int = 200
    contact_form: bool = False
    contact_form_secret: str = ""
    contact_form_per_hour: int = 20
    notify_email: str = ""
    default_country: str = ""
    job_retention_days: int = 30
    export_format: ExportFormat = ExportFormat.CSV
    export_delimiter: str = ","
    export_columns: str = ""

    @property
    def reconcile_every(self) -> timedelta:
        return timedelta(hours=self.reconcile_every_hours)

    @property
    def of_records(self) -> tuple[object, ...]:
        """Those that decide what records and figures there are: a change of one of them takes a reconciliation."""
        return self.include_guests, self.counts_when, self.sync_details

    @property
    def notify_addresses(self) -> list[str]:
        return [address for address in self.notify_email.split(",") if address]

    @property
    def job_retention(self) -> timedelta:
        return timedelta(days=self.job_retention_days)


DEFAULTS = CustomerPlusSettings()


def _field(type: str, label: str, help_text: str) -> dict[str, str]:
    return {"type": type, "label": label, "help_text": help_text}


_BOOLEAN, _STRING, _SECRET = (
    host.ConfigurationTypeField.BOOLEAN,
    host.ConfigurationTypeField.STRING,
    host.ConfigurationTypeField.SECRET,
)

STRUCTURE: dict[str, dict[str, str]] = {
    "include_guests": _field(
        _BOOLEAN,
        "Include guests",
        "Make a record for everybody who buys without an account. When off, such orders wait in the ledger and "
        "join the record as soon as there is one for their e-mail. Records that exist already stay.",
    ),
    "counts_when": _field(
        _STRING,
        "Orders count when",
        'Either "paid" (the order was paid in full, also if refunded later) or "placed". Drafts, unconfirmed, '
        "canceled and expired orders never count. A change recomputes all figures in the background.",
    ),
    "sync_details": _field(
        _BOOLEAN,
        "Sync details from orders and accounts",
        "Take name, company, phone, country and language over from the newest order or the account. Fields that "
        "staff edited are never overwritten.",
    ),
    "reconcile_every_hours": _field(
        _STRING,
        "Hours between reconciliations",
        "How often all records are compared with Saleor, from 1 to 8760. 24 by default.",
    ),
    "reconcile_batch": _field(
        _STRING,
        "Reconciliation batch",
        "Rows in one transaction of a reconciliation, from 100 to 10000. 1000 by default.",
    ),
    "email_editable": _field(
        _BOOLEAN,
        "Staff may change e-mail addresses",
        "When off, the address of a record is fixed once it is made. Accounts whose address changes in Saleor take "
        "their record along in any case.",
    ),
    "require_approved_buyers": _field(
        _BOOLEAN,
        "Only approved buyers may buy",
        "Refuse the checkout of whoever has an account and is not approved as a buyer. Off by default.",
    ),
    "block_guest_buyers": _field(
        _BOOLEAN,
        "Guests may not buy",
        "Refuse every checkout without an account, while only approved buyers may buy. Off by default.",
    ),
    "tag_limit": _field(
        _STRING, "Number of tags", "How many different tags there may be, up to 100000. 0 is no limit. 250 by default."
    ),
    "several_groups": _field(
        _BOOLEAN,
        "Customers may be in several groups",
        "When off, joining a group leaves the one before. On by default.",
    ),
    "group_vouchers": _field(
        _BOOLEAN,
        "Apply the vouchers of groups",
        "Put the voucher of a customer's group into the checkout, unless it has a code already. Off by default.",
    ),
    "attachment_megabytes": _field(
        _STRING, "Size of a file", "Megabytes that a file attached to a note may have, from 1 to 1000. 20 by default."
    ),
    "attachments_megabytes": _field(
        _STRING,
        "Size of all files of a record",
        "Megabytes that the files of one record may have together, from 1 to 100000. 200 by default.",
    ),
    "contact_form": _field(
        _BOOLEAN,
        "Contact form",
        "Let anybody send an enquiry with the mutation customerLeadSubmit. Off by default.",
    ),
    "contact_form_secret": _field(
        _SECRET,
        "Secret of the contact form",
        "When set, only enquiries that carry it are taken: for forms that your own server sends.",
    ),
    "contact_form_per_hour": _field(
        _STRING,
        "Enquiries per hour",
        "How many enquiries are taken from one address of the network in an hour, from 1 to 10000, and a quarter of "
        "it for one e-mail. 20 by default.",
    ),
    "notify_email": _field(
        _STRING,
        "Tell by e-mail",
        "Addresses of staff, separated by commas, that are told of new enquiries and finished jobs. None by default.",
    ),
    "default_country": _field(
        _STRING,
        "Country of phone numbers",
        "The two letters of the country of numbers that are typed without a prefix, such as DE. None by default.",
    ),
    "job_retention_days": _field(
        _STRING,
        "Days to keep files of jobs",
        "How long the files of imports and exports are kept, and imports can be undone, from 1 to 3650. 30 by default.",
    ),
    "export_format": _field(
        _STRING, "Format of exports", 'One of "csv", "tsv", "xlsx" and "jsonl", unless another one is asked for.'
    ),
    "export_delimiter": _field(
        _STRING,
        "Delimiter of exports",
        'What stands between two columns of a CSV file: a comma, a semicolon, a bar or "tab".',
    ),
    "export_columns": _field(
        _STRING,
        "Columns of exports",
        "Names of columns, separated by commas, in the order wanted. Blank is the default set.",
    ),
}

DEFAULT_CONFIGURATION: list[dict[str, Any]] = [
    {"name": field.name, "value": field.default if isinstance(field.default, bool) else str(field.default)}
    for field in fields(CustomerPlusSettings)
]


# The lowest and the highest that each setting which is a number may be.
_RANGES = {
    "reconcile_every_hours": (1, 8760),
    "reconcile_batch": (100, 10_000),
    "tag_limit": (0, 100_000),
    "attachment_megabytes": (1, 1000),
    "attachments_megabytes": (1, 100_000),
    "contact_form_per_hour": (1, 10_000),
    "job_retention_days": (1, 3650),
}

_DELIMITERS = {",": ",", ";": ";", "|": "|", "tab": "\t"}


def parse(configuration: Iterable[Mapping[str, Any]] | None) -> CustomerPlusSettings:
    """Read what Saleor stored for the plugin. Raise Django's `ValidationError` that says what to enter instead."""
    values, errors = _read(configuration)
    if errors:
        raise ValidationError({name: ValidationError(text, code="invalid") for name, text in errors.items()})
    return CustomerPlusSettings(**values)


def load() -> tuple[CustomerPlusSettings, bool]:
    """Return the saved settings and whether the plugin is active. One query.

    Saleor stores a row only once the configuration was edited; until then the defaults hold. A row that somebody
    wrote past the validation must not stop the sync: each unreadable value counts as its default.
    """
    row = (
        host.PluginConfiguration.objects.filter(identifier=PLUGIN_ID, channel=None)
        .values_list("configuration", "active")
        .first()
    )
    if row is None:
        return DEFAULTS, True
    configuration, active = row
    values, _errors = _read(configuration)
    return CustomerPlusSettings(**values), active


def is_on(configuration: Iterable[Mapping[str, Any]], name: str) -> bool:
    """Whether a setting is on that is off by default. For hooks, which have the configuration and may not query."""
    return any(item.get("name") == name and str(item.get("value")).lower() == "true" for item in configuration)


def _read(configuration: Any) -> tuple[dict[str, Any], dict[str, str]]:
    """Return the settings that can be read, and what is wrong with the others. Unknown names are passed over."""
    values: dict[str, Any] = {}
    errors: dict[str, str] = {}
    for item in configuration if isinstance(configuration, list | tuple) else ():
        name, raw = (item.get("name"), item.get("value")) if isinstance(item, Mapping) else (None, None)
        if name not in STRUCTURE or raw is None:
            continue
        try:
            values[name] = _value(name, raw)
        except ValueError as error:
            errors[name] = str(error)
    return values, errors


def _value(name: str, raw: Any) -> Any:
    """Read one setting; the `ValueError` says what to enter instead. The Dashboard sends text for everything."""
    text = str(raw).strip()
    if name in _RANGES:
        return _number(text, *_RANGES[name])
    if name in _TEXTS:
        return _TEXTS[name](text)
    if text.lower() not in ("true", "false"):
        raise ValueError('Enter "true" or "false".')
    return text.lower() == "true"


def _number(text: str, lowest: int, highest: int) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < 12 and lowest <= int(text) <= highest):
        raise ValueError(f"Enter a whole number from {lowest} to {highest}.")
    return int(text)


def _one_of(choices: type[StrEnum]) -> Callable[[str], StrEnum]:
    def read(text: str) -> StrEnum:
        if text.lower() not in list(choices):
            *others, last = (f'"{choice}"' for choice in choices)
            raise ValueError(f"Enter {', '.join(others)} or {last}.")
        return choices(text.lower())

    return read


def _emails(text: str) -> str:
    addresses = [address.strip() for address in text.split(",") if address.strip()]
    try:
        for address in addresses:
            validate_email(address)
    except ValidationError:
        raise ValueError("Enter e-mail addresses, separated by commas.") from None
    return ",".join(addresses)


def _country(text: str) -> str:
    if text and text.upper() not in countries:
        raise ValueError("Enter the two letters of a country, such as DE.")
    return text.upper()


def _delimiter(text: str) -> str:
    if text.lower() not in _DELIMITERS:
        raise ValueError('Enter "," or ";" or "|" or "tab".')
    return text.lower()


_TEXTS: Mapping[str, Callable[[str], Any]] = {
    "counts_when": _one_of(CountsWhen),
    "contact_form_secret": str,
    "notify_email": _emails,
    "default_country": _country,
    "export_format": _one_of(ExportFormat),
    "export_delimiter": _delimiter,
    "export_columns": str,
}
