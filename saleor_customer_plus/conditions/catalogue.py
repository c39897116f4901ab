"""All fields and functions of the language. `registry` tells how to add one."""

from __future__ import annotations

from .fields import figures, orders, record
from .registry import Registry

REGISTRY = Registry([*record.FIELDS, *figures.FIELDS, *orders.FIELDS])
