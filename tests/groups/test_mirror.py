"""What Saleor is told of groups, in the public metadata of accounts."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from saleor_customer_plus.activity.models import ActorType
from saleor_customer_plus.activity.services import Actor
from saleor_customer_plus.groups import services as actions
from saleor_customer_plus.groups.mirror import KEY, mirror_accounts, mirror_records
from saleor_customer_plus.groups.models import Group
from saleor_customer_plus.records.models import CustomerRecord
from saleor_customer_plus.saleor_adapter.host import User
from saleor_customer_plus.settings import DEFAULTS
from saleor_customer_plus.sync import reactions
from saleor_customer_plus.sync.walks import Walk, walk_batch

from ..factories import change, make_account, make_group, make_record

pytestmark = pytest.mark.django_db

ANNA = Actor(ActorType.STAFF, "7")


def metadata(account: Any) -> Any:
    return User.objects.values_list("metadata", flat=True).get(pk=account.pk)


def member(*groups: Group, **fields: Any) -> tuple[CustomerRecord, Any]:
    account = make_account(**fields)
    record = make_record(account.email, account=account)
    actions.join([(record.pk, group.pk) for group in groups], actor=ANNA, several=True)
    return record, account


def test_the_names_are_there_and_nothing_else_changes() -> None:
    gold, silver = make_group('Gold "plus" é'), make_group("Silver")
    record, account = member(silver, gold, metadata={"theirs": "x"}, private_metadata={"secret": "y"})
    before = User.objects.values().get(pk=account.pk)

    assert mirror_records([record.pk]) == 1

    after = User.objects.values().get(pk=account.pk)
    assert json.loads(after["metadata"].pop(KEY)) == ['Gold "plus" é', "Silver"]
    assert after == before
    assert mirror_records([record.pk]) == 0


def test_who_leaves_has_no_key() -> None:
    gold = make_group("Gold")
    record, account = member(gold, metadata={"theirs": "x"})
    mirror_records([record.pk])
    actions.leave([(record.pk, gold.pk)], actor=ANNA)

    assert mirror_records([record.pk]) == 1
    assert metadata(account) == {"theirs": "x"}


def test_a_record_without_an_account_and_an_account_without_a_record() -> None:
    gold, account = make_group("Gold"), make_account(metadata={KEY: "[]"})
    record = make_record()
    actions.join([(record.pk, gold.pk)], actor=ANNA, several=True)

    assert mirror_records([record.pk]) == 0
    assert mirror_accounts([account.pk, 0]) == 1
    assert metadata(account) == {}


def test_metadata_that_is_null() -> None:
    nullable = User._meta.get_field("metadata").null
    if not nullable:
        with connection.cursor() as cursor:
            cursor.execute(f"ALTER TABLE {User._meta.db_table} ALTER COLUMN metadata DROP NOT NULL")
    gold = make_group("Gold")
    (record, account), (other, theirs) = member(gold), member()
    change(account, metadata=None)
    change(theirs, metadata=None)

    assert mirror_records([record.pk, other.pk]) == 1
    assert metadata(account) == {KEY: '["Gold"]'}
    assert metadata(theirs) is None


@pytest.mark.parametrize("number", [1, 30])
def test_any_number_takes_as_many_statements(number: int) -> None:
    gold = make_group("Gold")
    ids = [member(gold)[0].pk for _ in range(number)]
    with CaptureQueriesContext(connection) as captured:
        assert mirror_records(ids) == number
    assert len([query for query in captured if "SAVEPOINT" not in query["sql"]]) == 3
    with CaptureQueriesContext(connection) as captured:
        assert mirror_records(ids) == 0
    assert len([query for query in captured if "SAVEPOINT" not in query["sql"]]) == 2


class TestWhen:
    def test_the_link_ends_and_begins(self, on_commit: Callable[[], Any]) -> None:
        gold = make_group("Gold")
        record, account = member(gold)
        mirror_records([record.pk])

        change(account, is_confirmed=False)
        with on_commit():
            reactions.account_changed(account.pk)
        assert CustomerRecord.objects.get(pk=record.pk).account_id is None
        assert metadata(account) == {}

        change(account, is_confirmed=True)
        with on_commit():
            reactions.account_changed(account.pk)
        assert metadata(account) == {KEY: '["Gold"]'}

    def test_the_account_goes_over_to_another_record(self, on_commit: Callable[[], Any]) -> None:
        gold, silver = make_group("Gold"), make_group("Silver")
        record, account = member(gold)
        other = make_record("new@example.com")
        actions.join([(other.pk, silver.pk)], actor=ANNA, several=True)
        mirror_records([record.pk])

        change(account, email="new@example.com")
        with on_commit():
            reactions.account_changed(account.pk)

        owner = CustomerRecord.objects.get(account=account.pk)
        assert metadata(account) == {KEY: '["Silver"]' if owner == other else '["Gold"]'}

    def test_a_customer_writes_what_is_not_so(self, on_commit: Callable[[], Any]) -> None:
        _, account = member()
        change(account, metadata={KEY: '["Gold"]', "theirs": "x"})
        with on_commit():
            reactions.account_changed(account.pk)
        assert metadata(account) == {"theirs": "x"}

    def test_a_reconciliation_puts_it_right(self) -> None:
        gold = make_group("Gold")
        (_, account), (_, theirs) = member(gold), member()
        change(theirs, metadata={KEY: "[]"})
        batch = [account.pk, theirs.pk]
        assert walk_batch(Walk.ACCOUNTS, batch, DEFAULTS, refresh=False)["groups_mirrored"] == 2
        assert (metadata(account), metadata(theirs)) == ({KEY: '["Gold"]'}, {})
        assert walk_batch(Walk.ACCOUNTS, batch, DEFAULTS, refresh=False)["groups_mirrored"] == 0

    def test_a_record_is_gone(self) -> None:
        record, account = member(make_group("Gold"))
        mirror_records([record.pk])
        record.delete()
        mirror_accounts([account.pk])
        assert metadata(account) == {}
