"""The statement that brings rows of the ledger in line with Saleor's orders, for `ledger.sync`."""

from __future__ import annotations

from django.db.models import Q

from ..activity.models import ActivityType, ActorType, CauseType
from ..activity.services import insertion
from ..core import sql
from ..records.details import FIELDS
from ..records.email import normal_email
from ..records.models import CustomerEmail, CustomerRecord, Source
from ..records.sources import creation, log_of_creation
from ..settings import CountsWhen, CustomerPlusSettings
from . import order_source
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


def statement(where: Q, settings: CustomerPlusSettings) -> sql.Sql:
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
        orders=order_source.orders(where),
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
