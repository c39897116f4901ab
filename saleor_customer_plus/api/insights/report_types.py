"""Types of reports over all customers."""

from __future__ import annotations

from datetime import date
from typing import Any

import graphene

from ...insights.models import CurrencyInsight
from ...insights.reports.cohorts import Cohort, CohortGroup, Dimension
from ...insights.reports.new_and_returning import MonthReport
from ...insights.reports.scope import Amount, Buyers
from ...insights.reports.summary import CurrencyReport, RfmGroupReport
from ..core.base import to_global_id
from ..core.types import DateTime, Money, MoneyAmount, enum_of, list_of
from .types import CustomerRfmGroup

CustomerReportDimension = enum_of(
    Dimension,
    name="CustomerReportDimension",
    description="What cohorts can be divided by: something of a customer's first order.",
    values={
        "COUNTRY": "Country of the order's billing address, or else of its shipping address: the ISO code",
        "CHANNEL": "Channel of the order: the slug",
        "PRODUCT": "Product of the order, the one for most money of several: the ID",
        "SOURCE": "Acquisition source, in lower case: `utm_source` as the storefront wrote it into the first order",
    },
)


def month_text(month: date) -> str:
    return f"{month:%Y-%m}"


class CustomerReportBuyers(graphene.ObjectType):  # type: ignore[misc]
    """Customers who bought, with their orders."""

    customers = graphene.Int(required=True, description="Number of customers. Several orders of one count once.")
    orders = graphene.Int(required=True, description="Number of their counted orders.")
    spent = list_of(
        Money, required=True, description="Sum of the gross totals of these orders, one per currency. Before refunds."
    )

    @staticmethod
    def resolve_spent(buyers: Buyers, _info: Any) -> list[MoneyAmount]:
        return [MoneyAmount(*amount) for amount in buyers.amounts]


class CustomerReportMonth(graphene.ObjectType):  # type: ignore[misc]
    """New and returning customers of a month."""

    month = graphene.String(required=True, description="Month of the shop's time zone, such as 2026-03.")
    new = graphene.Field(
        CustomerReportBuyers,
        required=True,
        description="Customers whose first counted order was placed in this month, with all their orders of the month.",
    )
    returning = graphene.Field(
        CustomerReportBuyers,
        required=True,
        description="Customers who bought in this month and had bought in an earlier one.",
    )

    @staticmethod
    def resolve_month(report: MonthReport, _info: Any) -> str:
        return month_text(report.month)


class CustomerReportNewAndReturning(graphene.ObjectType):  # type: ignore[misc]
    """Report of new and returning customers by month."""

    time_zone = graphene.String(required=True, description="Time zone in which months begin.")
    computed_at = DateTime(required=True, description="When the report was computed.")
    months = list_of(CustomerReportMonth, required=True, description="One entry for each month, the oldest first.")


class CustomerReportRetention(graphene.ObjectType):  # type: ignore[misc]
    """What a cohort bought in one month."""

    months_later = graphene.Int(required=True, description="Months since the month of the first order, from 0.")
    month = graphene.String(required=True, description="Month of the shop's time zone, such as 2026-03.")
    rate = graphene.Float(description="Share of the cohort's customers who bought, from 0 to 1. Null if it has none.")
    buyers = graphene.Field(
        CustomerReportBuyers, required=True, description="Customers of the cohort who bought in this month."
    )


class CustomerReportCohort(graphene.ObjectType):  # type: ignore[misc]
    """Customers whose first counted order was placed in one month."""

    month = graphene.String(required=True, description="Month of the first order, such as 2026-03.")
    customers = graphene.Int(required=True, description="Number of customers.")
    retention = list_of(
        CustomerReportRetention,
        required=True,
        description="One entry for each month from that of the first order to the last month of the report.",
    )

    @staticmethod
    def resolve_month(cohort: Cohort, _info: Any) -> str:
        return month_text(cohort.month)

    @staticmethod
    def resolve_retention(cohort: Cohort, _info: Any) -> list[dict[str, Any]]:
        return [
            {
                "months_later": number,
                "month": month_text(month),
                "rate": cohort.retention(number),
                "buyers": cohort.buyers[number],
            }
            for number, month in enumerate(cohort.months)
        ]


class CustomerReportCohortGroup(graphene.ObjectType):  # type: ignore[misc]
    """Cohorts of the customers with one value of the dimension."""

    value = graphene.String(
        description="Value of the dimension. Null without a dimension, for orders that have no value, and for the rest."
    )
    label = graphene.String(description="Name of the product, as long as Saleor has it. Null for other dimensions.")
    is_rest = graphene.Boolean(
        required=True, description="Whether this is the group of all values that are not listed by themselves."
    )
    customers = graphene.Int(required=True, description="Number of customers in all cohorts of the group.")
    cohorts = list_of(
        CustomerReportCohort, required=True, description="One entry for each month of first orders, the oldest first."
    )

    @staticmethod
    def resolve_value(group: CohortGroup, _info: Any) -> str | None:
        if group.value and group.by is Dimension.PRODUCT:
            return to_global_id("Product", group.value)
        return group.value or None

    @staticmethod
    def resolve_label(group: CohortGroup, _info: Any) -> str | None:
        return group.label or None


class CustomerReportCohorts(graphene.ObjectType):  # type: ignore[misc]
    """Report of retention by month of the first order."""

    time_zone = graphene.String(required=True, description="Time zone in which months begin.")
    computed_at = DateTime(required=True, description="When the report was computed.")
    groups = list_of(
        CustomerReportCohortGroup,
        required=True,
        description="One group for each value of the dimension, that with most customers first, and the rest last. "
        "Without a dimension, one group of all customers.",
    )


class CustomerReportRfmGroup(graphene.ObjectType):  # type: ignore[misc]
    """Customers in one RFM group."""

    group = graphene.Field(CustomerRfmGroup, required=True, description="Group that these customers are in.")
    customers = graphene.Int(required=True, description="Number of customers.")
    orders = graphene.Int(required=True, description="Number of their counted orders, as of now.")
    net_of_refunds = graphene.Field(
        Money, required=True, description="Sum of what they spent minus refunds, as of now."
    )

    @staticmethod
    def resolve_net_of_refunds(report: RfmGroupReport, _info: Any) -> MoneyAmount:
        return MoneyAmount(*report.net_of_refunds)


class CustomerReportRfmThresholds(graphene.ObjectType):  # type: ignore[misc]
    """Lowest values of the scores 2, 3, 4 and 5, in this order. Shorter if nobody has the highest scores."""

    recency = list_of(
        graphene.String,
        required=True,
        description="Days of the last order, in the shop's time zone, such as 2026-03-31.",
    )
    frequency = list_of(graphene.Int, required=True, description="Numbers of counted orders.")
    monetary = list_of(Money, required=True, description="Amounts spent minus refunds.")

    @staticmethod
    def resolve_recency(kept: CurrencyInsight, _info: Any) -> list[str]:
        return [day.isoformat() for day in kept.recency_thresholds]

    @staticmethod
    def resolve_frequency(kept: CurrencyInsight, _info: Any) -> list[int]:
        return list(kept.frequency_thresholds)

    @staticmethod
    def resolve_monetary(kept: CurrencyInsight, _info: Any) -> list[MoneyAmount]:
        return [MoneyAmount(amount, kept.currency) for amount in kept.monetary_thresholds]


class CustomerReportRfm(graphene.ObjectType):  # type: ignore[misc]
    """RFM groups of the customers of a currency."""

    computed_at = DateTime(
        description="When groups and thresholds were computed. Null while the first computation is under way."
    )
    groups = list_of(
        CustomerReportRfmGroup, required=True, description="Groups that have customers, from CHAMPIONS to DORMANT."
    )
    thresholds = graphene.Field(
        CustomerReportRfmThresholds, required=True, description="Where the scores of the three measures begin."
    )


def _money(amount: Amount) -> MoneyAmount:
    return MoneyAmount(*amount)


class CustomerReportCurrency(graphene.ObjectType):  # type: ignore[misc]
    """Customers who bought in one currency."""

    currency = graphene.String(required=True, description="ISO 4217 currency code.")
    customers = graphene.Int(required=True, description="Number of customers with a counted order in the currency.")
    repeat_customers = graphene.Int(
        required=True, description="Number of customers with at least two counted orders in the currency."
    )
    repeat_rate = graphene.Float(required=True, description="`repeatCustomers` divided by `customers`, from 0 to 1.")
    orders = graphene.Int(required=True, description="Number of counted orders.")
    total_spent = graphene.Field(Money, required=True, description="Sum of the gross totals. Before refunds.")
    net_of_refunds = graphene.Field(Money, required=True, description="Total spent minus refunds.")
    average_order_value = graphene.Field(Money, required=True, description="Total spent divided by the orders.")
    average_lifetime_value = graphene.Field(
        Money, required=True, description="What customers spent so far, minus refunds, divided by their number."
    )
    rfm = graphene.Field(
        CustomerReportRfm,
        description="RFM groups. Null before the first computation, and for staff restricted to channels, since they "
        "are computed over all channels.",
    )

    @staticmethod
    def resolve_total_spent(report: CurrencyReport, _info: Any) -> MoneyAmount:
        return MoneyAmount(report.total, report.currency)

    @staticmethod
    def resolve_net_of_refunds(report: CurrencyReport, _info: Any) -> MoneyAmount:
        return MoneyAmount(report.net, report.currency)

    @staticmethod
    def resolve_average_order_value(report: CurrencyReport, _info: Any) -> MoneyAmount:
        return _money(report.average_order_value)

    @staticmethod
    def resolve_average_lifetime_value(report: CurrencyReport, _info: Any) -> MoneyAmount:
        return _money(report.average_lifetime_value)


class CustomerReportSummary(graphene.ObjectType):  # type: ignore[misc]
    """Customers of the shop in a few numbers."""

    computed_at = DateTime(required=True, description="When the report was computed.")
    customers = graphene.Int(required=True, description="Number of records with a counted order.")
    prospects = graphene.Int(required=True, description="Number of records without one.")
    repeat_customers = graphene.Int(required=True, description="Number of records with at least two counted orders.")
    repeat_rate = graphene.Float(
        description="`repeatCustomers` divided by `customers`, from 0 to 1. Null if there are no customers."
    )
    currencies = list_of(CustomerReportCurrency, required=True, description="One entry per currency.")
