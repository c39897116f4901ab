"""Any sequence of what staff, imports and orders do to the details of one person.

After each step the log, replayed from the beginning, gives what the record has: so nothing writes without an entry, and
no entry tells of what was not written. What staff locked changes by staff's hand alone.
"""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from saleor_customer_plus.activity.models import ActivityEntry, ActivityType, ActorType, CauseType
from saleor_customer_plus.activity.services import Actor, Cause
from saleor_customer_plus.customers.editing import edit_records
from saleor_customer_plus.ledger.refresh import refresh_records
from saleor_customer_plus.records import suggestions
from saleor_customer_plus.records.details import FIELDS
from saleor_customer_plus.records.editing import Writer
from saleor_customer_plus.records.models import CustomerRecord, Source
from saleor_customer_plus.settings import DEFAULTS
from saleor_customer_plus.sync import reactions
from tests.factories import change, make_address, make_order, make_record

from ..properties import examples

pytestmark = pytest.mark.django_db

STAFF = Actor(ActorType.STAFF, "7")
IMPORT = Writer(
    Actor(ActorType.IMPORT, "7"), Cause(CauseType.JOB, "12"), Source.IMPORT, locks=False, respects_locks=True
)
VALUES = {
    "first_name": ["", "Anna", "Ann"],
    "company_name": ["", "Rossi", "Neri"],
    "number": [None, "K1", "K2"],
    "is_tax_exempt": [False, True],
}
DETAILS = ["first_name", "company_name"]
TELLING = (ActivityType.DETAILS_EDITED, ActivityType.DETAILS_SYNCED, ActivityType.SUGGESTION_ACCEPTED)

values = st.fixed_dictionaries({}, optional={name: st.sampled_from(given) for name, given in VALUES.items()})
of_order = st.fixed_dictionaries({name: st.sampled_from(VALUES[name]) for name in DETAILS})
some_details = st.sets(st.sampled_from(DETAILS), min_size=1)
steps = st.one_of(
    st.tuples(st.just("staff"), values),
    st.tuples(st.just("import"), values),
    st.tuples(st.just("fill"), values),
    st.tuples(st.just("order"), of_order),
    st.tuples(st.just("undo order"), st.none()),
    st.tuples(st.just("unlock"), some_details),
    st.tuples(st.just("accept"), some_details),
    st.tuples(st.just("dismiss"), some_details),
)


class Desk:
    """One person, and those who work on them."""

    def __init__(self) -> None:
        self.record = make_record("anna@example.com")
        self.orders: list[Any] = []

    def take(self, verb: str, what: Any) -> None:
        id = self.record.pk
        if verb == "staff":
            edit_records({id: what}, by=Writer(STAFF))
            reactions.details_released([id])
        elif verb == "import":
            edit_records({id: what}, by=IMPORT)
        elif verb == "fill":
            edit_records({id: what}, by=Writer(STAFF, locks=False, fills_only=True))
        elif verb == "order":
            self.orders.append(make_order("anna@example.com", billing_address=make_address(**{"last_name": ""} | what)))
            reactions.orders_changed([str(self.orders[-1].pk)])
        elif verb == "undo order" and self.orders:
            order = self.orders.pop()
            change(order, user_email="bert@example.com")
            reactions.orders_changed([str(order.pk)])
        elif verb == "unlock":
            suggestions.unlock([id], what, actor=STAFF)
            reactions.details_released([id])
        elif verb in ("accept", "dismiss"):
            {"accept": suggestions.accept, "dismiss": suggestions.dismiss}[verb]([id], what, actor=STAFF)


def replayed(record: CustomerRecord) -> dict[str, Any]:
    told = {name: given[0] for name, given in VALUES.items()}
    for entry in ActivityEntry.objects.filter(record=record, type__in=TELLING).order_by("id"):
        for name in set(told) & set(entry.before):
            assert told[name] == entry.before[name]
        told |= {name: entry.after[name] for name in told if name in entry.after}
    return told


@settings(max_examples=examples(6))
@given(st.lists(steps, max_size=8))
def test_any_sequence(sequence: list[tuple[str, Any]]) -> None:
    with transaction.atomic():
        desk = Desk()
        for verb, what in sequence:
            before = CustomerRecord.objects.get(pk=desk.record.pk)
            desk.take(verb, what)
            after = CustomerRecord.objects.get(pk=desk.record.pk)

            assert {name: getattr(after, name) for name in VALUES} == replayed(after)
            if verb in ("import", "fill", "order", "undo order"):
                locked = [name for name in before.locked_fields if verb != "fill" or getattr(before, name)]
                assert [getattr(after, name) for name in locked] == [getattr(before, name) for name in locked]
            assert set(after.suggestions) <= set(after.locked_fields) <= set(FIELDS)
            assert all(one["value"] != getattr(after, name) for name, one in after.suggestions.items())
            assert refresh_records([after.pk], DEFAULTS).records_corrected == 0, "a refresh finds more to do"
        transaction.set_rollback(True)
