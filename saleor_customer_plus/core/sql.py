"""Small help for set-wise SQL: a query with its parameters, and queries made by Django's ORM as a part of ours."""

from __future__ import annotations

import functools
import json
import re
from collections import namedtuple
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from typing import Any, NamedTuple

from django.core.exceptions import EmptyResultSet, FullResultSet
from django.db import DEFAULT_DB_ALIAS, DatabaseError, OperationalError, connections, transaction
from django.db.models import BooleanField, F, Func, Model, Q, QuerySet, TextField, Value


class Sql(NamedTuple):
    """A piece of SQL with the parameters for its placeholders, in order."""

    text: str
    params: tuple[Any, ...] = ()


def of_queryset(queryset: QuerySet[Any, Any]) -> Sql:
    """Compile a queryset, so that Saleor's table and column names are written by Django and not by us."""
    # Not elided where empty: "none of these" is a part of a statement like any other.
    text, params = queryset.query.get_compiler(DEFAULT_DB_ALIAS, elide_empty=False).as_sql()
    return Sql(text, tuple(params))


def of_condition(model: type[Model], condition: Q) -> Sql:
    """Compile what is asked of columns of the model itself, to be added to a compiled query of the same model."""
    query = model._base_manager.filter(condition).query
    try:
        text, params = query.get_compiler(DEFAULT_DB_ALIAS).compile(query.where)
    except FullResultSet:
        return Sql("true")
    except EmptyResultSet:
        return Sql("false")
    return Sql(text or "true", tuple(params))


def is_any(name: str, values: Collection[int] | Collection[str]) -> Func:
    """The condition `name__in=values` for very many values, with one parameter instead of one for each."""
    array = _array(list(values)) or Sql("%s", (list(values),))
    return Func(
        F(name),
        Value(array.params[0], output_field=TextField()),
        template=f"%(expressions)s{array.text.removeprefix('%s')})",
        arg_joiner=" = ANY(",
        output_field=BooleanField(),
    )


def can_hold(text: str) -> bool:
    """Whether a text can be stored: PostgreSQL's have no zero, and no UTF-8 has half of a surrogate pair."""
    return not any(char == "\x00" or "\ud800" <= char <= "\udfff" for char in text)


def table(model: type[Model]) -> Sql:
    """The quoted name of a model's table."""
    return Sql(connections[DEFAULT_DB_ALIAS].ops.quote_name(model._meta.db_table))


def estimated_rows(model: type[Model]) -> int:
    """About how many rows the table of a model has, by PostgreSQL's last count; 0 if it never counted them."""
    estimate = fill(
        "SELECT reltuples::bigint AS rows FROM pg_class WHERE oid = {name}::regclass", name=table(model).text
    )
    return max(int(rows(estimate)[0].rows), 0)


def kept(column: str) -> Sql:
    """End the `SET` of an `UPDATE` of rows `r` that sets no column which a generated one is made of, such as this one.

    PostgreSQL 18 takes three times as long for such a statement, and keeps 26 KB for each row until its end (18.4 was
    measured). Setting one of those columns to what it is prevents both. Older versions would only lose by it.
    """
    connection: Any = connections[DEFAULT_DB_ALIAS]
    return Sql(f", {column} = r.{column}" if connection.pg_version >= WASTEFUL_VERSION else "")


WASTEFUL_VERSION = 18_00_00


def columns(names: Iterable[str], *, prefix: str = "") -> Sql:
    """A list of columns: `a, b` or, with a prefix, `p.a, p.b`."""
    return Sql(", ".join(f"{prefix}.{name}" if prefix else name for name in names))


def fill(template: str, **parts: Sql | Any) -> Sql:
    """Put parts in the places of `{name}`: SQL as it is, everything else as a parameter.

    >>> fill("SELECT {one} FROM ({rows}) r", one=1, rows=Sql("SELECT %s", (2,)))
    Sql(text='SELECT %s FROM (SELECT %s) r', params=(1, 2))
    """
    params: list[Any] = []

    def put(match: re.Match[str]) -> str:
        part = parts[match.group(1)]
        if isinstance(part, Sql):
            params.extend(part.params)
            return part.text
        if type(part) is list and (array := _array(part)):
            params.extend(array.params)
            return array.text
        params.append(part)
        return "%s"

    return Sql(re.sub(r"\{(\w+)\}", put, template), tuple(params))


def _array(values: list[Any]) -> Sql | None:
    """Numbers or texts as PostgreSQL writes an array, or None for other values.

    The driver encodes lists element by element, in Python: that took a tenth of the time of an import.
    """
    if not values:
        return Sql("%s", ("{}",))
    types = set(map(type, values))
    if types == {int}:
        return Sql("%s::bigint[]", (f"{{{','.join(map(str, values))}}}",))
    if types != {str}:
        return None
    joined = "\x00".join(values)
    if joined.count("\x00") >= len(values):
        return None  # a text with a zero: the driver says so
    escaped = joined.replace("\\", r"\\").replace('"', r"\"").replace("\x00", '","')
    return Sql("%s", (f'{{"{escaped}"}}',))


def to_json(value: Any) -> str:
    """Encode rows for `jsonb_to_recordset`. Unlike Django's encoder it keeps the microseconds of a time."""
    return json.dumps(value, default=_plain)


def _plain(value: Any) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)


_EMPTY: dict[str, type] = {"{}": dict, "[]": list}


def from_json(value: Any) -> Any:
    """Decode a `jsonb` column of a raw cursor, which Django leaves as text."""
    if not isinstance(value, str):
        return value
    if value in _EMPTY:  # as most are, and there are several in each row
        return _EMPTY[value]()
    return json.loads(value)


class JsonCache(dict[str, Any]):
    """Decodes `jsonb` columns, each text once: rows of a batch have many alike. What comes out must not be changed."""

    def __missing__(self, text: str) -> Any:
        self[text] = value = from_json(text)
        return value


def plan_for_batches() -> None:
    """Tell PostgreSQL, for this transaction, that we look up rows by key.

    Its defaults are for disks that turn: it would read whole tables for each batch of a thousand, and compile the
    statement first, for seconds.
    """
    run(Sql("SET LOCAL jit = off; SET LOCAL random_page_cost = 1.1"))


@contextmanager
def counting() -> Iterator[None]:
    """A transaction in which a large part of the store is read at once: with memory for it, and by this process alone.

    PostgreSQL would let each of several processes add up the same rows, and sort on disk what fits into memory.
    """
    chosen = {"jit": "off", "random_page_cost": "1.1", "work_mem": "64MB", "max_parallel_workers_per_gather": "0"}
    with transaction.atomic(), _having(chosen):
        yield


@contextmanager
def limited(seconds: float) -> Iterator[None]:
    """Let PostgreSQL end a statement in here that takes longer, within a transaction."""
    with _having({"statement_timeout": str(round(seconds * 1000))}):
        yield


@contextmanager
def _having(settings: Mapping[str, str]) -> Iterator[None]:
    """Let settings of PostgreSQL have these values in here, within a transaction, and then those that they had."""
    before = _set(settings)
    yield  # after an error, the transaction or savepoint takes it back
    _set(before)


def _set(settings: Mapping[str, str]) -> dict[str, str]:
    """Change settings until the end of the transaction. Return what they were. One statement."""
    changed = fill(
        """
        WITH chosen AS MATERIALIZED (
            SELECT name, value, current_setting(name) AS before
            FROM unnest({names}::text[], {values}::text[]) AS t(name, value)
        )
        SELECT name, before, set_config(name, value, true) FROM chosen
        """,
        names=list(settings),
        values=list(settings.values()),
    )
    return {row.name: row.before for row in rows(changed)}


def commit_without_waiting() -> None:
    """Let the commit of this transaction not wait for the disk, nor for a standby.

    A server that crashes within a second forgets the transaction as a whole. That is fine for a step of a walk that
    keeps its position in the same transaction: it is done again.
    """
    run(Sql("SET LOCAL synchronous_commit = off"))


def plan_without_loops() -> None:
    """Tell PostgreSQL, for this transaction, to compare two large sets of rows by hashing or sorting them.

    Of rows that came a moment ago it knows nothing: it takes them for one or two, and would compare each of a million
    with each.
    """
    run(Sql("SET LOCAL enable_nestloop = off"))


def run(sql: Sql) -> int:
    """Execute on the primary and return how many rows were touched."""
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute(sql.text, sql.params)
        return int(cursor.rowcount)


def rows(sql: Sql) -> list[Any]:
    """Execute on the primary and return the rows as named tuples of plain values, in the order of the columns."""
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute(sql.text, sql.params)
        row_type = _row_type(tuple(column[0] for column in cursor.description))
        return [row_type(*values) for values in cursor.fetchall()]


@contextmanager
def without_values() -> Iterator[None]:
    """Pass on that PostgreSQL refuses something, but not its own words: they have the values, and end up in a log.

    Deadlocks and lost links, which are tried again, have none.
    """
    try:
        yield
    except OperationalError:
        raise
    except DatabaseError as error:
        said: Any = error.__cause__
        constraint = getattr(getattr(said, "diag", None), "constraint_name", None) or ""
        message = f"{type(said).__name__} {constraint}".strip()
        raise type(error)(message).with_traceback(error.__traceback__) from None


@functools.cache
def _row_type(names: tuple[str, ...]) -> Any:
    return namedtuple("Row", names)
