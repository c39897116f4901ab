"""The Celery tasks of groups: what follows, in Saleor, from joining and leaving them."""

from __future__ import annotations

from ..core.celery_tasks import task
from . import mirror, vouchers


@task("mirror_groups")
def mirror_groups(record_ids: list[int]) -> None:
    mirror.mirror_records(record_ids)


@task("end_group_vouchers")
def end_group_vouchers(record_ids: list[int]) -> None:
    """For people who may have left a group."""
    vouchers.end_memberships(record_ids)
