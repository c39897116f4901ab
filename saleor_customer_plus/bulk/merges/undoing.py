"""Undoing merges as a part of a job, each of them in its own part of the transaction."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from typing import Any

from django.db import transaction

from ...accounts.services import context_of
from ...errors import CustomerPlusError, ErrorCode, SeveralErrors
from ...jobs import job_channels
from ...jobs.models import BulkJob, BulkProblem
from ...merging.models import Merge, MergeState
from ...merging.undo import undo

NOT_ALLOWED = "Whoever asked for this may no longer manage customers."


def undo_merges(job: BulkJob, merge_ids: Collection[int]) -> Counter[str]:
    """Undo those of these merges that still hold, the last one first, and note what is not as it was.

    Return how many there were, how many were undone, and how many could not be.
    """
    context = context_of(job.actor)
    if context is None:
        raise CustomerPlusError(NOT_ALLOWED, code=ErrorCode.OUT_OF_SCOPE)
    requestor, channels = context.app or context.user, job_channels.channels_of_actor(job.actor)
    counted: Counter[str] = Counter()
    problems: list[BulkProblem] = []
    for merge in Merge.objects.filter(pk__in=merge_ids, state=MergeState.MERGED).order_by("-pk"):
        counted["read"] += 1
        reasons: list[dict[str, Any]]
        try:
            with transaction.atomic():
                _merge, conflicts = undo(
                    merge.pk, actor=job.actor, requestor=requestor, channels=channels, job_id=job.pk
                )
                counted["updated"] += 1
                reasons = [
                    {"field": one.what or None, "code": ErrorCode.STALE.value, "message": one.message}
                    for one in conflicts
                ]
        except CustomerPlusError as error:
            reasons = [_reason(error)]
            counted["refused"] += 1
        except SeveralErrors as several:
            reasons = [_reason(error) for error in several.errors]
            counted["refused"] += 1
        if reasons:
            problems.append(BulkProblem(job=job, record_id=merge.kept_id, reasons=reasons))
    BulkProblem.objects.bulk_create(problems)
    return counted


def _reason(error: CustomerPlusError) -> dict[str, Any]:
    return {"field": error.field, "code": error.code.value, "message": error.message}
