"""The orders and products of Saleor that fields name: whether they exist, and what they are called."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping

from ..saleor_adapter import host
from ..saleor_adapter.staff import Channels

# A kind, as in Saleor's global ids, and a key.
Reference = tuple[str, str]


def names_of(references: Iterable[Reference], channels: Channels = None) -> dict[Reference, str]:
    """What these are called for whoever sees the orders of these channels: one statement for each kind.

    Those that do not exist, or are not seen, are left out.
    """
    keys: dict[str, set[str]] = defaultdict(set)
    for kind, key in references:
        keys[kind].add(key)
    return {
        (kind, key): name for kind, of_kind in keys.items() for key, name in _READERS[kind](of_kind, channels).items()
    }


def _orders(keys: Collection[str], channels: Channels) -> dict[str, str]:
    """An order is known by its number."""
    orders = host.Order.objects.filter(pk__in=keys).order_by()
    if channels is not None:
        orders = orders.filter(channel_id__in=sorted(channels))
    return {str(pk): str(number) for pk, number in orders.values_list("pk", "number")}


def _products(keys: Collection[str], channels: Channels) -> dict[str, str]:
    """Whoever sees customers may know what the shop sells, in whichever channel."""
    products = host.Product.objects.filter(pk__in=list(map(int, keys))).order_by()
    return {str(pk): name for pk, name in products.values_list("pk", "name")}


_READERS: Mapping[str, Callable[[Collection[str], Channels], dict[str, str]]] = {
    "Order": _orders,
    "Product": _products,
}
