"""The personal data of one customer, by the API."""

from __future__ import annotations

import errno
import json
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.http import HttpResponse
from django.test import Client

from saleor_customer_plus.activity.models import ActivityEntry, ActorType
from saleor_customer_plus.activity.services import Actor
from saleor_customer_plus.api.core.base import to_global_id
from saleor_customer_plus.api.personal_data import queries
from saleor_customer_plus.deletion.services import delete_records
from saleor_customer_plus.records.models import CustomerRecord
from tests.client import Api
from tests.factories import make_app, make_channel, make_note, make_record, make_staff, make_token

pytestmark = pytest.mark.django_db

DATA = """query ($id: ID!, $notes: Boolean) { customerPersonalData(recordId: $id, includeNotes: $notes) { url } }"""


LOG = """query ($id: ID!) { customerRecord(id: $id) {
    activity(first: 1) { edges { node { type actor { type } } } } } }"""


@pytest.fixture
def anna() -> CustomerRecord:
    record = make_record("anna@example.com")
    make_note(record, text="Pays late.")
    return record


def url_of(api: Api, record: CustomerRecord, **arguments: Any) -> str:
    answer = api(DATA, id=to_global_id("CustomerRecord", record.pk), **arguments)
    return urlsplit(answer["customerPersonalData"]["url"]).path


def read(response: HttpResponse) -> Any:
    assert response.status_code == 200
    return json.loads(b"".join(response.streaming_content))  # type: ignore[attr-defined]


def test_the_file_is_a_download_that_no_browser_shows(api: Api, anna: CustomerRecord) -> None:
    url = url_of(api, anna)

    head = Client().head(url)
    response = Client().get(url)

    assert response["Content-Disposition"] == f'attachment; filename="customer-{anna.pk}.json"'
    assert response["Content-Type"] == "application/json"
    content = b"".join(response.streaming_content)  # type: ignore[attr-defined]
    assert response["Content-Length"] == head["Content-Length"] == str(len(content))
    assert json.loads(content)["person"]["email"] == "anna@example.com"


def test_notes_are_in_it_unless_they_are_left_out(api: Api, anna: CustomerRecord) -> None:
    for wanted in ({}, {"notes": None}, {"notes": True}):
        assert [note["text"] for note in read(Client().get(url_of(api, anna, **wanted)))["notes"]] == ["Pays late."]

    without = read(Client().get(url_of(api, anna, notes=False)))

    assert (without["notes"], without["left_out"]) == ([], ["notes"])


def test_the_log_says_who_made_the_file_and_when_and_the_link_alone_makes_none(api: Api, anna: CustomerRecord) -> None:
    somebody = make_staff()
    url = url_of(Api(token=make_token(somebody)), anna, notes=False)
    logged = ActivityEntry.objects.filter(type="PERSONAL_DATA_EXPORTED")
    Client().head(url)
    assert not logged.exists()

    first = read(Client().get(url))

    entry = logged.get()
    assert (entry.record, entry.actor_type, entry.actor_id) == (anna, "STAFF", str(somebody.pk))
    assert entry.after == {"left_out": ["notes"]}
    assert not any(one["type"] == "PERSONAL_DATA_EXPORTED" for one in first["activity"])
    (told,) = [one for one in read(Client().get(url))["activity"] if one["type"] == "PERSONAL_DATA_EXPORTED"]
    assert (told["actor_id"], told["at"]) == (str(somebody.pk), entry.at.isoformat())
    _app, token = make_app()
    read(Client().get(url_of(Api(token=token), anna)))
    assert logged.latest("id").actor_type == "APP"
    shown = api(LOG, id=to_global_id("CustomerRecord", anna.pk))["customerRecord"]["activity"]["edges"][0]["node"]
    assert shown == {"type": "PERSONAL_DATA_EXPORTED", "actor": {"type": "APP"}}


def test_whoever_does_not_see_all_orders_cannot_give_a_whole_answer(
    api: Api, anna: CustomerRecord, configure: Any
) -> None:
    some = Api(token=make_token(make_staff(channels=[make_channel()])))

    (error,) = some.errors(DATA, id=to_global_id("CustomerRecord", anna.pk))

    assert error["extensions"]["code"] == "OUT_OF_SCOPE"
    assert "all channels" in error["message"]


def test_the_link_of_somebody_who_lost_access_does_not_work(anna: CustomerRecord) -> None:
    somebody = make_staff()
    url = url_of(Api(token=make_token(somebody)), anna)
    assert Client().get(url).status_code == 200

    somebody.groups.set([make_staff(channels=[make_channel()]).groups.get()])
    assert Client().get(url).status_code == 404


def test_of_an_erased_person_there_is_nothing(api: Api, anna: CustomerRecord) -> None:
    url = url_of(api, anna)
    delete_records([anna.pk], actor=Actor(ActorType.STAFF, "1"))

    assert Client().get(url).status_code == 404
    (error,) = api.errors(DATA, id=to_global_id("CustomerRecord", anna.pk))
    assert error["extensions"]["code"] == "NOT_FOUND"


def test_a_full_disk_is_told_and_breaks_nothing(
    api: Api, anna: CustomerRecord, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_arguments: Any, **_more: Any) -> bool:
        raise OSError(errno.ENOSPC, "No space left")

    monkeypatch.setattr(queries, "write", full)

    assert Client().get(url_of(api, anna)).status_code == 503
