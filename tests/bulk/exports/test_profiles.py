"""The built-in profiles against what the documentation of each tool says. docs/export.md names the pages."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest

from saleor_customer_plus.bulk import exports
from saleor_customer_plus.bulk.exports.options import ExportRequest
from saleor_customer_plus.bulk.exports.profiles import READY
from saleor_customer_plus.customers.queries import RecordList
from saleor_customer_plus.jobs import engine as jobs
from saleor_customer_plus.jobs.models import JobState
from saleor_customer_plus.ledger.refresh import refresh_records
from saleor_customer_plus.settings import DEFAULTS
from saleor_customer_plus.tags.models import TagAssignment

from ...factories import make_address, make_consent, make_ledger_entry, make_order, make_record, make_tag
from ...hosts import ROOT
from ..counting import APP

pytestmark = pytest.mark.django_db

# The columns that each tool knows, as it spells them.
DOCUMENTED = {
    "shopify": (
        "First Name,Last Name,Email,Accepts Email Marketing,Default Address Company,Default Address Address1,"
        "Default Address Address2,Default Address City,Default Address Province Code,Default Address Country Code,"
        "Default Address Zip,Default Address Phone,Phone,Accepts SMS Marketing,Tags,Note,Tax Exempt"
    ),
    "mailchimp": "Email Address,First Name,Last Name,Address,Phone Number,Birthday,Company,Tags",
    "klaviyo": (
        "Email,Klaviyo ID,First Name,Last Name,Organization,Title,Phone Number,Address,Address 2,City,State / Region,"
        "Country,Zip Code,Latitude,Longitude,Source,IP Address,Email Marketing Consent,"
        "Email Marketing Consent Timestamp"
    ),
    "squarespace": (
        "Account,First Name,Last Name,Email,Total Orders,Total Spent,Average Order Value,Last Order Date,"
        "Customer Since,Last Shipping Name,Last Shipping Address,Last Shipping Phone,Last Billing Name,"
        "Last Billing Address,Last Billing Phone,Tags"
    ),
    "ecwid-newsletter": "Email,Name,Accepts marketing",
}


def rows(profile: str, **options: Any) -> list[dict[str, str]]:
    job = exports.create(RecordList(), ExportRequest(profile=profile, currency="EUR", **options), actor=APP)
    for _ in jobs.run(job.pk):
        pass
    job.refresh_from_db()
    assert job.state == JobState.SUCCEEDED, job.error_message
    with job.result_file.open("rb") as file:
        return list(csv.DictReader(io.StringIO(file.read().decode("utf-8-sig"), newline="")))


def a_subscriber(**fields: Any) -> Any:
    return make_record("anna@example.com", accepts_promotional_mail=True, accepts_newsletter=True, **fields)


def test_every_profile_for_another_tool_is_here_and_its_source_is_told() -> None:
    others = [profile.key for profile in READY.values() if profile.fixed]
    assert sorted(DOCUMENTED) == sorted(others)
    sources = (
        (ROOT / "docs" / "export.md")
        .read_text()
        .partition("\n## Where the profiles come from\n")[2]
        .partition("\n## ")[0]
    )
    assert [profile for profile in others if f"| `{profile}` |" not in sources] == []


@pytest.mark.parametrize("profile", DOCUMENTED)
def test_columns_are_those_that_the_tool_documents(profile: str) -> None:
    a_subscriber(first_name="Anna")
    (row,) = rows(profile)
    known = DOCUMENTED[profile].split(",")
    assert [header for header in row if header not in known] == []
    assert list(row) == [header for header in known if header in row] or profile == "mailchimp"


@pytest.mark.parametrize("profile", DOCUMENTED)
@pytest.mark.parametrize("language", ["it", "de"])
def test_the_language_of_headers_changes_nothing_for_a_tool(profile: str, language: str) -> None:
    a_subscriber()
    assert rows(profile, header_language=language) == rows(profile)


@pytest.mark.parametrize(
    ("region", "code"), [("RM", "RM"), ("ca", "CA"), ("IT-RM", "RM"), ("25", "25"), ("Lazio", ""), ("", "")]
)
def test_shopify_gets_codes_of_provinces_and_no_names(region: str, code: str) -> None:
    """Help page: the subdivision's code of one to three characters, without the code of the country."""
    record = a_subscriber()
    order = make_order("anna@example.com", shipping_address=make_address(country_area=region))
    make_ledger_entry(record, order_id=order.pk)
    refresh_records([record.pk], DEFAULTS)
    (row,) = rows("shopify")
    assert row["Default Address Province Code"] == code


def test_shopify_reads_yes_and_no() -> None:
    a_subscriber(is_tax_exempt=True)
    make_record("ben@example.com")
    found = rows("shopify")
    assert [(row["Accepts Email Marketing"], row["Tax Exempt"]) for row in found] == [("yes", "yes"), ("no", "no")]


def test_klaviyo_reads_its_three_words() -> None:
    a_subscriber()
    make_consent(make_record("left@example.com"), state="UNSUBSCRIBED")
    make_record("never@example.com")
    assert [row["Email Marketing Consent"] for row in rows("klaviyo")] == [
        "SUBSCRIBED", "UNSUBSCRIBED", "NEVER_SUBSCRIBED",
    ]  # fmt: skip


@pytest.mark.parametrize("profile", ["shopify", "mailchimp", "squarespace"])
def test_tags_for_other_tools_are_separated_by_commas_and_not_quoted(profile: str) -> None:
    record = a_subscriber()
    for name in ("vip", "R;D", "[x]"):
        TagAssignment.objects.create(record=record, tag=make_tag(name))
    assert rows(profile)[0]["Tags"] == "[x], R;D, vip"


@pytest.mark.parametrize(("profile", "header"), [("shopify", "Phone"), ("klaviyo", "Phone Number")])
def test_phones_are_in_international_format(profile: str, header: str) -> None:
    a_subscriber(phone="+390612345678")
    assert rows(profile)[0][header] == "+390612345678"
