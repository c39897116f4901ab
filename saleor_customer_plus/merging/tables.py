"""What hangs on a record, table by table, and what becomes of it when the record is merged and when it comes back.

A test looks for tables that are not here. Rows that *move* go over to the record that is kept as they are, and return.
Of those that are *united* a record has one for each tag, group or field at most: the record that is kept gets what it
has not, and the rows of the others are kept as JSON. What is *derived* is computed anew.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django.db.models import Model, QuerySet

from ..activity.models import ActivityEntry
from ..addresses.models import CustomerAddress
from ..consent.models import ConsentEvent, CurrentConsent, PreferenceLink
from ..consent.moving import allow_moving
from ..core import sql
from ..fields.models import FieldValue
from ..groups.models import GroupMembership, VoucherUse
from ..insights.models import CustomerInsight
from ..leads.models import Lead
from ..ledger.models import CustomerAcquisition, CustomerFigures, LedgerEntry, LedgerLine
from ..mail.models import Mail
from ..newsletter.models import NewsletterSignup
from ..notes.models import Note
from ..records.models import CustomerEmail, FormerRecord
from ..segments.models import SegmentMembership
from ..tags.models import TagAssignment
from .duplicates.models import DuplicateKey, DuplicatePair
from .models import Merge, MergedRecord, MovedRow

# By the names under which `MovedRow` has them.
MOVED: dict[str, type[Model]] = {
    "activity": ActivityEntry,
    "addresses": CustomerAddress,
    "consent_events": ConsentEvent,
    "former_records": FormerRecord,
    "leads": Lead,
    "mails": Mail,
    "merges": Merge,
    "newsletter_signups": NewsletterSignup,
    "notes": Note,
    "preference_links": PreferenceLink,
    "voucher_uses": VoucherUse,
}
# Of which rows move, where not all do: a record has one link for each address.
_MOVING = {
    "preference_links": """NOT EXISTS (
        SELECT FROM {table} w WHERE w.email = t.email AND (w.record_id = {winner} OR w.id < t.id)
            AND (w.record_id = {winner} OR w.record_id = ANY({losers})))""",
}
# With the column of what a record has once at most, and the one by which the first of several is told.
UNITED: dict[str, tuple[type[Model], str, str]] = {
    "tags": (TagAssignment, "tag_id", "assigned_at"),
    "groups": (GroupMembership, "group_id", "joined_at"),
}
# Kept as JSON too, and written anew in their own ways.
KEPT: dict[str, type[Model]] = {
    **{name: model for name, (model, _, _) in UNITED.items()},
    "emails": CustomerEmail,
    "fields": FieldValue,
    "segments": SegmentMembership,
}
# Orders go to whom they belong to by their addresses: see `ledger.sync`. All else follows from them or from the events,
# insights at the next computation, duplicates at the next look for them.
DERIVED: tuple[type[Model], ...] = (
    DuplicateKey,
    DuplicatePair,
    CustomerInsight,
    LedgerEntry,
    LedgerLine,
    CustomerFigures,
    CustomerAcquisition,
    CurrentConsent,
)


def count(record_ids: Collection[int], winner_id: int) -> dict[str, int]:
    """How many rows of each table go over to the record that is kept. One statement."""
    losers = [id for id in record_ids if id != winner_id]
    tables: Mapping[str, type[Model]] = {
        **{name: model for name, model in MOVED.items() if model not in (Merge, FormerRecord)},
        **{name: model for name, (model, _, _) in UNITED.items()},
        "orders": LedgerEntry,
    }
    counts = ", ".join(
        f'(SELECT count(*) FROM {sql.table(model).text} t WHERE t.record_id = ANY(i.ids)) AS "{name}"'
        for name, model in tables.items()
    )
    (row,) = sql.rows(sql.fill("SELECT {counts} FROM (SELECT {ids} AS ids) i", counts=sql.Sql(counts), ids=losers))
    return dict(row._asdict())


def move(merge: Merge) -> None:
    """Let what moves go over to the record that is kept. One statement for each table."""
    allow_moving("on")
    for name, model in MOVED.items():
        condition = sql.fill(
            _MOVING.get(name, "true"), table=sql.table(model), winner=merge.kept_id, losers=list(merge.merged_ids)
        )
        sql.run(_moving(name, model, merge, condition))
    allow_moving("off")


def _moving(name: str, model: type[Model], merge: Merge, condition: sql.Sql) -> sql.Sql:
    return sql.fill(
        """
        WITH found AS (
            SELECT t.id, t.record_id FROM {table} t
            WHERE t.record_id = ANY({losers}) AND {condition} ORDER BY t.id FOR NO KEY UPDATE
        ), moved AS (
            UPDATE {table} t SET record_id = {winner} FROM found f WHERE t.id = f.id
            RETURNING t.id, f.record_id AS former_id
        )
        INSERT INTO {moved_rows} (merge_id, "table", row_id, former_id)
        SELECT {merge}, {name}, m.id, m.former_id FROM moved m ORDER BY m.id
        """,
        table=sql.table(model),
        losers=list(merge.merged_ids),
        winner=merge.kept_id,
        condition=condition,
        moved_rows=sql.table(MovedRow),
        merge=merge.pk,
        name=name,
    )


def return_moved(merge: Merge) -> dict[str, int]:
    """Give back what moved. Return how many rows of each table are gone meanwhile. One statement for each table."""
    gone: dict[str, int] = {}
    allow_moving("on")
    for name, model in MOVED.items():
        returned = sql.run(
            sql.fill(
                """
                UPDATE {table} t SET record_id = m.former_id FROM {moved_rows} m
                WHERE m.merge_id = {merge} AND m."table" = {name} AND t.id = m.row_id
                """,
                table=sql.table(model),
                moved_rows=sql.table(MovedRow),
                merge=merge.pk,
                name=name,
            )
        )
        if missing := MovedRow.objects.filter(merge=merge, table=name).count() - returned:
            gone[name] = missing
    allow_moving("off")
    return gone


def keep_rows(merge: Merge) -> None:
    """Keep the rows of the records that are merged which have no place in the one that is kept. One statement."""
    parts = ", ".join(
        f"'{name}', coalesce((SELECT jsonb_agg(to_jsonb(t) ORDER BY t.id) FROM {sql.table(model).text} t"
        " WHERE t.record_id = m.former_id), '[]')"
        for name, model in KEPT.items()
    )
    sql.run(
        sql.fill(
            "UPDATE {merged} m SET rows = jsonb_build_object({parts}) WHERE m.merge_id = {merge}",
            merged=sql.table(MergedRecord),
            parts=sql.Sql(parts),
            merge=merge.pk,
        )
    )


def unite(merge: Merge, name: str, *, at_most_one: bool = False) -> None:
    """Let the record that is kept have the labels of the others, those that it has not. One statement.

    With `at_most_one` it keeps its own, and gets the one that another one got last where it has none.
    """
    model, column, moment = UNITED[name]
    has = f"SELECT FROM {sql.table(model).text} w WHERE w.record_id = {int(merge.kept_id)}"
    if at_most_one:
        condition = f"""NOT EXISTS ({has}) AND t.id = (
            SELECT o.id FROM {sql.table(model).text} o WHERE o.record_id = ANY(%s)
            ORDER BY o.{moment} DESC, o.id DESC LIMIT 1)"""
    else:
        condition = f"""NOT EXISTS ({has} AND w.{column} = t.{column}) AND t.id = (
            SELECT o.id FROM {sql.table(model).text} o WHERE o.record_id = ANY(%s) AND o.{column} = t.{column}
            ORDER BY o.{moment}, o.id LIMIT 1)"""
    sql.run(_moving(name, model, merge, sql.Sql(condition, (list(merge.merged_ids),))))


def part(merge: Merge, name: str) -> None:
    """Take from the record that was kept the labels that came with others: those get theirs by `put_back`."""
    model = UNITED[name][0]
    sql.run(
        sql.fill(
            """
            DELETE FROM {table} t USING {moved_rows} m
            WHERE m.merge_id = {merge} AND m."table" = {name} AND t.id = m.row_id
            """,
            table=sql.table(model),
            moved_rows=sql.table(MovedRow),
            merge=merge.pk,
            name=name,
        )
    )


def put_back(merge: Merge, name: str, *, of_field: str, target: type[Model], condition: str = "true") -> int:
    """Write kept rows of a table again, as far as what they name still exists. Return how many. One statement.

    `of_field` is the column that names it, `target` its table. The records must be there again. The rows keep their
    keys: an earlier merge may know them by these.
    """
    model = KEPT[name]
    columns = [field.column for field in model._meta.concrete_fields]
    return sql.run(
        sql.fill(
            """
            INSERT INTO {table} ({columns})
            SELECT {values} FROM {merged} m
            CROSS JOIN LATERAL jsonb_populate_recordset(NULL::{table}, m.rows -> {name}) t
            JOIN {target} k ON k.id = t.{of_field}
            WHERE m.merge_id = {merge} AND {condition}
            ORDER BY t.id
            ON CONFLICT DO NOTHING
            """,
            table=sql.table(model),
            columns=sql.columns(columns),
            values=sql.columns(columns, prefix="t"),
            merged=sql.table(MergedRecord),
            name=name,
            target=sql.table(target),
            of_field=sql.Sql(of_field),
            merge=merge.pk,
            condition=sql.Sql(condition),
        )
    )


def origins(table: str, row_ids: Collection[int]) -> dict[int, int]:
    """From which record each of these rows came at first, for those that came with a merge. One statement."""
    rows = MovedRow.objects.filter(sql.is_any("row_id", row_ids), table=table).order_by("-pk")
    return dict(rows.values_list("row_id", "former_id"))


def rows_as_json(rows: QuerySet[Any]) -> list[dict[str, Any]]:
    """Rows of a table as they are kept."""
    found = sql.rows(
        sql.fill(
            "SELECT to_jsonb(t) AS row FROM {table} t WHERE t.id IN ({ids}) ORDER BY t.id",
            table=sql.table(rows.model),
            ids=sql.of_queryset(rows.order_by().values("pk")),
        )
    )
    return [sql.from_json(one.row) for one in found]
