"""Making and editing records through the API."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext

from saleor_customer_plus.activity.models import ActivityEntry, ActivityType
from saleor_customer_plus.api.core.base import to_global_id
from saleor_customer_plus.ledger.models import LedgerEntry
from saleor_customer_plus.records.models import CustomerRecord, ReleasedAccount
from saleor_customer_plus.sync import reactions
from tests.client import Api
from tests.factories import make_account, make_address, make_app, make_group, make_order, make_record

pytestmark = pytest.mark.django_db

CREATE = """
mutation ($input: CustomerRecordCreateInput!) {
  customerRecordCreate(input: $input) {
    record {
      id email firstName lastName companyName phone additionalPhones number country { code } languageCode storeNote
      isTaxExempt isActive socialProfiles { network profile } attributes isApprovedBuyer lawfulBasis stage sources
      hasAccount orderCount lockedFields acceptsPromotionalMail tags { name }
    }
    errors { field message code id }
  }
}
"""
UPDATE = """
mutation ($id: ID!, $input: CustomerRecordInput!, $version: String) {
  customerRecordUpdate(id: $id, input: $input, version: $version) {
    record { id email firstName phone number country { code } attributes lockedFields version storeNote lawfulBasis }
    errors { field message code id }
  }
}
"""
VERSION = "query ($id: ID) { customerRecord(id: $id) { version } }"


def gid(record: CustomerRecord | int) -> str:
    return to_global_id("CustomerRecord", record if isinstance(record, int) else record.pk)


def create(api: Api, **input: Any) -> dict[str, Any]:
    found: dict[str, Any] = api(CREATE, input=input)["customerRecordCreate"]
    return found


def update(api: Api, record: CustomerRecord | str, version: str | None = None, **input: Any) -> dict[str, Any]:
    id = record if isinstance(record, str) else gid(record)
    found: dict[str, Any] = api(UPDATE, id=id, input=input, version=version)["customerRecordUpdate"]
    return found


def problems(answer: dict[str, Any]) -> list[tuple[str, str]]:
    assert answer["record"] is None
    return sorted((error["field"], error["code"]) for error in answer["errors"])


def types(record: CustomerRecord | None = None) -> list[str]:
    entries = ActivityEntry.objects.order_by("id")
    return list((entries if record is None else entries.filter(record=record)).values_list("type", flat=True))


# Making.


def test_an_address_is_enough(api: Api, staff: Any) -> None:
    answer = create(api, email="  Anna.Rossi@Example.COM ")

    record = CustomerRecord.objects.get()
    assert answer["errors"] == []
    assert answer["record"] == {
        "id": gid(record),
        "email": "anna.rossi@example.com",
        "firstName": "",
        "lastName": "",
        "companyName": "",
        "phone": "",
        "additionalPhones": [],
        "number": None,
        "country": None,
        "languageCode": "",
        "storeNote": "",
        "isTaxExempt": False,
        "isActive": True,
        "socialProfiles": [],
        "attributes": {},
        "isApprovedBuyer": False,
        "lawfulBasis": None,
        "stage": "LEAD",
        "sources": ["STAFF"],
        "hasAccount": False,
        "orderCount": 0,
        "lockedFields": [],
        "acceptsPromotionalMail": False,
        "tags": [],
    }
    entry = ActivityEntry.objects.get()
    assert (entry.type, entry.after) == (ActivityType.RECORD_CREATED, {"source": "STAFF"})
    assert (entry.actor_type, entry.actor_id) == ("STAFF", str(staff.pk))


def test_everything_in_one_call(api: Api) -> None:
    answer = create(
        api,
        email="anna@example.com",
        firstName=" Anna ",
        lastName="Rossi",
        companyName="Rossi S.r.l.",
        phone="06 6982",
        additionalPhones=["+39 06 6983", "0039 06 6983", ""],
        number="K-1",
        country="it",
        languageCode="IT",
        storeNote="Prefers\r\nmornings",
        isTaxExempt=True,
        socialProfiles=[{"network": "Mastodon", "profile": "@anna"}],
        attributes={"size": "M", "newsletters": ["a", "b"], "age": 41, "vip": True, "none": None},
        isApprovedBuyer=True,
        lawfulBasis="CONTRACT",
        tags=["VIP", "vip", "Press"],
        consents=[{"channel": "EMAIL", "purpose": "PROMOTIONAL", "state": "SUBSCRIBED", "wording": "Yes, please"}],
    )

    assert answer["errors"] == []
    assert {name: answer["record"][name] for name in answer["record"] if name not in ("id", "email")} == {
        "firstName": "Anna",
        "lastName": "Rossi",
        "companyName": "Rossi S.r.l.",
        "phone": "+39066982",
        "additionalPhones": ["+39066983"],
        "number": "K-1",
        "country": {"code": "IT"},
        "languageCode": "it",
        "storeNote": "Prefers\nmornings",
        "isTaxExempt": True,
        "isActive": True,
        "socialProfiles": [{"network": "Mastodon", "profile": "@anna"}],
        "attributes": {"size": "M", "newsletters": ["a", "b"], "age": 41, "vip": True, "none": None},
        "isApprovedBuyer": True,
        "lawfulBasis": "CONTRACT",
        "stage": "LEAD",
        "sources": ["STAFF"],
        "hasAccount": False,
        "orderCount": 0,
        "lockedFields": [],
        "acceptsPromotionalMail": True,
        "tags": [{"name": "Press"}, {"name": "VIP"}],
    }
    assert types() == ["RECORD_CREATED", "TAG_ADDED", "TAG_ADDED", "CONSENT_CHANGED"]


JOIN = """
mutation ($groups: [ID!]) {
  customerRecordCreate(input: {email: "anna@example.com", groupIds: $groups}) {
    record { groups { name } }
    errors { field message code id }
  }
}
"""


def groups(*names: str) -> list[str]:
    return [to_global_id("CustomerGroup", make_group(name).pk) for name in names]


def test_into_groups(api: Api) -> None:
    answer = api(JOIN, groups=groups("Press", "Trade"))["customerRecordCreate"]

    assert answer == {"record": {"groups": [{"name": "Press"}, {"name": "Trade"}]}, "errors": []}
    assert types() == ["RECORD_CREATED", "GROUP_JOINED", "GROUP_JOINED"]


@pytest.mark.parametrize(
    ("ids", "code"),
    [([to_global_id("CustomerGroup", 4711)], "NOT_FOUND"), ([to_global_id("CustomerTag", 1)], "INVALID")],
)
def test_into_groups_that_there_are_not(api: Api, ids: list[str], code: str) -> None:
    assert problems(api(JOIN, groups=ids)["customerRecordCreate"]) == [("groupIds", code)]
    assert CustomerRecord.objects.count() == 0


def test_into_several_groups_where_one_is_allowed(api: Api, configure: Any) -> None:
    configure(several_groups=False)

    assert problems(api(JOIN, groups=groups("Press", "Trade"))["customerRecordCreate"]) == [("groupIds", "INVALID")]
    assert CustomerRecord.objects.count() == 0


def test_whose_record_was_deleted_is_linked_to_a_new_one_made_by_hand(api: Api) -> None:
    account = make_account("anna@example.com")
    ReleasedAccount.objects.create(account_id=account.pk)

    assert create(api, email="anna@example.com")["record"]["hasAccount"]

    assert CustomerRecord.objects.get().account_id == account.pk
    assert ReleasedAccount.objects.count() == 0


def test_nothing_is_sent_to_anybody(api: Api, on_commit: Any) -> None:
    with on_commit():
        assert create(api, email="anna@example.com")["errors"] == []

    assert mail.outbox == []


@pytest.mark.parametrize("is_active", [True, False])
def test_an_address_that_is_known(api: Api, is_active: bool) -> None:
    anna = make_record("anna@example.com", is_active=is_active)

    answer = create(api, email="ANNA@example.com", firstName="X", tags=["New"])

    assert problems(answer) == [("email", "UNIQUE")]
    assert answer["errors"][0]["id"] == gid(anna)
    assert CustomerRecord.objects.count() == 1
    assert types() == []


def test_a_number_that_is_given(api: Api) -> None:
    anna = make_record(number="K1")

    answer = create(api, email="bert@example.com", number=" K1 ")

    assert problems(answer) == [("number", "UNIQUE")]
    assert answer["errors"][0]["id"] == gid(anna)
    assert not CustomerRecord.objects.filter(email="bert@example.com").exists()


@pytest.mark.parametrize(
    ("input", "expected"),
    [
        ({"tags": ["a,b"]}, [("tags", "INVALID")]),
        ({"tags": ["x"] * 101}, [("tags", "INVALID")]),
        (
            {"consents": [{"channel": "EMAIL", "purpose": "PROMOTIONAL", "state": "INVALID"}]},
            [("consents.0.state", "INVALID")],
        ),
    ],
)
def test_what_goes_wrong_at_the_end_leaves_nothing(
    api: Api, input: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    assert problems(create(api, email="anna@example.com", **input)) == expected
    assert CustomerRecord.objects.count() == 0
    assert types() == []


def test_all_that_is_wrong_is_told_at_once(api: Api) -> None:
    answer = create(
        api,
        email="anna@",
        phone="12",
        country="XX",
        languageCode="?",
        firstName="x" * 257,
        lastName="a\x00b",
        number="x" * 65,
        storeNote="x" * 10_001,
        socialProfiles=[{"network": "A", "profile": "1"}, {"network": "a", "profile": "2"}],
        attributes={"a": {"b": 1}},
    )

    assert problems(answer) == sorted(
        (name, "INVALID")
        for name in (
            "email",
            "phone",
            "country",
            "languageCode",
            "firstName",
            "lastName",
            "number",
            "storeNote",
            "socialProfiles",
            "attributes",
        )
    )
    assert "anna" not in str(answer["errors"])


def test_no_address(api: Api) -> None:
    assert problems(create(api, email=" ")) == [("email", "REQUIRED")]


def test_a_phone_number_of_the_country_in_the_settings(api: Api, configure: Any) -> None:
    configure(default_country="DE")

    assert create(api, email="anna@example.com", phone="030 901820")["record"]["phone"] == "+4930901820"


def test_an_account_of_the_address_is_linked_at_once(api: Api, configure: Any) -> None:
    configure(include_guests=False)
    account = make_account("anna@example.com", first_name="Anna")
    order = make_order(account=account)

    record = create(api, email="anna@example.com")["record"]

    assert (record["hasAccount"], record["orderCount"], record["stage"]) == (True, 1, "CUSTOMER")
    assert LedgerEntry.objects.get().order_id == order.pk
    assert types() == ["RECORD_CREATED", "ACCOUNT_LINKED", "ORDER_ADDED", *["DETAILS_SYNCED"] * 2, "STAGE_CHANGED"]


def test_an_account_that_is_not_confirmed_is_not_linked(api: Api) -> None:
    make_account("anna@example.com", is_confirmed=False)

    record = create(api, email="anna@example.com")["record"]

    assert (record["hasAccount"], record["stage"]) == (False, "LEAD")


def test_orders_that_waited_join_at_once(api: Api, configure: Any) -> None:
    configure(include_guests=False)
    order = make_order("Anna@example.com", total=10)
    reactions.orders_changed([str(order.pk)])
    assert LedgerEntry.objects.get().record_id is None

    record = create(api, email="anna@example.com")["record"]

    assert (record["orderCount"], record["stage"]) == (1, "CUSTOMER")
    assert types() == ["RECORD_CREATED", "ORDER_ADDED", "DETAILS_SYNCED", "STAGE_CHANGED"]


def test_what_staff_knew_gives_way_to_a_newer_order(api: Api) -> None:
    older = make_order("anna@example.com", billing_address=make_address(first_name="Annie"))
    assert create(api, email="anna@example.com", firstName="Ann", phone="+4930901820")["record"]["lockedFields"] == []
    newer = make_order("anna@example.com", billing_address=make_address(first_name="Anna"))

    reactions.orders_changed([str(older.pk)])
    assert CustomerRecord.objects.get().first_name == "Ann"
    reactions.orders_changed([str(newer.pk)])

    record = CustomerRecord.objects.get()
    assert (record.first_name, record.phone, record.locked_fields) == ("Anna", "+4930901820", [])


def test_an_app_makes_one_too(api: Api) -> None:
    app, token = make_app()

    assert create(api.by(token), email="anna@example.com")["errors"] == []

    assert ActivityEntry.objects.values_list("actor_type", "actor_id").get() == ("APP", str(app.pk))


# Editing.


def test_what_is_edited_is_locked(api: Api) -> None:
    anna = make_record("anna@example.com", first_name="Ann", country_code="DE")

    answer = update(api, anna, firstName="Anna", phone="030 901820", number="K1", attributes={"a": [1, "x"]})

    assert answer["errors"] == []
    assert answer["record"] == {
        "id": gid(anna),
        "email": "anna@example.com",
        "firstName": "Anna",
        "phone": "+4930901820",
        "number": "K1",
        "country": {"code": "DE"},
        "attributes": {"a": [1, "x"]},
        "lockedFields": ["FIRST_NAME", "PHONE"],
        "version": api(VERSION, id=gid(anna))["customerRecord"]["version"],
        "storeNote": "",
        "lawfulBasis": None,
    }
    entry = ActivityEntry.objects.get()
    assert entry.type == ActivityType.DETAILS_EDITED
    assert entry.before == {"first_name": "Ann", "phone": "", "number": None, "attributes": {}}


@pytest.mark.parametrize("blank", ["", "  ", None])
def test_a_null_or_a_blank_clears(api: Api, blank: str | None) -> None:
    anna = make_record(first_name="Anna", number="K1", phone="+4930901820", store_note="x", lawful_basis="CONSENT")

    answer = update(
        api, anna, firstName=blank, number=blank, phone=blank, storeNote=blank, lawfulBasis=None, attributes=None
    )

    assert answer["errors"] == []
    anna.refresh_from_db()
    assert (anna.first_name, anna.number, anna.phone, anna.store_note) == ("", None, "", "")
    assert anna.lawful_basis == ""
    assert anna.locked_fields == ["first_name", "phone"]


def test_nothing_to_change_changes_nothing(api: Api) -> None:
    anna = make_record("anna@example.com", first_name="Anna")
    before = api(VERSION, id=gid(anna))

    assert update(api, anna, firstName="Anna", email="Anna@Example.com")["errors"] == []
    assert update(api, anna)["errors"] == []

    assert api(VERSION, id=gid(anna)) == before
    assert types() == []


def test_a_stale_edit_is_refused(api: Api) -> None:
    anna = make_record(first_name="Anna")
    version = api(VERSION, id=gid(anna))["customerRecord"]["version"]

    assert update(api, anna, version, firstName="Anne")["errors"] == []
    stale = update(api, anna, version, firstName="Ann")
    fresh = update(api, anna, api(VERSION, id=gid(anna))["customerRecord"]["version"], firstName="Ann")

    assert problems(stale) == [("version", "STALE")]
    assert fresh["record"]["firstName"] == "Ann"


def test_an_order_between_reading_and_writing_makes_an_edit_stale(api: Api) -> None:
    CustomerRecord.objects.create(email="anna@example.com", modified_at=datetime(2026, 1, 1, tzinfo=UTC))
    anna = CustomerRecord.objects.get()
    version = api(VERSION, id=gid(anna))["customerRecord"]["version"]
    reactions.orders_changed([str(make_order("anna@example.com").pk)])

    assert problems(update(api, anna, version, firstName="Ann")) == [("version", "STALE")]


@pytest.mark.parametrize("version", ["", "x", "1e3", "9" * 30, "1.5"])
def test_a_version_that_is_none(api: Api, version: str) -> None:
    assert problems(update(api, make_record(), version, firstName="Ann")) == [("version", "INVALID")]


@pytest.mark.parametrize(
    ("id", "code"),
    [
        (to_global_id("CustomerRecord", 4711), "NOT_FOUND"),
        (to_global_id("User", 1), "INVALID"),
        (to_global_id("CustomerTag", 1), "INVALID"),
        (to_global_id("CustomerRecord", "1\x00"), "INVALID"),
        (to_global_id("CustomerRecord", -1), "INVALID"),
        (to_global_id("CustomerRecord", 2**63), "INVALID"),
        ("", "INVALID"),
        ("1", "INVALID"),
        ("\x00", "INVALID"),
        ("x" * 5000, "INVALID"),
    ],
)
def test_an_id_that_is_none(api: Api, id: str, code: str) -> None:
    make_record()

    assert problems(update(api, id, firstName="X")) == [("id", code)]


@pytest.mark.parametrize(
    "input",
    [{"additionalPhones": [None]}, {"lawfulBasis": "NONE"}, {"socialProfiles": [{"network": "A"}]}, {"unknown": 1}],
)
def test_a_value_of_another_type(api: Api, input: dict[str, Any]) -> None:
    anna = make_record()

    assert api.errors(UPDATE, id=gid(anna), input=input)
    assert types() == []


def test_the_approval(api: Api) -> None:
    anna = make_record()

    update(api, anna, isApprovedBuyer=True)
    update(api, anna, isApprovedBuyer=False)

    assert types(anna) == ["BUYER_APPROVED", "BUYER_DISAPPROVED"]


# Another address.


def test_another_address_takes_everything_along(api: Api, staff: Any) -> None:
    reactions.orders_changed([str(make_order("anna@example.com", total=10).pk)])
    anna = CustomerRecord.objects.get()

    answer = update(api, anna, email="Anne@example.com")

    assert answer["record"]["email"] == "anne@example.com"
    anna.refresh_from_db()
    assert anna.order_count == 1
    entry = ActivityEntry.objects.get(type=ActivityType.EMAIL_CHANGED)
    assert (entry.before, entry.after) == ({"email": "anna@example.com"}, {"email": "anne@example.com"})
    assert (entry.actor_type, entry.actor_id) == ("STAFF", str(staff.pk))


def test_orders_of_the_former_address_stay(api: Api) -> None:
    order = make_order("anna@example.com", total=10)
    reactions.orders_changed([str(order.pk)])
    anna = CustomerRecord.objects.get()
    update(api, anna, email="anne@example.com")

    reactions.orders_changed([str(order.pk)])

    assert CustomerRecord.objects.get().pk == anna.pk
    assert LedgerEntry.objects.get().record_id == anna.pk


def test_orders_that_waited_for_the_new_address_join(api: Api, configure: Any) -> None:
    configure(include_guests=False)
    reactions.orders_changed([str(make_order("anne@example.com", total=10).pk)])
    anna = make_record("anna@example.com")

    update(api, anna, email="anne@example.com")

    anna.refresh_from_db()
    assert anna.order_count == 1


def test_an_address_of_somebody_else(api: Api) -> None:
    anna, bert = make_record("anna@example.com"), make_record("bert@example.com")

    answer = update(api, anna, email="bert@example.com", firstName="X")

    assert problems(answer) == [("email", "UNIQUE")]
    assert answer["errors"][0]["id"] == gid(bert)
    anna.refresh_from_db()
    assert (anna.email, anna.first_name) == ("anna@example.com", "")


def test_addresses_that_are_fixed(api: Api, configure: Any) -> None:
    configure(email_editable=False)
    anna = make_record("anna@example.com")

    assert problems(update(api, anna, email="anne@example.com")) == [("email", "DISABLED")]
    assert update(api, anna, email="anna@example.com", firstName="Anna")["errors"] == []
    assert types() == ["DETAILS_EDITED"]


def test_an_address_cannot_be_cleared(api: Api) -> None:
    assert problems(update(api, make_record(), email="")) == [("email", "REQUIRED")]


@pytest.mark.standin
def test_the_address_of_an_account_is_for_saleor_to_change(api: Api) -> None:
    anna = make_record("anna@example.com", account=make_account("anna@example.com"))

    answer = update(api, anna, email="anne@example.com", firstName="X")

    assert answer["record"] is None
    assert [error["code"] for error in answer["errors"]] == ["GRAPHQL_ERROR"]  # the stand-in has no such mutation
    anna.refresh_from_db()
    assert (anna.email, anna.first_name) == ("anna@example.com", "")
    assert types() == []


def test_the_address_of_an_account_that_another_record_has(api: Api) -> None:
    anna = make_record("anna@example.com", account=make_account("anna@example.com"))
    bert = make_record("bert@example.com")

    answer = update(api, anna, email="bert@example.com")

    assert problems(answer) == [("email", "UNIQUE")]
    assert answer["errors"][0]["id"] == gid(bert)


# The number of statements.


def statements(api: Api, query: str, **variables: Any) -> int:
    with CaptureQueriesContext(connection) as captured:
        api(query, **variables)
    return len(captured)


def test_an_edit_takes_as_many_statements_whatever_is_edited(api: Api) -> None:
    anna, bert = make_record(), make_record()
    everything = {
        "firstName": "Bert",
        "lastName": "X",
        "companyName": "Y",
        "country": "DE",
        "storeNote": "z",
        "attributes": {str(number): number for number in range(64)},
        "additionalPhones": [f"+49 30 9018{number:02}" for number in range(20)],
    }
    update(api, anna, firstName="warm")

    assert statements(api, UPDATE, id=gid(anna), input={"firstName": "Anna"}) == statements(
        api, UPDATE, id=gid(bert), input=everything
    )


def test_making_one_takes_as_many_statements_whatever_comes_with_it(api: Api) -> None:
    create(api, email="warm@example.com", tags=["warm"])
    few = {"email": "anna@example.com", "tags": ["a"], "number": "K1"}
    many = {"email": "bert@example.com", "tags": [f"t{number}" for number in range(50)], "number": "K2"}

    assert statements(api, CREATE, input=few) == statements(api, CREATE, input=many)
