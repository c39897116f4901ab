"""A kind of job for tests: it writes numbers, each once, and counts them."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable
from typing import Any

from saleor_customer_plus.activity.models import ActorType
from saleor_customer_plus.activity.services import Actor
from saleor_customer_plus.jobs import kinds, lifecycle
from saleor_customer_plus.jobs.models import BulkChunk, BulkJob, BulkProblem, JobKind

STAFF = Actor(ActorType.STAFF, "1")
# Sees the orders of all channels, as every app does: a member of staff who is none sees those of no channel.
APP = Actor(ActorType.APP, "1")


class Counting(kinds.Kind):
    """Writes the numbers below `options["total"]` as problems, `options["size"]` in a chunk; then doubles the count.

    The second phase has one chunk for each number of the first that is divisible by `size`: what it plans depends on
    what the first one wrote.
    """

    kind = JobKind.UPDATE
    phases = ("write", "nothing", "check")

    def __init__(self, pause: float = 0.0) -> None:
        self.pause = pause
        self.finished: list[int] = []

    def plan(self, job: BulkJob, phase: str) -> Iterable[dict[str, Any]]:
        total, size = job.options["total"], job.options["size"]
        if phase == "write":
            job.rows_total = total
            return [{"from": start, "to": min(start + size, total)} for start in range(0, total, size)]
        if phase == "check":
            written = BulkProblem.objects.filter(job=job).order_by("row_number").values_list("row_number", flat=True)
            return [{"number": number} for number in written if number % size == 0]
        return []

    def work(self, job: BulkJob, chunk: BulkChunk) -> Counter[str]:
        if chunk.phase == "check":
            time.sleep(self.pause)
            return Counter(updated=1)
        numbers = range(chunk.spec["from"], chunk.spec["to"])
        half = len(numbers) // 2
        for part in (numbers[:half], numbers[half:]):
            BulkProblem.objects.bulk_create(BulkProblem(job=job, row_number=number) for number in part)
            time.sleep(self.pause)
        return Counter(read=len(numbers), created=len(numbers), refused=0, bytes=10 * len(numbers))

    def finish(self, job: BulkJob) -> None:
        self.finished.append(job.pk)
        job.report = {"sum": job.counters["created"] + job.counters["updated"]}


def make(total: int = 10, size: int = 3, **options: Any) -> BulkJob:
    return lifecycle.create(JobKind.UPDATE, actor=STAFF, options={"total": total, "size": size, **options})


def numbers_of(job: BulkJob) -> list[int]:
    return list(BulkProblem.objects.filter(job=job).order_by("row_number", "id").values_list("row_number", flat=True))
