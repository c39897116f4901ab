"""Reading leads: the edges of what a filter finds."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from saleor_customer_plus.leads.queries import LeadFilter
from tests.factories import make_lead

pytestmark = pytest.mark.django_db

NOON = datetime(2024, 5, 1, 12, tzinfo=UTC)
MOMENT = timedelta(microseconds=1)


def found(wanted: LeadFilter) -> set[str]:
    return {lead.subject for lead in wanted.leads()}


@pytest.mark.parametrize(("column", "name"), [("opened_at", "created"), ("next_contact_at", "due")])
def test_both_ends_of_a_range_are_included(column: str, name: str) -> None:
    for subject, at in (("before", NOON - MOMENT), ("at", NOON), ("after", NOON + MOMENT)):
        make_lead(subject=subject, **{column: at})

    assert found(LeadFilter(**{f"{name}_since": NOON})) == {"at", "after"}
    assert found(LeadFilter(**{f"{name}_until": NOON})) == {"before", "at"}
    assert found(LeadFilter(**{f"{name}_since": NOON, f"{name}_until": NOON})) == {"at"}
