"""Millions of rows in seconds: `INSERT ... SELECT` from a series of numbers, into any model's table.

Names of tables and columns come from the model, and so do the values of columns that nobody mentions: the same calls
fill the tables of the stand-in and of every version of Saleor.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import AutoField, Field, GeneratedField, Model, UUIDField
from django.db.models.fields import NOT_PROVIDED


def execute(sql: str, params: tuple[Any, ...] = ()) -> int:
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute(sql, params)
        return int(cursor.rowcount)


def table(model: type[Model]) -> str:
    return connections[DEFAULT_DB_ALIAS].ops.quote_name(model._meta.db_table)


def insert(model: type[Model], rows: str, **values: str) -> int:
    """Insert a row of the model for each of `rows`, which is what follows FROM. Return how many.

    `values` are SQL expressions by the name of the model's attribute. Those that this version's model has not are
    passed over; what is missing is filled with the model's default.
    """
    columns = {}
    params: list[Any] = []
    for field in model._meta.local_concrete_fields:
        if isinstance(field, GeneratedField):
            continue
        if field.attname in values:
            columns[field.column] = values[field.attname]
        elif (filler := _default(field)) is not None:
            columns[field.column], param = filler
            params.extend(param)
    names = ", ".join(connections[DEFAULT_DB_ALIAS].ops.quote_name(name) for name in columns)
    count = execute(
        f"INSERT INTO {table(model)} ({names}) SELECT {', '.join(columns.values())} FROM {rows}", (*params,)
    )
    _advance_sequence(model)
    return count


def _default(field: Field[Any, Any]) -> tuple[str, list[Any]] | None:
    """What to write for a column that nobody mentions; None to leave it to the database."""
    if isinstance(field, AutoField):
        return None
    if isinstance(field, UUIDField) and field.default is not NOT_PROVIDED:
        return "gen_random_uuid()", []
    if getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False):
        return "now()", []
    if field.default is NOT_PROVIDED and (field.null or field.db_default is not NOT_PROVIDED):
        return None
    connection = connections[DEFAULT_DB_ALIAS]
    return f"%s::{field.db_type(connection)}", [field.get_db_prep_save(field.get_default(), connection)]


def _advance_sequence(model: type[Model]) -> None:
    """Let rows that are made later have ids above those that were given here."""
    key = model._meta.pk
    if isinstance(key, AutoField):
        last = f"(SELECT greatest(max({key.column}), 1) FROM {table(model)})"
        execute(f"SELECT setval(pg_get_serial_sequence(%s, %s), {last})", (model._meta.db_table, key.column))


@contextmanager
def without_indexes(*models: type[Model]) -> Iterator[None]:
    """Drop the indexes that only speed up reading, fill the tables, and build them again: several times faster."""
    names = [model._meta.db_table for model in models]
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute(
            """
            SELECT c.relname, pg_get_indexdef(i.indexrelid)
            FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_class t ON t.oid = i.indrelid
            WHERE t.relname = ANY(%s) AND NOT i.indisunique AND t.relnamespace = 'public'::regnamespace
            """,
            (names,),
        )
        dropped = cursor.fetchall()
    for name, _definition in dropped:
        execute(f'DROP INDEX "{name}"')
    execute("SET maintenance_work_mem = '512MB'")
    yield
    for _name, definition in dropped:
        execute(definition)
    for model in models:
        execute(f"VACUUM ANALYZE {table(model)}")


def pick(choices: list[str] | tuple[str, ...], number: str, seed: int) -> str:
    """An expression for one of the choices, decided by a number and always the same for it."""
    quoted = ", ".join("'" + choice.replace("'", "''").replace("%", "%%") + "'" for choice in choices)
    return f"(ARRAY[{quoted}])[1 + {below(len(choices), number, seed)}]"


def below(bound: int, number: str, seed: int) -> str:
    """An expression for a whole number from 0 up to the bound, decided by a number and a seed."""
    return f"((hashint8extended({number}, {seed}) & 2147483647) %% {bound})::int"
