"""Asking for an import, correcting how its file is read, and starting it."""

from __future__ import annotations

import io
from typing import IO, Any
from uuid import uuid4

from django.core.files import File
from django.db import transaction

from ...activity.services import Actor
from ...core import private_files as storage_files
from ...errors import CustomerPlusError, ErrorCode
from ...jobs import events, job_channels, lifecycle
from ...jobs.models import FOLDER, BulkJob, BulkProblem, JobEventType, JobKind, JobState, bulk_storage
from . import accounts, files, row_keys
from .options import ImportOptions

MAX_TEXT_LENGTH = 5_000_000
_PRIVATE = (files.PASTED,)


def of_file(file: IO[bytes] | File[Any], options: ImportOptions, *, actor: Actor, name: str = "") -> BulkJob:
    """Make the import of a file. Send it to work once the transaction is committed."""
    shown = name or getattr(file, "name", "") or "list"
    return _create(file, shown, options, actor=actor)


def of_text(text: str, options: ImportOptions, *, actor: Actor) -> BulkJob:
    """Make the import of addresses that somebody pasted."""
    if not text.strip():
        raise CustomerPlusError("The text is empty.", code=ErrorCode.REQUIRED, field="text")
    file = io.BytesIO(text.encode("utf-8", "replace"))
    return _create(file, "", options, actor=actor, **{files.PASTED: True})


def _create(
    file: IO[bytes] | File[Any], shown: str, options: ImportOptions, *, actor: Actor, **private: Any
) -> BulkJob:
    if options.deactivate_missing and not options.show_preview:
        raise CustomerPlusError(
            "Putting people out of use needs a preview, which says how many they are.", field="show_preview"
        )
    if options.make_accounts:
        accounts.check(actor)
    # Nobody guesses the name, and no other file has it, where a storage would overwrite.
    name = f"{FOLDER}/{uuid4().hex}"
    storage_files.store(bulk_storage(), name, file, field="text" if files.PASTED in private else "file")
    try:
        return lifecycle.create(
            JobKind.IMPORT,
            actor=actor,
            options={**options.to_json(), **private},
            file=name,
            file_name=shown.rpartition("/")[2][:255],
            is_confirmed=not options.show_preview,
        )
    except BaseException:
        storage_files.remove(bulk_storage(), [name])
        raise


def change(job_id: int, options: ImportOptions, *, actor: Actor) -> BulkJob:
    """Read the file of an import anew, with other options. Nothing may have been written.

    From then on it works in the name of whoever changed it.
    """
    with transaction.atomic():
        job = _locked(job_id)
        is_unread = job.state == JobState.FAILED and not job.chunks.filter(phase="write", is_done=True).exists()
        if (job.state != JobState.READY and not is_unread) or job.files_removed_at is not None:
            raise CustomerPlusError(f"Cannot change an import that is {job.state}.", field="id")
        if options.make_accounts:
            accounts.check(actor)
        files.forget(job)
        row_keys.forget(job.pk)
        job.chunks.all().delete()
        BulkProblem.objects.filter(job=job).delete()
        kept = {name: job.options[name] for name in _PRIVATE if name in job.options}
        channels = job_channels.channels_to_json(job_channels.channels_of_actor(actor))
        job.options = {**options.to_json(), **kept, job_channels.CHANNELS: channels}
        job.state, job.phase, job.report, job.counters = JobState.PENDING, "", {}, {}
        job.error_code = job.error_message = ""
        job.finished_at, job.is_confirmed = None, not options.show_preview
        job.actor_type, job.actor_id = actor.type, actor.id
        job.save()
        events.add(job, JobEventType.CHANGED, actor)
        return job


def start(job_id: int, *, actor: Actor, missing: int | None = None) -> BulkJob:
    """Let an import write. `missing` confirms how many people the preview says would be put out of use."""
    with transaction.atomic():
        job = _locked(job_id)
        if job.state == JobState.READY and ImportOptions.of_json(job.options).deactivate_missing:
            counted = job.report["preview"]["missing"]
            if missing != counted:
                raise CustomerPlusError(
                    f"Confirm that {counted:,} people who are not in the file are put out of use.",
                    code=ErrorCode.REQUIRED if missing is None else ErrorCode.STALE,
                    field="missing",
                )
            job.options = {**job.options, files.MISSING: missing}
            job.save(update_fields=["options"])
        return lifecycle.start(job.pk, actor=actor)


def check_known(job_id: int) -> None:
    """Raise NOT_FOUND unless an import has this id."""
    if not BulkJob.objects.filter(pk=job_id, kind=JobKind.IMPORT).exists():
        raise CustomerPlusError("No import has this id.", code=ErrorCode.NOT_FOUND, field="id")


def _locked(job_id: int) -> BulkJob:
    job = BulkJob.objects.select_for_update().filter(pk=job_id, kind=JobKind.IMPORT).first()
    if job is None:
        raise CustomerPlusError("No import has this id.", code=ErrorCode.NOT_FOUND, field="id")
    return job
