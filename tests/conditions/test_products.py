"""What people bought as a condition, also against a naive evaluation over Saleor's own lines."""

from __future__ import annotations

import base64
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from saleor_customer_plus.conditions.compiling import compile_tree
from saleor_customer_plus.conditions.context import Context
from saleor_customer_plus.conditions.errors import ConditionError, Reason
from saleor_customer_plus.conditions.parsing import parse
from saleor_customer_plus.core.paging import Window, page
from saleor_customer_plus.customers.filters import RecordFilter
from saleor_customer_plus.customers.orderings import NEWEST_FIRST, sorted_by
from saleor_customer_plus.customers.queries import all_records
from saleor_customer_plus.ledger.sync import sync_order_ids
from saleor_customer_plus.records.models import CustomerRecord
from saleor_customer_plus.settings import CustomerPlusSettings
from tests.factories import (
    change,
    make_category,
    make_channel,
    make_collection,
    make_line,
    make_order,
    make_product,
    make_record,
    make_variant,
)
from tests.properties import examples

NOW = datetime(2026, 3, 15, 12, tzinfo=UTC)
HERE = Context(now=NOW)


def meeting(text: str, context: Context = HERE) -> set[str]:
    """The part before the @ of the addresses of those who meet a condition."""
    records = CustomerRecord.objects.filter(compile_tree(parse(text), context).condition)
    return {record.email.partition("@")[0] for record in records}


def listed(text: str) -> set[str]:
    """The same by the first page of the list, which looks at one record after the other."""
    ordering = sorted_by(all_records(), compile_tree(parse(text), HERE).condition, NEWEST_FIRST, RecordFilter(), None)
    return {edge.row.email.partition("@")[0] for edge in page(ordering, Window.of("records", first=50)).edges}


class Shop:
    """Anna bought two shirts and a boot in Europe, Ben three boots elsewhere, and Carl nothing that counts."""

    def __init__(self) -> None:
        self.europe, self.others = make_channel("eu"), make_channel("others", currency="USD")
        clothes = make_category("clothes")
        shirts, shoes = make_category("shirts", parent=clothes), make_category("shoes")
        boots = make_category("boots", parent=make_category("winter", parent=shoes))
        self.shirt = make_product("shirt", category=shirts, collections=[make_collection("summer")])
        self.boot = make_product("boot", category=boots)
        make_product("unsold", category=shoes, collections=[make_collection("sale")])
        self.red, self.blue = (make_variant(sku, product=self.shirt) for sku in ("shirt-red", "shirt-blue"))
        self.brown = make_variant("boot-brown", product=self.boot)
        orders = [
            self.order("anna", self.europe, 40, [(self.red, 1, 20), (self.blue, 1, 25)], voucher_code="SPRING"),
            self.order("anna", self.europe, 5, [(self.brown, 1, 90)], line_voucher="BOOTS"),
            self.order("ben", self.others, 10, [(self.brown, 3, 300)], voucher_code="BOOTS"),
            self.order("carl", self.europe, 1, [(self.red, 9, 180)], voucher_code="SPRING", status="canceled"),
        ]
        sync_order_ids([order.pk for order in orders], CustomerPlusSettings())

    def order(
        self,
        name: str,
        channel: Any,
        days_ago: int,
        lines: list[tuple[Any, int, int]],
        *,
        line_voucher: str | None = None,
        **fields: Any,
    ) -> Any:
        order = make_order(
            f"{name}@example.com",
            channel=channel,
            currency=channel.currency_code,
            created_at=NOW - timedelta(days=days_ago),
            **fields,
        )
        for variant, quantity, total in lines:
            make_line(order, variant, quantity=quantity, total=total, voucher_code=line_voucher)
        return order


@pytest.mark.django_db
class TestProductsPurchased:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("products_purchased MATCHES (product = 'shirt')", {"anna"}),
            ("products_purchased NOT MATCHES (product = 'shirt')", {"ben", "carl"}),
            ("NOT products_purchased MATCHES (product IN ('shirt', 'unsold'))", {"ben", "carl"}),
            ("products_purchased MATCHES (product != 'shirt')", {"anna", "ben"}),
            ("products_purchased MATCHES (product = 'boot', date >= -7d)", {"anna"}),
            ("products_purchased MATCHES (product = 'boot', channel = 'others')", {"ben"}),
            ("products_purchased MATCHES (product = 'boot', currency = 'EUR')", {"anna"}),
            ("products_purchased MATCHES (variant = 'shirt-red')", {"anna"}),
            ("products_purchased MATCHES (variant IN ('boot-brown', 'shirt-red'))", {"anna", "ben"}),
            ("products_purchased MATCHES (variant != 'boot-brown')", {"anna"}),
            ("products_purchased MATCHES (category = 'shoes')", {"anna", "ben"}),
            ("products_purchased MATCHES (category = 'boots')", {"anna", "ben"}),
            ("products_purchased MATCHES (category = 'clothes')", {"anna"}),
            ("products_purchased MATCHES (category != 'shoes')", {"anna"}),
            ("products_purchased MATCHES (category IN ('shirts', 'shoes'), date < -30d)", {"anna"}),
            ("products_purchased MATCHES (collection = 'summer')", {"anna"}),
            ("products_purchased MATCHES (collection = 'sale')", set()),
            ("products_purchased MATCHES (quantity >= 3)", {"anna", "ben"}),
            ("products_purchased MATCHES (quantity > 2, product = 'boot')", {"ben"}),
            ("products_purchased MATCHES (quantity = 2, category = 'clothes')", {"anna"}),
            ("products_purchased MATCHES (quantity = 0, category = 'clothes')", {"ben", "carl"}),
            ("products_purchased MATCHES (orders = 2)", {"anna"}),
            ("products_purchased MATCHES (orders = 1, product = 'shirt')", {"anna"}),
            ("products_purchased MATCHES (spent > 100 EUR)", {"anna"}),
            ("products_purchased MATCHES (spent = 45 EUR, product = 'shirt')", {"anna"}),
            ("products_purchased MATCHES (spent < 50 EUR, product = 'shirt')", {"anna", "ben", "carl"}),
            ("products_purchased MATCHES (spent = 300 USD)", {"ben"}),
            (
                "products_purchased MATCHES (product = 'shirt') AND products_purchased NOT MATCHES (product = 'boot')",
                set(),
            ),
            ("vouchers_used CONTAINS 'SPRING'", {"anna"}),
            ("vouchers_used IN ('SPRING', 'BOOTS')", {"anna", "ben"}),
            ("vouchers_used NOT IN ('SPRING')", {"ben", "carl"}),
            ("vouchers_used IS NULL", {"carl"}),
            ("vouchers_used IS NOT NULL", {"anna", "ben"}),
        ],
    )
    def test_each_parameter(self, text: str, expected: set[str]) -> None:
        Shop()
        assert meeting(text) == expected
        assert listed(text) == expected

    def test_rows_can_be_named_by_saleors_ids_and_by_keys(self) -> None:
        shop = Shop()
        boots = shop.boot.category
        for text in (
            f"product = '{_global_id('Product', shop.boot.pk)}'",
            f"product = #{shop.boot.pk}",
            f"variant = '{_global_id('ProductVariant', shop.brown.pk)}'",
            f"category = '{_global_id('Category', boots.pk)}'",
            f"category = #{boots.pk}",
        ):
            assert meeting(f"products_purchased MATCHES ({text})") == {"anna", "ben"}, text

    @pytest.mark.parametrize(
        ("parameter", "word"),
        [
            ("product = 'shrit'", "product"),
            ("variant = 'none'", "variant"),
            ("category = 'none'", "category"),
            ("collection = 'none'", "collection"),
            (f"product = '{base64.b64encode(b'Product:0').decode()}'", "product"),
            (f"product = '{base64.b64encode(b'Category:1').decode()}'", "product"),
            ("product = #0", "product"),
        ],
    )
    def test_what_saleor_has_not_is_an_error(self, parameter: str, word: str) -> None:
        Shop()
        with pytest.raises(ConditionError) as raised:
            meeting(f"products_purchased MATCHES ({parameter})")
        assert (raised.value.reason, word in raised.value.message) == (Reason.NOT_FOUND, True)

    def test_an_unknown_voucher_is_an_error(self) -> None:
        Shop()
        with pytest.raises(ConditionError, match="voucher code"):
            meeting("vouchers_used CONTAINS 'WINTER'")

    def test_a_product_counts_for_the_category_that_it_is_in_today(self) -> None:
        shop = Shop()
        change(shop.boot, category=shop.shirt.category)
        assert meeting("products_purchased MATCHES (category = 'shoes')") == set()
        assert meeting("products_purchased MATCHES (category = 'clothes')") == {"anna", "ben"}

    def test_restricted_staff_see_the_lines_and_vouchers_of_their_channels_alone(self) -> None:
        shop = Shop()
        seen = Context(now=NOW, channels=frozenset({shop.europe.pk}))
        assert meeting("products_purchased MATCHES (product = 'boot')", seen) == {"anna"}
        assert meeting("products_purchased MATCHES (channel = 'others')", seen) == set()
        assert meeting("products_purchased MATCHES (quantity = 0)", seen) == {"ben", "carl"}
        assert meeting("vouchers_used CONTAINS 'BOOTS'", seen) == {"anna"}
        assert meeting("vouchers_used IS NULL", seen) == {"ben", "carl"}

    def test_the_statements_do_not_grow_with_what_is_named(self) -> None:
        Shop()

        def statements(text: str) -> int:
            with CaptureQueriesContext(connection) as captured:
                meeting(f"products_purchased MATCHES ({text})")
            return len(captured)

        assert statements("category = 'shoes'") == statements("category IN ('shoes', 'boots', 'clothes', 'winter')")
        assert statements("product = 'shirt'") == statements("product IN ('shirt', 'boot', 'unsold')")


def _global_id(type_name: str, key: int) -> str:
    return base64.b64encode(f"{type_name}:{key}".encode()).decode()


PEOPLE = ("anna", "ben", "carl")
SLUGS = ("a", "b", "c")
_lines = st.lists(
    st.tuples(
        st.sampled_from(PEOPLE[:2]), st.sampled_from(SLUGS), st.integers(1, 4), st.integers(0, 60), st.booleans()
    ),
    max_size=6,
)
# What is asked of the lines that match: the parameters, as text and in Python.
_rows = st.sampled_from(
    [
        ("product = 'a'", lambda slug, days: slug == "a"),
        ("product != 'a'", lambda slug, days: slug != "a"),
        ("product IN ('a', 'b')", lambda slug, days: slug in "ab"),
        ("category = 'top'", lambda slug, days: slug in "ab"),
        ("category = 'within'", lambda slug, days: slug == "b"),
        ("collection = 'some'", lambda slug, days: slug in "bc"),
        ("variant = 'sku-c'", lambda slug, days: slug == "c"),
        ("date >= -30d", lambda slug, days: days <= 30),
        ("date < -30d", lambda slug, days: days > 30),
    ]
)
_totals = st.one_of(
    st.tuples(st.just("quantity"), st.sampled_from(["=", "!=", ">", "<="]), st.integers(0, 5)),
    st.tuples(st.just("spent"), st.sampled_from([">", "<="]), st.sampled_from([0, 10, 30])),
    st.none(),
)
_COMPARE = {
    "=": lambda one, other: one == other,
    "!=": lambda one, other: one != other,
    ">": lambda one, other: one > other,
    "<=": lambda one, other: one <= other,
}


class TestAgainstANaiveEvaluation(TestCase):
    @settings(max_examples=examples(12))
    @given(lines=_lines, rows=st.lists(_rows, max_size=2), total=_totals, negated=st.booleans())
    def test_who_bought_what(self, lines: Any, rows: Any, total: Any, negated: bool) -> None:
        if not rows and total is None:
            return
        _fill(lines)
        parameters = [text for text, _ in rows]
        if total is not None:
            name, operator, number = total
            parameters.append(f"{name} {operator} {number}{' EUR' if name == 'spent' else ''}")
        text = f"products_purchased {'NOT ' if negated else ''}MATCHES ({', '.join(parameters)})"

        expected = set(_naive(lines, rows, total, negated))
        assert meeting(text) == expected, text
        assert listed(text) == expected, text


def _fill(lines: Any) -> None:
    top = make_category("top")
    within, some = make_category("within", parent=top), make_collection("some")
    categories, collections = {"a": top, "b": within, "c": None}, {"a": [], "b": [some], "c": [some]}
    variants = {
        slug: make_variant(
            f"sku-{slug}", product=make_product(slug, category=categories[slug], collections=collections[slug])
        )
        for slug in SLUGS
    }
    for name in PEOPLE:
        make_record(f"{name}@example.com")
    orders = []
    for name, slug, quantity, days, counts in lines:
        order = make_order(
            f"{name}@example.com",
            created_at=NOW - timedelta(days=days),
            status="unfulfilled" if counts else "canceled",
        )
        make_line(order, variants[slug], quantity=quantity, total=Decimal(quantity * 10))
        orders.append(order.pk)
    sync_order_ids(orders, CustomerPlusSettings())


def _naive(lines: Any, rows: Any, total: Any, negated: bool) -> Iterator[str]:
    matching: dict[str, list[int]] = defaultdict(list)
    for name, slug, quantity, days, counts in lines:
        if counts and all(holds(slug, days) for _, holds in rows):
            matching[name].append(quantity)
    for name in PEOPLE:
        if total is None:
            holds = bool(matching[name])
        else:
            what, operator, number = total
            value = sum(matching[name]) * (10 if what == "spent" else 1)
            holds = _COMPARE[operator](value, number)
        if holds is not negated:
            yield name
