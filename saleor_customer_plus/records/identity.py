"""Which record is tied to which account, and under which e-mail a person is known: the decisions, without a database.

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
    # Its record was deleted: it makes none by itself, and is tied to one that comes about in another way.
    is_released: bool = False


@dataclass(frozen=True, slots=True)
class Holder:
    """A record, as far as its identity goes."""

    record_id: int
    email: str
    account_id: int | None
    account_details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Plan:
    """What has to change so that the records agree with the accounts, in the order in which to do it."""

    unlink: list[Holder] = field(default_factory=list)
    rename: list[tuple[Holder, str]] = field(default_factory=list)
    link: list[tuple[Holder, Account]] = field(default_factory=list)
    create: list[Account] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.unlink or self.rename or self.link or self.create)


def plan(accounts: Mapping[int, Account], holders: Iterable[Holder], *, include_guests: bool) -> Plan:
    """Compare accounts and records, and say what to do.

    `holders` are all records that have the e-mail of one of the accounts, or a tie to one of them. `accounts` holds
    the account of every tie among them, except for those that no longer exist.
    """
    result = Plan()
    by_email = {holder.email: holder for holder in holders}
    linked: dict[int, Holder] = {}
    for holder in by_email.values():
        if holder.account_id is None:
            continue
        account = accounts.get(holder.account_id)
        if account is None or not account.is_confirmed:
            result.unlink.append(holder)
        else:
            linked[holder.account_id] = holder

    movers = {id: holder for id, holder in linked.items() if holder.email != accounts[id].email}
    moves_away = {holder.record_id: id for id, holder in movers.items()}
    renames = _renames(accounts, by_email, movers, moves_away)
    for id in sorted(movers):
        holder, email = movers[id], accounts[id].email
        if id in renames:
            result.rename.append((holder, email))
        else:
            # Another record has the new e-mail: the account goes over to it, and this one keeps its history.
            result.unlink.append(holder)
            del linked[id]
    for holder, _email in result.rename:
        del by_email[holder.email]
    for holder, email in result.rename:
        by_email[email] = holder

    # Taken: e-mails whose record is tied, or will be made. Two accounts can share one that differs in case only; the
    # one that came first keeps the tie, and one that is confirmed goes before one that is not.
    taken = {accounts[id].email for id in linked}
    # Of somebody who was deleted, the account that stays makes nobody known again; another account of the address does.
    heard_of = {
        account.email
        for account in accounts.values()
        if not account.is_released and account.is_customer and (account.is_confirmed or include_guests)
    }
    for account in sorted(accounts.values(), key=lambda one: (not one.is_confirmed, one.id)):
        if account.id in linked or not account.email or account.email in taken:
            continue
        known = by_email.get(account.email)
        if known is None and account.is_released and account.email not in heard_of:
            continue
        if account.is_confirmed and account.is_customer:
            taken.add(account.email)
            if known is None:
                result.create.append(account)
            else:
                result.link.append((known, account))
        elif known is None and account.is_customer and include_guests:
            # Whoever signed up is known from then on; the tie comes with the confirmation.
            taken.add(account.email)
            result.create.append(account)
    return result


def _renames(
    accounts: Mapping[int, Account],
    by_email: Mapping[str, Holder],
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
            in_the_way = by_email.get(accounts[id].email)
            if claims[accounts[id].email] != id or (in_the_way and in_the_way.record_id not in moves_away):
                free = False
                break
            if in_the_way is None:
                break
            id = moves_away[in_the_way.record_id]
        for member in chain:
            answer[member] = answer.get(id, free)
    return {id for id, free in answer.items() if free}
