"""Deleting a record through the API: first the preview with its token, then the deletion."""

from __future__ import annotations

from typing import Any

import pytest
from django.core import signing
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from saleor_customer_plus.core import preview_tokens
from saleor_customer_plus.notes.models import Note
from saleor_customer_plus.records.models import CustomerRecord
from saleor_customer_plus.saleor_adapter.host import Order
from tests import factories
from tests.client import Api
from tests.deletion.test_record_deletion import make_full_record
from tests.factories import make_account, make_ledger_entry, make_order, make_record

pytestmark = pytest.mark.django_db

PREVIEW = """query ($id: ID!) { customerRecordDeletionPreview(id: $id) {
  token notes files leads tags groups consentEvents messages ordersKept hasAccount
} }"""
DELETE = """mutation ($id: ID!, $token: String!, $account: Boolean) {
  customerRecordDelete(id: $id, token: $token, alsoAccount: $account) {
    id ordersKept errors { field message code id }
  }
}"""


def id_of(record: CustomerRecord) -> str:
    from saleor_customer_plus.api.core.base import to_global_id

    return to_global_id("CustomerRecord", record.pk)


def preview(api: Api, record: CustomerRecord) -> dict[str, Any]:
    return api(PREVIEW, id=id_of(record))["customerRecordDeletionPreview"]


def delete(api: Api, record: CustomerRecord, token: str, **arguments: Any) -> dict[str, Any]:
    return api(DELETE, id=id_of(record), token=token, **arguments)["customerRecordDelete"]


def refused(api: Api, record: CustomerRecord, token: str) -> tuple[str, str]:
    """The field and the code of the one error; nothing may have been deleted."""
    answer = delete(api, record, token)
    assert CustomerRecord.objects.filter(pk=record.pk).exists()
    assert answer["ordersKept"] is None
    (error,) = answer["errors"]
    return error["field"], error["code"]


def test_the_preview_counts_what_would_be_lost(api: Api) -> None:
    record = make_full_record("anna@example.com", account=make_account("anna@example.com"))
    make_full_record("bea@example.com")
    make_ledger_entry(record)
    make_ledger_entry(record, counts=False)

    told = preview(api, record)

    del told["token"]
    assert told == {
        "notes": 1,
        "files": 2,
        "leads": 1,
        "tags": 1,
        "groups": 1,
        "consentEvents": 1,
        "messages": 0,
        "ordersKept": 2,
        "hasAccount": True,
    }


def test_a_wrong_token_and_an_account_that_does_not_exist_are_told_at_once(api: Api) -> None:
    answer = delete(api, make_record(), "wrong", account=True)
    assert [error["field"] for error in answer["errors"]] == ["token", "alsoAccount"]
    answer = api(DELETE, id="wrong", token="wrong")["customerRecordDelete"]
    assert [error["field"] for error in answer["errors"]] == ["id", "token"]


def test_the_preview_of_nobody_is_an_error(api: Api) -> None:
    (error,) = api.errors(PREVIEW, id="Q3VzdG9tZXJSZWNvcmQ6NDcxMQ==")

    assert (error["extensions"]["code"], error["extensions"]["field"]) == ("NOT_FOUND", "id")


def test_the_token_deletes_the_record(api: Api) -> None:
    order = make_order("anna@example.com")
    record = make_record("anna@example.com")
    make_ledger_entry(record, order_id=order.pk)

    answer = delete(api, record, preview(api, record)["token"])

    assert answer == {"id": id_of(record), "ordersKept": 1, "errors": []}
    assert CustomerRecord.objects.count() == 0
    assert Order.objects.count() == 1


def test_a_token_works_once(api: Api) -> None:
    record = make_record()
    token = preview(api, record)["token"]
    delete(api, record, token)

    (error,) = delete(api, record, token)["errors"]

    assert (error["field"], error["code"]) == ("id", "NOT_FOUND")


@pytest.mark.parametrize("token", ["", "nonsense", "a:b:c", "x" * 5000, signing.dumps({"record_id": 1})], ids=range(5))
def test_a_token_that_is_none_is_refused(api: Api, token: str) -> None:
    assert refused(api, make_record(), token) == ("token", "INVALID")


def test_the_token_of_another_record_is_refused(api: Api) -> None:
    anna, bea = make_record(), make_record()

    assert refused(api, anna, preview(api, bea)["token"]) == ("token", "INVALID")


def test_a_token_is_stale_after_an_hour(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    record = make_record()
    token = preview(api, record)["token"]
    monkeypatch.setattr(preview_tokens, "TOKEN_SECONDS", -1)

    assert refused(api, record, token) == ("token", "STALE")


def test_a_token_is_stale_when_something_was_added(api: Api) -> None:
    record = make_record()
    token = preview(api, record)["token"]
    Note.objects.create(record=record, text="Do not delete.", author_type="STAFF")

    assert refused(api, record, token) == ("token", "STALE")


def test_a_token_is_stale_when_the_record_was_edited(api: Api) -> None:
    record = make_record()
    token = preview(api, record)["token"]
    factories.change(record, store_note="Pays late.", modified_at=timezone.now())

    assert refused(api, record, token) == ("token", "STALE")


def test_a_preview_is_one_statement(api: Api) -> None:
    from tests.factories import make_staff, make_token

    record = make_full_record()
    asking = Api(token=make_token(make_staff()))
    preview(asking, record)

    with CaptureQueriesContext(connection) as captured:
        preview(asking, record)

    ours = [query["sql"] for query in captured if "saleor_customer_plus" in query["sql"]]
    assert len([text for text in ours if "orders_kept" in text]) == 1


@pytest.mark.standin
def test_when_saleor_does_not_delete_the_account_nothing_is_deleted(api: Api) -> None:
    """The stand-in has no `customerDelete`."""
    record = make_full_record(account=make_account())

    answer = delete(api, record, preview(api, record)["token"], account=True)

    assert [error["code"] for error in answer["errors"]] == ["GRAPHQL_ERROR"]
    assert CustomerRecord.objects.filter(pk=record.pk).exists()
    assert Note.objects.filter(record=record).exists()


def test_without_an_account_there_is_none_to_delete(api: Api) -> None:
    record = make_record()

    (error,) = delete(api, record, preview(api, record)["token"], account=True)["errors"]
    assert (error["field"], error["code"]) == ("alsoAccount", "NOT_FOUND")
    assert CustomerRecord.objects.count() == 1
