"""Opening accounts for the people of a list: Saleor's own mutation, in a job of ours."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from django.core import mail
from django.test import TestCase

from saleor_customer_plus.activity.models import ActivityEntry, ActivityType, ActorType
from saleor_customer_plus.activity.services import Actor
from saleor_customer_plus.bulk import imports
from saleor_customer_plus.bulk.imports import accounts
from saleor_customer_plus.bulk.imports.options import ImportOptions
from saleor_customer_plus.jobs import engine as jobs
from saleor_customer_plus.jobs.models import BulkChunk, BulkJob, JobState
from saleor_customer_plus.records.models import CustomerRecord
from saleor_customer_plus.saleor_adapter.host import User
from tests import factories

from .client import SaleorApi
from .operations import ADDRESS, account_of, create_confirmed_customer, place_order, update_customer
from .people import known
from .shop import Shop

pytestmark = [pytest.mark.saleor, pytest.mark.django_db]

CREATE = """mutation ($input: UserCreateInput!) { customerCreate(input: $input) { user { id } errors { code } } }"""


@pytest.fixture
def notified(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What Saleor wants people to be told of by mail."""
    from saleor.plugins.manager import PluginsManager

    events: list[str] = []
    monkeypatch.setattr(PluginsManager, "notify", lambda _self, event, *_args, **_more: events.append(str(event)))
    requested: Callable[..., None] = lambda *_args, **_more: events.append("account_set_password_requested")  # noqa: E731
    monkeypatch.setattr(PluginsManager, "account_set_password_requested", requested)
    return events


def load(text: str, actor: Actor) -> BulkJob:
    """Import with what each commit starts."""
    options = ImportOptions(show_preview=False, make_accounts=True)
    with TestCase.captureOnCommitCallbacks(execute=True):
        job = imports.of_file(BytesIO(text.encode()), options, actor=actor, name="list.csv")
        for _ in jobs.run(job.pk):
            pass
    job.refresh_from_db()
    assert job.state == JobState.SUCCEEDED, (job.error_code, job.error_message)
    return job


@pytest.fixture
def staff(db: None) -> Actor:
    return Actor(ActorType.STAFF, str(factories.make_staff().pk))


def opened() -> list[tuple[str, str, str]]:
    entries = ActivityEntry.objects.filter(type=ActivityType.ACCOUNT_OPENED).order_by("record__email")
    return list(entries.values_list("record__email", "actor_type", "cause_id"))


def test_accounts_are_opened_for_the_new_and_the_known_without_a_mail(
    saleor: SaleorApi, shop: Shop, staff: Actor, notified: list[str], settings: Any
):
    place_order(saleor, shop, userEmail="anna@example.com", languageCode="DE")
    has_one = create_confirmed_customer(saleor, "bo@example.com")
    notified.clear()

    job = load(
        "email,first name,language\nanna@example.com,Annina,de\nbo@example.com,Bo,\nNew@Example.com,Cy,it\n", staff
    )

    anna, new = account_of("anna@example.com"), account_of("new@example.com")
    assert (anna.first_name, anna.language_code) == ("Annina", "de")
    assert anna.default_billing_address.street_address_1 == ADDRESS["streetAddress1"]
    assert (new.first_name, new.language_code, new.default_billing_address) == ("Cy", "it", None)
    for account in (anna, new):
        assert (account.is_confirmed, account.is_active, account.is_staff) == (False, True, False)
    assert opened() == [
        ("anna@example.com", "STAFF", str(anna.pk)),
        ("new@example.com", "STAFF", str(new.pk)),
    ]
    assert User.objects.filter(email="bo@example.com").get() == has_one
    assert job.report["accounts"] == {"opened": 2, "refused": 0}
    assert not job.problems.exists()

    assert mail.outbox == []
    assert [event for event in notified if event.startswith("account")] == []
    # That is what would have been seen:
    settings.ALLOWED_CLIENT_HOSTS = ["localhost"]
    saleor(CREATE, input={"email": "z@example.com", "redirectUrl": "http://localhost:3000/", "channel": "main"})
    assert [event for event in notified if event.startswith("account")] != []


def test_the_record_is_linked_once_the_address_is_confirmed(saleor: SaleorApi, staff: Actor):
    load("email\nanna@example.com\n", staff)
    assert known("anna@example.com").account is None

    update_customer(saleor, account_of("anna@example.com"), isConfirmed=True)

    assert CustomerRecord.objects.get().account_id == account_of("anna@example.com").pk


def test_whom_saleor_refuses_is_told_and_the_others_go_on(staff: Actor, shop: Shop):
    # No order of Saleor's has such an address; one that was brought over may.
    odd = factories.make_address(postal_code="not a code")
    order = factories.make_order("bad@example.com", channel=shop.channel, billing_address=odd)
    record = factories.make_record("bad@example.com")
    factories.make_ledger_entry(record, order_id=order.pk)

    job = load("email\nanna@example.com\nbad@example.com\ncy@example.com\n", staff)

    assert set(User.objects.filter(is_staff=False).values_list("email", flat=True)) == {
        "anna@example.com",
        "cy@example.com",
    }
    (problem,) = job.problems.all()
    assert (problem.row_number, problem.record_id, problem.cells) == (3, record.pk, ["bad@example.com"])
    assert [(reason["code"], reason["message"][:12]) for reason in problem.reasons] == [("INVALID", "No account: ")]
    assert job.report["accounts"] == {"opened": 2, "refused": 1}


def test_a_chunk_that_is_done_twice_opens_nothing_twice(staff: Actor):
    job = load("email\nanna@example.com\nbo@example.com\n", staff)
    chunk = BulkChunk.objects.get(job=job, phase="accounts")
    before = opened()

    assert accounts.open_accounts(job, chunk) == {}

    assert User.objects.filter(is_staff=False).count() == 2
    assert opened() == before


def test_an_app_opens_accounts(db: None):
    app, _token = factories.make_app()

    load("email\nanna@example.com\n", Actor(ActorType.APP, str(app.pk)))

    assert opened() == [("anna@example.com", "APP", str(account_of("anna@example.com").pk))]


def test_saleor_itself_refuses_whoever_may_not(staff: Actor, monkeypatch: pytest.MonkeyPatch):
    from saleor_customer_plus.accounts import services as account_services
    from saleor_customer_plus.saleor_adapter import saleor_api

    nobody: Any = factories.make_staff(permissions=())
    monkeypatch.setattr(accounts, "check", lambda actor: None)
    monkeypatch.setattr(account_services, "context_of", lambda actor: saleor_api.as_somebody(user=nobody))

    job = load("email\nanna@example.com\nbo@example.com\n", staff)

    assert User.objects.filter(is_staff=False).count() == 0
    (problem,) = job.problems.all()
    assert [reason["code"] for reason in problem.reasons] == ["OUT_OF_SCOPE"]
    assert job.report["accounts"] == {"opened": 0, "refused": 2}
    assert CustomerRecord.objects.count() == 2
