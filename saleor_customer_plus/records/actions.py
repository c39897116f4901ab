"""Making records."""

from __future__ import annotations

from .. import sql
from ..activity.actions import insertion
from ..activity.models import ActivityType, ActorType
from .models import CustomerRecord, Source


def create_missing(people: sql.Sql, *, source: Source) -> list[int]:
    """Make a record for everybody who has none yet, and return the ids of those made. One statement for any number.

    `people` is a query of columns `email` (normalised) and `known_since` (UTC); an address may come more than once.
    Somebody else making the same record meanwhile does no harm.
    """
    made = sql.rows(
        sql.fill(
            """
            WITH made AS (
                INSERT INTO {records} (email, sources, created_at)
                SELECT p.email, ARRAY[{source}]::varchar[], min(p.known_since)
                FROM ({people}) p
                WHERE p.email <> '' AND NOT EXISTS (SELECT FROM {records} r WHERE r.email = p.email)
                GROUP BY p.email
                ORDER BY p.email  -- in one order everywhere, so that two batches cannot wait for each other
                ON CONFLICT (email) DO NOTHING
                RETURNING id, created_at
            ), logged AS (
                {log}
            )
            SELECT id FROM made
            """,
            records=sql.table(CustomerRecord),
            people=people,
            source=source.value,
            log=insertion(_log(source)),
        )
    )
    return [row.id for row in made]


def _log(source: Source) -> sql.Sql:
    return sql.fill(
        """
        SELECT id, created_at, {created}, {sync}, '', '{}'::jsonb, jsonb_build_object('source', {source}::text), '', ''
        FROM made
        """,
        created=ActivityType.RECORD_CREATED.value,
        sync=ActorType.SYNC.value,
        source=source.value,
    )
