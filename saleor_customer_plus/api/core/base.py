"""Access control, conversion of errors, and global IDs."""

from __future__ import annotations

import base64
import functools
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

from graphene.utils.str_converters import to_camel_case
from graphql import GraphQLError

from ...core import sql
from ...errors import CustomerPlusError, SeveralErrors
from ...records import former
from ...saleor_adapter import host, saleor_api, staff

Resolver = TypeVar("Resolver", bound=Callable[..., Any])

_BIGGEST_KEY = 2**63 - 1


def requestor_of(info: Any) -> Any:
    """The caller: the app of the token or the user, or None."""
    return info.context.app or info.context.user


def may_manage(info: Any) -> bool:
    """Whether the caller is a staff member or an app that may manage users."""
    requestor = requestor_of(info)
    return bool(requestor and requestor.has_perm(host.AccountPermissions.MANAGE_USERS))


def staff_only(resolver: Resolver) -> Resolver:
    """Require a staff member or an app with MANAGE_USERS."""

    @functools.wraps(resolver)
    def resolve(root: Any, info: Any, **arguments: Any) -> Any:
        if not may_manage(info):
            raise host.PermissionDenied(permissions=[host.AccountPermissions.MANAGE_USERS])
        return resolver(root, info, **arguments)

    return resolve  # type: ignore[return-value]


def spelled(field: str) -> str:
    """Return the path of a field in camel case, as in the API."""
    return ".".join(map(to_camel_case, field.split(".")))


def channels_of(info: Any) -> staff.Channels:
    """Return the ids of the channels whose orders the caller may see, None for all. Use it for all orders."""
    return staff.channels_for(info.context)


def graphql_error(*errors: CustomerPlusError) -> GraphQLError:
    """Convert errors to one GraphQL error: all messages, with their fields and codes in `errors`.

    The code and the field of the first one are beside `errors`, too.
    """
    listed = [
        {"field": None if one.field is None else spelled(one.field), "message": one.message, "code": one.code.value}
        for one in errors
    ]
    first = {name: listed[0][name] for name in ("code", "field") if listed[0][name] is not None}
    return GraphQLError(" ".join(one.message for one in errors), extensions={**first, "errors": listed})


def with_api_errors(resolver: Resolver) -> Resolver:
    """Convert our errors to GraphQL errors. Saleor hides the details of all other exceptions."""

    @functools.wraps(resolver)
    def resolve(*args: Any, **arguments: Any) -> Any:
        try:
            return resolver(*args, **arguments)
        except CustomerPlusError as error:
            raise graphql_error(error) from error
        except SeveralErrors as several:
            raise graphql_error(*several.errors) from several

    return resolve  # type: ignore[return-value]


# Global IDs have Saleor's format: Saleor objects have the same ID as in Saleor's API.
to_global_id = saleor_api.global_id


def key_of(global_id: str, kind: str, *, field: str) -> int:
    """Return the primary key in a global ID of the given type."""
    key = raw_key_of(global_id, kind, field=field)
    if key.isascii() and key.isdigit() and len(key) < 20 and int(key) <= _BIGGEST_KEY:
        return int(key)
    raise _no_id_of(kind, field)


def record_key_of(global_id: str, *, field: str) -> int:
    """Return the key of a customer record: of the one that is left, for a record that was merged into another."""
    return former.current_id(key_of(global_id, "CustomerRecord", field=field))


def record_keys_of(global_ids: Sequence[str], *, field: str) -> list[int]:
    """Return the keys of customer records, each once. As `record_key_of`, in one statement."""
    return former.current_ids([key_of(global_id, "CustomerRecord", field=field) for global_id in global_ids])


def raw_key_of(global_id: str, kind: str, *, field: str) -> str:
    """Return the key in a global ID of the given type: a number, or for orders a UUID."""
    try:
        found, _, key = base64.b64decode(global_id, validate=True).decode().partition(":")
    except ValueError:
        found, key = "", ""
    if found == kind and 0 < len(key) <= 64 and "\x00" not in key:
        return key
    raise _no_id_of(kind, field)


def _no_id_of(kind: str, field: str) -> CustomerPlusError:
    return CustomerPlusError(f"Argument `{spelled(field)}` must have the id of a {kind}.", field=field)


def keys_of(global_ids: Sequence[str], kind: str, *, field: str, most: int) -> list[int]:
    """Return the primary keys in a list of global IDs, limited in length."""
    if len(global_ids) > most:
        raise CustomerPlusError(f"Argument `{spelled(field)}` may have at most {most} values.", field=field)
    return [key_of(global_id, kind, field=field) for global_id in global_ids]


@contextmanager
def with_ids_of(kind: str) -> Iterator[None]:
    """Convert the key in a feature's error, which names the conflicting object, to a global ID."""
    try:
        yield
    except CustomerPlusError as error:
        if error.id is not None:
            error.id = to_global_id(kind, error.id)
        raise
    except SeveralErrors as several:
        for one in several.errors:
            if one.id is not None:
                one.id = to_global_id(kind, one.id)
        raise


def checked_text(text: str, *, field: str, longest: int) -> str:
    """Reject text that the database cannot store, or that is too long."""
    if len(text) > longest:
        raise CustomerPlusError(f"Argument `{spelled(field)}` may have at most {longest} characters.", field=field)
    if not sql.can_hold(text):
        raise CustomerPlusError(f"Argument `{spelled(field)}` has a character that is not allowed.", field=field)
    return text
