"""Consents through the API: recorded by staff and apps, decided by people for themselves, read and filtered by."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from saleor_customer_plus.activity.models import ActivityEntry, ActivityType, ActorType
from saleor_customer_plus.activity.services import Actor
from saleor_customer_plus.api.consent import mutations as consent_changes
from saleor_customer_plus.api.core.base import to_global_id
from saleor_customer_plus.consent.decisions import ConsentDecision
from saleor_customer_plus.consent.models import (
    ConsentChannel,
    ConsentEvent,
    ConsentPurpose,
    ConsentSource,
    ConsentState,
)
from saleor_customer_plus.consent.services import record_events
from saleor_customer_plus.deletion.services import delete_records
from saleor_customer_plus.records.models import CustomerRecord, ReleasedAccount
from tests.api.core.test_statements import statements
from tests.client import Api
from tests.factories import (
    change,
    make_account,
    make_app,
    make_consent,
    make_ledger_entry,
    make_record,
    make_staff,
    make_token,
)
from tests.hosts import ROOT

pytestmark = pytest.mark.django_db

DAY = datetime(2024, 5, 1, tzinfo=UTC)

RECORD = """
mutation ($recordId: ID!, $consents: [CustomerConsentInput!]!) {
  customerConsentRecord(recordId: $recordId, consents: $consents) {
    record {
      acceptsPromotionalMail acceptsNewsletter acceptsSystemMail
      consents {
        channel purpose state optInLevel wording wordingVersion source decidedAt evidence overrideReason
        actor { type id } cause { id }
      }
      consentEvents(first: 9) { totalCount edges { node { state } } }
    }
    errors { field message code id }
  }
}
"""
UPDATE = """
mutation ($consents: [CustomerMyConsentInput!]!) {
  customerConsentUpdate(consents: $consents) {
    consents { channel purpose state optInLevel wording wordingVersion decidedAt }
    errors { field message code id }
  }
}
"""
MINE = "{ customerMyConsents { channel purpose state } }"
OFFERS = {"channel": "EMAIL", "purpose": "PROMOTIONAL", "state": "SUBSCRIBED"}
NO_OFFERS = OFFERS | {"state": "UNSUBSCRIBED"}


def id_of(record: CustomerRecord) -> str:
    return to_global_id("CustomerRecord", record.pk)


def decided(me: Api) -> list[dict[str, Any]]:
    """What somebody ever decided on, by their own account."""
    shown = me(MINE)["customerMyConsents"]
    assert len(shown) == len(ConsentChannel) * len(ConsentPurpose)
    return [one for one in shown if one["state"] != "NOT_SUBSCRIBED"]


class TestRecording:
    def record(self, api: Api, record: CustomerRecord, *consents: dict[str, Any]) -> dict[str, Any]:
        """What the record shows then."""
        answer = api(RECORD, recordId=id_of(record), consents=consents)["customerConsentRecord"]
        assert answer["errors"] == []
        return answer["record"]

    def error(self, api: Api, record: CustomerRecord, *consents: dict[str, Any]) -> tuple[str, str]:
        """The field and the code of the one error; nothing was written then."""
        before = ConsentEvent.objects.count()
        answer = api(RECORD, recordId=id_of(record), consents=consents)["customerConsentRecord"]
        assert answer["record"] is None
        assert ConsentEvent.objects.count() == before
        ((field, code),) = [(error["field"], error["code"]) for error in answer["errors"]]
        return field, code

    def test_by_staff(self, api: Api, staff: Any) -> None:
        shown = self.record(
            api,
            make_record(),
            OFFERS
            | {
                "optInLevel": "CONFIRMED_OPT_IN",
                "wording": "Send me offers.",
                "wordingVersion": "2024-05",
                "decidedAt": DAY.isoformat(),
                "source": "CHECKOUT",
                "evidence": {"form": "checkout"},
            },
            {"channel": "SMS", "purpose": "SYSTEM", "state": "PENDING"},
        )

        assert (shown["acceptsPromotionalMail"], shown["acceptsSystemMail"]) == (True, False)
        assert shown["consents"][0] == OFFERS | {
            "optInLevel": "CONFIRMED_OPT_IN",
            "wording": "Send me offers.",
            "wordingVersion": "2024-05",
            "source": "CHECKOUT",
            "decidedAt": DAY.isoformat(),
            "evidence": {"form": "checkout"},
            "overrideReason": "",
            "actor": {"type": "STAFF", "id": to_global_id("User", staff.pk)},
            "cause": None,
        }
        decided = [(one["channel"], one["state"], one["source"]) for one in shown["consents"] if one["decidedAt"]]
        assert decided == [("EMAIL", "SUBSCRIBED", "CHECKOUT"), ("SMS", "PENDING", "STAFF")]

    def test_there_is_one_for_each_channel_and_purpose(self, api: Api) -> None:
        shown = self.record(api, make_record(), OFFERS)["consents"]

        pairs = [(channel.value, purpose.value) for channel in ConsentChannel for purpose in ConsentPurpose]
        assert [(one["channel"], one["purpose"]) for one in shown] == pairs
        assert shown[1] == {
            "channel": "EMAIL",
            "purpose": "SYSTEM",
            "state": "NOT_SUBSCRIBED",
            "optInLevel": "UNKNOWN",
            "wording": "",
            "wordingVersion": "",
            "source": None,
            "decidedAt": None,
            "evidence": {},
            "overrideReason": "",
            "actor": None,
            "cause": None,
        }
        assert {one["state"] for one in shown[1:]} == {"NOT_SUBSCRIBED"}

    def test_by_an_app(self, api: Api) -> None:
        app, token = make_app()

        shown = self.record(api.by(token), make_record(), OFFERS)["consents"][0]

        assert (shown["source"], shown["actor"]) == ("APP", {"type": "APP", "id": to_global_id("App", app.pk)})

    def test_the_history(self, api: Api) -> None:
        anna = make_record()

        shown = [self.record(api, anna, one) for one in (OFFERS, NO_OFFERS, NO_OFFERS)][-1]

        assert shown["consentEvents"] == {
            "totalCount": 2,
            "edges": [{"node": {"state": "UNSUBSCRIBED"}}, {"node": {"state": "SUBSCRIBED"}}],
        }
        assert ActivityEntry.objects.filter(type=ActivityType.CONSENT_CHANGED).count() == 2

    @pytest.mark.parametrize(
        ("fields", "field", "code"),
        [
            ({"state": "NOT_SUBSCRIBED"}, "state", "INVALID"),
            ({"state": "INVALID"}, "state", "INVALID"),
            ({"state": "REDACTED"}, "state", "INVALID"),
            ({"source": "CUSTOMER"}, "source", "INVALID"),
            ({"decidedAt": (timezone.now() + timedelta(days=1)).isoformat()}, "decidedAt", "INVALID"),
            ({"wording": "x" * 10_001}, "wording", "LIMIT_REACHED"),
            ({"wording": "a\x00b"}, "wording", "INVALID"),
            ({"wordingVersion": "x" * 65}, "wordingVersion", "LIMIT_REACHED"),
            ({"overrideReason": "x" * 256}, "overrideReason", "LIMIT_REACHED"),
            ({"evidence": [1]}, "evidence", "INVALID"),
            ({"evidence": "x"}, "evidence", "INVALID"),
            ({"evidence": {"a": {"b": ["x\x00"]}}}, "evidence", "INVALID"),
            ({"evidence": {"a": "x" * 10_000}}, "evidence", "INVALID"),
        ],
    )
    def test_what_is_refused(self, api: Api, fields: dict[str, Any], field: str, code: str) -> None:
        found = self.error(api, make_record(), NO_OFFERS, OFFERS | fields)

        assert found == (f"consents.1.{field}", code)

    @pytest.mark.parametrize("number", [0, 51])
    def test_how_many(self, api: Api, number: int) -> None:
        assert self.error(api, make_record(), *[OFFERS] * number) == ("consents", "INVALID")

    def test_of_nobody(self, api: Api) -> None:
        gone = make_record()
        gone.delete()
        gone.pk = 2**62

        assert self.error(api, gone, OFFERS) == ("recordId", "NOT_FOUND")

    def test_an_imported_grant_needs_a_reason_after_a_withdrawal(self, api: Api) -> None:
        anna = make_record()
        self.record(api, anna, NO_OFFERS)
        imported = OFFERS | {"source": "IMPORT"}

        refused = self.error(api, anna, OFFERS | {"purpose": "SYSTEM"}, imported)
        assert refused == ("consents.1.overrideReason", "REQUIRED")

        shown, *_ = self.record(api, anna, imported | {"overrideReason": "Signed at the fair."})["consents"]
        assert (shown["state"], shown["overrideReason"]) == ("SUBSCRIBED", "Signed at the fair.")


class TestDecidingForOneself:
    @pytest.fixture
    def account(self) -> Any:
        return make_account("anna@example.com")

    @pytest.fixture
    def me(self, account: Any) -> Api:
        return Api(make_token(account))

    def update(self, me: Api, *consents: dict[str, Any]) -> dict[str, Any]:
        return me(UPDATE, consents=consents)["customerConsentUpdate"]

    def test_granting_and_withdrawing(self, me: Api, account: Any) -> None:
        anna = make_record("anna@example.com", account=account)

        granted = self.update(me, OFFERS | {"wording": "Send me offers.", "wordingVersion": "7"})
        assert granted["errors"] == []
        shown, *_ = granted["consents"]
        assert shown.pop("decidedAt")
        assert shown == OFFERS | {
            "optInLevel": "SINGLE_OPT_IN",
            "wording": "Send me offers.",
            "wordingVersion": "7",
        }
        anna.refresh_from_db()
        assert anna.accepts_promotional_mail

        shown, *_ = self.update(me, NO_OFFERS)["consents"]
        assert shown["state"] == "UNSUBSCRIBED"
        anna.refresh_from_db()
        assert not anna.accepts_promotional_mail
        for event in ConsentEvent.objects.all():
            assert (event.source, event.actor_type, event.actor_id) == ("CUSTOMER", "CUSTOMER", str(account.pk))
        assert set(ActivityEntry.objects.values_list("type", "actor_type", "actor_id")) == {
            (ActivityType.CONSENT_CHANGED, "CUSTOMER", str(account.pk))
        }

    def test_whoever_has_no_record_yet_gets_one(self, me: Api, account: Any) -> None:
        assert self.update(me, OFFERS)["errors"] == []

        record = CustomerRecord.objects.get()
        assert (record.email, record.account_id, record.accepts_promotional_mail) == (
            "anna@example.com",
            account.pk,
            True,
        )

    def test_a_record_of_the_same_person_as_a_guest_is_linked_first(self, me: Api, account: Any) -> None:
        anna = make_record("anna@example.com")

        assert self.update(me, NO_OFFERS)["errors"] == []

        assert ConsentEvent.objects.get().record_id == anna.pk

    @pytest.mark.parametrize("email", ["anna@example.com", "Anna@Example.com"])
    def test_whoever_was_deleted_decides_anew(self, email: str) -> None:
        account = make_account(email)
        anna = make_record("anna@example.com", account=account, first_name="Anna")
        make_ledger_entry(anna)
        delete_records([anna.pk], actor=Actor(ActorType.STAFF, "7"))

        assert self.update(Api(make_token(account)), NO_OFFERS)["errors"] == []

        record = CustomerRecord.objects.get()
        assert (record.account_id, record.order_count, record.sources) == (account.pk, 0, ["ACCOUNT"])
        assert (ConsentEvent.objects.get().record_id, ReleasedAccount.objects.count()) == (record.pk, 0)

    def test_of_whoever_was_deleted_an_address_that_is_not_confirmed_decides_nothing(self) -> None:
        account = make_account("anna@example.com")
        delete_records([make_record("anna@example.com", account=account).pk], actor=Actor(ActorType.STAFF, "7"))
        change(account, is_confirmed=False)

        (error,) = self.update(Api(make_token(account)), OFFERS)["errors"]

        assert (error["code"], CustomerRecord.objects.count()) == ("NOT_FOUND", 0)

    def test_an_address_that_is_not_confirmed_decides_nothing(self) -> None:
        """Anybody can sign up with somebody's address."""
        make_record("bert@example.com")
        mine = Api(make_token(make_account("bert@example.com", is_confirmed=False)))

        (error,) = self.update(mine, OFFERS)["errors"]

        assert (error["code"], error["field"], error["id"]) == ("NOT_FOUND", None, None)
        assert decided(mine) == []
        assert not ConsentEvent.objects.exists()

    @pytest.mark.parametrize("state", ["PENDING", "NOT_SUBSCRIBED", "REDACTED", "INVALID"])
    def test_other_states(self, me: Api, state: str) -> None:
        answer = self.update(me, OFFERS | {"state": state})

        assert answer["consents"] is None
        assert [(error["field"], error["code"]) for error in answer["errors"]] == [("consents.0.state", "INVALID")]
        assert not CustomerRecord.objects.exists()

    @pytest.mark.parametrize("field", ["decidedAt", "source", "evidence", "overrideReason", "optInLevel", "recordId"])
    def test_proof_is_not_the_customer_s_to_give(self, me: Api, field: str) -> None:
        assert me.errors(UPDATE, consents=[OFFERS | {field: "x"}])

    def test_nobody_sees_or_changes_another_s(self, me: Api, account: Any) -> None:
        make_record("anna@example.com", account=account)
        bert = make_record("bert@example.com", account=make_account("bert@example.com"))
        make_consent(bert)

        assert decided(me) == []
        self.update(me, NO_OFFERS)

        assert decided(me) == [NO_OFFERS]
        assert ConsentEvent.objects.get(record=bert).state == "SUBSCRIBED"

    def test_staff_who_are_customers_are_customers_here(self) -> None:
        staff = make_staff(permissions=())
        make_record(staff.email, account=staff)

        assert self.update(Api(make_token(staff)), OFFERS)["errors"] == []
        assert ConsentEvent.objects.get().actor_type == "CUSTOMER"

    @pytest.mark.parametrize("who", ["nobody", "app", "inactive"])
    def test_who_is_refused(self, who: str) -> None:
        token = {
            "nobody": lambda: None,
            "app": lambda: make_app()[1],
            "inactive": lambda: make_token(make_account(is_active=False)),
        }[who]()

        for operation, variables in ((MINE, {}), (UPDATE, {"consents": [OFFERS]})):
            (error,) = Api(token).errors(operation, **variables)
            assert error["extensions"]["exception"]["code"] in ("PermissionDenied", "InvalidTokenError")
        assert not CustomerRecord.objects.exists()

    @pytest.mark.usefixtures("same_hour")
    def test_nobody_fills_the_history_without_end(self, me: Api, account: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(consent_changes, "UPDATES_PER_HOUR", 2)
        answers = [self.update(me, one) for one in (OFFERS, NO_OFFERS, OFFERS)]

        assert [[error["code"] for error in answer["errors"]] for answer in answers] == [[], [], ["RATE_LIMITED"]]
        other = Api(make_token(make_account()))
        assert self.update(other, OFFERS)["errors"] == []

    def test_the_plugin_switched_off(self, me: Api, configure: Any) -> None:
        configure(active=False)

        assert me.post(UPDATE, consents=[OFFERS]).status_code == 404


class TestLists:
    LIST = """query ($filter: CustomerRecordFilterInput) {
        customerRecords(first: 9, filter: $filter) { edges { node { email } } }
    }"""

    @pytest.mark.parametrize(
        ("filter", "found"),
        [
            ({"acceptsPromotionalMail": True}, ["both", "offers"]),
            ({"acceptsPromotionalMail": False}, ["neither", "news", "updates"]),
            ({"acceptsSystemMail": True}, ["both", "updates"]),
            ({"acceptsPromotionalMail": True, "acceptsSystemMail": False}, ["offers"]),
            ({"acceptsNewsletter": True}, ["news"]),
            ({"acceptsNewsletter": False}, ["both", "neither", "offers", "updates"]),
        ],
    )
    def test_filters(self, api: Api, filter: dict[str, bool], found: list[str]) -> None:
        make_record("both", accepts_promotional_mail=True, accepts_system_mail=True)
        make_record("offers", accepts_promotional_mail=True)
        make_record("updates", accepts_system_mail=True)
        make_record("news", accepts_newsletter=True)
        make_record("neither")

        edges = api(self.LIST, filter=filter)["customerRecords"]["edges"]

        assert sorted(edge["node"]["email"] for edge in edges) == found

    SMS = {"channel": "SMS", "purpose": "PROMOTIONAL"}

    @pytest.mark.parametrize(
        ("consents", "found"),
        [
            ([SMS | {"states": ["SUBSCRIBED"]}], ["yes"]),
            ([SMS | {"states": ["UNSUBSCRIBED"]}], ["left"]),
            ([SMS | {"states": ["UNSUBSCRIBED", "PENDING"]}], ["asked", "left"]),
            ([SMS | {"states": ["NOT_SUBSCRIBED"]}], ["never", "undone"]),
            ([SMS | {"states": ["NOT_SUBSCRIBED", "PENDING"]}], ["asked", "never", "undone"]),
            ([SMS | {"states": ["SUBSCRIBED"]}, SMS | {"states": ["PENDING"]}], []),
            ([SMS | {"purpose": "NEWSLETTER", "states": ["SUBSCRIBED"]}], []),
            ([SMS | {"channel": "EMAIL", "states": ["SUBSCRIBED"]}], []),
        ],
    )
    def test_by_the_state_of_a_consent(self, api: Api, consents: list[dict[str, Any]], found: list[str]) -> None:
        """What holds is filtered by, whatever came before it."""
        make_record("never")
        for email, *states in (
            ("yes", "UNSUBSCRIBED", "SUBSCRIBED"),
            ("left", "SUBSCRIBED", "UNSUBSCRIBED"),
            ("asked", "UNSUBSCRIBED", "PENDING"),
            ("undone", "UNSUBSCRIBED", "NOT_SUBSCRIBED"),
        ):
            record = make_record(email)
            for state in states:
                record_events(
                    [
                        ConsentDecision(
                            record.pk,
                            ConsentChannel.SMS,
                            ConsentPurpose.PROMOTIONAL,
                            ConsentState(state),
                            ConsentSource.STAFF,
                        )
                    ],
                    actor=Actor(ActorType.STAFF, "7"),
                )

        edges = api(self.LIST, filter={"consents": consents})["customerRecords"]["edges"]

        assert sorted(edge["node"]["email"] for edge in edges) == found

    @pytest.mark.parametrize(
        ("consents", "field"),
        [([SMS | {"states": []}], "consents.0.states"), ([SMS | {"states": ["SUBSCRIBED"]}] * 13, "consents")],
    )
    def test_a_filter_by_consents_that_is_refused(self, api: Api, consents: list[Any], field: str) -> None:
        answer = api.post(self.LIST, filter={"consents": consents}).json()
        assert field in str(answer["errors"])

    def test_the_number_of_statements_does_not_grow(self, api: Api) -> None:
        for _ in range(30):
            record = make_record()
            for days in range(3):
                make_consent(record, at=DAY + timedelta(days=days))
        query = """query ($first: Int) { customerRecords(first: $first) { edges { node {
            acceptsPromotionalMail consents { state } consentEvents(first: 2) { totalCount edges { node { state } } }
        } } } }"""

        assert statements(api, query, first=3) == statements(api, query, first=30) == 5


class TestTheDocument:
    """docs/consent.md: its operations work."""

    OPERATIONS = re.findall(r"```graphql\n(.*?)```", (ROOT / "docs" / "consent.md").read_text(), re.DOTALL)

    @pytest.mark.parametrize("number", range(len(OPERATIONS)))
    def test_operations(self, api: Api, number: int) -> None:
        operation = self.OPERATIONS[number]
        account = make_account()
        anna = make_record(account.email, account=account, accepts_promotional_mail=True)
        make_consent(anna)
        is_own = "customerMyConsents" in operation or "customerConsentUpdate" in operation

        answer = (api.by(make_token(account)) if is_own else api)(
            operation, **({"recordId": id_of(anna)} if "$recordId" in operation else {})
        )

        ((_, found),) = answer.items()
        assert found
        assert not isinstance(found, dict) or found.get("errors", []) == []
