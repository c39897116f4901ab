"""Customer type, attributes and metadata of accounts: shown, filtered and exported, from Saleor's own tables."""

from __future__ import annotations

import csv
import io
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from saleor_customer_plus.accounts import account_data
from saleor_customer_plus.api.core.base import to_global_id
from saleor_customer_plus.bulk import exports
from saleor_customer_plus.bulk.exports.options import ExportRequest
from saleor_customer_plus.customers.queries import RecordList
from saleor_customer_plus.errors import CustomerPlusError
from saleor_customer_plus.jobs import engine as jobs
from saleor_customer_plus.jobs.models import JobState
from saleor_customer_plus.records.models import CustomerRecord
from saleor_customer_plus.saleor_adapter import host
from tests.bulk.counting import APP
from tests.client import Api
from tests.factories import (
    assign_value,
    change,
    make_account,
    make_attribute,
    make_customer_type,
    make_record,
    make_staff,
    make_token,
    skip_unless_saleor_has,
)

pytestmark = pytest.mark.django_db

ATTRIBUTES = "attributes { slug name inputType values { name slug text boolean numeric dateTime } }"
LIST = """
query ($filter: CustomerRecordFilterInput) {
  customerRecords(first: 20, filter: $filter) { totalCount edges { node { email } } }
}
"""


def linked(email: str, **fields: Any) -> Any:
    """An account with a record that is linked to it."""
    account = make_account(email, **fields)
    make_record(email, account=account)
    return account


def names(api: Api, **filter: Any) -> list[str]:
    found = api(LIST, filter=filter)["customerRecords"]
    emails = [edge["node"]["email"].partition("@")[0] for edge in found["edges"]]
    assert found["totalCount"] == len(emails)
    return sorted(emails)


def shown(api: Api, email: str, fields: str) -> Any:
    return api(f'{{ customerRecord(email: "{email}") {{ account {{ {fields} }} }} }}')["customerRecord"]["account"]


class Wholesale:
    """Anna's account, of a type with five attributes; Ben's, of another type; Carl has no account."""

    def __init__(self) -> None:
        skip_unless_saleor_has("account_attributes")
        self.size = make_attribute("size", choices=["Small", "Very large"])
        self.regions = make_attribute("regions", input_type="multiselect", choices=["North", "South"])
        self.height = make_attribute("height", input_type="numeric", unit="cm")
        self.birthday = make_attribute("birthday", input_type="date")
        self.is_vip = make_attribute("vip", input_type="boolean")
        self.motto = make_attribute("motto", input_type="plain-text")
        attributes = [self.size, self.regions, self.height, self.birthday, self.is_vip, self.motto]
        self.type = make_customer_type("wholesale", attributes=attributes)
        self.other_type = make_customer_type("retail", attributes=[self.height])
        self.anna = linked("anna@example.com", customer_type=self.type)
        assign_value(self.anna, self.size, "Very large")
        assign_value(self.anna, self.regions, "South")
        assign_value(self.anna, self.regions, "North")
        assign_value(self.anna, self.height, "172.5", numeric=172.5)
        assign_value(self.anna, self.birthday, "1990", date_time=datetime(1990, 5, 31, tzinfo=UTC))
        assign_value(self.anna, self.is_vip, "vip: Yes", boolean=True)
        assign_value(self.anna, self.motto, "Wait and…", plain_text="Wait and see")
        self.ben = linked("ben@example.com", customer_type=self.other_type)
        assign_value(self.ben, self.height, "180", numeric=180)
        make_record("carl@example.com")


@pytest.fixture
def wholesale(db: None) -> Wholesale:
    return Wholesale()


# Shown.


def test_the_customer_type_and_the_attributes_of_it_are_shown(api: Api, wholesale: Wholesale) -> None:
    found = shown(api, "anna@example.com", f"customerType {{ id name slug }} {ATTRIBUTES}")

    assert found["customerType"] == {
        "id": to_global_id("CustomerType", wholesale.type.pk),
        "name": "Wholesale",
        "slug": "wholesale",
    }
    assert [(one["slug"], one["inputType"]) for one in found["attributes"]] == [
        ("size", "DROPDOWN"),
        ("regions", "MULTISELECT"),
        ("height", "NUMERIC"),
        ("birthday", "DATE"),
        ("vip", "BOOLEAN"),
        ("motto", "PLAIN_TEXT"),
    ]
    values = {one["slug"]: [value["text"] for value in one["values"]] for one in found["attributes"]}
    assert values == {
        "size": ["Very large"],
        "regions": ["South", "North"],
        "height": ["172.5"],
        "birthday": ["1990-05-31"],
        "vip": ["yes"],
        "motto": ["Wait and see"],
    }
    typed = {one["slug"]: one["values"][0] for one in found["attributes"]}
    assert (typed["height"]["numeric"], typed["vip"]["boolean"]) == (172.5, True)
    assert typed["birthday"]["dateTime"] == "1990-05-31T00:00:00+00:00"
    assert typed["size"]["slug"] == "very-large"


def test_a_value_of_an_attribute_that_the_type_has_no_longer_is_none(api: Api, wholesale: Wholesale) -> None:
    change(wholesale.anna, customer_type=wholesale.other_type)

    (height,) = shown(api, "anna@example.com", ATTRIBUTES)["attributes"]

    assert (height["slug"], height["values"][0]["text"]) == ("height", "172.5")
    assert names(api, accountAttributes=[{"slug": "size"}]) == []


def test_an_account_without_a_type_has_neither(api: Api) -> None:
    linked("anna@example.com")

    found = shown(api, "anna@example.com", f"customerType {{ slug }} {ATTRIBUTES}")

    is_supported = host.customer_attribute_models() is not None
    assert found == {"customerType": None, "attributes": [] if is_supported else None}


def test_metadata_is_shown_by_key_whatever_it_is(api: Api) -> None:
    linked("anna@example.com", metadata={"z": "1", "a": ["x", 2]}, private_metadata={"score": "7"})

    found = shown(api, "anna@example.com", "metadata { key value } privateMetadata { key value }")

    assert found == {
        "metadata": [{"key": "a", "value": '["x", 2]'}, {"key": "z", "value": "1"}],
        "privateMetadata": [{"key": "score", "value": "7"}],
    }


def test_private_metadata_of_staff_is_for_those_who_manage_staff(api: Api) -> None:
    colleague = make_staff("sara@example.com", private_metadata={"score": "7"})
    make_record("sara@example.com", account=colleague)
    boss = Api(token=make_token(make_staff(permissions=("manage_users", "manage_staff"))))

    assert shown(api, "sara@example.com", "privateMetadata { key }") == {"privateMetadata": None}
    assert shown(boss, "sara@example.com", "privateMetadata { key }") == {"privateMetadata": [{"key": "score"}]}
    assert names(api, accountPrivateMetadata=[{"key": "score"}]) == []
    assert exported(["email", "private_metadata:score"]) == [["sara@example.com", ""]]


def test_a_longer_page_takes_no_more_statements(api: Api, wholesale: Wholesale) -> None:
    def statements(first: int) -> int:
        query = f"""{{ customerRecords(first: {first}) {{ edges {{ node {{
            account {{ customerType {{ slug }} {ATTRIBUTES} metadata {{ key }} }} }} }} }} }}"""
        api(query)
        with CaptureQueriesContext(connection) as captured:
            api(query)
        return len(captured)

    for number in range(10):
        account = linked(f"more{number}@example.com", customer_type=wholesale.type)
        assign_value(account, wholesale.size, "Small")
    assert statements(13) == statements(4)


# Filters.


def test_filters_by_customer_type(api: Api, wholesale: Wholesale) -> None:
    both = [to_global_id("CustomerType", one.pk) for one in (wholesale.type, wholesale.other_type)]

    assert names(api, customerTypes=both[:1]) == ["anna"]
    assert names(api, customerTypes=both) == ["anna", "ben"]
    assert names(api, customerTypes=[]) == []


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ([{"slug": "height"}], ["anna", "ben"]),
        ([{"slug": "size", "values": ["very-large", "Medium"]}], ["anna"]),
        ([{"slug": "size", "values": ["Very large"]}], ["anna"]),
        ([{"slug": "size", "values": ["Small"]}], []),
        ([{"slug": "motto", "values": ["Wait and see"]}], ["anna"]),
        ([{"slug": "vip", "boolean": True}], ["anna"]),
        ([{"slug": "vip", "boolean": False}], []),
        ([{"slug": "height", "numeric": {"gte": 172.5, "lte": 179}}], ["anna"]),
        ([{"slug": "height", "numeric": {"gte": 175}}], ["ben"]),
        ([{"slug": "birthday", "dateTime": {"lte": "1990-05-31T00:00:00Z"}}], ["anna"]),
        ([{"slug": "birthday", "dateTime": {"gte": "1990-06-01T00:00:00Z"}}], []),
        ([{"slug": "size"}, {"slug": "height", "numeric": {"lte": 175}}], ["anna"]),
        ([{"slug": "regions", "values": ["North"]}, {"slug": "regions", "values": ["South"]}], ["anna"]),
    ],
)
def test_filters_by_attributes(api: Api, wholesale: Wholesale, wanted: Any, expected: list[str]) -> None:
    assert names(api, accountAttributes=wanted) == expected


def test_filters_by_metadata(api: Api) -> None:
    linked("anna@example.com", metadata={"level": "gold", "erp": "17"}, private_metadata={"score": "7"})
    linked("ben@example.com", metadata={"level": "silver"})
    make_record("carl@example.com")

    assert names(api, accountMetadata=[{"key": "level"}]) == ["anna", "ben"]
    assert names(api, accountMetadata=[{"key": "level", "value": "gold"}, {"key": "erp"}]) == ["anna"]
    assert names(api, accountMetadata=[{"key": "level", "value": "Gold"}]) == []
    assert names(api, accountPrivateMetadata=[{"key": "score", "value": "7"}]) == ["anna"]
    assert names(api, accountMetadata=[{"key": "score"}]) == []


@pytest.mark.parametrize(
    ("filter", "field"),
    [
        ({"accountMetadata": [{"key": " "}]}, "accountMetadata.0.key"),
        ({"accountMetadata": [{"key": "a\x00"}]}, "accountMetadata.0.key"),
        ({"accountPrivateMetadata": [{"key": "a"}] * 11}, "accountPrivateMetadata"),
    ],
)
def test_what_no_filter_can_be_is_told_by_its_field(api: Api, filter: Any, field: str) -> None:
    (error,) = api.errors(LIST, filter=filter)
    assert error["extensions"]["field"] == field


@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        ({"slug": "unknown"}, "slug"),
        ({"slug": "height", "values": ["172.5"]}, "values"),
        ({"slug": "size", "boolean": True}, "boolean"),
        ({"slug": "size", "numeric": {"gte": 1}}, "numeric"),
        ({"slug": "size", "dateTime": {"gte": "1990-06-01T00:00:00Z"}}, "dateTime"),
    ],
)
def test_an_attribute_is_compared_with_what_it_holds(api: Api, wholesale: Wholesale, wanted: Any, field: str) -> None:
    (error,) = api.errors(LIST, filter={"accountAttributes": [wanted]})
    assert error["extensions"]["field"] == f"accountAttributes.0.{field}"


@pytest.mark.parametrize("filter", [{"customerTypes": []}, {"accountAttributes": [{"slug": "size"}]}])
def test_a_saleor_without_them_says_so(api: Api, monkeypatch: pytest.MonkeyPatch, filter: Any) -> None:
    monkeypatch.setattr(host, "customer_type_model", lambda: None)
    monkeypatch.setattr(host, "customer_attribute_models", lambda: None)
    make_record("anna@example.com")

    (error,) = api.errors(LIST, filter=filter)
    assert error["extensions"]["code"] == "UNSUPPORTED"
    assert exported(["email", "customer_type", "account_attribute:size"]) == [["anna@example.com", "", ""]]
    for check in (account_data.check_customer_types, account_data.check_attributes):
        with pytest.raises(CustomerPlusError, match=r"Upgrade it to 3\.23"):
            check()


# Export.


def exported(columns: list[str]) -> list[list[str]]:
    job = exports.create(RecordList(), ExportRequest(columns=columns), actor=APP, include_inactive=False)
    for _ in jobs.run(job.pk):
        pass
    job.refresh_from_db()
    assert (job.state, job.error_message) == (JobState.SUCCEEDED, "")
    with job.result_file.open("rb") as file:
        return list(csv.reader(io.StringIO(file.read().decode("utf-8-sig"))))[1:]


def test_all_of_it_is_exported(api: Api, wholesale: Wholesale) -> None:
    change(wholesale.ben, metadata={"level": "gold"}, private_metadata={"score": "=7"})
    slugs = ("size", "regions", "height", "birthday", "vip", "motto")
    columns = ["email", "customer_type", *(f"account_attribute:{slug}" for slug in slugs)]

    assert exported([*columns, "metadata:level", "private_metadata:score"]) == [
        [
            *("anna@example.com", "wholesale", "Very large", "South, North", "172.5", "1990-05-31", "yes"),
            *("Wait and see", "", ""),
        ],
        ["ben@example.com", "retail", "", "", "180", "", "", "", "gold", "'=7"],
        ["carl@example.com", *[""] * 9],
    ]


def test_a_time_is_exported_as_it_is_shown(api: Api, wholesale: Wholesale) -> None:
    seen = make_attribute("seen", input_type="date-time")
    host.customer_attribute_models().type_attribute.objects.create(customer_type=wholesale.type, attribute=seen)
    assign_value(wholesale.anna, seen, "x", date_time=datetime(2024, 2, 3, 4, 5, 6, 700, tzinfo=UTC))

    told = shown(api, "anna@example.com", ATTRIBUTES)["attributes"][-1]["values"][0]["text"]

    assert told == "2024-02-03T04:05:06.000700+00:00"
    assert exported(["account_attribute:seen"])[0][0] == told.replace(".000700", ".0007")


# Changing it: what is told before Saleor is asked, and that it is asked.

UPDATE = """
mutation ($id: ID!, $input: CustomerAccountInput!) {
  customerAccountUpdate(recordId: $id, input: $input) { record { id } errors { field code message } }
}
"""


def refused(api: Api, email: str, **input: Any) -> list[tuple[str | None, str]]:
    id = to_global_id("CustomerRecord", CustomerRecord.objects.get(email=email).pk)
    answer = api(UPDATE, id=id, input=input)["customerAccountUpdate"]
    assert (answer["record"] is None) == bool(answer["errors"])
    return [(error["field"], error["code"]) for error in answer["errors"]]


def test_a_person_without_an_account_is_told(api: Api) -> None:
    make_record("carl@example.com")
    assert refused(api, "carl@example.com", metadata=[{"key": "a", "value": "1"}]) == [("recordId", "NOT_FOUND")]


def test_what_the_account_has_already_is_not_asked_of_saleor(api: Api, wholesale: Wholesale) -> None:
    change(wholesale.anna, metadata={"level": "gold"})

    assert (
        refused(
            api,
            "anna@example.com",
            customerType=to_global_id("CustomerType", wholesale.type.pk),
            attributes=[
                {"slug": "size", "values": ["very large"]},
                {"slug": "regions", "values": ["north", "South"]},
                {"slug": "height", "values": ["172.50"]},
                {"slug": "birthday", "values": ["1990-05-31"]},
                {"slug": "vip", "values": ["Yes"]},
                {"slug": "motto", "values": ["Wait and see"]},
            ],
            metadata=[{"key": "level", "value": "gold"}, {"key": "unknown", "value": None}],
        )
        == []
    )


@pytest.mark.parametrize(
    ("input", "expected"),
    [
        ({"attributes": [{"slug": "unknown", "values": ["x"]}]}, ("attributes", "NOT_FOUND")),
        ({"attributes": [{"slug": "size", "values": ["Tiny"]}]}, ("attributes", "NOT_FOUND")),
        ({"attributes": [{"slug": "size", "values": ["Small", "Very large"]}]}, ("attributes", "INVALID")),
        ({"attributes": [{"slug": "height", "values": ["tall"]}]}, ("attributes", "INVALID")),
        ({"attributes": [{"slug": "height", "values": ["nan"]}]}, ("attributes", "INVALID")),
        ({"attributes": [{"slug": "birthday", "values": ["31.5.1990"]}]}, ("attributes", "INVALID")),
        ({"attributes": [{"slug": "vip", "values": ["perhaps"]}]}, ("attributes", "INVALID")),
        ({"attributes": [{"slug": "vip", "values": []}] * 2}, ("attributes.1.slug", "INVALID")),
        ({"attributes": [{"slug": "motto", "values": ["a\x00"]}]}, ("attributes.0.values", "INVALID")),
        ({"customerType": to_global_id("CustomerType", 2**40)}, ("customerType", "NOT_FOUND")),
        ({"customerType": "x"}, ("customerType", "INVALID")),
        ({"metadata": [{"key": "", "value": "1"}]}, ("metadata.0.key", "INVALID")),
        ({"metadata": [{"key": "a"}, {"key": "a"}]}, ("metadata.1.key", "INVALID")),
    ],
)  # fmt: skip
def test_what_cannot_be_set_is_told_by_its_field(
    api: Api, wholesale: Wholesale, input: Any, expected: tuple[str, str]
) -> None:
    assert refused(api, "anna@example.com", **input) == [expected]


def test_all_that_is_wrong_is_told_at_once(api: Api, wholesale: Wholesale) -> None:
    reference = make_attribute("partner", input_type="reference")
    host.customer_attribute_models().type_attribute.objects.create(customer_type=wholesale.type, attribute=reference)
    wrong = [{"slug": slug, "values": ["x"]} for slug in ("partner", "height", "vip")]

    assert refused(api, "anna@example.com", attributes=wrong) == [("attributes", "INVALID")] * 3


def test_a_staff_account_is_for_those_who_manage_staff(api: Api) -> None:
    colleague = make_staff("sara@example.com", metadata={"a": "1"})
    make_record("sara@example.com", account=colleague)

    for entry in ({"key": "b", "value": "2"}, {"key": "a", "value": None}):
        assert refused(api, "sara@example.com", metadata=[entry]) == [("recordId", "OUT_OF_SCOPE")]


@pytest.mark.standin  # which refuses every mutation of Saleor's own: it was asked
def test_saleor_is_asked_for_what_differs(api: Api) -> None:
    linked("anna@example.com", metadata={"level": "gold"})

    for entry in ({"key": "level", "value": "silver"}, {"key": "level", "value": None}):
        assert refused(api, "anna@example.com", metadata=[entry]) == [(None, "GRAPHQL_ERROR")]


# docs/account-data.md

PAGE = (Path(__file__).parents[3] / "docs" / "account-data.md").read_text()


@pytest.mark.parametrize("operation", re.findall(r"```graphql\n(.*?)```", PAGE, re.DOTALL))
def test_the_operations_of_the_page(api: Api, operation: str) -> None:
    linked("anna@example.com", metadata={"level": "gold", "erp_id": "17"})
    id = to_global_id("CustomerRecord", CustomerRecord.objects.get().pk)

    ((name, found),) = api(operation, **({"record": id} if "$record" in operation else {})).items()

    if name == "customerRecords":
        assert found["totalCount"] == 1
    elif name == "customerRecord":
        assert found["account"]["metadata"][0] == {"key": "erp_id", "value": "17"}
    else:  # there is no such customer type
        is_supported = host.customer_type_model() is not None
        assert found["errors"][0]["code"] == ("NOT_FOUND" if is_supported else "UNSUPPORTED")
