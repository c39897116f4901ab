"""Rows that PostgreSQL will not store: a trigger refuses them, with whichever error a test asks for."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import connection


def poison(model: Any, column: str, values: Iterable[Any], *, sqlstate: str = "22003", on_delete: bool = False) -> None:
    """Refuse to write, or to delete, the model's rows with one of these values. Again to choose others."""
    table = model._meta.db_table
    cure(model)
    quoted = ", ".join("'" + str(value).replace("'", "''") + "'" for value in values) or "NULL"
    event, row = ("DELETE", "OLD") if on_delete else ("INSERT OR UPDATE", "NEW")
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            CREATE FUNCTION poison_{table}() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                IF {row}.{column}::text IN ({quoted}) THEN
                    RAISE EXCEPTION 'the value is %', {row}.{column} USING ERRCODE = '{sqlstate}';
                END IF;
                RETURN {row};
            END $$;
            CREATE TRIGGER poison BEFORE {event} ON {table} FOR EACH ROW EXECUTE FUNCTION poison_{table}();
            """
        )


def cure(model: Any) -> None:
    """Let every row be written again."""
    table = model._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER IF EXISTS poison ON {table}; DROP FUNCTION IF EXISTS poison_{table}()")
