"""Reports: who buys, who comes back, and who slips away."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from ..requests import Screen, ScreenRequest, address
from . import jobs
from .answers import refused

REPORTS = """
query CustomerPlusReports($currency: String, $months: Int, $cohorts: Int, $groupBy: CustomerReportDimension) {
  customerReportSummary {
    computedAt customers prospects repeatCustomers repeatRate
    currencies {
      currency customers repeatCustomers repeatRate orders
      totalSpent { amount currency } netOfRefunds { amount currency }
      averageOrderValue { amount currency } averageLifetimeValue { amount currency }
      rfm {
        computedAt
        groups { group customers orders netOfRefunds { amount currency } }
        thresholds { recency frequency monetary { amount currency } }
      }
    }
  }
  customerReportNewAndReturning(currency: $currency, months: $months) {
    timeZone
    months { month new { ...Buyers } returning { ...Buyers } }
  }
  customerReportCohorts(currency: $currency, months: $cohorts, groupBy: $groupBy, values: 5) {
    groups {
      value label isRest customers
      cohorts { month customers retention { monthsLater rate buyers { customers } } }
    }
  }
}
fragment Buyers on CustomerReportBuyers { customers orders spent { amount currency } }
"""

DIMENSIONS = (
    ("", _("Everybody")),
    ("COUNTRY", _("Country of the first order")),
    ("CHANNEL", _("Channel of the first order")),
    ("PRODUCT", _("First product bought")),
    ("SOURCE", _("Acquisition source")),
)
# Months of the chart, and of the table: more columns than this cannot be read.
MONTHS = (6, 12, 24)
COHORTS = 12
COMPUTE = """
mutation CustomerPlusInsightsCompute {
  customerInsightsCompute { job { id } errors { field message code } }
}
"""

# The chart's size, in its own units.
CHART_WIDTH, CHART_HEIGHT, GAP, LABELS = 720, 160, 6, 20


def show(request: ScreenRequest) -> Screen:
    query = request.query
    months = next((one for one in MONTHS if str(one) == query.get("months")), 12)
    by = query.get("by", "") if query.get("by") in [key for key, _words in DIMENSIONS] else ""
    data = request.execute(
        REPORTS,
        currency=query.get("currency", "").upper() or None,
        months=months,
        cohorts=min(months, COHORTS),
        groupBy=by or None,
    )
    summary = data["customerReportSummary"]
    context = {
        "summary": summary,
        "currencies": [one["currency"] for one in summary["currencies"]],
        "currency": query.get("currency", "").upper(),
        "months": months,
        "choices": MONTHS,
        "by": by,
        "dimensions": DIMENSIONS,
        "zone": data["customerReportNewAndReturning"]["timeZone"],
        "chart": _chart(data["customerReportNewAndReturning"]["months"]),
        "groups": [_table(group) for group in data["customerReportCohorts"]["groups"]],
    }
    return Screen("reports/show.html", context, address=address("reports", query))


def compute(request: ScreenRequest) -> Screen:
    """Compute the groups by purchases now, instead of in the night."""
    payload, errors = request.change(COMPUTE)
    return refused(errors) if errors else jobs.show_in_dialog(request, payload["job"]["id"])


def _chart(months: list[dict[str, Any]]) -> dict[str, Any]:
    """The bars of new and returning customers, one on the other, in the chart's units from its top left corner."""
    most = max([one["new"]["customers"] + one["returning"]["customers"] for one in months] or [0]) or 1
    step = CHART_WIDTH / max(len(months), 1)
    bars = []
    for number, one in enumerate(months):
        new, returning = (round(CHART_HEIGHT * one[kind]["customers"] / most) for kind in ("new", "returning"))
        bars.append(
            {
                **one,
                "day": _first_day(one["month"]),
                "label": number % (len(months) // 6 or 1) == 0,
                "x": round(number * step + GAP / 2),
                "width": round(step - GAP),
                "new_height": new,
                "new_y": CHART_HEIGHT - returning - new,
                "returning_height": returning,
                "returning_y": CHART_HEIGHT - returning,
            }
        )
    return {"bars": bars, "width": CHART_WIDTH, "height": CHART_HEIGHT, "whole_height": CHART_HEIGHT + LABELS}


def _table(group: dict[str, Any]) -> dict[str, Any]:
    """The cohorts of a group, with a shade from 0 to 5 for each share."""
    rows = [
        {
            **cohort,
            "day": _first_day(cohort["month"]),
            "cells": [{**cell, "shade": _shade(cell)} for cell in cohort["retention"][1:]],
        }
        for cohort in group["cohorts"]
        if cohort["customers"]
    ]
    return {**group, "rows": rows, "columns": range(1, max([len(row["cells"]) for row in rows] or [0]) + 1)}


def _shade(cell: dict[str, Any]) -> int:
    """Five shades, of which most shops see most: half of a month's buyers coming back is much."""
    return 0 if not cell["rate"] else min(5, 1 + int(cell["rate"] * 10))


def _first_day(month: str) -> date:
    return date.fromisoformat(f"{month}-01")
