"""What the API takes as JSON it can give back."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from saleor_customer_plus.api.core.base import to_global_id
from saleor_customer_plus.api.core.types import JSON
from saleor_customer_plus.bulk import undo
from saleor_customer_plus.consent.models import ConsentEvent
from saleor_customer_plus.core.json_values import MAX_LEVELS, Unreturnable, check, returnable
from saleor_customer_plus.jobs import engine as jobs
from saleor_customer_plus.jobs.models import BulkJob
from saleor_customer_plus.records.models import CustomerRecord
from tests.client import Api
from tests.factories import make_record

from ...properties import examples

UPDATE = """
mutation ($id: ID!, $attributes: JSON) {
  customerRecordUpdate(id: $id, input: {attributes: $attributes}) {
    record { attributes activity(first: 1) { edges { node { before after } } } }
    errors { field message code }
  }
}
"""
CONSENT = """
mutation ($id: ID!, $evidence: JSON, $source: CustomerConsentSource) {
  customerConsentRecord(recordId: $id, consents: [
    {channel: EMAIL, purpose: NEWSLETTER, state: SUBSCRIBED, source: $source, evidence: $evidence}
  ]) {
    record { consents { channel purpose evidence } }
    errors { field message code }
  }
}
"""
LIST = """
{
  customerRecords(first: 1) { edges { node { attributes consents { evidence } } } }
  customerActivity(first: 9) { edges { node { before after } } }
}
"""

OFFER = ("EMAIL", "NEWSLETTER")

NUMBERS = st.one_of(
    st.integers(),
    st.sampled_from([2**31, 2**53 + 1, 2**63 - 1, 2**63, -(2**63), -(2**63) - 1, 2**64, 10**20, 10**400]),
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from([1e20, 1e308, -0.0, 5e-324, 1e15, 1e16, 0.1]),
)
SCALARS = st.one_of(st.none(), st.booleans(), NUMBERS, st.text(max_size=20))
NAMES = st.text(max_size=20)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(NAMES, inner, max_size=4)),
    max_leaves=9,
)
PROPERTY = settings(
    max_examples=examples(20), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)

pytestmark = pytest.mark.django_db


def gid(record: CustomerRecord) -> str:
    return to_global_id("CustomerRecord", record.pk)


def nested(levels: int) -> Any:
    value: Any = 1
    for _ in range(levels):
        value = {"a": value}
    return value


@PROPERTY
@given(value=st.dictionaries(NAMES, st.one_of(SCALARS, st.lists(SCALARS, max_size=4), VALUES), max_size=4))
def test_attributes_come_back_equal_or_are_refused(api: Api, value: dict[str, Any]) -> None:
    record = make_record()

    response = api.post(UPDATE, id=gid(record), attributes=value)

    if response.status_code == 400:  # not even JSON by Saleor's own decoder
        return
    answer = response.json()["data"]["customerRecordUpdate"]
    if answer["errors"]:
        assert {error["field"] for error in answer["errors"]} == {"attributes"}
        return
    assert answer["record"]["attributes"] == value
    if value:
        (edge,) = answer["record"]["activity"]["edges"]
        assert edge["node"]["after"]["attributes"] == value
    assert "errors" not in api.post(LIST).json()


@PROPERTY
@given(value=st.dictionaries(NAMES, VALUES, max_size=4))
def test_evidence_comes_back_equal_or_is_refused(api: Api, value: dict[str, Any]) -> None:
    record = make_record()

    response = api.post(CONSENT, id=gid(record), evidence=value)

    if response.status_code == 400:
        return
    answer = response.json()["data"]["customerConsentRecord"]
    if answer["errors"]:
        assert {error["field"] for error in answer["errors"]} == {"consents.0.evidence"}
        return
    (consent,) = [found for found in answer["record"]["consents"] if (found["channel"], found["purpose"]) == OFFER]
    assert consent["evidence"] == value
    assert "errors" not in api.post(LIST).json()


BULK_UPDATE = """
mutation ($ids: [ID!], $action: CustomerBulkActionInput!) {
  customerRecordsBulkUpdate(ids: $ids, action: $action) {
    job { id action { setFields { attributes } consents { channel purpose state evidence } } }
    errors { field message code }
  }
}
"""
JOB = """
query ($id: ID!) {
  customerJob(id: $id) { action { setFields { attributes } consents { channel purpose state evidence } } }
}
"""


def run_last_job() -> BulkJob:
    job = BulkJob.objects.latest("pk")
    for _ in jobs.run(job.pk):
        pass
    job.refresh_from_db()
    assert job.state == "SUCCEEDED", job.error_message
    return job


@PROPERTY
@given(value=st.dictionaries(NAMES, st.one_of(SCALARS, st.lists(SCALARS, max_size=4), VALUES), max_size=4))
def test_attributes_of_many_come_back_equal_and_are_undone(api: Api, value: dict[str, Any]) -> None:
    before = {"kept": [1, 2.5, None, True, "a"], "shoe": 2**63 - 1}
    record = make_record(attributes=before)
    action = {"setFields": {"attributes": value}}

    response = api.post(BULK_UPDATE, ids=[gid(record)], action=action)

    if response.status_code == 400:
        assert b"Cannot query" not in response.content
        return
    answer = response.json()["data"]["customerRecordsBulkUpdate"]
    if answer["errors"]:
        assert {error["field"] for error in answer["errors"]} == {"action.setFields.attributes"}
        return
    assert answer["job"]["action"] == {**action, "consents": None}
    job = run_last_job()
    assert api(JOB, id=answer["job"]["id"])["customerJob"]["action"] == {**action, "consents": None}
    record.refresh_from_db()
    assert record.attributes == value
    undo.create(job.pk, actor=job.actor)
    run_last_job()
    record.refresh_from_db()
    assert record.attributes == before


@PROPERTY
@given(value=st.dictionaries(NAMES, VALUES, max_size=4))
def test_evidence_of_many_comes_back_equal(api: Api, value: dict[str, Any]) -> None:
    record = make_record()
    consent = {"channel": "EMAIL", "purpose": "NEWSLETTER", "state": "SUBSCRIBED", "evidence": value}

    response = api.post(BULK_UPDATE, ids=[gid(record)], action={"consents": [consent]})

    if response.status_code == 400:
        assert b"Cannot query" not in response.content
        return
    answer = response.json()["data"]["customerRecordsBulkUpdate"]
    if answer["errors"]:
        assert {error["field"] for error in answer["errors"]} == {"action.consents.0.evidence"}
        return
    assert answer["job"]["action"] == {"setFields": None, "consents": [consent]}
    job = run_last_job()
    assert ConsentEvent.objects.get(record=record).evidence == value
    undo.create(job.pk, actor=job.actor)
    run_last_job()
    assert "errors" not in api.post(LIST).json()


def test_an_answer_that_cannot_be_encoded_is_mended(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    """The last resort, for a value that some field lets through."""
    monkeypatch.setattr(JSON, "serialize", lambda value: value)
    make_record(attributes={"a": 10**20 + 1, "b": nested(250), "c": 5})

    response = api.post("{ customerRecords(first: 1) { totalCount edges { node { attributes } } } }")

    assert response.status_code == 200
    data = response.json()["data"]["customerRecords"]
    (edge,) = data["edges"]
    shown = edge["node"]["attributes"]
    assert (data["totalCount"], shown["a"], shown["c"]) == (1, str(10**20 + 1), 5)


@given(value=st.dictionaries(NAMES, VALUES, max_size=4))
def test_what_is_accepted_needs_no_change(value: dict[str, Any]) -> None:
    try:
        check(value, "value")
    except Unreturnable:
        return
    assert returnable(value) == value


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (
            {"a": [1, 2, {"b": 10**20}]},
            "`evidence.a[2].b` must be a whole number from -2^63 to 2^63 - 1, or one with a point from -2^53 to 2^53.",
        ),
        ({"a": 1e20}, "`evidence.a` must be a whole number"),
        ({"a": "\x00"}, "`evidence.a` has a character"),
        ({"a": nested(MAX_LEVELS)}, "is too deep"),
        (nested(250), "is too deep"),
        ({"\x00": 1}, "`evidence` has a name"),
    ],
)
def test_what_is_refused_is_told_with_its_place(api: Api, value: Any, message: str) -> None:
    (error,) = api(CONSENT, id=gid(make_record()), evidence=value)["customerConsentRecord"]["errors"]

    assert (error["field"], error["code"]) == ("consents.0.evidence", "INVALID")
    assert message in error["message"]


def test_an_attribute_is_told_with_its_place(api: Api) -> None:
    (error,) = api(UPDATE, id=gid(make_record()), attributes={"a": [1, 1e20]})["customerRecordUpdate"]["errors"]

    assert error == {
        "field": "attributes",
        "message": "`attributes.a[1]` must be a whole number from -2^63 to 2^63 - 1, or one with a point"
        " from -2^53 to 2^53.",
        "code": "INVALID",
    }


@pytest.mark.parametrize("number", [2**31, 2**53 + 1, 2**63 - 1, -(2**63)])
def test_a_literal_is_kept_as_a_variable_is(api: Api, number: int) -> None:
    literal = UPDATE.replace(", $attributes: JSON", "").replace("$attributes", f"{{a: {number}, b: [{number}]}}")

    answer = api(literal, id=gid(make_record()))["customerRecordUpdate"]

    assert answer["record"]["attributes"] == {"a": number, "b": [number]}


@pytest.mark.parametrize("literal", [str(2**63), str(10**90), "1e20", "1e400"])
def test_a_literal_that_is_too_large_is_no_null(api: Api, literal: str) -> None:
    query = UPDATE.replace(", $attributes: JSON", "").replace("$attributes", f"{{a: {literal}}}")

    (error,) = api(query, id=gid(make_record()))["customerRecordUpdate"]["errors"]

    assert error["message"].startswith("`attributes.a` must be a whole number")


@pytest.mark.parametrize(
    ("literal", "message"),
    [("{a: $id}", "A variable cannot stand within a JSON value."), ("{a: RED}", "A JSON value has no names")],
)
def test_nothing_in_a_literal_is_lost(api: Api, literal: str, message: str) -> None:
    query = UPDATE.replace(", $attributes: JSON", "").replace("$attributes", literal)

    (error, *_) = api.errors(query, id=gid(make_record()))

    assert error["message"].startswith(message)


@pytest.mark.parametrize(
    ("stored", "shown"),
    [
        ("100000000000000000000", 1e20),
        ("100000000000000000001", "100000000000000000001"),
        ("1" + "0" * 400, "1" + "0" * 400),
        (json.dumps(10**18), 10**18),
    ],
)
def test_what_is_stored_already_is_shown(api: Api, stored: str, shown: Any) -> None:
    record = make_record(attributes={"a": json.loads(stored)})

    (edge,) = api("{ customerRecords(first: 1) { edges { node { attributes } } } }")["customerRecords"]["edges"]

    assert edge["node"]["attributes"] == {"a": shown}
    assert record.pk


def test_what_is_stored_too_deep_is_shown(api: Api) -> None:
    make_record(attributes=nested(250))

    (edge,) = api("{ customerRecords(first: 1) { edges { node { attributes } } } }")["customerRecords"]["edges"]

    shown: Any = edge["node"]["attributes"]
    for _ in range(100):
        shown = shown["a"]
    assert json.loads(shown) == nested(150)


def test_half_a_character_in_an_error_is_answered(api: Api) -> None:
    """A literal can have one where no variable can: Saleor cannot encode it."""
    response = api.post('mutation { customerTagCreate(input: {name: "\\ud800"}) { tag { name } errors { message } } }')

    assert response.status_code in (200, 400)
    assert "Internal Server Error" not in response.content.decode()
