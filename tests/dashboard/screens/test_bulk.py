"""One action on many customers."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail

from saleor_customer_plus.api.core.base import to_global_id
from saleor_customer_plus.dashboard.screens.job_words import ACTIONS
from saleor_customer_plus.fields.models import FieldValue
from saleor_customer_plus.jobs.models import BulkJob
from saleor_customer_plus.leads.models import Lead
from saleor_customer_plus.records.models import CustomerRecord
from saleor_customer_plus.tags.models import TagAssignment
from tests.dashboard.client import Browser, events, open_dashboard
from tests.factories import make_field, make_group, make_lead, make_record, make_staff, make_tag


def id_of(record: CustomerRecord) -> str:
    return to_global_id("CustomerRecord", record.pk)


@pytest.fixture
def run(browser: Browser, on_commit: Callable[[], Any]) -> Callable[..., str]:
    """Send the dialog, let the workers at the job, and look at it again."""

    def send(form: Any) -> str:
        with on_commit():
            html = browser.change("bulk/run", form)
        job = re.search(r'hx-get="[^"]*(jobs/[\w=]+/dialog)"', html)
        return browser.screen(job[1]) if job else html

    return send


def test_the_dialog_says_whom_it_is_about(browser: Browser) -> None:
    records = [make_record(), make_record()]
    html = browser.screen("bulk", {"ids": [id_of(record) for record in records]})
    assert "2 selected customers" in html
    assert html.count('name="ids"') == 2
    html = browser.screen("bulk", {"all": "yes", "q": records[0].email, "ids": id_of(records[1])})
    assert "1 customer that matches" in html
    assert 'name="ids"' not in html


def test_nobody_is_never_everybody(browser: Browser) -> None:
    make_record()
    assert "Nobody is selected" in browser.screen("bulk")
    assert "Nobody is selected" in browser.change("bulk/run", {"action": "deactivate"})
    assert BulkJob.objects.count() == 0


@pytest.mark.parametrize(
    "action",
    [*ACTIONS, "export", ""],
)
def test_each_action_has_its_fields(browser: Browser, action: str) -> None:
    make_tag("<b>vip")
    make_group("<i>Resellers")
    html = browser.screen("bulk/fields", {"action": action})
    assert "<b>vip" not in html
    assert "<i>Res" not in html


def test_tags_and_their_undo(browser: Browser, run: Callable[..., str], on_commit: Callable[[], Any]) -> None:
    record, other = make_record(), make_record()
    html = run({"action": "tag", "names": "vip, fair", "ids": id_of(record)})
    assert "1 changed" in html
    assert TagAssignment.objects.filter(record=record).count() == 2
    assert not TagAssignment.objects.filter(record=other).exists()
    job = re.search(r"(jobs/[\w=]+)/undo", html)
    assert job
    with on_commit():
        browser.change(f"{job[1]}/undo", {"place": "dialog"})
    assert not TagAssignment.objects.exists()


def test_all_that_match(run: Callable[..., str]) -> None:
    italian, german = make_record(country_code="IT"), make_record(country_code="DE")
    run({"action": "setTaxExempt", "exempt": "yes", "everybody": "yes", "list": "country=IT"})
    italian.refresh_from_db()
    german.refresh_from_db()
    assert (italian.is_tax_exempt, german.is_tax_exempt) == (True, False)


def test_fields_that_are_ticked_are_set(run: Callable[..., str]) -> None:
    record = make_record(city="Rom", company_name="Alt", store_note="stays")
    form = {"set": ["city", "companyName", "isApprovedBuyer"], "value_city": "Bari", "value_isApprovedBuyer": "yes"}
    run({"action": "setFields", "ids": id_of(record), "value_storeNote": "not ticked", **form})
    record.refresh_from_db()
    assert (record.city, record.company_name, record.store_note) == ("Bari", "", "stays")
    assert record.is_approved_buyer


def test_fields_of_the_shop_are_set_for_all_that_match_and_put_back(
    browser: Browser, run: Callable[..., str], on_commit: Callable[[], Any]
) -> None:
    make_field("level", "CHOICE", choices=["Gold", "Silver"])
    make_field("limit", "MONEY")
    make_field("card", "TEXT", is_unique=True)
    make_field("origin", "ORDER")
    record, other = make_record(country_code="IT"), make_record(country_code="DE")
    html = browser.screen("bulk/fields", {"action": "setFields"})
    assert 'value="field.level"' in html
    assert "field.card" not in html  # no two customers can have one value
    assert "field.origin" not in html  # an order is of one customer
    values = {"field.level": "gold", "field.limit": "12,50", "field.limit.currency": "eur", "set": ["field.limit"]}
    selection = {"action": "setFields", "everybody": "yes", "list": "country=IT"}
    assert "The field &#x27;limit&#x27;" in browser.change("bulk/run", {**selection, **values, "field.limit": "much"})

    html = run({**selection, **values, "set": ["field.level", "field.limit"]})
    assert "1 changed" in html
    assert values_of(record) == {"level": "gold", "limit": {"amount": 12.5, "currency": "EUR"}}
    assert values_of(other) == {}
    log = browser.screen(f"customers/{id_of(record)}/log")
    assert "level:</span> Gold" in log
    assert "limit:</span> €12.50" in log

    undo = re.search(r"(jobs/[\w=]+)/undo", html)
    assert undo
    with on_commit():
        browser.change(f"{undo[1]}/undo", {"place": "dialog"})
    assert values_of(record) == {}


def values_of(record: CustomerRecord) -> dict[str, Any]:
    held = FieldValue.objects.filter(record=record, value__isnull=False)
    return dict(held.values_list("definition__key", "value"))


def test_the_other_actions(run: Callable[..., str]) -> None:
    record, group, owner = make_record(), make_group("Resellers"), make_staff(first_name="Ada")
    make_lead(record)
    id = id_of(record)
    run({"action": "group", "group": to_global_id("CustomerGroup", group.pk), "ids": id})
    run({"action": "consents", "channel": "EMAIL", "purpose": "NEWSLETTER", "state": "SUBSCRIBED", "ids": id})
    run({"action": "assignLeads", "owner": to_global_id("User", owner.pk), "ids": id})
    run({"action": "message", "subject": "We moved", "body": "To Ulm.", "ids": id})
    run({"action": "deactivate", "reason": "moved away", "ids": id})
    record.refresh_from_db()
    assert (record.is_active, record.deactivation_reason) == (False, "moved away")
    assert record.accepts_newsletter
    assert [(message.to, message.subject) for message in mail.outbox] == [([record.email], "We moved")]
    assert Lead.objects.get().owner_id == owner.pk
    run({"action": "activate", "ids": id})
    record.refresh_from_db()
    assert record.is_active


def test_a_deletion_needs_the_number(run: Callable[..., str]) -> None:
    record = make_record()
    make_record()
    assert 'role="alert"' in run({"action": "delete", "expected": "", "ids": id_of(record)})
    assert CustomerRecord.objects.count() == 2
    html = run({"action": "delete", "expected": "1", "ids": id_of(record)})
    assert CustomerRecord.objects.count() == 1
    assert "/undo" not in html


def test_an_export_of_the_selection(run: Callable[..., str]) -> None:
    record = make_record(is_active=False)
    make_record()
    html = run({"action": "export", "format": "CSV", "ids": id_of(record)})
    assert "1 customer" in html
    assert "Download the file" in html


def test_errors_come_back_with_what_was_typed(browser: Browser) -> None:
    record = make_record()
    html = browser.change("bulk/run", {"action": "tag", "names": "x" * 300, "ids": id_of(record)})
    assert 'role="alert"' in html
    assert "x" * 300 in html
    html = browser.change("bulk/run", {"ids": id_of(record)})
    assert "Choose what to do." in html


def test_the_end_is_told(browser: Browser, on_commit: Callable[[], Any]) -> None:
    record = make_record()
    with on_commit():
        html = browser.change("bulk/run", {"action": "tag", "names": "vip", "ids": id_of(record)})
    job = re.search(r"(jobs/[\w=]+/dialog)", html)
    assert job
    told = events(browser.get(job[1]))["customerPlusNotice"]
    assert told == {"text": "Add tags: 1 changed", "status": "success"}


def test_without_the_permission(db: None) -> None:
    browser, _api = open_dashboard(permissions=())
    assert browser.get("bulk", {"all": "yes"}).status_code == 403
