"""The members of followed segments: kept in a table, so that who enters and who leaves is seen and logged.

Every change of a record leaves a note in its own transaction (`TouchedRecord`). `catch_up` takes the notes and looks at
these records: the sync calls it when it is done with orders, a periodic task for everything else. `sweep` looks at
everybody, range by range, when the condition of a segment is about time, when insights were computed that it reads
(which touches no record), and once a day in any case.

Whoever writes members holds the records before evaluating, so that whoever evaluates last sees the most, and shares the
lock on segments, so that no condition changes meanwhile. Only the first members, who are not announced, are found
without holding anybody: that is soon looked at again.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from django.db import DatabaseError, OperationalError, transaction
from django.db.models import Max, Q
from django.utils import timezone

from .. import settings
from ..activity.models import ActivityType, ActorType, CauseType
from ..activity.services import Cause, insertion
from ..conditions.registry import Data
from ..core import sql
from ..core.paging import of_each, of_range
from ..core.set_aside.faults import TIMED_OUT, code_of
from ..errors import CustomerPlusError
from ..groups import services as groups
from ..groups.models import GroupMembership
from ..insights.models import CurrencyInsight
from ..records.locks import hold_records
from ..records.models import CustomerRecord
from . import definitions
from .locks import share_segments
from .models import Segment, SegmentMembership
from .touching import take

logger = logging.getLogger(__name__)

# Records that are held in one transaction.
BATCH = 1000
# Records that a step of a sweep evaluates.
RANGE = 250_000
# Segments that are evaluated in one statement.
SEGMENTS_AT_ONCE = 50
# How long members are believed in without a look at everybody.
MAX_WAIT = timedelta(days=1)
# When a sweep is repeated that found the first members: a transaction that was open when the segment was followed may
# have noted nothing.
SOON = timedelta(minutes=10)

# Seconds that a statement may take which evaluates conditions: one of up to fifty segments, or of one segment.
LIMIT = 30

UNREADABLE = "PostgreSQL cannot evaluate the condition. Edit it."
TOO_SLOW = "PostgreSQL takes too long to evaluate the condition. Edit it, or follow the segment no longer."


# How many times as long as a look took a process waits before it looks again at the end of a task.
REST = 7.0
_rests_until = 0.0


def follow(*, seconds: float = 5) -> None:
    """Look at records that changed, at the end of a task about something else. Never raises: a periodic one goes on.

    A look takes about as long for one record as for hundreds, because PostgreSQL has to plan the conditions of all
    segments. So that the tasks of orders that follow one another do not become much slower, a process rests after each
    look. What changes meanwhile waits for the next one.
    """
    global _rests_until
    began = time.monotonic()
    if began < _rests_until:
        return
    try:
        while _catch_up() and time.monotonic() < began + seconds:
            pass
    except Exception as error:
        logger.warning("Followed segments wait for the periodic look: %s.", type(error).__name__)
    ended = time.monotonic()
    _rests_until = ended + REST * (ended - began)


def seconds_of_rest() -> float:
    """How long this process will not look at records at the end of a task."""
    return max(0.0, _rests_until - time.monotonic())


def rest_until(moment: float) -> None:
    """Let this process not look before a moment of the monotonic clock; 0 lets it look again at once."""
    global _rests_until
    _rests_until = moment


def catch_up(*, seconds: float) -> bool:
    """Look at records that changed, for so long. Return False if there is more to do.

    Any number of workers may do so at once.
    """
    _chosen, is_active = settings.load()
    if not is_active:
        return True
    deadline = time.monotonic() + seconds
    while _catch_up():
        if time.monotonic() >= deadline:
            return False
    return True


@transaction.atomic
def _catch_up() -> bool:
    sql.plan_for_batches()
    touched = take(BATCH)
    if touched:
        refresh(touched)
    return bool(touched)


def refresh(record_ids: Collection[int]) -> None:
    """Find out which followed segments these records are in, and log who entered and left. Call it in a transaction.

    The number of statements does not depend on that of the records, nor on that of the segments, up to fifty of them.
    """
    conditions, keeping = _conditions()
    if not conditions:
        return
    ids = sorted(hold_records(record_ids))
    now = timezone.now()
    for start in range(0, len(conditions) if ids else 0, SEGMENTS_AT_ONCE):
        some = conditions[start : start + SEGMENTS_AT_ONCE]
        try:
            with transaction.atomic(), sql.limited(LIMIT):
                _write(some, ids, now)
        except DatabaseError as error:
            if _reason(error) is None:
                raise
            _write_each(some, ids, now)
    if keeping and ids:
        _keep_groups(keeping, sql.Sql("= ANY(%s)", (ids,)))


# A segment's key, and its condition.
_Condition = tuple[int, Q]


def _conditions() -> tuple[list[_Condition], list[int]]:
    """The conditions of all followed segments, which nobody changes until the end of the transaction, and the keys of
    those that keep a group.

    A segment whose condition has no meaning any more is marked, and its members stay as they are.
    """
    share_segments()
    segments = list(Segment.objects.filter(is_followed=True, broken_because="").order_by("pk"))
    if not segments:
        return [], []
    found = definitions.conditions_of(segments, definitions.context())
    for segment_id, reason in found.broken.items():
        mark_broken(segment_id, reason)
    keeping = [one.pk for one in segments if one.group_id is not None and one.pk in found.conditions]
    return sorted(found.conditions.items()), keeping


def mark_broken(segment_id: int, reason: str) -> None:
    """Let everybody see that a condition has no meaning any more, and why."""
    logger.warning("Segment %s cannot be evaluated any more: it keeps the members that it has.", segment_id)
    Segment.objects.filter(pk=segment_id).update(broken_because=reason, swept_to=None)


def _write_each(conditions: Sequence[_Condition], ids: Sequence[int], now: datetime) -> None:
    """One segment at a time, as one of them fails. That one is marked."""
    for condition in conditions:
        try:
            with transaction.atomic(), sql.limited(LIMIT):
                _write([condition], ids, now)
        except DatabaseError as error:
            _mark_failed(condition[0], error)


def _reason(error: DatabaseError) -> str | None:
    """Why a condition cannot be evaluated. None if it is not to blame: a deadlock, say, after which we try again."""
    if code_of(error) == TIMED_OUT:
        return TOO_SLOW
    return None if isinstance(error, OperationalError) else UNREADABLE


def _mark_failed(segment_id: int, error: DatabaseError) -> None:
    """Let the others go on without this segment, which is tried again in a day."""
    reason = _reason(error)
    if reason is None:
        raise error
    mark_broken(segment_id, reason)
    Segment.objects.filter(pk=segment_id).update(due_at=timezone.now() + MAX_WAIT)


def _write(conditions: Sequence[_Condition], ids: Sequence[int], now: datetime) -> None:
    """Let these records enter and leave these segments, and log it, in one statement."""
    changes = sql.fill(
        """
        SELECT c.record_id, {now}::timestamptz, CASE WHEN c.is_in THEN {entered} ELSE {left} END, {sync}, '',
            CASE WHEN c.is_in THEN '{}'::jsonb ELSE jsonb_build_object('segment', s.name) END,
            CASE WHEN c.is_in THEN jsonb_build_object('segment', s.name) ELSE '{}'::jsonb END,
            {cause}, s.id::text
        FROM changed c JOIN {segments} s ON s.id = c.segment_id
        WHERE s.complete_since IS NOT NULL
        ORDER BY c.record_id, s.key
        """,
        now=now,
        entered=ActivityType.SEGMENT_ENTERED.value,
        left=ActivityType.SEGMENT_LEFT.value,
        sync=ActorType.SYNC.value,
        cause=CauseType.SEGMENT.value,
        segments=sql.table(Segment),
    )
    sql.run(
        sql.fill(
            """
            WITH present AS MATERIALIZED ({present}), entered AS (
                INSERT INTO {members} (segment_id, record_id, since)
                SELECT p.segment_id, p.record_id, {now} FROM present p
                WHERE NOT EXISTS (
                    SELECT FROM {members} m WHERE m.segment_id = p.segment_id AND m.record_id = p.record_id
                )
                ORDER BY p.segment_id, p.record_id
                ON CONFLICT DO NOTHING
                RETURNING segment_id, record_id
            ), gone AS (
                DELETE FROM {members} m
                WHERE m.segment_id = ANY({segment_ids}) AND m.record_id = ANY({ids}) AND NOT EXISTS (
                    SELECT FROM present p WHERE p.segment_id = m.segment_id AND p.record_id = m.record_id
                )
                RETURNING segment_id, record_id
            ), changed AS (
                SELECT segment_id, record_id, true AS is_in FROM entered
                UNION ALL SELECT segment_id, record_id, false FROM gone
            )
            {logging}
            """,
            present=present_in([(id, of_each(one)) for id, one in conditions], Q(sql.is_any("pk", ids))),
            members=sql.table(SegmentMembership),
            now=now,
            segment_ids=[segment_id for segment_id, _ in conditions],
            ids=list(ids),
            logging=insertion(changes),
        )
    )


def _keep_groups(segment_ids: Sequence[int], scope: sql.Sql) -> None:
    """Bring the groups of these segments in line with their members, as far as records are in a scope: `= ANY(...)`.

    Nobody leaves before all members are known.
    """
    while _keep_some(segment_ids, scope):
        pass


def _keep_some(segment_ids: Sequence[int], scope: sql.Sql) -> bool:
    """At most `BATCH` who join, and as many who leave. Return whether there may be more."""
    rows = sql.rows(
        sql.fill(
            """
            (SELECT s.id, s.group_id, m.record_id, true AS joins
            FROM {segments} s JOIN {members} m ON m.segment_id = s.id
            WHERE s.id = ANY({ids}) AND s.group_id IS NOT NULL AND m.record_id {scope} AND NOT EXISTS (
                SELECT FROM {in_groups} g WHERE g.group_id = s.group_id AND g.record_id = m.record_id
            ) LIMIT {limit})
            UNION ALL
            (SELECT s.id, s.group_id, g.record_id, false
            FROM {segments} s JOIN {in_groups} g ON g.group_id = s.group_id
            WHERE s.id = ANY({ids}) AND s.complete_since IS NOT NULL AND g.record_id {scope} AND NOT EXISTS (
                SELECT FROM {members} m WHERE m.segment_id = s.id AND m.record_id = g.record_id
            ) LIMIT {limit})
            """,
            segments=sql.table(Segment),
            members=sql.table(SegmentMembership),
            in_groups=sql.table(GroupMembership),
            ids=list(segment_ids),
            scope=scope,
            limit=BATCH,
        )
    )
    changed = set[int]()
    for segment_id, group_id in sorted({(row.id, row.group_id) for row in rows}):
        of_group = [row for row in rows if row.group_id == group_id]
        changed |= groups.set_members(
            group_id,
            joining=[row.record_id for row in of_group if row.joins],
            leaving=[row.record_id for row in of_group if not row.joins],
            cause=Cause(CauseType.SEGMENT, str(segment_id)),
        )
    return len(rows) >= BATCH and bool(changed)


def present_in(conditions: Sequence[tuple[int, Q]], scope: Q) -> sql.Sql:
    """A query of the records of a scope that are in these segments now: columns `segment_id`, `record_id`."""
    parts = [
        sql.fill(
            "SELECT {id}::bigint AS segment_id, f.id AS record_id FROM ({found}) AS f(id)",
            id=segment_id,
            found=sql.of_queryset(CustomerRecord.objects.filter(scope, condition).order_by().values("pk")),
        )
        for segment_id, condition in conditions
    ]
    return sql.Sql(" UNION ALL ".join(part.text for part in parts), tuple(p for part in parts for p in part.params))


# Looking at everybody.


def sweep(*, seconds: float) -> bool:
    """Look at everybody for the segments whose time has come, for so long. Return False if there is more to do.

    Each worker takes another segment. Where one left off, the next one goes on.
    """
    _chosen, is_active = settings.load()
    if not is_active:
        return True
    deadline = time.monotonic() + seconds
    _try_broken()
    _notice_insights()
    for step in (_forget, _sweep):
        while step():
            if time.monotonic() >= deadline:
                return False
    return True


def _try_broken() -> None:
    """Let segments go on whose condition has a meaning again: somebody made the tag anew, say.

    Only PostgreSQL can tell whether it can evaluate a condition again: it is asked once a day.
    """
    failed = Q(broken_because__in=(UNREADABLE, TOO_SLOW), due_at__gt=timezone.now())
    broken = Segment.objects.filter(is_followed=True).exclude(broken_because="").exclude(failed)
    for segment in broken.order_by("pk"):
        try:
            definitions.condition_of(segment, definitions.context())
        except CustomerPlusError:
            continue
        Segment.objects.filter(pk=segment.pk, query=segment.query).update(broken_because="", due_at=timezone.now())


def _notice_insights() -> None:
    """Let segments whose conditions read insights look at everybody once these were computed: that touches nobody."""
    computed_at = CurrencyInsight.objects.aggregate(latest=Max("computed_at"))["latest"]
    if computed_at is None:
        return
    followed = Segment.objects.filter(is_followed=True, broken_because="").exclude(insights_of__gte=computed_at)
    segments = list(followed.order_by("pk"))
    if not segments:
        return
    found = definitions.conditions_of(segments, definitions.context())
    reading = [id for id, depends in found.depends.items() if Data.INSIGHTS in depends]
    Segment.objects.filter(pk__in=reading).update(due_at=timezone.now(), swept_to=None)
    Segment.objects.filter(pk__in=[segment.pk for segment in segments]).update(insights_of=computed_at)


def _forget() -> bool:
    """Forget members of segments that are not followed any more, a part at a time. Return whether there were any."""
    # By their keys: PostgreSQL would read all members to find those of such segments.
    ids = list(Segment.objects.filter(is_followed=False).values_list("pk", flat=True))
    left = SegmentMembership.objects.filter(sql.is_any("segment_id", ids)).order_by().values("pk")[: 10 * BATCH]
    return bool(
        sql.run(
            sql.fill(
                "DELETE FROM {members} WHERE id IN ({left})",
                members=sql.table(SegmentMembership),
                left=sql.of_queryset(left),
            )
        )
    )


@transaction.atomic
def _sweep() -> bool:
    """Look at the next records for some segment. Return whether there was one."""
    sql.plan_for_batches()
    share_segments()
    now = timezone.now()
    due = Segment.objects.select_for_update(skip_locked=True, no_key=True).filter(
        Q(swept_to__isnull=False) | Q(due_at__lte=now), is_followed=True, broken_because=""
    )
    segment = due.order_by("due_at", "pk").first()
    if segment is None:
        return False
    try:
        with sql.counting():
            _sweep_of(segment, now)
    except CustomerPlusError as error:
        mark_broken(segment.pk, error.message)
    except DatabaseError as error:
        _mark_failed(segment.pk, error)
    return True


def _sweep_of(segment: Segment, now: datetime) -> None:
    with definitions.evaluating(segment.pk):
        found = definitions.compiled(segment, definitions.context(now=now))
        condition = found.condition
    if segment.swept_to is None:
        segment.swept_to = 0
        # From the moment at which it begins: should the next one come meanwhile, it is due again at the end.
        segment.due_at = min(found.next_boundary or now + MAX_WAIT, now + MAX_WAIT)
    end, last = _range(segment.swept_to)
    differing: list[int] = []
    with sql.limited(LIMIT):
        if segment.complete_since is None:
            _fill((segment.pk, condition), segment.swept_to, end, now)
        else:
            differing = _differing((segment.pk, condition), segment.swept_to, end)
            if ids := sorted(hold_records(differing)):
                _write([(segment.pk, condition)], ids, now)
    if segment.group_id is not None:
        _keep_groups([segment.pk], sql.Sql("BETWEEN %s AND %s", (segment.swept_to + 1, end)))
    if len(differing) == BATCH:
        segment.swept_to = differing[-1]
    else:
        segment.swept_to = None if end == last else end
    if segment.swept_to is None:
        _complete(segment, now)
    segment.save(update_fields=["swept_to", "due_at", "complete_since", "counted_at"])


def _fill(condition: _Condition, after: int, until: int, now: datetime) -> None:
    """Find the first members of a range, at once and without holding the records.

    Of whoever changes meanwhile an older state may be taken: the look at everybody that follows soon puts that right.
    """
    sql.run(
        sql.fill(
            """
            WITH present AS MATERIALIZED ({present}), gone AS (
                DELETE FROM {members} m
                WHERE m.segment_id = {id} AND m.record_id > {after} AND m.record_id <= {until}
                    AND NOT EXISTS (SELECT FROM present p WHERE p.record_id = m.record_id)
            )
            INSERT INTO {members} (segment_id, record_id, since)
            SELECT segment_id, record_id, {now} FROM present ORDER BY record_id ON CONFLICT DO NOTHING
            """,
            present=_present_within(condition, after, until),
            members=sql.table(SegmentMembership),
            id=condition[0],
            after=after,
            until=until,
            now=now,
        )
    )


def _present_within(condition: _Condition, after: int, until: int) -> sql.Sql:
    found = of_range(condition[1], after, until)
    return present_in([(condition[0], found)], Q(pk__gt=after, pk__lte=until))


def _complete(segment: Segment, now: datetime) -> None:
    segment.counted_at = None  # to be counted anew
    if segment.complete_since is None:
        segment.complete_since = now
        segment.due_at = now + SOON if segment.due_at is None else min(segment.due_at, now + SOON)


def _range(after: int) -> tuple[int, int]:
    """The last record of the next range after this one, and the last of all."""
    records = CustomerRecord.objects.filter(pk__gt=after).order_by("pk").values_list("pk", flat=True)
    last = CustomerRecord.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    return records[RANGE - 1 : RANGE].first() or last, last


def _differing(condition: _Condition, after: int, until: int) -> list[int]:
    """The first records of a range that are in the segment and not among its members, or the other way round."""
    return [
        row.record_id
        for row in sql.rows(
            sql.fill(
                """
                WITH present AS ({present}), known AS (
                    SELECT record_id FROM {members}
                    WHERE segment_id = {id} AND record_id > {after} AND record_id <= {until}
                )
                SELECT coalesce(p.record_id, k.record_id) AS record_id
                FROM present p FULL JOIN known k ON k.record_id = p.record_id
                WHERE p.record_id IS NULL OR k.record_id IS NULL
                ORDER BY 1 LIMIT {limit}
                """,
                present=_present_within(condition, after, until),
                members=sql.table(SegmentMembership),
                id=condition[0],
                after=after,
                until=until,
                limit=BATCH,
            )
        )
    ]
