"""Reading what staff said not to be one person. A record that was merged counts as the one that it was merged into."""

from __future__ import annotations

from collections.abc import Collection

from ...core import sql
from ...records.models import FormerRecord
from .models import DuplicateDismissal

Pair = tuple[int, int]


def among(record_ids: Collection[int]) -> dict[int, Pair]:
    """The dismissals of pairs of these records, by their keys: the lower id first. One statement."""
    rows = sql.rows(
        sql.fill(
            """
            WITH known AS (
                SELECT i AS id, i AS record_id FROM unnest({ids}::bigint[]) i
                UNION ALL SELECT f.former_id, f.record_id FROM {former} f WHERE f.record_id = ANY({ids}::bigint[])
            )
            SELECT d.id, least(a.record_id, b.record_id) AS one, greatest(a.record_id, b.record_id) AS other
            FROM known a JOIN {dismissed} d ON d.first_id = a.id JOIN known b ON b.id = d.second_id
            WHERE a.record_id <> b.record_id ORDER BY d.id
            """,
            ids=sorted(record_ids),
            former=sql.table(FormerRecord),
            dismissed=sql.table(DuplicateDismissal),
        )
    )
    return {row.id: (row.one, row.other) for row in rows}
