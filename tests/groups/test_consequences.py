"""Whoever changes groups cannot forget that Saleor has to be told: the services see to it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction

from saleor_customer_plus.activity.models import ActorType
from saleor_customer_plus.activity.services import Actor
from saleor_customer_plus.core import publishing
from saleor_customer_plus.core.celery_tasks import bulk_work, is_bulk_work
from saleor_customer_plus.customers.services import create_customer
from saleor_customer_plus.groups import consequences, services, tasks
from saleor_customer_plus.groups.mirror import KEY
from saleor_customer_plus.records.models import CustomerRecord
from saleor_customer_plus.saleor_adapter.host import User

from ..factories import make_account, make_group, make_record

pytestmark = pytest.mark.django_db

ANNA = Actor(ActorType.STAFF, "7")


def names(account: Any) -> list[str]:
    metadata = User.objects.values_list("metadata", flat=True).get(pk=account.pk)
    return json.loads(metadata.get(KEY, "[]"))


def person() -> tuple[CustomerRecord, Any]:
    account = make_account()
    return make_record(account.email, account=account), account


def test_each_change_of_groups_is_told_after_the_commit(on_commit: Callable[[], Any]) -> None:
    (record, account), gold = person(), make_group("Gold")
    with on_commit():
        services.join([(record.pk, gold.pk)], actor=ANNA, several=True)
        assert names(account) == []  # not before
    assert names(account) == ["Gold"]
    with on_commit():
        services.update(gold.pk, name="Platinum", actor=ANNA)
    assert names(account) == ["Platinum"]
    with on_commit():
        services.leave([(record.pk, gold.pk)], actor=ANNA)
    assert names(account) == []
    with on_commit():
        services.join([(record.pk, gold.pk)], actor=ANNA, several=True)
    with on_commit():
        services.delete(gold.pk, actor=ANNA)
    assert names(account) == []


def test_a_new_customer_s_groups_are_told(on_commit: Callable[[], Any]) -> None:
    account, gold = make_account("anna@example.com"), make_group("Gold")
    with on_commit():
        create_customer({"email": "anna@example.com"}, group_ids=[gold.pk], actor=ANNA)
    assert names(account) == ["Gold"]


@pytest.fixture
def published(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, list[int]]]:
    calls: list[tuple[Any, list[int]]] = []
    monkeypatch.setattr(publishing, "publish_ids", lambda task, ids: calls.append((task, list(ids))))
    return calls


def test_a_request_publishes_tasks_and_a_job_does_it_itself(
    on_commit: Callable[[], Any], published: list[tuple[Any, list[int]]]
) -> None:
    (record, account), gold = person(), make_group("Gold")
    with on_commit():
        services.join([(record.pk, gold.pk)], actor=ANNA, several=True)
    assert published == [(tasks.mirror_groups, [record.pk]), (tasks.end_group_vouchers, [record.pk])]

    published.clear()
    with on_commit(), bulk_work():
        services.update(gold.pk, name="Platinum", actor=ANNA)
        assert is_bulk_work()
    assert not is_bulk_work()
    assert (published, names(account)) == ([], ["Platinum"])


def test_what_changes_nothing_or_is_rolled_back_is_not_told(
    on_commit: Callable[[], Any], published: list[tuple[Any, list[int]]]
) -> None:
    (record, account), gold = person(), make_group("Gold")
    with on_commit():
        services.update(gold.pk, description="Of old", actor=ANNA)
        services.leave([(record.pk, gold.pk)], actor=ANNA)
        services.join([], actor=ANNA, several=True)
    assert published == []
    with on_commit(), bulk_work(), transaction.atomic():
        services.join([(record.pk, gold.pk)], actor=ANNA, several=True)
        transaction.set_rollback(True)
    assert names(account) == []


def test_tasks_have_a_part_each(on_commit: Callable[[], Any], monkeypatch: pytest.MonkeyPatch) -> None:
    parts: list[list[int]] = []
    monkeypatch.setattr(tasks.mirror, "mirror_records", parts.append)
    with on_commit():
        consequences.memberships_changed(range(1, 1002))
    assert parts == [list(range(1, 501)), list(range(501, 1001)), [1001]]
