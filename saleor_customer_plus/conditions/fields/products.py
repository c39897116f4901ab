"""What somebody bought: `products_purchased MATCHES (category = 'shoes', quantity > 5, date >= -30d)`; vouchers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from functools import partial
from typing import Any

from django.db.models import Count, DecimalField, Exists, F, OuterRef, Q, QuerySet, Sum, Value
from django.db.models.functions import Coalesce
from django.db.models.lookups import In

from ...ledger import catalogue
from ...ledger.channel_figures import lines_seen, orders_seen
from ...ledger.models import SUM, LedgerEntry
from ...ledger.queries import voucher_codes_known
from ...saleor_adapter import host
from ..context import Context
from ..literals import read_currency
from ..predicates import NOBODY, IsTrue, Missing, OneOf, Predicate
from ..registry import Condition, Data, Entry, Field, Function, Kind, Parameter, References
from ..tree import Id
from .columns import of_choice, of_time
from .orders import CHANNELS

_MONEY: Any = DecimalField(**SUM)


def _find(model: Any, values: Collection[str | Id]) -> Mapping[str | Id, int]:
    texts = {value for value in values if isinstance(value, str)}
    found = catalogue.find(model, texts, {value.key for value in values if isinstance(value, Id)})
    return {Id(name) if isinstance(name, int) else name: key for name, key in found.items()}


def references_to(word: str, model: Any) -> References:
    return References(word, partial(_find, model), partial(catalogue.names, model))


def _among(products: Callable[[Iterable[int]], QuerySet[Any, Any]]) -> Condition:
    """The condition that the product of a line is one of those that belong to the rows that are named.

    Of the lines of one record it is asked in a form in which PostgreSQL looks them up in a table of these products that
    it makes once, instead of joining both for each record.
    """

    def condition(predicate: Predicate, context: Context) -> Q:
        if not isinstance(predicate, OneOf):
            return NOBODY
        among: Any = In(F("product_id"), products(predicate.values))
        return Q(IsTrue(among) if context.is_of_each else among)

    return condition


def _of_variant(predicate: Predicate, context: Context) -> Q:
    if not isinstance(predicate, OneOf):
        return NOBODY
    # The product as well: the index begins with it.
    products = catalogue.products_of_variants(predicate.values)
    return Q(variant_id__in=predicate.values, product_id__in=products)


def _spent(currency: str) -> Any:
    chosen = Q(currency=currency) if currency else Q()
    return Coalesce(Sum("total_gross", filter=chosen, output_field=_MONEY), Value(0), output_field=_MONEY)


PRODUCTS_PURCHASED = Function(
    name="products_purchased",
    label="Products purchased",
    description="Lines of orders that count. All parameters hold of the same lines; totals are over all of these.",
    rows=lambda context: lines_seen(context.channels),
    depends=frozenset({Data.ORDERS}),
    tells_of_orders=True,
    parameters=(
        Parameter(
            name="product",
            label="Product",
            kind=Kind.CHOICE,
            references=references_to("product", host.Product),
            condition=lambda predicate, context: (
                Q(product_id__in=predicate.values) if isinstance(predicate, OneOf) else NOBODY
            ),
            description="Slug or ID of a product.",
        ),
        Parameter(
            name="variant",
            label="Variant",
            kind=Kind.CHOICE,
            references=references_to("variant", host.ProductVariant),
            condition=_of_variant,
            description="SKU or ID of a variant.",
        ),
        Parameter(
            name="category",
            label="Category",
            kind=Kind.CHOICE,
            references=references_to("category", host.Category),
            condition=_among(catalogue.products_in_categories),
            description="Slug or ID of a category. Categories below it are included.",
        ),
        Parameter(
            name="collection",
            label="Collection",
            kind=Kind.CHOICE,
            references=references_to("collection", host.Collection),
            condition=_among(catalogue.products_in_collections),
            description="Slug or ID of a collection.",
        ),
        Parameter(
            name="quantity",
            label="Quantity",
            kind=Kind.NUMBER,
            is_whole=True,
            total=lambda currency: Coalesce(Sum("quantity"), Value(0)),
            of_nothing=0,
            description="How many were bought, over all lines that match.",
        ),
        Parameter(
            name="orders",
            label="Number of orders",
            kind=Kind.NUMBER,
            is_whole=True,
            total=lambda currency: Count("entry_id", distinct=True),
            of_nothing=0,
            description="In how many orders such lines are.",
        ),
        Parameter(
            name="spent",
            label="Amount spent",
            kind=Kind.MONEY,
            total=_spent,
            of_nothing=0,
            description="With taxes, after discounts, without shipping. Refunds are not deducted.",
        ),
        Parameter(name="date", label="Date of the order", kind=Kind.TIME, condition=of_time("placed_at")),
        Parameter(
            name="channel", label="Channel", kind=Kind.CHOICE, references=CHANNELS, condition=of_choice("channel_id")
        ),
        Parameter(
            name="currency", label="Currency", kind=Kind.CHOICE, clean=read_currency, condition=of_choice("currency")
        ),
    ),
)


# Vouchers.


def _find_vouchers(values: Collection[str | Id]) -> Mapping[str | Id, str]:
    return {code: code for code in voucher_codes_known({value for value in values if isinstance(value, str)})}


def _orders_with_vouchers(context: Context) -> QuerySet[LedgerEntry]:
    orders = orders_seen(context.channels).filter(counts=True, record__isnull=False)
    return orders.filter(~Q(voucher_codes=[])).order_by()  # as the index has it


def _used_vouchers(predicate: Predicate, context: Context) -> Q:
    orders = _orders_with_vouchers(context).filter(record=OuterRef("pk"))
    match predicate:
        case OneOf(codes):
            return Q(Exists(orders.filter(voucher_codes__overlap=list(codes))))
        case Missing():
            return ~Q(Exists(orders))
    return NOBODY


def _read_vouchers(record_ids: Collection[int], predicate: Predicate, context: Context) -> Mapping[int, Any]:
    used: dict[int | None, set[str]] = defaultdict(set)
    orders = _orders_with_vouchers(context).filter(record__in=record_ids)
    for record_id, codes in orders.values_list("record_id", "voucher_codes"):
        used[record_id].update(codes)
    return {record_id: sorted(used[record_id]) or None for record_id in record_ids}


VOUCHERS_USED = Field(
    name="vouchers_used",
    label="Vouchers used",
    kind=Kind.SET,
    condition=_used_vouchers,
    read=_read_vouchers,
    can_be_missing=True,
    references=References("voucher code", _find_vouchers),
    depends=frozenset({Data.ORDERS}),
    tells_of_orders=True,
    description="Codes of vouchers that were used in orders that count, of the order or of a line.",
)

FIELDS: tuple[Entry, ...] = (PRODUCTS_PURCHASED, VOUCHERS_USED)
