"""Updates that set no column which a generated one is made of, with and without what PostgreSQL 18 needs for them."""

from __future__ import annotations

from collections.abc import Callable
from itertools import cycle
from typing import Any

from django.db import connection, transaction

from saleor_customer_plus.activity.services import SYNC
from saleor_customer_plus.core import sql
from saleor_customer_plus.records.activation import set_active
from saleor_customer_plus.records.editing import Writer
from saleor_customer_plus.records.models import Source
from saleor_customer_plus.records.sources import add_source, drop_source

from . import customer_data, host
from .report import Figure
from .timing import in_turns, ms

RECORDS, BATCH, RUNS = 20_000, 1_000, 20
# The version from which the assignment gains something, see `sql.kept`.
CONCERNED = 18_00_00
# Versions from which it is never and always added.
NEVER, ALWAYS = 2**31, 0


def measure() -> tuple[str, list[Figure]]:
    """Do what the product does to a thousand records, in turns; each batch a transaction of its own."""
    with host.empty_database():
        customer_data.fill(RECORDS, RECORDS, 0)
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
        figures = [_figure(name, change) for name, change in _CHANGES.items()]
    return f"Batches of {BATCH:,} of {RECORDS:,} records; medians of {RUNS} pairs", figures


def _activate(ids: list[int]) -> None:
    # Whatever they were before, they are something else afterwards.
    set_active(ids, True, by=Writer(SYNC))
    set_active(ids, False, by=Writer(SYNC))


def _source(ids: list[int]) -> None:
    add_source(ids, Source.CONTACT_FORM)
    drop_source(ids, Source.CONTACT_FORM)


_CHANGES: dict[str, Callable[[list[int]], Any]] = {
    "Activate and deactivate, with log": _activate,
    "Add a source and drop it": _source,
}


def _figure(name: str, change: Callable[[list[int]], Any]) -> Figure:
    batches = cycle(list(range(first, first + BATCH)) for first in range(1, RECORDS, BATCH))

    def run() -> None:
        with transaction.atomic():
            change(next(batches))

    def of(version: int) -> Callable[[], None]:
        return lambda: setattr(sql, "WASTEFUL_VERSION", version)

    before = sql.WASTEFUL_VERSION
    try:
        plain, kept = in_turns(RUNS, run, run, before=(of(NEVER), of(ALWAYS)))
    finally:
        sql.WASTEFUL_VERSION = before
    is_concerned = connection.pg_version >= CONCERNED
    return Figure(
        name,
        f"{ms(kept)}, without {ms(plain)}",
        f"{plain / kept:.1f} times as fast",
        "faster" if is_concerned else "is not added",
        kept < plain if is_concerned else None,
    )
