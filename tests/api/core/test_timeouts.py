"""How long the database may work on a statement of the API."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection

from saleor_customer_plus.api.core import timeouts
from saleor_customer_plus.tags.models import Tag
from tests.client import Api
from tests.factories import make_record, make_staff, make_token

QUERY = '{ customerRecord(email: "anna@example.com") { id } other: customerRecord(number: "1") { id } }'


def sleep(*_arguments: Any, **_options: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(9)")


def limit() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SHOW statement_timeout")
        return str(cursor.fetchone()[0])


@pytest.fixture
def _slow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timeouts, "MILLISECONDS", 50)
    monkeypatch.setattr("saleor_customer_plus.customers.queries.find", sleep)


def check_timeout(api: Api) -> None:
    before = limit()

    response = api.post(QUERY)

    (error,) = response.json()["errors"]
    assert error["extensions"]["code"] == "TIMEOUT"
    assert error["message"].startswith(
        "The database took longer than 0.05 seconds for one statement. Narrow the filter"
    )
    assert limit() == before
    assert api("{ customerRecords(first: 1) { totalCount } }") == {"customerRecords": {"totalCount": 1}}
    assert limit() == before


@pytest.mark.django_db
@pytest.mark.usefixtures("_slow")
def test_within_a_transaction(api: Api) -> None:
    make_record("anna@example.com")

    check_timeout(api)


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("_slow")
def test_without_one() -> None:
    make_record("anna@example.com")

    check_timeout(Api(make_token(make_staff())))


@pytest.mark.django_db
def test_also_in_what_is_read_for_all_rows_at_once(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    make_record()
    monkeypatch.setattr(timeouts, "MILLISECONDS", 50)
    monkeypatch.setattr("saleor_customer_plus.api.core.dataloaders._Loader._read", sleep)

    (error,) = api.errors("{ customerRecords(first: 1) { edges { node { tags { name } } } } }")

    assert error["extensions"]["code"] == "TIMEOUT"


@pytest.mark.django_db
def test_queries_have_the_limit(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []
    monkeypatch.setattr("saleor_customer_plus.customers.queries.find", lambda **_: seen.append(limit()))

    api(QUERY)

    assert seen == ["10s", "10s"]


CREATE = 'mutation { customerTagCreate(input: {name: "VIP"}) { tag { name } errors { field message code } } }'
TOO_SLOW = {
    "field": None,
    "message": "The database did not finish within 0.05 seconds, so nothing was changed. Somebody else may be changing"
    " the same customers: try again, or narrow what is asked for.",
    "code": "TIMEOUT",
}


def create_slowly(**values: Any) -> None:
    Tag.objects.create(name=values["name"])
    sleep()


def check_mutation(api: Api) -> None:
    before = limit()

    assert api(CREATE) == {"customerTagCreate": {"tag": None, "errors": [TOO_SLOW]}}

    assert not Tag.objects.exists()
    assert limit() == before


@pytest.mark.django_db
def test_a_mutation_that_takes_too_long_is_undone_and_says_so(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timeouts, "MILLISECONDS", 50)
    monkeypatch.setattr("saleor_customer_plus.tags.services.create", create_slowly)

    check_mutation(api)


@pytest.mark.django_db
def test_mutations_have_the_limit(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []
    monkeypatch.setattr("saleor_customer_plus.tags.services.create", lambda **_: seen.append(limit()))

    api(CREATE)

    assert seen == ["10s"]
    assert limit() == "0"
