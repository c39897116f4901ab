"""Finding the pairs of records that seem to be of one person: of all records, range by range, or of those that changed.

What a record's pairs are follows from the records alone, in whichever order they came. So looking at what changed comes
to the same as looking at everything, once there is nothing left to look at.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Collection, Mapping
from itertools import combinations, pairwise
from typing import NamedTuple

from django.db import transaction

from ... import settings
from ...core import sql
from ...records.models import CustomerRecord
from . import dismissals, grouping, keys, reading, spelling
from .models import CrowdedKey, DuplicateKey, DuplicatePair, UncheckedRecord
from .people import Person, keys_of
from .scoring import Band, Verdict, compare

# Records that changed, and are looked at in one transaction.
BATCH = 500
# Beyond the ids of all records.
END = 2**62
# Any number that nobody else in the database uses: "customer-plus/duplicates" in CRC-32.
_KEY = 0x5C30_E8D7


class Likeness(NamedTuple):
    """Another record that may be of the same person, and why."""

    record_id: int
    verdict: Verdict


def ranges(size: int) -> list[tuple[int, int]]:
    """Ranges of ids that have all records, with about so many of them in each."""
    cuts = sql.rows(
        sql.fill(
            """
            SELECT id FROM (SELECT id, row_number() OVER (ORDER BY id) AS place FROM {records}) r
            WHERE place %% {size} = 0 ORDER BY id
            """,
            records=sql.table(CustomerRecord),
            size=size,
        )
    )
    return list(pairwise([0, *(cut.id for cut in cuts), END]))


# Of all records, in four steps, one after the other: each but the second with any number of workers.


def write_keys(lower: int, upper: int) -> Counter[str]:
    """Write the keys of the records with ids from `lower` to before `upper`."""
    _share()
    people = reading.people_between(lower, upper)
    keys.write(people, sql.fill("k.record_id >= {lower} AND k.record_id < {upper}", lower=lower, upper=upper))
    return Counter(read=len(people))


@transaction.atomic
def count_all() -> None:
    """Find out what is crowded and what is common, while nobody who looks at single records finds it out, too."""
    lock()
    keys.count_all()


def write_pairs(lower: int, upper: int) -> Counter[str]:
    """Write the pairs of which the lower id is from `lower` to before `upper`."""
    _share()
    sql.run(sql.Sql("SET LOCAL work_mem = '64MB'"))
    candidates = sql.rows(
        sql.fill(
            """
            SELECT DISTINCT a.record_id AS one, b.record_id AS other
            FROM {keys} a JOIN {keys} b ON b.key = a.key AND b.record_id > a.record_id
            WHERE a.record_id >= {lower} AND a.record_id < {upper}
                AND NOT EXISTS (SELECT FROM {crowded} c WHERE c.key = a.key)
            """,
            keys=sql.table(DuplicateKey),
            crowded=sql.table(CrowdedKey),
            lower=lower,
            upper=upper,
        )
    )
    pairs = [(row.one, row.other) for row in candidates]
    found = _compared(reading.people({id for pair in pairs for id in pair}), pairs)
    return _write(found, sql.fill("p.first_id >= {lower} AND p.first_id < {upper}", lower=lower, upper=upper))


def write_groups(lower: int, upper: int) -> Counter[str]:
    """Group the pairs of people of whom the lowest id is from `lower` to before `upper`."""
    _share()
    grouping.write_between(lower, upper)
    return Counter()


# Of records that changed.


def catch_up(*, seconds: float) -> bool:
    """Look at records that changed, for so long. Return False if there is more to do."""
    _chosen, is_active = settings.load()
    if not is_active:
        return True
    deadline = time.monotonic() + seconds
    with transaction.atomic():
        sql.plan_for_batches()
        if _own_if_free():
            keys.recount_crowded()
    try:
        while look_at_some():
            if time.monotonic() >= deadline:
                return False
    finally:
        spelling.forget()
    return True


@transaction.atomic
def look_at_some() -> bool:
    """Look at the records that waited longest. Return whether there were any, and nobody else is at it."""
    sql.plan_for_batches()
    if not _own_if_free():
        return False
    taken = sql.rows(
        sql.fill(
            """
            DELETE FROM {unchecked} WHERE id IN (SELECT id FROM {unchecked} ORDER BY id LIMIT {limit})
            RETURNING record_id
            """,
            unchecked=sql.table(UncheckedRecord),
            limit=BATCH,
        )
    )
    if taken:
        _refresh({row.record_id for row in taken})
    return bool(taken)


@transaction.atomic
def refresh(record_ids: Collection[int]) -> None:
    """Look at these records at once. The number of statements does not depend on theirs."""
    sql.plan_for_batches()
    lock()
    _refresh(record_ids)
    spelling.forget()


def _refresh(record_ids: Collection[int]) -> None:
    ids = sorted(record_ids)
    people = reading.people(ids)
    changed = keys.write(people, sql.fill("k.record_id = ANY({ids}::bigint[])", ids=ids))
    keys.recount(changed)
    found = _likenesses(people)
    before = _paired_with(ids)
    _write(found, sql.fill("(p.first_id = ANY({ids}::bigint[]) OR p.second_id = ANY({ids}::bigint[]))", ids=ids))
    grouping.write({*ids, *before, *(id for pair in found for id in pair)})


def likenesses_of(record_ids: Collection[int]) -> dict[int, list[Likeness]]:
    """The records that each of these may be the same person as, as they are now, the likeliest first. Reads only.

    A constant number of statements for any number of records.
    """
    found: dict[int, list[Likeness]] = {id: [] for id in record_ids}
    for (one, other), verdict in _likenesses(reading.people(record_ids)).items():
        for mine, its in ((one, other), (other, one)):
            if mine in found:
                found[mine].append(Likeness(its, verdict))
    spelling.forget()
    for likenesses in found.values():
        likenesses.sort(key=lambda one: (-one.verdict.band, -one.verdict.score, one.record_id))  # type: ignore[operator]
    return found


def are_certain(record_ids: Collection[int]) -> bool:
    """Whether these are certain to be one person, all of them: as they are now, and as nobody denied. Reads only."""
    people = reading.people(record_ids)
    found = _compared(people, list(combinations(sorted(people), 2)))
    spelling.forget()
    links = [grouping.Link.of(pair, verdict) for pair, verdict in found.items()]
    groups = grouping.put_together(links)
    return any(
        group.band == Band.CERTAIN and {id for link in group.links for id in link.pair} == set(record_ids)
        for group in groups
    )


def _likenesses(people: Mapping[int, Person]) -> dict[tuple[int, int], Verdict]:
    """The pairs of which at least one is of these people."""
    mine = [(id, key) for id, one in people.items() for key in keys_of(one)]
    if not mine:
        return {}
    candidates = sql.rows(
        sql.fill(
            """
            SELECT DISTINCT least(a.record_id, b.record_id) AS one, greatest(a.record_id, b.record_id) AS other
            FROM unnest({ids}::bigint[], {their_keys}::bigint[]) AS a(record_id, key)
                JOIN {keys} b ON b.key = a.key AND b.record_id <> a.record_id
            WHERE NOT EXISTS (SELECT FROM {crowded} c WHERE c.key = a.key)
            """,
            keys=sql.table(DuplicateKey),
            crowded=sql.table(CrowdedKey),
            ids=[id for id, _key in mine],
            their_keys=[key for _id, key in mine],
        )
    )
    pairs = [(row.one, row.other) for row in candidates]
    others = reading.people({id for pair in pairs for id in pair} - set(people))
    return _compared({**others, **people}, pairs)


def _compared(people: Mapping[int, Person], pairs: Collection[tuple[int, int]]) -> dict[tuple[int, int], Verdict]:
    """The pairs that are worth a look, and that nobody dismissed."""
    context = reading.context_of(list(people.values()))
    found = {}
    for pair in pairs:
        one, other = people.get(pair[0]), people.get(pair[1])
        if one is not None and other is not None and (verdict := compare(one, other, context)).band is not None:
            found[pair] = verdict
    for dismissed in dismissals.among({id for pair in found for id in pair}).values():
        found.pop(dismissed, None)
    return found


def _paired_with(ids: list[int]) -> set[int]:
    """Those that so far are paired with these."""
    rows = sql.rows(
        sql.fill(
            """
            SELECT second_id AS id FROM {pairs} WHERE first_id = ANY({ids}::bigint[])
            UNION SELECT first_id FROM {pairs} WHERE second_id = ANY({ids}::bigint[])
            """,
            pairs=sql.table(DuplicatePair),
            ids=ids,
        )
    )
    return {row.id for row in rows}


def _write(found: Mapping[tuple[int, int], Verdict], which: sql.Sql) -> Counter[str]:
    """Let there be these pairs, of those that are meant by the condition on `p`. Only what differs is written."""
    wanted = [
        {"f": one, "s": other, "n": verdict.score, "b": verdict.band, "r": list(verdict.reasons)}
        for (one, other), verdict in sorted(found.items())
    ]
    (counted,) = sql.rows(
        sql.fill(
            """
            WITH wanted AS (
                SELECT w.f AS first_id, w.s AS second_id, w.n AS score, w.b AS band, w.r AS reasons
                FROM jsonb_to_recordset({wanted}::jsonb) AS w(f bigint, s bigint, n int, b smallint, r varchar[])
            ), present AS (
                -- Whoever deletes one of them waits for us, or is gone before we look: see `deletion.record_deletion`.
                SELECT id FROM {records}
                WHERE id IN (SELECT first_id FROM wanted UNION SELECT second_id FROM wanted) ORDER BY id FOR KEY SHARE
            ), gone AS (
                DELETE FROM {pairs} p WHERE {which} AND NOT EXISTS (
                    SELECT FROM wanted w WHERE w.first_id = p.first_id AND w.second_id = p.second_id
                )
                RETURNING 1
            ), written AS (
                INSERT INTO {pairs} AS p (first_id, second_id, score, band, reasons)
                SELECT w.first_id, w.second_id, w.score, w.band, w.reasons FROM wanted w
                JOIN present one ON one.id = w.first_id JOIN present other ON other.id = w.second_id
                WHERE NOT EXISTS (
                    SELECT FROM {pairs} k WHERE k.first_id = w.first_id AND k.second_id = w.second_id
                        AND (k.score, k.band, k.reasons) = (w.score, w.band, w.reasons)
                )
                ORDER BY 1, 2
                ON CONFLICT (first_id, second_id) DO UPDATE
                SET score = EXCLUDED.score, band = EXCLUDED.band, reasons = EXCLUDED.reasons
                RETURNING (xmax = 0) AS is_new
            )
            SELECT (SELECT count(*) FROM written WHERE is_new) AS created,
                (SELECT count(*) FROM written WHERE NOT is_new) AS updated, (SELECT count(*) FROM gone) AS removed
            """,
            pairs=sql.table(DuplicatePair),
            records=sql.table(CustomerRecord),
            wanted=sql.to_json(wanted),
            which=which,
        )
    )
    return Counter(counted._asdict())


# Whoever looks at a range shares the lock with others who do; whoever looks at single records holds it alone. It comes
# before the locks of records.


def lock() -> None:
    """Let nobody else write pairs or groups until the end of the transaction."""
    sql.rows(sql.Sql("SELECT pg_advisory_xact_lock(%s)", (_KEY,)))


def _share() -> None:
    sql.rows(sql.Sql("SELECT pg_advisory_xact_lock_shared(%s)", (_KEY,)))


def _own_if_free() -> bool:
    (row,) = sql.rows(sql.Sql("SELECT pg_try_advisory_xact_lock(%s) AS is_mine", (_KEY,)))
    return bool(row.is_mine)
