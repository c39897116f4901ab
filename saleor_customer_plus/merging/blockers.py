"""What is in the way of a merge, or of taking it back, and the way out."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.db.models import Q

from ..core import sql
from ..errors import CustomerPlusError, ErrorCode
from ..jobs.models import BulkChunk, BulkJob, JobState
from ..ledger.models import LedgerEntry
from ..records.spelling import spelt_alike
from ..saleor_adapter import host, saleor_api, staff
from .values import Party


class BlockerCode(StrEnum):
    """What is in the way of a merge."""

    TWO_ACCOUNTS = "TWO_ACCOUNTS"
    STAFF_ACCOUNT = "STAFF_ACCOUNT"
    RUNNING_JOB = "RUNNING_JOB"
    HIDDEN_ORDERS = "HIDDEN_ORDERS"


@dataclass(frozen=True, slots=True)
class Blocker:
    """Something that is in the way, of which record (None: of all), and the way out."""

    code: BlockerCode
    message: str
    record_id: int | None = None
    field: str = "ids"

    def as_error(self, *, field: str | None = None) -> CustomerPlusError:
        code = ErrorCode.REQUIRED if self.code is BlockerCode.TWO_ACCOUNTS else ErrorCode.OUT_OF_SCOPE
        id = None if self.record_id is None else saleor_api.global_id("CustomerRecord", self.record_id)
        return CustomerPlusError(self.message, code=code, field=field or self.field, id=id)


def obstacles(parties: Sequence[Party], requestor: Any, channels: staff.Channels, job_id: int | None) -> list[Blocker]:
    """What is in the way of merging these records, and of taking it back."""
    ids = [party.id for party in parties]
    return [*_staff(parties, requestor), *_running(ids, job_id), *_hidden(ids, channels)]


def two_accounts(linked: Collection[int]) -> list[Blocker]:
    """That several records are linked to accounts, of which none was chosen."""
    if len(linked) < 2:
        return []
    return [
        Blocker(
            BlockerCode.TWO_ACCOUNTS,
            f"{len(linked)} of the records are linked to accounts. Choose by `accountId` which account stays linked. "
            "The orders of the others count for the record, and no customer sees those of another account.",
            field="account_id",
        )
    ]


def _staff(parties: Sequence[Party], requestor: Any) -> list[Blocker]:
    """Accounts of staff, linked or with an address of the records, that the caller could not change in Saleor."""
    by_email = {email: party.id for party in parties for email in party.emails}
    by_account = {party.account_id: party.id for party in parties if party.account_id is not None}
    alike = [row.id for row in sql.rows(spelt_alike(host.User, "email", list(by_email)))]
    accounts = host.User.objects.filter(pk__in=[*by_account, *alike]).filter(Q(is_staff=True) | Q(is_superuser=True))
    blockers = []
    for account in accounts.order_by("pk"):
        try:
            staff.refuse_change_of_staff(account, requestor, field="ids")
        except CustomerPlusError as refused:
            record_id = by_account.get(account.pk) or by_email.get(account.email.lower())
            message = f"{refused.message} Ask such a colleague to merge the records."
            blockers.append(Blocker(BlockerCode.STAFF_ACCOUNT, message, record_id))
    return blockers


def _running(ids: Collection[int], job_id: int | None) -> list[Blocker]:
    """Records that a job under way, another one than this, is going to write to."""
    rows = sql.rows(
        sql.fill(
            """
            SELECT i.id, min(j.id) AS job_id
            FROM unnest({ids}) i(id)
            JOIN {jobs} j ON j.state = ANY({states}) AND j.id <> {job}
            WHERE j.options -> '_ids' @> to_jsonb(i.id) AND j.state = {pending} OR EXISTS (
                SELECT FROM {chunks} c WHERE c.job_id = j.id AND NOT c.is_done AND c.spec -> 'ids' @> to_jsonb(i.id)
            )
            GROUP BY i.id ORDER BY i.id
            """,
            ids=sorted(ids),
            jobs=sql.table(BulkJob),
            chunks=sql.table(BulkChunk),
            states=[JobState.PENDING.value, JobState.RUNNING.value],
            pending=JobState.PENDING.value,
            job=job_id or 0,
        )
    )
    return [
        Blocker(
            BlockerCode.RUNNING_JOB,
            f"Job {row.job_id} is working on this record. Wait until it is over, or cancel it.",
            row.id,
        )
        for row in rows
    ]


def _hidden(ids: Collection[int], channels: staff.Channels) -> list[Blocker]:
    """Records with orders that whoever is restricted to channels cannot see: nobody can judge who they are by half."""
    if channels is None:
        return []
    hidden = LedgerEntry.objects.filter(sql.is_any("record_id", ids)).filter(
        ~Q(channel_id__in=channels) | Q(channel_id=None)
    )
    return [
        Blocker(
            BlockerCode.HIDDEN_ORDERS,
            "This record has orders in channels that you have no access to. Ask a colleague who sees all channels.",
            record_id,
        )
        for record_id in sorted(set(hidden.order_by().values_list("record_id", flat=True)))
        if record_id is not None
    ]
