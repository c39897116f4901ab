"""Writing the rows of a query into a file: text by PostgreSQL itself, XLSX and JSON row by row. Memory stays flat."""

from __future__ import annotations

import codecs
import csv
import io
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import IO, Any, NamedTuple, Protocol

from django.db import DEFAULT_DB_ALIAS, connections

from ...core import sql
from .xlsx import write_workbook

# Rows that are fetched from a cursor at a time, and bytes that are gathered before they are written.
FETCHED = 2000
GATHERED = 1 << 20


class Written(NamedTuple):
    """How many rows a file has, and how many of its cells, those of the head too, do not hold all of their text.

    `changed` has the number of cells that Excel would change, by column.
    """

    rows: int
    lost: int = 0
    changed: Mapping[int, int] = MappingProxyType({})


class Writer(Protocol):
    """Writes a head and the rows of a query into a file, and calls `report_rows` with their number now and then."""

    def __call__(self, query: sql.Sql, file: IO[bytes], report_rows: Callable[[int], None]) -> Written: ...


@dataclass(frozen=True, slots=True)
class TextWriter:
    """CSV and its like. What the encoding has no character for becomes a question mark.

    The last column of the query has the numbers of those that Excel would change. It is not written.
    """

    headers: Sequence[str]
    delimiter: str = ","
    encoding: str = "utf-8"

    def __call__(self, query: sql.Sql, file: IO[bytes], report_rows: Callable[[int], None]) -> Written:
        recode = _Recoder(self.encoding, self.delimiter)
        file.write(recode(self._head()))
        statement = sql.fill(
            "COPY ({query}) TO STDOUT (FORMAT csv, ENCODING 'UTF8', DELIMITER {delimiter})",
            query=query,
            delimiter=self.delimiter,
        )
        rows = 0
        changed: Counter[int] = Counter()
        nothing = f"{self.delimiter}\n".encode()
        delimiter = self.delimiter.encode()
        gathered = bytearray()
        connection = connections[DEFAULT_DB_ALIAS]
        # Composed here: Django's cursor for debugging takes no parameters to a COPY.
        operations: Any = connection.ops
        composed = operations.compose_sql(statement.text, statement.params)
        with connection.cursor() as cursor, cursor.copy(composed) as lines:
            for line in map(bytes, lines):  # one for each row
                if line.endswith(nothing):
                    gathered += line[:-2]
                else:
                    cells, _, numbers = line.rpartition(delimiter)
                    changed.update(map(int, numbers.split()))
                    gathered += cells
                gathered += b"\n"
                rows += 1
                if len(gathered) > GATHERED:
                    file.write(recode(gathered))
                    gathered.clear()
                    report_rows(rows)
        file.write(recode(gathered))
        return Written(rows, recode.lost, changed)

    def _head(self) -> bytes:
        line = io.StringIO()
        csv.writer(line, delimiter=self.delimiter, lineterminator="\n").writerow(self.headers)
        return line.getvalue().encode()


class _Recoder:
    """From UTF-8 to another encoding, for some rows of a file after the others."""

    def __init__(self, encoding: str, delimiter: str) -> None:
        self.lost = 0  # cells that have characters which the encoding has not
        self._encoding = encoding
        self._encoder = codecs.getincrementalencoder(encoding)()  # writes the mark of the byte order once
        # A cell as COPY writes it: anything in quotes, and what is no delimiter beside them.
        self._cell = re.compile(f'(?:[^"{re.escape(delimiter)}\\n]+|"[^"]*")+')

    def __call__(self, rows: bytes | bytearray) -> bytes | bytearray:
        if self._encoding == "utf-8":
            return rows
        text = rows.decode()
        try:
            return self._encoder.encode(text)
        except UnicodeEncodeError:
            self.lost += sum(not self._has(cell[0]) for cell in self._cell.finditer(text))
            return text.encode(self._encoding, "replace")

    def _has(self, text: str) -> bool:
        try:
            text.encode(self._encoding)
        except UnicodeEncodeError:
            return False
        return True


def fetch(query: sql.Sql, report_rows: Callable[[int], None]) -> Iterator[tuple[str | None, ...]]:
    """The rows of a query by a cursor of the server, in a transaction."""
    rows = 0
    with connections[DEFAULT_DB_ALIAS].chunked_cursor() as cursor:
        cursor.execute(query.text, query.params)
        while part := cursor.fetchmany(FETCHED):
            yield from part
            rows += len(part)
            report_rows(rows)


@dataclass(frozen=True, slots=True)
class JsonWriter:
    """JSON lines: an object in each, of texts and numbers, without what is blank."""

    keys: Sequence[str]
    are_numbers: Sequence[bool]

    def __call__(self, query: sql.Sql, file: IO[bytes], report_rows: Callable[[int], None]) -> Written:
        columns = list(zip(self.keys, self.are_numbers, strict=True))
        count = 0
        for row in fetch(query, report_rows):
            values = {
                key: _number(value) if is_number else value
                for (key, is_number), value in zip(columns, row, strict=True)
                if value is not None
            }
            file.write(json.dumps(values, ensure_ascii=False).encode() + b"\n")
            count += 1
        return Written(count)


def _number(text: str) -> Any:
    return float(text) if "." in text else int(text)


@dataclass(frozen=True, slots=True)
class XlsxWriter:
    """A workbook, see `xlsx`. What a cell cannot hold is cut."""

    headers: Sequence[str]
    are_numbers: Sequence[bool]

    def __call__(self, query: sql.Sql, file: IO[bytes], report_rows: Callable[[int], None]) -> Written:
        return Written(*write_workbook(file, self.headers, self.are_numbers, fetch(query, report_rows)))
