"""The preview shows the value that is there beside the one that will be, whatever it is a value of."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from saleor_customer_plus.bulk.imports.options import Subscribe

from ...factories import make_group, make_record, save_settings
from .test_import_job import load, preview

pytestmark = pytest.mark.django_db


def changes_of(content: str, **options: Any) -> dict[str, tuple[Any, Any]]:
    (row,) = preview(content, **options)["rows"]
    assert row["outcome"] == "updated"
    assert {change["field"] for change in row["changes"]} == set(row["changed"])
    return {change["field"]: (change["before"], change["after"]) for change in row["changes"]}


def test_fields_with_their_old_and_new_values() -> None:
    make_record("anna@example.com", first_name="Ann", city="Rome", country_code="IT", attributes={"a": "1"})
    told = changes_of("email,first name,city,country,attribute:a\nanna@example.com,Anna,Rome,DE,2\n")
    assert told == {"first_name": ("Ann", "Anna"), "country_code": ("IT", "DE"), "attributes": ({"a": "1"}, {"a": "2"})}


def test_a_field_that_a_blank_cell_clears() -> None:
    make_record("anna@example.com", company_name="Old", is_active=True)
    told = changes_of("email,company,active\nanna@example.com,,no\n", erase_blanks=True)
    assert told == {"company_name": ("Old", ""), "is_active": (True, False)}


def test_tags_are_added_and_keep_their_spelling() -> None:
    load("email,tags\nanna@example.com,VIP\nbo@example.com,Press\n")
    assert changes_of('email,tags\nanna@example.com,"press, New"\n') == {"tags": (["VIP"], ["VIP", "Press", "New"])}


@pytest.mark.parametrize(("several", "after"), [(True, ["Trade", "Club"]), (False, ["Club"])])
def test_groups_are_added_or_take_the_place_of_the_other(several: bool, after: list[str]) -> None:
    save_settings(several_groups=several)
    for name in ("Trade", "Club"):
        make_group(name)
    load("email,groups\nanna@example.com,Trade\n")
    assert changes_of("email,groups\nanna@example.com,Club\n") == {"groups": (["Trade"], after)}


def test_consents_and_leads() -> None:
    load(
        "email,accepts_newsletter\nanna@example.com,yes\n",
        subscribe=Subscribe.MARKED,
        lawful_basis="CONSENT",
        wording="News?",
    )
    headers = "email,accepts_newsletter,accepts_promotional_mail,lead_subject"
    content = f"{headers}\nanna@example.com,unsubscribed,unsubscribed,Chairs\n"
    assert changes_of(content, make_leads=True) == {
        "accepts_newsletter": (True, False),
        "accepts_promotional_mail": (None, False),
        "lead": (None, "Chairs"),
    }


def test_whoever_is_new_has_no_changes() -> None:
    (row,) = preview("email,first name\nanna@example.com,Anna\n")["rows"]
    assert (row["outcome"], row["changes"]) == ("created", [])


def test_the_number_of_statements_does_not_grow_with_the_rows() -> None:
    def statements(rows: int) -> int:
        emails = [make_record().email for _ in range(rows)]
        content = "email,first name,tags\n" + "".join(f"{email},Anna,vip\n" for email in emails)
        with CaptureQueriesContext(connection) as captured:
            preview(content)
        return len(captured)

    of_one = statements(1)
    assert statements(15) == of_one
