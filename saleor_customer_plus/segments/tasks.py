"""The Celery tasks of segments: finding the members of those that are followed, and counting."""

from __future__ import annotations

from ..core import publishing
from ..core.celery_tasks import task
from . import counting, following


@task("refresh_segments")
def refresh_segments() -> None:
    """Run by Celery beat: look at records that changed, and at everybody for segments whose time has come.

    If there is more to do, a fresh task goes on.
    """
    is_done = following.catch_up(seconds=20) and following.sweep(seconds=30) and counting.recount(seconds=10)
    if not is_done:
        publishing.send_now(refresh_segments, [()])


@task("count_segment")
def count_segment(segment_id: int) -> None:
    counting.count(segment_id)
