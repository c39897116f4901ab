"""Reports over all customers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import graphene
from django.utils import timezone

from ... import settings
from ...errors import CustomerPlusError, ErrorCode
from ...insights.reports.caching import computed
from ...insights.reports.cohorts import CohortGroup, Dimension, cohorts
from ...insights.reports.new_and_returning import MonthReport, new_and_returning
from ...insights.reports.scope import Months, Scope, month_of
from ...insights.reports.summary import Summary, summary
from ...settings import read_time_zone
from ..core.base import channels_of, checked_text, staff_only, with_api_errors
from .report_types import (
    CustomerReportCohorts,
    CustomerReportDimension,
    CustomerReportNewAndReturning,
    CustomerReportSummary,
)

MAX_MONTHS = 120
# Cohorts have a number for each month and each later one.
MAX_COHORTS = 36
MAX_GROUPED_COHORTS = 24
MAX_VALUES = 20
MONTHS, VALUES = 12, 10

_CURRENCY = graphene.String(description="Only orders in this currency: an ISO 4217 code. By default, all orders.")
_UNTIL = graphene.String(description="Last month of the report, such as 2026-03. By default, the current month.")
_TIME_ZONE = graphene.String(
    description="Time zone in which months begin, such as Europe/Berlin. By default, the shop's (`time_zone`)."
)
_SEEN = "Over counted orders; for staff restricted to channels, over those of their channels. At most five minutes old."


@dataclass(frozen=True, slots=True)
class _Dated:
    """A report by months, for the types of the API."""

    time_zone: str
    computed_at: datetime
    months: list[MonthReport] | None = None
    groups: list[CohortGroup] | None = None


@dataclass(frozen=True, slots=True)
class _Summarized:
    """A summary with its time."""

    computed_at: datetime
    summary: Summary

    def __getattr__(self, name: str) -> Any:
        return getattr(self.summary, name)


class ReportQueries:
    """The queries for reports."""

    customer_report_summary = graphene.Field(
        CustomerReportSummary,
        description=f"Numbers of customers, repeat rate, average lifetime value and RFM groups. {_SEEN} Requires "
        "MANAGE_USERS.",
    )
    customer_report_new_and_returning = graphene.Field(
        CustomerReportNewAndReturning,
        description=f"New and returning customers by month. {_SEEN} Requires MANAGE_USERS.",
        months=graphene.Int(description=f"Number of months, from 1 to {MAX_MONTHS}. {MONTHS} by default."),
        until=_UNTIL,
        currency=_CURRENCY,
        time_zone=_TIME_ZONE,
    )
    customer_report_cohorts = graphene.Field(
        CustomerReportCohorts,
        description="Retention by month of the first order: how many of the customers of a month bought again in each "
        f"later one, and what they spent. {_SEEN} Requires MANAGE_USERS.",
        months=graphene.Int(
            description=f"Number of months, from 1 to {MAX_COHORTS}; with `groupBy`, to {MAX_GROUPED_COHORTS}. "
            f"{MONTHS} by default."
        ),
        until=_UNTIL,
        group_by=graphene.Argument(
            CustomerReportDimension, description="Divide the cohorts by something of the first order."
        ),
        values=graphene.Int(
            description=f"With `groupBy`: how many values to list by themselves, from 1 to {MAX_VALUES}. "
            f"{VALUES} by default."
        ),
        currency=_CURRENCY,
        time_zone=_TIME_ZONE,
    )

    @staticmethod
    @staff_only
    @with_api_errors
    def resolve_customer_report_summary(_root: Any, info: Any) -> _Summarized:
        found = computed(summary, channels_of(info))
        return _Summarized(found.computed_at, found.report)

    @staticmethod
    @staff_only
    @with_api_errors
    def resolve_customer_report_new_and_returning(
        _root: Any,
        info: Any,
        months: int | None = None,
        until: str | None = None,
        currency: str | None = None,
        time_zone: str | None = None,
    ) -> _Dated:
        scope = _scope(info, currency, time_zone)
        found = computed(new_and_returning, scope, _months(months, until, scope, most=MAX_MONTHS))
        return _Dated(scope.time_zone, found.computed_at, months=found.report)

    @staticmethod
    @staff_only
    @with_api_errors
    def resolve_customer_report_cohorts(
        _root: Any,
        info: Any,
        months: int | None = None,
        values: int | None = None,
        until: str | None = None,
        group_by: Dimension | str | None = None,
        currency: str | None = None,
        time_zone: str | None = None,
    ) -> _Dated:
        scope = _scope(info, currency, time_zone)
        by = None if group_by is None else Dimension(group_by)
        values = _number(values, "values", VALUES, most=MAX_VALUES)
        most = MAX_COHORTS if by is None else MAX_GROUPED_COHORTS
        found = computed(cohorts, scope, _months(months, until, scope, most=most), by, values)
        return _Dated(scope.time_zone, found.computed_at, groups=found.report)


def _scope(info: Any, currency: str | None, time_zone: str | None) -> Scope:
    chosen, _is_active = settings.load()
    zone = chosen.time_zone
    if time_zone is not None:
        try:
            zone = read_time_zone(checked_text(time_zone, field="time_zone", longest=64))
        except ValueError as error:
            raise CustomerPlusError(str(error), field="time_zone") from None
    code = None if currency is None else checked_text(currency, field="currency", longest=10).strip().upper()
    if code == "":
        raise CustomerPlusError("Argument `currency` must be a currency, such as EUR.", field="currency")
    return Scope(zone, channels_of(info), code)


def _months(number: int | None, until: str | None, scope: Scope, *, most: int) -> Months:
    last = month_of(timezone.now(), scope.time_zone) if until is None else _month(until)
    return Months.until(last, _number(number, "months", MONTHS, most=most))


def _number(given: int | None, field: str, usual: int, *, most: int) -> int:
    number = usual if given is None else given
    if not 1 <= number <= most:
        raise CustomerPlusError(
            f"Argument `{field}` must be from 1 to {most}.", code=ErrorCode.LIMIT_REACHED, field=field
        )
    return number


def _month(text: str) -> date:
    found = re.fullmatch(r"([12]\d{3})-(0[1-9]|1[0-2])", text.strip(), re.ASCII)
    if found is None:
        raise CustomerPlusError("Argument `until` must be a month, such as 2026-03.", field="until")
    return date(int(found[1]), int(found[2]), 1)
