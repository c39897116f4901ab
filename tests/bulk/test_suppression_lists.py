"""Lists of withdrawals alone: who is known withdraws, and who is not is remembered, so that no list subscribes them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from saleor_customer_plus.bulk import imports, undo, updates
from saleor_customer_plus.bulk.imports.options import ImportOptions, Mode, Withdrawals
from saleor_customer_plus.bulk.updates import changes
from saleor_customer_plus.consent import suppressions
from saleor_customer_plus.consent.decisions import ConsentDecision
from saleor_customer_plus.consent.models import (
    ConsentChannel,
    ConsentPurpose,
    ConsentSource,
    ConsentState,
    SuppressedAddress,
    SuppressionKey,
)
from saleor_customer_plus.deletion.services import delete_records
from saleor_customer_plus.errors import SeveralErrors
from saleor_customer_plus.records.models import CustomerRecord
from saleor_customer_plus.tags.models import Tag

from ..factories import make_group, make_record
from ..properties import examples
from .test_consents import ALL, MARKED, STAFF, decide, granted, load, make, of, run, started, states

pytestmark = pytest.mark.django_db

NEWSLETTER, PROMOTIONAL = ConsentPurpose.NEWSLETTER, ConsentPurpose.PROMOTIONAL
LIST: dict[str, Any] = {"mode": Mode.SUPPRESSION_LIST}
LEFT = {"NEWSLETTER": "UNSUBSCRIBED", "PROMOTIONAL": "UNSUBSCRIBED"}


def suppress(*emails: str, **options: Any) -> Any:
    return load("email\n" + "".join(f"{email}\n" for email in emails), **LIST, **options)


def test_it_withdraws_for_those_known_and_creates_nobody() -> None:
    decide("a@example.com", ConsentState.SUBSCRIBED)
    decide("a@example.com", ConsentState.SUBSCRIBED, ConsentPurpose.SYSTEM)
    decide("b@example.com", ConsentState.UNSUBSCRIBED)
    decide("b@example.com", ConsentState.UNSUBSCRIBED, PROMOTIONAL)
    job = suppress("A@example.com", "b@example.com", "c@example.com")
    assert of("a@example.com") == LEFT | {"SYSTEM": "SUBSCRIBED"}
    assert CustomerRecord.objects.count() == 2
    assert job.counters == {
        "read": 3, "updated": 1, "unchanged": 1, "skipped": 1, "consents_unsubscribed": 2, "addresses_suppressed": 1
    }  # fmt: skip
    assert job.report["consents"] == {"consents_unsubscribed": 2, "addresses_suppressed": 1}
    assert job.problems.count() == 0
    again = suppress("a@example.com", "b@example.com", "c@example.com")
    assert again.counters == {"read": 3, "unchanged": 2, "skipped": 1}


def test_nothing_else_of_the_file_is_written() -> None:
    record = make_record("a@example.com", first_name="Anna")
    content = "email,first name,tags,groups,subscribed\na@example.com,Bo,vip,Nobody,yes\nnew@example.com,Bo,vip,,yes\n"
    job = load(content, **LIST)
    record.refresh_from_db()
    assert (record.first_name, record.sources) == ("Anna", ["IMPORT"])
    assert not Tag.objects.exists()
    assert of("a@example.com") == LEFT
    assert job.counters["updated"] == 1


def test_only_hashes_of_unknown_addresses_are_kept() -> None:
    suppress("secret@example.com")
    rows = SuppressedAddress.objects.all()
    assert {row.purpose for row in rows} == {"PROMOTIONAL", "NEWSLETTER"}
    assert len({bytes(row.digest) for row in rows}) == 1
    assert len(bytes(SuppressionKey.objects.get().key)) == 32
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM saleor_customer_plus_suppressedaddress s WHERE s::text LIKE '%secret%'")
        assert cursor.fetchone() == (0,)


@pytest.mark.parametrize("options", [ALL, MARKED], ids=["all", "marked"])
@pytest.mark.parametrize("is_known", [False, True], ids=["new", "known since"])
def test_no_later_import_subscribes_them(options: dict[str, Any], is_known: bool) -> None:
    suppress("gone@example.com")
    if is_known:
        make_record("gone@example.com")
    waiting = run(make("email,newsletter\nGone@Example.com,yes\nnew@example.com,yes\n", show_preview=True, **options))
    expected = {"consents_subscribed": 1, "consents_withheld": 1}
    assert {name: number for name, number in waiting.report["preview"]["consents"].items() if number} == expected
    job = started(waiting)
    assert granted() == {("new@example.com", "EMAIL", "NEWSLETTER")}
    assert job.report["consents"] == expected
    (problem,) = job.problems.all()
    (reason,) = problem.reasons
    assert reason["code"] == "WITHHELD"
    assert reason["message"].startswith("The address is on a suppression list.")


def test_no_bulk_update_subscribes_them_unless_somebody_says_why() -> None:
    suppress("gone@example.com")
    make_record("gone@example.com")

    def subscribe(**fields: Any) -> Any:
        one = ConsentDecision(
            0, ConsentChannel.EMAIL, NEWSLETTER, ConsentState.SUBSCRIBED, ConsentSource.STAFF, **fields
        )
        arguments = {"consents": [changes.options_of(one, timezone.now())]}
        return run(updates.create("consent", arguments, of=[CustomerRecord.objects.get().pk], actor=STAFF))

    assert subscribe().counters["skipped"] == 1
    assert granted() == set()
    overridden = subscribe(override_reason="Signed at the fair.")
    assert granted() == {("gone@example.com", "EMAIL", "NEWSLETTER")}
    run(undo.create(overridden.pk, actor=STAFF))
    load("email,newsletter\ngone@example.com,yes\n", **MARKED)
    assert granted() == set()


def test_an_act_of_the_person_counts_more() -> None:
    suppress("back@example.com")
    make_record("back@example.com")
    decide("back@example.com", ConsentState.SUBSCRIBED, source=ConsentSource.CONTACT_FORM)
    assert granted() == {("back@example.com", "EMAIL", "NEWSLETTER")}
    # For the purpose that the person named, and no other.
    load("email,newsletter,offers\nback@example.com,yes,yes\n", **MARKED)
    load("email,accepts promotional mail\nback@example.com,yes\n", **MARKED)
    assert granted() == {("back@example.com", "EMAIL", "NEWSLETTER")}


def test_a_list_for_one_purpose() -> None:
    suppress("a@example.com", marketing_purposes=(NEWSLETTER,))
    load("email,newsletter,accepts promotional mail\na@example.com,yes,yes\n", **MARKED)
    assert granted() == {("a@example.com", "EMAIL", "PROMOTIONAL")}


def test_text_messages_are_not_concerned() -> None:
    suppress("a@example.com")
    make_record("a@example.com")
    decide("a@example.com", ConsentState.SUBSCRIBED, PROMOTIONAL, ConsentChannel.SMS, ConsentSource.IMPORT)
    assert granted() == {("a@example.com", "SMS", "PROMOTIONAL")}


def test_the_date_and_the_state_of_the_file_are_those_of_the_withdrawal() -> None:
    decide("a@example.com", ConsentState.SUBSCRIBED, at=datetime(2024, 6, 1, tzinfo=UTC))
    decide("b@example.com", ConsentState.SUBSCRIBED, at=datetime(2020, 1, 1, tzinfo=UTC))
    make_record("c@example.com")
    rows = "a@example.com,2024-01-01,\nb@example.com,2024-01-01,\nc@example.com,,hard bounce\n"
    load(f"email,unsubscribed at,bounced\n{rows}", **LIST)
    assert of("a@example.com")["NEWSLETTER"] == "SUBSCRIBED"  # who came back since stays
    assert of("b@example.com") == LEFT
    assert of("c@example.com") == dict.fromkeys(LEFT, "INVALID")


def test_an_undo_takes_back_all_of_it() -> None:
    decide("a@example.com", ConsentState.SUBSCRIBED)
    before = states()
    first = suppress("a@example.com", "b@example.com", "c@example.com")
    second = suppress("b@example.com")
    undone = run(undo.create(first.pk, actor=STAFF))
    assert states() == before
    assert undone.report == {"deleted": 0, "changed": 1, "kept": 0, "suppressed": 2}
    assert second.counters == {"read": 1, "skipped": 1}
    load("email,newsletter\nb@example.com,yes\nc@example.com,yes\n", **MARKED)
    assert granted() == {
        ("a@example.com", "EMAIL", "NEWSLETTER"),
        ("b@example.com", "EMAIL", "NEWSLETTER"),
        ("c@example.com", "EMAIL", "NEWSLETTER"),
    }


def test_a_deletion_of_the_record_does_not_forget_the_list() -> None:
    suppress("gone@example.com")
    record = make_record("gone@example.com")
    delete_records([record.pk], actor=STAFF)
    load("email,newsletter\ngone@example.com,yes\n", **MARKED)
    assert granted() == set()


def test_a_pasted_list_of_addresses() -> None:
    run(imports.of_text("Anna <a@example.com>, b@example.com", ImportOptions(show_preview=False, **LIST), actor=STAFF))
    assert set(suppressions.suppressed_among(["a@example.com", "b@example.com", "c@example.com"])) == {
        "a@example.com",
        "b@example.com",
    }


def test_other_options_are_refused() -> None:
    options = ImportOptions(
        **LIST, withdrawals=Withdrawals.IGNORE, strict=True, tags=("x",), group_id=make_group("G").pk,
        make_leads=True, make_accounts=True, deactivate_missing=True,
    )  # fmt: skip
    with pytest.raises(SeveralErrors) as raised:
        options.checked()
    fields = [error.field for error in raised.value.errors]
    assert fields == ["withdrawals", "strict", "tags", "group_id", "make_leads", "make_accounts", "deactivate_missing"]


def test_the_number_of_statements_does_not_grow() -> None:
    def statements(number: int) -> int:
        for index in range(0, number, 2):
            make_record(f"p{number}-{index}@example.com")
        with CaptureQueriesContext(connection) as queries:
            suppress(*(f"p{number}-{index}@example.com" for index in range(number)))
        return len([one for one in queries if "saleor_customer_plus" in one["sql"]])

    assert statements(4) == statements(60)


class TestWithdrawals:
    def test_they_can_be_ignored_and_still_subscribe_nobody(self) -> None:
        decide("a@example.com", ConsentState.SUBSCRIBED)
        content = "email,newsletter\na@example.com,unsubscribed\nb@example.com,unsubscribed\nc@example.com,yes\n"
        load(content, **ALL, withdrawals=Withdrawals.IGNORE)
        assert granted() == {("a@example.com", "EMAIL", "NEWSLETTER"), ("c@example.com", "EMAIL", "NEWSLETTER")}
        assert of("b@example.com") == {}
        load(content, **ALL)
        assert of("a@example.com")["NEWSLETTER"] == of("b@example.com")["NEWSLETTER"] == "UNSUBSCRIBED"

    def test_they_come_in_by_default_whatever_is_subscribed(self) -> None:
        decide("a@example.com", ConsentState.SUBSCRIBED)
        job = load("email,newsletter\na@example.com,Disiscritta\n")
        assert of("a@example.com")["NEWSLETTER"] == "UNSUBSCRIBED"
        assert job.report["consents"] == {"consents_unsubscribed": 1}


EMAILS = ("anna@example.com", "bert@example.com", "carl@example.com")
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["list", "import", "all", "bulk", "act", "know"]), st.sampled_from(EMAILS)
    ),
    max_size=8,
)  # fmt: skip


class TestProperties(TestCase):  # type: ignore[misc]
    @settings(max_examples=examples(5), deadline=None, suppress_health_check=list(HealthCheck))
    @given(STEPS)
    def test_nobody_on_a_list_is_subscribed_but_by_an_act(self, steps: Any) -> None:
        listed: set[str] = set()
        acted: set[str] = set()
        for step, email in steps:
            if step == "list":
                suppress(email)
                listed.add(email)
                acted.discard(email)
            elif step in ("import", "all"):
                load(
                    f"email,newsletter\n{email},{'yes' if step == 'import' else ''}\n",
                    **(MARKED if step == "import" else ALL),
                )
            elif step == "bulk" and (record := CustomerRecord.objects.filter(email=email).first()):
                one = ConsentDecision(0, ConsentChannel.EMAIL, NEWSLETTER, ConsentState.SUBSCRIBED, ConsentSource.STAFF)
                arguments = {"consents": [changes.options_of(one, timezone.now())]}
                run(updates.create("consent", arguments, of=[record.pk], actor=STAFF))
            elif step == "act":
                decide(email, ConsentState.SUBSCRIBED)
                acted.add(email)
            elif step == "know" and not CustomerRecord.objects.filter(email=email).exists():
                make_record(email)
            newsletter = {address for address, _channel, purpose in granted() if purpose == "NEWSLETTER"}
            assert newsletter.isdisjoint(listed - acted)
