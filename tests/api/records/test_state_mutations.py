"""Locks and suggestions, pictures, and records out of use, through the API."""

from __future__ import annotations

import os
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from saleor_customer_plus.activity.models import ActivityEntry, ActivityType
from saleor_customer_plus.api.core.base import to_global_id
from saleor_customer_plus.records import images
from saleor_customer_plus.records.models import CustomerRecord, record_image_storage
from saleor_customer_plus.sync import reactions
from tests.client import Api
from tests.factories import make_account, make_address, make_order, make_record

pytestmark = pytest.mark.django_db


def gid(record: CustomerRecord) -> str:
    return to_global_id("CustomerRecord", record.pk)


def run(api: Api, name: str, arguments: str, wanted: str = "id", **variables: Any) -> dict[str, Any]:
    types = {"id": "ID!", "fields": "[CustomerRecordDetail!]!", "reason": "String", "alsoAccount": "Boolean"}
    declared = ", ".join(f"${variable}: {types[variable]}" for variable in variables)
    query = f"mutation ({declared}) {{ {name}({arguments}) {{ record {{ {wanted} }} errors {{ field code }} }} }}"
    found: dict[str, Any] = api(query, **variables)[name]
    return found


def problems(answer: dict[str, Any]) -> list[tuple[str, str]]:
    assert answer["record"] is None
    return [(error["field"], error["code"]) for error in answer["errors"]]


def types(record: CustomerRecord) -> list[str]:
    return list(ActivityEntry.objects.filter(record=record).order_by("id").values_list("type", flat=True))


# Locks and suggestions.


@pytest.fixture
def anna() -> CustomerRecord:
    """Somebody whose name and phone staff corrected, after which an order came with others."""
    record = make_record(
        "anna@example.com", first_name="Anna", phone="+4930901820", locked_fields=["first_name", "phone"]
    )
    order(first_name="Ann", phone="+4930901821")
    record.refresh_from_db()
    ActivityEntry.objects.all().delete()
    return record


def order(**address: Any) -> None:
    made = make_order("anna@example.com", billing_address=make_address(**address))
    reactions.orders_changed([str(made.pk)])


STATE = "firstName phone lockedFields suggestions { field value }"


def settle(api: Api, name: str, record: CustomerRecord, *fields: str) -> dict[str, Any]:
    return run(api, name, "id: $id, fields: $fields", STATE, id=gid(record), fields=list(fields))


def test_what_orders_would_write_is_suggested(api: Api, anna: CustomerRecord) -> None:
    found = api(f"query ($id: ID) {{ customerRecord(id: $id) {{ {STATE} }} }}", id=gid(anna))["customerRecord"]

    assert found == {
        "firstName": "Anna",
        "phone": "+4930901820",
        "lockedFields": ["FIRST_NAME", "PHONE"],
        "suggestions": [
            {"field": "FIRST_NAME", "value": "Ann"},
            {"field": "PHONE", "value": "+4930901821"},
        ],
    }


def test_unlocking_takes_over_at_once(api: Api, anna: CustomerRecord) -> None:
    answer = settle(api, "customerRecordUnlock", anna, "FIRST_NAME", "LAST_NAME")

    assert answer["record"] == {
        "firstName": "Ann",
        "phone": "+4930901820",
        "lockedFields": ["PHONE"],
        "suggestions": [{"field": "PHONE", "value": "+4930901821"}],
    }
    assert types(anna) == ["DETAILS_UNLOCKED", "DETAILS_SYNCED"]
    assert ActivityEntry.objects.get(type=ActivityType.DETAILS_UNLOCKED).after == {"fields": ["first_name"]}


def test_unlocking_what_staff_wrote_a_moment_ago(api: Api) -> None:
    order(first_name="Ann")
    record = CustomerRecord.objects.get()
    query = 'mutation ($id: ID!) { customerRecordUpdate(id: $id, input: {firstName: "Anna"}) { errors { code } } }'
    assert api(query, id=gid(record))["customerRecordUpdate"]["errors"] == []

    answer = settle(api, "customerRecordUnlock", record, "FIRST_NAME")

    assert answer["record"]["firstName"] == "Ann"


def test_unlocking_what_no_order_knows_keeps_it(api: Api) -> None:
    record = make_record(first_name="Anna", locked_fields=["first_name"])

    answer = settle(api, "customerRecordUnlock", record, "FIRST_NAME")

    assert (answer["record"]["firstName"], answer["record"]["lockedFields"]) == ("Anna", [])


def test_unlocking_what_is_not_locked_changes_nothing(api: Api, anna: CustomerRecord) -> None:
    settle(api, "customerRecordUnlock", anna, "LAST_NAME")

    assert types(anna) == []
    assert CustomerRecord.objects.get().modified_at == anna.modified_at


def test_accepting_takes_over_and_keeps_the_lock(api: Api, anna: CustomerRecord) -> None:
    answer = settle(api, "customerRecordSuggestionAccept", anna, "FIRST_NAME")

    assert answer["record"] == {
        "firstName": "Ann",
        "phone": "+4930901820",
        "lockedFields": ["FIRST_NAME", "PHONE"],
        "suggestions": [{"field": "PHONE", "value": "+4930901821"}],
    }
    entry = ActivityEntry.objects.get()
    assert (entry.type, entry.before, entry.after) == (
        ActivityType.SUGGESTION_ACCEPTED,
        {"first_name": "Anna"},
        {"first_name": "Ann"},
    )
    assert CustomerRecord.objects.get().provenance["first_name"]["source"] == "ORDER"


def test_dismissing_is_for_good_until_something_else_is_said(api: Api, anna: CustomerRecord) -> None:
    answer = settle(api, "customerRecordSuggestionDismiss", anna, "FIRST_NAME", "PHONE")
    assert answer["record"]["suggestions"] == []
    assert answer["record"]["firstName"] == "Anna"

    order(first_name="Ann", phone="+4930901821")
    same = run(api, "customerRecordActivate", "id: $id", STATE, id=gid(anna))
    order(first_name="Annie", phone="+4930901821")
    other = run(api, "customerRecordActivate", "id: $id", STATE, id=gid(anna))

    assert same["record"]["suggestions"] == []
    assert other["record"]["suggestions"] == [{"field": "FIRST_NAME", "value": "Annie"}]
    assert types(anna) == ["SUGGESTION_DISMISSED", "ORDER_ADDED", "ORDER_ADDED", "DETAILS_SUGGESTED"]
    entry = ActivityEntry.objects.get(type=ActivityType.SUGGESTION_DISMISSED)
    assert entry.before == {"first_name": "Ann", "phone": "+4930901821"}


def test_what_staff_just_overwrote_is_not_suggested(api: Api) -> None:
    order(first_name="Ann")
    record = CustomerRecord.objects.get()
    query = 'mutation ($id: ID!) { customerRecordUpdate(id: $id, input: {firstName: "Anna"}) { errors { code } } }'
    assert api(query, id=gid(record))["customerRecordUpdate"]["errors"] == []

    order(first_name="Ann")
    quiet = run(api, "customerRecordActivate", "id: $id", STATE, id=gid(record))
    order(first_name="Annie")
    other = run(api, "customerRecordActivate", "id: $id", STATE, id=gid(record))

    assert quiet["record"]["suggestions"] == []
    assert other["record"]["suggestions"] == [{"field": "FIRST_NAME", "value": "Annie"}]


@pytest.mark.parametrize("name", ["customerRecordSuggestionAccept", "customerRecordSuggestionDismiss"])
def test_nothing_is_suggested(api: Api, anna: CustomerRecord, name: str) -> None:
    assert problems(settle(api, name, anna, "FIRST_NAME", "LAST_NAME")) == [("fields", "NOT_FOUND")]
    assert types(anna) == []


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("customerRecordUnlock", "id: $id, fields: [PHONE]"),
        ("customerRecordSuggestionAccept", "id: $id, fields: [PHONE]"),
        ("customerRecordSuggestionDismiss", "id: $id, fields: [PHONE]"),
        ("customerRecordImageDelete", "id: $id"),
        ("customerRecordDeactivate", "id: $id"),
        ("customerRecordActivate", "id: $id"),
    ],
)
@pytest.mark.parametrize(
    ("id", "code"),
    [(to_global_id("CustomerRecord", 4711), "NOT_FOUND"), (to_global_id("User", 1), "INVALID"), ("\x00", "INVALID")],
)
def test_no_such_record(api: Api, name: str, arguments: str, id: str, code: str) -> None:
    assert problems(run(api, name, arguments, id=id)) == [("id", code)]


# Out of use.


def listed(api: Api, **filter: Any) -> list[str]:
    query = (
        "query ($f: CustomerRecordFilterInput) { customerRecords(first: 9, filter: $f) { edges { node { email } } } }"
    )
    return [edge["node"]["email"] for edge in api(query, f=filter)["customerRecords"]["edges"]]


def test_out_of_use_and_into_use_again(api: Api) -> None:
    record = make_record("anna@example.com")
    fields = "isActive deactivationReason"

    off = run(api, "customerRecordDeactivate", "id: $id, reason: $reason", fields, id=gid(record), reason=" Moved ")
    assert off["record"] == {"isActive": False, "deactivationReason": "Moved"}
    assert (listed(api), listed(api, isActive=False)) == ([], ["anna@example.com"])

    on = run(api, "customerRecordActivate", "id: $id", fields, id=gid(record))
    assert on["record"] == {"isActive": True, "deactivationReason": ""}
    assert (listed(api), listed(api, isActive=False)) == (["anna@example.com"], [])

    assert types(record) == ["DEACTIVATED", "ACTIVATED"]
    assert ActivityEntry.objects.get(type=ActivityType.DEACTIVATED).after == {"deactivation_reason": "Moved"}


def test_without_a_reason(api: Api) -> None:
    record = make_record()

    answer = run(api, "customerRecordDeactivate", "id: $id", "isActive", id=gid(record))

    assert answer == {"record": {"isActive": False}, "errors": []}


@pytest.mark.parametrize("mutation", ["customerRecordDeactivate", "customerRecordActivate"])
def test_an_account_that_there_is_none_of(api: Api, mutation: str) -> None:
    record = make_record()

    answer = run(api, mutation, "id: $id, alsoAccount: $alsoAccount", id=gid(record), alsoAccount=True)

    assert problems(answer) == [("alsoAccount", "NOT_FOUND")]
    assert types(record) == []


@pytest.mark.parametrize("reason", ["x" * 257, "a\x00b"])
def test_a_reason_that_is_none(api: Api, reason: str) -> None:
    record = make_record()

    answer = run(api, "customerRecordDeactivate", "id: $id, reason: $reason", id=gid(record), reason=reason)

    assert problems(answer) == [("reason", "INVALID")]
    assert CustomerRecord.objects.get().is_active


@pytest.mark.standin
def test_when_saleor_refuses_nothing_is_done(api: Api) -> None:
    record = make_record(account=make_account())

    answer = run(
        api, "customerRecordDeactivate", "id: $id, alsoAccount: $alsoAccount", id=gid(record), alsoAccount=True
    )

    assert [error["code"] for error in answer["errors"]] == ["GRAPHQL_ERROR"]
    assert CustomerRecord.objects.get().is_active
    assert types(record) == []


# Pictures.

SET = """
mutation ($id: ID!, $image: Upload!) {
  customerRecordImageSet(id: $id, image: $image) { record { image } errors { field code message } }
}
"""


def picture(format: str = "PNG", size: tuple[int, int] = (40, 20), mode: str = "RGB", **options: Any) -> bytes:
    buffer = BytesIO()
    Image.new(mode, size, "red").save(buffer, format, **options)
    return buffer.getvalue()


def send(api: Api, record: CustomerRecord, content: bytes, name: str = "a.png") -> dict[str, Any]:
    found: dict[str, Any] = api.upload(SET, {"image": SimpleUploadedFile(name, content)}, id=gid(record))
    return found["customerRecordImageSet"]


@pytest.fixture
def folder() -> Iterator[set[str]]:
    """The files that the test may make; they are gone afterwards."""
    before = stored()
    yield before
    for name in stored() - before:
        record_image_storage().delete(f"{images.FOLDER}/{name}")


def stored() -> set[str]:
    try:
        return set(record_image_storage().listdir(images.FOLDER)[1])
    except FileNotFoundError:
        return set()


def test_a_picture_is_set_and_can_be_fetched(api: Api, folder: set[str]) -> None:
    record = make_record()

    answer = send(api, record, picture())

    assert answer["errors"] == []
    response = Client().get(answer["record"]["image"])
    assert (response.status_code, response["Content-Type"]) == (200, "image/jpeg")
    assert Image.open(BytesIO(response.content)).size == (40, 20)
    assert len(stored() - folder) == 1
    entry = ActivityEntry.objects.get()
    assert (entry.type, entry.before, entry.after) == (ActivityType.IMAGE_CHANGED, {}, {"has_image": True})


def test_the_picture_before_is_removed_once_it_is_committed(api: Api, folder: set[str], on_commit: Any) -> None:
    record = make_record()
    send(api, record, picture())
    (first,) = stored() - folder

    with on_commit():
        assert send(api, record, picture("JPEG"))["errors"] == []
        assert first in stored()

    (second,) = stored() - folder
    assert second != first


def test_a_picture_is_taken_away(api: Api, folder: set[str], on_commit: Any) -> None:
    record = make_record()
    send(api, record, picture())

    with on_commit():
        answer = run(api, "customerRecordImageDelete", "id: $id", "image", id=gid(record))

    assert answer == {"record": {"image": None}, "errors": []}
    assert stored() == folder
    assert types(record) == ["IMAGE_CHANGED", "IMAGE_CHANGED"]
    assert run(api, "customerRecordImageDelete", "id: $id", "image", id=gid(record))["errors"] == []
    assert len(types(record)) == 2


@pytest.mark.parametrize(
    "content", [b"", b"no picture", b"<svg xmlns='http://www.w3.org/2000/svg'/>", picture()[:60], b"\x89PNG\r\n\x1a\n"]
)
def test_what_is_no_picture_is_refused_and_leaves_nothing(api: Api, folder: set[str], content: bytes) -> None:
    record = make_record()

    answer = send(api, record, content)

    assert problems(answer) == [("image", "UNSUPPORTED_FILE" if content else "REQUIRED")]
    assert stored() == folder
    assert types(record) == []


def test_without_a_file(api: Api) -> None:
    record = make_record()

    answer = api(SET, id=gid(record), image="0")["customerRecordImageSet"]

    assert problems(answer) == [("image", "REQUIRED")]


def test_nothing_is_stored_for_nobody(api: Api, folder: set[str]) -> None:
    record = make_record()
    record.delete()
    record.pk = 4711

    assert problems(send(api, record, picture())) == [("id", "NOT_FOUND")]
    assert stored() == folder


def test_a_transaction_that_fails_leaves_no_file(api: Api, folder: set[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_entries: Any) -> int:
        raise RuntimeError

    record = make_record()
    monkeypatch.setattr(images, "append", fail)

    assert api.post_files(SET, {"image": SimpleUploadedFile("a.png", picture())}, id=gid(record)).json()["errors"]

    assert stored() == folder
    assert not CustomerRecord.objects.get().image


def test_an_orphan_is_removed_when_it_is_old(folder: set[str]) -> None:
    storage = record_image_storage()
    kept, orphan, recent = (storage.save(f"{images.FOLDER}/{name}.png", ContentFile(b"x")) for name in "abc")
    make_record(image=kept)
    for name in (kept, orphan):
        os.utime(storage.path(name), (0, 0))

    images.remove_orphans()

    assert {f"{images.FOLDER}/{name}" for name in stored() - folder} == {kept, recent}
