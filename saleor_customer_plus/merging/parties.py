"""Reading the records that are to be merged, in a constant number of statements."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from ..core import sql
from ..fields.models import FieldValue
from ..ledger.models import LedgerEntry
from ..records.models import CustomerRecord, Source
from .values import OwnValue, Party

# Of the columns of a record, those that PostgreSQL computes.
_GENERATED = tuple(field.column for field in CustomerRecord._meta.fields if field.generated)
COLUMNS = tuple(field.column for field in CustomerRecord._meta.fields if not field.generated)


def row_as_json(row: str) -> sql.Sql:
    """All columns of a row of records that can be written, as a JSON object."""
    names = ", ".join(f"'{name}'" for name in _GENERATED)
    return sql.Sql(f"(to_jsonb({row}) - ARRAY[{names}])")


def read(record_ids: Collection[int], *, lock: bool = False) -> list[Party]:
    """The records among these that there are, in the order of their ids. With `lock`, nobody else changes them."""
    rows = sql.rows(
        sql.fill(
            "SELECT r.id, {row} AS row FROM {records} r WHERE r.id = ANY({ids}) ORDER BY r.id {lock}",
            row=row_as_json("r"),
            records=sql.table(CustomerRecord),
            ids=sorted(set(record_ids)),
            lock=sql.Sql("FOR UPDATE" if lock else ""),
        )
    )
    own: dict[int, dict[str, OwnValue]] = {row.id: {} for row in rows}
    values = FieldValue.objects.filter(sql.is_any("record_id", list(own)), definition__archived_at=None)
    for value in values.select_related("definition").order_by("definition__position", "definition_id"):
        own[value.record_id][value.definition.key] = OwnValue(
            value.value, value.source, value.origin, value.updated_at.isoformat(), value.is_locked
        )
    return [Party(row.id, sql.from_json(row.row), own[row.id]) for row in rows]


def counting_orders(parties: Sequence[Party]) -> set[str]:
    """Those of the orders that details of these records came from which count."""
    origins = {
        known["origin"]
        for party in parties
        for known in party.row["provenance"].values()
        if known["source"] == Source.ORDER
    }
    if not origins:
        return set()
    found = LedgerEntry.objects.filter(order_id__in=origins, counts=True).order_by()
    return {str(order_id) for order_id in found.values_list("order_id", flat=True)}
