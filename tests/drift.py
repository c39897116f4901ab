"""What a reconciliation would correct: nothing, where all is right."""

from __future__ import annotations

from collections import Counter

from saleor_customer_plus.reconciliation import actions
from saleor_customer_plus.reconciliation.walks import DRIFT


def drift() -> dict[str, int]:
    """Count what a reconciliation of the whole store would correct, without correcting it."""
    found = sum((batch.counted for batch in actions.rehearse()), start=Counter[str]())
    return {name: found[name] for name in DRIFT if found[name]}
