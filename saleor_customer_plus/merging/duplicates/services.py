"""Saying that records are not of one person, and taking that back."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from itertools import combinations

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from ...activity.models import ActivityType
from ...activity.services import Actor, Entry, append
from ...core import sql
from ...errors import CustomerPlusError, ErrorCode
from ...records.locks import hold_records
from ...records.models import CustomerRecord, FormerRecord
from ..values import MAX_RECORDS
from . import dismissals, finding, grouping
from .models import DuplicateDismissal, DuplicatePair


@transaction.atomic
def dismiss(record_ids: Collection[int], *, actor: Actor) -> list[DuplicateDismissal]:
    """Say that no two of these records are of one person. That is kept for ever, and logged if it is new.

    Returns the new ones. Raises if there are fewer than two records, too many, or one of them is no more.
    """
    pairs = _pairs(record_ids, field="record_ids")
    finding.lock()
    present = hold_records(record_ids)
    if len(present) < len(set(record_ids)):
        raise CustomerPlusError(
            "One of these customers was deleted. Read the list again.", code=ErrorCode.NOT_FOUND, field="record_ids"
        )
    known = set(dismissals.among(record_ids).values())
    new = DuplicateDismissal.objects.bulk_create(
        DuplicateDismissal(first_id=first, second_id=second, actor_type=actor.type, actor_id=actor.id)
        for first, second in pairs
        if (first, second) not in known
    )
    _log([(one.first_id, one.second_id) for one in new], ActivityType.DUPLICATE_DISMISSED, actor)
    DuplicatePair.objects.filter(first__in=present, second__in=present).delete()
    grouping.write(present)
    grouping.forget_empty()
    return new


@transaction.atomic
def undismiss(record_ids: Collection[int], *, actor: Actor) -> int:
    """Let the search compare these records with each other again, and do so. Returns how many were taken back."""
    _pairs(record_ids, field="record_ids")
    finding.lock()
    present = hold_records(record_ids)
    gone = dismissals.among(present)
    if not gone:
        raise CustomerPlusError(
            "Nobody said that these customers are not the same.", code=ErrorCode.NOT_FOUND, field="record_ids"
        )
    DuplicateDismissal.objects.filter(pk__in=gone).delete()
    _log(set(gone.values()), ActivityType.DUPLICATE_UNDISMISSED, actor)
    finding.refresh(present)
    return len(gone)


def share(kept_id: int, record_ids: Collection[int], *, since: datetime) -> None:
    """Let what was said of the kept record since a merge hold of the records that an undo sets apart, too.

    Whoever said that it is not somebody else's looked at what all of them had. One statement.
    """
    sql.run(
        sql.fill(
            """
            INSERT INTO {dismissed} (first_id, second_id, actor_type, actor_id, dismissed_at)
            SELECT least(i.id, o.id), greatest(i.id, o.id), d.actor_type, d.actor_id, d.dismissed_at
            FROM {dismissed} d
                CROSS JOIN LATERAL (SELECT d.first_id + d.second_id - {kept} AS id) o
                CROSS JOIN unnest({ids}::bigint[]) AS i(id)
            WHERE (d.first_id = {kept} OR d.second_id = {kept}) AND d.dismissed_at >= {since} AND o.id <> i.id
            ORDER BY 1, 2
            ON CONFLICT DO NOTHING
            """,
            dismissed=sql.table(DuplicateDismissal),
            kept=kept_id,
            ids=sorted(record_ids),
            since=since,
        )
    )


def forget_deleted() -> None:
    """Remove what was said of records that were deleted since. One that was merged can come back."""
    gone = Q()
    for name in ("first_id", "second_id"):
        there = Exists(CustomerRecord.objects.filter(pk=OuterRef(name)))
        gone |= ~(there | Exists(FormerRecord.objects.filter(former_id=OuterRef(name))))
    DuplicateDismissal.objects.filter(gone).delete()


def _pairs(record_ids: Collection[int], *, field: str) -> list[tuple[int, int]]:
    ids = sorted(set(record_ids))
    if len(ids) < 2:
        raise CustomerPlusError("Give at least two different customers.", code=ErrorCode.REQUIRED, field=field)
    if len(ids) > MAX_RECORDS:
        raise CustomerPlusError(f"Give at most {MAX_RECORDS} customers.", code=ErrorCode.LIMIT_REACHED, field=field)
    return list(combinations(ids, 2))


def _log(pairs: Collection[tuple[int, int]], type: ActivityType, actor: Actor) -> None:
    """One entry for each record, with the others."""
    others: dict[int, list[int]] = {}
    for one, other in pairs:
        others.setdefault(one, []).append(other)
        others.setdefault(other, []).append(one)
    append(Entry(id, type, after={"records": sorted(those)}, **actor.of_entry) for id, those in sorted(others.items()))
