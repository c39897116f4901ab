"""Jobs that count for nothing, because they were undone."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q

from .models import BulkJob, JobState


def undone_job_ids() -> list[str]:
    """The jobs that were undone as a whole, and those that undid them, as the log calls them.

    What such a job changed is as it was before, or somebody changed it in between, and then the log has that change as
    theirs. So whoever asks the log who touched a record can leave both jobs out.
    """
    undoing = BulkJob.objects.filter(state=JobState.SUCCEEDED)
    was_undone = Exists(undoing.filter(undoes=OuterRef("pk")))
    found = BulkJob.objects.filter(was_undone | Q(undoes__isnull=False, state=JobState.SUCCEEDED))
    return [str(pk) for pk in found.order_by().values_list("pk", flat=True)]
