"""Finding the rows of a file that have the same address, or the same customer's number, as another one.

A million addresses are too many to keep in mind: their hashes go into a table, and PostgreSQL finds those that come
twice.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime
from hashlib import md5
from itertools import pairwise
from typing import Any, NamedTuple

from django.db import DEFAULT_DB_ALIAS, connections

from ...core import sql
from ...fields.models import FieldValue
from ...jobs.models import BulkImportKey
from ...records.models import CustomerEmail, CustomerRecord


class Passed(NamedTuple):
    """A row that is not to be written: a later one has its address, or an earlier one or a record its number.

    `other` is the row, `holder` the id of the record that has the number before anything is written; the one that there
    is not is 0. `is_unreadable`: not as a whole, so that an earlier row of the address is written instead.
    """

    row: int
    other: int
    is_number: bool
    holder: int = 0
    is_unreadable: bool = False


def key_of(text: str) -> str:
    return md5(text.encode("utf-8", "surrogatepass"), usedforsecurity=False).hexdigest()


def unique_value(definition_id: int, key: str) -> str:
    """What a value of one of the shop's own fields is compared by, if no two records may have it."""
    return f"{definition_id}\n{key}"


class Claimed(NamedTuple):
    """An address that a row names beside its own one, or a unique value, by its key, and the other row that gets it.

    `holder` is the record that has the value before anything is written, if one has.
    """

    row: int
    key: str
    other: int
    holder: int = 0


class RowKey(NamedTuple):
    """A row of a file: its address, the customer's number in it, whether it can be written, what it says against mail.

    `against` is as `objections` writes it, and `since` since when, if the row tells.
    """

    row: int
    email: str
    number: str | None = None
    is_valid: bool = True
    against: str | None = None
    since: datetime | None = None


def add(job_id: int, keys: Iterable[RowKey]) -> None:
    """Note rows."""
    names = "job_id, row_number, email, number, is_valid, against, against_since"
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        table = sql.table(BulkImportKey).text
        with cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
            for row, email, number, *others in keys:
                copy.write_row((job_id, row, key_of(email), key_of(number) if number else None, *others))


def named(row: int, names: Iterable[str]) -> Iterator[RowKey]:
    """The keys of the addresses that a row names beside its own one, and of its unique values: as of a row with its
    number below zero.
    """
    return (RowKey(-row, name, is_valid=False) for name in names)


def forget_named(job_id: int, rows: Iterable[int]) -> None:
    """Forget what these rows name, which are not written."""
    if wanted := [-row for row in rows]:
        query = "DELETE FROM {keys} WHERE job_id = {job} AND row_number = ANY({rows})"
        sql.run(sql.fill(query, keys=sql.table(BulkImportKey), job=job_id, rows=wanted))


def claimed_by_others(job_id: int, part: tuple[int, int]) -> list[Claimed]:
    """The addresses of a part that a row names beside its own one and does not get, and the unique values.

    An address belongs to the row that has it as its own, or else to the first row that names it, whether or not that
    row is written. A unique value belongs to the first row that has it.
    """
    query = """
        WITH first AS (
            SELECT DISTINCT ON (email) email, row_number FROM {keys}
            WHERE job_id = {job} AND {is_here} AND (is_valid OR row_number < 0)
            ORDER BY email, row_number < 0, abs(row_number)
        )
        SELECT -k.row_number AS row, k.email, abs(f.row_number) AS other FROM {keys} k JOIN first f ON k.email = f.email
        WHERE k.job_id = {job} AND k.row_number < 0 AND k.row_number <> f.row_number
        """
    return sorted(Claimed(row, email.hex, other) for row, email, other in _found(query, job_id, "email", part))


def held_by_records(job_id: int, part: tuple[int, int], definition_ids: Collection[int]) -> list[Claimed]:
    """The unique values of a part that a record has before anything is written, as with customer numbers.

    Whoever has the value already is among them: nothing of that record changes.
    """
    query = """
        SELECT -k.row_number AS row, k.email, 0 AS other, v.record_id AS holder
        FROM {keys} k
        JOIN {values} v ON k.email = md5(v.definition_id || E'\\n' || v.unique_key)::uuid
        WHERE k.job_id = {job} AND {is_here} AND k.row_number < 0
            AND v.definition_id = ANY({definitions}) AND v.unique_key IS NOT NULL
        """
    found = _found(query, job_id, "k.email", part, values=sql.table(FieldValue), definitions=sorted(definition_ids))
    return sorted(Claimed(row, key.hex, other, holder) for row, key, other, holder in found)


def unite_addresses(job_id: int, rows: range) -> None:
    """Let rows that name another address of a record have the key of its primary one: they are of the same person."""
    if CustomerEmail.objects.exists():
        sql.run(
            sql.fill(
                """
                UPDATE {keys} k SET email = md5(r.email)::uuid FROM {others} o JOIN {records} r ON r.id = o.record_id
                WHERE k.job_id = {job} AND k.row_number >= {first} AND k.row_number < {end}
                    AND k.email = md5(o.email)::uuid
                """,
                keys=sql.table(BulkImportKey),
                others=sql.table(CustomerEmail),
                records=sql.table(CustomerRecord),
                job=job_id,
                first=rows.start,
                end=rows.stop,
            )
        )


# Keys that are compared in one go: each of them is one of so many parts, by the first digits of its hash.
COMPARED = 100_000


def parts(rows: int) -> list[tuple[int, int]]:
    """The parts, of at most `COMPARED` keys or so each, as ranges of the first four digits of a hash."""
    count = -(-rows // COMPARED)
    bounds = [0x10000 * number // count for number in range(count)] + [0x10000]
    return list(pairwise(bounds))


def of_same_address(job_id: int, part: tuple[int, int]) -> list[int]:
    """The valid rows of a part whose address another valid row has."""
    query = """
        WITH twice AS (
            SELECT email FROM {keys} WHERE job_id = {job} AND {is_here} AND is_valid GROUP BY email HAVING count(*) > 1
        )
        SELECT k.row_number FROM {keys} k JOIN twice t ON k.email = t.email WHERE k.job_id = {job} AND k.is_valid
        """
    return sorted(row for (row,) in _found(query, job_id, "email", part))


def set_aside(job_id: int, part: tuple[int, int], doubtful: Sequence[int]) -> list[Passed]:
    """Those of the doubtful rows of a part that are later than the last other row of their address.

    They cannot be written any more.
    """
    query = """
        WITH used AS (
            SELECT email, max(row_number) FILTER (WHERE doubtful.row IS NULL) AS row
            FROM {keys} LEFT JOIN unnest({doubtful}::bigint[]) doubtful (row) ON row_number = doubtful.row
            WHERE job_id = {job} AND {is_here} AND is_valid GROUP BY email HAVING count(*) > 1
        )
        UPDATE {keys} k SET is_valid = false FROM used u
        WHERE k.job_id = {job} AND k.email = u.email AND k.row_number > u.row AND k.is_valid
        RETURNING k.row_number AS row, u.row AS other, false AS is_number, 0 AS holder, true AS is_unreadable
        """
    return _passed(query, job_id, "email", part, doubtful=list(doubtful)) if doubtful else []


def earlier_of_same_address(job_id: int, part: tuple[int, int]) -> list[Passed]:
    """The valid rows of a part whose address a later valid row has. They are forgotten here: nothing of them counts."""
    query = """
        WITH twice AS (
            SELECT email, max(row_number) AS last FROM {keys} WHERE job_id = {job} AND {is_here} AND is_valid
            GROUP BY email HAVING count(*) > 1
        )
        DELETE FROM {keys} k USING twice t
        WHERE k.job_id = {job} AND k.email = t.email AND k.row_number < t.last AND k.is_valid
        RETURNING k.row_number AS row, t.last AS other, false AS is_number
        """
    return _passed(query, job_id, "email", part)


def objections(job_id: int, part: tuple[int, int]) -> list[tuple[int, list[str], datetime | None]]:
    """What the rows of its address say against mail, for each row of a part that has its address with others and is not
    passed over, and since when.

    Since when is None unless all rows that withdraw a consent tell. To be asked before the other rows are forgotten.
    """
    query = """
        WITH said AS (
            SELECT email, max(row_number) FILTER (WHERE is_valid) AS last,
                array_agg(DISTINCT against ORDER BY against) FILTER (WHERE against IS NOT NULL) AS against,
                CASE WHEN bool_and(against_since IS NOT NULL) FILTER (WHERE against ~ '[bw]') THEN max(against_since)
                END AS since
            FROM {keys} WHERE job_id = {job} AND {is_here} AND row_number >= 0
            GROUP BY email HAVING count(*) > 1 AND count(against) > 0
        )
        SELECT k.row_number AS row, s.against, s.since FROM {keys} k JOIN said s ON k.email = s.email
        WHERE k.job_id = {job} AND k.row_number >= 0 AND (k.row_number = s.last OR NOT k.is_valid)
        """
    return sorted((row, list(against), since) for row, against, since in _found(query, job_id, "email", part))


def later_of_same_number(job_id: int, part: tuple[int, int]) -> list[Passed]:
    """The rows of a part whose customer's number an earlier row has, of another address."""
    query = """
        WITH twice AS (
            SELECT number, min(row_number) AS first FROM {keys} WHERE job_id = {job} AND {is_here} AND is_valid
            GROUP BY number HAVING count(*) > 1
        )
        SELECT k.row_number AS row, t.first AS other, true AS is_number
        FROM {keys} k JOIN twice t ON k.number = t.number
        WHERE k.job_id = {job} AND k.row_number > t.first AND k.is_valid
        """
    return _passed(query, job_id, "number", part)


def held_by_others(job_id: int, part: tuple[int, int]) -> list[Passed]:
    """The rows of a part whose customer's number a record of another address has before anything is written.

    That record may get another number by the same list. Whether it had it already would depend on which chunk comes
    first, so the number counts as taken in any case.
    """
    query = """
        SELECT k.row_number AS row, 0 AS other, true AS is_number, r.id AS holder
        FROM {keys} k JOIN {records} r ON k.number = md5(r.number)::uuid
        WHERE k.job_id = {job} AND {is_here} AND k.is_valid AND r.number IS NOT NULL AND k.email <> md5(r.email)::uuid
        """
    return _passed(query, job_id, "k.number", part)


def of_others_numbers(job_id: int, part: tuple[int, int]) -> list[Passed]:
    """The rows of a part whose customer's number an earlier row of another address has.

    The number belongs to the address of the record that has it, or else of the first row, whether or not that row is
    written.
    """
    query = """
        WITH first AS (
            SELECT DISTINCT ON (number) number, row_number AS row, email FROM {keys}
            WHERE job_id = {job} AND {is_here} AND is_valid ORDER BY number, row_number
        )
        SELECT k.row_number AS row, f.row AS other, true AS is_number
        FROM {keys} k JOIN first f ON k.number = f.number
        WHERE k.job_id = {job} AND k.email <> f.email AND k.is_valid AND NOT EXISTS (
            SELECT FROM {records} r WHERE k.number = md5(r.number)::uuid AND k.email = md5(r.email)::uuid
        )
        """
    return _passed(query, job_id, "number", part)


def invalidate(job_id: int, rows: Iterable[int]) -> None:
    """Note that these rows cannot be written."""
    query = "UPDATE {keys} SET is_valid = false WHERE job_id = {job} AND row_number = ANY({rows})"
    sql.run(sql.fill(query, keys=sql.table(BulkImportKey), job=job_id, rows=list(rows)))


def _passed(query: str, job_id: int, column: str, part: tuple[int, int], **others: Any) -> list[Passed]:
    return sorted(Passed(*row) for row in _found(query, job_id, column, part, **others))


def _found(query: str, job_id: int, column: str, part: tuple[int, int], **others: Any) -> list[Any]:
    start, end = part
    bounds = [f"{column} >= '{start:04x}{_REST}'"] + ([f"{column} < '{end:04x}{_REST}'"] if end <= 0xFFFF else [])
    is_here = sql.Sql(" AND ".join(bounds))
    sql.plan_without_loops()
    tables = {"keys": sql.table(BulkImportKey), "records": sql.table(CustomerRecord)}
    return list(sql.rows(sql.fill(query, **tables, **others, job=job_id, is_here=is_here)))


# What makes a hash of its first four digits.
_REST = "0000-0000-0000-0000-000000000000"


def forget(job_id: int) -> None:
    sql.run(sql.fill("DELETE FROM {keys} WHERE job_id = {job}", keys=sql.table(BulkImportKey), job=job_id))
