"""The demo's database: made anew each time, beside whatever else is on the server."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from psycopg.sql import SQL, Identifier

NAME = "customer_plus_demo"


def fresh(server: str, *, template: str = "template1") -> str:
    """Make the database, without what an earlier demo left in it. Return its address."""
    with psycopg.connect(server, autocommit=True) as connection:
        _replace(connection, NAME, template)
    return _beside(server, NAME)


def template_for(server: str, checkout: Path, migrate: Callable[[str], None]) -> str:
    """The name of a database with the tables of that Saleor.

    Saleor's migrations take minutes: `migrate` is called, with the address of an empty database, once for each set of
    them. It gets its name when it is complete, so that one that was interrupted is never used.
    """
    migrations = sorted(str(path.relative_to(checkout)) for path in checkout.glob("saleor/*/migrations/[0-9]*.py"))
    name = f"{NAME}_{hashlib.sha256('/'.join(migrations).encode()).hexdigest()[:12]}"
    with psycopg.connect(server, autocommit=True) as connection:
        if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone() is None:
            unfinished = f"{name}_unfinished"
            _replace(connection, unfinished, "template1")
            migrate(_beside(server, unfinished))
            connection.execute(SQL("ALTER DATABASE {} RENAME TO {}").format(Identifier(unfinished), Identifier(name)))
    return name


def _replace(connection: psycopg.Connection, name: str, template: str) -> None:
    connection.execute(SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(Identifier(name)))
    connection.execute(SQL("CREATE DATABASE {} TEMPLATE {}").format(Identifier(name), Identifier(template)))


def _beside(server: str, name: str) -> str:
    return urlsplit(server)._replace(path=f"/{name}").geturl()
