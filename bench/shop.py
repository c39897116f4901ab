"""A shop with years of history in Saleor's tables: accounts, guests, products, orders with all that they have."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from saleor_customer_plus.saleor_adapter.host import Address, Order, Payment, Transaction, TransactionItem, User

from . import catalogue
from .people import person
from .rows import below, execute, insert, pick, table, without_indexes

YEARS = 3
CURRENCIES = ("EUR", "USD")
# Above the ids of what Saleor's own migrations make.
BASE = 1000
# One order in fifty is of one of a few that buy all the time.
BIG_BUYERS = 100

# A hundred orders, by what became of them.
STATUSES = (
    *["draft"] * 3,
    *["unconfirmed"] * 2,
    *["canceled"] * 4,
    *["expired"] * 1,
    *["returned"] * 2,
    *["partially_returned"] * 1,
    *["partially fulfilled"] * 2,
    *["unfulfilled"] * 10,
    *["fulfilled"] * 75,
)
CHARGES = (*["none"] * 8, *["partial"] * 3, *["overcharged"] * 1, *["full"] * 88)


@dataclass(frozen=True, slots=True)
class Shop:
    """What was made."""

    accounts: int
    guests: int
    orders: int


def fill(orders: int, people: int | None = None) -> Shop:
    """Fill an empty shop. Half of the people have an account; each has three orders on average."""
    people = people or max(orders // 3, 2)
    accounts = people // 2
    with without_indexes(Address, User, User.addresses.through, Order, TransactionItem, Payment, Transaction):
        channels = _channels()
        _accounts(accounts)
        _orders(orders, people, accounts, channels)
        _payments()
    catalogue.fill()
    catalogue.fill_order_lines()
    execute("SELECT setval('order_order_number_seq', %s)", (orders,))
    return Shop(accounts, people - accounts, orders)


def fill_accounts(people: int, orders: int) -> None:
    """Only what lists of customers read: every person has an account, and orders come without addresses or payments."""
    with without_indexes(Address, User, User.addresses.through, Order):
        channels = _channels()
        _accounts(people)
        _orders(orders, people, people, channels, with_addresses=False)


def _channels() -> dict[str, int]:
    model: Any = Order._meta.get_field("channel").related_model
    return {
        currency: model.objects.create(
            name=currency,
            slug=f"bench-{currency.lower()}",
            currency_code=currency,
            default_country="DE",
            is_active=True,
        ).pk
        for currency in CURRENCIES
    }


def _address(number: str) -> dict[str, str]:
    """Where a person lives, by the person's number."""
    who = person(number)
    return {
        "first_name": who.first_name,
        "last_name": who.last_name,
        "company_name": who.company_name,
        "phone": who.phone,
        "country": who.country_code,
        "street_address_1": f"{who.street} || ' ' || {below(120, number, 21)}",
        "city": who.city,
        "postal_code": f"lpad({below(99_999, number, 22)}::text, 5, '0')",
    }


def _accounts(count: int) -> None:
    """Account BASE + n is person n, and so is its address."""
    who = person("n")
    series = f"generate_series(1, {count}) n"
    id = f"{BASE} + n"
    insert(Address, series, id=id, **_address("n"))
    joined = f"now() - make_interval(secs => {below(YEARS * 365 * 86_400, 'n', 31)})"
    insert(
        User,
        series,
        id=id,
        email=who.email,
        first_name=who.first_name,
        last_name=who.last_name,
        password="'!'",
        language_code=who.language_code,
        is_confirmed=f"{below(100, 'n', 32)} > 2",
        date_joined=joined,
        updated_at=joined,
        default_billing_address_id=id,
        default_shipping_address_id=id,
        number_of_orders=below(12, "n", 33),
    )
    insert(User.addresses.through, series, user_id=id, address_id=id)


def _orders(count: int, people: int, accounts: int, channels: dict[str, int], *, with_addresses: bool = True) -> None:
    """Order n has number n; its addresses come after those of the accounts, in pairs."""
    buyer = f"""CASE WHEN {below(50, "n", 1)} = 0 THEN 1 + {below(BIG_BUYERS, "n", 2)} %% {people}
        ELSE 1 + {below(people, "n", 3)} END"""
    series = f"(SELECT n, {buyer} AS p FROM generate_series(1, {count}) n) o"
    billing = f"{BASE + accounts} + 2 * n"
    shipping = f"{billing} + 1"
    has_shipping = f"{below(100, 'n', 4)} > 14"
    if with_addresses:
        insert(Address, series, id=billing, **_address("p"))
        insert(Address, f"{series} WHERE {has_shipping}", id=shipping, **_address("p"))

    who = person("p")
    total = f"(5 + {below(40_000, 'n', 5)} / 100.0)::numeric(20, 3)"
    currency = f"CASE WHEN {below(5, 'p', 6)} = 0 THEN 'USD' ELSE 'EUR' END"
    currency = f"CASE WHEN {below(20, 'n', 7)} = 0 THEN 'USD' ELSE {currency} END"
    created = f"now() - make_interval(secs => ({count} - n) * {YEARS * 365 * 86_400 / count})"
    insert(
        Order,
        f"""(
            SELECT *, {total} AS total, {pick(STATUSES, "n", 8)} AS status, {pick(CHARGES, "n", 9)} AS charge,
                {currency} AS currency, {created} AS created,
                CASE WHEN p <= {accounts} AND {below(10, "n", 10)} > 0 THEN {BASE} + p END AS account
            FROM {series}
        ) o""",
        id="gen_random_uuid()",
        number="n",
        created_at="created",
        updated_at=f"created + make_interval(secs => {below(864_000, 'n', 11)})",
        status="status",
        charge_status="charge",
        authorize_status="CASE WHEN charge IN ('full', 'overcharged') THEN 'full' ELSE charge END",
        user_id="account",
        # A guest types the address as it comes.
        user_email=f"""CASE WHEN account IS NULL AND {below(20, "n", 12)} = 0
            THEN upper({who.email}) ELSE {who.email} END""",
        language_code=who.language_code,
        billing_address_id=billing if with_addresses else "NULL",
        shipping_address_id=f"CASE WHEN {has_shipping} THEN {shipping} END" if with_addresses else "NULL",
        origin="'checkout'",
        currency="currency",
        channel_id="CASE currency " + " ".join(f"WHEN '{name}' THEN {pk}" for name, pk in channels.items()) + " END",
        lines_count="2",
        voucher_code=f"CASE WHEN {below(10, 'n', 15)} = 0 THEN 'VOUCHER-' || {below(20, 'n', 16)} END",
        total_net_amount="round(total / 1.19, 3)",
        undiscounted_total_net_amount="round(total / 1.19, 3)",
        subtotal_net_amount="round(total / 1.19, 3)",
        total_gross_amount="total",
        undiscounted_total_gross_amount="total",
        subtotal_gross_amount="total",
        total_charged_amount="""CASE charge WHEN 'full' THEN total WHEN 'overcharged' THEN total + 1
            WHEN 'partial' THEN round(total / 2, 3) ELSE 0 END""",
    )


def _payments() -> None:
    """Money came by transactions, or in one order of ten by the older payments; of either, some was paid back."""
    charged = f"(SELECT * FROM {table(Order)} WHERE total_charged_amount > 0) o"
    is_old = below(10, "number", 13) + " = 0"
    is_refunded = below(20, "number", 14) + " = 0"
    insert(
        TransactionItem,
        f"{charged} WHERE NOT {is_old}",
        token="gen_random_uuid()",
        created_at="created_at",
        modified_at="updated_at",
        currency="currency",
        order_id="id",
        charged_value="total_charged_amount",
        refunded_value=f"CASE WHEN {is_refunded} THEN round(total_charged_amount / 2, 3) ELSE 0 END",
    )
    insert(
        Payment,
        f"{charged} WHERE {is_old}",
        gateway="'manual'",
        is_active="true",
        created_at="created_at",
        modified_at="updated_at",
        charge_status="'fully-charged'",
        total="total_gross_amount",
        captured_amount="total_charged_amount",
        currency="currency",
        order_id="id",
    )
    paid = f"(SELECT p.*, o.number FROM {table(Payment)} p JOIN {table(Order)} o ON o.id = p.order_id) p"
    for kind, amount, which in (
        ("capture", "captured_amount", "true"),
        ("refund", "round(captured_amount / 2, 3)", is_refunded),
    ):
        insert(
            Transaction,
            f"{paid} WHERE {which}",
            payment_id="id",
            created_at="created_at",
            kind=f"'{kind}'",
            is_success="true",
            currency="currency",
            amount=amount,
            gateway_response="'{}'::jsonb",
        )
