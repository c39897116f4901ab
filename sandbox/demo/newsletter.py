"""A visitor signs up for the newsletter, confirms it and ends it again, by the links that the shop mails."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from django.test import Client

from saleor_customer_plus.api.newsletter.subscribing import GUARD
from saleor_customer_plus.consent import links
from saleor_customer_plus.consent.models import ConsentPurpose, CurrentConsent
from saleor_customer_plus.mail.models import Mail, MailKind
from saleor_customer_plus.records.models import CustomerRecord
from saleor_customer_plus.saleor_adapter import host
from saleor_customer_plus.settings import PLUGIN_ID, load

from .api_client import ApiClient

NOVA, OTTO = "nova@example.com", "otto@example.com"
SUBSCRIBE = """mutation ($input: CustomerNewsletterSubscribeInput!) {
  customerNewsletterSubscribe(input: $input) { errors { field message code } }
}"""
FORM = '{ customerNewsletterForm(languageCode: "de") { languageCode wordingVersion } }'


def play(api: ApiClient, tell: Callable[[str], None]) -> None:
    """Let it happen, and say what came of it."""
    _switch_on()
    sign_up(api, NOVA)
    tell(f"Nova signs up: {_state(NOVA)}, and the shop mails her a link in German")
    link = _link(NOVA)
    Client().get(link)
    tell(f"A mail scanner opens the link: {_state(NOVA)}, as only the button on the page confirms")
    Client().post(link, {"confirm": "1"})
    tell(f"Nova presses the button: {_state(NOVA)}")
    record = CustomerRecord.objects.get(email=NOVA)
    Client().post(_path(links.unsubscribe_url(record, ConsentPurpose.NEWSLETTER)), {"List-Unsubscribe": "One-Click"})
    tell(f"A month later her mail program unsubscribes her with one click: {_state(NOVA)}")
    sign_up(api, OTTO)
    tell(f"Otto signs up, and you can confirm it for him: {host.absolute_url(_link(OTTO))}")
    tell(f"What the shop may write to Nova about: {links.unsubscribe_url(record)}")


def sign_up(api: ApiClient, email: str) -> None:
    form = api(FORM)
    # As if the form had been on the screen for a while.
    shown = GUARD.new_token(time.time() - 10, f"{form['languageCode']} {form['wordingVersion']}")
    api(SUBSCRIBE, input={"email": email, "languageCode": "de", "page": "/footer", "token": shown})


def _switch_on() -> None:
    saved = host.PluginConfiguration.objects.filter(identifier=PLUGIN_ID, channel=None).first()
    kept: list[Any] = [item for item in (saved.configuration if saved else []) if item["name"] != "newsletter"]
    host.PluginConfiguration.objects.update_or_create(
        identifier=PLUGIN_ID,
        channel=None,
        defaults={
            "name": "Customer Plus",
            "active": load()[1],
            "configuration": [*kept, {"name": "newsletter", "value": True}],
        },
    )


def _link(email: str) -> str:
    """The path of the link in the latest mail."""
    mail = Mail.objects.filter(recipient=email, kind=MailKind.OPT_IN).latest("id")
    found = re.search(r"https?://\S+/newsletter/confirm/\S+", mail.text)
    assert found is not None
    return _path(found[0])


def _path(url: str) -> str:
    return urlsplit(url).path


def _state(email: str) -> str:
    found = CurrentConsent.objects.filter(record__email=email, channel="EMAIL", purpose=ConsentPurpose.NEWSLETTER)
    return found.get().state
