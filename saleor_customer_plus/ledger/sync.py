"""From Saleor's orders to the ledger: the one writer of `LedgerEntry`. The lines follow in `ledger.lines`.

One order or a batch of a thousand, live or reconciled, all go through `sync_orders`, in a constant number of
statements. Running it twice, late, out of order or in many workers at once comes to the same: a row is written from
what Saleor's tables say now, and never from an order read before the one that it was written from last.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db.models import Q

from ..activity.models import ActivityType, ActorType, CauseType
from ..activity.services import Entry, append, insertion
from ..core import sql
from ..records.details import FIELDS
from ..records.email import normal_email
from ..records.locks import share_identities
from ..records.models import CustomerEmail, CustomerRecord, Source
from ..records.sources import creation, log_of_creation
from ..settings import CountsWhen, CustomerPlusSettings
from . import order_source
from .lines import add_lines, hand_back_lines, hand_over_lines, release_lines, remove_lines, sync_lines
from .models import LedgerEntry

# Taken over from the order as they are.
COPIED = [
    "order_id",
    "order_number",
    "account_id",
    "status",
    "charge_status",
    "origin",
    "channel_id",
    "channel_slug",
    "currency",
    *FIELDS,
    "placed_at",
    "order_updated_at",
]
COMPUTED = ["email", "total_gross", "total_refunded", "counts", "voucher_codes"]
_OF_ORDER = (*COPIED, *COMPUTED)
_OF_PERSON = ("identity", "is_settled", "record_id")
COLUMNS = (*_OF_ORDER, *_OF_PERSON)

# The columns of an order whose changes are logged.
LOGGED = ["status", "charge_status", "total_gross", "total_refunded", "counts"]

_TYPED = sql.Sql(normal_email("coalesce(s.order_email, '')"))
_ACCOUNT_EMAIL = sql.Sql(normal_email("coalesce(s.account_email, '')"))

# Who an order belongs to: the record that has the order's identity, which is an address, primary or not. A confirmed
# account owns its orders, under its present address (which its record may not have heard of yet).
# What was settled stays: by an account that is gone or no longer confirmed, or by staff who gave a guest's record
# another address. Else the address of the order itself decides. Nothing of this depends on what its record is called
# meanwhile.
_IS_LINKED = sql.Sql("(s.account_is_confirmed AND linked.account_id = s.account_id)")
_IDENTITY = sql.Sql("CASE WHEN s.account_is_confirmed THEN s.account_address ELSE coalesce(s.kept, s.email) END")
_IS_SETTLED = sql.Sql("(s.account_is_confirmed IS TRUE OR s.kept IS NOT NULL)")
# The settled address of an order that says no other address by itself than it said then. Rows of older versions have no
# identity: of those, whatever a record without an account has under another address was settled. In that of a living
# account it is a stranger's, who ordered with the former address before we had heard of the new one.
_KEPT = sql.fill(
    """CASE WHEN s.account_is_confirmed IS NOT TRUE AND s.typed IN (old.email, '') THEN
        CASE WHEN old.is_settled THEN nullif(old.identity, '') WHEN old.identity IS NULL THEN (
            SELECT r.email FROM {records} r
            WHERE r.id = old.record_id AND r.account_id IS NULL AND r.email <> s.email
        ) END
    END""",
    records=sql.table(CustomerRecord),
)

# Each once, and in one order however Saleor has them.
_VOUCHER_CODES = sql.Sql(
    """CASE WHEN s.order_voucher <> '' OR s.line_vouchers <> '{}' THEN ARRAY(
        SELECT DISTINCT v.code FROM unnest(s.line_vouchers || s.order_voucher) v(code) WHERE v.code <> '' ORDER BY 1
    ) ELSE '{}' END"""
)


@dataclass(slots=True)
class SyncResult:
    """What a sync did: how many rows of the ledger it touched, and the records whose figures may have changed."""

    added: int = 0
    changed: int = 0
    moved: int = 0
    removed: int = 0
    records_created: int = 0
    record_ids: set[int] = field(default_factory=set)


def sync_orders(where: Q, settings: CustomerPlusSettings) -> SyncResult:
    """Bring the ledger's rows of these orders and their lines up to date, making the records that are missing.

    Call it in a transaction, and `ledger.refresh` for the records afterwards. Drafts are passed over.
    """
    share_identities()
    result = SyncResult()
    written_ids: set[int] = set()
    new_ids: set[int] = set()
    is_complete = False
    while not is_complete:
        (written,) = sql.rows(_statement(where, settings))
        result.added += written.added
        result.changed += written.changed
        result.moved += written.moved
        result.records_created += written.records_created
        result.record_ids.update(written.record_ids or ())
        written_ids.update(written.entry_ids or ())
        new_ids.update(written.new_ids or ())
        # Somebody else made a record at this moment, which only a further statement can see. Nothing was written yet.
        is_complete = written.left_out == 0
    if new_ids and len(new_ids) == written.looked_at:
        add_lines(new_ids)  # as in a first run, where there is nothing to compare with
        return result
    lines = sync_lines(where)
    result.changed += len(lines.entry_ids - written_ids)
    result.record_ids |= lines.record_ids
    return result


def release_orders(record_ids: Collection[int], emails: Collection[str]) -> int:
    """Keep, of the orders of records that are about to be deleted, only the mark that they are nobody's any more.

    Also of those that waited for somebody with one of these addresses. Call it while nobody else attributes orders
    (`records.locks.own_identities`). Return how many.
    """
    release_lines(record_ids)
    return sql.run(
        sql.fill(
            """
            UPDATE {ledger} SET record_id = NULL, account_id = NULL, channel_id = NULL, is_released = true,
                counts = false, identity = '', is_settled = false, total_gross = 0, total_refunded = 0,
                voucher_codes = '{}', {blank}
            WHERE record_id = ANY({ids}) OR (record_id IS NULL AND NOT is_released AND identity = ANY({emails}))
            """,
            ledger=sql.table(LedgerEntry),
            blank=sql.Sql(", ".join(f"{name} = ''" for name in ("email", "channel_slug", *FIELDS))),
            ids=list(record_ids),
            emails=list(emails),
        )
    )


def settle_orders(emails: Mapping[int, str]) -> None:
    """Let the orders of these records follow them from their primary addresses to those that staff give them instead.

    Orders of their other addresses stay with those.
    Call it while nobody else attributes orders (`records.locks.own_identities`), once the ledger knows each order that
    there is for the former address.
    """
    if not emails:
        return
    sql.run(
        sql.fill(
            """
            UPDATE {ledger} e SET identity = v.email, is_settled = true
            FROM jsonb_to_recordset({rows}::jsonb) AS v(id bigint, email text)
            WHERE e.record_id = v.id AND NOT EXISTS (
                SELECT FROM {others} o WHERE o.record_id = v.id AND o.email = e.identity
            )
            """,
            ledger=sql.table(LedgerEntry),
            others=sql.table(CustomerEmail),
            rows=sql.to_json([{"id": record_id, "email": email} for record_id, email in emails.items()]),
        )
    )


def hand_over(record_ids: Collection[int], to: int) -> int:
    """Let the orders of records that are merged into another one be that one's, to which their addresses go.

    Nothing of an order is written but whose it is: what `sync_orders` would write. Call it while nobody else attributes
    orders (`records.locks.own_identities`). Return how many.
    """
    hand_over_lines(record_ids, to)
    return LedgerEntry.objects.filter(sql.is_any("record_id", record_ids)).update(record_id=to)


def hand_back(record_id: int, owners: Mapping[str, int]) -> dict[UUID, int]:
    """Let the orders of a record that belong to one of these addresses be those records', which got the addresses.

    As `hand_over`. Return the orders, with the records that have them now.
    """
    if not owners:
        return {}
    rows = sql.rows(
        sql.fill(
            """
            UPDATE {ledger} e SET record_id = v.record_id
            FROM jsonb_to_recordset({rows}::jsonb) AS v(email text, record_id bigint)
            WHERE e.record_id = {record_id} AND e.identity = v.email
            RETURNING e.id, e.order_id, e.record_id
            """,
            ledger=sql.table(LedgerEntry),
            record_id=record_id,
            rows=sql.to_json([{"email": email, "record_id": owner} for email, owner in owners.items()]),
        )
    )
    hand_back_lines([row.id for row in rows])
    return {row.order_id: row.record_id for row in rows}


def remove_vanished(where: Q) -> SyncResult:
    """Delete the ledger's rows, among those that `where` picks, whose order Saleor no longer has, or has as a draft."""
    vanished = sql.rows(
        sql.fill(
            """
            DELETE FROM {ledger} e
            WHERE e.id IN ({picked}) AND NOT EXISTS (
                SELECT FROM ({existing}) s WHERE s.order_id = e.order_id
            )
            RETURNING e.id, e.order_id, e.record_id, e.order_number
            """,
            ledger=sql.table(LedgerEntry),
            picked=sql.of_queryset(LedgerEntry.objects.filter(where).order_by().values("id")),
            existing=sql.of_queryset(order_source.existing()),
        )
    )
    remove_lines([row.id for row in vanished])
    attached = [row for row in vanished if row.record_id is not None]
    append(_order_removed(row.record_id, row) for row in attached)
    return SyncResult(removed=len(vanished), record_ids={row.record_id for row in attached})


def sync_order_ids(order_ids: Iterable[UUID | str], settings: CustomerPlusSettings) -> SyncResult:
    """Look at these orders again, also when some of them are gone."""
    ids = [UUID(str(order_id)) for order_id in order_ids]
    result = sync_orders(Q(pk__in=ids), settings)
    removed = remove_vanished(Q(order_id__in=ids))
    result.removed = removed.removed
    result.record_ids |= removed.record_ids
    return result


def _statement(where: Q, settings: CustomerPlusSettings) -> sql.Sql:
    """One statement from Saleor's tables to ours: what a batch needs is looked up once."""
    return sql.fill(
        """
        WITH orders AS MATERIALIZED (  -- once: where it was a part of `source`, refunds would be added up for each use
            {orders}
        ), source AS MATERIALIZED (
            SELECT s.*,
                coalesce(nullif(s.typed, ''), s.account_address) AS email,
                s.total_gross_amount AS total_gross,
                s.refunded AS total_refunded,
                {counts} AS counts,
                {voucher_codes} AS voucher_codes
            -- OFFSET 0: addresses are made normal once, and not again for each use.
            FROM (SELECT s.*, {typed} AS typed, {account_email} AS account_address FROM orders s OFFSET 0) s
        ), compared AS (
            SELECT s.*, {kept} AS kept, old.identity AS old_identity, old.is_settled AS old_is_settled,
                old.id AS old_id, old.record_id AS old_record_id, old.order_updated_at AS old_updated_at,
                {old_state} AS old_state,
                ROW({now}) IS DISTINCT FROM ROW({before}) AS differs
            FROM source s
            -- OFFSET 0: one by one, also while the ledger has no statistics. In a first run all of it would be read.
            LEFT JOIN LATERAL (SELECT * FROM {ledger} e WHERE e.order_id = s.order_id OFFSET 0) old ON true
            WHERE old.is_released IS NOT TRUE  -- of somebody who was deleted: it makes nobody known again
        ), seen AS (
            SELECT s.*, coalesce(linked.id, r.id, other.record_id) AS known_id
            FROM (
                SELECT s.*, {identity} AS identity, {is_settled} AS is_settled FROM (SELECT * FROM compared OFFSET 0) s
                OFFSET 0  -- likewise once
            ) s
            LEFT JOIN {records} linked ON {is_linked}
            LEFT JOIN {records} r ON r.email = s.identity
            LEFT JOIN {others} other ON other.email = s.identity
        ), judged AS (
            SELECT s.*, {is_missing} AS is_missing FROM seen s
        ), made AS (
            {creation}
        ), placed AS (
            SELECT s.*, coalesce(s.known_id, m.id) AS record_id,
                s.is_missing AND m.id IS NULL AS is_left_out
            FROM judged s LEFT JOIN made m ON s.is_missing AND m.email = s.identity
        ), written AS (
            INSERT INTO {ledger} AS e ({columns})
            SELECT {columns} FROM placed
            WHERE (differs OR ROW({of_person}) IS DISTINCT FROM ROW({old_of_person}))  -- the others are not even locked
                AND NOT EXISTS (SELECT FROM placed WHERE is_left_out)
            ORDER BY order_id  -- all at once and in one order everywhere, so that no two batches wait for each other
            ON CONFLICT (order_id) DO UPDATE SET ({columns}) = ROW({excluded})
            -- Not where somebody wrote meanwhile from an order read after ours. But where the row is still the one that
            -- we saw, ours is what is true, though it says to be older: the clocks of Saleor's machines differ.
            WHERE (e.order_updated_at <= EXCLUDED.order_updated_at OR EXISTS (
                    SELECT FROM placed p WHERE p.order_id = e.order_id AND p.old_updated_at = e.order_updated_at
                ))
                -- Nor where somebody saw meanwhile the account that the order had, and we only that it has none.
                AND (EXCLUDED.is_settled OR NOT e.is_settled OR EXISTS (
                    SELECT FROM placed p WHERE p.order_id = e.order_id AND p.old_is_settled
                ))
                AND NOT e.is_released AND ROW({written}) IS DISTINCT FROM ROW({excluded})
            RETURNING e.id AS entry_id, e.order_id, e.order_number, e.record_id, e.currency, e.placed_at,
                {logged} AS state, e.xmax = 0 AS is_new  -- not so where somebody else made the row since we looked
        ), change AS (
            SELECT w.*, p.old_id, p.old_record_id, p.old_state FROM written w JOIN placed p USING (order_id)
        ), logged AS (
            {log}
        ), logged_made AS (
            {log_made}
        )
        SELECT
            count(*) FILTER (WHERE old_id IS NULL) AS added,
            count(*) FILTER (WHERE old_id IS NOT NULL AND record_id IS DISTINCT FROM old_record_id) AS moved,
            count(*) FILTER (WHERE old_id IS NOT NULL AND record_id IS NOT DISTINCT FROM old_record_id) AS changed,
            (SELECT count(*) FROM made) AS records_created,
            (SELECT count(*) FROM placed WHERE is_left_out) AS left_out,
            array_remove(array_agg(DISTINCT record_id) || array_agg(DISTINCT old_record_id), NULL) AS record_ids,
            (SELECT count(*) FROM source) AS looked_at,
            array_agg(entry_id) AS entry_ids,
            array_agg(entry_id) FILTER (WHERE is_new) AS new_ids
        FROM change
        """,
        orders=sql.of_queryset(order_source.orders(where)),
        typed=_TYPED,
        account_email=_ACCOUNT_EMAIL,
        kept=_KEPT,
        identity=_IDENTITY,
        is_settled=_IS_SETTLED,
        is_linked=_IS_LINKED,
        counts=_counts(settings),
        voucher_codes=_VOUCHER_CODES,
        ledger=sql.table(LedgerEntry),
        records=sql.table(CustomerRecord),
        others=sql.table(CustomerEmail),
        is_missing=_is_missing(settings),
        creation=creation(_MISSING, source=Source.ORDER),
        log_made=insertion(log_of_creation(Source.ORDER)),
        columns=sql.columns(COLUMNS),
        of_person=sql.columns(_OF_PERSON),
        old_of_person=sql.Sql(", ".join(f"old_{name}" for name in _OF_PERSON)),
        now=sql.columns(_OF_ORDER, prefix="s"),
        before=sql.columns(_OF_ORDER, prefix="old"),
        excluded=sql.columns(COLUMNS, prefix="EXCLUDED"),
        written=sql.columns(COLUMNS, prefix="e"),
        logged=_logged("e"),
        old_state=_logged("old"),
        log=insertion(_log()),
    )


_MISSING = sql.Sql("SELECT identity AS email, min(placed_at) AS known_since FROM judged WHERE is_missing GROUP BY 1")


def _is_missing(settings: CustomerPlusSettings) -> sql.Sql:
    """Whether a record has to be made for this one of the orders `seen`."""
    return sql.fill(
        "(s.known_id IS NULL AND s.identity <> '' AND (s.account_is_confirmed IS TRUE OR {guests}))",
        guests=settings.include_guests,
    )


def _counts(settings: CustomerPlusSettings) -> sql.Sql:
    """Whether an order counts in the figures.

    "Paid" cannot be read off the charge status alone: a refund lowers it, and refunds take no purchase away. As there,
    fractions of a cent are nothing to pay: the totals of bulk-created orders have them.
    """
    placed = sql.fill("s.status <> ALL({never})", never=list(order_source.NEVER_COUNT))
    if settings.counts_when == CountsWhen.PLACED:
        return placed
    return sql.fill(
        """({placed} AND (
            s.charge_status = ANY({charged})
            OR s.total_charged_amount + s.refunded >= least(s.total_gross_amount, round(s.total_gross_amount, 2))))""",
        placed=placed,
        charged=list(order_source.CHARGED),
    )


def _logged(row: str) -> sql.Sql:
    """The logged columns of an order, amounts as text so that they keep their decimals."""
    pairs = [f"'{name}', {row}.{name}{'::text' if name.startswith('total_') else ''}" for name in LOGGED]
    return sql.Sql(f"jsonb_build_object({', '.join(pairs)})")


def _log() -> sql.Sql:
    """What is logged of each `change`: an order that came, one that went, one that is no longer the same."""
    return sql.fill(
        """
        SELECT record_id, placed_at, {added}, {sync}, '', '{}'::jsonb,
            jsonb_build_object('number', order_number, 'currency', currency) || state, {order}, order_id::text
        FROM change WHERE record_id IS NOT NULL AND record_id IS DISTINCT FROM old_record_id
        UNION ALL
        SELECT old_record_id, now(), {removed}, {sync}, '',
            jsonb_build_object('number', order_number), '{}'::jsonb, {order}, order_id::text
        FROM change WHERE old_record_id IS NOT NULL AND record_id IS DISTINCT FROM old_record_id
        UNION ALL
        SELECT record_id, now(), {changed}, {sync}, '',
            (SELECT jsonb_object_agg(o.key, o.value) FROM jsonb_each(old_state) o WHERE o.value <> state -> o.key),
            (SELECT jsonb_object_agg(n.key, n.value) FROM jsonb_each(state) n WHERE n.value <> old_state -> n.key),
            {order}, order_id::text
        FROM change WHERE record_id = old_record_id AND state <> old_state
        """,
        added=ActivityType.ORDER_ADDED.value,
        removed=ActivityType.ORDER_REMOVED.value,
        changed=ActivityType.ORDER_CHANGED.value,
        sync=ActorType.SYNC.value,
        order=CauseType.ORDER.value,
    )


def _order_removed(record_id: int, row: Any) -> Entry:
    return Entry(
        record_id,
        ActivityType.ORDER_REMOVED,
        before={"number": row.order_number},
        cause_type=CauseType.ORDER,
        cause_id=str(row.order_id),
    )
