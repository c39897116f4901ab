"""The one writer of the activity log."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils import timezone

from ..core import sql
from .models import ActivityEntry, ActivityType, ActorType, CauseType


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does something. `id` is the number of Saleor's user or app; blank for the synchronisation."""

    type: ActorType
    id: str = ""

    @property
    def of_entry(self) -> dict[str, Any]:
        """The actor as an `Entry` has it: `Entry(record_id, type, **actor.of_entry)`."""
        return {"actor_type": self.type, "actor_id": self.id}


SYNC = Actor(ActorType.SYNC)


@dataclass(frozen=True, slots=True)
class Cause:
    """What made somebody do something: an order, a job, a note ..., by its key."""

    type: CauseType
    id: str

    @property
    def of_entry(self) -> dict[str, Any]:
        return {"cause_type": self.type, "cause_id": self.id}


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing to be logged. `at` is when it happened (UTC); now, unless given."""

    record_id: int
    type: ActivityType
    at: datetime | None = None
    before: Mapping[str, Any] = field(default_factory=dict)
    after: Mapping[str, Any] = field(default_factory=dict)
    actor_type: ActorType = ActorType.SYNC
    actor_id: str = ""
    cause_type: CauseType | str = ""
    cause_id: str = ""


COLUMNS = ["record_id", "at", "type", "actor_type", "actor_id", "before", "after", "cause_type", "cause_id"]


def insertion(entries: sql.Sql) -> sql.Sql:
    """The statement that logs the rows of a query, as a part of a larger one. The query has the columns `COLUMNS`."""
    return sql.fill(
        "INSERT INTO {table} ({columns}) {entries}",
        table=sql.table(ActivityEntry),
        columns=sql.columns(COLUMNS),
        entries=entries,
    )


def insertion_for(
    changed: sql.Sql, *, type: ActivityType, actor: Actor, cause: Cause | None = None, at: datetime | None = None
) -> sql.Sql:
    """The statement that logs one kind of thing for each row of a query of columns `record_id`, `before`, `after`."""
    return insertion(
        sql.fill(
            """
            SELECT c.record_id, {at}::timestamptz, {type}, {actor_type}, {actor_id}, c.before, c.after,
                {cause_type}, {cause_id}
            FROM ({changed}) c
            """,
            changed=changed,
            at=at or timezone.now(),
            type=type.value,
            actor_type=actor.type.value,
            actor_id=actor.id,
            cause_type=cause.type.value if cause else "",
            cause_id=cause.id if cause else "",
        )
    )


def append(entries: Iterable[Entry]) -> int:
    """Log the entries, in one statement, in the transaction of what they describe. Return how many."""
    now = timezone.now()
    # Most of a batch share everything but the record and what changed: what is sent once is neither encoded nor parsed
    # for each entry.
    shared: dict[tuple[Any, ...], int] = {}
    values = []
    for entry in entries:
        key = (entry.at or now, entry.type, entry.actor_type, entry.actor_id, entry.cause_type, entry.cause_id)
        position = shared.setdefault(key, len(shared) + 1)
        values.append({"r": entry.record_id, "p": position, "b": entry.before, "a": entry.after})
    if not values:
        return 0
    times, *texts = zip(*shared, strict=True)
    return sql.run(
        insertion(
            sql.fill(
                """
                SELECT e.r, s.at, s.type, s.actor_type, s.actor_id, e.b, e.a, s.cause_type, s.cause_id
                FROM ROWS FROM (
                    jsonb_to_recordset({values}::jsonb) AS (r bigint, p int, b jsonb, a jsonb)
                ) WITH ORDINALITY AS e(r, p, b, a, place)
                -- Not by `[e.p]`: for the last of a thousand texts PostgreSQL walks past all of the others.
                JOIN unnest(
                    {times}::timestamptz[], {type}::text[], {actor_type}::text[], {actor_id}::text[],
                    {cause_type}::text[], {cause_id}::text[]
                ) WITH ORDINALITY AS s(at, type, actor_type, actor_id, cause_type, cause_id, p) ON s.p = e.p
                ORDER BY e.place  -- ids ascend in the order in which things were logged
                """,
                times=[at.isoformat() for at in times],
                values=sql.to_json(values),
                **{name: [str(text) for text in column] for name, column in zip(_SHARED, texts, strict=True)},
            )
        )
    )


_SHARED = ("type", "actor_type", "actor_id", "cause_type", "cause_id")
