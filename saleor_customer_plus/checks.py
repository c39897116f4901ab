"""System checks: what would go wrong later is said before tables are made."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.checks import Error, Tags, register
from django.db import connections


@register(Tags.database)
def check_database(*, databases: Sequence[str] | None = None, **_kwargs: Any) -> list[Error]:
    """The plugin needs PostgreSQL in UTF-8: `normalize` and the generated columns that use it.

    Django runs it with `migrate` and `check --database`, and refuses versions that are too old by itself.
    """
    if "default" not in (databases or []):
        return []
    connection = connections["default"]
    if connection.vendor != "postgresql":
        return [
            Error(
                "Customer Plus needs PostgreSQL.",
                hint="Saleor needs it too: set DATABASE_URL.",
                id="saleor_customer_plus.E001",
            )
        ]
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_encoding")
        (encoding,) = cursor.fetchone()
    if encoding != "UTF8":
        return [
            Error(
                f"Customer Plus needs a database in UTF-8, and this one is in {encoding}.",
                hint="Create the database with ENCODING 'UTF8' and restore it there.",
                id="saleor_customer_plus.E002",
            )
        ]
    return []
