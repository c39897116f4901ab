"""What nobody types by accident: each path answers with a page that says something, never with a server error."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest
from django.db import transaction
from django.utils import timezone

from saleor_customer_plus.dashboard import formats
from tests.properties import share

from .client import Browser
from .test_access import form, paths


@pytest.mark.parametrize("id", ["Q3VzdG9tZXJSZWNvcmQ6OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5", "%00"])
def test_ids_that_are_none(browser: Browser, id: str) -> None:
    names = ("record_id", "note_id", "lead_id", "tag_id", "group_id", "job_id", "profile_id", "segment_id")
    names += ("address_id", "view_id", "merge_id", "template_id", "field_id", "kind")
    ids = dict.fromkeys((*names, "customerId", "orderId", "customerIds", "channel"), id)
    for path in share(paths(ids), one_in=4, turn=len(id)):
        for ask in (browser.get, browser.post):
            with transaction.atomic():
                assert ask(path, form(ids)).status_code < 500, path


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01"])
@pytest.mark.parametrize("path", ["customers", "customers/count", "export"])
def test_the_first_and_the_last_day_there_are(browser: Browser, path: str, day: str) -> None:
    query = {f"{name}_{end}": day for name in ("created", "since", "last_order") for end in ("from", "to")}
    assert browser.get(path, query).status_code in (200, 400)


@pytest.mark.parametrize("moment", ["9999-12-31T23:59:59+00:00", "0001-01-01T00:00:00+00:00"])
def test_a_moment_at_the_end_of_time_is_shown(browser: Browser, moment: str) -> None:
    """In the reader's time zone it would be in a year that there is none of."""
    for zone in ("Asia/Tokyo", "America/New_York"):
        with timezone.override(ZoneInfo(zone)):
            shown = [show(moment) for show in (formats.day, formats.moment, formats.input_day, formats.input_moment)]
        assert all(shown)
