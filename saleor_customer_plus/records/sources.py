"""Making records, and what is written to them from many sides."""

from __future__ import annotations

from collections.abc import Collection

from ..activity.models import ActivityType, ActorType
from ..core import sql
from .models import CustomerRecord, Source, generated_kept


def creation(people: sql.Sql, *, source: Source) -> sql.Sql:
    """The statement that makes a record for each of these people, as a part `made` of a larger one.

    `people` is a query of columns `email` (normalised, not blank, each once) and `known_since` (UTC), of those who have
    no record. Where somebody else makes the same record at this moment, it is not among those made; to lock it here
    would make two batches wait for each other.
    """
    return sql.fill(
        """
        INSERT INTO {records} AS r (email, sources, created_at)
        SELECT p.email, ARRAY[{source}]::varchar[], p.known_since
        FROM ({people}) p
        ORDER BY p.email  -- in one order everywhere, so that two batches cannot wait for each other
        ON CONFLICT (email) DO NOTHING
        RETURNING r.id, r.email, r.created_at
        """,
        records=sql.table(CustomerRecord),
        people=people,
        source=source.value,
    )


def log_of_creation(source: Source) -> sql.Sql:
    """What is logged of those in `made`."""
    return sql.fill(
        """
        SELECT id, created_at, {created}, {sync}, '', '{}'::jsonb, jsonb_build_object('source', {source}::text), '', ''
        FROM made
        """,
        created=ActivityType.RECORD_CREATED.value,
        sync=ActorType.SYNC.value,
        source=source.value,
    )


def add_source(record_ids: Collection[int], source: Source) -> None:
    """Note that activity of these people came from there. What it was, the caller logs."""
    sql.run(
        sql.fill(
            """
            WITH held AS (
                SELECT id FROM {records} WHERE id = ANY({ids}) AND NOT {source} = ANY(sources)
                ORDER BY id FOR NO KEY UPDATE
            )
            UPDATE {records} r SET sources = array_append(r.sources, {source}::varchar), modified_at = now() {generated}
            FROM held WHERE r.id = held.id
            """,
            records=sql.table(CustomerRecord),
            generated=generated_kept(),
            ids=sorted(record_ids),
            source=source.value,
        )
    )


def drop_source(record_ids: Collection[int], source: Source) -> None:
    """Note that no activity of these people, whose records are locked, came from there after all."""
    sql.run(
        sql.fill(
            """
            UPDATE {records} r SET sources = array_remove(sources, {source}::varchar),
                modified_at = greatest(clock_timestamp(), modified_at + interval '1 microsecond')
                {generated}
            WHERE id = ANY({ids}) AND {source} = ANY(sources)
            """,
            records=sql.table(CustomerRecord),
            generated=generated_kept(),
            ids=sorted(record_ids),
            source=source.value,
        )
    )
