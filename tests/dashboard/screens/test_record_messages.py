"""Writing to a customer, the conversation, and templates, on the screens."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile

from saleor_customer_plus.api.core.base import to_global_id
from saleor_customer_plus.mail.models import Mail, MailAttachment
from saleor_customer_plus.messages.models import MessageTemplate, MessageTemplateText
from saleor_customer_plus.records.models import CustomerRecord
from saleor_customer_plus.sync.incoming_mail import take
from tests.dashboard.client import Browser, events, text
from tests.factories import make_lead, make_record, save_settings
from tests.notes.samples import PDF

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("storage")]

XSS = "<img src=x onerror=alert(1)>"


@pytest.fixture
def anna(browser: Browser) -> CustomerRecord:
    save_settings(dashboard=True, mail_sender="shop@shop.example")
    return make_record("anna@example.com", first_name="Anna")


def path_of(record: CustomerRecord, rest: str) -> str:
    return f"customers/{to_global_id('CustomerRecord', record.pk)}/{rest}"


def test_a_message_is_previewed_tested_and_sent(
    browser: Browser, anna: CustomerRecord, on_commit: Callable[[], Any]
) -> None:
    path, form = path_of(anna, "message"), {"subject": "Hello {{ first_name }}", "body": XSS}
    assert "{{ first_name }}" in browser.screen(path)
    seen = browser.change(path, {**form, "does": "preview"})
    assert "<strong>Hello Anna</strong>" in seen
    assert XSS not in seen
    assert not Mail.objects.exists()
    with on_commit():
        assert "A test is being sent to" in browser.change(path, {**form, "does": "test"})
        sent = browser.post(path, {**form, "does": "send", "files": SimpleUploadedFile("a.pdf", PDF)})
    assert "customerPlusClose" in events(sent)
    assert [message.to for message in mail.outbox][-1] == ["anna@example.com"]
    assert MailAttachment.objects.get().name == "a.pdf"


def test_what_is_wrong_is_told_beside_its_field_and_what_was_written_stays(
    browser: Browser, anna: CustomerRecord
) -> None:
    wrong = {"subject": "{{ nme }}", "body": "My text", "purpose": "PROMOTIONAL", "does": "send"}
    answer = browser.change(path_of(anna, "message"), wrong)
    assert 'id="subject-problem"' in answer
    assert "My text" in answer
    assert "no placeholder" in browser.change(path_of(anna, "message"), {**wrong, "does": "preview"})
    refused = browser.change(path_of(anna, "message"), {**wrong, "subject": "Hi"})
    assert "has not consented" in refused
    assert not Mail.objects.exists()


def test_the_conversation_shows_both_sides_and_nothing_of_a_stranger_runs(
    browser: Browser, anna: CustomerRecord, on_commit: Callable[[], Any]
) -> None:
    make_lead(anna, message="Do you have sofas?", origin="CONTACT_FORM")
    with on_commit():
        browser.change(path_of(anna, "message"), {"subject": "Sofas", "body": "We do.", "does": "send"})
    take(f"From: anna@example.com\nSubject: Re: {XSS}\nContent-Type: text/plain\n\n{XSS}".encode())
    shown = browser.screen(path_of(anna, "messages"))
    for words in ("Do you have sofas?", "We do.", "&lt;img src=x", "Sent"):
        assert words in shown
    assert XSS not in shown
    received = to_global_id("CustomerMessage", Mail.objects.get(state="RECEIVED").pk)
    dialog = browser.screen(path_of(anna, "message"), {"answers": received})
    assert 'value="Re: &lt;img' in dialog
    assert f'name="answers" value="{received}"' in dialog
    assert path_of(anna, "messages") in browser.screen(path_of(anna, "").rstrip("/"))


def test_templates_are_written_in_the_settings_and_sent(
    browser: Browser, anna: CustomerRecord, on_commit: Callable[[], Any]
) -> None:
    form = {"name": "Ready", "purpose": "SERVICE", "language": ["en", "de", ""], "subject": ["Ready", "Fertig", ""],
            "body": ["It is.", "Ja.", ""]}  # fmt: skip
    assert "customerPlusClose" in events(browser.post("settings/templates/new", form))
    template = MessageTemplate.objects.get()
    assert [one.language_code for one in MessageTemplateText.objects.order_by("position")] == ["en", "de"]
    id = to_global_id("CustomerMessageTemplate", template.pk)
    assert "Fertig" in browser.screen(f"settings/templates/{id}")
    assert "Ready" in browser.screen("settings")
    with on_commit():
        browser.change(path_of(anna, "message"), {"template_id": id, "does": "send"})
    assert mail.outbox[-1].subject == "Ready"
    assert "texts" not in text(browser.post(f"settings/templates/{id}", {**form, "name": "Done"}))
    assert MessageTemplate.objects.get().name == "Done"
    browser.post(f"settings/templates/{id}/delete")
    assert not MessageTemplate.objects.exists()
