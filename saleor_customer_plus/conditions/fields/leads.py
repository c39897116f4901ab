"""Leads: `leads MATCHES (state = 'NEW', created >= -7d)`, `leads MATCHES (overdue = true)`."""

from __future__ import annotations

from django.db.models import Count, Q

from ...leads.models import OPEN_STATES, Lead, LeadOrigin, LeadState
from ..context import Context
from ..predicates import Predicate, one_of
from ..registry import Clock, Data, Entry, Function, Kind, Parameter
from .columns import of_choice, of_text, of_time


def _is_open(predicate: Predicate, context: Context) -> Q:
    is_open = Q(state__in=OPEN_STATES)
    return one_of(predicate, {True: is_open, False: ~is_open})


def _is_overdue(predicate: Predicate, context: Context) -> Q:
    is_overdue = Q(next_contact_at__lt=context.now, state__in=OPEN_STATES)
    return one_of(predicate, {True: is_overdue, False: ~is_overdue})


FIELDS: tuple[Entry, ...] = (
    Function(
        name="leads",
        label="Leads",
        description="All parameters hold of the same leads.",
        rows=lambda context: Lead.objects.all(),
        depends=frozenset({Data.LEADS}),
        parameters=(
            Parameter(
                name="count",
                label="Number of leads",
                kind=Kind.NUMBER,
                is_whole=True,
                total=lambda currency: Count("pk"),
                of_nothing=0,
            ),
            Parameter(
                name="state",
                label="State",
                kind=Kind.CHOICE,
                choices=tuple(LeadState.values),
                condition=of_choice("state"),
            ),
            Parameter(
                name="open",
                label="Open",
                kind=Kind.BOOLEAN,
                condition=_is_open,
                description="Whether the lead is NEW, CONTACTED or QUALIFIED.",
            ),
            Parameter(
                name="overdue",
                label="Overdue",
                kind=Kind.BOOLEAN,
                condition=_is_overdue,
                changes_by=Clock.HOUR,
                description="Whether an open lead should have been contacted by now.",
            ),
            Parameter(
                name="origin",
                label="Origin",
                kind=Kind.CHOICE,
                choices=tuple(LeadOrigin.values),
                condition=of_choice("origin"),
            ),
            Parameter(
                name="campaign",
                label="Campaign",
                kind=Kind.TEXT,
                can_be_missing=True,
                condition=of_text("campaign"),
            ),
            Parameter(name="created", label="Created", kind=Kind.TIME, condition=of_time("created_at")),
            Parameter(
                name="next_contact",
                label="Next contact",
                kind=Kind.TIME,
                can_be_missing=True,
                condition=of_time("next_contact_at"),
            ),
            Parameter(
                name="converted",
                label="Converted",
                kind=Kind.TIME,
                can_be_missing=True,
                condition=of_time("converted_at"),
            ),
        ),
    ),
)
