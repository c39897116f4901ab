"""Guards the writer database: code that has not asked for it may not touch it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.db import connections


class UnsafeWriterAccessError(Exception):
    """A statement was sent to the writer outside `allow_writer`."""


@contextmanager
def allow_writer() -> Iterator[None]:
    """Allow statements on the writer within the block. Blocks may be nested."""
    connection = connections[settings.DATABASE_CONNECTION_DEFAULT_NAME]
    before = getattr(connection, "_allow_writer", False)
    connection._allow_writer = True  # type: ignore[attr-defined]
    try:
        yield
    finally:
        connection._allow_writer = before  # type: ignore[attr-defined]


def restrict_writer(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
    """Refuse a statement on the writer outside `allow_writer`, as Saleor does in its own tests."""
    connection = context["connection"]
    is_writer = connection.alias == settings.DATABASE_CONNECTION_DEFAULT_NAME
    if is_writer and not getattr(connection, "_allow_writer", False):
        raise UnsafeWriterAccessError(f"Use allow_writer() around this statement: {sql}")
    return execute(sql, params, many, context)


def restrict_writer_middleware(get_response: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Guard the writer while a request is served."""

    def middleware(request: Any) -> Any:
        with connections[settings.DATABASE_CONNECTION_DEFAULT_NAME].execute_wrapper(restrict_writer):
            return get_response(request)

    return middleware
