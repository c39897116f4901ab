"""How errors look in an answer."""

from __future__ import annotations

import logging
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from graphql import GraphQLError
from graphql.error import format_error as format_graphql_error
from jwt import InvalidTokenError

from ..core.exceptions import PermissionDenied

_logger = logging.getLogger(__name__)

# Whose messages a client may read. Of everything else it learns only the class.
_ALLOWED_ERRORS = (GraphQLError, InvalidTokenError, PermissionDenied, ValidationError)


def format_error(
    error: Exception, handled_exceptions: tuple[type[Exception], ...], query: Any = None
) -> dict[str, Any]:
    """The error as GraphQL has it, with the class of the original exception as its code."""
    result: dict[str, Any] = {"message": str(error)}
    if isinstance(error, GraphQLError):
        result = dict(format_graphql_error(error))
    cause = error
    while isinstance(cause, GraphQLError) and hasattr(cause, "original_error"):
        cause = cause.original_error
    if not isinstance(cause, handled_exceptions):
        _logger.error("A query failed unexpectedly", exc_info=cause)
    if not isinstance(cause, _ALLOWED_ERRORS) and not settings.DEBUG:
        result["message"] = "Internal Server Error"
    extensions = result.setdefault("extensions", {})
    extensions["exception"] = {"code": type(cause).__name__}
    return result
