"""Jobs that count for nothing, because they were undone."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q

from .models import BulkJob, JobState


def taken_back() -> list[str]:
    """The jobs that were undone as a whole, and those that undid them, as the log calls them.

    What one of them did and the other did not put back, because somebody else had changed it in between, the log tells
    of that somebody.
    """
    undoing = BulkJob.objects.filter(state=JobState.SUCCEEDED)
    was_undone = Exists(undoing.filter(undoes=OuterRef("pk")))
    found = BulkJob.objects.filter(was_undone | Q(undoes__isnull=False, state=JobState.SUCCEEDED))
    return [str(pk) for pk in found.order_by().values_list("pk", flat=True)]
