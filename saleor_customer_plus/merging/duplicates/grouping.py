"""Putting pairs together to people: who is in which group follows from the pairs and what staff dismissed alone.

Links are taken from the surest to the weakest. One that is certain joins two groups unless something speaks against it:
a dismissal, or first names that differ, also of two who have too little in common to be a pair of their own;
one that is likely only if everybody of one group is at least likely to be everybody of the other. So weak links make no
chains, along which one comes from anybody to anybody. A pair that is worth a look joins nobody: it is a group of its
own. Where a certain link joins nobody, one of the groups at its ends is wrong, so that none of them is certain.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field

from django.utils import timezone

from ...core import sql
from ..values import MAX_RECORDS
from . import dismissals, reading
from .dismissals import Pair
from .models import DuplicateGroup, DuplicatePair
from .scoring import Band, Context, Reason, Verdict, are_of_two_people, compare


@dataclass(frozen=True, slots=True)
class Link:
    """A pair, as far as grouping is concerned."""

    pair: Pair
    score: int
    band: Band
    is_doubtful: bool = False  # first names differ, say
    group: int | None = None  # the one that it was in

    @classmethod
    def of(cls, pair: Pair, verdict: Verdict) -> Link:
        assert verdict.band is not None
        return cls(pair, verdict.score, verdict.band, are_of_two_people(verdict.reasons))


@dataclass(slots=True)
class Group:
    """People who seem to be one, and the pairs of them. The band and the score are those of the weakest link."""

    band: Band
    score: int
    links: list[Link] = field(default_factory=list)


def _never(_pair: Pair) -> bool:
    return False


def grouped(
    links: Collection[Link], dismissed: Collection[Pair], differ: Callable[[Pair], bool] = _never
) -> list[Group]:
    """Group these links. All that hang together by links that are at least likely have to be there.

    `differ` tells of two without a link whether their first names differ.
    """
    known = {link.pair: link for link in links}
    parts: dict[int, list[int]] = {}
    bounds: dict[int, tuple[Band, int]] = {}  # by the number of the part, which is one of its records
    of: dict[int, int] = {}
    for link in sorted(links, key=_surest_first):
        one, other = (of.setdefault(id, id) for id in link.pair)
        for part in (one, other):
            parts.setdefault(part, [part])
        if one == other or link.band < Band.LIKELY:
            continue
        if not _may_join(parts[one], parts[other], link, known, dismissed, differ):
            continue
        into, gone = sorted((one, other))
        for id in parts[gone]:
            of[id] = into
        parts[into] += parts.pop(gone)
        weakest = [(link.band, link.score), *(bounds.pop(part) for part in (one, other) if part in bounds)]
        bounds[into] = (min(band for band, _ in weakest), min(score for _, score in weakest))
    groups: dict[int, Group] = {}
    alone = []
    contested: set[int] = set()
    for link in sorted(links, key=_surest_first):
        one, other = (of[id] for id in link.pair)
        if one == other:
            groups.setdefault(one, Group(*bounds[one])).links.append(link)
            continue
        alone.append(Group(min(link.band, Band.LIKELY), link.score, [link]))
        if link.band == Band.CERTAIN:
            contested |= {one, other}
    for part in contested & set(groups):
        groups[part].band = Band.LIKELY
    return [*groups.values(), *alone]


def _surest_first(link: Link) -> tuple[int, int, Pair]:
    return (-link.band, -link.score, link.pair)


def _may_join(
    some: list[int],
    others: list[int],
    link: Link,
    known: Mapping[Pair, Link],
    dismissed: Collection[Pair],
    differ: Callable[[Pair], bool],
) -> bool:
    if len(some) + len(others) > MAX_RECORDS:
        return False
    for pair in ((min(a, b), max(a, b)) for a in some for b in others):
        between = known.get(pair)
        if pair in dismissed or (between is not None and between.is_doubtful):
            return False
        if link.band < Band.CERTAIN and (between is None or between.band < Band.LIKELY):
            return False
        if between is None and differ(pair):
            return False
    return True


def write(record_ids: Collection[int]) -> None:
    """Group all pairs anew whose lower id is one of these, with all that hang together with them."""
    _write(_links(_together(sql.fill("SELECT unnest({ids}::bigint[])", ids=sorted(record_ids)))))


def write_between(lower: int, upper: int) -> None:
    """Group the pairs of those who hang together with the lowest id from `lower` to before `upper`."""
    seeds = sql.fill(
        "SELECT DISTINCT first_id FROM {pairs} WHERE first_id >= {lower} AND first_id < {upper}",
        pairs=sql.table(DuplicatePair),
        lower=lower,
        upper=upper,
    )
    links = _links(_together(seeds))
    lowest = _lowest_of_each(links)
    _write([link for link in links if lower <= lowest[link.pair[0]] < upper])


def _lowest_of_each(links: Iterable[Link]) -> dict[int, int]:
    """The lowest id that each record hangs together with."""
    found: dict[int, int] = {}

    def root(id: int) -> int:
        found.setdefault(id, id)
        while found[id] != id:
            found[id] = id = found[found[id]]
        return id

    for link in links:
        one, other = sorted(root(id) for id in link.pair)
        if link.band >= Band.LIKELY:
            found[other] = one
    return {id: root(id) for id in found}


def _together(seeds: sql.Sql) -> sql.Sql:
    """The query of the records that hang together with these: by links that are at least likely."""
    return sql.fill(
        """
        WITH RECURSIVE reached(id) AS (
            {seeds}
            UNION
            SELECT p.id FROM reached r, LATERAL (
                SELECT second_id AS id FROM {pairs} WHERE first_id = r.id AND band >= {likely}
                UNION ALL SELECT first_id FROM {pairs} WHERE second_id = r.id AND band >= {likely}
            ) p
        )
        SELECT id FROM reached
        """,
        seeds=seeds,
        pairs=sql.table(DuplicatePair),
        likely=int(Band.LIKELY),
    )


def _links(record_ids: sql.Sql) -> list[Link]:
    rows = sql.rows(
        sql.fill(
            """
            SELECT p.first_id, p.second_id, p.score, p.band, p.reasons, p.group_id
            FROM {pairs} p WHERE p.first_id IN ({record_ids}) ORDER BY p.id
            """,
            pairs=sql.table(DuplicatePair),
            record_ids=record_ids,
        )
    )
    return [
        Link(
            (row.first_id, row.second_id),
            row.score,
            Band(row.band),
            are_of_two_people([Reason(reason) for reason in row.reasons]),
            row.group_id,
        )
        for row in rows
    ]


def _write(links: list[Link]) -> None:
    """Keep the groups of these links. One that is the same as before, but for a record, stays the same row."""
    groups = put_together(links)
    free = _free(links)
    ids: list[int | None] = []
    for group in groups:
        known = next((link.group for link in group.links if link.group in free), None)
        free.discard(known)
        ids.append(known)
    now = timezone.now()
    new = DuplicateGroup.objects.bulk_create(
        DuplicateGroup(band=group.band, score=group.score, found_at=now)
        for group, id in zip(groups, ids, strict=True)
        if id is None
    )
    fresh = iter(new)
    kept = [(id if id is not None else next(fresh).pk, group) for id, group in zip(ids, groups, strict=True)]
    _update_groups(kept)
    _move_pairs(kept)
    if free:
        DuplicateGroup.objects.filter(pk__in=free, pairs=None).only("pk").delete()


def put_together(links: list[Link]) -> list[Group]:
    """Group these links, without what was dismissed."""
    dismissed = set(dismissals.among({id for link in links for id in link.pair}).values())
    return grouped(links, dismissed, _differing(links))


def _differing(links: list[Link]) -> Callable[[Pair], bool]:
    """Who of those that more than one certain link may join has another first name. Their records are read once."""
    certain = [link.pair for link in links if link.band == Band.CERTAIN]
    times = Counter(id for pair in certain for id in pair)
    people = reading.people({id for pair in certain if any(times[id] > 1 for id in pair) for id in pair})

    def differ(pair: Pair) -> bool:
        one, other = people.get(pair[0]), people.get(pair[1])
        return one is not None and other is not None and are_of_two_people(compare(one, other, Context()).reasons)

    return differ


def _free(links: list[Link]) -> set[int]:
    """The groups of these links that have no other pairs: of those that fell apart, each part would keep the row."""
    times = Counter(link.group for link in links if link.group is not None)
    rows = sql.rows(
        sql.fill(
            "SELECT group_id, count(*) AS number FROM {pairs} WHERE group_id = ANY({ids}::bigint[]) GROUP BY 1",
            pairs=sql.table(DuplicatePair),
            ids=sorted(times),
        )
    )
    return {row.group_id for row in rows if row.number == times[row.group_id]}


def _update_groups(groups: list[tuple[int, Group]]) -> None:
    sql.run(
        sql.fill(
            """
            UPDATE {groups} g SET band = w.band, score = w.score
            FROM unnest({ids}::bigint[], {bands}::bigint[], {scores}::bigint[]) AS w(id, band, score)
            WHERE g.id = w.id AND (g.band, g.score) IS DISTINCT FROM (w.band, w.score)
            """,
            groups=sql.table(DuplicateGroup),
            ids=[id for id, _group in groups],
            bands=[int(group.band) for _id, group in groups],
            scores=[group.score for _id, group in groups],
        )
    )


def _move_pairs(groups: list[tuple[int, Group]]) -> None:
    moved = [(link.pair, id) for id, group in groups for link in group.links if link.group != id]
    sql.run(
        sql.fill(
            """
            UPDATE {pairs} p SET group_id = w.group_id
            FROM unnest({firsts}::bigint[], {seconds}::bigint[], {ids}::bigint[]) AS w(first_id, second_id, group_id)
            WHERE p.first_id = w.first_id AND p.second_id = w.second_id
            """,
            pairs=sql.table(DuplicatePair),
            firsts=[pair[0] for pair, _id in moved],
            seconds=[pair[1] for pair, _id in moved],
            ids=[id for _pair, id in moved],
        )
    )


def forget_empty() -> None:
    """Remove groups whose pairs are all gone, as of records that were deleted."""
    DuplicateGroup.objects.filter(pairs=None).only("pk").delete()
