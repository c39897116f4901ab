"""Reading what the search for duplicates found, for any number of records in a constant number of statements."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from ...core.paging import Key, Ordering
from ...core.paging import Segment as Part
from ...records.former import successors
from ...records.models import CustomerRecord
from .models import DuplicateDismissal, DuplicateGroup, DuplicatePair
from .scoring import Band

# Pairs that are accepted at once, so that the job which merges them has a size.
MAX_PAIRS = 20_000


@dataclass(frozen=True, slots=True)
class DuplicateList:
    """Groups of records that seem to be of one person, the surest first."""

    bands: Collection[Band] | None = None

    @property
    def rows(self) -> QuerySet[DuplicateGroup]:
        rows = DuplicateGroup.objects.filter(Exists(DuplicatePair.objects.filter(group=OuterRef("pk"))))
        return rows if self.bands is None else rows.filter(band__in=[int(band) for band in self.bands])

    @property
    def ordering(self) -> Ordering[DuplicateGroup]:
        return Ordering("duplicates", [Part(self.rows, _KEYS, descending=True)])

    def count(self) -> int:
        return self.rows.count()


@dataclass(frozen=True, slots=True)
class DismissalList:
    """What staff said not to be one person, the newest first."""

    @property
    def ordering(self) -> Ordering[DuplicateDismissal]:
        return Ordering("dismissals", [Part(DuplicateDismissal.objects.all(), _DISMISSAL_KEYS, descending=True)])

    def count(self) -> int:
        return DuplicateDismissal.objects.count()


def _key(model: Any, name: str) -> Key:
    return Key(name, model._meta.get_field(name))


_KEYS = tuple(_key(DuplicateGroup, name) for name in ("band", "score", "id"))
_DISMISSAL_KEYS = tuple(_key(DuplicateDismissal, name) for name in ("dismissed_at", "id"))


def pairs_of(group_ids: Collection[int]) -> dict[int, list[DuplicatePair]]:
    """The pairs of each group, the surest first. One statement."""
    found = defaultdict(list)
    for pair in DuplicatePair.objects.filter(group__in=group_ids).order_by("-band", "-score", "first", "second"):
        assert pair.group_id is not None
        found[pair.group_id].append(pair)
    return {id: found[id] for id in group_ids}


def records_of(group_ids: Collection[int]) -> dict[int, list[CustomerRecord]]:
    """The records of each group, the oldest first. Two statements."""
    ids = {
        group: sorted({id for pair in pairs for id in (pair.first_id, pair.second_id)})
        for group, pairs in pairs_of(group_ids).items()
    }
    records = by_id({id for some in ids.values() for id in some})
    return {group: [records[id] for id in some if id in records] for group, some in ids.items()}


def by_id(record_ids: Collection[int]) -> dict[int, CustomerRecord]:
    return CustomerRecord.objects.in_bulk(record_ids)


def records_of_dismissals(pairs: Collection[tuple[int, int]]) -> dict[tuple[int, int], list[CustomerRecord]]:
    """The two records of each dismissal, those that are there. Two statements."""
    ids = {id for pair in pairs for id in pair}
    merged = successors(ids)
    records = by_id({merged.get(id, id) for id in ids})
    return {pair: [records[id] for id in (merged.get(id, id) for id in pair) if id in records] for pair in pairs}


def certain() -> list[list[int]]:
    """The records of each group that is certain, those of the surest first. One statement."""
    found: dict[int, set[int]] = defaultdict(set)
    pairs = DuplicatePair.objects.filter(group__band=Band.CERTAIN, band=Band.CERTAIN)
    ordered = pairs.order_by("-group__score", "group").values_list("group", "first", "second")
    for group, first, second in ordered[:MAX_PAIRS]:
        found[group] |= {first, second}
    return [sorted(ids) for ids in found.values()]
