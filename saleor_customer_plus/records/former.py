"""The ids and numbers of records that were merged into others: they find the record that is left."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from ..core import sql
from .models import CustomerRecord, FormerRecord


def successors(record_ids: Collection[int]) -> dict[int, int]:
    """Those of these ids whose records were merged, with the records that have them now. One statement."""
    if not record_ids:
        return {}
    rows = FormerRecord.objects.filter(sql.is_any("former_id", record_ids))
    return dict(rows.values_list("former_id", "record_id"))


def current_ids(record_ids: Iterable[int]) -> list[int]:
    """These ids in order, each once, with the record that is left in the place of one that was merged into it."""
    wanted: Sequence[int] = list(record_ids)
    merged = successors(wanted)
    return list(dict.fromkeys(merged.get(id, id) for id in wanted))


def current_id(record_id: int) -> int:
    """This id, or that of the record that it was merged into."""
    return successors([record_id]).get(record_id, record_id)


def holders_of_numbers(numbers: Collection[str]) -> dict[str, int]:
    """The records that have these numbers, or into which a record with one was merged. One statement."""
    if not numbers:
        return {}
    found = sql.rows(
        sql.fill(
            """
            SELECT f.number, f.record_id FROM {former} f WHERE f.number = ANY({numbers})
            UNION ALL
            SELECT r.number, r.id FROM {records} r WHERE r.number = ANY({numbers})
            """,
            former=sql.table(FormerRecord),
            records=sql.table(CustomerRecord),
            numbers=list(numbers),
        )
    )
    return {row.number: row.record_id for row in found}


def images_kept(names: Collection[str]) -> set[str]:
    """Those of these pictures that an undo of a merge gives back. One statement."""
    if not names:
        return set()
    rows = FormerRecord.objects.filter(images__overlap=list(names)).values_list("images", flat=True)
    return {image for images in rows for image in images}


def images_of(record_ids: Collection[int]) -> list[str]:
    """The pictures that are kept for an undo of merges into these records."""
    rows = FormerRecord.objects.filter(sql.is_any("record_id", record_ids)).values_list("images", flat=True)
    return [image for images in rows for image in images]
