"""Files of other shops, by their headers; any spelling of a header."""

from __future__ import annotations

import pytest

from saleor_customer_plus.bulk.columns import COLUMNS, IMPORTED, LANGUAGES
from saleor_customer_plus.bulk.imports.headers.formats import FORMATS, recognise
from saleor_customer_plus.bulk.imports.headers.mapping import map_columns
from saleor_customer_plus.bulk.imports.rows import Person, RowReader
from saleor_customer_plus.errors import CustomerPlusError

from ...hosts import ROOT

FILES = {
    "shopify": "Customer ID,First Name,Last Name,Email,Accepts Email Marketing,Default Address Company,"
    "Default Address Address1,Default Address Address2,Default Address City,Default Address Province Code,"
    "Default Address Country Code,Default Address Zip,Default Address Phone,Phone,Accepts SMS Marketing,Total Spent,"
    "Total Orders,Note,Tax Exempt,Tags",
    "shopify-2": "First Name,Last Name,Email,Accepts Email Marketing,Company,Address1,Address2,City,Province,"
    "Province Code,Country,Country Code,Zip,Phone,Accepts SMS Marketing,Total Spent,Total Orders,Tags,Note,Tax Exempt",
    "shopify-1": "First Name,Last Name,Email,Company,Address1,Address2,City,Province,Province Code,Country,"
    "Country Code,Zip,Phone,Accepts Marketing,Total Spent,Total Orders,Tags,Note,Tax Exempt",
    "woocommerce": "Name,Username,Last Active,Sign Up,Email,Orders,Total Spend,AOV,Country / Region,City,Region,"
    "Postal Code",
    "magento": "email,_website,_store,confirmation,created_at,created_in,disable_auto_group_change,dob,firstname,"
    "gender,group_id,lastname,middlename,password_hash,prefix,rp_token,rp_token_created_at,store_id,suffix,taxvat,"
    "updated_at,website_id,password",
    "prestashop": "Customer ID,Active (0/1),Titles ID (Mr = 1; Ms = 2; else 0),Email *,Password *,"
    "Birthday (yyyy-mm-dd),Last Name *,First Name *,Newsletter (0/1),Opt-in (0/1),Registration date (yyyy-mm-dd),"
    "Groups (x;y;z...),Default group ID",
    "mailchimp": "Email Address,First Name,Last Name,Birthday,MEMBER_RATING,OPTIN_TIME,OPTIN_IP,CONFIRM_TIME,"
    "CONFIRM_IP,LATITUDE,LONGITUDE,GMTOFF,DSTOFF,TIMEZONE,CC,REGION,LAST_CHANGED,LEID,EUID,NOTES,TAGS",
    "klaviyo": "Email,Klaviyo ID,First Name,Last Name,Organization,Title,Phone Number,Address,Address 2,City,"
    "State / Region,Country,Zip Code,Latitude,Longitude,Source,IP Address,Email Marketing Consent,"
    "Email Marketing Consent Timestamp,Historic Customer Lifetime Value",
    "squarespace": "Account,First Name,Last Name,Email,Total Orders,Total Spent,Average Order Value,Last Order Date,"
    "Customer Since,Tags",
    "squarespace-list": "Email Address,Date Subscribed",
    "ecwid": "name,email,password",
}


def headers_of(key: str) -> list[str]:
    return [header.replace(";", ",") for header in FILES[key].split(",")]


@pytest.mark.parametrize("key", FILES)
def test_files_of_other_shops_are_recognised(key: str) -> None:
    headers = [f" {header.upper()} " for header in headers_of(key)]
    found = recognise(headers)
    assert found is not None
    assert found.key == key
    mapped = map_columns(headers, [])
    assert mapped.format == key
    assert "email" in mapped.keys


def test_the_import_template_of_shopify_is_recognised() -> None:
    headers = [header for header in headers_of("shopify") if header not in ("Customer ID", "Total Spent")]
    assert recognise(headers) is not None


def test_a_shopify_row_means_what_it_says() -> None:
    headers = [*headers_of("shopify"), "Size (customer.metafields.custom.size)"]
    cells = (
        "'7210448301122,Anna,Rossi,anna@example.com,yes,ACME,Via Roma 1,,Roma,RM,IT,00100,06 12345678,"
        '+39 312 345 6789,no,120.50,3,Rings twice,no,"vip, fair",M'
    )
    import csv

    (row,) = csv.reader([cells])
    plain = RowReader(map_columns(headers, []), marks_ids=True).read(2, row)
    assert isinstance(plain, Person)
    assert plain.values == {
        "first_name": "Anna",
        "last_name": "Rossi",
        "email": "anna@example.com",
        "company_name": "ACME",
        "country_code": "IT",
        "store_note": "Rings twice",
        "is_tax_exempt": False,
        "phone": "+393123456789",
        "additional_phones": ["+390612345678"],
    }
    assert (plain.tags, plain.accepts) == (("vip", "fair"), {"accepts_marketing": True})
    kept = RowReader(map_columns(headers, [], keep_unknown=True), marks_ids=True).read(2, row)
    assert isinstance(kept, Person)
    # What another shop counted is never ours: kept apart, and only when asked.
    assert kept.values["attributes"]["Customer ID"] == "7210448301122"
    assert kept.values["attributes"]["Total Spent"] == "120.50"
    assert kept.values["attributes"]["Size (customer.metafields.custom.size)"] == "M"


def test_passwords_are_never_kept() -> None:
    for key in ("magento", "ecwid"):
        mapped = map_columns(headers_of(key), [], keep_unknown=True)
        assert not any("password" in (kept or "") for kept in mapped.keys)


@pytest.mark.parametrize("language", LANGUAGES)
def test_our_own_headers_are_read_in_every_language(language: str) -> None:
    keys = [key for key in IMPORTED if key != "name"]
    headers = [COLUMNS[key].header(language) for key in keys]
    assert list(map_columns(headers, []).keys) == keys


@pytest.mark.parametrize(
    ("headers", "keys"),
    [
        (
            "E-Mail-Adresse,Vorname,Nachname,Firma,Land,Handy",
            "email,first_name,last_name,company_name,country_code,phone",
        ),
        (
            "Indirizzo email,Nome,Cognome,Ragione sociale,Nazione",
            "email,first_name,last_name,company_name,country_code",
        ),
        ("Courriel,Prénom,Nom,Société,Pays", "email,first_name,last_name,company_name,country_code"),
        ("Correo electrónico,Nombre,Apellidos,Empresa,País", "email,first_name,last_name,company_name,country_code"),
        ("e_mail,given-name,SURNAME,Organisation", "email,first_name,last_name,company_name"),
        ("Vorname,Name,Mail", "first_name,last_name,email"),
        ("Name,Mail", "name,email"),
        ("Email,Phone,Phone,Email", "email,phone,additional_phones,None"),
        ("Email 1,Phone 1,Created At (UTC+0)", "email,phone,created_at"),
        ("E-mail 1 - Value,Organization 1 - Name,Notes", "email,company_name,store_note"),
        ("E-Mail-Adresse,Land/Region geschäftlich,Notizen", "email,country_code,store_note"),
        ("Email,Favourite colour", "email,None"),
    ],
)
def test_other_headers_are_mapped_by_their_names(headers: str, keys: str) -> None:
    assert [str(key) for key in map_columns(headers.split(","), []).keys] == keys.split(",")


def test_unknown_columns_are_told_or_kept() -> None:
    mapped = map_columns(["Email", "Colour"], [])
    ignored = [header for header, key in zip(mapped.headers, mapped.keys, strict=True) if key is None]
    assert (ignored, map_columns(["Email", "Colour"], [], keep_unknown=True).keys[1]) == (
        ["Colour"],
        "attribute:Colour",
    )


def test_a_list_without_a_header_is_read_by_its_cells() -> None:
    rows = [["Anna", "a@b.it"], ["Bo", "c@d.it"]]
    assert map_columns(["Column 1", "Column 2"], rows).keys == (None, "email")


@pytest.mark.parametrize(
    "corrections", [{"Email": "nothing"}, {"Email": "attribute:"}, {"Email": "email", "Other": "email"}]
)
def test_corrections_that_make_no_sense_are_refused(corrections: dict[str, str]) -> None:
    with pytest.raises(CustomerPlusError) as caught:
        map_columns(["Email", "Other"], [], corrections=corrections)
    assert caught.value.field == "mapping"


def test_the_docs_list_every_column_and_format() -> None:
    text = (ROOT / "docs" / "import.md").read_text()
    for key in IMPORTED:
        column = COLUMNS[key]
        assert f"| `{key}` | {column.header('en')} | {column.kind.value} | {column.example} |" in text
    assert all(one.label in text for one in FORMATS)
