"""What people bought most."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from ..core import sql
from ..saleor_adapter.staff import Channels
from .catalogue import product_names
from .channel_figures import lines_seen


class BoughtProduct(NamedTuple):
    """A product that somebody bought, over the orders that count."""

    product_id: int
    # As it is today, or as it was in the last order if Saleor has deleted it. Blank if neither is known.
    name: str
    quantity: int
    order_count: int
    # By currency, in the order of the currencies.
    spent: dict[str, Decimal]
    last_bought_at: datetime


def top_products_of(
    record_ids: Collection[int], *, limit: int, channels: Channels = None
) -> dict[int, list[BoughtProduct]]:
    """What each person bought most by number, at most `limit` products, in the orders of these channels. Three
    statements at most.

    Lines whose product was deleted before they were seen are left out.
    """
    rows = sql.rows(
        sql.fill(
            """
            WITH bought AS (
                SELECT record_id, product_id, currency, sum(quantity) AS quantity, sum(total_gross) AS total_gross,
                    count(DISTINCT entry_id) AS order_count, max(placed_at) AS last_bought_at,
                    (array_agg(line_id ORDER BY placed_at DESC))[1] AS line_id
                FROM ({lines}) l GROUP BY record_id, product_id, currency
            )
            SELECT p.* FROM (
                SELECT record_id, product_id, sum(quantity)::bigint AS quantity,
                    sum(order_count)::bigint AS order_count,  -- an order has one currency
                    jsonb_object_agg(currency, total_gross::text) AS spent, max(last_bought_at) AS last_bought_at,
                    (array_agg(line_id ORDER BY last_bought_at DESC))[1] AS line_id,
                    row_number() OVER (
                        PARTITION BY record_id ORDER BY sum(quantity) DESC, max(last_bought_at) DESC, product_id
                    ) AS place
                FROM bought GROUP BY record_id, product_id
            ) p WHERE place <= {limit} ORDER BY record_id, place
            """,
            lines=sql.of_queryset(
                lines_seen(channels).filter(record__in=record_ids, product_id__isnull=False).order_by().values()
            ),
            limit=limit,
        )
    )
    names = product_names({row.product_id for row in rows}, {row.product_id: row.line_id for row in rows})
    found: dict[int, list[BoughtProduct]] = {record_id: [] for record_id in record_ids}
    for row in rows:
        spent = {currency: Decimal(total) for currency, total in sorted(sql.from_json(row.spent).items())}
        found[row.record_id].append(
            BoughtProduct(
                product_id=row.product_id,
                name=names.get(row.product_id, ""),
                quantity=row.quantity,
                order_count=row.order_count,
                spent=spent,
                last_bought_at=row.last_bought_at,
            )
        )
    return found
