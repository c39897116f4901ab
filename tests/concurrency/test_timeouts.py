"""Mutations that have transactions of their own: what takes too long, or waits for too long, is given up."""

from __future__ import annotations

import threading

import pytest
from django.db import connection, transaction

from saleor_customer_plus.api.core import timeouts
from saleor_customer_plus.api.core.base import to_global_id
from saleor_customer_plus.records.models import CustomerRecord
from tests.api.core.test_timeouts import check_mutation, create_slowly, limit, sleep
from tests.client import Api
from tests.factories import make_record, make_staff, make_token

LIST = """mutation { customerRecordUpdate(id: "%s", input: {firstName: "Anna"}) {
    record { firstName tags { name } } errors { code } } }"""


def test_so_does_one_outside_of_a_transaction(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timeouts, "MILLISECONDS", 50)
    monkeypatch.setattr("saleor_customer_plus.tags.services.create", create_slowly)

    check_mutation(Api(make_token(make_staff())))


def test_a_mutation_does_not_wait_for_a_lock_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    api, record = Api(make_token(make_staff())), make_record("anna@example.com")
    held, done = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic():
            CustomerRecord.objects.select_for_update().get(pk=record.pk)
            held.set()
            done.wait(30)
        connection.close()

    holder = threading.Thread(target=hold)
    holder.start()
    try:
        assert held.wait(30)
        monkeypatch.setattr(timeouts, "MILLISECONDS", 50)
        answer = api(LIST % to_global_id("CustomerRecord", record.pk))
    finally:
        done.set()
        holder.join()

    assert answer == {"customerRecordUpdate": {"record": None, "errors": [{"code": "TIMEOUT"}]}}


def test_what_is_read_of_a_payload_has_the_limit_and_what_was_done_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    api, record = Api(make_token(make_staff())), make_record("anna@example.com")
    monkeypatch.setattr("saleor_customer_plus.api.core.dataloaders._Loader._read", sleep)
    monkeypatch.setattr(timeouts, "MILLISECONDS", 500)

    (error,) = api.errors(LIST % to_global_id("CustomerRecord", record.pk))

    assert error["extensions"]["code"] == "TIMEOUT"
    assert error["path"] == ["customerRecordUpdate", "record", "tags"]
    assert CustomerRecord.objects.get().first_name == "Anna"
    assert limit() == "0"
