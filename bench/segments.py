"""Twenty segments over a large store: the first page of each beside that of the plain list, and how many are in it.
Then the figures of a night, looks at everybody for fifty that are followed, and what these add to the task of an order.

On a machine that others use too, the time of the processor tells more than the clock: that of PostgreSQL's process for
this connection, of which Linux tells, and of our own.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from statistics import fmean
from typing import Any

from django.db import connection
from django.utils import timezone

from saleor_customer_plus import tasks
from saleor_customer_plus.activity.services import SYNC
from saleor_customer_plus.conditions.parsing import parse
from saleor_customer_plus.insights import insights_job
from saleor_customer_plus.insights.models import CustomerInsight
from saleor_customer_plus.jobs import engine
from saleor_customer_plus.leads.models import Lead
from saleor_customer_plus.ledger.models import LedgerEntry, LedgerLine
from saleor_customer_plus.records.labels import fold
from saleor_customer_plus.records.models import CustomerRecord, generated_kept
from saleor_customer_plus.saleor_adapter.host import Order
from saleor_customer_plus.segments import following, services
from saleor_customer_plus.segments.models import Segment
from saleor_customer_plus.segments.ready_made import QUERIES
from saleor_customer_plus.tags.models import Tag, TagAssignment
from tests.client import SALEOR_PATH, Api
from tests.factories import make_app, save_settings

from . import catalogue, customer_data, host, shop
from .lists import ENTRIES_PER_RECORD, QUERY
from .report import Figure
from .rows import below, execute, insert, table
from .timing import added, in_turns, ms

SLOWEST_PAGE, SECONDS, MAX_SECONDS = 3.0, 1.0, 5.0
# How many counts of the twenty have to be that fast.
FAST_COUNTS = 18
FOLLOWED, SWEEP, NIGHT, DEARER = 50, 60.0, 300.0, 1.2
# Orders that are synced one after the other, and how often: a look comes about once in a block.
BLOCK, BLOCKS = 50, 32

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
READY_MADE = {kind.label: query for kind, query in QUERIES.items()}
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
        save_settings()
        _app, token = make_app()
        figures = [_night(), *_ours(Api(token), runs), *_followed()]
        if host.ON_SALEOR:
            figures += _beside_core(Api(token), Api(token, SALEOR_PATH), runs)
    title = f"{records:,} records with {entries:,} ledger entries and {lines:,} lines"
    return f"{title}; pages: median of {runs} runs, counts: the least of 3", figures


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
        count, seconds, cpu = _counted(api, COUNT, "customerRecords", filter=chosen)
        counts.append(cpu)
        told = f"{ms(cpu)} of the processor"
        figures.append(Figure(f"... count: {count:,}", ms(seconds), told, f"at most {SECONDS:g} s", cpu <= SECONDS))
    fast = sum(seconds <= SECONDS for seconds in counts)
    figures.append(
        Figure(
            f"Counts within {SECONDS:g} s", f"{fast} of {len(counts)}", "", f"{FAST_COUNTS} of 20", fast >= FAST_COUNTS
        )
    )
    slowest = max(counts)
    figures.append(Figure("The slowest count", ms(slowest), "", f"at most {MAX_SECONDS:g} s", slowest <= MAX_SECONDS))
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
        _, of_core, _ = _counted(core, CORE_COUNT, "customers", where=where)
        _, of_us, _ = _counted(ours, COUNT, "customerRecords", filter={"query": text})
        figures.append(Figure("... count", f"{ms(of_us)}, core {ms(of_core)}", f"{of_core / of_us:.1f} times as fast"))
    return figures


def _night() -> Figure:
    """The insights of everybody, for the first time: each of them is written."""

    def compute() -> None:
        for _ in engine.run(insights_job.create().pk):
            pass

    seconds, cpu = _taken(compute)
    for model in (CustomerInsight, CustomerRecord):
        execute(f"VACUUM ANALYZE {table(model)}")
    return Figure("Figures of a night", _told(seconds, cpu), "", f"at most {NIGHT:g} s", cpu <= NIGHT)


def _followed() -> list[Figure]:
    """Fifty segments that are followed: members are found, then looked at again, and orders come in."""
    queries = [*QUERIES.values(), *OWN.values()]
    for number in range(FOLLOWED):
        query = queries[number % len(queries)]
        more = f"({query}) AND order_count >= {number // len(queries)}" if number >= len(queries) else query
        services.create(name=f"Followed {number}", tree=parse(more), is_followed=True, actor=SYNC)
    figures = []
    for what in ("The members of fifty segments are found", "... and looked at again"):
        Segment.objects.filter(is_followed=True).update(due_at=timezone.now(), swept_to=None)
        seconds, cpu = _taken(lambda: following.sweep(seconds=36_000))
        is_again = what.startswith("...")
        wanted = f"at most {SWEEP:g} s" if is_again else ""
        figures.append(Figure(what, _told(seconds, cpu), "", wanted, cpu <= SWEEP if is_again else None))
    return [*figures, _order_task()] if host.ON_SALEOR else figures


def _order_task() -> Figure:
    """The task of one order at a time, with and without the fifty segments, in blocks of orders that alternate.

    After a look a process rests. So that the rest does not go by while orders are synced without segments, each block
    with them goes on where the one before left off.
    """
    ids = [str(pk) for pk in Order.objects.order_by("-number").values_list("pk", flat=True)[: BLOCKS * BLOCK]]
    followed = Segment.objects.filter(
        pk__in=list(Segment.objects.filter(is_followed=True).values_list("pk", flat=True))
    )
    taken: dict[bool, list[float]] = {True: [], False: []}
    rest = 0.0
    for number in range(BLOCKS):
        is_followed = number % 4 in (1, 2)  # without, with, with, without: what grows over time cancels out
        followed.update(is_followed=is_followed)
        following.rest_until(time.monotonic() + rest if is_followed else 0.0)
        block = ids[number * BLOCK : (number + 1) * BLOCK]
        taken[is_followed].append(_taken(lambda block=block: [tasks.sync_orders([one]) for one in block])[1])  # type: ignore[misc]
        if is_followed:
            rest = following.seconds_of_rest()
    followed.update(is_followed=True)
    pairs = list(zip(taken[False], taken[True], strict=True))
    without, with_them = (fmean(some) / BLOCK for some in zip(*pairs, strict=True))
    _median, low, high = added(pairs)
    measured = (
        f"{ms(with_them)} of the processor, without {ms(without)}; of a block of {BLOCK} the median difference is "
        f"between {ms(low)} and {ms(high)}"
    )
    ratio = with_them / without
    return Figure("Task of an order", measured, f"{ratio:.2f} times", f"at most {DEARER:g}", ratio <= DEARER)


def _taken(thing: Callable[[], object]) -> tuple[float, float]:
    """Seconds by the clock, and of the processor in this process and in PostgreSQL's for this connection."""
    began, cpu = time.perf_counter(), _processor()
    thing()
    return time.perf_counter() - began, _processor() - cpu


def _processor() -> float:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (pid,) = cursor.fetchone()
    stat = Path(f"/proc/{pid}/stat")
    of_server = stat.read_text().rpartition(")")[2].split()[11:13] if stat.exists() else ()
    return time.process_time() + sum(map(int, of_server)) / 100


def _told(seconds: float, cpu: float) -> str:
    return f"{cpu:,.1f} s of the processor, {seconds:,.1f} s"


def _counted(api: Api, query: str, field: str, **variables: Any) -> tuple[int, float, float]:
    """How many there are; and the least seconds of three runs after one that fills the caches, by the clock and of the
    processor.
    """
    count: int = api(query, **variables)[field]["totalCount"]
    seconds, cpu = zip(*(_taken(lambda: api(query, **variables)) for _ in range(3)), strict=True)
    return count, min(seconds), min(cpu)
