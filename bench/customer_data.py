"""Our own tables, filled directly: as many records and ledger entries as a large shop has after years."""

from __future__ import annotations

from saleor_customer_plus.ledger.models import CustomerFigures, LedgerEntry
from saleor_customer_plus.records.models import CustomerRecord, generated_kept

from .people import person
from .rows import below, execute, insert, pick, table, without_indexes
from .shop import BASE, CHARGES, STATUSES, YEARS


def fill(records: int, entries: int, accounts: int) -> None:
    """Records 1 to n; the first `accounts` of them have the accounts that `shop` makes. A fifth never bought."""
    with without_indexes(CustomerRecord, LedgerEntry, CustomerFigures):
        _records(records, accounts)
        _ledger(records, entries)
        _figures()


def _records(count: int, accounts: int) -> None:
    who = person("n")
    account = f"CASE WHEN n <= {accounts} THEN {BASE} + n END"
    created = f"now() - make_interval(secs => {below(YEARS * 365 * 86_400, 'n', 51)})"
    insert(
        CustomerRecord,
        f"generate_series(1, {count}) n",
        id="n",
        email=who.email,
        account_id=account,
        first_name=who.first_name,
        last_name=who.last_name,
        company_name=who.company_name,
        phone=who.phone,
        country_code=who.country_code,
        language_code=who.language_code,
        number=f"CASE WHEN {below(20, 'n', 52)} = 0 THEN 'K-' || n END",
        is_tax_exempt=f"{below(100, 'n', 53)} = 0",
        attributes=f"CASE WHEN {below(5, 'n', 56)} = 0 THEN jsonb_build_object('level', {below(1000, 'n', 57)}) "
        "ELSE '{}' END",
        is_active=f"{below(50, 'n', 54)} > 0",
        stage=f"CASE WHEN {account} IS NULL THEN 'LEAD' ELSE 'CUSTOMER' END",
        sources=f"CASE WHEN {below(10, 'n', 55)} = 0 THEN ARRAY['NEWSLETTER'] ELSE ARRAY['ORDER'] END::varchar[]",
        created_at=created,
        modified_at=created,
        customer_since=created,
    )


def _ledger(records: int, entries: int) -> None:
    who = person("r")
    status = pick(STATUSES, "m", 61)
    insert(
        LedgerEntry,
        f"""(
            SELECT m, CASE WHEN r %% 5 = 0 THEN r - 1 ELSE r END AS r, {status} AS status
            FROM (SELECT m, 2 + {below(max(records - 1, 1), "m", 62)} AS r FROM generate_series(1, {entries}) m) o
        ) o""",
        id="m",
        order_id="gen_random_uuid()",
        order_number="m",
        record_id="r",
        email=who.email,
        status="CASE status WHEN 'draft' THEN 'fulfilled' ELSE status END",
        charge_status=pick(CHARGES, "m", 63),
        origin="'checkout'",
        channel_slug="'bench'",
        channel_id=f"CASE WHEN {below(2000, 'm', 68)} = 0 THEN 2 ELSE 1 END",
        currency=f"CASE WHEN {below(5, 'r', 64)} = 0 OR {below(20, 'm', 65)} = 0 THEN 'USD' ELSE 'EUR' END",
        total_gross=f"5 + {below(40_000, 'm', 66)} / 100.0",
        total_refunded="0",
        counts="status NOT IN ('unconfirmed', 'canceled', 'expired')",
        first_name=who.first_name,
        last_name=who.last_name,
        company_name=who.company_name,
        country_code=who.country_code,
        language_code=who.language_code,
        placed_at=f"now() - make_interval(secs => {below(YEARS * 365 * 86_400, 'm', 67)})",
        order_updated_at="now()",
    )


def _figures() -> None:
    counted = f"(SELECT * FROM {table(LedgerEntry)} WHERE counts) e GROUP BY record_id, currency"
    insert(
        CustomerFigures,
        counted,
        record_id="record_id",
        currency="currency",
        order_count="count(*)",
        total_gross="sum(total_gross)",
        net_of_refunds="sum(total_gross)",
        average_gross="round(avg(total_gross), 3)",
        first_order_at="min(placed_at)",
        last_order_at="max(placed_at)",
    )
    execute(
        f"""
        UPDATE {table(CustomerRecord)} r
        SET order_count = f.order_count, last_order_at = f.last_order_at, stage = 'CUSTOMER'{generated_kept().text}
        FROM (
            SELECT record_id, sum(order_count) AS order_count, max(last_order_at) AS last_order_at
            FROM {table(CustomerFigures)} GROUP BY record_id
        ) f WHERE f.record_id = r.id
        """
    )
