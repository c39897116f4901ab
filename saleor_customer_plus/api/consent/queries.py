"""The consents that customers can query for themselves."""

from __future__ import annotations

import functools
from typing import Any

import graphene

from ...consent.models import ConsentEvent
from ...consent.queries import consents_of
from ...customers import queries
from ...saleor_adapter import host
from ..core.base import Resolver, with_api_errors
from ..core.types import list_of
from .types import CustomerMyConsent


def signed_in_customer(info: Any) -> Any:
    """Return the account of the caller. Apps and anonymous callers are denied, as everywhere."""
    user = info.context.user
    if info.context.app or not user or not user.is_active:
        raise host.PermissionDenied("Log in with the customer's own account.")
    return user


def customers_only(resolver: Resolver) -> Resolver:
    """Require a logged-in account; deny apps."""

    @functools.wraps(resolver)
    def resolve(root: Any, info: Any, **arguments: Any) -> Any:
        signed_in_customer(info)
        return resolver(root, info, **arguments)

    return resolve  # type: ignore[return-value]


def own_consents(user: Any) -> list[ConsentEvent]:
    record = queries.find(account_id=user.pk)
    key = 0 if record is None else record.pk  # no record means no decisions yet
    return consents_of([key])[key]


class ConsentQueries:
    """The query for the customer's own consents."""

    customer_my_consents = graphene.Field(
        list_of(CustomerMyConsent),
        description="Current consents of the customer who is logged in, one per channel and purpose.",
    )

    @staticmethod
    @customers_only
    @with_api_errors
    def resolve_customer_my_consents(_root: Any, info: Any) -> list[ConsentEvent]:
        return own_consents(signed_in_customer(info))
