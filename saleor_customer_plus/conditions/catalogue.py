"""All fields and functions of the language. `registry` tells how to add one."""

from __future__ import annotations

from .fields import anniversaries, consent, figures, labels, leads, notes, orders, record
from .registry import Registry

REGISTRY = Registry(
    [
        *record.FIELDS,
        *figures.FIELDS,
        *orders.FIELDS,
        *labels.FIELDS,
        *leads.FIELDS,
        *notes.FIELDS,
        *consent.FIELDS,
        *anniversaries.FIELDS,
    ]
)
