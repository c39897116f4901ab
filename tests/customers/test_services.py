"""Creating and editing customers, with all that follows, as any caller does it."""

from __future__ import annotations

import pytest
from django.db import connection
from django.http import HttpRequest
from django.test.utils import CaptureQueriesContext

from saleor_customer_plus.activity.services import SYNC
from saleor_customer_plus.consent.decisions import ConsentDecision
from saleor_customer_plus.consent.models import ConsentChannel, ConsentPurpose, ConsentSource, ConsentState
from saleor_customer_plus.customers import services
from saleor_customer_plus.errors import ErrorCode, SeveralErrors
from saleor_customer_plus.groups.models import GroupMembership
from saleor_customer_plus.ledger.models import LedgerEntry
from saleor_customer_plus.records.models import CustomerRecord, Source
from saleor_customer_plus.saleor_adapter.saleor_api import global_id
from saleor_customer_plus.sync import reactions
from saleor_customer_plus.tags.models import TagAssignment
from tests.factories import make_account, make_group, make_order, make_record, make_tag

pytestmark = pytest.mark.django_db


def test_a_customer_is_created_with_all_that_belongs_to_them() -> None:
    tag, group, account = make_tag(), make_group(), make_account("anna@example.com")
    order = make_order(account=account)
    decision = ConsentDecision(
        0, ConsentChannel.EMAIL, ConsentPurpose.PROMOTIONAL, ConsentState.SUBSCRIBED, ConsentSource.STAFF
    )

    with CaptureQueriesContext(connection) as captured:
        record_id = services.create_customer(
            {"email": "anna@example.com", "first_name": "Anna"},
            tag_ids=[tag.pk],
            group_ids=[group.pk],
            consents=[decision],
            actor=SYNC,
        )

    anna = CustomerRecord.objects.get(pk=record_id)
    assert (anna.first_name, anna.account_id, anna.accepts_promotional_mail) == ("Anna", account.pk, True)
    assert TagAssignment.objects.get().record_id == GroupMembership.objects.get().record_id == anna.pk
    assert LedgerEntry.objects.get(order_id=order.pk).record_id == anna.pk
    # No caller has to take the lock of the identities first.
    locks = [query["sql"] for query in captured if "pg_advisory_xact_lock" in query["sql"]]
    assert locks
    assert "shared" not in locks[0]


def test_whose_address_it_is_already_is_told_by_id() -> None:
    anna = make_record("anna@example.com")
    with pytest.raises(SeveralErrors) as refused:
        services.create_customer({"email": "anna@example.com"}, actor=SYNC)
    (error,) = refused.value.errors
    assert (error.code, error.field, error.id) == (ErrorCode.UNIQUE, "email", global_id("CustomerRecord", anna.pk))


def test_an_edit_of_the_address_takes_the_orders_along() -> None:
    order = make_order("anna@example.com")
    reactions.orders_changed([str(order.pk)])
    anna = CustomerRecord.objects.get()

    services.edit_customer(anna, {"email": "anne@example.com"}, actor=SYNC, context=HttpRequest())

    anna.refresh_from_db()
    assert anna.email == "anne@example.com"
    assert LedgerEntry.objects.filter(order_id=order.pk).values_list("record", flat=True).get() == anna.pk
    reactions.orders_changed([str(order.pk)])
    assert CustomerRecord.objects.get().pk == anna.pk, "the order started a record of its own again"


def test_the_record_of_a_person_is_the_one_that_there_is_or_a_new_one() -> None:
    anna = make_record("anna@example.com")
    found = services.record_of_person({"email": "anna@example.com"}, source=Source.STAFF, actor=SYNC)
    made = services.record_of_person({"email": "ben@example.com"}, source=Source.STAFF, actor=SYNC)
    assert found == anna.pk
    assert CustomerRecord.objects.get(pk=made).email == "ben@example.com"
