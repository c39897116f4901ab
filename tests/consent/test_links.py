"""The links by which people unsubscribe: what they tell, whom they are of, and when they no longer work."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from saleor_customer_plus.activity.services import SYNC
from saleor_customer_plus.consent import links
from saleor_customer_plus.consent.models import ConsentPurpose, PreferenceLink
from saleor_customer_plus.records.models import CustomerRecord
from tests.factories import change, make_record

pytestmark = pytest.mark.django_db


@pytest.fixture
def anna() -> CustomerRecord:
    return make_record("anna@example.com", first_name="Anna")


@pytest.mark.parametrize("purpose", [*ConsentPurpose, None])
def test_a_link_tells_whose_it_is_and_of_which_message(anna: CustomerRecord, purpose: ConsentPurpose | None) -> None:
    link = links.read(links.token_of(anna, purpose))

    assert link is not None
    assert (link.record_id, link.email, link.purpose) == (anna.pk, "anna@example.com", purpose)


def test_the_same_link_is_in_every_message_and_tells_nothing_of_the_person(anna: CustomerRecord) -> None:
    first = links.unsubscribe_url(anna, ConsentPurpose.NEWSLETTER)
    with CaptureQueriesContext(connection) as captured:
        again = links.unsubscribe_url(anna, ConsentPurpose.NEWSLETTER)

    assert again == first
    assert "/plugins/customer-plus/newsletter/preferences/" in first
    path = first.partition("/plugins/")[2]  # the shop itself may be at example.com
    assert not any(word in path for word in ("anna", "example.com", f"/{anna.pk}"))
    assert sum("preferencelink" in query["sql"] for query in captured) == 1
    assert links.unsubscribe_headers(anna, ConsentPurpose.NEWSLETTER) == {
        "List-Unsubscribe": f"<{first}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }


def test_forged_ones_and_those_of_another_purpose_are_of_nobody(anna: CustomerRecord) -> None:
    token = links.token_of(anna, ConsentPurpose.NEWSLETTER)
    signed, _, signature = token.rpartition(".")
    other = links.token_of(make_record("ben@example.com"), ConsentPurpose.NEWSLETTER)

    for forged in (
        "",
        "x",
        ".",
        signed,
        f"{signed}.",
        f"{signed[:-1]}p.{signature}",
        f"{signed}.{other.rpartition('.')[2]}",
        token + "x",
        "\x00",
        "é" * 9999,
    ):
        assert links.read(forged) is None


def test_a_link_ends_with_the_record_the_address_or_when_it_is_revoked(anna: CustomerRecord) -> None:
    token = links.token_of(anna)
    change(anna, email="new@example.com")
    assert links.read(token) is None  # whoever has the former mailbox may be somebody else
    change(anna, email="anna@example.com")
    assert links.read(token) is not None

    assert links.revoke(anna.pk, actor=SYNC) == 1
    assert links.read(token) is None
    renewed = links.token_of(anna)
    assert renewed != token
    assert links.read(renewed) is not None

    PreferenceLink.objects.all().delete()
    assert links.read(renewed) is None


def test_links_of_many_are_made_in_three_statements() -> None:
    people = [make_record() for _ in range(20)]
    links.token_of(people[0])
    with CaptureQueriesContext(connection) as captured:
        urls = links.unsubscribe_urls(people, ConsentPurpose.PROMOTIONAL)

    assert sum("preferencelink" in query["sql"] for query in captured) == 3
    assert [links.read(urls[one.pk].rpartition("/")[2]).record_id for one in people] == [one.pk for one in people]  # type: ignore[union-attr]
    assert urls == {one.pk: links.unsubscribe_url(one, ConsentPurpose.PROMOTIONAL) for one in people}
