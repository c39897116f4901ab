"""The locks that everybody takes in the same order, so that nobody waits in a circle: first identities, then records.

Between the two are the fields of the shop's own: see `fields.services.hold`.

Identities say which record a person's orders belong to. Attributing an order reads the account's e-mail and whether it
is confirmed. Were both to change while a batch of orders is under way, the batch could commit last and undo what the
change did. So attributing holds the identities shared, with any number of others, and changing a link or an e-mail
holds them alone. Merges and their undoing hold them alone too, and move customer numbers between two tables: whoever
gives a record a number holds the identities shared before looking whose the number is.

All locks are given back at the end of the transaction, which is short in any case.
"""

from __future__ import annotations

from collections.abc import Collection

from ..core import sql
from .models import CustomerRecord

# Any number that nobody else in the database uses: "customer-plus/identity" in CRC-32.
_KEY = 0x2F5A_91C3


def share_identities() -> None:
    sql.rows(sql.Sql("SELECT pg_advisory_xact_lock_shared(%s)", (_KEY,)))


def own_identities() -> None:
    sql.rows(sql.Sql("SELECT pg_advisory_xact_lock(%s)", (_KEY,)))


def hold_records(record_ids: Collection[int]) -> set[int]:
    """Let nobody else change these records, or what hangs on them. Return which of them there are.

    `records.writing.lock_rows` does the same and reads what an edit needs.
    """
    records = CustomerRecord.objects.select_for_update(no_key=True).filter(sql.is_any("pk", record_ids))
    return set(records.order_by("pk").values_list("pk", flat=True))
