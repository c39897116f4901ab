"""Writing the rows of a query into a file: text by PostgreSQL itself, XLSX and JSON row by row. Memory stays flat."""

from __future__ import annotations

import codecs
import csv
import io
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import IO, Any, Protocol

from django.db import DEFAULT_DB_ALIAS, connections

from .. import sql
from .xlsx import write_workbook

# Rows that are fetched from a cursor at a time, and bytes that are gathered before they are written.
FETCHED = 2000
GATHERED = 1 << 20


class Writer(Protocol):
    """Writes a head and the rows of a query into a file. `told` is called with the number of rows now and then."""

    def __call__(self, query: sql.Sql, file: IO[bytes], told: Callable[[int], None]) -> int: ...


@dataclass(frozen=True, slots=True)
class TextWriter:
    """CSV and its like. What the encoding has no character for becomes a question mark."""

    headers: Sequence[str]
    delimiter: str = ","
    encoding: str = "utf-8"

    def __call__(self, query: sql.Sql, file: IO[bytes], told: Callable[[int], None]) -> int:
        recode = _recoder(self.encoding)
        file.write(recode(self._head()))
        statement = sql.fill(
            "COPY ({query}) TO STDOUT (FORMAT csv, ENCODING 'UTF8', DELIMITER {delimiter})",
            query=query,
            delimiter=self.delimiter,
        )
        rows = 0
        gathered = bytearray()
        connection = connections[DEFAULT_DB_ALIAS]
        # Composed here: Django's cursor for debugging takes no parameters to a COPY.
        operations: Any = connection.ops
        composed = operations.compose_sql(statement.text, statement.params)
        with connection.cursor() as cursor, cursor.copy(composed) as lines:
            for line in lines:  # one for each row
                gathered += line
                rows += 1
                if len(gathered) > GATHERED:
                    file.write(recode(gathered))
                    gathered.clear()
                    told(rows)
        file.write(recode(gathered))
        return rows

    def _head(self) -> bytes:
        line = io.StringIO()
        csv.writer(line, delimiter=self.delimiter, lineterminator="\n").writerow(self.headers)
        return line.getvalue().encode()


def _recoder(encoding: str) -> Callable[[bytes | bytearray], bytes | bytearray]:
    """A function from UTF-8 to another encoding, for one part of a file after the other."""
    if encoding == "utf-8":
        return lambda part: part
    decoder = codecs.getincrementaldecoder("utf-8")()
    encoder = codecs.getincrementalencoder(encoding)("replace")  # writes the mark of the byte order once
    return lambda part: encoder.encode(decoder.decode(part))


def fetch(query: sql.Sql, told: Callable[[int], None]) -> Iterator[tuple[str | None, ...]]:
    """The rows of a query by a cursor of the server, in a transaction."""
    rows = 0
    with connections[DEFAULT_DB_ALIAS].chunked_cursor() as cursor:
        cursor.execute(query.text, query.params)
        while part := cursor.fetchmany(FETCHED):
            yield from part
            rows += len(part)
            told(rows)


@dataclass(frozen=True, slots=True)
class JsonWriter:
    """JSON lines: an object in each, of texts and numbers, without what is blank."""

    keys: Sequence[str]
    are_numbers: Sequence[bool]

    def __call__(self, query: sql.Sql, file: IO[bytes], told: Callable[[int], None]) -> int:
        columns = list(zip(self.keys, self.are_numbers, strict=True))
        count = 0
        for row in fetch(query, told):
            values = {
                key: _number(value) if is_number else value
                for (key, is_number), value in zip(columns, row, strict=True)
                if value is not None
            }
            file.write(json.dumps(values, ensure_ascii=False).encode() + b"\n")
            count += 1
        return count


def _number(text: str) -> Any:
    return float(text) if "." in text else int(text)


@dataclass(frozen=True, slots=True)
class XlsxWriter:
    """A workbook, see `bulk.xlsx`."""

    headers: Sequence[str]
    are_numbers: Sequence[bool]

    def __call__(self, query: sql.Sql, file: IO[bytes], told: Callable[[int], None]) -> int:
        return write_workbook(file, self.headers, self.are_numbers, fetch(query, told))
