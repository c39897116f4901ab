"""Whom staff prepare a draft order for. The ledger has no drafts."""

from __future__ import annotations

from typing import Any

import pytest

from saleor_customer_plus.api.core.base import to_global_id
from tests.client import Api
from tests.factories import make_account, make_channel, make_order, make_record, make_staff, make_token

pytestmark = pytest.mark.django_db


def _buyer(api: Api, order: Any) -> str | None:
    query = "query ($id: ID!) { customerRecord(orderId: $id) { email } }"
    found = api(query, id=to_global_id("Order", order.pk))["customerRecord"]
    return found and found["email"]


def test_of_the_account_that_the_draft_is_for(api: Api) -> None:
    account = make_account("anna@example.com")
    make_record("anna@example.com", account=account)
    make_record("old@example.com")
    assert _buyer(api, make_order("old@example.com", user=account, status="draft")) == "anna@example.com"


def test_of_a_guest(api: Api) -> None:
    make_record("ben@example.com")
    assert _buyer(api, make_order("Ben@example.com", status="draft")) == "ben@example.com"
    assert _buyer(api, make_order("nobody@example.com", status="draft")) is None
    assert _buyer(api, make_order("", status="draft")) is None


def test_only_in_channels_that_the_caller_sees(db: None) -> None:
    shown, hidden = make_channel(), make_channel()
    make_record("ben@example.com")
    restricted = Api(make_token(make_staff(channels=[shown])))
    orders = [make_order("ben@example.com", channel=channel, status="draft") for channel in (shown, hidden)]
    assert [_buyer(restricted, order) for order in orders] == ["ben@example.com", None]
