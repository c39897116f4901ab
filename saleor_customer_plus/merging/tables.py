"""What hangs on a record, table by table, and what becomes of it when the record is merged and when it comes back.

A test looks for tables that are not here. Rows that *move* go over to the record that is kept as they are, and return.
Of those that are *united* a record has one for each tag, group or field at most: the record that is kept gets what it
has not, and the rows of the others are kept as JSON. What is *derived* is computed anew.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.db.models import Count, Model, QuerySet

from ..activity.models import ActivityEntry, ActivityType
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
from ..records.models import CustomerEmail, CustomerRecord, FormerRecord
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
# What is of an address: what came since a merge goes to whom the address returns to. The expressions of the address
# and of the time.
_OF_ADDRESSES: dict[str, tuple[str, str]] = {
    "mails": (
        "coalesce(nullif(t.recipient, ''), lower(substring(t.sender FROM '([^<> ]+@[^<> ]+)>?$')))",
        # When a received one was written, says whoever wrote it.
        "CASE t.state WHEN 'RECEIVED' THEN t.modified_at ELSE t.created_at END",
    ),
    "newsletter_signups": ("t.email", "coalesce(t.asked_at, t.received_at)"),
    "preference_links": ("t.email", "'infinity'::timestamptz"),  # one of before works again at best
}
# With the column of what a record has once at most, and the one by which the first of several is found.
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
# Orders go to whom they belong to by their addresses: see `ledger.owners`. All else follows from them or from the
# events, insights at the next computation, duplicates at the next look for them.
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
    _drop_dead_links(merge)
    allow_moving("on")
    for name, model in MOVED.items():
        sql.run(_moving(name, model, merge, sql.Sql("true")))
    allow_moving("off")


def _drop_dead_links(merge: Merge) -> None:
    """A record has one link for each address: of several that are of one, keep the link that works. One statement."""
    sql.run(
        sql.fill(
            """
            DELETE FROM {links} t USING {records} r, {links} w, {records} o
            WHERE r.id = t.record_id AND o.id = w.record_id AND w.email = t.email AND w.id <> t.id
                AND t.record_id = ANY({ids}) AND w.record_id = ANY({ids})
                AND NOT (r.email = t.email OR r.other_emails ? t.email)
                AND (o.email = w.email OR o.other_emails ? w.email OR w.id < t.id)
            """,
            links=sql.table(PreferenceLink),
            records=sql.table(CustomerRecord),
            ids=[merge.kept_id, *merge.merged_ids],
        )
    )


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
    """Give back what moved. Return how many rows of each table are gone meanwhile. A constant number of statements."""
    gone: dict[str, int] = {}
    counted = MovedRow.objects.filter(merge=merge).order_by().values("table").annotate(number=Count("pk"))
    moved: dict[str, int] = dict(counted.values_list("table", "number"))
    allow_moving("on")
    for name in MOVED:
        if missing := moved.get(name, 0) - return_table(merge, name):
            gone[name] = missing
    allow_moving("off")
    return gone


def return_table(merge: Merge, name: str) -> int:
    """Give back what moved of one table, and return how many rows. It does no harm to do so twice.

    The record that a row returns to may be made later in the same transaction.
    """
    return sql.run(
        sql.fill(
            """
            UPDATE {table} t SET record_id = m.former_id FROM {moved_rows} m
            WHERE m.merge_id = {merge} AND m."table" = {name} AND t.id = m.row_id
            """,
            table=sql.table(MOVED[name]),
            moved_rows=sql.table(MovedRow),
            merge=merge.pk,
            name=name,
        )
    )


def return_by_address(merge: Merge, owners: Mapping[str, int]) -> None:
    """Give what is of an address, and came since the merge, to whom the address is of. A constant number of statements.

    With a message goes its entry in the log, and with a sign-up what it recorded of consents: nobody is subscribed
    by somebody else's confirmation.
    """
    if not owners:
        return
    for name, (address, moment) in _OF_ADDRESSES.items():
        sql.run(
            sql.fill(
                """
                UPDATE {table} t SET record_id = v.owner
                FROM unnest({emails}::text[], {owners}::bigint[]) AS v(email, owner)
                WHERE t.record_id = {kept} AND {address} = v.email AND {moment} >= {merged_at}
                """,
                table=sql.table(MOVED[name]),
                emails=list(owners),
                owners=list(owners.values()),
                kept=merge.kept_id,
                address=sql.Sql(address),
                moment=sql.Sql(moment),
                merged_at=merge.created_at,
            )
        )
    sql.run(
        sql.fill(
            """
            UPDATE {entries} e SET record_id = m.record_id FROM {mails} m
            WHERE e.record_id = {kept} AND e.id > {last} AND e.type = ANY({types}) AND m.record_id = ANY({owners})
                AND m.id = (e.after ->> 'message_id')::bigint
            """,
            entries=sql.table(ActivityEntry),
            mails=sql.table(Mail),
            kept=merge.kept_id,
            last=merge.before["last_entry"],
            types=[
                ActivityType.MESSAGE_SENT.value,
                ActivityType.MESSAGE_FAILED.value,
                ActivityType.MESSAGE_RECEIVED.value,
            ],
            owners=list(owners.values()),
        )
    )
    allow_moving("on")
    sql.run(
        sql.fill(
            """
            UPDATE {events} e SET record_id = s.record_id FROM {signups} s
            WHERE e.record_id = {kept} AND s.record_id = ANY({owners}) AND s.key = e.evidence ->> 'signup'
            """,
            events=sql.table(ConsentEvent),
            signups=sql.table(NewsletterSignup),
            kept=merge.kept_id,
            owners=list(owners.values()),
        )
    )
    allow_moving("off")


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


def unite(merge: Merge, name: str, *, at_most_one: bool = False, but: Collection[int] = ()) -> None:
    """Let the record that is kept have the labels of the others, those that it has not. One statement.

    With `at_most_one` it keeps its own, and gets the one that another one got last where it has none. Labels with the
    keys `but` do not count then, and stay where they are.
    """
    model, column, moment = UNITED[name]
    has = f"SELECT FROM {sql.table(model).text} w WHERE w.record_id = {int(merge.kept_id)}"
    if at_most_one:
        others = f"<> ALL(ARRAY[{', '.join(map(str, but))}]::bigint[])"
        condition = f"""NOT EXISTS ({has} AND w.{column} {others}) AND t.id = (
            SELECT o.id FROM {sql.table(model).text} o WHERE o.record_id = ANY(%s) AND o.{column} {others}
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


def put_back(
    rows: Sequence[Mapping[str, Any]], name: str, *, of_field: str, target: type[Model], condition: str = "true"
) -> None:
    """Write kept rows of a table again, as far as what they name still exists. One statement.

    `of_field` is the column that names it, `target` its table. The records must be there again. The rows keep their
    keys: an earlier merge may know them by these.
    """
    model = KEPT[name]
    # But for columns that there were not yet.
    columns = [field.column for field in model._meta.concrete_fields if all(field.column in row for row in rows)]
    sql.run(
        sql.fill(
            """
            INSERT INTO {table} ({columns})
            SELECT {values} FROM jsonb_populate_recordset(NULL::{table}, {rows}::jsonb) t
            JOIN {target} k ON k.id = t.{of_field}
            WHERE {condition}
            ORDER BY t.id
            ON CONFLICT DO NOTHING
            """,
            table=sql.table(model),
            columns=sql.columns(columns),
            values=sql.columns(columns, prefix="t"),
            rows=sql.to_json(rows),
            target=sql.table(target),
            of_field=sql.Sql(of_field),
            condition=sql.Sql(condition),
        )
    )


def origins(table: str, row_ids: Collection[int]) -> dict[int, int]:
    """From which record each of these rows came at first, for those that came with a merge. One statement."""
    rows = MovedRow.objects.filter(sql.is_any("row_id", row_ids), table=table).order_by("-pk")
    return dict(rows.values_list("row_id", "former_id"))


def moved_by(table: str, row_ids: Collection[int]) -> dict[int, set[int]]:
    """The merges with which each of these rows went over. One statement."""
    found: dict[int, set[int]] = {row_id: set() for row_id in row_ids}
    rows = MovedRow.objects.filter(sql.is_any("row_id", row_ids), table=table)
    for row_id, merge_id in rows.values_list("row_id", "merge_id"):
        found[row_id].add(merge_id)
    return found


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
