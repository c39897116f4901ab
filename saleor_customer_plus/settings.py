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


def _whole_number(name: str, raw: Any, *, lowest: int, highest: int) -> int:
    try:
        number = int(str(raw).strip())
    except ValueError:
        number = lowest - 1
    if not lowest <= number <= highest:
        raise ValidationError(
            {name: ValidationError(f"Enter a whole number from {lowest} to {highest}.", code="invalid")}
        )
    return number


def parse(configuration: Iterable[Mapping[str, Any]] | None) -> CustomerPlusSettings:
    """Read what Saleor stored for the plugin. Raise Django's `ValidationError` that says what to enter instead."""
    saved = {item["name"]: item.get("value") for item in configuration or ()}
    given = {name: saved[name] for name in STRUCTURE if saved.get(name) is not None}
    values: dict[str, Any] = {
        name: value if isinstance(value, bool) else str(value).lower() == "true"
        for name, value in given.items()
        if name in ("include_guests", "sync_details")
    }
    if "counts_when" in given:
        try:
            values["counts_when"] = CountsWhen(str(given["counts_when"]).strip().lower())
        except ValueError:
            raise ValidationError(
                {"counts_when": ValidationError('Enter "paid" or "placed".', code="invalid")}
            ) from None
    for name, lowest, highest in (("reconcile_every_hours", 1, 8760), ("reconcile_batch", 100, 10_000)):
        if name in given:
            values[name] = _whole_number(name, given[name], lowest=lowest, highest=highest)
    return CustomerPlusSettings(**values)


def load() -> tuple[CustomerPlusSettings, bool]:
    """Return the saved settings and whether the plugin is active. One query.

    Saleor stores a row only once the configuration was edited; until then the defaults hold. A row that somebody
    wrote past the validation must not stop the sync: its unreadable values count as the defaults.
    """
    row = (
        host.PluginConfiguration.objects.filter(identifier=PLUGIN_ID, channel=None)
        .values_list("configuration", "active")
        .first()
    )
    if row is None:
        return DEFAULTS, True
    configuration, active = row
    try:
        return parse(configuration), active
    except ValidationError:
        return DEFAULTS, active
