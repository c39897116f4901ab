"""What Saleor says of products, at the time of the question: names change, and products move between categories."""

from __future__ import annotations

import base64
from collections.abc import Collection, Iterable, Mapping
from typing import Any
from uuid import UUID

from django.db.models import Model, Q, QuerySet

from ..core import sql
from ..saleor_adapter import host

# The column by which people name a row, beside its global id.
NAMES: Mapping[type[Model], str] = {
    host.Product: "slug",
    host.ProductVariant: "sku",
    host.Category: "slug",
    host.Collection: "slug",
}
_SUGGESTED = 500


def find(model: type[Model], texts: Collection[str], keys: Collection[int]) -> dict[str | int, int]:
    """The keys of those rows of Saleor's that there are, by what they were called. One statement.

    A text is a slug (of a variant: an SKU), or a global id of Saleor's API.
    """
    by_id = {text: key for text in texts if (key := _key_of(text, model.__name__)) is not None}
    column = NAMES[model]
    wanted = Q(**{f"{column}__in": set(texts)}) | Q(pk__in={*keys, *by_id.values()})
    names = dict(model._default_manager.filter(wanted).order_by().values_list("pk", column))
    found: dict[str | int, int] = {text: key for text, key in by_id.items() if key in names}
    found |= {key: key for key in names}
    return found | {name: key for key, name in names.items() if name}


def _key_of(global_id: str, type_name: str) -> int | None:
    """The key in a global id of Saleor's API, if it is one of this type."""
    try:
        kind, _, key = base64.b64decode(global_id, validate=True).decode().partition(":")
    except ValueError:
        return None
    return int(key) if kind == type_name and key.isascii() and key.isdigit() and len(key) < 19 else None


def names(model: type[Model]) -> list[str]:
    """What such rows are called, as suggestions."""
    column = NAMES[model]
    rows = model._default_manager.exclude(**{f"{column}__isnull": True}).order_by(column)
    return list(rows.values_list(column, flat=True)[:_SUGGESTED])


def products_of_variants(variant_ids: Iterable[int]) -> QuerySet[Any, Any]:
    return host.ProductVariant.objects.filter(pk__in=list(variant_ids)).order_by().values("product_id")


def products_in_collections(collection_ids: Iterable[int]) -> QuerySet[Any, Any]:
    return host.CollectionProduct.objects.filter(collection_id__in=list(collection_ids)).order_by().values("product_id")


def products_in_categories(category_ids: Iterable[int]) -> QuerySet[Any, Any]:
    """What is in these categories, or in any below them. The tree is read at once."""
    within = sql.rows(
        sql.fill(
            """
            WITH RECURSIVE within (id) AS (
                SELECT id FROM {categories} WHERE id = ANY({ids})
                UNION SELECT c.id FROM {categories} c JOIN within w ON c.parent_id = w.id
            )
            SELECT id FROM within
            """,
            categories=sql.table(host.Category),
            ids=list(category_ids),
        )
    )
    products = host.Product.objects.filter(category_id__in=[row.id for row in within])
    return products.order_by().values("pk")


def product_names(product_ids: Collection[int], line_ids: Mapping[int, UUID]) -> dict[int, str]:
    """What products are called; of those that Saleor has deleted, what they were called in these lines of orders, if
    a line of theirs is given. Two statements at most.
    """
    found = dict(host.Product.objects.filter(pk__in=product_ids).order_by().values_list("pk", "name"))
    deleted = {line_id: product_id for product_id, line_id in line_ids.items() if product_id not in found}
    if not deleted:
        return found
    lines = host.OrderLine.objects.filter(pk__in=list(deleted)).order_by().values_list("pk", "product_name")
    return found | {deleted[line_id]: name for line_id, name in lines}
