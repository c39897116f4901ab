"""Who may ask, how errors are told, and ids."""

from __future__ import annotations

import base64
import functools
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

from graphql import GraphQLError

from .. import host, saleor_api, sql
from ..errors import CustomerPlusError

Resolver = TypeVar("Resolver", bound=Callable[..., Any])

_BIGGEST_KEY = 2**63 - 1


def may_manage(info: Any) -> bool:
    """Whether the caller is a staff member or an app that may manage users."""
    requestor = info.context.app or info.context.user
    return bool(requestor and requestor.has_perm(host.AccountPermissions.MANAGE_USERS))


def staff_only(resolver: Resolver) -> Resolver:
    """Let staff members and apps in that may manage users, and nobody else."""

    @functools.wraps(resolver)
    def resolve(root: Any, info: Any, **arguments: Any) -> Any:
        if not may_manage(info):
            raise host.PermissionDenied(permissions=[host.AccountPermissions.MANAGE_USERS])
        return resolver(root, info, **arguments)

    return resolve  # type: ignore[return-value]


def told(error: CustomerPlusError) -> GraphQLError:
    """The error as a client sees it: the message, with its code and the argument that it is about."""
    extensions = {"code": error.code.value}
    if error.field is not None:
        extensions["field"] = error.field
    return GraphQLError(error.message, extensions=extensions)


def tells_errors(resolver: Resolver) -> Resolver:
    """Tell the client of our own errors. Of any other exception Saleor says only that there was one."""

    @functools.wraps(resolver)
    def resolve(*args: Any, **arguments: Any) -> Any:
        try:
            return resolver(*args, **arguments)
        except CustomerPlusError as error:
            raise told(error) from error

    return resolve  # type: ignore[return-value]


# The id that clients use is made as Saleor makes it: its own things have the id that its own API gives them.
to_global_id = saleor_api.global_id


def key_of(global_id: str, kind: str, *, field: str) -> int:
    """The number within a global id, which must be of the wanted kind."""
    key = raw_key_of(global_id, kind, field=field)
    if key.isascii() and key.isdigit() and len(key) < 20 and int(key) <= _BIGGEST_KEY:
        return int(key)
    raise _no_id_of(kind, field)


def raw_key_of(global_id: str, kind: str, *, field: str) -> str:
    """The key within a global id, which must be of the wanted kind: a number, or for an order a UUID."""
    try:
        found, _, key = base64.b64decode(global_id, validate=True).decode().partition(":")
    except ValueError:
        found, key = "", ""
    if found == kind and 0 < len(key) <= 64 and "\x00" not in key:
        return key
    raise _no_id_of(kind, field)


def _no_id_of(kind: str, field: str) -> CustomerPlusError:
    return CustomerPlusError(f"Argument `{field}` must have the id of a {kind}.", field=field)


def keys_of(global_ids: Sequence[str], kind: str, *, field: str, most: int) -> list[int]:
    """The numbers within several global ids, of which there may not be too many."""
    if len(global_ids) > most:
        raise CustomerPlusError(f"Argument `{field}` may have at most {most} values.", field=field)
    return [key_of(global_id, kind, field=field) for global_id in global_ids]


@contextmanager
def with_ids_of(kind: str) -> Iterator[None]:
    """Make a global id of the key that an error of our features gives of what is in the way."""
    try:
        yield
    except CustomerPlusError as error:
        if error.id is not None:
            error.id = to_global_id(kind, error.id)
        raise


def checked_text(text: str, *, field: str, longest: int) -> str:
    """Refuse what no database can hold, and what is longer than anything that could be meant."""
    if len(text) > longest:
        raise CustomerPlusError(f"Argument `{field}` may have at most {longest} characters.", field=field)
    if not sql.can_hold(text):
        raise CustomerPlusError(f"Argument `{field}` has a character that is not allowed.", field=field)
    return text
