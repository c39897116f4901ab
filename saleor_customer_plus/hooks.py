"""From a hook of Saleor to a task of ours.

The functions below are methods of the plugin class. Whatever goes wrong in them is logged, without personal data, and
healed by the next reconciliation: Saleor's own answer must be the same as without us.
"""

from __future__ import annotations

import functools
import logging
from collections.abc import Callable, Iterable
from itertools import islice
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from . import settings, tasks
from .host import allow_writer
from .records.queries import is_approved_buyer
from .settings import CustomerPlusSettings

# The settings, and whether the plugin is active.
Saved = tuple[CustomerPlusSettings, bool]

logger = logging.getLogger(__name__)

# Ids in one task: an orderBulkCreate may carry hundreds of orders.
ORDERS_IN_ONE_TASK = 500
RECORDS_IN_ONE_TASK = 500

# What a shop can show at the checkout.
BUYER_REFUSED = "Only approved customers can buy here. Your account is not approved yet: please contact the shop."
GUEST_REFUSED = "Only approved customers can buy here. Please log in."


def _send(task: Any, args: tuple[Any, ...]) -> None:
    try:
        # Without `retry=False` an unreachable broker would hold the shopper's request for Celery's whole retry policy.
        task.apply_async(args=args, retry=False)
    except Exception as error:
        logger.error(
            "Could not schedule %s%r: %s. The next reconciliation does it.", task.name, args, type(error).__name__
        )


def schedule(task: Any, *args: Any) -> None:
    """Send a task once the transaction is committed; at once where there is none."""
    transaction.on_commit(functools.partial(_send, task, args), robust=True)


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
def of_account(user: Any) -> None:
    schedule(tasks.sync_account, user.pk)


@_hook
def of_address(address: Any) -> None:
    schedule(tasks.sync_address, address.pk)


@_hook
def of_order(order: Any) -> None:
    schedule(tasks.sync_orders, [str(order.pk)])


@_hook
def of_orders(orders: Iterable[Any]) -> None:
    ids = [str(order.pk) for order in orders]
    for start in range(0, len(ids), ORDERS_IN_ONE_TASK):
        schedule(tasks.sync_orders, ids[start : start + ORDERS_IN_ONE_TASK])


@_hook
def of_fulfillment(fulfillment: Any) -> None:
    schedule(tasks.sync_orders, [str(fulfillment.order_id)])


def of_checkout(plugin: Any, checkout: Any, *_args: Any, previous_value: Any = None, **_kwargs: Any) -> Any:
    """A customer's checkout without a code: perhaps a group has one for it."""
    try:
        if settings.is_on(plugin.configuration, "group_vouchers") and checkout.user_id and not checkout.voucher_code:
            schedule(tasks.apply_group_voucher, str(checkout.pk))
    except Exception as error:
        logger.error("of_checkout failed: %s. The checkout is as it would be without us.", type(error).__name__)
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


def memberships_changed(record_ids: Iterable[int]) -> None:
    """These people joined or left groups, or their groups have other names: let Saleor know."""
    remaining = iter(record_ids)
    while chunk := list(islice(remaining, RECORDS_IN_ONE_TASK)):
        schedule(tasks.mirror_groups, chunk)
        schedule(tasks.end_group_vouchers, chunk)


def settings_saved(before: Saved, after: Saved) -> None:
    """What the records are made of may have changed: recompute everything in the background."""
    (chosen_before, was_active), (chosen, is_active) = before, after
    if is_active and not (was_active and chosen.of_records == chosen_before.of_records):
        schedule(tasks.reconcile)
