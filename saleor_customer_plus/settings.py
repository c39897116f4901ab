"""The plugin's settings: what the Dashboard shows, what is valid, and typed access to what was saved."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import timedelta
from enum import StrEnum
from typing import Any

from django.core.exceptions import ValidationError

from . import host

PLUGIN_ID = "customer-plus"


class CountsWhen(StrEnum):
    """Which orders count in a customer's figures, besides not being a draft, unconfirmed, canceled or expired."""

    PAID = "paid"
    PLACED = "placed"


@dataclass(frozen=True, slots=True)
class CustomerPlusSettings:
    """What the merchant chose. The defaults are those of a new installation."""

    include_guests: bool = True
    counts_when: CountsWhen = CountsWhen.PAID
    sync_details: bool = True
    reconcile_every_hours: int = 24
    reconcile_batch: int = 1000

    @property
    def reconcile_every(self) -> timedelta:
        return timedelta(hours=self.reconcile_every_hours)


DEFAULTS = CustomerPlusSettings()

STRUCTURE: dict[str, dict[str, str]] = {
    "include_guests": {
        "type": host.ConfigurationTypeField.BOOLEAN,
        "label": "Include guests",
        "help_text": (
            "Make a record for everybody who buys without an account. When off, such orders wait in the ledger and "
            "join the record as soon as there is one for their e-mail. Records that exist already stay."
        ),
    },
    "counts_when": {
        "type": host.ConfigurationTypeField.STRING,
        "label": "Orders count when",
        "help_text": (
            'Either "paid" (the order was paid in full, also if refunded later) or "placed". Drafts, unconfirmed, '
            "canceled and expired orders never count. A change recomputes all figures in the background."
        ),
    },
    "sync_details": {
        "type": host.ConfigurationTypeField.BOOLEAN,
        "label": "Sync details from orders and accounts",
        "help_text": (
            "Take name, company, phone, country and language over from the newest order or the account. Fields that "
            "staff edited are never overwritten."
        ),
    },
    "reconcile_every_hours": {
        "type": host.ConfigurationTypeField.STRING,
        "label": "Hours between reconciliations",
        "help_text": "How often all records are compared with Saleor, from 1 to 8760. 24 by default.",
    },
    "reconcile_batch": {
        "type": host.ConfigurationTypeField.STRING,
        "label": "Reconciliation batch",
        "help_text": "Rows in one transaction of a reconciliation, from 100 to 10000. 1000 by default.",
    },
}

DEFAULT_CONFIGURATION: list[dict[str, Any]] = [
    {"name": field.name, "value": field.default if isinstance(field.default, bool) else str(field.default)}
    for field in fields(CustomerPlusSettings)
]


# The lowest and the highest that each setting which is a number may be.
_RANGES = {"reconcile_every_hours": (1, 8760), "reconcile_batch": (100, 10_000)}


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
    text = str(raw).strip().lower()
    if name in _RANGES:
        lowest, highest = _RANGES[name]
        if not text.isdecimal() or not lowest <= int(text) <= highest:
            raise ValueError(f"Enter a whole number from {lowest} to {highest}.")
        return int(text)
    if name == "counts_when":
        if text not in list(CountsWhen):
            raise ValueError('Enter "paid" or "placed".')
        return CountsWhen(text)
    if text not in ("true", "false"):
        raise ValueError('Enter "true" or "false".')
    return text == "true"
