"""Merging many groups of records, each of which is one person: one merge for each group, some in each chunk.

A group that cannot be merged, because it changed meanwhile or something is in the way, is a problem of the job, and the
others go on. All merges of a job are undone by undoing the job.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar

from django.db import transaction

from ...accounts.services import context_of
from ...activity.services import Actor
from ...errors import CustomerPlusError, ErrorCode, SeveralErrors
from ...jobs import job_channels, kinds, lifecycle
from ...jobs.models import BulkChunk, BulkJob, BulkProblem, JobKind
from ...merging.models import Merge
from ...merging.preview import Request
from ...merging.services import merge
from ...merging.values import Choice, MergeField
from ...records.locks import own_identities
from .undoing import NOT_ALLOWED

MERGE = "merge"
# Groups in one transaction, which is to stay short: it holds the identities alone.
GROUPS_AT_ONCE = 5

_ONLY_CERTAIN = "_only_certain"


def create(groups: Iterable[Request | Sequence[int]], *, actor: Actor, only_certain: bool = False) -> BulkJob:
    """Make a job that merges each of these groups, given as requests or as the ids of records.

    With `only_certain`, those that are certain to be one person when their turn comes: somebody may deny it meanwhile.

    Send `tasks.run_job` once the transaction is committed.
    """
    requests = [one if isinstance(one, Request) else Request(one) for one in groups]
    options = {"groups": len(requests), _ONLY_CERTAIN: only_certain, "_groups": [_to_json(one) for one in requests]}
    return lifecycle.create(JobKind.MERGE, actor=actor, options=options, is_confirmed=True)


class Merging(kinds.Kind):
    """The kind of job that merges groups of records."""

    kind: ClassVar[JobKind] = JobKind.MERGE
    phases: ClassVar[tuple[str, ...]] = (MERGE,)

    def plan(self, job: BulkJob, phase: str) -> Iterable[Mapping[str, Any]]:
        groups = job.options["_groups"]
        job.rows_total = len(groups)
        for start in range(0, len(groups), GROUPS_AT_ONCE):
            some = groups[start : start + GROUPS_AT_ONCE]
            # Of all records, so that nobody merges them by hand meanwhile.
            yield {"groups": some, "ids": sorted({id for group in some for id in group["ids"]})}

    def work(self, job: BulkJob, chunk: BulkChunk) -> Counter[str]:
        context = context_of(job.actor)
        if context is None:
            raise CustomerPlusError(NOT_ALLOWED, code=ErrorCode.OUT_OF_SCOPE)
        requestor, channels = context.app or context.user, job_channels.channels_of_actor(job.actor)
        counted: Counter[str] = Counter(read=len(chunk.spec["groups"]))
        done: list[int] = []
        own_identities()  # before looking who is left: somebody may be merging the same ones at this moment
        for group in chunk.spec["groups"]:
            request = _of_json(group)
            if len(request.record_ids) < 2:
                counted["unchanged"] += 1  # somebody merged them
                continue
            try:
                with transaction.atomic():
                    made = merge(
                        request,
                        actor=job.actor,
                        requestor=requestor,
                        channels=channels,
                        job_id=job.pk,
                        only_certain=job.options.get(_ONLY_CERTAIN, False),
                    )
            except CustomerPlusError as error:
                counted["refused"] += 1
                _report(job, request, [error])
            except SeveralErrors as several:
                counted["refused"] += 1
                _report(job, request, several.errors)
            else:
                counted["updated"] += 1
                done.append(made.pk)
        # For whoever undoes it, and no longer in the way of anybody.
        BulkChunk.objects.filter(pk=chunk.pk).update(spec={"merges": done})
        return counted

    def finish(self, job: BulkJob) -> None:
        job.report = {"merges": Merge.objects.filter(job_id=job.pk).count()}

    def forget(self, job: BulkJob) -> None:
        """Who was merged is with the merges: each of them can still be undone."""
        job.options = {"groups": job.options.get("groups", 0)}


def _report(job: BulkJob, request: Request, errors: Sequence[CustomerPlusError]) -> None:
    reasons = [{"field": error.field, "code": error.code.value, "message": error.message} for error in errors]
    BulkProblem.objects.create(job=job, record_id=request.record_ids[0], reasons=reasons)


def _to_json(request: Request) -> dict[str, Any]:
    return {
        "ids": request.record_ids,
        "winner_id": request.winner_id,
        "account_id": request.account_id,
        "choices": [[choice.field.value, choice.record_id, choice.key] for choice in request.choices],
    }


def _of_json(group: Mapping[str, Any]) -> Request:
    """The request, with the records that are left of those that were merged meanwhile."""
    choices = [Choice(MergeField(name), record_id, key) for name, record_id, key in group["choices"]]
    return Request(group["ids"], group["winner_id"], group["account_id"], choices).current()
