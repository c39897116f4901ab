"""Whose the orders of the ledger are, where that changes by a deletion, a new address or a merge, and no order does."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from uuid import UUID

from ..core import sql
from ..records.details import FIELDS
from ..records.models import CustomerEmail
from .lines import hand_back_lines, hand_over_lines, release_lines
from .models import LedgerEntry


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
