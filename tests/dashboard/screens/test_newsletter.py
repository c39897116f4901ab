"""Newsletter sign-ups in the Dashboard: those that wait, the mail sent again, and the proof."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from saleor_customer_plus.api.core.base import to_global_id
from saleor_customer_plus.consent import links
from saleor_customer_plus.mail.models import Mail
from saleor_customer_plus.records.models import CustomerRecord
from tests.dashboard.client import Browser, events
from tests.factories import save_settings
from tests.newsletter.forms import last_link, post, subscribe

pytestmark = pytest.mark.django_db


@pytest.fixture
def anna(browser: Browser, on_commit: Callable[[], Any]) -> str:
    """The id of somebody who signed up just now."""
    save_settings(dashboard=True, newsletter=True)
    with on_commit():
        assert subscribe("anna@example.com", page="/footer") == []
    return to_global_id("CustomerRecord", CustomerRecord.objects.get().pk)


def test_who_waits_is_listed_and_mailed_again(browser: Browser, anna: str, on_commit: Callable[[], Any]) -> None:
    assert "wait for a confirmation: 1" in browser.screen("settings")
    listed = browser.screen("newsletter")
    assert "anna@example.com" in listed
    (current,) = re.findall(r'<a [^>]*aria-current="page"[^>]*>([^<]*)</a>', listed)
    assert current == "Newsletter"
    assert "/footer" in listed
    card = browser.screen(f"customers/{anna}")
    assert "has not confirmed it yet" in card

    assert "15 minutes" in browser.change(f"customers/{anna}/newsletter")  # the first mail was sent just now
    Mail.objects.update(created_at=timezone.now() - timedelta(hours=1))
    with on_commit():
        response = browser.post(f"customers/{anna}/newsletter")

    assert events(response)["customerPlusNotice"]["text"] == "The mail is being sent again."
    assert [message.to for message in mail.outbox] == [["anna@example.com"]] * 2
    post(last_link())
    assert "anna@example.com" not in browser.screen("newsletter")
    assert "anna@example.com" in browser.screen("newsletter", {"state": "CONFIRMED"})
    assert "has not confirmed it yet" not in browser.screen(f"customers/{anna}")


def test_the_proof_is_downloaded_and_links_are_revoked(browser: Browser, anna: str) -> None:
    post(last_link())
    record = CustomerRecord.objects.get()
    dialog = browser.screen(f"customers/{anna}/proof")
    page, data = re.findall(r'href="https?://[^/]+(/plugins/[^"]+)"', dialog)

    response = Client().get(page)

    assert response["Content-Disposition"] == f'attachment; filename="consent-{record.pk}.html"'
    content = b"".join(response.streaming_content).decode()  # type: ignore[attr-defined]
    assert "Confirmed opt-in" in content
    assert "Please confirm your sign-up" in content
    assert Client().get(data)["Content-Type"] == "application/json"
    path = f"/plugins/customer-plus/newsletter/preferences/{links.token_of(record)}"
    assert Client().get(path).status_code == 200
    browser.post(f"customers/{anna}/proof")
    assert Client().get(path).status_code == 404
