"""Reading records. Every function takes and returns plain values; who may read what is decided above."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from typing import Any

from django.db.models import Exists, OuterRef, Q

from ..core import sql
from ..core.paging import Ordering
from ..records.email import normalize_email
from ..records.emails import of_owner
from ..records.models import CustomerRecord, FormerRecord
from ..records.search import matches, search_query
from ..records.spelling import spelt_alike
from ..saleor_adapter import host
from ..saleor_adapter.staff import Channels
from .filters import RecordFilter, Records, conditions_of
from .orderings import NEWEST_FIRST, Sort, by_relevance, columns_of, sorted_by


def all_records(unread: Iterable[str] = ()) -> Records:
    """Every record, without the columns that are of no use outside. Those that are `unread` are read when needed."""
    return CustomerRecord.objects.defer("search_terms", "account_details", *unread)


def find(
    *, id: int | None = None, email: str | None = None, account_id: int | None = None, number: str | None = None
) -> CustomerRecord | None:
    """The record known by the one thing that is given, active or not. `account_id` finds it by its link alone."""
    if id is not None:
        return all_records().filter(id=id).first() or _found_by_former(former_id=id)
    if email is not None:
        return all_records().filter(of_owner(normalize_email(email))).first()
    if account_id is not None:
        return all_records().filter(account_id=account_id).first()
    return all_records().filter(number=number).first() or _found_by_former(number=number)


def _found_by_former(**known_by: Any) -> CustomerRecord | None:
    """The record that has what was merged: an id or a number that is no longer shown."""
    left = FormerRecord.objects.filter(**known_by).values("record")
    return all_records().filter(pk__in=left).first()


def find_for_staff(account_id: int) -> CustomerRecord | None:
    """The record that is linked to the account; else that of its address, which the account may not have confirmed.

    For staff alone: anybody can sign up with somebody else's address. What customers see and do goes by the link.
    """
    if (linked := find(account_id=account_id)) is not None:
        return linked
    email = host.User.objects.filter(pk=account_id).values_list("email", flat=True).first()
    return find(email=email) if email else None


def find_shared(account: Any) -> CustomerRecord | None:
    """The record that has the address of this account, which confirmed it, and is linked to another account.

    The account may withdraw consents of it, because the shop may write to its address, and see nothing of it.
    """
    if not account.is_confirmed:
        return None
    others = all_records().exclude(account_id=None).exclude(account_id=account.pk)
    return others.filter(of_owner(normalize_email(account.email))).first()


def account_of(record: CustomerRecord) -> host.User | None:
    """The account that the record is linked to; else one that has its address, confirmed or not.

    An account that has not confirmed the address gets nothing of the record; but staff are to know of it.
    """
    if record.account_id is not None:
        return host.User.objects.filter(pk=record.account_id).first()
    emails = [record.email, *record.other_emails]
    ids = [row.id for row in sql.rows(spelt_alike(host.User, "email", emails))]
    accounts = host.User.objects.filter(pk__in=ids).order_by("pk")
    return min(accounts, key=lambda account: emails.index(normalize_email(account.email)), default=None)


def accounts_by_record(keys: Collection[tuple[Any, ...]]) -> dict[tuple[Any, ...], host.User]:
    """As `account_of`, for records by the account that they are linked to and their addresses. Two statements.

    Found by the address as Saleor writes it today, in lower case.
    """
    linked = host.User.objects.in_bulk([account_id for account_id, *_emails in keys if account_id is not None])
    unlinked = [email for account_id, *emails in keys if account_id is None for email in emails]
    by_email = {account.email: account for account in host.User.objects.filter(sql.is_any("email", unlinked))}
    found = {}
    for key in keys:
        account_id, *emails = key
        owners = [by_email[email] for email in emails if email in by_email]
        if account := linked.get(account_id) if account_id is not None else next(iter(owners), None):
            found[key] = account
    return found


def records_by_id(record_ids: Collection[int]) -> dict[int, CustomerRecord]:
    """Records by their ids, active or not. One statement."""
    return all_records().in_bulk(record_ids)


def is_approved_buyer(account: Any) -> bool:
    """Whether the shop approved whoever has this account of Saleor's. One query.

    The record is linked to the account or, where Saleor has not reported yet that its address was confirmed, is about
    to be.
    """
    mine = Q(account=account.pk)
    if account.is_confirmed:
        mine |= Q(account=None) & of_owner(normalize_email(account.email))
    return CustomerRecord.objects.filter(mine, is_approved_buyer=True).exists()


@dataclass(frozen=True, slots=True)
class RecordList:
    """A list of records: those that pass the filter and match the search, in the order of `sort`.

    Without a sort a search gives the best matches first, and a list the newest records. Columns that are `unread` are
    read record by record, should anybody look at them after all; those that the list is sorted by are read anyway.
    """

    filter: RecordFilter = field(default_factory=RecordFilter)
    search: str = ""
    sort: Sort | None = None
    unread: frozenset[str] = frozenset()
    # Of whose orders the figures are that the list is filtered and sorted by: None, of all channels.
    channels: Channels = None

    @property
    def tells_of_orders(self) -> bool:
        """Whether the list depends on which orders somebody sees."""
        return self.filter.tells_of_orders or (self.sort is not None and self.sort.tells_of_orders)

    @property
    def ordering(self) -> Ordering[CustomerRecord]:
        sort = self.sort or NEWEST_FIRST
        guessable, condition = conditions_of(self.filter, self.channels)
        records = all_records(self.unread - columns_of(sort)).filter(guessable)
        query = search_query(self.search)
        if query and self.sort is None:
            return by_relevance(records, condition, self.search)
        if query:
            condition &= matches(query)
        return sorted_by(records, condition, sort, self.filter, self.channels)

    @property
    def matching(self) -> Records:
        """The records, in no order."""
        records = all_records().filter(*conditions_of(self.filter, self.channels))
        query = search_query(self.search)
        return records.filter(matches(query)) if query else records

    def count(self) -> int:
        """How many records there are. One statement; with a condition, in a transaction in which it may use memory."""
        records = self.matching
        has_condition = bool(self.search) or replace(self.filter, is_active=None) != RecordFilter(is_active=None)
        if self.filter.is_active:
            # The few that are inactive are left out at the end: the others can then be counted in an index alone.
            records = replace(self, filter=replace(self.filter, is_active=None)).matching
            records = records.filter(~Exists(CustomerRecord.objects.filter(pk=OuterRef("pk"), is_active=False)))
        with sql.counting() if has_condition else nullcontext():
            return records.count()


@dataclass(frozen=True, slots=True)
class SavedAddress:
    """An address, and what the account that keeps it uses it for, if an account does."""

    address: host.Address
    is_default_shipping: bool | None = None
    is_default_billing: bool | None = None


def saved_addresses(account_ids: Collection[int]) -> dict[int, list[SavedAddress]]:
    """The addresses saved on Saleor's accounts, oldest first, by the account's id. Two statements."""
    defaults = {
        pk: (shipping, billing)
        for pk, shipping, billing in host.User.objects.filter(pk__in=account_ids).values_list(
            "pk", "default_shipping_address_id", "default_billing_address_id"
        )
    }
    saved: dict[int, list[SavedAddress]] = {pk: [] for pk in account_ids}
    links = host.User.addresses.through.objects.filter(user_id__in=account_ids).select_related("address")
    for link in links.order_by("address_id"):
        shipping, billing = defaults.get(link.user_id, (None, None))
        saved[link.user_id].append(SavedAddress(link.address, link.address_id == shipping, link.address_id == billing))
    return saved
