"""From Saleor's accounts to the records: links, e-mails, and what the account says of the person.

The one writer of `account` and, with `records.emails`, of `email` (of records that exist). `records.identity` decides;
what an account says is kept by `accounts.account_details`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..activity.models import ActivityType, CauseType
from ..activity.services import SYNC, Actor, Entry, append
from ..consent.address_moves import address_came, address_left
from ..consent.models import ConsentSource
from ..core import sql
from ..records import emails
from ..records.email import normal_email
from ..records.identity import Account, Holder, Plan, plan
from ..records.locks import own_identities
from ..records.models import CustomerRecord, ReleasedAccount, Source, generated_kept
from ..saleor_adapter import host
from ..settings import CustomerPlusSettings
from .account_details import Known, known_details, observed, write_details
from .account_source import read_accounts


@dataclass(slots=True)
class AccountsResult:
    """How many records were made, linked, unlinked or renamed, and which records, accounts and e-mails that concerns.

    `moved_account_ids` are the accounts whose orders may have been attached to another record until now,
    `shifted_record_ids` the records that may have orders which are no longer theirs.
    """

    created: int = 0
    linked: int = 0
    unlinked: int = 0
    renamed: int = 0
    details_changed: int = 0
    record_ids: set[int] = field(default_factory=set)
    account_ids: set[int] = field(default_factory=set)
    moved_account_ids: set[int] = field(default_factory=set)
    shifted_record_ids: set[int] = field(default_factory=set)
    emails: set[str] = field(default_factory=set)


def sync_accounts(
    account_ids: Collection[int], settings: CustomerPlusSettings, *, actor: Actor = SYNC
) -> AccountsResult:
    """Bring the records' links, e-mails and account details in line with these accounts, also when some are gone.

    `actor` is who changed the accounts, where that is known. Call it in a transaction. Afterwards sync the orders of
    the result's accounts and of the records that shifted, which may belong to others now, and refresh its records.
    """
    result = AccountsResult()
    accounts, holders = _read(account_ids)
    if plan(accounts, holders, include_guests=settings.include_guests):
        # Something is to change: alone, and from what is true once we are alone.
        own_identities()
        accounts, holders = _read(account_ids)
        to_do = plan(accounts, holders, include_guests=settings.include_guests)
        _apply(to_do, known_details(holders), result, actor)
        # Records just made say already what their accounts say.
        if to_do.unlink or to_do.rename or to_do.promote or to_do.link:
            holders = _holders(accounts)
    known_emails = {email for holder in holders for email in holder.emails}
    _forget_releases(account_ids, accounts, known_emails | result.emails)
    changed = write_details(accounts, holders)
    result.details_changed += len(changed)
    result.record_ids |= changed
    return result


def released_accounts(record_ids: Collection[int]) -> list[int]:
    """The accounts whose record was deleted, and to whose address one of these records belongs now.

    Sync them: what made the record, a new order say, is what they waited for.
    """
    if not ReleasedAccount.objects.exists():
        return []
    return [
        row.id
        for row in sql.rows(
            sql.fill(
                """
                SELECT u.id FROM {released} a JOIN {users} u ON u.id = a.account_id
                WHERE {owner} = ANY({ids}) ORDER BY u.id
                """,
                released=sql.table(ReleasedAccount),
                users=sql.table(host.User),
                owner=emails.owner_of(sql.Sql(normal_email("u.email"))),
                ids=list(record_ids),
            )
        )
    ]


def _read(account_ids: Collection[int]) -> tuple[dict[int, Account], list[Holder]]:
    """The accounts, the records that they concern, and the accounts of those, until there is nobody new among them.

    Also those that have another address of such a record: one of them is linked once the record's own account is gone.
    """
    wanted = set(account_ids)
    accounts: dict[int, Account] = {}
    holders: list[Holder] = []
    asked: set[int] = set()
    while wanted - asked:
        accounts.update((account.id, account) for account in read_accounts(wanted - asked))
        asked |= wanted
        holders = _holders(accounts, also=asked)
        wanted |= {holder.account_id for holder in holders if holder.account_id is not None}
        wanted |= _accounts_with({email for holder in holders for email in holder.others})
    return accounts, holders


def _accounts_with(addresses: Collection[str]) -> set[int]:
    """The accounts that have these addresses, as Saleor writes them today. One statement, and none without addresses.

    Older spellings are found by the next reconciliation: no index knows them.
    """
    if not addresses:
        return set()
    return set(host.User.objects.filter(sql.is_any("email", addresses)).order_by().values_list("pk", flat=True))


def _holders(accounts: Mapping[int, Account], *, also: Collection[int] = ()) -> list[Holder]:
    return [
        Holder(
            row.id,
            row.email,
            row.account_id,
            sql.from_json(row.account_details),
            frozenset(sql.from_json(row.other_emails)),
        )
        for row in sql.rows(
            sql.fill(
                """
                SELECT id, email, account_id, account_details, other_emails FROM {records}
                WHERE {is_owner} OR account_id = ANY({account_ids})
                ORDER BY id
                """,
                records=sql.table(CustomerRecord),
                is_owner=emails.is_owner(account.email for account in accounts.values()),
                account_ids=sorted({*accounts, *also}),
            )
        )
    ]


def _apply(to_do: Plan, known: Known, result: AccountsResult, actor: Actor) -> None:
    if to_do.unlink:
        _unlink([holder.record_id for holder in to_do.unlink])
    if to_do.rename:
        _rename({holder.record_id: email for holder, email in to_do.rename})
        address_left({holder.record_id: [holder.email] for holder, _ in to_do.rename})
        given = {holder.record_id: [email] for holder, email in to_do.rename}
        address_came(given, actor=actor, source=ConsentSource.CUSTOMER)
    if to_do.promote:
        own = {holder.record_id: email for holder, email in to_do.promote}
        emails.make_primary(own, source=Source.ACCOUNT)
    if to_do.link:
        _link({holder.record_id: account.id for holder, account in to_do.link})
    created = _create(to_do.create, known)
    append(_activity(to_do, created, actor))
    _count(to_do, created, result)


def _unlink(record_ids: list[int]) -> None:
    sql.run(
        sql.fill(
            "UPDATE {records} r SET account_id = NULL, modified_at = now() {generated} WHERE id = ANY({ids})",
            records=sql.table(CustomerRecord),
            generated=generated_kept(),
            ids=record_ids,
        )
    )


def _rename(wanted: Mapping[int, str]) -> None:
    """Give these records other addresses. Two of them may swap theirs, and an address is unique at every moment.

    So they step aside first, to addresses drawn at random, which nobody has.
    """
    step_aside = sql.fill(
        "UPDATE {records} SET email = gen_random_uuid()::text WHERE id = ANY({ids})",
        records=sql.table(CustomerRecord),
        ids=list(wanted),
    )
    rename = sql.fill(
        """
        UPDATE {records} r SET email = v.email, modified_at = now()
        FROM jsonb_to_recordset({rows}::jsonb) AS v(id bigint, email text) WHERE r.id = v.id
        """,
        records=sql.table(CustomerRecord),
        rows=sql.to_json([{"id": record_id, "email": email} for record_id, email in wanted.items()]),
    )
    sql.run(step_aside)
    sql.run(rename)


def _link(account_ids: Mapping[int, int]) -> None:
    """Link records to accounts, as a mapping from the ones to the others."""
    sql.run(
        sql.fill(
            """
            UPDATE {records} r SET account_id = v.account_id, modified_at = now(),
                sources = CASE WHEN {source} = ANY(r.sources) THEN r.sources
                    ELSE array_append(r.sources, {source}::varchar) END
                {generated}
            FROM jsonb_to_recordset({rows}::jsonb) AS v(id bigint, account_id bigint) WHERE r.id = v.id
            """,
            records=sql.table(CustomerRecord),
            generated=generated_kept(),
            source=Source.ACCOUNT.value,
            rows=sql.to_json([{"id": id, "account_id": account_id} for id, account_id in account_ids.items()]),
        )
    )


def _count(done: Plan, created: list[tuple[int, Account]], result: AccountsResult) -> None:
    """Add what was done to the result."""
    result.unlinked += len(done.unlink)
    result.renamed += len(done.rename) + len(done.promote)
    result.linked += len(done.link)
    result.created += len(created)
    result.emails |= {account.email for account in done.create}
    result.moved_account_ids |= {account.id for _, account in done.link}
    result.moved_account_ids |= {holder.account_id for holder in done.unlink if holder.account_id is not None}
    result.account_ids |= result.moved_account_ids | {account.id for account in done.create}
    result.shifted_record_ids |= {holder.record_id for holder in done.unlink}
    result.shifted_record_ids |= {holder.record_id for holder, _ in [*done.rename, *done.promote]}
    result.record_ids |= result.shifted_record_ids | {holder.record_id for holder, _ in done.link}
    result.record_ids |= {record_id for record_id, _ in created}


def _create(accounts: list[Account], known: Known) -> list[tuple[int, Account]]:
    if not accounts:
        return []
    by_email = {account.email: account for account in accounts}
    rows = sql.rows(
        sql.fill(
            """
            INSERT INTO {records} (email, account_id, sources, created_at, account_details)
            SELECT v.email, v.account_id, ARRAY[{source}]::varchar[], v.joined_at, v.details
            FROM jsonb_to_recordset({rows}::jsonb)
                AS v(email text, account_id bigint, joined_at timestamptz, details jsonb)
            ORDER BY v.email
            ON CONFLICT (email) DO NOTHING
            RETURNING id, email
            """,
            records=sql.table(CustomerRecord),
            source=Source.ACCOUNT.value,
            rows=sql.to_json(
                [
                    {
                        "email": account.email,
                        "account_id": account.id if account.is_confirmed else None,
                        "joined_at": account.joined_at,
                        "details": observed(account, known.get(account.id), None) if account.is_confirmed else {},
                    }
                    for account in accounts
                ]
            ),
        )
    )
    return [(row.id, by_email[row.email]) for row in rows]


def _activity(to_do: Plan, created: list[tuple[int, Account]], actor: Actor) -> Iterator[Entry]:
    def of(account_id: int | None) -> dict[str, Any]:
        return {**actor.of_entry, "cause_type": CauseType.ACCOUNT, "cause_id": str(account_id)}

    for record_id, account in created:
        yield Entry(
            record_id,
            ActivityType.RECORD_CREATED,
            at=account.joined_at,
            after={"source": Source.ACCOUNT.value},
            **of(account.id),
        )
    for holder in to_do.unlink:
        yield Entry(holder.record_id, ActivityType.ACCOUNT_UNLINKED, **of(holder.account_id))
    to_account = {holder.record_id: account.id for holder, account in to_do.link}
    for holder, email in [*to_do.rename, *to_do.promote]:
        yield Entry(
            holder.record_id,
            ActivityType.EMAIL_CHANGED,
            before={"email": holder.email},
            after={"email": email},
            **of(to_account.get(holder.record_id, holder.account_id)),
        )
    links = [(holder.record_id, account) for holder, account in to_do.link] + created
    for record_id, account in links:
        if account.is_confirmed:
            yield Entry(record_id, ActivityType.ACCOUNT_LINKED, **of(account.id))


def _forget_releases(account_ids: Collection[int], accounts: Mapping[int, Account], known: Collection[str]) -> None:
    """An account that is gone, or whose address has a record again, is like any other."""
    ended = [account.id for account in accounts.values() if account.is_released and account.email in known]
    ended += [id for id in account_ids if id not in accounts]
    if ended:
        ReleasedAccount.objects.filter(account_id__in=ended).delete()
