"""The members of staff, as far as work is given to them: Saleor's users who may sign in to its Dashboard."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db.models import QuerySet

from . import host
from .errors import CustomerPlusError, ErrorCode


def members() -> QuerySet[Any, Any]:
    return host.User.objects.filter(is_staff=True, is_active=True).order_by()


def find(user_ids: Collection[int]) -> dict[int, Any]:
    """Those of these users who are members of staff, by their ids. Whoever left is not among them. One statement."""
    columns = ("id", "email", "first_name", "last_name", "is_staff", "is_active")
    return {user.pk: user for user in members().filter(pk__in=user_ids).only(*columns)}


def check(user_ids: Collection[int], *, field: str) -> None:
    """Raise unless every one of these users is a member of staff. `field` names the input that they came from."""
    if user_ids and len(find(user_ids)) < len(set(user_ids)):
        raise CustomerPlusError("There is no such active member of staff.", code=ErrorCode.NOT_FOUND, field=field)
