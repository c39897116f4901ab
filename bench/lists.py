"""Item 18: pages of the list of records, however deep, sorted, filtered or searched; and the core's own list."""

from __future__ import annotations

from typing import Any

from saleor_customer_plus.core.paging import Edge
from saleor_customer_plus.customers.orderings import Sort, SortField
from saleor_customer_plus.customers.queries import RecordList
from tests.client import SALEOR_PATH, Api
from tests.factories import make_app

from . import customer_data, host, shop
from .report import Figure
from .timing import in_turns, ms

ENTRIES_PER_RECORD = 3
SLOWEST, DEEP, FASTER_THAN_CORE = 3.0, 1.2, 10.0

QUERY = """
query Records($after: String, $filter: CustomerRecordFilterInput, $search: String, $sort: CustomerRecordSortingInput) {
  customerRecords(first: 50, after: $after, filter: $filter, search: $search, sortBy: $sort) {
    pageInfo { hasNextPage endCursor }
    edges { node { id email firstName lastName companyName stage orderCount lastOrderAt
      figures { currency orderCount totalSpent { amount currency } averageOrderValue { amount currency } } } }
  }
}
"""
# The fields that both lists have.
OURS = """
query Records($sort: CustomerRecordSortingInput) {
  customerRecords(first: 50, sortBy: $sort) {
    pageInfo { hasNextPage endCursor }
    edges { node { id email firstName lastName isActive createdAt languageCode } }
  }
}
"""
CORE = """
query Customers($sort: UserSortingInput) {
  customers(first: 50, sortBy: $sort) {
    pageInfo { hasNextPage endCursor }
    edges { node { id email firstName lastName isActive dateJoined languageCode } }
  }
}
"""

SORTS: dict[str, dict[str, str]] = {
    "name": {"field": "NAME", "direction": "ASC"},
    "e-mail": {"field": "EMAIL", "direction": "ASC"},
    "last order": {"field": "LAST_ORDER_AT", "direction": "DESC"},
    "number of orders": {"field": "ORDER_COUNT", "direction": "DESC"},
    "total spent in EUR": {"field": "TOTAL_SPENT", "direction": "DESC", "currency": "EUR"},
}
FILTERS: dict[str, dict[str, Any]] = {
    "customers of two countries": {"stage": "CUSTOMER", "countries": ["AT", "CH"]},
    "with an account, six orders or more": {"hasAccount": True, "orderCount": {"gte": 6}},
    "spent 800 EUR or more, tax exempt": {"totalSpent": {"currency": "EUR", "gte": 800}, "isTaxExempt": True},
    "leads of the newsletter, this country": {"stage": "LEAD", "sources": {"any": ["NEWSLETTER"]}, "countries": ["US"]},
    "not of the newsletter, but of orders": {"sources": {"all": ["ORDER"], "none": ["NEWSLETTER"]}},
    "an attribute that a fifth has": {"attributes": [{"key": "level"}]},
    "a value of it that few have": {"attributes": [{"key": "level", "value": 7}]},
    "bought in the channel of all": {"orderChannels": ["Q2hhbm5lbDox"]},
    "bought in a channel of few": {"orderChannels": ["Q2hhbm5lbDoy"]},
    "average above 350 USD, with account": {"averageOrderValue": {"currency": "USD", "gte": 350}, "hasAccount": True},
}
CORE_SORTS: tuple[tuple[str, dict[str, str] | None, dict[str, str] | None, float], ...] = (
    ("as they come", None, None, 1.0),
    (
        "by number of orders",
        {"field": "ORDER_COUNT", "direction": "DESC"},
        {"field": "ORDER_COUNT", "direction": "DESC"},
        FASTER_THAN_CORE,
    ),
    (
        "by last name",
        {"field": "NAME", "direction": "ASC"},
        {"field": "LAST_NAME", "direction": "ASC"},
        FASTER_THAN_CORE,
    ),
)
SEARCHES = {"a common last name": "müller", "first and last name": "anna ros", "a whole address": "{email}"}


def measure(records: int, runs: int) -> tuple[str, list[Figure]]:
    """Fill our tables (and on a real Saleor its accounts), and ask for pages as a client does."""
    with host.empty_database():
        accounts = records if host.ON_SALEOR else records // 2
        if host.ON_SALEOR:
            shop.fill_accounts(accounts, records * ENTRIES_PER_RECORD)
        customer_data.fill(records, records * ENTRIES_PER_RECORD, accounts)
        _app, token = make_app()  # the token of a person would expire before the last page
        figures = _pages(Api(token), runs, records)
        if host.ON_SALEOR:
            figures += _beside_core(Api(token), Api(token, SALEOR_PATH), runs)
    title = f"{records:,} records with {records * ENTRIES_PER_RECORD:,} ledger entries, {accounts:,} accounts"
    return f"{title}; median of {runs} runs", figures


def _pages(api: Api, runs: int, records: int) -> list[Figure]:
    def first() -> None:
        api(QUERY)

    def against(what: str, limit: float = SLOWEST, **variables: Any) -> Figure:
        base, taken = in_turns(runs, first, lambda: api(QUERY, **variables))
        ratio = taken / base
        measured = f"{ms(taken)}, first {ms(base)}"
        return Figure(what, measured, f"{ratio:.2f} of the first", f"at most {limit:g}", ratio <= limit)

    deep = _cursor(Sort(SortField.CREATED_AT, descending=True), records // 2)
    figures = [against("Page after half of the rows, newest first", DEEP, after=deep)]
    for name, sort in SORTS.items():
        wanted = Sort(SortField(sort["field"]), sort["direction"] == "DESC", sort.get("currency", ""))
        figures.append(against(f"Sorted by {name}", sort=sort))
        after = _cursor(wanted, records // 2)
        figures.append(against("... after half of the rows", sort=sort, after=after))
    figures += [against(f"Filter: {name}", filter=chosen) for name, chosen in FILTERS.items()]
    somebody = api(QUERY)["customerRecords"]["edges"][0]["node"]["email"]
    figures += [against(f"Search: {name}", search=text.format(email=somebody)) for name, text in SEARCHES.items()]
    return figures


def _beside_core(ours: Api, core: Api, runs: int) -> list[Figure]:
    figures = []
    for name, our_sort, core_sort, factor in CORE_SORTS:
        theirs, taken = in_turns(
            runs,
            lambda sort=core_sort: core(CORE, sort=sort),  # type: ignore[misc]
            lambda sort=our_sort: ours(OURS, sort=sort),  # type: ignore[misc]
        )
        times = theirs / taken
        wanted = f"at least {factor:.0f} times" if factor > 1 else "not slower"
        measured = f"{ms(taken)}, core {ms(theirs)}"
        figures.append(
            Figure(f"Fields of the core, {name}", measured, f"{times:.1f} times as fast", wanted, times >= factor)
        )
    return figures


def _cursor(sort: Sort, offset: int) -> str:
    """The cursor of the row at an offset. A client would come there page by page."""
    ordering = RecordList(sort=sort).ordering
    for number, segment in enumerate(ordering.segments):
        rows = segment.rows.filter(segment.condition).order_by(*segment.order(backward=False))
        count = rows.count()
        if offset < count:
            return Edge(rows[offset], ordering, number).cursor
        offset -= count
    raise ValueError("There are not so many rows.")
