"""The lock on what segments say. It comes before those of `records.locks`, and ends with the transaction.

Segments refer to each other, and members are found with conditions that were read a moment before. So whoever finds
members shares the lock with any number of others, and whoever changes a segment holds it alone.
"""

from __future__ import annotations

from ..core import sql

# Any number that nobody else in the database uses: "customer-plus/segments" in CRC-32.
_KEY = 0x7B13_957C


def share_segments() -> None:
    sql.rows(sql.Sql("SELECT pg_advisory_xact_lock_shared(%s)", (_KEY,)))


def own_segments() -> None:
    sql.rows(sql.Sql("SELECT pg_advisory_xact_lock(%s)", (_KEY,)))
