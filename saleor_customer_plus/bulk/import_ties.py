"""What follows from people who became known by a list: their accounts, their orders, and who is not in the list."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from .. import sql
from ..errors import CustomerPlusError
from ..records.activation import set_active
from ..records.editing import Writer
from ..records.models import CustomerRecord, Source
from .import_files import MISSING
from .models import BulkChunk, BulkImportKey, BulkJob

_TIED_AT_ONCE = 500
_DEACTIVATED_AT_ONCE = 2000
_MISSING_REASON = "Not in an imported list"


def chunks(job: BulkJob) -> Iterator[dict[str, Any]]:
    """A chunk for every few of the addresses that were made and have an account or orders that wait."""
    waiting: list[str] = []
    # Of what each chunk noted only this: who was made is a million numbers.
    for ties in job.chunks.filter(phase="write").order_by("number").values_list("spec__ties", flat=True).iterator():
        waiting += ties or ()
        while len(waiting) >= _TIED_AT_ONCE:
            yield {"emails": waiting[:_TIED_AT_ONCE]}
            waiting = waiting[_TIED_AT_ONCE:]
    if waiting:
        yield {"emails": waiting}


def record_ids(emails: list[str]) -> list[int]:
    return list(CustomerRecord.objects.filter(email__in=emails).values_list("pk", flat=True))


def missing(job_id: int) -> sql.Sql:
    """The active records whose address is not in the file."""
    return sql.fill(
        """
        SELECT r.id FROM {records} r
        WHERE r.is_active AND NOT EXISTS (
            SELECT FROM {keys} k WHERE k.job_id = {job} AND k.email = md5(r.email)::uuid
        )
        """,
        records=sql.table(CustomerRecord),
        keys=sql.table(BulkImportKey),
        job=job_id,
    )


def _without_loops() -> None:
    """Let PostgreSQL hash: without statistics of rows that came a moment ago it would compare each with each."""
    sql.run(sql.Sql("SET LOCAL enable_nestloop = off"))


def count_missing(job_id: int) -> int:
    _without_loops()
    (row,) = sql.rows(sql.fill("SELECT count(*) AS n FROM ({missing}) m", missing=missing(job_id)))
    return int(row.n)


def missing_chunks(job: BulkJob) -> Iterator[dict[str, Any]]:
    """Who is put out of use, a few thousand at a time."""
    confirmed = job.options.get(MISSING)
    _without_loops()
    ids = [row.id for row in sql.rows(sql.fill("{missing} ORDER BY r.id", missing=missing(job.pk)))]
    if confirmed is None or len(ids) > confirmed:
        raise CustomerPlusError("More people are missing in the file than were confirmed. Nobody was put out of use.")
    for start in range(0, len(ids), _DEACTIVATED_AT_ONCE):
        yield {"ids": ids[start : start + _DEACTIVATED_AT_ONCE]}


def deactivate(job: BulkJob, chunk: BulkChunk) -> Counter[str]:
    by = Writer(job.actor, job.cause, source=Source.IMPORT)
    return Counter(deactivated=len(set_active(chunk.spec["ids"], False, by=by, reason=_MISSING_REASON)))
