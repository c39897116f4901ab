"""Making records."""

from __future__ import annotations

from .. import sql
from ..activity.actions import Entry, append
from ..activity.models import ActivityType
from .models import CustomerRecord, Source


def create_missing(people: sql.Sql, *, source: Source) -> list[int]:
    """Make a record for everybody who has none yet, and return the ids of those made. Two statements for any number.

    `people` is a query of columns `email` (normalised) and `known_since` (UTC); an address may come more than once.
    Somebody else making the same record meanwhile does no harm.
    """
    made = sql.rows(
        sql.fill(
            """
            INSERT INTO {records} (email, sources, created_at)
            SELECT p.email, ARRAY[{source}]::varchar[], min(p.known_since)
            FROM ({people}) p
            WHERE p.email <> '' AND NOT EXISTS (SELECT FROM {records} r WHERE r.email = p.email)
            GROUP BY p.email
            ORDER BY p.email  -- in one order everywhere, so that two batches cannot wait for each other
            ON CONFLICT (email) DO NOTHING
            RETURNING id, created_at
            """,
            records=sql.table(CustomerRecord),
            people=people,
            source=source.value,
        )
    )
    append(
        Entry(row.id, ActivityType.RECORD_CREATED, at=row.created_at, after={"source": source.value}) for row in made
    )
    return [row.id for row in made]
