"""What the plugin's endpoint says of a person, in a form that a test can compare as a whole."""

from __future__ import annotations

from dataclasses import dataclass, field

from tests import factories
from tests.client import Api

QUERY = """
query ($email: String!) {
  customerRecord(email: $email) {
    email
    stage
    userId
    figures { currency orderCount totalSpent { amount } netOfRefunds { amount } }
    orders(first: 100, filter: {statuses: [
      DRAFT, UNCONFIRMED, UNFULFILLED, PARTIALLY_FULFILLED, PARTIALLY_RETURNED, RETURNED, FULFILLED, CANCELED, EXPIRED
    ]}) { edges { node { id status counts } } }
  }
}
"""


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
    # Saleor's global id
    account: str | None = None
    figures: dict[str, Figures] = field(default_factory=dict)
    # status of each order, and whether it counts, oldest first
    orders: list[tuple[str, bool]] = field(default_factory=list)


def known(email: str) -> Person | None:
    """Ask, as a member of staff, what we know of the person with this e-mail."""
    record = Api(token=factories.make_token(factories.make_staff()))(QUERY, email=email)["customerRecord"]
    if record is None:
        return None
    assert record["email"] == email
    orders = [edge["node"] for edge in reversed(record["orders"]["edges"])]
    return Person(
        stage=record["stage"],
        account=record["userId"],
        figures={
            row["currency"]: Figures(
                row["orderCount"], f"{row['totalSpent']['amount']:.2f}", f"{row['netOfRefunds']['amount']:.2f}"
            )
            for row in record["figures"]
        },
        orders=[(order["status"], order["counts"]) for order in orders],
    )
