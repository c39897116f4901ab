"""Putting back values of the shop's own fields."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...core import sql
from ...errors import CustomerPlusError
from ...fields import services as fields
from ...fields.models import FieldDefinition, FieldValue
from ...fields.preparation import prepare_again
from ...fields.queries import live
from ...fields.values import BLANK, clean
from .. import tables
from .conflicts import ConflictCode
from .parting import Parting


def return_own_fields(parting: Parting) -> None:
    """Put back values of the shop's own fields: first of the record that was kept, then of the others."""
    kept_id = parting.merge.kept_id
    definitions = {one.pk: one for one in live()}
    after = {row["definition_id"]: row for row in parting.merge.before["fields_after"]}
    before = {row["definition_id"]: row for row in parting.merge.before["fields"]}
    decided = parting.merge.before["decided_fields"]
    values = FieldValue.objects.filter(record=kept_id, definition__in=decided)
    now = {row["definition_id"]: row for row in tables.rows_as_json(values)}
    same = ("value", "updated_at", "is_locked", "source", "origin")
    back = []
    for id in decided:
        known, left = now.get(id), after.get(id)
        if known is not None and left is not None and all(known[name] == left[name] for name in same):
            back.append(id)
        elif id in definitions and (before.get(id) or {}).get("value") != (known or {}).get("value"):
            parting.edited(f"{fields.LOGGED_AS}.{definitions[id].key}")
    values.filter(definition__in=back).delete()
    prepare_again([kept_id])
    _put_back(parting, [before[id] for id in back if id in before], definitions)
    _put_back(parting, parting.kept_rows("fields"), definitions)


def _put_back(parting: Parting, rows: list[dict[str, Any]], definitions: Mapping[int, FieldDefinition]) -> None:
    """Write values again under the rules that their fields have by now."""
    wanted = []
    for row in rows:
        definition = definitions.get(row["definition_id"])
        if definition is None:
            continue
        try:
            value = BLANK if row["value"] is None else clean(definition, row["value"])
        except CustomerPlusError:
            _lost(parting, row["record_id"], definition)
            continue
        kept = {name: row[name] for name in ("source", "origin", "updated_at", "is_locked")}
        wanted.append({**fields.values_row(row["record_id"], definition, value), **kept})
    if not wanted:
        return
    types = fields.COLUMNS | {
        "source": "text",
        "origin": "text",
        "updated_at": "timestamptz",
        "is_locked": "boolean",
    }
    written = sql.rows(
        sql.fill(
            """
            INSERT INTO {values} ({columns}) SELECT {named} FROM jsonb_to_recordset({rows}::jsonb) AS v({types})
            ORDER BY v.record_id, v.definition_id
            ON CONFLICT DO NOTHING RETURNING record_id, definition_id
            """,
            values=sql.table(FieldValue),
            columns=sql.columns(types),
            named=sql.columns(types, prefix="v"),
            types=sql.Sql(", ".join(f"{name} {type}" for name, type in types.items())),
            rows=sql.to_json(wanted),
        )
    )
    done = {(row.record_id, row.definition_id) for row in written}
    for row in wanted:
        if (row["record_id"], row["definition_id"]) not in done:
            _lost(parting, row["record_id"], definitions[row["definition_id"]])


def _lost(parting: Parting, record_id: int, definition: FieldDefinition) -> None:
    message = "Another record has this value by now, or the field may no longer hold it."
    what = f"{fields.LOGGED_AS}.{definition.key}"
    parting.conflict(ConflictCode.FIELD_VALUE_LOST, record_id, message, what)
