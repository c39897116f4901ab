"""Files of other shops and tools, recognised by their headers.

Headers are compared trimmed and without regard to case. A format is recognised by columns that are its own; what other
shops counted (orders, money) is never ours, and is kept as a custom attribute when asked.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

# A column that we know and have no place for: kept as a custom attribute when asked.
KEEP = "keep"
# A column that is of no use to anybody here, or that must not be kept: passwords and their like.
DROP = "drop"


@dataclass(frozen=True, slots=True)
class Format:
    """A layout of files. `columns` maps its headers to ours, `marks` are headers that tell it from others."""

    key: str
    label: str
    marks: tuple[str, ...]
    columns: dict[str, str] = field(default_factory=dict)
    delimiter: str = ","
    # Headers with changing parts, such as Shopify's metafields.
    patterns: tuple[tuple[str, str], ...] = ()


def _pairs(text: str) -> dict[str, str]:
    """`header: key` lines; a header without a key is one to KEEP."""
    pairs = {}
    for line in text.strip().splitlines():
        header, _, key = line.strip().partition(" > ")
        pairs[header.strip()] = key.strip() or KEEP
    return pairs


def _kept(*headers: str) -> dict[str, str]:
    return dict.fromkeys(headers, KEEP)


def _dropped(headers: str) -> dict[str, str]:
    return dict.fromkeys(headers.split(), DROP)


_SHOPIFY = _pairs(
    """
    First Name > first_name
    Last Name > last_name
    Email > email
    Phone > phone
    Note > store_note
    Tax Exempt > is_tax_exempt
    Tags > tags
    Accepts SMS Marketing
    Total Spent
    Total Orders
    """
)
_SHOPIFY_ADDRESS = _kept("Address1", "Address2", "City", "Province", "Province Code", "Zip")
_SHOPIFY_OLD = {**_SHOPIFY, **_SHOPIFY_ADDRESS, "Company": "company_name", "Country Code": "country_code"}

FORMATS: tuple[Format, ...] = (
    Format(
        "shopify",
        "Shopify",
        marks=("Accepts Email Marketing", "Default Address Address1", "Default Address Country Code"),
        columns={
            **_SHOPIFY,
            "Customer ID": KEEP,
            "Accepts Email Marketing": "accepts_marketing",
            "Accepts WhatsApp Marketing": KEEP,
            "Default Address Company": "company_name",
            "Default Address Country Code": "country_code",
            "Default Address Phone": "additional_phones",
            **_kept(*(f"Default Address {part}" for part in ("Address1", "Address2", "City", "Province Code", "Zip"))),
        },
        patterns=((r".*\(customer\.metafields\.[^()]*\)", KEEP),),
    ),
    Format(
        "shopify-2",
        "Shopify (second generation)",
        marks=("Accepts Email Marketing", "Address1", "Province Code", "Accepts SMS Marketing"),
        columns={**_SHOPIFY_OLD, "Customer ID": KEEP, "Country": DROP, "Accepts Email Marketing": "accepts_marketing"},
    ),
    Format(
        "shopify-1",
        "Shopify (first generation)",
        marks=("Accepts Marketing", "Address1", "Province Code", "Total Spent"),
        columns={**_SHOPIFY_OLD, "Country": DROP, "Accepts Marketing": "accepts_marketing"},
    ),
    Format(
        "woocommerce",
        "WooCommerce Analytics",
        marks=("Username", "Last Active", "Sign Up", "AOV", "Total Spend"),
        columns=_pairs(
            """
            Name > name
            Username
            Last Active
            Sign Up > created_at
            Email > email
            Orders
            Total Spend
            AOV
            Country / Region > country_code
            City
            Region
            Postal Code
            Billing Phone > phone
            Shipping Phone > additional_phones
            Role
            """
        ),
    ),
    Format(
        "magento",
        "Adobe Commerce (Magento)",
        marks=("_website", "_store", "created_in", "group_id", "website_id"),
        columns={
            **_pairs(
                """
                email > email
                created_at > created_at
                firstname > first_name
                lastname > last_name
                prefix
                middlename
                suffix
                dob
                gender
                taxvat
                group_id
                created_in
                _address_country_id > country_code
                _address_company > company_name
                _address_telephone > phone
                _address_city
                _address_postcode
                _address_region
                _address_street
                _address_vat_id
                """
            ),
            **_dropped(
                """_website _store confirmation disable_auto_group_change password_hash rp_token rp_token_created_at
                store_id updated_at website_id password _address_fax _address_firstname _address_lastname
                _address_middlename _address_prefix _address_suffix _address_default_billing_
                _address_default_shipping_"""
            ),
        },
    ),
    Format(
        "prestashop",
        "PrestaShop",
        marks=("Active (0/1)", "Newsletter (0/1)", "Opt-in (0/1)", "Groups (x,y,z...)"),
        delimiter=";",
        columns={
            **_pairs(
                """
                Customer ID
                Active (0/1) > is_active
                Titles ID (Mr = 1, Ms = 2, else 0)
                Email * > email
                Birthday (yyyy-mm-dd)
                Last Name * > last_name
                First Name * > first_name
                Newsletter (0/1) > accepts_marketing
                Opt-in (0/1)
                Registration date (yyyy-mm-dd) > created_at
                Groups (x,y,z...)
                Default group ID
                """
            ),
            "Password *": DROP,
        },
    ),
    Format(
        "mailchimp",
        "Mailchimp",
        marks=("MEMBER_RATING", "OPTIN_TIME", "LEID", "EUID", "LAST_CHANGED"),
        columns={
            **_pairs(
                """
                Email Address > email
                First Name > first_name
                Last Name > last_name
                OPTIN_TIME > created_at
                CC > country_code
                NOTES > store_note
                TAGS > tags
                Phone Number > phone
                MEMBER_RATING
                REGION
                TIMEZONE
                """
            ),
            **_dropped(
                """OPTIN_IP CONFIRM_TIME CONFIRM_IP LATITUDE LONGITUDE GMTOFF DSTOFF LAST_CHANGED LEID EUID UNSUB_TIME
                UNSUB_CAMPAIGN_TITLE UNSUB_CAMPAIGN_ID UNSUB_REASON UNSUB_REASON_OTHER CLEAN_TIME CLEAN_CAMPAIGN_TITLE
                CLEAN_CAMPAIGN_ID"""
            ),
        },
    ),
    Format(
        "klaviyo",
        "Klaviyo",
        marks=("Klaviyo ID", "Email Marketing Consent", "Historic Customer Lifetime Value"),
        columns=_pairs(
            """
            Email > email
            Klaviyo ID
            First Name > first_name
            Last Name > last_name
            Organization > company_name
            Title
            Phone Number > phone
            Address
            Address 2
            City
            State / Region
            Country > country_code
            Zip Code
            Source
            Email Marketing Consent > accepts_marketing
            Profile Created On > created_at
            Historic Customer Lifetime Value
            Total Customer Lifetime Value
            Predicted Customer Lifetime Value
            Average Order Value
            Historic Number Of Orders
            First Active
            Last Active
            Latitude > drop
            Longitude > drop
            IP Address > drop
            Email Marketing Consent Timestamp > drop
            Date Added > drop
            Last Open > drop
            Last Click > drop
            Average Days Between Orders > drop
            Email Suppressions > drop
            """
        ),
    ),
    Format(
        "squarespace",
        "Squarespace",
        marks=("Total Orders", "Total Spent", "Customer Since"),
        columns={
            **_pairs(
                """
                First Name > first_name
                Last Name > last_name
                Email > email
                Tags > tags
                Customer Since > created_at
                """
            ),
            **_kept("Account", "Total Orders", "Total Spent", "Average Order Value", "Last Order Date"),
        },
    ),
    Format(
        "squarespace-list",
        "Squarespace mailing list",
        marks=("Email Address", "Date Subscribed"),
        columns={"Email Address": "email", "Date Subscribed": "created_at"},
    ),
    Format("ecwid", "Ecwid", marks=("name", "email", "password"), columns={"name": "name", "password": DROP}),
)

_BY_KEY = {one.key: one for one in FORMATS}


def plain_header(header: str) -> str:
    return " ".join(header.strip().casefold().split())


def format_of(key: str) -> Format:
    return _BY_KEY[key]


def recognise(headers: Iterable[str]) -> Format | None:
    """The format whose marks are all or nearly all there, the one with most columns present first."""
    present = {plain_header(header) for header in headers}
    scored = []
    for one in FORMATS:
        marks = sum(plain_header(mark) in present for mark in one.marks)
        missing = len(one.marks) - marks
        if missing == 0 or (marks >= 3 and missing == 1):
            scored.append((_present(one, present), marks, one))
    return max(scored, key=lambda entry: entry[:2])[2] if scored else None


def _present(one: Format, present: set[str]) -> int:
    return len({plain_header(header) for header in (*one.columns, *one.marks)} & present)


def columns_of(one: Format, headers: Sequence[str]) -> dict[int, str]:
    """Our key, KEEP or DROP for each of the file's columns that the format knows, by position."""
    known = {plain_header(header): key for header, key in one.columns.items()}
    found = {}
    for index, header in enumerate(headers):
        key = known.get(plain_header(header))
        if key is None:
            key = next((key for pattern, key in one.patterns if re.fullmatch(pattern, header.strip())), None)
        if key is not None:
            found[index] = key
    return found
