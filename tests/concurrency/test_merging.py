"""Several staff members merge the same records at once, while workers are at their orders."""

from __future__ import annotations

import random
from functools import partial
from typing import Any

from saleor_customer_plus.activity.models import ActorType
from saleor_customer_plus.activity.services import Actor
from saleor_customer_plus.errors import CustomerPlusError, ErrorCode
from saleor_customer_plus.merging.models import Merge
from saleor_customer_plus.merging.preview import Request, plan
from saleor_customer_plus.merging.services import merge
from saleor_customer_plus.merging.undo import undo
from saleor_customer_plus.records.models import CustomerRecord
from saleor_customer_plus.sync import reactions

from ..drift import drift, reconcile
from ..factories import make_order, make_staff
from ..processes import at_once

EMAILS = ["anna@example.com", "ann@example.com", "anni@example.com"]


def sync(orders: list[Any], seed: int) -> None:
    for order in random.Random(seed).sample(orders, len(orders)):
        reactions.orders_changed([str(order.pk)])


def merge_unless_too_late(ids: list[int], staff: Any, token: str | None = None) -> None:
    try:
        merge(Request(ids), actor=Actor(ActorType.STAFF, str(staff.pk)), requestor=staff, token=token)
    except CustomerPlusError as refused:
        if refused.code not in (ErrorCode.NOT_FOUND, ErrorCode.STALE):
            raise


def test_records_are_merged_once_and_no_order_is_lost() -> None:
    staff = make_staff(permissions=("manage_users", "manage_staff"))
    actor = Actor(ActorType.STAFF, str(staff.pk))
    orders = [make_order(EMAILS[number % 3], total=1) for number in range(18)]
    sync(orders[:6], 0)
    ids = list(CustomerRecord.objects.order_by("pk").values_list("pk", flat=True))
    token = plan(Request(ids), requestor=staff).token

    at_once(
        partial(merge_unless_too_late, ids, staff, token),
        partial(merge_unless_too_late, ids, staff, token),
        partial(merge_unless_too_late, ids, staff),
        partial(merge_unless_too_late, ids[1:], staff),
        partial(sync, orders, 1),
    )

    merges = list(Merge.objects.order_by("pk"))
    reconcile()
    assert CustomerRecord.objects.count() == 3 - sum(len(one.merged_ids) for one in merges) >= 1
    assert sum(CustomerRecord.objects.values_list("order_count", flat=True)) == 18
    assert drift() == {}
    for one in reversed(merges):
        undo(one.pk, actor=actor, requestor=staff)
    assert drift() == {}
    assert list(CustomerRecord.objects.order_by("pk").values_list("pk", "order_count")) == [(id, 6) for id in ids]
