"""Finding the rows of a file that have the same address, or the same customer's number, as another one.

A million addresses are too many to keep in mind: their hashes go into a table, and PostgreSQL finds those that come
twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from hashlib import md5
from typing import NamedTuple

from django.db import DEFAULT_DB_ALIAS, connections

from .. import sql
from .models import BulkImportKey


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


def passed_rows(job_id: int) -> Iterator[Passed]:
    """The rows that are not to be written, in the order of the file.

    By windows, which sort: of joins PostgreSQL chooses the worst, having no statistics of rows that just came.
    """
    query = sql.fill(
        """
        WITH rows AS (
            SELECT row_number, number, max(row_number) OVER (PARTITION BY email) AS last
            FROM {keys} WHERE job_id = {job}
        )
        SELECT row_number, last AS other, false AS is_number FROM rows WHERE last > row_number
        UNION ALL
        SELECT row_number, first, true
        FROM (
            SELECT row_number, min(row_number) OVER (PARTITION BY number) AS first
            FROM rows WHERE last = row_number AND number IS NOT NULL
        ) numbered
        WHERE first < row_number
        ORDER BY 1
        """,
        keys=sql.table(BulkImportKey),
        job=job_id,
    )
    for row in sql.rows(query):
        yield Passed(*row)


def forget(job_id: int) -> None:
    sql.run(sql.fill("DELETE FROM {keys} WHERE job_id = {job}", keys=sql.table(BulkImportKey), job=job_id))
