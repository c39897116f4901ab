"""Parting addresses and accounts: who has which once the records are apart."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils import timezone

from ...errors import CustomerPlusError, ErrorCode, Problems
from ...records import emails
from ...records.email import normalize_email
from ...records.models import CustomerRecord, Source
from ..models import MergedRecord
from .conflicts import ConflictCode
from .parting import Parting


@dataclass(slots=True)
class Share:
    """What a record gets back of addresses, and under which one it is known."""

    email: str
    others: list[emails.OtherEmail] = field(default_factory=list)

    @property
    def emails(self) -> list[str]:
        return [self.email, *(mail.email for mail in self.others)]


def part_addresses(parting: Parting) -> dict[int, Share]:
    """Part the addresses: each returns to whom it was of, if it still is one of the record that was kept.

    Raises `SeveralErrors` if a record would be left without one.
    """
    kept_id = parting.merge.kept_id
    left = {one.email: one for one in emails.others_of([kept_id])[kept_id]}
    primary = parting.kept.row["email"]
    left.setdefault(primary, emails.OtherEmail(kept_id, primary, Source.STAFF, timezone.now()))
    shares: dict[int, Share] = {}
    problems = Problems()
    for one in parting.merged:
        with problems.noted():
            shares[one.former_id] = _share_of_merged(parting, one, left)
    with problems.noted():
        shares[kept_id] = _share_of_kept(parting, left)
    problems.raise_any()
    return shares


def _share_of_merged(parting: Parting, one: MergedRecord, left: dict[str, emails.OtherEmail]) -> Share:
    """What a merged record gets back of the addresses that are left, which are taken from these."""
    others = {mail.email: mail for mail in _other_emails(one)}
    wanted = [one.email, *others]
    returned = {email: others.get(email, mail) for email in wanted if (mail := left.pop(email, None)) is not None}
    if (since := _address_of_account(parting, one, left)) is not None:
        returned[since.email] = since
    email = since.email if since else next(iter(returned), one.email)
    if not returned and emails.owners([email]):
        # None of them is the record's any more, and it cannot be known by its own again.
        raise _address_taken(one)
    for _ in {*wanted} - {email, *returned}:
        message = "An address was removed since and did not return."
        parting.conflict(ConflictCode.EMAIL_GONE, one.former_id, message, "email")
    return Share(email, [mail for mail in returned.values() if mail.email != email])


def _share_of_kept(parting: Parting, left: Mapping[str, emails.OtherEmail]) -> Share:
    """The addresses that are left stay, under the one that is the primary one or was, before the merge."""
    primary, former = parting.kept.row["email"], parting.before["email"]
    if primary in left and (primary != parting.after["email"] or former not in left):
        email = primary  # not one that the merge brought, or the account did
    elif former in left:
        email = former
    elif left:
        email = min(left)
    elif not emails.owners([former]):
        email = former
    else:
        raise CustomerPlusError(
            "The record would be left without an address. Give it one of its own first.",
            code=ErrorCode.OUT_OF_SCOPE,
            field="merge_id",
        )
    return Share(email, [mail for mail in left.values() if mail.email != email])


def _address_of_account(
    parting: Parting, one: MergedRecord, left: dict[str, emails.OtherEmail]
) -> emails.OtherEmail | None:
    """The new address of the account that returns with a record, where it has another one since."""
    account_id = one.row["account_id"]
    if account_id is None or account_id == parting.before["account_id"]:
        return None
    account = parting.accounts.get(account_id)
    email = normalize_email(account.email) if account and account.is_confirmed else ""
    return None if email == one.email else left.pop(email, None)


def owners_of_returned(parting: Parting, shares: Mapping[int, Share]) -> dict[str, int]:
    """Whose the addresses are that do not stay with the record that was kept."""
    return {
        email: record_id
        for record_id, share in shares.items()
        if record_id != parting.merge.kept_id
        for email in share.emails
    }


def part_accounts(parting: Parting, shares: Mapping[int, Share]) -> dict[int, int]:
    """Which account each record is linked to: the one that it had, or that came since, if it has that address."""
    owners = {email: record_id for record_id, share in shares.items() for email in share.emails}
    elsewhere = CustomerRecord.objects.filter(account__in=list(parting.accounts)).exclude(pk=parting.merge.kept_id)
    taken = set(elsewhere.values_list("account_id", flat=True))
    links: dict[int, int] = {}
    for account_id, account in parting.accounts.items():
        if not account.is_confirmed or account_id in taken:
            continue
        owner = owners.get(normalize_email(account.email))
        if owner is None and account_id == parting.kept.account_id:
            owner = parting.merge.kept_id  # it has an address that we have not heard of
        if owner is not None:
            links.setdefault(owner, account_id)
    for record_id, account_id in links.items():
        # A record that is linked is known by the address of its account.
        email = normalize_email(parting.accounts[account_id].email)
        share = shares[record_id]
        if email != share.email and email in {mail.email for mail in share.others}:
            share.others = [mail for mail in share.others if mail.email != email]
            share.others.append(emails.OtherEmail(record_id, share.email, Source.ACCOUNT, timezone.now()))
            share.email = email
    return links


def details_of_account(parting: Parting, record_id: int, account_id: int | None) -> dict[str, Any]:
    """What the account said last: what was kept of it meanwhile, if it was the one that spoke for all of them."""
    said = parting.before if record_id == parting.merge.kept_id else parting.rows[record_id]
    now: dict[str, Any] = dict(parting.kept.row["account_details"])
    former: dict[str, Any] = dict(said["account_details"])
    if account_id is None or now.get("account_id") != account_id:
        return former
    if former.get("account_id") != account_id:
        return now  # it came since
    return now | ({"joined_at": former["joined_at"]} if "joined_at" in former else {})


def _other_emails(one: MergedRecord) -> list[emails.OtherEmail]:
    return [
        emails.OtherEmail(one.former_id, row["email"], Source(row["source"]), datetime.fromisoformat(row["created_at"]))
        for row in one.rows["emails"]
    ]


def _address_taken(one: MergedRecord) -> CustomerPlusError:
    return CustomerPlusError(
        f"Another record has the address of record {one.former_id} by now. Take it from that one, or merge the two,"
        " first.",
        code=ErrorCode.UNIQUE,
        field="merge_id",
    )
