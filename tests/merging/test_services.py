"""Merging records and taking it back."""

from __future__ import annotations

import pytest

from saleor_customer_plus.activity.models import ActorType
from saleor_customer_plus.activity.services import Actor
from saleor_customer_plus.ledger.models import CustomerFigures, LedgerEntry
from saleor_customer_plus.merging.preview import Request
from saleor_customer_plus.merging.services import merge
from saleor_customer_plus.merging.undo import undo
from saleor_customer_plus.records.models import CustomerRecord
from saleor_customer_plus.sync import reactions
from tests.factories import make_account, make_note, make_order, make_staff

from ..drift import drift, reconcile

pytestmark = pytest.mark.django_db


def test_first() -> None:
    staff = make_staff(permissions=("manage_users", "manage_staff"))
    actor = Actor(ActorType.STAFF, str(staff.pk))
    account = make_account("anna@example.com", first_name="Anna")
    orders = [make_order(account=account), make_order("a.rossi@example.com", total=20)]
    reactions.account_changed(account.pk)
    reactions.orders_changed([str(order.pk) for order in orders])
    reconcile()
    anna, other = CustomerRecord.objects.order_by("pk")
    make_note(other)
    before = list(CustomerRecord.objects.order_by("pk").values())
    done = merge(Request([anna.pk, other.pk]), actor=actor, requestor=staff)
    (left,) = CustomerRecord.objects.all()
    assert left.pk == anna.pk
    assert left.other_emails == ["a.rossi@example.com"]
    assert left.order_count == 2
    assert CustomerFigures.objects.get().total_gross == 30
    assert drift() == {}
    _undone, conflicts = undo(done.pk, actor=actor, requestor=staff)
    assert conflicts == []
    assert drift() == {}
    after = list(CustomerRecord.objects.order_by("pk").values())
    for one in before + after:
        del one["modified_at"]
    assert before == after
    assert LedgerEntry.objects.filter(record=other.pk).count() == 1
