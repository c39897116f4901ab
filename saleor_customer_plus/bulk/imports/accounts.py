"""Opening accounts for the people of a list who have none, with the permissions of whoever imports it.

Accounts are Saleor's, and so is what it says against one: that is a problem of the row, and the others go on.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from django.db import transaction

from ...accounts import services as account_services
from ...activity.services import Actor
from ...errors import CustomerPlusError, ErrorCode, SeveralErrors
from ...jobs.models import BulkChunk, BulkJob, BulkProblem
from ...records.models import CustomerRecord
from ...records.writing import lock_rows
from ...saleor_adapter import host
from . import files
from .job_settings import columns_of
from .person import Reason
from .planner import Planned, RowOutcome
from .readers.csv_rows import rows_of

# Who is in the records once the list is written.
KEPT = (RowOutcome.CREATED, RowOutcome.UPDATED, RowOutcome.UNCHANGED)
# Each takes Saleor some dozens of statements.
_OPENED_AT_ONCE = 25
_NOT_ALLOWED = "Whoever imports this list may not open accounts: the permission MANAGE_USERS is missing."


def check(actor: Actor) -> None:
    """Raise unless accounts may be opened in the name of this one."""
    if account_services.context_of(actor) is None:
        raise CustomerPlusError(_NOT_ALLOWED, code=ErrorCode.OUT_OF_SCOPE, field="make_accounts")


def wanted(done: Sequence[Planned]) -> list[tuple[int, int]]:
    """The row and the record of each of those who were written, or are known, and have no account. Two statements."""
    rows = {one.record_id: one.person.row for one in done if one.outcome in KEPT}
    return [(rows[record.pk], record.pk) for record in _without_account(list(rows))]


def count_wanted(planned: Sequence[Planned]) -> int:
    """How many `wanted` will return once this is written: who has no record yet is looked up by the address."""
    known = _without_account([one.record_id for one in planned if one.outcome in KEPT and one.record_id])
    new = [one.person.email for one in planned if one.outcome is RowOutcome.CREATED]
    return len(known) + len(new) - len(_with_account(new))


def chunks(job: BulkJob) -> Iterator[dict[str, Any]]:
    """A chunk for every few of the people who were found to have no account."""
    written = job.chunks.filter(phase="write").order_by("number")
    for begins, row, people in written.values_list("spec__start", "spec__row", "spec__accounts").iterator():
        for start in range(0, len(people or ()), _OPENED_AT_ONCE):
            yield {"start": begins, "row": row, "people": people[start : start + _OPENED_AT_ONCE]}


def open_accounts(job: BulkJob, chunk: BulkChunk) -> Counter[str]:
    """Open accounts for the people of a chunk who still have none."""
    row_of = {record_id: row for row, record_id in chunk.spec["people"]}
    lock_rows(list(row_of))
    context = account_services.context_of(job.actor)
    refused: dict[int, list[CustomerPlusError]] = {}
    counted: Counter[str] = Counter()
    for record in _without_account(list(row_of)):
        try:
            errors = _open(record, context, job.actor)
        except host.PermissionDenied:
            counted["accounts_refused"] += 1
            continue
        if not errors:
            counted["accounts"] += 1
        elif not _has_account(errors):
            refused[record.pk] = errors
    if counted["accounts_refused"]:
        report_not_allowed(job, f"{_NOT_ALLOWED} {counted['accounts_refused']:,} people got no account.")
    report_refused(job, chunk, {row_of[record_id]: (record_id, errors) for record_id, errors in refused.items()})
    counted["accounts_refused"] += len(refused)
    return +counted


def _open(record: CustomerRecord, context: Any, actor: Actor) -> list[CustomerPlusError]:
    """Open an account, or return why Saleor does not."""
    if context is None:
        raise host.PermissionDenied(permissions=[host.AccountPermissions.MANAGE_USERS])
    try:
        with transaction.atomic():
            account_services.open_account(record, context, actor=actor)
    except CustomerPlusError as error:
        return [error]
    except SeveralErrors as several:
        return several.errors
    return []


def _has_account(errors: Sequence[CustomerPlusError]) -> bool:
    """Whether Saleor says that there is an account: somebody opened it at this moment."""
    return any(error.code == ErrorCode.UNIQUE and error.field == "email" for error in errors)


def _without_account(record_ids: Sequence[int]) -> list[CustomerRecord]:
    """Those of the records without a linked account whose addresses no account has, in the order of their ids."""
    records = list(CustomerRecord.objects.filter(pk__in=record_ids, account_id=None).order_by("pk"))
    emails = {record.pk: [record.email, *record.other_emails] for record in records}
    taken = _with_account([email for some in emails.values() for email in some])
    return [record for record in records if taken.isdisjoint(emails[record.pk])]


def _with_account(emails: Sequence[str]) -> set[str]:
    """Those of these addresses that an account has."""
    return set(host.User.objects.filter(email__in=emails).order_by().values_list("email", flat=True))


def report_refused(
    job: BulkJob,
    chunk: BulkChunk,
    refused: Mapping[int, tuple[int, list[CustomerPlusError]]],
    *,
    what: str = "No account",
) -> None:
    """Keep the problems of these rows, with their cells, so that they can be mended. `what` begins the messages."""
    if not refused:
        return
    cells_of = _cells(job, chunk, refused)
    BulkProblem.objects.bulk_create(
        BulkProblem(
            job=job,
            row_number=row,
            record_id=record_id,
            cells=cells_of.get(row, []),
            reasons=[Reason(error.code.value, f"{what}: {error.message}", id=error.id).to_json() for error in errors],
        )
        for row, (record_id, errors) in refused.items()
    )


def report_not_allowed(job: BulkJob, message: str) -> None:
    reason = Reason(ErrorCode.OUT_OF_SCOPE.value, message)
    BulkProblem.objects.create(job=job, reasons=[reason.to_json()])


def _cells(job: BulkJob, chunk: BulkChunk, wanted: Collection[int]) -> dict[int, list[str]]:
    path, layout = files.source_of(job)
    rows = rows_of(path, layout, start=chunk.spec["start"])
    secret = columns_of(job).secret
    return {
        number: ["" if index in secret else cell.replace("\x00", "\ufffd") for index, cell in enumerate(cells)]
        for number, (cells, _) in zip(range(chunk.spec["row"], max(wanted) + 1), rows, strict=False)
        if number in wanted
    }
