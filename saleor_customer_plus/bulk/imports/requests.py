"""Asking for an import, correcting how its file is read, and starting it."""

from __future__ import annotations

import io
from typing import IO, Any
from uuid import uuid4

from django.core.files import File
from django.db import transaction

from ...activity.actions import Actor
from ...errors import CustomerPlusError, ErrorCode
from .. import jobs
from ..models import BulkJob, BulkProblem, JobKind, JobState
from . import accounts, files, keys
from .options import ImportOptions

LONGEST_TEXT = 5_000_000
_PRIVATE = (files.PASTED,)


def of_file(file: IO[bytes] | File[Any], options: ImportOptions, *, actor: Actor, name: str = "") -> BulkJob:
    """Make the import of a file. Send it to work once the transaction is committed."""
    shown = name or getattr(file, "name", "") or "list"
    return _create(File(file, name=_name()), shown, options, actor=actor)


def of_text(text: str, options: ImportOptions, *, actor: Actor) -> BulkJob:
    """Make the import of addresses that somebody pasted."""
    if not text.strip():
        raise CustomerPlusError("The text is empty.", code=ErrorCode.REQUIRED, field="text")
    file = File(io.BytesIO(text.encode("utf-8", "replace")), name=_name())
    return _create(file, "", options, actor=actor, **{files.PASTED: True})


def _name() -> str:
    """The name of a file in the storage: nobody guesses it, and no other has it, where a storage would overwrite."""
    return uuid4().hex


def _create(file: File[Any], shown: str, options: ImportOptions, *, actor: Actor, **private: Any) -> BulkJob:
    if options.deactivates_missing and not options.wants_preview:
        raise CustomerPlusError(
            "Putting people out of use needs a preview, which says how many they are.", field="wants_preview"
        )
    if options.makes_accounts:
        accounts.check(actor)
    return jobs.create(
        JobKind.IMPORT,
        actor=actor,
        options={**options.to_json(), **private},
        file=file,
        file_name=shown.rpartition("/")[2][:255],
        is_confirmed=not options.wants_preview,
    )


def change(job_id: int, options: ImportOptions) -> BulkJob:
    """Read the file of an import anew, with other options. Nothing may have been written."""
    with transaction.atomic():
        job = _locked(job_id)
        is_unread = job.state == JobState.FAILED and not job.chunks.filter(phase="write", is_done=True).exists()
        if (job.state != JobState.READY and not is_unread) or job.files_removed_at is not None:
            raise CustomerPlusError(f"Cannot change an import that is {job.state}.", field="id")
        if options.makes_accounts:
            accounts.check(job.actor)
        files.forget(job)
        keys.forget(job.pk)
        job.chunks.all().delete()
        BulkProblem.objects.filter(job=job).delete()
        kept = {name: job.options[name] for name in _PRIVATE if name in job.options}
        job.options = {**options.to_json(), **kept}
        job.state, job.phase, job.report, job.counters = JobState.PENDING, "", {}, {}
        job.error_code = job.error_message = ""
        job.finished_at, job.is_confirmed = None, not options.wants_preview
        job.save()
        return job


def start(job_id: int, *, missing: int | None = None) -> BulkJob:
    """Let an import write. `missing` confirms how many people the preview says would be put out of use."""
    with transaction.atomic():
        job = _locked(job_id)
        if job.state == JobState.READY and ImportOptions.of_json(job.options).deactivates_missing:
            told = job.report["preview"]["missing"]
            if missing != told:
                raise CustomerPlusError(
                    f"Confirm that {told:,} people who are not in the file are put out of use.",
                    code=ErrorCode.REQUIRED if missing is None else ErrorCode.STALE,
                    field="missing",
                )
            job.options = {**job.options, files.MISSING: missing}
            job.save(update_fields=["options"])
        return jobs.start(job.pk)


def _locked(job_id: int) -> BulkJob:
    job = BulkJob.objects.select_for_update().filter(pk=job_id, kind=JobKind.IMPORT).first()
    if job is None:
        raise CustomerPlusError("There is no such import.", code=ErrorCode.NOT_FOUND, field="id")
    return job
