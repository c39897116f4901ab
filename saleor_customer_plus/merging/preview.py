"""What a merge would do: each field, what moves, what to know, and what is in the way with the way out."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from ..consent.moving import Restriction, strictest
from ..core.preview_tokens import PreviewTokens
from ..errors import CustomerPlusError, ErrorCode, Problems
from ..fields.queries import live_by_key
from ..records.former import successors
from ..saleor_adapter import staff
from . import tables
from .blockers import Blocker, BlockerCode, obstacles, two_accounts
from .cautions import Warned, warnings_of
from .parties import counting_orders, read
from .rules import combine, default_winner
from .values import MAX_RECORDS, MIN_RECORDS, Choice, MergeField, Outcome, Party

TOKENS = PreviewTokens("saleor_customer_plus.merging.preview", again="look at the preview again")


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
    made.blockers = [
        *(two_accounts(linked) if request.account_id is None else []),
        *obstacles(parties, requestor, channels, job_id),
    ]
    made.warnings = warnings_of(parties, outcome, made.consents, winner_id=winner_id, account_id=account_id)
    if any(blocker.code is BlockerCode.HIDDEN_ORDERS for blocker in made.blockers):
        # Details may come from these orders.
        made.outcome.decisions, made.moves["orders"] = [], 0
    return made


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
