"""Who may decide, at the same time, which record a person's orders belong to.

Attributing an order reads the account's e-mail and whether it is confirmed. Were both to change while a batch of
orders is under way, the batch could commit last and undo what the change did. So attributing holds this lock shared,
with any number of others, and changing a tie or an e-mail holds it alone. It is given back at the end of the
transaction, which is short in either case.
"""

from __future__ import annotations

from .. import sql

# Any number that nobody else in the database uses: "customer-plus/identity" in CRC-32.
_KEY = 0x2F5A_91C3


def share_identities() -> None:
    sql.rows(sql.Sql("SELECT pg_advisory_xact_lock_shared(%s)", (_KEY,)))


def own_identities() -> None:
    sql.rows(sql.Sql("SELECT pg_advisory_xact_lock(%s)", (_KEY,)))
