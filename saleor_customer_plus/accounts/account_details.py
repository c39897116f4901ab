"""What the account that a record is linked to says of the person, and since when (`CustomerRecord.account_details`).

So that "the newest wins" can be applied to accounts too, although Saleor does not say when a field of theirs changed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from ..core import sql
from ..records.identity import Account, Holder
from ..records.models import CustomerRecord, generated_kept

# What accounts said last, by their ids.
Known = Mapping[int, Mapping[str, Any]]


def known_details(holders: Iterable[Holder]) -> Known:
    """What is known of each account: a link that goes over to another record takes it along."""
    return {details["account_id"]: details for holder in holders if "account_id" in (details := holder.account_details)}


def observed(account: Account, known: Mapping[str, Any] | None, joined_before: str | None) -> dict[str, Any]:
    """What the account says now; the moment of a value is when it changed, or the sign-up for what was always so.

    Saleor does not tell when a field changed, only when the account did, which is a bound.
    """
    said = known["fields"] if known else {}
    fields = {}
    for name, value in account.details.items():
        if name in said and said[name]["value"] == value:
            fields[name] = said[name]
        else:
            at = account.updated_at if known else account.joined_at
            fields[name] = {"value": value, "at": at.isoformat()}
    joined_at = account.joined_at.isoformat()
    return {
        "account_id": account.id,
        # A person who comes back with a new account has been a customer since the first one.
        "joined_at": min(joined_before, joined_at) if joined_before else joined_at,
        "fields": fields,
    }


def write_details(accounts: Mapping[int, Account], holders: Collection[Holder]) -> set[int]:
    """Keep what each linked account says. Return the records of those that say something else than before."""
    known = known_details(holders)
    changed: list[dict[str, Any]] = []
    for holder in holders:
        account = accounts.get(holder.account_id) if holder.account_id is not None else None
        if account is None:
            continue
        details = observed(account, known.get(account.id), holder.account_details.get("joined_at"))
        if details != holder.account_details:
            changed.append({"id": holder.record_id, "details": details})
    if changed:
        sql.run(
            sql.fill(
                """
                UPDATE {records} r SET account_details = v.details, modified_at = now() {generated}
                FROM jsonb_to_recordset({rows}::jsonb) AS v(id bigint, details jsonb) WHERE r.id = v.id
                """,
                records=sql.table(CustomerRecord),
                generated=generated_kept(),
                rows=sql.to_json(changed),
            )
        )
    return {row["id"] for row in changed}
