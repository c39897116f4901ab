"""Removing what jobs keep of customers once it is old: files, rows that were refused, previews. And files of no job."""

from __future__ import annotations

import logging
from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Coalesce
from django.utils import timezone

from .. import settings
from ..activity.services import Actor
from ..core import private_files
from ..errors import CustomerPlusError
from . import events, kinds, lifecycle
from .models import FOLDER, OVER, WORKING_FILE, BulkChunk, BulkJob, BulkProblem, JobEventType, JobState, bulk_storage

logger = logging.getLogger(__name__)

# The phases, of exports and imports, whose chunks have the name of a file.
_NAMING = ("write", "open")


def remove_old_files() -> int:
    """Remove the files of jobs that ended, or have waited for a start, longer ago than the settings keep them.

    Returns of how many jobs. One whose files cannot be removed is tried again the next time.
    """
    chosen, _is_active = settings.load()
    removed = 0
    for job_id in _older_than(timezone.now() - chosen.job_retention):
        try:
            with transaction.atomic():
                removed += _forget(BulkJob.objects.select_for_update().get(pk=job_id))
        except Exception as error:
            logger.error("Could not remove the files of job %s: %s", job_id, type(error).__name__)
    return removed


def _older_than(moment: datetime) -> list[int]:
    ended = Q(state__in=[*OVER, JobState.READY])
    old = BulkJob.objects.alias(ended_at=Coalesce("finished_at", "created_at")).filter(ended_at__lt=moment)
    # Whatever ended before a moment was made before it: that there is an index for.
    wanted = old.filter(ended, created_at__lt=moment, files_removed_at=None)
    return list(wanted.order_by("created_at", "id").values_list("pk", flat=True))


def forget(job_id: int, *, actor: Actor) -> BulkJob:
    """Remove at once what a job keeps of customers: somebody may have to be erased before it is old.

    It can neither be undone nor go on afterwards. Raises `CustomerPlusError` for one that is under way.
    """
    with transaction.atomic():
        job = lifecycle.held(job_id)
        if job.state in (JobState.PENDING, JobState.RUNNING):
            raise CustomerPlusError("This job is under way. Cancel it first.", field="id")
        if _forget(job):
            events.add(job, JobEventType.FORGOTTEN, actor)
    return job


def _forget(job: BulkJob) -> bool:
    if job.files_removed_at is not None or job.state not in (*OVER, JobState.READY):
        return False
    if job.state == JobState.READY:
        job.state, job.finished_at = JobState.CANCELED, timezone.now()
    kinds.kind_of(job).forget(job)
    for file in (job.file, job.result_file, job.error_file, job.warning_file):
        if file:
            private_files.delete(file.storage, file.name)
    BulkProblem.objects.filter(job=job).delete()
    job.chunks.all().delete()  # some contain personal data; what they counted is with the job
    job.file = job.result_file = job.error_file = job.warning_file = ""
    job.file_name = ""  # people name a file after somebody, or after what they have
    job.options = {name: value for name, value in job.options.items() if not name.startswith("_")}
    job.error_message = ""  # it may name a sheet, or a column; the code stays
    job.report, job.files_removed_at = {}, timezone.now()
    job.save()
    return True


def remove_orphans() -> int:
    """Remove the files that no job knows of, left by a worker that died. Return how many."""
    stored = private_files.stored(bulk_storage(), FOLDER)
    return private_files.remove_orphans(bulk_storage(), stored, _known_files().intersection)


def _known_files() -> set[str]:
    """The files of all jobs that have some: also those that an import reads from, and that an export writes to."""
    kept = BulkJob.objects.filter(files_removed_at=None).order_by()
    rewritten = KeyTextTransform(WORKING_FILE, "options")
    of_jobs = kept.values_list("file", "result_file", "error_file", "warning_file", rewritten)
    # Chosen before they were written.
    begun = BulkChunk.objects.filter(job__in=kept, phase__in=_NAMING).values_list("spec__name", flat=True)
    return {name for names in of_jobs for name in names if name} | {name for name in begun if name}
