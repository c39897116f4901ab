"""Products to buy: in Saleor's tables, in a tree of categories and in collections, and the lines of orders."""

from __future__ import annotations

from saleor_customer_plus.ledger.models import LedgerEntry, LedgerLine
from saleor_customer_plus.saleor_adapter.host import (
    Category,
    Collection,
    CollectionProduct,
    Order,
    OrderLine,
    Product,
    ProductVariant,
)
from tests.factories import make_product

from .rows import below, execute, insert, table, without_indexes

PRODUCTS, VARIANTS_OF_EACH = 2_000, 2
TOP_CATEGORIES, CATEGORIES_WITHIN = 10, 9
COLLECTIONS = 20
# Above the ids of what Saleor's own migrations make. The first product is the one that is bought most.
BASE = 1000


def fill() -> None:
    """Category c has the slug `category-c`: the first ten are at the top, and each has nine within. A product is in
    one of those within, and in one collection of `collection-c`; its slug is `product-n`, and its variants have the
    SKUs `sku-n-1` and `sku-n-2`.
    """
    kind = make_product("bench").product_type_id if hasattr(Product, "product_type") else 0
    top, all = TOP_CATEGORIES, TOP_CATEGORIES * (CATEGORIES_WITHIN + 1)
    parent = f"CASE WHEN n > {top} THEN {BASE} + 1 + (n - 1) %% {top} END"
    # Saleor's own columns of the tree. Nothing that is measured reads them.
    insert(
        Category,
        f"generate_series(1, {all}) n",
        id=f"{BASE} + n",
        name="'Category ' || n",
        slug="'category-' || n",
        parent_id=parent,
        lft="1",
        rght="2",
        tree_id="n",
        level=f"(n > {top})::int",
    )
    insert(
        Product,
        f"generate_series(1, {PRODUCTS}) n",
        id=f"{BASE} + n",
        product_type_id=str(kind),
        name="'Product ' || n",
        slug="'product-' || n",
        category_id=f"{BASE} + {top + 1} + {below(all - top, 'n', 81)}",
    )
    insert(
        ProductVariant,
        f"generate_series(1, {PRODUCTS}) n, generate_series(1, {VARIANTS_OF_EACH}) v",
        id=f"{BASE} + {VARIANTS_OF_EACH} * n + v",
        product_id=f"{BASE} + n",
        name="'Variant ' || v",
        sku="'sku-' || n || '-' || v",
    )
    insert(
        Collection,
        f"generate_series(1, {COLLECTIONS}) n",
        id=f"{BASE} + n",
        name="'Collection ' || n",
        slug="'collection-' || n",
    )
    insert(
        CollectionProduct,
        f"generate_series(1, {PRODUCTS}) n",
        collection_id=f"{BASE} + 1 + {below(COLLECTIONS, 'n', 82)}",
        product_id=f"{BASE} + n",
    )
    for model in (Category, Product, ProductVariant, Collection, CollectionProduct):
        execute(f"ANALYZE {table(model)}")


# Of the lines of order n, which are 1 to 3: which product, the first ones much more often than the last.
_NUMBERS = f"generate_series(1, 1 + {below(3, 'n', 83)}) i"
_KEY = "(n::bigint * 4 + i)"
_PRODUCT = f"({BASE} + 1 + floor({PRODUCTS} * power({below(1_000_000, _KEY, 84)} / 1000000.0, 3))::int)"
_VARIANT = f"({VARIANTS_OF_EACH} * (product - {BASE}) + {BASE} + 1 + {below(VARIANTS_OF_EACH, _KEY, 85)})"
_QUANTITY = f"1 + {below(4, _KEY, 86)} * {below(2, _KEY, 87)}"
_TOTAL = f"(1 + {below(15_000, _KEY, 88)} / 100.0)::numeric(20, 3)"


def fill_order_lines() -> None:
    """Two lines on average for each of Saleor's orders."""
    orders = f"(SELECT id, number AS n, currency, created_at FROM {table(Order)}) o"
    with without_indexes(OrderLine):
        insert(
            OrderLine,
            f"(SELECT o.*, i, {_PRODUCT} AS product FROM {orders}, {_NUMBERS}) l",
            id="gen_random_uuid()",
            created_at="created_at",
            order_id="id",
            variant_id=_VARIANT,
            product_name=f"'Product ' || product - {BASE}",
            is_shipping_required="true",
            is_gift_card="false",
            quantity=_QUANTITY,
            currency="currency",
            unit_price_net_amount=_TOTAL,
            unit_price_gross_amount=_TOTAL,
            total_price_net_amount=_TOTAL,
            total_price_gross_amount=_TOTAL,
        )


def fill_ledger_lines() -> None:
    """The same for each row of our ledger that counts, without any order in Saleor."""
    entries = (
        f"(SELECT id, order_number AS n, record_id, channel_id, currency, placed_at FROM {table(LedgerEntry)} "
        "WHERE counts AND record_id IS NOT NULL) e"
    )
    with without_indexes(LedgerLine):
        insert(
            LedgerLine,
            f"(SELECT e.*, i, {_PRODUCT} AS product FROM {entries}, {_NUMBERS}) l",
            entry_id="id",
            line_id="gen_random_uuid()",
            record_id="record_id",
            product_id="product",
            variant_id=_VARIANT,
            channel_id="channel_id",
            quantity=_QUANTITY,
            currency="currency",
            total_gross=_TOTAL,
            placed_at="placed_at",
        )
