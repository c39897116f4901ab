"""From Saleor's accounts to the records: ties, e-mails, and what the account says of the person.

The one writer of `account`, `email` (of records that exist) and `account_details`. `records.identity` decides.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import CharField, Exists, F, OuterRef, Value
from django.db.models.functions import Coalesce, NullIf

from .. import host, sql
from ..activity.actions import SYNC, Actor, Entry, append
from ..activity.models import ActivityType, CauseType
from ..settings import CustomerPlusSettings
from .details import FIELDS
from .email import BLANKS, normalize_email
from .identity import Account, Holder, Plan, plan
from .locks import own_identities
from .models import CustomerRecord, ReleasedAccount, Source

# What accounts said last, see `CustomerRecord.account_details`, by their ids.
_Known = Mapping[int, Mapping[str, Any]]


@dataclass(slots=True)
class AccountsResult:
    """How many records were made, tied, untied or renamed, and which records, accounts and e-mails that concerns.

    `moved_account_ids` are the accounts whose orders may have been attached to another record until now.
    """

    created: int = 0
    tied: int = 0
    untied: int = 0
    renamed: int = 0
    details_changed: int = 0
    record_ids: set[int] = field(default_factory=set)
    account_ids: set[int] = field(default_factory=set)
    moved_account_ids: set[int] = field(default_factory=set)
    emails: set[str] = field(default_factory=set)


def sync_accounts(
    account_ids: Collection[int], settings: CustomerPlusSettings, *, actor: Actor = SYNC
) -> AccountsResult:
    """Bring the records' ties, e-mails and account details in line with these accounts, also when some are gone.

    `actor` is who changed the accounts, where that is known. Call it in a transaction. Afterwards sync the orders of
    the result's accounts, which may belong to other records now, and refresh its records.
    """
    result = AccountsResult()
    accounts, holders = _read(account_ids)
    if plan(accounts, holders, include_guests=settings.include_guests):
        # Something is to change: alone, and from what is true once we are alone.
        own_identities()
        accounts, holders = _read(account_ids)
        to_do = plan(accounts, holders, include_guests=settings.include_guests)
        _apply(to_do, _known(holders), result, actor)
        if to_do.untie or to_do.rename or to_do.tie:  # records just made say already what their accounts say
            holders = _holders(accounts)
    _forget_releases(account_ids, accounts, {holder.email for holder in holders} | result.emails)
    _write_details(accounts, holders, result)
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
                JOIN {records} r ON r.email = lower(btrim(u.email, {blanks}))
                WHERE r.id = ANY({ids}) ORDER BY u.id
                """,
                released=sql.table(ReleasedAccount),
                users=sql.table(host.User),
                records=sql.table(CustomerRecord),
                blanks=BLANKS,
                ids=list(record_ids),
            )
        )
    ]


def _read(account_ids: Collection[int]) -> tuple[dict[int, Account], list[Holder]]:
    """The accounts, the records that they concern, and the accounts of those, until there is nobody new among them."""
    wanted = set(account_ids)
    accounts: dict[int, Account] = {}
    holders: list[Holder] = []
    asked: set[int] = set()
    while wanted - asked:
        accounts.update((account.id, account) for account in _accounts(wanted - asked))
        asked |= wanted
        holders = _holders(accounts, also=asked)
        wanted |= {holder.account_id for holder in holders if holder.account_id is not None}
    return accounts, holders


def _accounts(ids: Collection[int]) -> Iterator[Account]:
    has_orders = Exists(host.Order.objects.filter(user_id=OuterRef("pk")).order_by())
    rows: Iterable[Mapping[str, Any]] = (
        host.User.objects.filter(sql.is_any("pk", ids))
        .order_by()
        .values(
            "id",
            "email",
            "is_staff",
            "is_confirmed",
            "date_joined",
            "updated_at",
            "language_code",
            has_orders=has_orders,
            is_released=Exists(ReleasedAccount.objects.filter(account_id=OuterRef("pk"))),
            own_first_name=_first_said("first_name"),
            own_last_name=_first_said("last_name"),
            company_name=_first_said("company_name", of_user=False),
            phone=_first_said("phone", of_user=False),
            country_code=_first_said("country", of_user=False),
        )
    )
    for row in rows:
        yield Account(
            id=row["id"],
            email=normalize_email(row["email"]),
            is_confirmed=row["is_confirmed"],
            is_customer=not row["is_staff"] or row["has_orders"],
            joined_at=row["date_joined"],
            updated_at=row["updated_at"],
            is_released=row["is_released"],
            details={
                "first_name": row["own_first_name"],
                "last_name": row["own_last_name"],
                **{name: row[name] for name in FIELDS if name in row},
            },
        )


def _first_said(name: str, *, of_user: bool = True) -> Coalesce:
    """The account's own value, or its default billing address's, or its default shipping address's, or blank."""
    said = [name] if of_user else []
    said += [f"default_billing_address__{name}", f"default_shipping_address__{name}"]
    return Coalesce(*(NullIf(F(path), Value("")) for path in said), Value(""), output_field=CharField())


def _holders(accounts: Mapping[int, Account], *, also: Collection[int] = ()) -> list[Holder]:
    emails = [account.email for account in accounts.values()]
    return [
        Holder(row.id, row.email, row.account_id, sql.from_json(row.account_details))
        for row in sql.rows(
            sql.fill(
                """
                SELECT id, email, account_id, account_details FROM {records}
                WHERE email = ANY({emails}) OR account_id = ANY({account_ids})
                ORDER BY id
                """,
                records=sql.table(CustomerRecord),
                emails=emails,
                account_ids=sorted({*accounts, *also}),
            )
        )
    ]


def _apply(to_do: Plan, known: _Known, result: AccountsResult, actor: Actor) -> None:
    records = sql.table(CustomerRecord)
    if to_do.untie:
        ids = [holder.record_id for holder in to_do.untie]
        sql.run(
            sql.fill(
                "UPDATE {records} SET account_id = NULL, modified_at = now() WHERE id = ANY({ids})",
                records=records,
                ids=ids,
            )
        )
    if to_do.rename:
        renamed = [{"id": holder.record_id, "email": email} for holder, email in to_do.rename]
        # Two accounts may swap their addresses, and the address is unique at every moment: step aside first.
        sql.run(
            sql.fill(
                "UPDATE {records} SET email = '~' || id || '~' WHERE id = ANY({ids})",
                records=records,
                ids=[row["id"] for row in renamed],
            )
        )
        sql.run(
            sql.fill(
                """
                UPDATE {records} r SET email = v.email, modified_at = now()
                FROM jsonb_to_recordset({rows}::jsonb) AS v(id bigint, email text) WHERE r.id = v.id
                """,
                records=records,
                rows=sql.to_json(renamed),
            )
        )
    if to_do.tie:
        sql.run(
            sql.fill(
                """
                UPDATE {records} r SET account_id = v.account_id, modified_at = now(),
                    sources = CASE WHEN {source} = ANY(r.sources) THEN r.sources
                        ELSE array_append(r.sources, {source}::varchar) END
                FROM jsonb_to_recordset({rows}::jsonb) AS v(id bigint, account_id bigint) WHERE r.id = v.id
                """,
                records=records,
                source=Source.ACCOUNT.value,
                rows=sql.to_json([{"id": h.record_id, "account_id": account.id} for h, account in to_do.tie]),
            )
        )
    created = _create(to_do.create, known)
    append(_activity(to_do, created, actor))

    result.untied += len(to_do.untie)
    result.renamed += len(to_do.rename)
    result.tied += len(to_do.tie)
    result.created += len(created)
    result.emails |= {account.email for account in to_do.create}
    result.moved_account_ids |= {account.id for _, account in to_do.tie}
    result.moved_account_ids |= {holder.account_id for holder in to_do.untie if holder.account_id is not None}
    result.account_ids |= result.moved_account_ids | {account.id for account in to_do.create}
    result.record_ids |= {holder.record_id for holder in to_do.untie}
    result.record_ids |= {holder.record_id for holder, _ in (*to_do.rename, *to_do.tie)}
    result.record_ids |= {record_id for record_id, _ in created}


def _create(accounts: list[Account], known: _Known) -> list[tuple[int, Account]]:
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
                        "details": _observed(account, known.get(account.id), None) if account.is_confirmed else {},
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
    for holder in to_do.untie:
        yield Entry(holder.record_id, ActivityType.ACCOUNT_UNTIED, **of(holder.account_id))
    for holder, email in to_do.rename:
        yield Entry(
            holder.record_id,
            ActivityType.EMAIL_CHANGED,
            before={"email": holder.email},
            after={"email": email},
            **of(holder.account_id),
        )
    ties = [(holder.record_id, account) for holder, account in to_do.tie] + created
    for record_id, account in ties:
        if account.is_confirmed:
            yield Entry(record_id, ActivityType.ACCOUNT_TIED, **of(account.id))


def _forget_releases(account_ids: Collection[int], accounts: Mapping[int, Account], known: Collection[str]) -> None:
    """An account that is gone, or whose address has a record again, is like any other."""
    ended = [account.id for account in accounts.values() if account.is_released and account.email in known]
    ended += [id for id in account_ids if id not in accounts]
    if ended:
        ReleasedAccount.objects.filter(account_id__in=ended).delete()


def _write_details(accounts: dict[int, Account], holders: list[Holder], result: AccountsResult) -> None:
    """Keep what each tied account says, and since when, so that "the newest wins" can be told of accounts too."""
    known = _known(holders)
    changed: list[dict[str, Any]] = []
    for holder in holders:
        account = accounts.get(holder.account_id) if holder.account_id is not None else None
        if account is None:
            continue
        details = _observed(account, known.get(account.id), holder.account_details.get("joined_at"))
        if details != holder.account_details:
            changed.append({"id": holder.record_id, "details": details})
    if changed:
        sql.run(
            sql.fill(
                """
                UPDATE {records} r SET account_details = v.details, modified_at = now()
                FROM jsonb_to_recordset({rows}::jsonb) AS v(id bigint, details jsonb) WHERE r.id = v.id
                """,
                records=sql.table(CustomerRecord),
                rows=sql.to_json(changed),
            )
        )
    result.details_changed += len(changed)
    result.record_ids |= {row["id"] for row in changed}


def _known(holders: Iterable[Holder]) -> _Known:
    """What is known of each account: a tie that goes over to another record takes it along."""
    return {details["account_id"]: details for holder in holders if "account_id" in (details := holder.account_details)}


def _observed(account: Account, known: Mapping[str, Any] | None, joined_before: str | None) -> dict[str, Any]:
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
