"""The database of a run is a copy of a template: the migrations of a Saleor take minutes, and a copy takes a second.

Two kinds of templates are kept on the server, each named after what is in it: Saleor's tables, and those with ours
added. A test database is a copy of the second kind. Both are made on first use, under a lock, so that parallel workers
share them. The stand-in has no migrations and needs the second one only.
"""

from __future__ import annotations

import hashlib
import importlib
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import connections
from django.db.backends.utils import CursorWrapper
from django.db.utils import OperationalError
from django.test.utils import override_settings

from saleor_customer_plus import migrations as our_migrations
from saleor_customer_plus.saleor_adapter.host import saleor_version

from . import hosts

OURS = "saleor_customer_plus"
TEST_PREFIX = "customer_plus_test_"
KEPT_TEMPLATES = 6  # of one Saleor, 25 MB each
LOCK = int.from_bytes(hashlib.sha256(b"customer-plus templates").digest()[:7])


def _digest(parts: Iterator[str]) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:12]


def _names() -> tuple[str, str, str]:
    """Return the name of Saleor's template, what the names of those with our tables begin with, and ours now."""
    theirs = _digest(_of_saleor())
    ours = _digest(_of_ours())
    version = "".join(char if char.isalnum() else "_" for char in saleor_version)
    prefix = f"customer_plus_full_{theirs}_"
    return f"customer_plus_saleor_{version}_{theirs}", prefix, prefix + ours


def _of_saleor() -> Iterator[str]:
    """What Saleor's tables depend on: the names of its migrations, or the stand-in's models, which have none."""
    if not hosts.ON_SALEOR:
        for file in sorted((hosts.SANDBOX / "saleor").rglob("*.py")):
            yield file.read_text()
    for config in apps.get_app_configs():
        if config.label != OURS:
            for file in sorted(Path(config.path, "migrations").glob("[0-9]*.py")):
                yield f"{config.label}.{file.stem}"


def _of_ours() -> Iterator[str]:
    """What our tables depend on: the migrations, which import nothing else of the package."""
    folder = Path(next(iter(our_migrations.__path__)))
    for file in sorted(folder.rglob("*.py")):
        yield f"{file.relative_to(folder)}{file.read_text()}"


@contextmanager
def _server(connection: Any) -> Iterator[CursorWrapper]:
    """A cursor outside of any test database, holding the lock."""
    with connection._nodb_cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        try:
            yield cursor
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])


def _databases(cursor: CursorWrapper) -> set[str]:
    cursor.execute("SELECT datname FROM pg_database")
    return {name for (name,) in cursor.fetchall()}


def _make(cursor: CursorWrapper, connection: Any, name: str, *, source: str = "template1") -> None:
    """Make one template. It gets its name when it is complete, so that one that was interrupted is never used."""
    unfinished = f"{name}_unfinished"
    cursor.execute(f'DROP DATABASE IF EXISTS "{unfinished}" WITH (FORCE)')
    cursor.execute(f'CREATE DATABASE "{unfinished}" TEMPLATE "{source}"')
    real_name = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = unfinished
    try:
        call_command("migrate", verbosity=0, interactive=False, skip_checks=True, run_syncdb=not hosts.ON_SALEOR)
    finally:
        connection.close()
        connection.settings_dict["NAME"] = real_name
    cursor.execute(f'ALTER DATABASE "{unfinished}" RENAME TO "{name}"')


def ensure_template() -> str:
    """Return the name of a database with all tables of Saleor and ours and nothing in them."""
    connection = connections["default"]
    bare, prefix, full = _names()
    with _server(connection) as cursor:
        existing = _databases(cursor)
        if full in existing:
            return full
        if not hosts.ON_SALEOR:
            _make(cursor, connection, full)
        else:
            if bare not in existing:
                # Without our app: a change of our migrations must not cost Saleor's again.
                with override_settings(MIGRATION_MODULES={OURS: None}):
                    _make(cursor, connection, bare)
            _make(cursor, connection, full, source=bare)
        for outdated in _outdated(cursor, prefix):
            cursor.execute(f'DROP DATABASE IF EXISTS "{outdated}" WITH (FORCE)')
    return full


def _outdated(cursor: CursorWrapper, prefix: str) -> list[str]:
    """All but the newest templates, which other checkouts on this machine may be using."""
    cursor.execute(
        "SELECT datname FROM pg_database WHERE starts_with(datname, %s) ORDER BY oid DESC OFFSET %s",
        [prefix, KEPT_TEMPLATES],
    )
    return [name for (name,) in cursor.fetchall()]


def _drop_leftovers(connection: Any) -> None:
    """Drop the databases of runs that were killed. The name of each ends with the hour in which it was made."""
    with _server(connection) as cursor:
        for name in _databases(cursor):
            hour = name.rpartition("_")[2]
            if name.startswith(TEST_PREFIX) and hour.isdecimal() and int(hour) < _hour() - 6:
                with suppress(OperationalError):  # in use after all
                    cursor.execute(f'DROP DATABASE IF EXISTS "{name}"')


def _hour() -> int:
    return int(time.time()) // 3600


class _ReplicaIsWriter:
    """The writer's connection under the replica's name: what a test has not committed is seen by both."""

    def __init__(self, replica: Any) -> None:
        vars(self).update(alias=replica.alias, settings_dict=replica.settings_dict)

    def __getattr__(self, name: str) -> Any:
        return getattr(connections["default"], name)

    def __setattr__(self, name: str, value: Any) -> None:
        setattr(connections["default"], name, value)


def _share_state_with_writer(replica: Any) -> None:
    """Let Saleor's stand-in for the replica keep no state of a transaction of its own.

    It reads attributes from the writer's connection, but keeps what is set on itself. Once a transaction has begun and
    ended under the replica's name, `in_atomic_block` is False there for good, and the next test leaves its transaction
    open. Emptying the tables after a test with `transaction=True` does so: Django makes its content types again.
    """
    kept = set(vars(replica))

    def set_attribute(self: Any, name: str, value: Any) -> None:
        if name in kept:
            object.__setattr__(self, name, value)
        else:
            setattr(connections["default"], name, value)

    type(replica).__setattr__ = set_attribute


def _wait_for_no_disk(connection: Any) -> None:
    """Nothing in the tests' own server would be missed after a power cut."""
    with connection._nodb_cursor() as cursor:
        for name in ("fsync", "synchronous_commit", "full_page_writes"):
            cursor.execute(f"ALTER SYSTEM SET {name} = off")
        cursor.execute("SELECT pg_reload_conf()")


def prepare() -> None:
    """Say how Django is to make the test database. Runs at the same time, on one server, do not meet."""
    test = connections["default"].settings_dict["TEST"]
    test["NAME"] = f"{TEST_PREFIX}{os.getpid()}_{_hour()}"
    if not hosts.ON_SALEOR and "DATABASE_URL" not in os.environ:
        _wait_for_no_disk(connections["default"])
    _drop_leftovers(connections["default"])
    if hosts.ON_SALEOR:
        from saleor.tests.utils import prepare_test_db_connections  # noqa: TID251

        # Some of Saleor's migrations import its GraphQL modules, which must be entered by their front door.
        importlib.import_module(settings.ROOT_URLCONF)
        # Saleor's own way to what the class above does. First of all: its migrations read from the replica too.
        prepare_test_db_connections()
        _share_state_with_writer(connections["replica"])
    else:
        connections["replica"] = _ReplicaIsWriter(connections["replica"])  # type: ignore[assignment]
    test["TEMPLATE"] = ensure_template()
    test["MIGRATE"] = False  # the copy is complete
