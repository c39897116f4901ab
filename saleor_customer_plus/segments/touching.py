"""Noting that records changed, for the segments that are followed: see `TouchedRecord`."""

from __future__ import annotations

from collections.abc import Collection

from ..core import sql
from .models import Segment, TouchedRecord


def touch(record_ids: Collection[int]) -> None:
    """Let followed segments look at these records once the transaction is committed. One statement.

    For changes of which the activity log has no entry; a trigger does it for all others.
    """
    if record_ids:
        sql.run(
            sql.fill(
                """
                INSERT INTO {touched} (record_id) SELECT unnest({ids}::bigint[])
                WHERE EXISTS (SELECT FROM {segments} WHERE is_followed)
                """,
                touched=sql.table(TouchedRecord),
                segments=sql.table(Segment),
                ids=sorted(record_ids),
            )
        )


def take(limit: int) -> set[int]:
    """Take away notes of touched records, those that waited longest first, and return the records.

    What another worker is taking is passed over. A rollback leaves all as it was.
    """
    taken = sql.rows(
        sql.fill(
            """
            DELETE FROM {touched} WHERE id IN (
                SELECT id FROM {touched} ORDER BY id LIMIT {limit} FOR UPDATE SKIP LOCKED
            ) RETURNING record_id
            """,
            touched=sql.table(TouchedRecord),
            limit=limit,
        )
    )
    return {row.record_id for row in taken}
