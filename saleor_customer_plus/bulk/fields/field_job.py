"""A change of a field with very many values, or the way back, as a kind of job: see `fields.preparation`.

A change is prepared first, which changes nothing yet, and then waits until somebody has seen what becomes of the values
and starts it. A restoration needs no preparation, and does not wait.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from django.db import transaction

from ...activity.services import Actor
from ...errors import CustomerPlusError, ErrorCode
from ...fields import changes, preparation
from ...fields.models import FieldDefinition
from ...jobs import kinds, lifecycle
from ...jobs.models import BulkChunk, BulkJob, JobKind

CONVERT, EXCHANGE, LOG = "convert", "exchange", "log"
# Values in a chunk.
PART = 5_000

# Options: the field that is replaced, and the one that takes its place.
_OLD, _NEW, _RESTORES = "_field", "_prepared", "restores"


def create_change(definition_id: int, raw: Mapping[str, Any], *, actor: Actor) -> BulkJob:
    """Make a job that changes a field. Raises all that is wrong with the change.

    Send `tasks.run_job` once the transaction is committed.
    """
    with transaction.atomic():
        job = lifecycle.create(JobKind.FIELD, actor=actor, options={_RESTORES: False})
        new = preparation.begin(definition_id, raw, job_id=job.pk)
        job.options |= {_OLD: definition_id, _NEW: new.pk}
        job.save(update_fields=["options"])
        return job


def create_restoration(definition_id: int, *, actor: Actor) -> BulkJob:
    """Make a job that restores an archived field. Send `tasks.run_job` once the transaction is committed."""
    options = {_RESTORES: True, _NEW: definition_id}
    return lifecycle.create(JobKind.FIELD, actor=actor, options=options, is_confirmed=True)


def start(job_id: int, *, actor: Actor) -> BulkJob:
    """Let a change that is prepared take place. Send `tasks.run_job` once the transaction is committed."""
    if BulkJob.objects.filter(pk=job_id).exclude(kind=JobKind.FIELD).exists():
        raise CustomerPlusError("This job does not change a field.", field="id")
    return lifecycle.start(job_id, actor=actor)


class FieldChange(kinds.Kind):
    """The kind of job that changes or restores a field with very many values."""

    kind: ClassVar[JobKind] = JobKind.FIELD
    phases: ClassVar[tuple[str, ...]] = (CONVERT, EXCHANGE, LOG)

    def plan(self, job: BulkJob, phase: str) -> Iterable[Mapping[str, Any]]:
        if phase == EXCHANGE:
            return [{}]
        if phase == CONVERT and job.options[_RESTORES]:
            return ()
        ranges = preparation.parts(job.options[_OLD], PART) if _OLD in job.options else ()
        return [{"lower": lower, "upper": upper} for lower, upper in ranges]

    def waits_after(self, job: BulkJob, phase: str) -> bool:
        return phase == CONVERT

    def work(self, job: BulkJob, chunk: BulkChunk) -> Counter[str]:
        if chunk.phase == CONVERT:
            return self._convert(job, chunk)
        if chunk.phase == EXCHANGE:
            return self._exchange(job, chunk)
        old, new = _definitions(job)
        log = preparation.log_restored if job.options[_RESTORES] else preparation.log
        return Counter(updated=log(old, new, chunk.spec["lower"], chunk.spec["upper"], job.actor))

    def _convert(self, job: BulkJob, chunk: BulkChunk) -> Counter[str]:
        old, new = _definitions(job)
        done = preparation.prepare(old, new, chunk.spec["lower"], chunk.spec["upper"])
        if done.examples:
            BulkChunk.objects.filter(pk=chunk.pk).update(spec=chunk.spec | {"examples": done.examples})
        return Counter(read=done.values, kept=done.kept)

    def _exchange(self, job: BulkJob, chunk: BulkChunk) -> Counter[str]:
        if job.options[_RESTORES]:
            restored, replaced = changes.put_back(job.options[_NEW])
            # What is to be logged: nothing, if no other field was in its place by now.
            old = {} if replaced is None else {_OLD: replaced.pk}
            BulkJob.objects.filter(pk=job.pk).update(options=job.options | {_NEW: restored.pk} | old)
            return Counter()
        _old, new = _definitions(job)
        is_done = preparation.take_place(job.options[_OLD], new, PART)
        # In steps, as long as others write more values than one step prepares.
        chunk.position = None if is_done else (chunk.position or 0) + 1
        return Counter()

    def forget(self, job: BulkJob) -> None:
        preparation.drop(job.pk)


def _definitions(job: BulkJob) -> tuple[FieldDefinition, FieldDefinition]:
    """The field that is replaced, and the one that takes its place."""
    found = FieldDefinition.objects.in_bulk([job.options[_OLD], job.options[_NEW]])
    try:
        return found[job.options[_OLD]], found[job.options[_NEW]]
    except KeyError:
        raise CustomerPlusError("The field was deleted meanwhile.", code=ErrorCode.NOT_FOUND, field="id") from None


def examples_of(job: BulkJob) -> list[str]:
    """Different values that are lost, some of them. None once the job was forgotten."""
    specs = job.chunks.filter(phase=CONVERT, spec__has_key="examples").order_by("id")
    some = specs.values_list("spec__examples", flat=True)[: preparation.MAX_EXAMPLES]
    return list(dict.fromkeys(text for texts in some for text in texts))[: preparation.MAX_EXAMPLES]
