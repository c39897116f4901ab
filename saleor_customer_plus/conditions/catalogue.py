"""All fields and functions of the language. `registry` explains how to add one."""

from __future__ import annotations

from .fields import (
    acquisition,
    anniversaries,
    consent,
    figures,
    insights,
    labels,
    leads,
    notes,
    orders,
    own_fields,
    products,
    record,
    saleor_account,
)
from .registry import Registry

REGISTRY = Registry(
    [
        *record.FIELDS,
        *figures.FIELDS,
        *orders.FIELDS,
        *products.FIELDS,
        *labels.FIELDS,
        *leads.FIELDS,
        *notes.FIELDS,
        *consent.FIELDS,
        *anniversaries.FIELDS,
        *saleor_account.FIELDS,
        *insights.FIELDS,
        *acquisition.FIELDS,
        *own_fields.FIELDS,
    ]
)
