"""Merging customers: side by side, with a choice for each field, and undone."""

from __future__ import annotations

import re

import pytest

from saleor_customer_plus.api.core.base import to_global_id
from saleor_customer_plus.merging.models import Merge, MergeState
from saleor_customer_plus.records.models import CustomerRecord
from saleor_customer_plus.tags.models import TagAssignment
from tests.dashboard.client import Browser, events
from tests.factories import make_account, make_record, make_tag

XSS = "<img src=x onerror=alert(1)>"


def record_id(record: CustomerRecord) -> str:
    return to_global_id("CustomerRecord", record.pk)


@pytest.fixture
def two(db: None) -> list[CustomerRecord]:
    one = make_record("a@web.de", first_name="Anna", last_name=XSS, phone="+491512345678", number="7")
    other = make_record("b@gmx.de", first_name="Ann", city="Berlin", country_code="DE", phone="+4930123456")
    TagAssignment.objects.create(tag=make_tag("VIP"), record=other)
    return [one, other]


def token_in(html: str) -> str:
    found = re.search(r'name="token" value="([^"]+)"', html)
    assert found is not None
    return found.group(1)


def test_side_by_side_with_what_is_kept(browser: Browser, two: list[CustomerRecord]) -> None:
    ids = [record_id(record) for record in two]
    html = browser.screen("merge", {"ids": ids})
    assert XSS not in html
    for words in ("Merge 2 customers", "+491512345678", "+4930123456", "Berlin", "1 tag", "a@web.de, b@gmx.de"):
        assert words in html
    chosen = browser.screen("merge", {"ids": ids, "winner": ids[1], "choice:PHONE": ids[0]})
    row = chosen.partition('name="choice:PHONE"')[2].partition("</tr>")[0]
    assert "<strong>+491512345678</strong>" in row
    assert "chosen" in row


def test_they_are_merged_as_chosen_and_the_merge_is_undone(browser: Browser, two: list[CustomerRecord]) -> None:
    ids = [record_id(record) for record in two]
    form = {"ids": ids, "winner": ids[1], "choice:PHONE": ids[0]}
    token = token_in(browser.screen("merge", form))
    assert 'role="alert"' in browser.change("merge", {**form, "token": "no token"})
    assert CustomerRecord.objects.count() == 2

    answer = browser.post("merge", {**form, "token": token})
    assert events(answer)["customerPlusGo"]["to"].endswith(f"customers/{ids[1]}")
    kept = CustomerRecord.objects.get()
    assert (kept.pk, kept.phone, kept.number) == (two[1].pk, "+491512345678", "7")
    html = browser.screen(f"customers/{ids[1]}")
    assert "from a@web.de" in html

    path = f"merges/{to_global_id('CustomerMerge', Merge.objects.get().pk)}/undo"
    assert path in html
    assert "Undo this merge?" in browser.screen(path)
    answer = browser.post(path)
    assert "customerPlusReload" in events(answer)
    assert Merge.objects.get().state == MergeState.UNDONE
    assert CustomerRecord.objects.count() == 2
    assert "undone" in browser.screen(f"customers/{ids[1]}")


def test_what_stays_is_told_before_the_undo_and_which_merge_comes_first(
    browser: Browser, two: list[CustomerRecord]
) -> None:
    ids = [record_id(record) for record in two]
    for others in (ids, [ids[0], record_id(make_record("c@web.de"))]):
        form = {"ids": others, "winner": ids[0]}
        browser.change("merge", {**form, "token": token_in(browser.screen("merge", form))})
    first, second = (to_global_id("CustomerMerge", merge.pk) for merge in Merge.objects.order_by("pk"))
    html = browser.screen(f"merges/{first}/undo")
    assert "Undo these merges first" in html
    assert f"merges/{second}/undo" in html
    assert 'role="alert"' in browser.change(f"merges/{first}/undo")
    browser.change(f"merges/{second}/undo")
    browser.post(f"customers/{ids[0]}/edit", {"first_name": "Annabel"})
    assert "Undo the merge" in browser.screen(f"merges/{first}/undo")


def test_two_accounts_are_not_merged_before_one_is_chosen(browser: Browser, two: list[CustomerRecord]) -> None:
    for record in two:
        CustomerRecord.objects.filter(pk=record.pk).update(account=make_account(record.email))
    ids = [record_id(record) for record in two]
    html = browser.screen("merge", {"ids": ids})
    assert "The account that stays linked" in html
    assert re.search(r"<button[^>]*disabled[^>]*>Merge<", html)
    account = to_global_id("User", CustomerRecord.objects.get(pk=two[1].pk).account_id)
    html = browser.screen("merge", {"ids": ids, "account": account})
    assert not re.search(r"<button[^>]*disabled[^>]*>Merge<", html)


def test_the_other_one_is_looked_up_from_the_menu_of_a_customer(browser: Browser, two: list[CustomerRecord]) -> None:
    ids = [record_id(record) for record in two]
    assert f"customers/{ids[0]}/merge" in browser.screen(f"customers/{ids[0]}")
    html = browser.screen(f"customers/{ids[0]}/merge", {"q": "b@gmx"})
    assert "b@gmx.de" in html
    assert "ids=" in html
    assert "Nobody matches" in browser.screen(f"customers/{ids[0]}/merge", {"q": "nobody has this"})


def test_one_is_not_enough(browser: Browser, two: list[CustomerRecord]) -> None:
    assert "Nobody to merge" in browser.screen("merge", {"ids": [record_id(two[0])] * 2})
    gone = to_global_id("CustomerRecord", 999_999_999)
    assert browser.get("merge", {"ids": [record_id(two[0]), gone]}).status_code == 400
