"""The members of staff: Saleor's users who may sign in to its Dashboard, and whose orders they may see there."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db.models import Q, QuerySet

from ..errors import CustomerPlusError, ErrorCode
from . import host

# More words find nobody else.
MAX_WORDS = 5

# The ids of the channels whose orders somebody may see; None: those of all channels, also of channels to come.
Channels = frozenset[int] | None


def channels_of_user(user: Any) -> Channels:
    """Saleor's own rule: the channels of all permission groups of the user together. One statement.

    A group that is not restricted to channels has all of them, and whoever is in no group has none. Saleor makes no
    exception for superusers.
    """
    groups = list(user.groups.order_by().values_list("restricted_access_to_channels", "channels"))
    if any(not is_restricted for is_restricted, _channel in groups):
        return None
    return frozenset(channel for _is_restricted, channel in groups if channel is not None)


def channels_for(context: Any) -> Channels:
    """The channels of whoever sent a request. Saleor restricts no app."""
    if context.app:
        return None
    if not hasattr(context, _KEPT):
        setattr(context, _KEPT, channels_of_user(context.user))
    channels: Channels = getattr(context, _KEPT)
    return channels


_KEPT = "customer_plus_channels"


def members() -> QuerySet[Any, Any]:
    return host.User.objects.filter(is_staff=True, is_active=True).order_by()


def find(user_ids: Collection[int]) -> dict[int, Any]:
    """Those of these users who are members of staff, by their ids. Whoever left is not among them. One statement."""
    columns = ("id", "email", "first_name", "last_name", "is_staff", "is_active")
    return {user.pk: user for user in members().filter(pk__in=user_ids).only(*columns)}


def check(user_ids: Collection[int], *, field: str) -> None:
    """Raise unless every one of these users is a member of staff. `field` names the input that they came from."""
    if user_ids and len(find(user_ids)) < len(set(user_ids)):
        raise CustomerPlusError("No active member of staff has this id.", code=ErrorCode.NOT_FOUND, field=field)


def refuse_change_of_staff(account: Any, requestor: Any, *, field: str) -> None:
    """Raise where this is an account of staff that the requestor, a user or an app, could not change in Saleor.

    Saleor lets whoever may manage users change any account by `customerUpdate`. Of staff only those may, as with
    `staffUpdate`, who may manage staff and may do themselves whatever the member of staff may do.
    """
    if not (account.is_staff or account.is_superuser) or getattr(requestor, "is_superuser", False):
        return
    if not account.is_superuser and requestor.has_perm(host.AccountPermissions.MANAGE_STAFF):
        held = account.effective_permissions.values_list("content_type__app_label", "codename")
        if all(requestor.has_perm(f"{label}.{codename}") for label, codename in held):
            return
    raise CustomerPlusError(
        "This is the account of a member of staff. Only who may manage staff, and holds all of this member's "
        "permissions, can change it.",
        code=ErrorCode.OUT_OF_SCOPE,
        field=field,
    )


def refuse_deactivation(account: Any, requestor: Any, *, field: str) -> None:
    """Raise where Saleor lets nobody switch off the account of this member of staff: as with `staffUpdate`."""
    if account.is_superuser:
        raise CustomerPlusError(
            "A superuser's account cannot be deactivated.", code=ErrorCode.OUT_OF_SCOPE, field=field
        )
    if account == requestor:
        raise CustomerPlusError("You cannot deactivate your own account.", code=ErrorCode.OUT_OF_SCOPE, field=field)


def matching(search: str = "") -> QuerySet[Any, Any]:
    """The members of staff each of whose words is in the name, in any case."""
    found = members()
    for word in search.split()[:MAX_WORDS]:
        found = found.filter(Q(first_name__icontains=word) | Q(last_name__icontains=word))
    return found.only("id", "first_name", "last_name")
