"""Reading leads: the list, one, those of records, and how many there are in each state."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from django.db.models import BigIntegerField, Count, DateTimeField, Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from ..core.paging import Key, Ordering, Page, Segment, Window, count_of_each, page_of_each
from ..records.search import matches, search_query
from ..saleor_adapter import staff
from .models import OPEN_STATES, Lead, LeadOrigin, LeadState

_ID = Key("id", BigIntegerField())
_CREATED = (Key("created_at", DateTimeField()), _ID)


@dataclass(frozen=True, slots=True)
class LeadFilter:
    """What the leads of a list have in common. `is_unassigned` also finds those whose owner has left the staff."""

    record_id: int | None = None
    states: Sequence[LeadState] | None = None
    origins: Sequence[LeadOrigin] | None = None
    owner_ids: Sequence[int] | None = None
    is_unassigned: bool | None = None
    is_overdue: bool | None = None
    created_since: datetime | None = None
    created_until: datetime | None = None
    due_since: datetime | None = None
    due_until: datetime | None = None
    campaign: str | None = None
    search: str = ""

    @property
    def condition(self) -> Q:
        lookups = {
            "record_id": self.record_id,
            "state__in": self.states,
            "origin__in": self.origins,
            "owner_id__in": self.owner_ids,
            "created_at__gte": self.created_since,
            "created_at__lte": self.created_until,
            "next_contact_at__gte": self.due_since,
            "next_contact_at__lte": self.due_until,
            "campaign": self.campaign,
        }
        condition = Q(**{name: value for name, value in lookups.items() if value is not None})
        if self.is_unassigned is not None:
            has_owner = Q(Exists(staff.members().filter(pk=OuterRef("owner_id"))))
            condition &= ~has_owner if self.is_unassigned else has_owner
        if self.is_overdue is not None:
            overdue = Q(next_contact_at__lt=timezone.now(), state__in=OPEN_STATES)
            condition &= overdue if self.is_overdue else ~overdue
        return condition

    @property
    def unguessable(self) -> Q:
        """The condition of which PostgreSQL has no statistics (see `paging.Segment`)."""
        query = search_query(self.search)
        return matches(query) if query else Q()

    def leads(self) -> QuerySet[Lead]:
        return all_leads().filter(self.condition, self.unguessable)


class LeadSortField(StrEnum):
    """What leads can be sorted by."""

    CREATED_AT = "CREATED_AT"
    UPDATED_AT = "UPDATED_AT"
    NEXT_CONTACT_AT = "NEXT_CONTACT_AT"
    STATE = "STATE"


@dataclass(frozen=True, slots=True)
class LeadList:
    """The leads that pass the filter, sorted: the newest first, unless asked otherwise."""

    filter: LeadFilter = field(default_factory=LeadFilter)
    sort: LeadSortField = LeadSortField.CREATED_AT
    descending: bool = True

    @property
    def ordering(self) -> Ordering[Lead]:
        segments = self._segments(all_leads().filter(self.filter.condition))
        if condition := self.filter.unguessable:
            scopes = self._segments(Lead.objects.all())
            segments = [
                replace(segment, condition=condition, scope=scope.rows)
                for segment, scope in zip(segments, scopes, strict=True)
            ]
        return Ordering(f"{'-' if self.descending else ''}{self.sort}", segments)

    def count(self) -> int:
        return self.filter.leads().count()

    def _segments(self, leads: QuerySet[Lead]) -> list[Segment[Lead]]:
        if self.sort is LeadSortField.STATE:
            # In the order in which a lead goes through them; the newest first within each.
            states = list(LeadState)[:: -1 if self.descending else 1]
            return [Segment(leads.filter(state=state), _CREATED, descending=True) for state in states]
        if self.sort is LeadSortField.NEXT_CONTACT_AT:
            dated = Segment(
                leads.filter(next_contact_at__isnull=False),
                (Key("next_contact_at", DateTimeField()), _ID),
                self.descending,
            )
            # Those that nobody is to call come last in both directions.
            return [dated, Segment(leads.filter(next_contact_at=None), (_ID,), self.descending)]
        if self.sort is LeadSortField.UPDATED_AT:
            return [Segment(leads, (Key("modified_at", DateTimeField()), _ID), self.descending)]
        return [Segment(leads, _CREATED, self.descending)]


def all_leads() -> QuerySet[Lead]:
    """Every lead, without the column that is of no use outside."""
    return Lead.objects.defer("search_terms")


def find(lead_id: int) -> Lead | None:
    return all_leads().filter(pk=lead_id).first()


def counts_by_state(wanted: LeadFilter) -> dict[LeadState, int]:
    """How many leads pass the filter in each state, zeros included. One statement."""
    counted = wanted.leads().order_by().values("state").annotate(n=Count("id")).values_list("state", "n")
    return dict.fromkeys(LeadState, 0) | {LeadState(state): n for state, n in counted}


def _of_states(states: Sequence[LeadState] | None) -> QuerySet[Lead]:
    return Lead.objects.all() if states is None else Lead.objects.filter(state__in=states)


def pages_of_leads(
    record_ids: Collection[int], window: Window, *, states: Sequence[LeadState] | None = None
) -> dict[int, Page[Lead]]:
    """One page of each record's leads, newest first."""
    ordering = Ordering("LEADS", [Segment(_of_states(states), _CREATED, descending=True)])
    return page_of_each(record_ids, ordering, window, parent="record")


def count_leads(record_ids: Collection[int], *, states: Sequence[LeadState] | None = None) -> dict[int, int]:
    """How many leads each record has."""
    return count_of_each(_of_states(states), record_ids, parent="record")
