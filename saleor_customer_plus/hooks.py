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

from django.db import transaction

from . import tasks
from .settings import CustomerPlusSettings

# The settings, and whether the plugin is active.
Saved = tuple[CustomerPlusSettings, bool]

logger = logging.getLogger(__name__)

# Ids in one task: an orderBulkCreate may carry hundreds of orders.
ORDERS_IN_ONE_TASK = 500
RECORDS_IN_ONE_TASK = 500


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


def memberships_changed(record_ids: Iterable[int]) -> None:
    """These people joined or left groups, or their groups have other names: let Saleor know."""
    remaining = iter(record_ids)
    while chunk := list(islice(remaining, RECORDS_IN_ONE_TASK)):
        schedule(tasks.mirror_groups, chunk)


def settings_saved(before: Saved, after: Saved) -> None:
    """What the records are made of may have changed: recompute everything in the background."""
    (chosen_before, was_active), (chosen, is_active) = before, after
    if is_active and not (was_active and chosen.of_records == chosen_before.of_records):
        schedule(tasks.reconcile)
