"""What staff do with a job: they create, start, cancel and retry it. What workers do with it is in `jobs.engine`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from ..activity.services import Actor
from ..core.set_aside.faults import described
from ..errors import CustomerPlusError, ErrorCode
from . import chunks, events
from .job_channels import CHANNELS, channels_of_actor, channels_to_json
from .kinds import kind_of
from .models import ONE_AT_A_TIME, BulkChunk, BulkJob, JobEventType, JobKind, JobState


def create(kind: JobKind, *, actor: Actor, options: Mapping[str, Any], **fields: Any) -> BulkJob:
    """Make a job that waits for a worker. Send `tasks.run_job` once the transaction is committed.

    Raises `AlreadyUnderWay` for a kind of which there may be one at a time.
    """
    kept = {**options, CHANNELS: channels_to_json(channels_of_actor(actor))}
    with _one_at_a_time():
        job = BulkJob.objects.create(kind=kind, actor_type=actor.type, actor_id=actor.id, options=kept, **fields)
        events.add(job, JobEventType.CREATED, actor)
        return job


class AlreadyUnderWay(CustomerPlusError):
    """There may be one job of this kind at a time, and there is one."""

    def __init__(self) -> None:
        message = "Another job of this kind is under way. Wait until it is over, or cancel it."
        super().__init__(message, code=ErrorCode.ALREADY_EXISTS)


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    """A transaction in which a job is made or goes on. Raises `AlreadyUnderWay` where another one does not allow it."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        if ONE_AT_A_TIME not in described(error)[1]:
            raise
        raise AlreadyUnderWay from error


def start(job_id: int, *, actor: Actor) -> BulkJob:
    """Let a job that is READY go on, in the name of whoever starts it."""
    with transaction.atomic():
        _check_name(held(job_id), actor)
        job = _move(job_id, {JobState.READY}, JobState.PENDING, "start", is_confirmed=True, **_in_name_of(actor))
        events.add(job, JobEventType.STARTED, actor)
        return job


def cancel(job_id: int, *, actor: Actor) -> BulkJob:
    """End a job before its next chunk. What was done stays, and can be undone where the kind of job can."""
    states = {JobState.PENDING, JobState.READY, JobState.RUNNING}
    with transaction.atomic():
        job = _move(job_id, states, JobState.CANCELED, "cancel", finished_at=timezone.now())
        events.add(job, JobEventType.CANCELED, actor)
        return job


def retry(job_id: int, *, actor: Actor) -> BulkJob:
    """Let a failed or canceled job go on from the chunk where it ended, while it has its files and was not undone.

    From then on it works in the name of whoever retries it. Send `tasks.run_job` once the transaction is committed.
    Raises `AlreadyUnderWay` as `create` does.
    """
    with _one_at_a_time():
        job = held(job_id)
        if job.files_removed_at is not None:
            raise CustomerPlusError("The files of this job were removed. Make a new one.", field="id")
        if job.undone_by.exists():
            raise CustomerPlusError("This job was undone. Make a new one.", field="id")
        _check_name(job, actor)
        chunks.forget_starts(BulkChunk.objects.filter(job=job_id))
        job = _move(
            job_id,
            {JobState.FAILED, JobState.CANCELED},
            JobState.PENDING,
            "retry",
            finished_at=None,
            error_code="",
            error_message="",
            worked_at=timezone.now(),
            **_in_name_of(actor),
        )
        events.add(job, JobEventType.RETRIED, actor)
        return job


def _check_name(job: BulkJob, actor: Actor) -> None:
    """Raise if the job cannot go on in the name of this one, who is not whom it has worked for so far."""
    if actor != job.actor:
        kind_of(job).check(job, actor)


def _in_name_of(actor: Actor) -> dict[str, str]:
    return {"actor_type": actor.type, "actor_id": actor.id}


def held(job_id: int) -> BulkJob:
    """The job, held until the caller's transaction ends. Raise if there is none."""
    job = BulkJob.objects.select_for_update().filter(pk=job_id).first()
    if job is None:
        raise CustomerPlusError("No job has this id.", code=ErrorCode.NOT_FOUND, field="id")
    return job


def _move(job_id: int, states: set[JobState], to: JobState, verb: str, **fields: Any) -> BulkJob:
    with transaction.atomic():
        job = held(job_id)
        if job.state not in states:
            raise CustomerPlusError(f"Cannot {verb} a job that is {job.state}.", field="id")
        job.state = to
        for name, value in fields.items():
            setattr(job, name, value)
        job.save(update_fields=["state", *fields])
        return job
