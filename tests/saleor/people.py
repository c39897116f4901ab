"""What the plugin knows of a person, in a form that a test can compare as a whole."""

from __future__ import annotations

from dataclasses import dataclass, field

from saleor_customer_plus.records.models import CustomerRecord


@dataclass(frozen=True)
class Figures:
    """A person's figures in one currency."""

    orders: int
    total: str
    net: str


@dataclass(frozen=True)
class Person:
    """One record."""

    stage: str = "CUSTOMER"
    account_id: int | None = None
    figures: dict[str, Figures] = field(default_factory=dict)
    # (status, whether it counts) of each order, in the order of their numbers
    orders: list[tuple[str, bool]] = field(default_factory=list)


def known(email: str) -> Person | None:
    """Return what we know of the person with this e-mail, or None."""
    record = CustomerRecord.objects.filter(email=email).first()
    if record is None:
        return None
    return Person(
        stage=record.stage,
        account_id=record.account_id,
        figures={
            row.currency: Figures(row.order_count, f"{row.total_gross:.2f}", f"{row.net_of_refunds:.2f}")
            for row in record.figures.order_by("currency")
        },
        orders=list(record.ledger.order_by("order_number").values_list("status", "counts")),
    )
