"""Reading merges, and from which record something came, in constant numbers of statements."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from ..core import sql
from ..fields.queries import live_by_key
from ..records.models import FormerRecord
from . import tables
from .models import Merge, MergedRecord, MergeState


@dataclass(frozen=True, slots=True)
class Former:
    """A record that was merged, as far as it is shown."""

    id: int
    record_id: int
    email: str
    number: str | None
    merged_at: datetime
    merge: Merge


def find(merge_id: int) -> Merge | None:
    return Merge.objects.filter(pk=merge_id).first()


def merges_of(record_ids: Collection[int]) -> dict[int, list[Merge]]:
    """The merges of each of these records, also those that were undone, the last one first. One statement."""
    found: dict[int, list[Merge]] = {record_id: [] for record_id in record_ids}
    for merge in Merge.objects.filter(sql.is_any("record_id", record_ids)).defer("before", "after").order_by("-pk"):
        found[merge.record_id].append(merge)
    return found


def later_merges_of(merge_ids: Collection[int]) -> dict[int, list[Merge]]:
    """The merges that have to be undone before each of these, in order: the later ones of what was the same record.

    Three statements. Merges that came into the record by a later merge, with the record that they were of, are not
    among them: undoing that one takes them away again.
    """
    records = dict(Merge.objects.filter(pk__in=merge_ids).values_list("pk", "record_id"))
    of_records = merges_of(set(records.values()))
    known = [merge.pk for some in of_records.values() for merge in some]
    moved = tables.moved_by("merges", known)

    def is_of_same_record(merge_id: int, later_id: int) -> bool:
        return {id for id in moved[merge_id] if id > later_id} == moved[later_id]

    return {
        merge_id: [
            other
            for other in of_records[record_id]
            if other.pk > merge_id and other.state == MergeState.MERGED and is_of_same_record(merge_id, other.pk)
        ]
        for merge_id, record_id in records.items()
    }


def former_of(record_ids: Collection[int]) -> dict[int, list[Former]]:
    """The records that were merged into each of these, also by way of others, in the order of their ids.

    Two statements.
    """
    found: dict[int, list[Former]] = {record_id: [] for record_id in record_ids}
    rows = {
        row.former_id: row
        for row in FormerRecord.objects.filter(sql.is_any("record_id", record_ids)).order_by("former_id")
    }
    if not rows:
        return found
    merged = MergedRecord.objects.filter(sql.is_any("former_id", list(rows))).select_related("merge")
    for one in merged.defer("rows", "merge__before", "merge__after").order_by("former_id", "pk"):
        row = rows[one.former_id]
        found[row.record_id].append(
            Former(one.former_id, row.record_id, one.email, one.row["number"], row.merged_at, one.merge)
        )
    return found


def origins_of(row_ids: Collection[int], *, table: str) -> dict[int, int]:
    """From which record each of these rows came, for those that came with a merge. One statement."""
    return tables.origins(table, row_ids)


def labels_of(keys: Collection[str]) -> dict[str, str]:
    """What the shop's own fields are called, by their keys. One statement."""
    known = live_by_key()
    return {key: known[key].label if key in known else key for key in keys}
