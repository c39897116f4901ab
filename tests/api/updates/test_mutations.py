"""One action on many records by the API, and undoing a job."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from django.core import mail

from saleor_customer_plus.api.core.base import to_global_id
from saleor_customer_plus.api.customers.arguments import record_list
from saleor_customer_plus.api.customers.inputs import CustomerRecordFilterInput
from saleor_customer_plus.bulk import selection
from saleor_customer_plus.jobs import kinds
from saleor_customer_plus.jobs.models import BulkJob, JobState
from saleor_customer_plus.records.models import CustomerRecord, Source, Stage
from saleor_customer_plus.tags.models import Tag, TagAssignment
from tests.client import Api
from tests.factories import (
    make_account,
    make_app,
    make_consent,
    make_group,
    make_job,
    make_record,
    make_staff,
    make_tag,
    prepare_saleor_for,
)

pytestmark = pytest.mark.django_db

UPDATE = """
mutation ($ids: [ID!], $filter: CustomerRecordFilterInput, $search: String, $action: CustomerBulkActionInput!) {
  customerRecordsBulkUpdate(ids: $ids, filter: $filter, search: $search, action: $action) {
    job { id kind state actor { type id } }
    errors { field message code id }
  }
}
"""
UNDO = """
mutation ($id: ID!) {
  customerJobUndo(id: $id) { job { id kind undoes } errors { field message code id } }
}
"""
JOB = """
query ($id: ID!) {
  customerJob(id: $id) {
    state phase undoes report { ... on CustomerUndoReport { deleted changed kept accountsKept } }
    records { idCount ids } action {
      tag { tagIds names } setTaxExempt
      setFields { given companyName country phone storeNote attributes socialProfiles { network profile }
                  isApprovedBuyer lawfulBasis }
    }
    progress { rowsTotal rowsRead updated unchanged skipped refused fraction }
    problems(first: 9) { edges { node { recordId reasons { field code message } } } }
  }
}
"""


def gid(kind: str, row: Any) -> str:
    return to_global_id(kind, row.pk)


def id_of(record: CustomerRecord) -> str:
    return gid("CustomerRecord", record)


@pytest.fixture
def update(api: Api, on_commit: Callable[[], Any]) -> Callable[..., dict[str, Any]]:
    """Ask for an action, let the task run, and return the job as the API shows it then."""

    def ask(action: dict[str, Any], **which: Any) -> dict[str, Any]:
        with on_commit():
            answer = api(UPDATE, action=action, **which)["customerRecordsBulkUpdate"]
        assert answer["errors"] == []
        return {**answer["job"], **api(JOB, id=answer["job"]["id"])["customerJob"]}

    return ask


@pytest.fixture
def refused(api: Api) -> Callable[..., list[tuple[str, str]]]:
    """Ask for an action, and return the fields and codes of the errors. No job was made."""

    def ask(action: dict[str, Any], **which: Any) -> list[tuple[str, str]]:
        answer = api(UPDATE, action=action, **(which or {"filter": {}}))["customerRecordsBulkUpdate"]
        assert answer["job"] is None
        assert not BulkJob.objects.exists()
        return [(error["field"], error["code"]) for error in answer["errors"]]

    return ask


def test_a_message_to_more_than_a_thousand_is_refused_and_one_to_fewer_is_sent(
    update: Any, refused: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = [CustomerRecord(email=f"p{number}@example.com", first_name=f"P{number}") for number in range(1_001)]
    CustomerRecord.objects.bulk_create(people)
    action = {"message": {"subject": "Hello {{ first_name }}", "body": "We moved."}}

    for which in ({"filter": {}}, {"ids": [id_of(one) for one in people]}):
        assert refused(action, **which) == [("action.message", "LIMIT_REACHED")]

    job = update(action, ids=[id_of(one) for one in people[:110]])
    assert (job["state"], job["progress"]["updated"]) == ("SUCCEEDED", 110)
    assert len({message.to[0] for message in mail.outbox}) == len(mail.outbox) == 110


class TestWhich:
    def test_by_ids(self, update: Any, staff: Any) -> None:
        anna, bert, carl = make_record(), make_record(is_active=False), make_record()

        job = update({"setTaxExempt": True}, ids=[id_of(anna), id_of(bert), id_of(anna)])

        assert (job["kind"], job["state"], job["actor"]) == (
            "UPDATE",
            "SUCCEEDED",
            {"type": "STAFF", "id": gid("User", staff)},
        )
        assert job["action"] == {"tag": None, "setTaxExempt": True, "setFields": None}
        assert job["records"] == {
            "idCount": 2,
            "ids": [id_of(one) for one in sorted((anna, bert), key=lambda one: one.pk)],
        }
        assert job["progress"] == {
            "rowsTotal": 2,
            "rowsRead": 2,
            "updated": 2,
            "unchanged": 0,
            "skipped": 0,
            "refused": 0,
            "fraction": 1.0,
        }
        assert set(CustomerRecord.objects.filter(is_tax_exempt=False)) == {carl}

    def test_by_filter_and_search(self, update: Any) -> None:
        make_record("anna@example.com", country_code="DE")
        make_record("anna@example.it", country_code="IT")
        make_record("bert@example.com", country_code="DE")

        job = update({"setTaxExempt": True}, filter={"countries": ["DE"]}, search="anna")

        assert job["progress"]["updated"] == 1
        assert CustomerRecord.objects.get(is_tax_exempt=True).email == "anna@example.com"

    def test_by_language_and_approval(self, update: Any) -> None:
        make_record("anna@example.com", language_code="pt-br", is_approved_buyer=True)
        make_record("bert@example.com", language_code="pt-br")
        make_record("cleo@example.com", is_approved_buyer=True)

        job = update({"setTaxExempt": True}, filter={"languages": ["PT_BR"], "isApprovedBuyer": True})

        assert job["progress"]["updated"] == 1
        assert CustomerRecord.objects.get(is_tax_exempt=True).email == "anna@example.com"

    def test_all_active_ones(self, update: Any) -> None:
        make_record()
        make_record(is_active=False)

        assert update({"setTaxExempt": True}, filter={})["progress"]["rowsTotal"] == 1

    @pytest.mark.parametrize(
        ("which", "field", "code"),
        [
            ({"ids": None}, "ids", "REQUIRED"),
            ({"search": "  "}, "ids", "REQUIRED"),
            ({"ids": ["x"], "filter": {}}, "ids", "REQUIRED"),
            ({"ids": []}, "ids", "INVALID"),
            ({"ids": ["x"]}, "ids", "INVALID"),
            ({"ids": [to_global_id("User", 1)]}, "ids", "INVALID"),
            ({"ids": [to_global_id("CustomerRecord", 1)] * 10_001}, "ids", "INVALID"),
            ({"search": "x" * 201}, "search", "INVALID"),
            ({"filter": {"ids": ["x"]}}, "filter.ids", "INVALID"),
            ({"filter": {"tags": {"any": ["x"]}}}, "filter.tags.any", "INVALID"),
            ({"filter": {"totalSpent": {"currency": "€", "gte": 1}}}, "filter.totalSpent.currency", "INVALID"),
        ],
    )
    def test_what_is_refused(self, refused: Any, which: dict[str, Any], field: str, code: str) -> None:
        assert refused({"setTaxExempt": True}, **which) == [(field, code)]


class TestFilters:
    """Each filter of the API goes through the options of a job, which are JSON, and means the same afterwards."""

    TIMES = {"gte": datetime(2024, 5, 1, tzinfo=UTC), "lte": None}
    MONEY = {"currency": "EUR", "gte": 0.1}
    EXAMPLES: dict[str, Any] = {
        "ids": [to_global_id("CustomerRecord", 7)],
        "stage": Stage.LEAD,
        "is_active": False,
        "has_account": True,
        "has_unconfirmed_account": True,
        "is_staff": False,
        "sources": {"any": [Source.ORDER], "none": [Source.IMPORT, Source.STAFF]},
        "countries": ["DE", "IT"],
        "cities": ["Köln", "Sankt Pölten"],
        "languages": ["de", "pt-br"],
        "company_name": "Müller & Co",
        "attributes": [{"key": "level", "value": [1, 2.5, None, "x"]}, {"key": "color"}],
        "acquisition": {"sources": ["google"], "campaigns": ["Summer", "Winter"]},
        "customer_types": [to_global_id("CustomerType", 7)],
        "account_attributes": [
            {"slug": "size", "values": ["M", "L"]},
            {"slug": "height", "numeric": {"gte": 1.5, "lte": None}},
            {"slug": "birthday", "date_time": TIMES},
            {"slug": "vip", "boolean": True},
            {"slug": "anything"},
        ],
        "account_metadata": [{"key": "erp_id"}, {"key": "level", "value": "gold"}],
        "account_private_metadata": [{"key": "score", "value": "7"}],
        "created_at": TIMES,
        "customer_since": TIMES,
        "last_order_at": TIMES,
        "order_count": {"gte": 1, "lte": 7},
        "total_spent": MONEY,
        "average_order_value": MONEY,
        "order_channels": [to_global_id("Channel", 7)],
        "is_tax_exempt": True,
        "is_approved_buyer": False,
        "accepts_promotional_mail": True,
        "accepts_newsletter": True,
        "accepts_system_mail": False,
        "consents": [{"channel": "SMS", "purpose": "PROMOTIONAL", "states": ["SUBSCRIBED", "PENDING"]}],
        "tags": {"any": [to_global_id("CustomerTag", 7)], "none": [to_global_id("CustomerTag", 8)]},
        "groups": {"all": [to_global_id("CustomerGroup", 7)]},
        "query": "city = 'Köln' AND order_count > 1",
        "rfm_group": {"currency": "EUR", "groups": ["CHAMPIONS"]},
        "next_order_expected_at": {"currency": "EUR", **TIMES},
    }
    # They name rows that must be there: see tests/api/segments and tests/api/fields.
    ELSEWHERE = frozenset({"segment", "fields"})

    def test_there_is_an_example_of_each(self) -> None:
        assert set(CustomerRecordFilterInput._meta.fields) == {*self.EXAMPLES, *self.ELSEWHERE}

    @pytest.mark.parametrize("name", EXAMPLES)
    def test_it_travels(self, name: str) -> None:
        prepare_saleor_for(name)
        info = SimpleNamespace(context=SimpleNamespace(app=True))  # which is restricted to no channels
        wanted = record_list(info, {name: self.EXAMPLES[name]}, "anna", None)
        job = make_job("UPDATE", options={"_list": selection.dumped(wanted)})
        job.refresh_from_db()

        there = selection.loaded(job.options["_list"])

        assert str(there.matching.query) == str(wanted.matching.query)
        assert there.search == "anna"
        assert type(getattr(there.filter, name)) in (type(getattr(wanted.filter, name)), tuple)


class TestActions:
    def test_tags_by_id_and_by_name(self, update: Any) -> None:
        vip = make_tag("VIP")
        anna = make_record()

        job = update({"tag": {"tagIds": [gid("CustomerTag", vip)], "names": ["vip", "New"]}}, ids=[id_of(anna)])
        assert job["action"]["tag"] == {"tagIds": [gid("CustomerTag", vip)], "names": ["vip", "New"]}
        assert set(TagAssignment.objects.values_list("tag__name", flat=True)) == {"VIP", "New"}

        update({"untag": {"names": ["NEW", "unknown"]}}, filter={})
        assert TagAssignment.objects.get().tag == vip
        assert Tag.objects.count() == 2

    def test_groups(self, update: Any) -> None:
        club, anna = make_group("Club"), make_record()

        update({"group": [gid("CustomerGroup", club)]}, ids=[id_of(anna)])
        assert anna.group_memberships.get().group == club

        update({"ungroup": [gid("CustomerGroup", club)]}, ids=[id_of(anna)])
        assert not anna.group_memberships.exists()

    def test_out_of_use_and_into_use(self, update: Any) -> None:
        anna = make_record()

        update({"deactivate": {"reason": "Moved away."}}, filter={})
        anna.refresh_from_db()
        assert (anna.is_active, anna.deactivation_reason) == (False, "Moved away.")

        update({"activate": True}, filter={"isActive": False})
        anna.refresh_from_db()
        assert (anna.is_active, anna.deactivation_reason) == (True, "")

    def test_fields(self, update: Any, configure: Any) -> None:
        configure(default_country="DE")
        anna = make_record(store_note="Old.", attributes={"old": 1})
        fields = {
            "companyName": " Club ",
            "country": "it",
            "phone": "0171 2345678",
            "storeNote": None,
            "attributes": {"someLevel": 2},
            "socialProfiles": [{"network": "Mastodon", "profile": "@club"}],
            "isApprovedBuyer": True,
            "lawfulBasis": "CONTRACT",
        }

        job = update({"setFields": fields}, ids=[id_of(anna)])

        assert job["action"]["setFields"] == {"given": sorted(fields), **fields}
        anna.refresh_from_db()
        assert (anna.company_name, anna.country_code, anna.store_note, anna.attributes) == (
            "Club",
            "IT",
            "",
            {"someLevel": 2},
        )
        assert (anna.social_profiles, anna.is_approved_buyer, anna.lawful_basis) == (
            {"Mastodon": "@club"},
            True,
            "CONTRACT",
        )

    def test_consents(self, update: Any) -> None:
        anna, bert = make_record(), make_record()
        make_consent(bert, state="UNSUBSCRIBED")
        offers = {"channel": "EMAIL", "purpose": "PROMOTIONAL", "state": "SUBSCRIBED", "wording": "Yes."}

        job = update({"consents": [offers]}, filter={})

        assert job["progress"]["updated"] == 1
        ((problem),) = job["problems"]["edges"]
        assert problem["node"]["recordId"] == id_of(bert)
        assert [reason["code"] for reason in problem["node"]["reasons"]] == ["OUT_OF_SCOPE"]
        anna.refresh_from_db()
        assert anna.accepts_promotional_mail

    def test_leads(self, update: Any) -> None:
        owner = make_staff()

        assert update({"assignLeads": {"ownerId": gid("User", owner)}}, filter={})["state"] == "SUCCEEDED"
        assert update({"assignLeads": {"ownerId": None}}, filter={})["state"] == "SUCCEEDED"

    def test_deleting(self, update: Any) -> None:
        anna, bert = make_record(), make_record()

        assert update({"delete": {"confirm": True, "expected": 1}}, ids=[id_of(anna)])["state"] == "SUCCEEDED"
        assert CustomerRecord.objects.get() == bert

    def test_by_an_app(self, api: Api, on_commit: Any) -> None:
        app, token = make_app()
        offers = {"channel": "EMAIL", "purpose": "PROMOTIONAL", "state": "SUBSCRIBED"}
        anna = make_record()

        with on_commit():
            job = api.by(token)(UPDATE, action={"consents": [offers]}, filter={})["customerRecordsBulkUpdate"]["job"]

        assert job["actor"] == {"type": "APP", "id": gid("App", app)}
        event = anna.consent_events.get()
        assert (event.source, event.actor_type, event.actor_id) == ("APP", "APP", str(app.pk))

    @pytest.mark.parametrize(
        ("action", "field", "code"),
        [
            ({}, "action", "REQUIRED"),
            ({"setTaxExempt": None}, "action", "REQUIRED"),
            ({"setTaxExempt": True, "activate": True}, "action", "REQUIRED"),
            ({"tag": {}}, "action.tag.tagIds", "REQUIRED"),
            ({"tag": {"tagIds": [to_global_id("CustomerTag", 1)]}}, "action.tag.tagIds", "NOT_FOUND"),
            ({"tag": {"tagIds": [to_global_id("User", 1)]}}, "action.tag.tagIds", "INVALID"),
            ({"tag": {"names": ["a,b"]}}, "action.tag.names", "INVALID"),
            ({"tag": {"names": ["x"] * 101}}, "action.tag.names", "INVALID"),
            ({"untag": {"names": ["unknown"]}}, "action.untag.tagIds", "REQUIRED"),
            ({"group": []}, "action.group", "REQUIRED"),
            ({"group": [to_global_id("CustomerGroup", 1)]}, "action.group", "NOT_FOUND"),
            ({"ungroup": []}, "action.ungroup", "REQUIRED"),
            ({"activate": False}, "action.activate", "INVALID"),
            ({"deactivate": {"reason": "x" * 257}}, "action.deactivate.reason", "INVALID"),
            ({"setFields": {}}, "action.setFields", "REQUIRED"),
            ({"setFields": {"country": "XX"}}, "action.setFields.country", "INVALID"),
            ({"setFields": {"phone": "123"}}, "action.setFields.phone", "INVALID"),
            ({"consents": []}, "action.consents", "INVALID"),
            ({"assignLeads": {"ownerId": to_global_id("User", 1)}}, "action.assignLeads.ownerId", "NOT_FOUND"),
            ({"delete": {"confirm": False, "expected": 1}}, "action.delete.confirm", "REQUIRED"),
            ({"delete": {"confirm": True, "expected": -1}}, "action.delete.expected", "INVALID"),
            ({"delete": {"confirm": True, "expected": 0}}, "action.delete.expected", "STALE"),
        ],
    )
    def test_what_is_refused(self, refused: Any, action: dict[str, Any], field: str, code: str) -> None:
        make_record()
        assert refused(action) == [(field, code)]

    def test_a_decision_that_nobody_can_set(self, refused: Any) -> None:
        wrong = {"channel": "EMAIL", "purpose": "PROMOTIONAL", "state": "REDACTED"}
        assert refused({"consents": [wrong]}) == [("action.consents.0.state", "INVALID")]

    def test_a_customer_is_nobody_s_owner(self, refused: Any) -> None:
        owner = make_account()
        action = {"assignLeads": {"ownerId": gid("User", owner)}}
        assert refused(action) == [("action.assignLeads.ownerId", "NOT_FOUND")]

    @pytest.mark.parametrize("field", ["email", "number"])
    def test_what_no_two_can_have_is_no_field_of_many(self, api: Api, field: str) -> None:
        assert api.errors(UPDATE, action={"setFields": {field: "x"}}, filter={})


class TestUndo:
    def test_undoing(self, api: Api, update: Any, on_commit: Any) -> None:
        anna, bert = make_record(), make_record()
        job = update({"setTaxExempt": True}, ids=[id_of(anna), id_of(bert)])

        with on_commit():
            answer = api(UNDO, id=job["id"])["customerJobUndo"]

        assert answer["errors"] == []
        assert (answer["job"]["kind"], answer["job"]["undoes"]) == ("UNDO", job["id"])
        back = api(JOB, id=answer["job"]["id"])["customerJob"]
        assert (back["state"], back["progress"]["updated"]) == ("SUCCEEDED", 2)
        assert back["report"] == {"deleted": 0, "changed": 2, "kept": 0, "accountsKept": 0}
        assert not CustomerRecord.objects.filter(is_tax_exempt=True).exists()

        (error,) = api(UNDO, id=job["id"])["customerJobUndo"]["errors"]
        assert (error["field"], error["code"], error["id"]) == ("id", "ALREADY_EXISTS", answer["job"]["id"])

    def test_a_deletion(self, api: Api, update: Any) -> None:
        job = update({"delete": {"confirm": True, "expected": 1}}, ids=[id_of(make_record())])

        (error,) = api(UNDO, id=job["id"])["customerJobUndo"]["errors"]
        assert (error["field"], error["code"]) == ("id", "OUT_OF_SCOPE")

    @pytest.mark.parametrize(
        ("make", "code"),
        [
            (lambda: make_job("EXPORT", state=JobState.SUCCEEDED), "OUT_OF_SCOPE"),
            (lambda: make_job("UPDATE", state=JobState.RUNNING, options={"_change": "tag"}), "INVALID"),
            (lambda: BulkJob(pk=2**40), "NOT_FOUND"),
        ],
    )
    def test_what_cannot_be_undone(self, api: Api, make: Callable[[], BulkJob], code: str) -> None:
        (error,) = api(UNDO, id=gid("CustomerJob", make()))["customerJobUndo"]["errors"]
        assert (error["field"], error["code"]) == ("id", code)

    def test_nothing_goes_on_before_the_commit(self, api: Api) -> None:
        make_record()
        answer = api(UPDATE, action={"setTaxExempt": True}, filter={})["customerRecordsBulkUpdate"]

        assert answer["job"]["state"] == "PENDING"
        assert kinds.kind_of(BulkJob.objects.get()).kind == "UPDATE"
