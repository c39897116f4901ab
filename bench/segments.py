"""Twenty segments over a large store: the first page of each beside that of the plain list, and how many are in it."""

from __future__ import annotations

from typing import Any

from saleor_customer_plus.leads.models import Lead
from saleor_customer_plus.ledger.models import LedgerEntry, LedgerLine
from saleor_customer_plus.records.labels import fold
from saleor_customer_plus.records.models import CustomerRecord, generated_kept
from saleor_customer_plus.tags.models import Tag, TagAssignment
from tests.client import SALEOR_PATH, Api
from tests.factories import make_app

from . import catalogue, customer_data, host, shop
from .lists import ENTRIES_PER_RECORD, QUERY
from .report import Figure
from .rows import below, execute, insert, table
from .timing import in_turns, ms, taken_by

SLOWEST_PAGE, SECONDS, MOST_SECONDS = 3.0, 1.0, 5.0
# How many counts of the twenty have to be that fast.
FAST_COUNTS = 18

COUNT = "query Count($filter: CustomerRecordFilterInput) { customerRecords(first: 1, filter: $filter) { totalCount } }"
CORE = """
query Customers($where: CustomerWhereInput) {
  customers(first: 50, where: $where) {
    pageInfo { hasNextPage endCursor }
    edges { node { id email firstName lastName isActive dateJoined languageCode } }
  }
}
"""
CORE_COUNT = "query Count($where: CustomerWhereInput) { customers(first: 1, where: $where) { totalCount } }"

READY_MADE = {
    "customers": "stage = 'CUSTOMER'",
    "new": "first_order >= -30d",
    "returning": "order_count >= 2",
    "one-time": "order_count = 1",
    "best": "orders MATCHES (count >= 3, date >= -365d)",
    "slipping away": "order_count >= 2 AND last_order < -180d",
    "never bought": "order_count = 0",
    "leads to call": "leads MATCHES (open = true, overdue = true)",
    "subscribed": "accepts_newsletter = true OR accepts_promotional_mail = true",
    "no consent": "accepts_newsletter = false AND accepts_promotional_mail = false",
}
OWN = {
    "a best-seller, but not another one": "products_purchased MATCHES (product = 'product-1') "
    "AND products_purchased NOT MATCHES (product = 'product-2')",
    "a category within 90 days": "products_purchased MATCHES (category = 'category-3', date >= -90d)",
    "five or more of a collection": "products_purchased MATCHES (collection = 'collection-5', quantity >= 5)",
    "200 EUR in a category": "products_purchased MATCHES (category = 'category-1', spent > 200 EUR)",
    "a variant that few bought": "products_purchased MATCHES (variant = 'sku-1999-1')",
    "a voucher, and nothing lately": "vouchers_used CONTAINS 'VOUCHER-3' AND orders NOT MATCHES (date >= -180d)",
    "big spenders or VIPs of two countries": "(total_spent > 800 EUR OR tags CONTAINS 'VIP') "
    "AND country IN ('AT', 'CH')",
    "two orders before a year, none since": "orders MATCHES (count >= 2, date < -365d) "
    "AND orders NOT MATCHES (date >= -365d)",
    "neither from nor for the newsletter": "NOT (sources CONTAINS 'NEWSLETTER' OR accepts_newsletter = true) "
    "AND average_order_value > 250 EUR",
    "one of ten products, or one large order": "products_purchased MATCHES ("
    + f"product IN ({', '.join(repr(f'product-{number}') for number in range(100, 110))}), "
    "date BETWEEN -365d AND -30d) OR orders MATCHES (total > 400 EUR, currency = 'USD')",
}
# What Saleor's own filter can say as well, since 3.22.
BESIDE_CORE: dict[str, dict[str, Any]] = {
    "order_count >= 2": {"numberOfOrders": {"range": {"gte": 2}}},
    "order_count = 1": {"numberOfOrders": {"eq": 1}},
    "order_count = 0": {"numberOfOrders": {"eq": 0}},
}


def measure(records: int, runs: int) -> tuple[str, list[Figure]]:
    """Fill our tables, with lines, tags, leads and consents, and ask for each segment as a client does."""
    with host.empty_database():
        entries = records * ENTRIES_PER_RECORD
        accounts = records if host.ON_SALEOR else records // 2
        if host.ON_SALEOR:
            shop.fill_accounts(accounts, entries)
        catalogue.fill()
        customer_data.fill(records, entries, accounts)
        catalogue.fill_ledger_lines()
        fill_what_segments_ask_for(records)
        lines = LedgerLine.objects.count()
        _app, token = make_app()
        figures = _ours(Api(token), runs)
        if host.ON_SALEOR:
            figures += _beside_core(Api(token), Api(token, SALEOR_PATH), runs)
    title = f"{records:,} records with {entries:,} ledger entries and {lines:,} lines"
    return f"{title}; pages: median of {runs} runs, counts: of 3", figures


def fill_what_segments_ask_for(records: int) -> None:
    """Of 100 records, one is a VIP, about 28 are subscribed and five have a lead; of ten orders, one used a voucher."""
    tag = Tag.objects.create(name="VIP", key=fold("VIP"))
    insert(TagAssignment, f"generate_series(1, {records}) n WHERE {below(100, 'n', 91)} = 0", tag_id=str(tag.pk),
           record_id="n")  # fmt: skip
    execute(
        f"""
        UPDATE {table(CustomerRecord)} r SET accepts_newsletter = {below(10, "id", 92)} < 2,
            accepts_promotional_mail = {below(10, "id", 93)} < 1{generated_kept().text}
        """,
        (),
    )
    insert(
        Lead,
        f"generate_series(1, {records}) n WHERE {below(20, 'n', 94)} = 0",
        record_id="n",
        subject="'A question'",
        origin="'STAFF'",
        created_at=f"now() - make_interval(days => {below(300, 'n', 95)})",
        next_contact_at=f"now() + make_interval(days => {below(40, 'n', 96)} - 20)",
    )
    execute(
        f"""
        UPDATE {table(LedgerEntry)} SET voucher_codes = ARRAY['VOUCHER-' || {below(20, "id", 97)}]
        WHERE {below(10, "id", 98)} = 0
        """
    )
    for model in (TagAssignment, CustomerRecord, Lead, LedgerEntry, LedgerLine):
        execute(f"VACUUM ANALYZE {table(model)}")


def _ours(api: Api, runs: int) -> list[Figure]:
    figures, counts = [], []
    for name, text in (READY_MADE | OWN).items():
        chosen = {"query": text}
        base, page = in_turns(runs, lambda: api(QUERY), lambda chosen=chosen: api(QUERY, filter=chosen))  # type: ignore[misc]
        ratio = page / base
        figures.append(
            Figure(
                f"Page: {name}",
                f"{ms(page)}, plain {ms(base)}",
                f"{ratio:.2f} of the plain list's",
                f"at most {SLOWEST_PAGE:g}",
                ratio <= SLOWEST_PAGE,
            )
        )
        count, seconds = _counted(api, COUNT, "customerRecords", filter=chosen)
        counts.append(seconds)
        figures.append(Figure(f"... count: {count:,}", ms(seconds), "", f"at most {SECONDS:g} s", seconds <= SECONDS))
    fast = sum(seconds <= SECONDS for seconds in counts)
    figures.append(
        Figure(
            f"Counts within {SECONDS:g} s", f"{fast} of {len(counts)}", "", f"{FAST_COUNTS} of 20", fast >= FAST_COUNTS
        )
    )
    slowest = max(counts)
    figures.append(Figure("The slowest count", ms(slowest), "", f"at most {MOST_SECONDS:g} s", slowest <= MOST_SECONDS))
    return figures


def _beside_core(ours: Api, core: Api, runs: int) -> list[Figure]:
    figures = []
    for text, where in BESIDE_CORE.items():
        theirs, page = in_turns(
            runs,
            lambda where=where: core(CORE, where=where),  # type: ignore[misc]
            lambda text=text: ours(QUERY, filter={"query": text}),  # type: ignore[misc]
        )
        figures.append(Figure(f"Page: {text}", f"{ms(page)}, core {ms(theirs)}", f"{theirs / page:.1f} times as fast"))
        _, of_core = _counted(core, CORE_COUNT, "customers", where=where)
        _, of_us = _counted(ours, COUNT, "customerRecords", filter={"query": text})
        figures.append(Figure("... count", f"{ms(of_us)}, core {ms(of_core)}", f"{of_core / of_us:.1f} times as fast"))
    return figures


def _counted(api: Api, query: str, field: str, **variables: Any) -> tuple[int, float]:
    """How many there are, and the median seconds of three runs after one that fills the caches."""
    count: int = api(query, **variables)[field]["totalCount"]
    seconds = sorted(taken_by(lambda: api(query, **variables)).seconds for _ in range(3))
    return count, seconds[1]
