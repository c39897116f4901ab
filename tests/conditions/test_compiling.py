"""Who meets a condition, field by field."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from saleor_customer_plus.activity.services import SYNC
from saleor_customer_plus.conditions.compiling import compile_tree
from saleor_customer_plus.conditions.context import Context
from saleor_customer_plus.conditions.parsing import parse
from saleor_customer_plus.conditions.registry import Data
from saleor_customer_plus.consent.models import CurrentConsent
from saleor_customer_plus.groups.services import join
from saleor_customer_plus.ledger.refresh import refresh_records
from saleor_customer_plus.records.models import CustomerRecord
from saleor_customer_plus.settings import DEFAULTS
from saleor_customer_plus.tags.services import assign
from tests.factories import (
    make_account,
    make_channel,
    make_group,
    make_lead,
    make_ledger_entry,
    make_note,
    make_record,
    make_tag,
)

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 15, 12, tzinfo=UTC)
HERE = Context(now=NOW)


def ago(days: float) -> datetime:
    return NOW - timedelta(days=days)


def person(name: str, **fields: Any) -> CustomerRecord:
    return make_record(f"{name}@example.com", **{"created_at": NOW} | fields)


def buys(record: CustomerRecord, *totals: str, days_ago: float = 0, **fields: Any) -> CustomerRecord:
    """Give a record orders that count, with all that follows from them."""
    for total in totals:
        make_ledger_entry(record, total=total, **{"placed_at": ago(days_ago)} | fields)
    refresh_records([record.pk], DEFAULTS)
    return record


def meeting(text: str, context: Context = HERE) -> set[str]:
    """The part before the @ of the addresses of those who meet a condition."""
    records = CustomerRecord.objects.filter(compile_tree(parse(text), context).condition)
    return {record.email.partition("@")[0] for record in records}


class TestRecord:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("email = ' ANNA@example.com '", {"anna"}),
            ("email CONTAINS 'N@EXAMPLE'", {"ben"}),
            ("first_name = 'RENE'", {"anna"}),
            ("first_name CONTAINS 'né'", {"anna"}),
            ("first_name IS NULL", {"ben", "carl"}),
            ("first_name != 'rené'", {"ben", "carl"}),
            ("first_name NOT CONTAINS '%'", {"anna", "ben", "carl"}),
            ("company = 'acme gmbh'", {"ben"}),
            ("company IN ('ACME GMBH', 'x')", {"ben"}),
            ("company CONTAINS 'gmbh' OR phone = '+49123'", {"anna", "ben"}),
            ("city = 'munchen'", {"anna"}),
            ("city NOT IN ('München')", {"ben", "carl"}),
            ("street = 'Weg 1' AND postal_code = '80331' AND country_area = 'Bayern'", {"anna"}),
            ("country = 'de'", {"anna"}),
            ("country != 'DE'", {"ben", "carl"}),
            ("country IS NULL", {"carl"}),
            ("language = 'PT_BR'", {"ben"}),
            ("number = 'K-1'", {"ben"}),
            ("number != 'K-1'", {"anna", "carl"}),
            ("number IS NULL", {"anna", "carl"}),
            ("store_note CONTAINS 'late'", {"ben"}),
            ("has_image = true", {"carl"}),
            ("lawful_basis = 'CONTRACT'", {"carl"}),
            ("stage = 'customer'", {"ben"}),
            ("sources CONTAINS 'IMPORT'", {"anna", "ben"}),
            ("sources IN ('order', 'staff')", {"ben"}),
            ("sources NOT IN ('ORDER', 'STAFF')", {"anna", "carl"}),
            ("sources IS NULL", {"carl"}),
            ("is_active = false", {"carl"}),
            ("is_active != false", {"anna", "ben"}),
            ("is_tax_exempt = true OR is_approved_buyer = true", {"anna", "ben"}),
            ("created_at < -30d", {"carl"}),
            ("customer_since IS NULL", {"anna", "carl"}),
            ("customer_since >= 2026-01-01", {"ben"}),
            ("NOT customer_since >= 2026-01-01", {"anna", "carl"}),
            ("attributes.level = 'gold'", {"anna"}),
            ("attributes.level != 'gold'", {"ben", "carl"}),
            ("attributes.level IN ('silver', 5)", {"ben"}),
            ("attributes.level IS NULL", {"carl"}),
            ('attributes."shoe sizes" CONTAINS 42', {"anna"}),
            ("attributes.\"shoe sizes\" = JSON '[42]'", {"anna"}),
            ("attributes.level CONTAINS 'OL'", {"anna"}),
            ("attributes.level NOT CONTAINS 'ol'", {"ben", "carl"}),
        ],
    )
    def test_each_field(self, text: str, expected: set[str]) -> None:
        person(
            "anna",
            first_name="René",
            phone="+49123",
            city="München",
            street_address_1="Weg 1",
            postal_code="80331",
            country_area="Bayern",
            country_code="DE",
            sources=["IMPORT"],
            is_tax_exempt=True,
            attributes={"level": "gold", "shoe sizes": [42, 43]},
        )
        person(
            "ben",
            company_name="Acme GmbH",
            country_code="FR",
            language_code="pt-br",
            number="K-1",
            store_note="Pays too late.",
            stage="CUSTOMER",
            sources=["IMPORT", "ORDER"],
            is_approved_buyer=True,
            customer_since=ago(10),
            attributes={"level": 5},
        )
        person("carl", image="a.png", lawful_basis="CONTRACT", is_active=False, created_at=ago(40))

        assert meeting(text) == expected

    def test_accounts(self) -> None:
        person("member", account=make_account("member@example.com"))
        make_account("waits@example.com", is_confirmed=False)
        person("waits")
        make_account("boss@example.com", is_staff=True)
        person("boss")

        assert meeting("has_account = true") == {"member"}
        assert meeting("has_unconfirmed_account = true") == {"waits"}
        assert meeting("has_unconfirmed_account != true") == {"member", "boss"}
        assert meeting("is_staff = true") == {"boss"}
        assert meeting("NOT is_staff = true") == {"member", "waits"}

    def test_ids(self) -> None:
        anna, ben = person("anna"), person("ben")

        assert meeting(f"id IN (#{anna.pk}, #0)") == {"anna"}
        assert meeting(f"id != #{anna.pk}") == {ben.email.partition("@")[0]}


class TestFigures:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("order_count = 0", {"none"}),
            ("order_count != 2", {"none", "one"}),
            ("order_count BETWEEN 1 AND 2", {"one", "two"}),
            ("order_count IN (0, 2)", {"none", "two"}),
            ("order_count < 1.5", {"none", "one"}),
            ("total_spent > 10 EUR", {"two"}),
            ("total_spent = 0 USD", {"none", "two"}),
            ("total_spent <= 10 EUR", {"none", "one"}),
            ("NOT total_spent <= 10 EUR", {"two"}),
            ("net_of_refunds = 25 EUR", {"two"}),
            ("net_of_refunds < 5 USD", {"none", "two"}),
            ("average_order_value = 15 EUR", {"two"}),
            ("average_order_value != 15 EUR", {"none", "one"}),
            ("last_order >= -3d", {"two"}),
            ("last_order < -3d", {"one"}),
            ("last_order IS NULL", {"none"}),
            ("NOT last_order < -3d", {"none", "two"}),
            ("first_order >= -20d", {"two"}),
            ("first_order BETWEEN -100d AND -20d", {"one"}),
            ("first_order < -5d", {"one", "two"}),
            ("first_order != -10d", {"none", "one"}),
            ("first_order IS NULL", {"none"}),
            ("days_since_last_order = 2", {"two"}),
            ("days_since_last_order > 2", {"one"}),
            ("days_since_last_order <= 50", {"one", "two"}),
            ("days_since_last_order < 50", {"two"}),
            ("days_since_last_order IS NULL", {"none"}),
        ],
    )
    @pytest.mark.parametrize("is_restricted", [False, True])
    def test_each_field(self, text: str, expected: set[str], is_restricted: bool) -> None:
        channel = make_channel()
        person("none")
        buys(person("one"), "10", days_ago=50, currency="USD", channel_id=channel.pk)
        two = person("two")
        buys(two, "10", days_ago=10, channel_id=channel.pk)
        buys(two, "20", days_ago=2, refunded=5, channel_id=channel.pk)
        if is_restricted:  # whoever sees one channel is told what would be if there were no other
            buys(person("none2"), "1000", channel_id=make_channel().pk)
            buys(two, "1000", days_ago=1, channel_id=make_channel().pk)
            buys(two, "1000", days_ago=1000, channel_id=make_channel().pk)
            expected = expected | {"none2"} if "none" in expected else expected
        context = Context(now=NOW, channels=frozenset({channel.pk}) if is_restricted else None)

        assert meeting(text, context) == expected


class TestOrders:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("orders MATCHES (date >= -30d)", {"anna"}),
            ("orders NOT MATCHES (date >= -30d)", {"ben", "none"}),
            ("orders MATCHES (count >= 2)", {"anna"}),
            ("orders MATCHES (count >= 2, date >= -30d)", set()),
            ("orders MATCHES (count = 0)", {"none"}),
            ("orders MATCHES (count = 0, date >= -30d)", {"ben", "none"}),
            ("orders MATCHES (count < 2)", {"ben", "none"}),
            ("orders MATCHES (count < 1.5)", {"ben", "none"}),
            ("orders MATCHES (count != 1)", {"anna", "none"}),
            ("orders NOT MATCHES (count != 1)", {"ben"}),
            ("orders MATCHES (count IN (0, 2))", {"anna", "none"}),
            ("orders MATCHES (spent > 25 EUR)", {"anna"}),
            ("orders MATCHES (spent < 25 EUR, date < -30d)", {"anna", "ben", "none"}),
            ("orders MATCHES (spent >= 0 EUR, count >= 1)", {"anna", "ben"}),
            ("orders MATCHES (net_of_refunds = 25 EUR)", {"anna"}),
            ("orders MATCHES (average = 15 EUR)", {"anna"}),
            ("orders MATCHES (average != 15 EUR)", {"ben", "none"}),
            ("orders MATCHES (total >= 20 EUR)", {"anna"}),
            ("orders MATCHES (total != 20 EUR)", {"anna", "ben"}),
            ("orders MATCHES (currency = 'usd')", {"ben"}),
            ("orders MATCHES (channel = 'eu')", {"anna"}),
            ("orders MATCHES (channel != 'eu')", {"anna", "ben"}),
            ("orders MATCHES (country = 'FR')", {"ben"}),
            ("orders MATCHES (counts = false)", {"none"}),
            ("orders MATCHES (counts = false, status = 'CANCELED')", {"none"}),
            ("orders MATCHES (status IN ('fulfilled'))", {"ben"}),
            ("orders MATCHES (charge_status = 'FULL')", {"anna", "ben"}),
        ],
    )
    def test_each_parameter(self, text: str, expected: set[str]) -> None:
        europe, others = make_channel("eu"), make_channel("others")
        anna = buys(person("anna"), "10", days_ago=60, channel_id=europe.pk)
        buys(anna, "20", refunded=5, days_ago=5, channel_id=others.pk)
        ben = person("ben")
        buys(ben, "30", days_ago=50, currency="USD", channel_id=others.pk, country_code="FR", status="fulfilled")
        none = person("none")
        make_ledger_entry(none, total="5", counts=False, status="canceled", placed_at=NOW, channel_id=europe.pk)

        assert meeting(text) == expected

    def test_restricted_staff_see_their_channels_alone(self) -> None:
        europe, others = make_channel("eu"), make_channel("others")
        anna = buys(person("anna"), "10", channel_id=europe.pk)
        buys(anna, "20", channel_id=others.pk)
        buys(person("ben"), "30", channel_id=others.pk)
        seen = Context(now=NOW, channels=frozenset({europe.pk}))

        assert meeting("orders MATCHES (count >= 2)") == {"anna"}
        assert meeting("orders MATCHES (count >= 2)", seen) == set()
        assert meeting("orders MATCHES (count = 0)", seen) == {"ben"}
        assert meeting("orders MATCHES (channel = 'others')", seen) == set()


def test_restricted_staff_are_told_no_line_of_the_address_of_an_order_that_they_do_not_see() -> None:
    europe, others = make_channel("eu"), make_channel("others")
    for name, channel in (("anna", europe), ("ben", others)):
        record = person(name)
        buys(record, "10", channel_id=channel.pk, city="Berlin", postal_code="10119", country_code="DE")
    seen = Context(now=NOW, channels=frozenset({europe.pk}))

    assert meeting("city = 'Berlin'") == {"anna", "ben"}
    assert meeting("city = 'Berlin'", seen) == {"anna"}
    assert meeting("city != 'Berlin'", seen) == {"ben"}
    assert meeting("city IS NULL", seen) == {"ben"}
    assert meeting("postal_code CONTAINS '1'", seen) == {"anna"}


class TestDays:
    def test_a_day_begins_in_the_time_zone_of_the_shop(self) -> None:
        person("before", created_at=datetime(2026, 2, 28, 22, 59, tzinfo=UTC))
        person("first", created_at=datetime(2026, 2, 28, 23, 0, tzinfo=UTC))
        person("last", created_at=datetime(2026, 3, 1, 22, 59, tzinfo=UTC))
        person("after", created_at=datetime(2026, 3, 1, 23, 0, tzinfo=UTC))
        berlin = Context(now=NOW, zone=ZoneInfo("Europe/Berlin"))

        assert meeting("created_at = 2026-03-01", berlin) == {"first", "last"}
        assert meeting("created_at != 2026-03-01", berlin) == {"before", "after"}
        assert meeting("created_at > 2026-03-01", berlin) == {"after"}
        assert meeting("created_at >= 2026-03-01", berlin) == {"first", "last", "after"}
        assert meeting("created_at < 2026-03-01", berlin) == {"before"}
        assert meeting("created_at <= 2026-03-01", berlin) == {"before", "first", "last"}
        assert meeting("created_at BETWEEN 2026-02-28 AND 2026-02-28", berlin) == {"before"}
        assert meeting("created_at > 2026-03-01T22:59:00Z", berlin) == {"after"}
        assert meeting("created_at = -2w", berlin) == {"first", "last"}

    def test_next_boundary(self) -> None:
        berlin = Context(now=NOW, zone=ZoneInfo("Europe/Berlin"))

        def boundary(text: str) -> datetime | None:
            return compile_tree(parse(text), berlin).next_boundary

        midnight = datetime(2026, 3, 15, 23, tzinfo=UTC)
        assert boundary("created_at > 2026-03-01 AND order_count > 2") is None
        assert boundary("created_at > -30d") == midnight
        assert boundary("NOT orders MATCHES (date > -30d)") == midnight
        assert boundary("days_since_last_order > 5") == midnight


def test_what_a_condition_depends_on() -> None:
    compiled = compile_tree(parse("city = 'x' AND order_count > 2"), HERE)

    assert compiled.depends == {Data.RECORDS, Data.ORDERS}
    assert compiled.tells_of_orders
    assert not compile_tree(parse("first_name = 'x'"), HERE).tells_of_orders


class TestLabels:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("tags CONTAINS 'vip'", {"anna"}),
            ("tags IN ('VIP', 'press')", {"anna", "ben"}),
            ("tags NOT CONTAINS 'vip'", {"ben", "carl"}),
            ("tags IS NULL", {"carl"}),
            ("groups CONTAINS 'trade'", {"anna"}),
            ("groups CONTAINS 'general'", {"ben", "carl"}),
            ("groups NOT IN ('Trade', 'General')", set()),
            ("groups IN (#0)", {"ben", "carl"}),
        ],
    )
    def test_by_name_in_any_case(self, text: str, expected: set[str]) -> None:
        anna, ben = person("anna"), person("ben")
        person("carl")
        assign([(anna.pk, make_tag("Vip").pk), (ben.pk, make_tag("press").pk)], actor=SYNC)
        join([(anna.pk, make_group("Trade").pk)], actor=SYNC, several=True)

        assert meeting(text) == expected

    def test_by_id(self) -> None:
        anna, tag = person("anna"), make_tag("vip")
        assign([(anna.pk, tag.pk)], actor=SYNC)

        assert meeting(f"tags CONTAINS #{tag.pk}") == {"anna"}


class TestLeadsAndNotes:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("leads MATCHES (open = true)", {"anna"}),
            ("leads NOT MATCHES (open = true)", {"ben", "none"}),
            ("leads MATCHES (open = false)", {"ben"}),
            ("leads MATCHES (state = 'lost')", {"ben"}),
            ("leads MATCHES (overdue = true)", {"anna"}),
            ("leads MATCHES (overdue != true)", {"ben"}),
            ("leads MATCHES (count = 0)", {"none"}),
            ("leads MATCHES (origin IN ('PHONE'))", {"ben"}),
            ("leads MATCHES (campaign = 'Spring')", {"ben"}),
            ("leads MATCHES (campaign IS NULL)", {"anna"}),
            ("leads MATCHES (created >= -1d)", {"anna"}),
            ("leads MATCHES (next_contact = -1d)", {"anna"}),
            ("leads MATCHES (next_contact IS NULL)", {"ben"}),
            ("leads MATCHES (converted IS NOT NULL)", set()),
            ("notes MATCHES (pinned = true)", {"ben"}),
            ("notes MATCHES (text CONTAINS 'CALLED')", {"anna", "ben"}),
            ("notes NOT MATCHES (created >= -1d)", {"ben", "none"}),
            ("notes MATCHES (count >= 1, pinned = false)", {"anna"}),
        ],
    )
    def test_each_parameter(self, text: str, expected: set[str]) -> None:
        anna, ben = person("anna"), person("ben")
        person("none")
        make_lead(anna, created_at=NOW, next_contact_at=ago(1))
        make_lead(ben, created_at=ago(9), state="LOST", origin="PHONE", campaign="spring")
        make_note(anna, created_at=NOW)
        make_note(ben, created_at=ago(9), is_pinned=True)

        assert meeting(text) == expected

    def test_what_is_due_is_looked_at_each_hour(self) -> None:
        half_past = Context(now=NOW + timedelta(minutes=30))

        assert compile_tree(parse("leads MATCHES (overdue = true)"), half_past).next_boundary == NOW + timedelta(
            hours=1
        )


class TestConsent:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("consent.email.newsletter = 'SUBSCRIBED'", {"anna"}),
            ("consent.email.newsletter != 'subscribed'", {"ben", "none"}),
            ("consent.email.newsletter = 'NOT_SUBSCRIBED'", {"none"}),
            ("consent.email.newsletter IN ('NOT_SUBSCRIBED', 'SUBSCRIBED')", {"anna", "none"}),
            ("consent.SMS.Promotional = 'SUBSCRIBED'", set()),
            ("accepts_newsletter = true", {"anna"}),
            ("accepts_promotional_mail = true OR accepts_system_mail = true", set()),
        ],
    )
    def test_by_channel_and_purpose(self, text: str, expected: set[str]) -> None:
        anna, ben = person("anna", accepts_newsletter=True), person("ben")
        person("none")
        for record, state in ((anna, "SUBSCRIBED"), (ben, "UNSUBSCRIBED")):
            CurrentConsent.objects.create(record=record, channel="EMAIL", purpose="NEWSLETTER", state=state)

        assert meeting(text) == expected


class TestAnniversaries:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("days_until_anniversary.customer_since = 0", {"today", "years"}),
            ("days_until_anniversary.customer_since <= 7", {"today", "years", "soon"}),
            ("days_until_anniversary.customer_since BETWEEN 1 AND 7", {"soon"}),
            ("days_until_anniversary.customer_since = 364", {"yesterday"}),
            ("days_until_anniversary.customer_since IS NULL", {"lead"}),
            ("NOT days_until_anniversary.customer_since <= 7", {"yesterday", "lead"}),
            ("days_until_anniversary.customer_since > 400", set()),
            ("days_until_anniversary.first_order IS NOT NULL", set()),
        ],
    )
    def test_days_until_the_next(self, text: str, expected: set[str]) -> None:
        person("today", customer_since=NOW)
        person("years", customer_since=NOW.replace(year=2019))
        person("soon", customer_since=NOW.replace(year=2024, day=22))
        person("yesterday", customer_since=ago(1))
        person("lead")

        assert meeting(text) == expected

    def test_the_29th_of_february_is_the_28th_in_other_years(self) -> None:
        person("leap", customer_since=datetime(2024, 2, 29, 12, tzinfo=UTC))

        assert meeting("days_until_anniversary.customer_since = 0", Context(now=datetime(2026, 2, 28, tzinfo=UTC)))
        assert not meeting("days_until_anniversary.customer_since = 0", Context(now=datetime(2028, 2, 28, tzinfo=UTC)))
        assert meeting("days_until_anniversary.customer_since = 0", Context(now=datetime(2028, 2, 29, tzinfo=UTC)))

    def test_of_the_first_order(self) -> None:
        channel = make_channel()
        anna = buys(person("anna"), "10", days_ago=365, channel_id=channel.pk)
        buys(anna, "10", days_ago=400, channel_id=make_channel().pk)

        assert meeting("days_until_anniversary.first_order = 0") == set()
        seen = Context(now=NOW, channels=frozenset({channel.pk}))
        assert meeting("days_until_anniversary.first_order = 0", seen) == {"anna"}
