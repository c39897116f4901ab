"""What the caller may do, for screens that offer only that."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def may_order(data: Mapping[str, Any]) -> bool:
    """Whether the caller may place orders. The document asked for `rights: customerSettings { permissions }`."""
    return "MANAGE_ORDERS" in data["rights"]["permissions"]
