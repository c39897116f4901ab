"""What is done with one customer as a whole."""

from __future__ import annotations

import json
import re
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from saleor_customer_plus.api.core.base import to_global_id
from saleor_customer_plus.dashboard.requests import ScreenRequest
from saleor_customer_plus.records.models import CustomerRecord
from tests.dashboard.client import Browser, events, open_dashboard, text
from tests.factories import make_account, make_channel, make_lead, make_note, make_record, make_staff, make_token

ACTIONS = (
    *("account", "activate", "deactivate", "delete", "personal-data", "picture"),
    *("note", "tag", "groups", "log", "edit", "consent"),
)


@pytest.fixture
def anna(db: None) -> CustomerRecord:
    return make_record("anna@example.com", first_name="<i>Anna")


def path_of(record: CustomerRecord, rest: str) -> str:
    return f"customers/{to_global_id('CustomerRecord', record.pk)}/{rest}"


@pytest.mark.parametrize("action", ACTIONS)
def test_each_dialog_opens_without_letting_a_name_in_as_html(
    browser: Browser, anna: CustomerRecord, action: str
) -> None:
    html = browser.screen(path_of(anna, action), {"channel": "EMAIL", "purpose": "NEWSLETTER"})
    assert "<dialog" in html
    assert "data-open" in html
    assert "<i>Anna" not in html


@pytest.mark.parametrize(
    "action", [*ACTIONS, "order", "labels", "emails", "emails/primary", "emails/remove", "notes", "details", "activity"]
)
def test_nobody_without_the_permission_sees_or_does_anything(
    browser: Browser, anna: CustomerRecord, action: str
) -> None:
    stranger = Browser(make_token(make_account()))
    form = {"text": "x", "channel": "EMAIL", "purpose": "NEWSLETTER", "state": "SUBSCRIBED"}
    for response in (stranger.get(path_of(anna, action)), stranger.post(path_of(anna, action), form)):
        assert response.status_code == 403
        assert "anna@example.com" not in response.content.decode()


@pytest.mark.parametrize("action", ACTIONS)
def test_each_dialog_of_somebody_who_was_deleted(browser: Browser, anna: CustomerRecord, action: str) -> None:
    path = path_of(anna, action)
    anna.delete()
    assert browser.get(path, {"channel": "EMAIL"}).status_code in (400, 404)


def test_the_dialogs_speak_the_readers_language(browser: Browser, anna: CustomerRecord) -> None:
    for locale in ("de", "it", "fr", "es"):
        assert "<dialog" in Browser(browser.token, locale).screen(path_of(anna, "deactivate"))


def test_all_data_of_a_person_are_downloaded_with_and_without_notes(browser: Browser, anna: CustomerRecord) -> None:
    make_note(anna, text="Pays late.", author_id="1")
    assert "All data of this person…" in browser.screen(path_of(anna, "").rstrip("/"))

    urls = re.findall(r'href="https?://[^/]+(/plugins/[^"]+)"', browser.screen(path_of(anna, "personal-data")))
    found = [json.loads(b"".join(Client().get(url).streaming_content)) for url in urls]  # type: ignore[attr-defined]

    assert [[note["text"] for note in one["notes"]] for one in found] == [["Pays late."], []]


def test_whoever_does_not_see_all_orders_is_told_so(browser: Browser, anna: CustomerRecord) -> None:
    some = Browser(make_token(make_staff(channels=[make_channel()])))

    assert "access to the orders of all channels" in some.screen(path_of(anna, "personal-data"))


def test_deactivated_and_activated_again(browser: Browser, anna: CustomerRecord) -> None:
    response = browser.post(path_of(anna, "deactivate"), {"reason": "Moved"})
    assert "customerPlusReload" in events(response)
    anna.refresh_from_db()
    assert (anna.is_active, anna.deactivation_reason) == (False, "Moved")

    browser.change(path_of(anna, "activate"))
    anna.refresh_from_db()
    assert anna.is_active


@pytest.mark.parametrize("is_active", [True, False])
def test_the_account_only_where_it_was_asked_for(
    browser: Browser, monkeypatch: pytest.MonkeyPatch, is_active: bool
) -> None:
    account = make_account("ben@example.com", is_active=is_active)
    ben = make_record("ben@example.com", account_id=account.pk, is_active=is_active)
    action = "deactivate" if is_active else "activate"
    assert 'name="also_account"' in browser.screen(path_of(ben, action))
    sent: list[bool] = []  # only a real Saleor changes the account
    monkeypatch.setattr(
        ScreenRequest, "change", lambda *_args, **variables: ({}, sent.append(variables["alsoAccount"]) or [])
    )

    browser.change(path_of(ben, action), {"also_account": "yes"})
    browser.change(path_of(ben, action))

    assert sent == [True, False]


def test_a_reason_that_is_too_long_is_told_and_kept(browser: Browser, anna: CustomerRecord) -> None:
    html = browser.change(path_of(anna, "deactivate"), {"reason": "x" * 5000})
    assert 'role="alert"' in html
    assert "x" * 5000 in html
    anna.refresh_from_db()
    assert anna.is_active


def test_deleting_tells_what_is_lost_and_goes_back_to_the_list(browser: Browser, anna: CustomerRecord) -> None:
    make_note(anna)
    html = browser.screen(path_of(anna, "delete"))
    assert "<dd>1</dd>" in html
    token = html.partition('name="token" value="')[2].partition('"')[0]

    make_note(anna)  # meanwhile
    html = browser.change(path_of(anna, "delete"), {"token": token})
    assert 'role="alert"' in html
    assert "<dd>2</dd>" in html
    assert CustomerRecord.objects.exists()

    token = html.partition('name="token" value="')[2].partition('"')[0]
    response = browser.post(path_of(anna, "delete"), {"token": token})
    assert events(response)["customerPlusGo"]["to"].endswith("/dashboard/customers")
    assert not CustomerRecord.objects.exists()


def test_a_picture_is_set_and_removed(browser: Browser, anna: CustomerRecord) -> None:
    assert 'role="alert"' in browser.change(path_of(anna, "picture"), {})
    broken = SimpleUploadedFile("anna.png", b"nothing")
    assert 'role="alert"' in browser.change(path_of(anna, "picture"), {"image": broken})

    buffer = BytesIO()
    Image.new("RGB", (9, 9), "red").save(buffer, "PNG")
    browser.change(path_of(anna, "picture"), {"image": SimpleUploadedFile("anna.png", buffer.getvalue())})
    assert "Remove the picture" in browser.screen(path_of(anna, "picture"))
    browser.change(path_of(anna, "picture"), {"remove": "yes"})
    assert "Remove the picture" not in browser.screen(path_of(anna, "picture"))


def test_orders_need_the_permission_for_orders(browser: Browser, anna: CustomerRecord) -> None:
    assert "permission to manage orders" in browser.screen(path_of(anna, "order"))


def test_a_draft_order_is_opened_in_saleor(
    browser: Browser, anna: CustomerRecord, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_channel("eu", is_active=True)
    make_channel("old", is_active=False)
    seller = Browser(make_token(make_staff(permissions=("manage_users", "manage_orders"))))
    html = seller.screen(path_of(anna, "order"))
    assert 'value="eu"' in html
    assert 'value="old"' not in html
    assert 'role="alert"' in seller.change(path_of(anna, "order"), {"channel": "nowhere"})

    # Only a real Saleor makes the order.
    payload = {"orderId": "T3JkZXI6MQ==", "omittedAddresses": ["BILLING"]}
    monkeypatch.setattr(ScreenRequest, "change", lambda *_args, **_variables: (payload, []))
    told = events(seller.post(path_of(anna, "order"), {"channel": "eu"}))
    assert told["customerPlusGo"] == {"to": "/orders/T3JkZXI6MQ%3D%3D", "isOwn": False}
    assert "without an address" in told["customerPlusNotice"]["text"]


def test_an_account_that_there_is_already(browser: Browser) -> None:
    ben = make_record("ben@example.com", account_id=make_account("ben@example.com").pk)
    assert 'role="alert"' in text(browser.post(path_of(ben, "account")))


def test_an_order_is_offered_only_to_whoever_may_place_one(browser: Browser, anna: CustomerRecord) -> None:
    lead = make_lead(anna)
    places = ("customers", path_of(anna, "")[:-1], "leads", f"leads/{to_global_id('CustomerLead', lead.pk)}")
    without, _api = open_dashboard()
    for path in places:
        assert "Place an order" not in without.screen(path), path
    both, _api = open_dashboard(permissions=("manage_users", "manage_orders"))
    for path in places:
        assert "Place an order" in both.screen(path), path
