"""The newsletter's form and pages, as a visitor and a mail program use them."""

from __future__ import annotations

import re
import time
from typing import Any

from django.core import mail
from django.http import HttpResponse
from django.test import Client

from saleor_customer_plus.api.newsletter.subscribing import GUARD
from saleor_customer_plus.newsletter import choosing, texts
from saleor_customer_plus.settings import load
from tests.client import Api

SUBSCRIBE = """mutation ($input: CustomerNewsletterSubscribeInput!, $secret: String, $clientAddress: String) {
    customerNewsletterSubscribe(input: $input, secret: $secret, clientAddress: $clientAddress) {
        errors { field message code id } } }"""
PAGES = "/plugins/customer-plus/newsletter/"
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


def form_token(*, seconds: float = 10, language: str = "en") -> str:
    """The token of a form that was shown in this language so long ago."""
    chosen, _is_active = load()
    version = texts.wording_of(chosen, choosing.offered(chosen), language).version
    return GUARD.new_token(time.time() - seconds, f"{language} {version}")


def subscribe(
    email: str = "anna@example.com", *, api: Api | None = None, secret: str | None = None, **input: Any
) -> list[dict[str, Any]]:
    """Send the form, and return the errors. What follows from it needs a commit."""
    address = input.pop("address", None)
    given = {"email": email, "token": input.pop("token", None) or form_token()} | input
    answer = (api or Api())(SUBSCRIBE, input=given, secret=secret, clientAddress=address)
    return answer["customerNewsletterSubscribe"]["errors"]


def told_of(errors: list[dict[str, Any]]) -> list[tuple[str | None, str]]:
    return [(error["field"], error["code"]) for error in errors]


def link_in(message: Any, kind: str = "confirm") -> str:
    """The path of the link in a mail."""
    found = re.search(rf"https?://[^/\s]+({PAGES}{kind}/\S+)", message.body)
    assert found is not None, message.body
    return found[1]


def last_link(kind: str = "confirm") -> str:
    return link_in(mail.outbox[-1], kind)


def get(path: str, **headers: str) -> HttpResponse:
    return Client(headers=headers).get(path)


def post(path: str, form: dict[str, Any] | None = None, **headers: str) -> HttpResponse:
    return Client(headers=headers).post(path, form or {"confirm": "1"})
