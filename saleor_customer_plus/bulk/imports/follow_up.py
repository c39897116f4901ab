"""What follows from people who became known by a list: their accounts, their orders, and who is not in the list."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from itertools import islice
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet, UUIDField
from django.db.models.functions import MD5, Cast

from ...core import sql
from ...errors import CustomerPlusError
from ...jobs.models import BulkChunk, BulkImportKey, BulkJob
from ...records.activation import set_active
from ...records.editing import Writer
from ...records.emails import owners
from ...records.models import CustomerEmail, CustomerRecord, Source
from .files import MISSING

_LINKED_AT_ONCE = 500
_DEACTIVATED_AT_ONCE = 2000
_MISSING_REASON = "Not in an imported list"


def chunks(job: BulkJob) -> Iterator[dict[str, Any]]:
    """A chunk for every few of the addresses that were made and have an account or orders that wait."""
    waiting: list[str] = []
    # Of what each chunk noted only this: who was made is a million numbers.
    for emails in (
        job.chunks.filter(phase="write").order_by("number").values_list("spec__emails_to_link", flat=True).iterator()
    ):
        waiting += emails or ()
        while len(waiting) >= _LINKED_AT_ONCE:
            yield {"emails": waiting[:_LINKED_AT_ONCE]}
            waiting = waiting[_LINKED_AT_ONCE:]
    if waiting:
        yield {"emails": waiting}


def record_ids(emails: list[str]) -> list[int]:
    return sorted(set(owners(emails).values()))


def _missing(job_id: int) -> QuerySet[CustomerRecord]:
    """The active records of which no address is in the file.

    Which of its addresses is the primary one may have changed since the file was looked at.
    """
    sql.plan_without_loops()
    key = Cast(MD5(OuterRef("email")), UUIDField())
    is_in_file = Exists(BulkImportKey.objects.filter(job=job_id, email=key))
    others = CustomerEmail.objects.filter(is_in_file, record=OuterRef("pk"))
    return CustomerRecord.objects.filter(~is_in_file, ~Exists(others), is_active=True)


def count_missing(job_id: int) -> int:
    return _missing(job_id).count()


def missing_chunks(job: BulkJob) -> Iterator[dict[str, Any]]:
    """Who is put out of use, a few thousand at a time."""
    confirmed = job.options.get(MISSING, -1)
    number = 0
    ids: Any = _missing(job.pk).order_by("id").values_list("id", flat=True).iterator()
    with closing(ids):  # before the transaction ends, and the cursor with it
        while chunk := list(islice(ids, _DEACTIVATED_AT_ONCE)):
            number += len(chunk)
            if number > confirmed:
                raise CustomerPlusError(
                    "More people are missing in the file than were confirmed. Nobody was put out of use."
                )
            yield {"ids": chunk}


def deactivate(job: BulkJob, chunk: BulkChunk) -> Counter[str]:
    by = Writer(job.actor, job.cause, source=Source.IMPORT)
    return Counter(deactivated=len(set_active(chunk.spec["ids"], False, by=by, reason=_MISSING_REASON)))
