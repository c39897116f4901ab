"""Whose an e-mail address is: the record that has it as its primary one, or as one of its others.

The one place that says so, in SQL and in Python, and the one writer of `CustomerEmail` and of `other_emails`. An
address is of one record. So whoever gives a record an address looks at both tables, and everybody holds the identities
meanwhile (`records.locks`): who makes a record for an address shares them or holds them alone; the functions here that
write are called by somebody who holds them alone, and the records locked after that.

**How addresses move**, in a merge say: `take` takes the losers' other addresses away, then the losers' records give up
their primary ones (they are deleted, or get another `email`), then `give` gives all of them to the winner. In this
order, because an address is never of two records, not even within a transaction; the guard of the database says so.
Then `ledger.sync.sync_orders` of the orders of those addresses attaches them: the ledger keeps for each order the
address that it belongs to (`LedgerEntry.identity`), and nothing has to be rewritten by hand. To undo it, `take` the
addresses from the winner, make or rename the records, `give` them back, and sync the same orders again. Afterwards call
`sync.reactions.records_identified` with the records and the addresses: it links accounts that have one of them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import BooleanField, F, Func, Q
from django.utils import timezone

from ..core import sql
from .models import CustomerEmail, CustomerRecord, Source

# Up to so many addresses, the primary one included, are given to a record by staff, apps and imports: more were added
# by mistake. Nothing else has a limit. A merge keeps all addresses of the records and its undo gives them back, and an
# account brings its own. A record that has more by that stays as it is: `customers.emails` adds none to it.
MAX_EMAILS = 50


@dataclass(frozen=True, slots=True)
class OtherEmail:
    """An address beside the primary one: whose, which, who said so and since when."""

    record_id: int
    email: str
    source: Source
    created_at: datetime


def owner_of(address: sql.Sql | str) -> sql.Sql:
    """The id of the record that has this normalised address, or null: an expression of SQL."""
    return sql.fill(
        """coalesce(
            (SELECT r.id FROM {records} r WHERE r.email = {address}),
            (SELECT a.record_id FROM {others} a WHERE a.email = {address})
        )""",
        records=sql.table(CustomerRecord),
        others=sql.table(CustomerEmail),
        address=address,
    )


def owned(emails: Collection[str]) -> sql.Sql:
    """The addresses among these that a record has: a query of `email`, `record_id` and `is_primary`."""
    return sql.fill(
        """
        SELECT r.email, r.id AS record_id, true AS is_primary FROM {records} r WHERE r.email = ANY({emails})
        UNION ALL
        SELECT a.email, a.record_id, false FROM {others} a WHERE a.email = ANY({emails})
        """,
        records=sql.table(CustomerRecord),
        others=sql.table(CustomerEmail),
        emails=list(emails),
    )


def owners(emails: Collection[str]) -> dict[str, int]:
    """The record that has each of these normalised addresses. One statement, and none where there are no addresses."""
    return {row.email: row.record_id for row in sql.rows(owned(emails))} if emails else {}


def is_owner(emails: Iterable[str]) -> sql.Sql:
    """The condition that a record has one of these normalised addresses, primary or not, on the table without alias."""
    return sql.fill(
        # The others as an array, which PostgreSQL reads first: with a subquery beside OR it would use no index.
        """(email = ANY({emails})
            OR id = ANY(ARRAY(SELECT a.record_id FROM {others} a WHERE a.email = ANY({emails}))))""",
        others=sql.table(CustomerEmail),
        emails=list(emails),
    )


def of_owners(emails: Iterable[str]) -> Q:
    """The same for a queryset of records."""
    wanted = list(emails)
    others = ArraySubquery(CustomerEmail.objects.filter(sql.is_any("email", wanted)).order_by().values("record"))
    has_other = Func(F("pk"), others, template="%(expressions)s)", arg_joiner=" = ANY(", output_field=BooleanField())
    return Q(sql.is_any("email", wanted)) | Q(has_other)


def of_owner(email: str) -> Q:
    """The condition that a record has this normalised address, primary or not."""
    return of_owners([email])


def others_of(record_ids: Collection[int]) -> dict[int, list[OtherEmail]]:
    """The other addresses of these records, in alphabetical order. One statement."""
    found: dict[int, list[OtherEmail]] = {record_id: [] for record_id in record_ids}
    rows = CustomerEmail.objects.filter(sql.is_any("record", record_ids)).order_by("email")
    for row in rows:
        found[row.record_id].append(OtherEmail(row.record_id, row.email, Source(row.source), row.created_at))
    return found


def give(emails: Collection[OtherEmail]) -> None:
    """Give records these addresses, which nobody has. Two statements."""
    if not emails:
        return
    CustomerEmail.objects.bulk_create(
        CustomerEmail(record_id=one.record_id, email=one.email, source=one.source, created_at=one.created_at)
        for one in sorted(emails, key=lambda one: one.email)
    )
    _repeat({one.record_id for one in emails})


def take(emails: Collection[str]) -> list[OtherEmail]:
    """Take these addresses away from the records that have them beside their primary one. Return what there was."""
    if not emails:
        return []
    taken = [
        OtherEmail(row.record_id, row.email, Source(row.source), row.created_at)
        for row in sql.rows(
            sql.fill(
                "DELETE FROM {others} WHERE email = ANY({emails}) RETURNING record_id, email, source, created_at",
                others=sql.table(CustomerEmail),
                emails=list(emails),
            )
        )
    ]
    _repeat({one.record_id for one in taken})
    return taken


def make_primary(emails: dict[int, str], *, source: Source) -> None:
    """Let these records have another one of their own addresses as the primary one, and keep the former one beside it.

    A constant number of statements. The number of addresses of a record stays the same.
    """
    if not emails:
        return
    former = dict(CustomerRecord.objects.filter(sql.is_any("pk", emails.keys())).values_list("pk", "email"))
    others = sql.table(CustomerEmail)
    records = sql.table(CustomerRecord)
    sql.run(sql.fill("DELETE FROM {others} WHERE email = ANY({emails})", others=others, emails=list(emails.values())))
    sql.run(
        sql.fill(
            """
            UPDATE {records} r SET email = v.email,
                modified_at = greatest(clock_timestamp(), r.modified_at + interval '1 microsecond')
            FROM jsonb_to_recordset({rows}::jsonb) AS v(id bigint, email text) WHERE r.id = v.id
            """,
            records=records,
            rows=sql.to_json([{"id": record_id, "email": email} for record_id, email in emails.items()]),
        )
    )
    now = timezone.now()
    give([OtherEmail(record_id, email, source, now) for record_id, email in former.items()])


def _repeat(record_ids: Collection[int]) -> None:
    """Write down in the records which other addresses they have now."""
    if not record_ids:
        return
    sql.run(
        sql.fill(
            """
            UPDATE {records} r SET
                other_emails = coalesce(
                    (SELECT jsonb_agg(a.email ORDER BY a.email COLLATE "C") FROM {others} a WHERE a.record_id = r.id),
                    '[]'
                ),
                modified_at = greatest(clock_timestamp(), r.modified_at + interval '1 microsecond')
            WHERE r.id = ANY({ids})
            """,
            records=sql.table(CustomerRecord),
            others=sql.table(CustomerEmail),
            ids=sorted(record_ids),
        )
    )
