"""Reading records. Every function takes and returns plain values; who may read what is decided above."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from .. import host
from ..paging import Ordering
from .email import normalize_email
from .filters import RecordFilter, Records, filtered
from .models import CustomerRecord
from .orderings import SortField, by_relevance, found, newest_first, sorted_by


def all_records() -> Records:
    """Every record, without the column that only the database reads."""
    return CustomerRecord.objects.defer("search_terms")


def find(
    *, id: int | None = None, email: str | None = None, account_id: int | None = None, number: str | None = None
) -> CustomerRecord | None:
    """The record known by the one thing that is given, active or not."""
    if id is not None:
        return all_records().filter(id=id).first()
    if email is not None:
        return all_records().filter(email=normalize_email(email)).first()
    if account_id is not None:
        return all_records().filter(account_id=account_id).first()
    return all_records().filter(number=number).first()


@dataclass(frozen=True, slots=True)
class Sort:
    """What a list is sorted by. `currency` goes with sorts by money, and with them only."""

    field: SortField
    descending: bool = False
    currency: str = ""


@dataclass(frozen=True, slots=True)
class RecordList:
    """A list of records: those that pass the filter and match the search, in the order of `sort`.

    Without a sort a search gives the best matches first, and a list the newest records.
    """

    filter: RecordFilter = field(default_factory=RecordFilter)
    search: str = ""
    sort: Sort | None = None

    @property
    def ordering(self) -> Ordering[CustomerRecord]:
        records = filtered(all_records(), self.filter)
        if self.sort is not None:
            return sorted_by(
                found(records, self.search),
                self.sort.field,
                descending=self.sort.descending,
                currency=self.sort.currency,
            )
        return by_relevance(records, self.search) if self.search else newest_first(records)

    def count(self) -> int:
        return found(filtered(all_records(), self.filter), self.search).count()


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
