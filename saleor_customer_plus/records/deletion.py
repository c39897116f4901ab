"""Deleting records so that nobody comes back by themselves.

Saleor keeps its orders and, unless told otherwise, the account. Neither may make the person known again: the ledger
keeps a mark for each of the orders, with nothing in it, and there is a mark for each account. Only what comes later, a
new order say, starts a new record.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db.models import Q

from .. import host, sql
from ..ledger.sync import release_orders, sync_orders
from ..settings import CustomerPlusSettings
from .email import BLANKS
from .locks import own_identities
from .models import CustomerRecord, ReleasedAccount


@dataclass(slots=True)
class Deleted:
    """What became of a deletion: which records it was, what is left of them, and which others it concerns."""

    record_ids: list[int] = field(default_factory=list)
    images: list[str] = field(default_factory=list)
    # Accounts that stay, and now have no record.
    account_ids: list[int] = field(default_factory=list)
    orders_kept: int = 0
    # Other records, to which orders went that were looked up on this occasion: refresh them.
    touched: set[int] = field(default_factory=set)


def lock(record_ids: Collection[int]) -> list[tuple[int, str, int | None, str]]:
    """Let nobody add to these records, nor any orders be attributed, until the transaction ends.

    Return the key, the address, the account and the picture of each.
    """
    own_identities()
    records = CustomerRecord.objects.select_for_update().filter(pk__in=record_ids).order_by("pk")
    return list(records.values_list("pk", "email", "account_id", "image"))


def delete(record_ids: Collection[int], settings: CustomerPlusSettings) -> Deleted:
    """Delete these records with all that hangs on them. What is gone already is passed over.

    Call it in a transaction, by `deletion.delete_records`, which knows of the rooms that hang things on a record.
    """
    rows = lock(record_ids)
    result = Deleted(record_ids=[row[0] for row in rows], images=[row[3] for row in rows if row[3]])
    if not rows:
        return result
    emails = [row[1] for row in rows]
    result.account_ids = _accounts(emails, [row[2] for row in rows if row[2] is not None])
    # First the ledger has to know each of their orders, also those of which a task is under way or was lost.
    result.touched = sync_orders(Q(pk__in=_orders(emails, result.account_ids)), settings).record_ids
    result.touched -= set(result.record_ids)
    result.orders_kept = release_orders(result.record_ids, emails)
    ReleasedAccount.objects.bulk_create(
        [ReleasedAccount(account_id=account_id) for account_id in result.account_ids], ignore_conflicts=True
    )
    CustomerRecord.objects.filter(pk__in=result.record_ids).only("pk").delete()
    return result


def _accounts(emails: list[str], tied: list[int]) -> list[int]:
    """The accounts that Saleor has for these people: the ones tied, and others with the same address."""
    return [
        row.id
        for row in sql.rows(
            sql.fill(
                "SELECT u.id FROM {users} u WHERE u.id = ANY({tied}) UNION {spelt_alike} ORDER BY 1",
                users=sql.table(host.User),
                tied=tied,
                spelt_alike=_spelt_alike(host.User, "email", emails),
            )
        )
    ]


def _orders(emails: list[str], account_ids: list[int]) -> list[UUID]:
    """The orders that Saleor has of these people, drafts too."""
    return [
        row.id
        for row in sql.rows(
            sql.fill(
                "SELECT o.id FROM {orders} o WHERE o.user_id = ANY({account_ids}) UNION {spelt_alike} ORDER BY 1",
                orders=sql.table(host.Order),
                account_ids=account_ids,
                spelt_alike=_spelt_alike(host.Order, "user_email", emails),
            )
        )
    ]


def _spelt_alike(model: Any, column: str, emails: list[str]) -> sql.Sql:
    """The ids of rows with one of these addresses, however it is written there.

    Saleor has a trigram index on the column, which finds a part of a text but no text in lower case.
    """
    return sql.fill(
        """
        SELECT s.id FROM unnest({emails}::text[], {patterns}::text[]) AS p(email, pattern)
        JOIN {table} s ON s.{column} ILIKE p.pattern
        WHERE lower(btrim(s.{column}, {blanks})) = p.email
        """,
        table=sql.table(model),
        column=sql.Sql(column),
        emails=emails,
        patterns=["%" + email.translate(_ESCAPED) + "%" for email in emails],
        blanks=BLANKS,
    )


_ESCAPED = str.maketrans({char: f"\\{char}" for char in "\\%_"})
