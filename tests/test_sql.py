"""What PostgreSQL says of an error has the values in it, which are somebody's data."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError

from saleor_customer_plus import reactions, tasks
from saleor_customer_plus.api import tag_changes
from tests.client import Api
from tests.factories import make_record, make_staff, make_token

pytestmark = pytest.mark.django_db

EMAIL = "anna@example.com"
TOLD = "UniqueViolation customer_plus_email_unique"


def make_twice(*_args: Any, **_kwargs: Any) -> None:
    make_record(EMAIL)
    make_record(EMAIL)


def test_a_task_that_fails_tells_nobody_s_data(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reactions, "account_changed", make_twice)

    with pytest.raises(IntegrityError) as raised:
        tasks.sync_account(1)

    assert (str(raised.value), raised.value.__suppress_context__) == (TOLD, True)


def test_a_mutation_that_fails_logs_nobody_s_data(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(tag_changes.actions, "create", make_twice)
    create = 'mutation { customerTagCreate(input: {name: "VIP"}) { errors { message } } }'

    Api(make_token(make_staff())).errors(create)

    assert TOLD in caplog.text
    assert EMAIL not in caplog.text
