"""The settings as Saleor stores them, validated and typed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.core.exceptions import ValidationError

from ..saleor_adapter import host
from .table import DEFAULTS, SETTINGS, CustomerPlusSettings

PLUGIN_ID = "customer-plus"


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
        if name not in SETTINGS or raw is None:
            continue
        try:
            values[name] = SETTINGS[name].read(str(raw).strip())
        except ValueError as error:
            errors[name] = str(error)
    return values, errors
