"""Saleor's own API, asked from within: its rules, its events and its permissions, without a request over the network.

    answer = saleor_api.run(info.context, "mutation ($id: ID!) { customerDelete(id: $id) { errors { ... } } }", {...})

What the caller may not do, Saleor refuses with its own `PermissionDenied`. An operation takes part in the transaction
that it is run in; plugins and webhooks hear of it after the commit.
"""

from __future__ import annotations

import base64
import copy
import logging
import traceback
from collections.abc import Mapping
from typing import Any, NamedTuple, NoReturn

from django.http import HttpRequest
from django.utils import timezone
from graphql import GraphQLError

from ..errors import CustomerPlusError, ErrorCode, SeveralErrors
from . import host

logger = logging.getLogger(__name__)

# What to ask for in each mutation, so that `run` can tell what went wrong.
ERRORS = "errors { field message code }"


class Answer(NamedTuple):
    """What the one root field of an operation gave, and why it was refused, if it was."""

    data: Mapping[str, Any]
    errors: list[CustomerPlusError]

    def or_raise(self) -> Mapping[str, Any]:
        """The data; where Saleor refused, its errors are raised, which undoes the transaction."""
        if self.errors:
            raise SeveralErrors(self.errors)
        return self.data


def run(context: Any, document: str, variables: Mapping[str, Any]) -> Answer:
    """Execute an operation that has one root field, as whoever sent the request `context`.

    Raises `PermissionDenied` as Saleor does, and `CustomerPlusError` for what is no error of the payload: an operation
    that this Saleor does not have, a value that does not fit, a failure within Saleor.
    """
    operation = host.graphql_backend().document_from_string(host.graphql_schema(), document)
    try:
        result = operation.execute(root=None, variables=dict(variables), context=_apart(context))
    except ValueError as error:  # of a value that a scalar cannot be made of; its message has the value
        raise CustomerPlusError("Saleor cannot read a value.", code=ErrorCode.GRAPHQL_ERROR) from error
    if result.errors:
        _raise(result.errors[0])
    ((_, data),) = result.data.items()
    if data is None:
        raise CustomerPlusError("Saleor gave no answer.", code=ErrorCode.GRAPHQL_ERROR)
    return Answer(data, [_as_error(error) for error in data.get("errors") or ()])


def as_the_shop() -> Any:
    """The context of an operation that nobody asked for: of neither a user nor an app, and so without permissions."""
    return as_somebody()


def as_somebody(*, user: Any = None, app: Any = None) -> Any:
    """The context of an operation that this user, or this app, asked for earlier: Saleor looks at what they may do."""
    request = HttpRequest()
    request.method, request.path, request.path_info = "POST", "/graphql/", "/graphql/"
    request.META = {"SERVER_NAME": "localhost", "SERVER_PORT": "80"}
    request.user, request.app = user, app  # type: ignore[attr-defined]
    request.decoded_auth_token = None  # type: ignore[attr-defined]
    request.request_time = timezone.now()  # type: ignore[attr-defined]
    return request


def global_id(kind: str, key: Any) -> str:
    """The id by which Saleor's API knows a thing."""
    return base64.b64encode(f"{kind}:{key}".encode()).decode()


def key_of(global_id: str) -> str:
    """The key within an id that Saleor answered with."""
    return base64.b64decode(global_id).decode().partition(":")[2]


def _apart(context: Any) -> Any:
    """The same request, but nothing that was read before: not from a replica, and not by an operation before."""
    apart = copy.copy(context)
    apart.allow_replica = False
    apart.dataloaders = {}
    return apart


def _raise(error: Exception) -> NoReturn:
    cause = error
    while (original := getattr(cause, "original_error", None)) is not None:
        cause = original
    if isinstance(cause, host.PermissionDenied):
        raise cause
    if isinstance(cause, GraphQLError):
        raise CustomerPlusError(f"Saleor: {cause}", code=ErrorCode.GRAPHQL_ERROR) from error
    # Not the message: it may have the data of a person, as of a constraint that was violated.
    where = "".join(traceback.format_tb(cause.__traceback__))
    logger.error("An operation of Saleor's failed: %s\n%s", type(cause).__name__, where)
    raise CustomerPlusError(f"Saleor failed: {type(cause).__name__}.", code=ErrorCode.GRAPHQL_ERROR) from error


def _as_error(error: Mapping[str, Any]) -> CustomerPlusError:
    """An error of Saleor's as one of ours: with its code where we have the same, else with its code in the message."""
    code, message = error.get("code"), error.get("message") or "Refused by Saleor."
    if code and code in ErrorCode.__members__:
        return CustomerPlusError(message, code=ErrorCode[code], field=error.get("field"))
    return CustomerPlusError(
        f"{message} (Saleor: {code})" if code else message, code=ErrorCode.GRAPHQL_ERROR, field=error.get("field")
    )
