"""From a hook of Saleor to a task of ours.

The functions below are methods of the plugin class. Whatever goes wrong in them is logged, without personal data, and
healed by the next reconciliation: Saleor's own answer must be the same as without us.
"""

from __future__ import annotations

import functools
import logging
from collections.abc import Callable, Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from . import settings, tasks
from .core import publishing
from .customers.queries import is_approved_buyer
from .saleor_adapter.host import allow_writer
from .settings import CustomerPlusSettings

# The settings, and whether the plugin is active.
Saved = tuple[CustomerPlusSettings, bool]

logger = logging.getLogger(__name__)

# What a shop can show at the checkout.
BUYER_REFUSED = "Only approved customers can buy here. Your account is not approved yet: please contact the shop."
GUEST_REFUSED = "Only approved customers can buy here. Please log in."


def _hook(react: Callable[[Any], None]) -> Callable[..., Any]:
    @functools.wraps(react)
    def method(_plugin: Any, subject: Any, *_args: Any, previous_value: Any = None, **_kwargs: Any) -> Any:
        try:
            react(subject)
        except Exception as error:
            logger.error("%s failed: %s. The next reconciliation heals it.", react.__name__, type(error).__name__)
        return previous_value

    return method


@_hook
def account_changed(user: Any) -> None:
    publishing.publish_ids(tasks.sync_accounts, [user.pk])


@_hook
def address_changed(address: Any) -> None:
    publishing.publish_ids(tasks.sync_addresses, [address.pk])


@_hook
def order_changed(order: Any) -> None:
    publishing.publish_ids(tasks.sync_orders, [str(order.pk)])


@_hook
def orders_changed(orders: Iterable[Any]) -> None:
    publishing.publish_ids(tasks.sync_orders, [str(order.pk) for order in orders])


@_hook
def fulfillment_changed(fulfillment: Any) -> None:
    publishing.publish_ids(tasks.sync_orders, [str(fulfillment.order_id)])


def checkout_changed(plugin: Any, checkout: Any, *_args: Any, previous_value: Any = None, **_kwargs: Any) -> Any:
    """A customer's checkout without a code: perhaps a group has one for it."""
    try:
        if settings.is_on(plugin.configuration, "group_vouchers") and checkout.user_id and not checkout.voucher_code:
            publishing.publish(tasks.apply_group_voucher, str(checkout.pk))
    except Exception as error:
        logger.error("checkout_changed failed: %s. The checkout is as it would be without us.", type(error).__name__)
    return previous_value


def may_buy(plugin: Any, checkout_info: Any, *_args: Any, previous_value: Any = None, **_kwargs: Any) -> Any:
    """Raise Django's `ValidationError` where the shop sells to approved buyers only, and this is none.

    The one hook that queries, once, and only where the shop chose so. Only a definite no refuses: should we fail to
    find out, the customer may buy.
    """
    try:
        refusal = _refusal(plugin.configuration, checkout_info.user)
    except Exception as error:
        logger.error("Could not tell whether a buyer is approved: %s. The checkout goes on.", type(error).__name__)
        return previous_value
    if refusal:
        # Of both mutations that make an order of a checkout, this code is the only one that suits.
        raise ValidationError({"user": ValidationError(refusal, code="graphql_error")})
    return previous_value


def _refusal(configuration: Any, account: Any) -> str:
    if not settings.is_on(configuration, "require_approved_buyers"):
        return ""
    if account is None:
        return GUEST_REFUSED if settings.is_on(configuration, "block_guest_buyers") else ""
    with allow_writer(), transaction.atomic():  # should it fail, it fails alone
        return "" if is_approved_buyer(account) else BUYER_REFUSED


def settings_saved(before: Saved, after: Saved) -> None:
    """What the records are made of may have changed: recompute everything in the background."""
    (chosen_before, was_active), (chosen, is_active) = before, after
    if is_active and not (was_active and chosen.of_records == chosen_before.of_records):
        publishing.publish(tasks.reconcile)
