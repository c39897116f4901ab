"""Duplicates: the list with its reasons, dismissing, and what a customer may also be."""

from __future__ import annotations

import re

import pytest

from saleor_customer_plus.activity.models import ActorType
from saleor_customer_plus.activity.services import Actor
from saleor_customer_plus.api.core.base import to_global_id
from saleor_customer_plus.jobs import engine as jobs
from saleor_customer_plus.jobs.models import BulkJob
from saleor_customer_plus.merging.duplicates import duplicates_job
from saleor_customer_plus.merging.duplicates.models import DuplicateDismissal
from saleor_customer_plus.records.models import CustomerRecord
from tests.dashboard.client import Browser, events
from tests.factories import make_record

XSS = "<img src=x onerror=alert(1)>"


def record_id(record: CustomerRecord) -> str:
    return to_global_id("CustomerRecord", record.pk)


def search() -> None:
    for _ in jobs.run(duplicates_job.create(actor=Actor(ActorType.STAFF, "1")).pk):
        pass


@pytest.fixture
def same(db: None) -> list[CustomerRecord]:
    """Two records of one person, and one of somebody at the same address."""
    address = {"street_address_1": "Torstraße 1", "postal_code": "10119", "last_name": XSS, "phone": "+491512345678"}
    one, other = (make_record(email, first_name="Anna", **address) for email in ("a@web.de", "b@gmx.de"))
    make_record("bruno@web.de", first_name="Bruno", **address)
    return [one, other]


def test_nobody_has_searched_yet(browser: Browser, db: None) -> None:
    html = browser.screen("duplicates")
    assert "Nobody has searched yet" in html
    assert "Merge all that are certain" not in html  # nobody is known to be
    browser.change("duplicates/search")
    assert BulkJob.objects.get().kind == "DUPLICATES"
    html = browser.screen("duplicates")
    assert "A search is under way" in html
    assert re.search(r"<button[^>]*duplicates/search[^>]*disabled", html)
    assert 'role="alert"' in browser.change("duplicates/search")  # one at a time
    for _ in jobs.run(BulkJob.objects.get().pk):
        pass
    assert "No duplicates here" in browser.screen("duplicates")


def test_lists_who_is_the_same_and_why(browser: Browser, same: list[CustomerRecord]) -> None:
    search()
    html = browser.screen("duplicates")
    assert XSS not in html
    assert html.count('class="card duplicate"') == 3  # the two, and each of them with who lives there
    for words in ("Certain", "Look at it", "Same phone number", "Different first name", "Torstraße 1", "10 points"):
        assert words in html
    certain = browser.screen("duplicates", {"band": "CERTAIN"})
    assert certain.count('class="card duplicate"') == 1
    assert "bruno@web.de" not in certain
    assert all(f"ids={record_id(record)}" in certain.replace("%3D", "=") for record in same)
    assert "No duplicates here" in browser.screen("duplicates", {"band": "LIKELY"})


def test_dismissed_is_dismissed_until_it_is_taken_back(browser: Browser, same: list[CustomerRecord]) -> None:
    search()
    ids = [record_id(record) for record in same]
    answer = browser.post("duplicates/dismiss", {"ids": ids})
    assert "customerPlusReload" in events(answer)
    assert DuplicateDismissal.objects.count() == 1
    assert "No duplicates here" in browser.screen("duplicates", {"band": "CERTAIN"})
    html = browser.screen("duplicates", {"band": "dismissed"})
    assert all(f'value="{id}"' in html for id in ids)

    browser.change("duplicates/undismiss", {"ids": ids})
    assert "a@web.de" in browser.screen("duplicates", {"band": "CERTAIN"})
    assert "Nobody was dismissed" in browser.screen("duplicates", {"band": "dismissed"})
    assert 'role="alert"' in browser.change("duplicates/undismiss", {"ids": ids})  # there is nothing to take back


def test_of_somebody_who_was_deleted_nothing_is_compared_again(browser: Browser, same: list[CustomerRecord]) -> None:
    browser.change("duplicates/dismiss", {"ids": [record_id(record) for record in same]})
    assert "Compare again" in browser.screen("duplicates", {"band": "dismissed"})
    same[1].delete()
    html = browser.screen("duplicates", {"band": "dismissed"})
    assert "a@web.de" in html
    assert "Compare again" not in html


def test_a_customer_shows_who_they_may_also_be(browser: Browser, same: list[CustomerRecord]) -> None:
    path = f"customers/{record_id(same[0])}"
    assert "May also be" not in browser.screen(path)
    search()
    html = browser.screen(path)
    card = html.partition('id="duplicates"')[2].partition("</section>")[0]
    assert card.index("b@gmx.de") < card.index("bruno@web.de")  # the likeliest first
    assert XSS not in html
    assert f'value="{record_id(same[1])}"' in card


def test_everybody_who_is_certain_is_merged_and_all_of_it_undone(browser: Browser, same: list[CustomerRecord]) -> None:
    assert "Nobody is certain" in browser.screen("duplicates/accept")
    search()
    assert "1 person has several records for certain" in browser.screen("duplicates/accept")
    assert CustomerRecord.objects.count() == 3
    browser.change("duplicates/accept")
    job = BulkJob.objects.get(kind="MERGE")
    for _ in jobs.run(job.pk):
        pass
    kept = CustomerRecord.objects.exclude(email="bruno@web.de").get()
    assert kept.pk in [record.pk for record in same]
    assert "Nobody is certain" in browser.change("duplicates/accept")
    html = browser.screen(f"customers/{record_id(kept)}")
    assert re.search(r"from [ab]@", html)
    assert "/undo" in html

    assert "Undo" in browser.screen(f"jobs/{to_global_id('CustomerJob', job.pk)}")
    browser.change(f"jobs/{to_global_id('CustomerJob', job.pk)}/undo")
    for _ in jobs.run(BulkJob.objects.get(kind="UNDO").pk):
        pass
    assert set(CustomerRecord.objects.values_list("email", flat=True)) == {"a@web.de", "b@gmx.de", "bruno@web.de"}
