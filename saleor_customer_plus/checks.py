"""System checks: what would go wrong later is said before tables are made, or before the shop is opened."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import Error, Tags, Warning, register
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


@register(Tags.security, deploy=True)
def check_storage(**_kwargs: Any) -> list[Warning]:
    """Lists and files of notes must not lie where everybody can fetch them. Django runs it with `check --deploy`."""
    from .host import private_storage

    try:
        folder = Path(private_storage.path(""))
    except NotImplementedError:  # a storage elsewhere, which Saleor keeps apart from that of its public files
        return []
    if not folder.resolve().is_relative_to(Path(settings.MEDIA_ROOT).resolve()):
        return []
    return [
        Warning(
            "Lists of customers and files of notes lie in the folder of Saleor's public files.",
            hint="Name a private bucket, see the README, or let no web server serve media/customer-plus/.",
            id="saleor_customer_plus.W001",
        )
    ]
