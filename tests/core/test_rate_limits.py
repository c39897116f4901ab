"""Limits by the hour."""

from __future__ import annotations

import time

import pytest
from django.core.cache import cache

from saleor_customer_plus.core import rate_limits
from saleor_customer_plus.errors import CustomerPlusError, ErrorCode

pytestmark = pytest.mark.usefixtures("same_hour")


def count(what: str = "form", value: str = "anna", limit: int = 2) -> None:
    rate_limits.count(what, value, limit=limit, message="Too often.")


def test_what_is_too_often_within_the_hour_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    count()
    count()
    with pytest.raises(CustomerPlusError, match="Too often") as refused:
        count()
    assert refused.value.code == ErrorCode.RATE_LIMITED

    next_hour = time.time() + 3600
    monkeypatch.setattr("time.time", lambda: next_hour)
    count()


def test_others_and_other_things_are_counted_apart() -> None:
    for what, value in (("form", "anna"), ("form", "ben"), ("consent", "anna")):
        count(what, value, limit=1)


def test_what_ends_while_it_is_counted_is_let_through(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "add", lambda *_arguments, **_options: True)  # and then it is gone
    count(limit=0)


def test_keys_tell_nothing() -> None:
    assert "anna" not in rate_limits.cache_key("form", "anna")
