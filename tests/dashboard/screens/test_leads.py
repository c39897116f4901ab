"""The board of leads, and the dialogs of one."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest
from django.utils import timezone

from saleor_customer_plus.api.core.base import to_global_id
from saleor_customer_plus.leads.models import Lead
from tests.dashboard.client import Browser, events
from tests.factories import make_account, make_lead, make_record, make_staff, make_token

XSS = "<img src=x onerror=alert(1)>"


@pytest.fixture
def lead(db: None) -> Lead:
    return make_lead(make_record("anna@example.com", first_name=XSS), subject=f"Chairs {XSS}", message=f"Blue {XSS}")


def path_of(lead: Lead, rest: str = "") -> str:
    return f"leads/{to_global_id('CustomerLead', lead.pk)}{rest}"


def opened(lead: Lead, **changed: str) -> dict[str, str]:
    """What the browser sends of the dialog, with some fields changed."""
    values: dict[str, Any] = {"subject": lead.subject, "message": lead.message, "origin": lead.origin}
    values |= {"state": lead.state, "lostReason": "", "ownerId": "", "nextContactAt": "", "page": "", "campaign": ""}
    return {**{f"was_{name}": value for name, value in values.items()}, **values, **changed}


def test_the_board_counts_and_begins_with_the_most_overdue(browser: Browser, lead: Lead) -> None:
    now = timezone.now()
    for subject, days in (("later", 3), ("overdue", -1), ("most overdue", -3)):
        make_lead(subject=subject, next_contact_at=now + timedelta(days=days))
    make_lead(subject="gone", state="LOST", lost_reason="Too dear")

    html = browser.screen("leads")

    assert XSS not in html
    assert "Too dear" in html
    assert 'New <span class="quiet">4</span>' in html
    places = [html.index(f">{subject}") for subject in ("most overdue", "overdue<", "later<", "Chairs &lt;img")]
    assert places == sorted(places)


def test_filters_and_search_narrow_the_board_and_its_counts(browser: Browser, lead: Lead) -> None:
    owner = make_staff(first_name="Otto")
    mine = make_lead(subject="mine", owner_id=owner.pk, next_contact_at=timezone.now() - timedelta(days=1))
    for query in ({"owner": to_global_id("User", owner.pk)}, {"overdue": "yes"}, {"q": "mine"}):
        html = browser.screen("leads", query)
        assert path_of(mine) in html
        assert path_of(lead) not in html
        assert 'New <span class="quiet">1</span>' in html
    assert path_of(mine) not in browser.screen("leads", {"owner": "nobody"})
    assert "No lead matches" in browser.screen("leads", {"q": "nothing", "origin": "PHONE"})


def test_a_column_goes_on(browser: Browser) -> None:
    for number in range(25):
        make_lead(subject=f"lead {number}")
    html = browser.screen("leads")
    more = html.partition('hx-get="/plugins/customer-plus/dashboard/leads/more')[2].partition('"')[0]
    assert browser.screen("leads/more" + more.replace("&amp;", "&")).count("<article") == 5


def test_the_board_without_leads(browser: Browser) -> None:
    assert "No leads yet" in browser.screen("leads")


def test_an_address_opens_a_lead_once(browser: Browser, lead: Lead) -> None:
    response = browser.get("leads", {"open": to_global_id("CustomerLead", lead.pk)})
    assert f'{quote(path_of(lead))}" hx-trigger="load"' in response.content.decode()  # the id may end with a =
    assert response.headers["X-Customer-Plus-Address"].endswith("/leads")


def test_only_what_changed_is_saved(browser: Browser, lead: Lead) -> None:
    owner = make_staff(first_name="Otto")
    assert XSS not in browser.screen(path_of(lead))
    form = opened(lead, ownerId=to_global_id("User", owner.pk), nextContactAt="2030-01-02T03:04")
    Lead.objects.filter(pk=lead.pk).update(subject="Meanwhile")

    assert "customerPlusReload" in events(browser.post(path_of(lead), form))

    lead.refresh_from_db()
    assert (lead.owner_id, lead.subject) == (owner.pk, "Meanwhile")
    assert lead.next_contact_at is not None
    assert lead.next_contact_at.isoformat() == "2030-01-02T02:04:00+00:00"  # the reader is in Berlin


def test_a_lead_is_lost_for_a_reason(browser: Browser, lead: Lead) -> None:
    for path, form in (
        (path_of(lead), opened(lead, state="LOST", subject="Kept")),
        (path_of(lead, "/move"), {"state": "LOST"}),
    ):
        html = browser.change(path, form)
        assert 'id="lostReason-problem" role="alert"' in html
    assert "lostReason" in browser.screen(path_of(lead, "/move"), {"state": "LOST"})

    browser.change(path_of(lead, "/move"), {"state": "LOST", "lostReason": "Too dear"})
    lead.refresh_from_db()
    assert (lead.state, lead.lost_reason) == ("LOST", "Too dear")
    browser.change(path_of(lead, "/move"), {"state": "CONTACTED"})
    lead.refresh_from_db()
    assert (lead.state, lead.lost_reason) == ("CONTACTED", "")


def test_a_move_that_is_refused_says_why(browser: Browser, lead: Lead) -> None:
    html = browser.change(path_of(lead, "/move"), {"state": "CONVERTED"})  # only an order does that
    assert 'role="alert"' in html


def test_a_new_lead_of_a_customer_and_of_somebody_unknown(browser: Browser) -> None:
    anna = make_record("anna@example.com")
    record = to_global_id("CustomerRecord", anna.pk)
    assert record in browser.screen("leads/new", {"record": record})
    browser.change("leads/new", {"record": record, "subject": "Chairs", "origin": "PHONE"})
    assert (anna.leads.get().subject, anna.leads.get().origin) == ("Chairs", "PHONE")

    html = browser.change("leads/new", {"email": "no address", "subject": "Kept", "message": XSS})
    assert 'id="email-problem" role="alert"' in html
    assert 'value="Kept"' in html
    assert XSS not in html
    browser.change("leads/new", {"email": "ben@example.com", "firstName": "Ben", "subject": "Sofa"})
    assert Lead.objects.get(subject="Sofa").record.first_name == "Ben"


def test_deleting_asks_first(browser: Browser, lead: Lead) -> None:
    assert XSS not in browser.screen(path_of(lead, "/delete"))
    browser.change(path_of(lead, "/delete"))
    assert not Lead.objects.exists()
    assert browser.get(path_of(lead)).status_code == 404


def test_owners_are_searched(browser: Browser) -> None:
    make_staff(first_name="Otto")
    make_staff(first_name="Paula")
    html = browser.screen("leads/owners", {"owner_search": "ott"})
    assert "Otto" in html
    assert "Paula" not in html


@pytest.mark.parametrize("rest", ["", "/move", "/delete"])
def test_nobody_without_the_permission(browser: Browser, lead: Lead, rest: str) -> None:
    stranger = Browser(make_token(make_account()))
    assert stranger.get("leads").status_code == 403
    for response in (
        stranger.get(path_of(lead, rest), {"state": "LOST"}),
        stranger.post(path_of(lead, rest), opened(lead, state="CONTACTED")),
    ):
        assert response.status_code == 403
        assert "Chairs" not in response.content.decode()
    lead.refresh_from_db()
    assert lead.state == "NEW"
