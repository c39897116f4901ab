"""The host that is measured, and the databases that are made for it and dropped afterwards."""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sandbox import postgres
from tests import hosts

from .settings.database import VARIABLE

ON_SALEOR = hosts.ON_SALEOR

_serial = itertools.count(1)


def configure() -> None:
    """Set Django up, on the scratch database where the parent process made one."""
    os.environ["DJANGO_SETTINGS_MODULE"] = f"bench.settings.{'on_saleor' if ON_SALEOR else 'on_sandbox'}"
    import django

    django.setup()


def name() -> str:
    from saleor_customer_plus.saleor_adapter.host import saleor_version

    return f"Saleor {saleor_version}" if ON_SALEOR else "the stand-in for Saleor"


@contextmanager
def empty_database() -> Iterator[None]:
    """Work on a new database that has all tables and nothing in them: a copy of what the tests copy."""
    found = subprocess.run(
        [sys.executable, "-m", "bench.template"], stdout=subprocess.PIPE, check=True, text=True, env=_of_the_tests()
    )
    with _copy(found.stdout.split()[-1]):
        yield


def _of_the_tests() -> dict[str, str]:
    """The environment in which the tests' settings make their template on our server: they have one of their own."""
    kept = {name: value for name, value in os.environ.items() if name not in ("DJANGO_SETTINGS_MODULE", VARIABLE)}
    return kept if ON_SALEOR else {**kept, "DATABASE_URL": postgres.url()}


@contextmanager
def copied_database() -> Iterator[None]:
    """Work on a copy of the database that is worked on now."""
    with _copy(os.environ[VARIABLE]):
        yield


@contextmanager
def _copy(template: str) -> Iterator[None]:
    from django.db import connection

    before, copy = connection.settings_dict["NAME"], f"customer_plus_bench_{os.getpid()}_{next(_serial)}"
    variable = os.environ.get(VARIABLE)
    connection.close()
    with connection._nodb_cursor() as cursor:
        cursor.execute(f'CREATE DATABASE "{copy}" TEMPLATE "{template}"')
    _work_on(copy)
    os.environ[VARIABLE] = copy  # for the processes that measure
    try:
        yield
    finally:
        _work_on(before)
        del os.environ[VARIABLE]
        if variable is not None:
            os.environ[VARIABLE] = variable
        with connection._nodb_cursor() as cursor:
            cursor.execute(f'DROP DATABASE "{copy}" WITH (FORCE)')


def _work_on(database: str) -> None:
    from django.db import connections

    for connection in connections.all():
        connection.close()
        connection.settings_dict["NAME"] = database


def in_process(step: str, *arguments: object) -> dict[str, Any]:
    """Run a step in a process of its own, so that its memory is its own, and return what it measured."""
    done = subprocess.run(
        [sys.executable, "-m", "bench.steps", step, *map(str, arguments)],
        stdout=subprocess.PIPE,
        check=True,
        text=True,
    )
    measured: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return measured
