"""Finding the rows of a file that have the same address, or the same customer's number, as another one.

A million addresses are too many to keep in mind: their hashes go into a table, and PostgreSQL finds those that come
twice.
"""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import md5
from itertools import pairwise
from typing import NamedTuple

from django.db import DEFAULT_DB_ALIAS, connections

from ... import sql
from ..models import BulkImportKey


class Passed(NamedTuple):
    """A row that is not to be written: a later one has its address, or an earlier one its number."""

    row: int
    other: int
    is_number: bool


def key_of(text: str) -> str:
    return md5(text.encode("utf-8", "surrogatepass"), usedforsecurity=False).hexdigest()


def add(job_id: int, keys: Iterable[tuple[int, str, str | None]]) -> None:
    """Note rows: the number of each, its address and the customer's number in it."""
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        table = sql.table(BulkImportKey).text
        with cursor.copy(f"COPY {table} (job_id, row_number, email, number) FROM STDIN") as copy:
            for row, email, number in keys:
                copy.write_row((job_id, row, key_of(email), key_of(number) if number else None))


# Keys that are compared in one go: each of them is one of so many parts, by the first digits of its hash.
COMPARED = 100_000


def parts(rows: int) -> list[tuple[int, int]]:
    """The parts, of at most `COMPARED` keys or so each, as ranges of the first four digits of a hash."""
    count = -(-rows // COMPARED)
    bounds = [0x10000 * number // count for number in range(count)] + [0x10000]
    return list(pairwise(bounds))


def earlier_of_same_address(job_id: int, part: tuple[int, int]) -> list[Passed]:
    """The rows of a part whose address a later row has. They are forgotten here: nothing of them counts."""
    query = """
        WITH twice AS (
            SELECT email, max(row_number) AS last FROM {keys} WHERE job_id = {job} AND {is_here}
            GROUP BY email HAVING count(*) > 1
        )
        DELETE FROM {keys} k USING twice t WHERE k.job_id = {job} AND k.email = t.email AND k.row_number < t.last
        RETURNING k.row_number AS row, t.last AS other, false AS is_number
        """
    return _passed(query, job_id, "email", part)


def later_of_same_number(job_id: int, part: tuple[int, int]) -> list[Passed]:
    """The rows of a part whose customer's number an earlier row has, of another address."""
    query = """
        WITH twice AS (
            SELECT number, min(row_number) AS first FROM {keys} WHERE job_id = {job} AND {is_here}
            GROUP BY number HAVING count(*) > 1
        )
        SELECT k.row_number AS row, t.first AS other, true AS is_number
        FROM {keys} k JOIN twice t ON k.number = t.number WHERE k.job_id = {job} AND k.row_number > t.first
        """
    return _passed(query, job_id, "number", part)


def _passed(query: str, job_id: int, column: str, part: tuple[int, int]) -> list[Passed]:
    start, end = part
    bounds = [f"{column} >= '{start:04x}{_REST}'"] + ([f"{column} < '{end:04x}{_REST}'"] if end <= 0xFFFF else [])
    is_here = sql.Sql(" AND ".join(bounds))
    sql.plan_without_loops()
    found = sql.rows(sql.fill(query, keys=sql.table(BulkImportKey), job=job_id, is_here=is_here))
    return sorted(Passed(*row) for row in found)


# What makes a hash of its first four digits.
_REST = "0000-0000-0000-0000-000000000000"


def forget(job_id: int) -> None:
    sql.run(sql.fill("DELETE FROM {keys} WHERE job_id = {job}", keys=sql.table(BulkImportKey), job=job_id))
