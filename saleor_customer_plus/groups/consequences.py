"""What follows, in Saleor, from joining and leaving groups."""

from __future__ import annotations

from collections.abc import Collection
from functools import partial

from django.db import transaction

from . import mirror, vouchers


def after_commit(record_ids: Collection[int]) -> None:
    """For workers, who need no task for it: do what follows for these people once it is sure what their groups are.

    Not before: a checkout may hold an account for as long as a payment takes.
    """
    if record_ids:
        transaction.on_commit(partial(_follow, sorted(record_ids)), robust=True)


def _follow(record_ids: Collection[int]) -> None:
    """Tell Saleor which groups these people are in now, and take vouchers of those they left out of their checkouts."""
    mirror.mirror_records(record_ids)
    vouchers.end_memberships(record_ids)
