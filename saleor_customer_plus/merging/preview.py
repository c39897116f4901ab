"""What a merge would do: each field, what moves, what to know, and what is in the way with the way out."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django.db.models import Q

from .. import settings
from ..consent.moving import Restriction, strictest
from ..core import sql
from ..core.preview_tokens import PreviewTokens
from ..errors import CustomerPlusError, ErrorCode, Problems
from ..fields.queries import live_by_key
from ..groups.models import GroupMembership
from ..jobs.models import BulkChunk, BulkJob, JobState
from ..ledger.models import LedgerEntry
from ..records.former import successors
from ..records.spelling import spelt_alike
from ..records.validation import MAX_PHONES
from ..saleor_adapter import host, saleor_api, staff
from . import tables
from .parties import counting_orders, read
from .rules import (
    MAX_RECORDS,
    MIN_RECORDS,
    Choice,
    MergeField,
    Outcome,
    Party,
    Rule,
    combine,
    default_winner,
)

TOKENS = PreviewTokens("saleor_customer_plus.merging.preview", again="look at the preview again")


class BlockerCode(StrEnum):
    """What is in the way of a merge."""

    TWO_ACCOUNTS = "TWO_ACCOUNTS"
    STAFF_ACCOUNT = "STAFF_ACCOUNT"
    RUNNING_JOB = "RUNNING_JOB"
    HIDDEN_ORDERS = "HIDDEN_ORDERS"


class WarningCode(StrEnum):
    """What to know before a merge: none of it stops one."""

    ACCOUNT_UNLINKED = "ACCOUNT_UNLINKED"
    GROUPS_LEFT = "GROUPS_LEFT"
    CONSENT_RESTRICTED = "CONSENT_RESTRICTED"
    TAX_EXEMPTION_LOST = "TAX_EXEMPTION_LOST"
    APPROVAL_LOST = "APPROVAL_LOST"
    NOTE_KEPT_APART = "NOTE_KEPT_APART"
    MANY_PHONES = "MANY_PHONES"


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


@dataclass(frozen=True, slots=True)
class Warned:
    """Something to know, and of which record."""

    code: WarningCode
    message: str
    record_id: int | None = None


@dataclass(frozen=True, slots=True)
class Request:
    """Which records are to be merged, into which one, with whose account and which values chosen."""

    ids: Sequence[int]
    winner_id: int | None = None
    account_id: int | None = None
    choices: Sequence[Choice] = ()

    @property
    def record_ids(self) -> list[int]:
        return sorted(set(self.ids))

    def current(self) -> Request:
        """The same, with the record that is left in the place of each that was merged into it since. One statement."""
        named = [*self.ids, *(choice.record_id for choice in self.choices)]
        if self.winner_id is not None:
            named.append(self.winner_id)
        merged = successors(named)
        return Request(
            [merged.get(id, id) for id in self.ids],
            None if self.winner_id is None else merged.get(self.winner_id, self.winner_id),
            self.account_id,
            [one._replace(record_id=merged.get(one.record_id, one.record_id)) for one in self.choices],
        )


@dataclass(slots=True)
class Plan:
    """All that a merge needs to know and a preview shows."""

    request: Request
    parties: list[Party]
    winner_id: int
    account_id: int | None
    account_ids: list[int]
    outcome: Outcome
    consents: list[Restriction]
    moves: dict[str, int]
    warnings: list[Warned] = field(default_factory=list)
    blockers: list[Blocker] = field(default_factory=list)

    @property
    def merged_ids(self) -> list[int]:
        return [party.id for party in self.parties if party.id != self.winner_id]

    @property
    def size(self) -> int:
        """How many rows go over."""
        return sum(self.moves.values())

    @property
    def emails(self) -> list[str]:
        """All addresses after the merge, the primary one first."""
        primary = self.outcome.row["email"]
        return [primary, *sorted({email for party in self.parties for email in party.emails} - {primary})]

    @property
    def moves_with_emails(self) -> dict[str, int]:
        """How many rows of what go over, with the addresses."""
        return self.moves | {"emails": sum(len(party.emails) for party in self.parties if party.id != self.winner_id)}

    @property
    def token(self) -> str:
        """Proves for an hour that somebody saw these records as they are."""
        return TOKENS.new({"ids": [party.id for party in self.parties], "state": self._state})

    @property
    def _state(self) -> str:
        # The row of a record changes with everything but what hangs on it, and that is counted. Both go by all of them:
        # who is kept may be chosen after the preview.
        seen: list[Any] = [[party.id, party.row, sorted(party.own)] for party in self.parties]
        written = json.dumps([seen, self._counted], sort_keys=True, default=str)
        return hashlib.sha256(written.encode()).hexdigest()

    @property
    def _counted(self) -> dict[str, int]:
        return tables.count([party.id for party in self.parties], 0)

    def check(self, token: str) -> None:
        """Raise `CustomerPlusError` unless the token is of these records, and they are still as they were then."""
        seen = TOKENS.read(token)
        if seen["ids"] != [party.id for party in self.parties]:
            raise CustomerPlusError("The token is of other records.", code=ErrorCode.STALE, field="token")
        if seen["state"] != self._state:
            raise TOKENS.stale("A record changed since the preview")

    def raise_blockers(self) -> None:
        problems = Problems()
        problems.errors = [blocker.as_error() for blocker in self.blockers]
        problems.raise_any()


def plan(
    request: Request,
    *,
    requestor: Any,
    channels: staff.Channels = None,
    job_id: int | None = None,
    lock: bool = False,
) -> Plan:
    """What a merge of these records would do, for a caller who is this user or app, and sees these channels' orders.

    With `lock` nobody else changes the records until the transaction ends. A constant number of statements. Raises all
    that is wrong with the request; what is in the way are blockers.
    """
    ids = request.record_ids
    if not MIN_RECORDS <= len(ids) <= MAX_RECORDS:
        raise CustomerPlusError(
            f"Name from {MIN_RECORDS} to {MAX_RECORDS} different records. Records that were merged count as one.",
            field="ids",
        )
    parties = read(ids, lock=lock)
    _check(request, parties)
    linked = {party.account_id: party for party in parties if party.account_id is not None}
    winner_id = request.winner_id or default_winner(parties)
    own = next((party.account_id for party in parties if party.id == winner_id), None)
    account_id = request.account_id or own or next(iter(linked), None)
    outcome = combine(
        parties,
        winner_id=winner_id,
        account_id=account_id,
        choices=request.choices,
        counting=counting_orders(parties),
    )
    made = Plan(
        request,
        parties,
        winner_id,
        account_id,
        sorted(linked),
        outcome,
        strictest(ids),
        tables.count(ids, winner_id),
    )
    made.blockers = [*_two_accounts(request, linked), *obstacles(parties, requestor, channels, job_id)]
    made.warnings = list(_warnings(made, linked))
    if any(blocker.code is BlockerCode.HIDDEN_ORDERS for blocker in made.blockers):
        # Details may come from these orders.
        made.outcome.decisions, made.moves["orders"] = [], 0
    return made


def obstacles(parties: Sequence[Party], requestor: Any, channels: staff.Channels, job_id: int | None) -> list[Blocker]:
    """What is in the way of merging these records, and of taking it back."""
    ids = [party.id for party in parties]
    return [*_staff(parties, requestor), *_running(ids, job_id), *_hidden(ids, channels)]


def _check(request: Request, parties: Sequence[Party]) -> None:
    problems = Problems()
    known = {party.id for party in parties}
    missing = [id for id in request.record_ids if id not in known]
    with problems.noted():
        if missing:
            raise CustomerPlusError(
                f"{len(missing)} of these records no longer exist. Leave them out.",
                code=ErrorCode.NOT_FOUND,
                field="ids",
            )
    with problems.noted():
        if request.winner_id is not None and request.winner_id not in request.record_ids:
            raise CustomerPlusError("The record to keep must be one of those to merge.", field="winner_id")
    linked = {party.account_id for party in parties if party.account_id is not None}
    with problems.noted():
        if not missing and request.account_id is not None and request.account_id not in linked:
            raise CustomerPlusError(
                "None of the records is linked to this account.", code=ErrorCode.NOT_FOUND, field="account_id"
            )
    keys = live_by_key() if any(choice.key for choice in request.choices) else {}
    seen = set()
    for number, choice in enumerate(request.choices):
        where = f"choices.{number}"
        with problems.noted():
            if choice.record_id not in request.record_ids:
                raise CustomerPlusError("Choose one of the records to merge.", field=f"{where}.record_id")
        with problems.noted():
            if (choice.field, choice.key) in seen:
                raise CustomerPlusError("This field is there twice.", field=f"{where}.field")
            seen.add((choice.field, choice.key))
            if (choice.field is MergeField.FIELD) != bool(choice.key):
                raise CustomerPlusError(
                    "Name a field of your own by `fieldKey`, and with no other field.",
                    code=ErrorCode.REQUIRED if choice.field is MergeField.FIELD else ErrorCode.INVALID,
                    field=f"{where}.field_key",
                )
            if choice.key and choice.key not in keys:
                raise CustomerPlusError(
                    "No field has this key. See `customerFields`.", code=ErrorCode.NOT_FOUND, field=f"{where}.field_key"
                )
            if choice.field is MergeField.EMAIL and linked:
                raise CustomerPlusError(
                    "The primary address is that of the account. Choose the account by `accountId`.",
                    code=ErrorCode.OUT_OF_SCOPE,
                    field=f"{where}.field",
                )
    problems.raise_any()


def _two_accounts(request: Request, linked: Collection[int]) -> list[Blocker]:
    if len(linked) < 2 or request.account_id is not None:
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


def _warnings(made: Plan, linked: Mapping[int, Party]) -> list[Warned]:
    found = [
        Warned(
            WarningCode.ACCOUNT_UNLINKED,
            "The account of this record is no longer linked. Its later orders count for the merged record, and its"
            " owner sees no order of the linked account.",
            party.id,
        )
        for account_id, party in sorted(linked.items(), key=lambda item: item[1].id)
        if account_id != made.account_id
    ]
    found += [Warned(WarningCode.GROUPS_LEFT, _LEFT, id) for id in _leaving(made)]
    found += [
        Warned(
            WarningCode.CONSENT_RESTRICTED,
            f"The records decided differently on {one.channel.value} {one.purpose.value}: {one.state.value} holds.",
        )
        for one in made.consents
        if one.differs
    ]
    for name, code, message in (
        (MergeField.IS_TAX_EXEMPT, WarningCode.TAX_EXEMPTION_LOST, "Not all of the records are exempt from taxes."),
        (MergeField.IS_APPROVED_BUYER, WarningCode.APPROVAL_LOST, "Not all of the records are approved buyers."),
    ):
        decision = made.outcome.decision(name)
        if decision is not None and decision.rule is Rule.ALL and not decision.value:
            found.append(Warned(code, f"{message} The merged record is none, unless you choose otherwise."))
    found += [
        Warned(WarningCode.NOTE_KEPT_APART, "The notes together are too long: this one becomes a staff note.", id)
        for id in made.outcome.notes_apart
    ]
    if len(made.outcome.row["additional_phones"]) > MAX_PHONES:
        found.append(
            Warned(
                WarningCode.MANY_PHONES, f"There are more than {MAX_PHONES} phone numbers. Editing them needs fewer."
            )
        )
    return found


_LEFT = "Customers can belong to only one group: the group of the record that is kept holds, and this one's does not."


def _leaving(made: Plan) -> list[int]:
    """The records whose group the merged one will not be in."""
    chosen, _is_active = settings.load()
    if chosen.several_groups:
        return []
    memberships = GroupMembership.objects.filter(sql.is_any("record_id", [party.id for party in made.parties]))
    memberships = memberships.filter(group__is_kept=False)
    groups = [
        (record_id, group_id)
        for record_id, group_id in memberships.order_by("-joined_at", "-id").values_list("record_id", "group_id")
    ]
    kept = next((group for id, group in groups if id == made.winner_id), None) or next(
        (group for _, group in groups), None
    )
    return sorted({id for id, group in groups if group != kept and id != made.winner_id})
