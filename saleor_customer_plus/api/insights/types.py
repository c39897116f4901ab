"""Types of what the figures of all customers tell of one."""

from __future__ import annotations

from typing import Any

import graphene
from promise import Promise

from ...insights.models import RfmGroup
from ...insights.queries import InsightOfRecord, insights_of
from ...records.models import CustomerRecord
from ..core.base import channels_of, checked_text
from ..core.dataloaders import load
from ..core.types import DateTime, enum_of, list_of

CustomerRfmGroup = enum_of(
    RfmGroup,
    name="CustomerRfmGroup",
    description="Group of an RFM analysis: by recency (R), and by the mean of frequency and monetary value (FM).",
    values={
        "CHAMPIONS": "Bought very recently, and often or for much: R 5, FM 4 or 5",
        "LOYAL": "Buy often or for much, and not long ago: R 3 or 4, FM 4 or 5",
        "ACTIVE": "Bought recently, with a middling history: R 4 or 5, FM 2 or 3",
        "NEW": "Bought very recently, rarely and for little: R 5, FM 1",
        "PROMISING": "Bought recently, rarely and for little: R 4, FM 1",
        "NEEDS_ATTENTION": "In the middle of everything: R 3, FM 3",
        "AT_RISK": "Bought well, but not recently: R 1 or 2, FM 3 or 4",
        "PREVIOUSLY_LOYAL": "Among the best, but have not bought for a long time: R 1 or 2, FM 5",
        "ALMOST_LOST": "Bought little, some time ago: R 3, FM 1 or 2",
        "DORMANT": "Bought little, a long time ago: R 1 or 2, FM 1 or 2",
        "PROSPECTS": "No order counts, in any currency",
    },
)


class CustomerInsight(graphene.ObjectType):  # type: ignore[misc]
    """How a customer compares with all others of a currency, and when the next order is expected. Computed nightly."""

    currency = graphene.String(required=True, description="ISO 4217 currency code.")
    rfm_group = graphene.Field(CustomerRfmGroup, required=True, description="RFM group that follows from the scores.")
    recency_score = graphene.Int(
        required=True, description="From 1 to 5. 5 if less than a fifth of the customers bought more recently."
    )
    frequency_score = graphene.Int(
        required=True, description="From 1 to 5. 5 if at least four fifths of the customers have fewer counted orders."
    )
    monetary_score = graphene.Int(
        required=True,
        description="From 1 to 5. 5 if at least four fifths of the customers spent less, net of refunds.",
    )
    median_days_between_orders = graphene.Float(
        description="Median of the days between two consecutive days with counted orders. Null if the customer bought "
        "on one day only."
    )
    next_order_expected_at = DateTime(
        description="Time of the last order plus the median of days between orders. It may be in the past. Null "
        "without a median."
    )
    days_since_last_order = graphene.Int(
        required=True, description="Days since the day of the last counted order, in the shop's time zone, as of now."
    )
    computed_at = DateTime(
        description="When the scores, the group and the expected order were computed. Null while the first "
        "computation is under way."
    )


class InsightsOfRecord:
    """The insight fields of a customer record."""

    insights = list_of(
        CustomerInsight,
        description="RFM scores and expected orders of the customer, one per currency. Empty if the customer never "
        "bought, or not before the last computation. Null for staff restricted to channels, since they are computed "
        "over all channels.",
        currency=graphene.String(description="Return only those in this currency."),
    )
    rfm_group = graphene.Field(
        CustomerRfmGroup,
        description="RFM group of the customer in a currency. PROSPECTS if no order counts in any currency. Null if "
        "the customer bought in other currencies only, or not before the last computation, and for staff restricted "
        "to channels.",
        currency=graphene.String(required=True, description="ISO 4217 currency code."),
    )

    @staticmethod
    def resolve_insights(record: CustomerRecord, info: Any, currency: str | None = None) -> Any:
        if channels_of(info) is not None:
            return None
        found = load(info, insights_of, record.pk)
        if currency is None:
            return found
        wanted = _code(currency)
        return found.then(lambda insights: [one for one in insights if one.currency == wanted])

    @staticmethod
    def resolve_rfm_group(record: CustomerRecord, info: Any, currency: str) -> Any:
        if channels_of(info) is not None:
            return None
        if record.order_count == 0:
            return RfmGroup.PROSPECTS
        wanted = _code(currency)

        def group(insights: list[InsightOfRecord]) -> RfmGroup | None:
            return next((one.rfm_group for one in insights if one.currency == wanted), None)

        return Promise.resolve(load(info, insights_of, record.pk)).then(group)


def _code(currency: str) -> str:
    return checked_text(currency, field="currency", longest=10).strip().upper()
