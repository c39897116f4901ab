"""Finds statements of the package that PostgreSQL 18 carries out wastefully: see `core.sql.kept`."""

from __future__ import annotations

import re
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.db import connections

import saleor_customer_plus
from saleor_customer_plus.records.models import BASE_COLUMNS, CustomerRecord

_PACKAGE = str(Path(saleor_customer_plus.__file__).parent)
_UPDATE = re.compile(rf'UPDATE "?{CustomerRecord._meta.db_table}"?(?: r)?\s+SET\b(.*?)(?:\bFROM\b|\bWHERE\b|$)', re.S)
_BASE = re.compile(rf"\b(?:{'|'.join(sorted(BASE_COLUMNS))})\b")


def is_wasteful(statement: str) -> bool:
    """Whether it updates records and sets no column that a generated one is made of."""
    return any(not _BASE.search(update) for update in _UPDATE.findall(statement))


@contextmanager
def wasteful_updates() -> Iterator[list[str]]:
    """Collect such statements of the package's code, but not of the test's own, on a server that is concerned."""
    found: list[str] = []

    def look(execute: Any, statement: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        if is_wasteful(statement) and _is_of_package() and context["connection"].pg_version >= 18_00_00:
            found.append(statement)
        return execute(statement, params, many, context)

    with connections["default"].execute_wrapper(look):
        yield found


def _is_of_package() -> bool:
    return any(frame.filename.startswith(_PACKAGE) for frame in traceback.extract_stack(limit=60))
