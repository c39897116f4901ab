"""Which record is linked to which account, and by which e-mails a person is known: decisions, without a database.

What comes out in each case is in the table of docs/identity.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Account:
    """What we read of one of Saleor's users. Times in UTC, the e-mail normalised."""

    id: int
    email: str
    is_confirmed: bool
    # Staff are customers once they have an order, as in Saleor's own list.
    is_customer: bool
    joined_at: datetime
    updated_at: datetime
    details: Mapping[str, Any] = field(default_factory=dict)
    # Its record was deleted: it makes none by itself, and is linked to one that comes about in another way.
    is_released: bool = False


@dataclass(frozen=True, slots=True)
class Holder:
    """A record, as far as its identity goes. `others` are its addresses beside the primary one."""

    record_id: int
    email: str
    account_id: int | None
    account_details: Mapping[str, Any] = field(default_factory=dict)
    others: frozenset[str] = frozenset()

    @property
    def emails(self) -> frozenset[str]:
        """All of its addresses."""
        return self.others | {self.email}


@dataclass(slots=True)
class Plan:
    """What has to change so that the records agree with the accounts, in the order in which to do it.

    `rename` gives a record an address that nobody has (any more) instead of its primary one. `promote` makes one of its
    own addresses the primary one, and the former one stays beside it.
    """

    unlink: list[Holder] = field(default_factory=list)
    rename: list[tuple[Holder, str]] = field(default_factory=list)
    promote: list[tuple[Holder, str]] = field(default_factory=list)
    link: list[tuple[Holder, Account]] = field(default_factory=list)
    create: list[Account] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.unlink or self.rename or self.promote or self.link or self.create)


def plan(accounts: Mapping[int, Account], holders: Iterable[Holder], *, include_guests: bool) -> Plan:
    """Compare accounts and records, and say what to do.

    `holders` are all records that have the e-mail of one of the accounts, or a link to one of them. `accounts` holds
    the account of every link among them, except for those that no longer exist.
    """
    result = Plan()
    concerned = list(holders)
    owners = {email: holder for holder in concerned for email in holder.emails}
    linked: dict[int, Holder] = {}
    for holder in concerned:
        if holder.account_id is None:
            continue
        account = accounts.get(holder.account_id)
        if account is None or not account.is_confirmed:
            result.unlink.append(holder)
        else:
            linked[holder.account_id] = holder

    movers = {id: holder for id, holder in linked.items() if holder.email != accounts[id].email}
    for id in sorted(movers):
        if accounts[id].email in movers[id].others:
            result.promote.append((movers[id], accounts[id].email))
            del movers[id]
    moves_away = {holder.record_id: id for id, holder in movers.items()}
    renames = _renames(accounts, owners, movers, moves_away)
    for id in sorted(movers):
        holder, email = movers[id], accounts[id].email
        if id in renames:
            result.rename.append((holder, email))
        else:
            # Another record has the new e-mail: the account goes over to it, and this one keeps its history.
            result.unlink.append(holder)
            del linked[id]
    for holder, _email in result.rename:
        del owners[holder.email]
    for holder, email in result.rename:
        owners[email] = holder

    # Taken: linked records, and e-mails for which one will be made. Two accounts can share a record, of several
    # addresses or of one that differs in case only; the one that came first keeps the link, and one that is confirmed
    # goes before one that is not, the primary address before another one.
    taken = {holder.record_id for holder in linked.values()}
    made: set[str] = set()
    # Of somebody who was deleted, the account that stays makes nobody known again; another account of the address does.
    heard_of = {
        account.email
        for account in accounts.values()
        if not account.is_released and account.is_customer and (account.is_confirmed or include_guests)
    }

    def rank(account: Account) -> tuple[bool, bool, int]:
        known = owners.get(account.email)
        return not account.is_confirmed, known is not None and known.email != account.email, account.id

    for account in sorted(accounts.values(), key=rank):
        if account.id in linked or not account.email or account.email in made:
            continue
        known = owners.get(account.email)
        if known is not None:
            if account.is_confirmed and account.is_customer and known.record_id not in taken:
                taken.add(known.record_id)
                result.link.append((known, account))
                if account.email != known.email:
                    result.promote.append((known, account.email))
        elif account.is_released and account.email not in heard_of:
            continue
        elif account.is_customer and (account.is_confirmed or include_guests):
            # Whoever signed up is known from then on; the link comes with the confirmation.
            made.add(account.email)
            result.create.append(account)
    return result


def _renames(
    accounts: Mapping[int, Account],
    owners: Mapping[str, Holder],
    movers: Mapping[int, Holder],
    moves_away: Mapping[int, int],
) -> set[int]:
    """The accounts whose record takes the new e-mail along: nobody has it, or who has it takes another one in turn.

    Follows each chain of "wants the e-mail of" to its end; a ring (two accounts that swap) turns as a whole.
    """
    # Two accounts may want addresses that differ in case only: the first one gets it.
    claims: dict[str, int] = {}
    for id in sorted(movers):
        claims.setdefault(accounts[id].email, id)
    answer: dict[int, bool] = {}
    for start in movers:
        chain: list[int] = []
        id, free = start, True
        while id not in answer and id not in chain:
            chain.append(id)
            wanted = accounts[id].email
            in_the_way = owners.get(wanted)
            # Only its primary address does a record give up when it moves away.
            is_kept = in_the_way and (in_the_way.record_id not in moves_away or in_the_way.email != wanted)
            if claims[wanted] != id or is_kept:
                free = False
                break
            if in_the_way is None:
                break
            id = moves_away[in_the_way.record_id]
        for member in chain:
            answer[member] = answer.get(id, free)
    return {id for id, free in answer.items() if free}
