"""What follows, in Saleor, from joining and leaving groups. `groups.services` sees to it."""

from __future__ import annotations

from collections.abc import Collection
from functools import partial

from django.db import transaction

from ..core import publishing
from ..core.celery_tasks import is_bulk_work
from . import mirror, tasks, vouchers


def memberships_changed(record_ids: Collection[int]) -> None:
    """These people joined or left groups, or their groups have other names: let Saleor know after the commit.

    Not before: a checkout may hold an account for as long as a payment takes.
    """
    ids = sorted(record_ids)
    if not ids:
        return
    if is_bulk_work():
        transaction.on_commit(partial(_follow, ids), robust=True)
    else:
        publishing.publish_ids(tasks.mirror_groups, ids)
        publishing.publish_ids(tasks.end_group_vouchers, ids)


def _follow(record_ids: Collection[int]) -> None:
    """Tell Saleor which groups these people are in now, and take vouchers of those they left out of their checkouts."""
    mirror.mirror_records(record_ids)
    vouchers.end_memberships(record_ids)
