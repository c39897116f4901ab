"""The system check that names what was set aside. Django runs it with `migrate` and `check --database default`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from django.core.checks import Tags, Warning, register
from django.db import DatabaseError, connections, transaction

from .services import of_sync


@register(Tags.database)
def check_set_aside(*, databases: Sequence[str] | None = None, **_kwargs: Any) -> list[Warning]:
    """Rows that could not be synced are left out until somebody mends them: say so."""
    if "default" not in (databases or []) or connections["default"].vendor != "postgresql":
        return []
    try:
        with transaction.atomic():  # before the first migration there is no table
            kinds = Counter(of_sync().order_by().values_list("kind", flat=True))
    except DatabaseError:
        return []
    if not kinds:
        return []
    counted = ", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items()))
    return [
        Warning(
            f"{kinds.total()} rows could not be synced and were set aside ({counted}).",
            hint="The report of `manage.py customer_plus reconcile` names each with its error. Correct the account or "
            "the order in Saleor, or the record. Each row is tried again by itself, at least once a day, and this "
            "warning ends when all succeed.",
            id="saleor_customer_plus.W010",
        )
    ]
