"""Files of other shops, by their headers; any spelling of a header."""

from __future__ import annotations

import json
from typing import Any

import pytest

from saleor_customer_plus.bulk.columns import COLUMNS, IMPORTED, LANGUAGES, is_of_account
from saleor_customer_plus.bulk.imports.headers.formats import FORMATS, recognise
from saleor_customer_plus.bulk.imports.headers.mapping import ColumnMap, map_columns
from saleor_customer_plus.bulk.imports.person import Person
from saleor_customer_plus.bulk.imports.row_reader import RowReader
from saleor_customer_plus.bulk.imports.values.choices import Answer
from saleor_customer_plus.errors import CustomerPlusError

from ...hosts import ROOT
from .known_headers import KNOWN

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


@pytest.mark.parametrize("name", KNOWN)
def test_each_column_of_a_known_tool_has_its_place(name: str) -> None:
    format, listed = KNOWN[name]
    lines = [line.strip().partition(" >") for line in listed.strip().splitlines()]
    mapped = map_columns([header for header, _, _ in lines], [])
    assert mapped.format == format
    for index, (header, _, told) in enumerate(lines):
        key, _, place = told.strip().partition("@")
        found = "secret" if index in mapped.secret else mapped.keys[index] or ""
        assert (found, mapped.place(index)) == (key, place), header


def test_a_format_is_recognised_by_what_it_surely_has() -> None:
    """Of `PrestaShop` the list of the back office has other columns than its import, and few of them are its own."""
    assert (
        map_columns(["ID", "Titolo sociale", "Nome", "Indirizzo email", "Attivato", "Registrazione"], []).format
        == "prestashop"
    )
    for headers in ("Email,First Name,Last Name,Tags", "Email,Name,Total Orders,Total Spent", "Email,Newsletter,Name"):
        assert map_columns(headers.split(","), []).format == ""


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
        "street_address_1": "Via Roma 1",
        "city": "Roma",
        "postal_code": "00100",
        "country_area": "RM",
        "country_code": "IT",
        "store_note": "Rings twice",
        "is_tax_exempt": False,
        "phone": "+393123456789",
        "additional_phones": ["+390612345678"],
    }
    assert (plain.tags, plain.accepts) == (("vip", "fair"), {"accepts_marketing": Answer.YES})
    kept = RowReader(map_columns(headers, [], keep_unknown=True), marks_ids=True).read(2, row)
    assert isinstance(kept, Person)
    # What another shop counted is never ours: kept apart, and only when asked.
    assert kept.values["attributes"]["Customer ID"] == "7210448301122"
    assert kept.values["attributes"]["Total Spent"] == "120.50"
    assert kept.values["attributes"]["Size (customer.metafields.custom.size)"] == "M"


SECRETS = (
    "password,Password *,user_pass,passwd,pwd,Passwort (Pflichtfeld),mot de passe,Contraseña,wachtwoord,hasło,Senha,"
    "Hash,passwordHash,encrypted_password,rp_token,rp_token_created_at,salt,secret,token,PIN,cvv,Card Number,"
    "Kreditkartennummer,Card Last4,IBAN,session_tokens,user_activation_key,mdp"
)
NO_SECRETS = "Shipping,Pinterest,Spinner,Hashtags,Passport,Opinion,Passenger,Pincode,Compass,Secretary,Clave de cliente"


def test_passwords_are_never_kept_whatever_they_are_called() -> None:
    for key in ("magento", "ecwid"):
        mapped = map_columns(headers_of(key), [], keep_unknown=True)
        assert not any("password" in (kept or "") for kept in mapped.keys)
    for header in SECRETS.split(","):
        corrections = {header: "attribute:x"}
        mapped = map_columns(["Email", header], [], keep_unknown=True, corrections=corrections)
        assert (mapped.keys, mapped.secret) == (("email", None), (1,)), header
        assert ColumnMap.of_json(json.loads(json.dumps(mapped.to_json()))).secret == (1,)
    for header in NO_SECRETS.split(","):
        assert map_columns(["Email", header], [], keep_unknown=True).secret == (), header


@pytest.mark.parametrize(
    ("cells", "is_secret"),
    [
        (["x", "$P$B55D6LjfHDkINU5wF.v2BuuzO0/XPk/"], True),
        (["$2y$10$abcdefghijklmnopqrstuv"], True),
        (["{SSHA}DkMTwBl+a/3DQTxCYEApdUtNXGgdUac3"], True),
        (["pbkdf2_sha256$260000$salt$hash"], True),
        (["5f4dcc3b5aa765d61d8327deb882cf99", "098f6bcd4621d373cade4e832627b4f6"], True),
        (["5f4dcc3b5aa765d61d8327deb882cf99:salt:1"], True),
        (["4111 1111 1111 1111", "5500-0055-5555-5559"], True),
        (["5f4dcc3b5aa765d61d8327deb882cf99", "Anna"], False),
        (["4111 1111 1111 1112"], False),
        (["$100", "{a}", "550e8400-e29b-41d4-a716-446655440000", "12345678901234567890123456789012"], False),
        ([], False),
    ],
)
def test_hashes_and_cards_are_known_by_their_cells(cells: list[str], is_secret: bool) -> None:
    rows = [["a@b.it", cell] for cell in cells]
    mapped = map_columns(["Email", "Other"], rows, keep_unknown=True)
    assert mapped.keys[1] == (None if is_secret else "attribute:Other")


def test_a_hash_below_the_first_rows_is_not_kept_either() -> None:
    reader = RowReader(map_columns(["Email", "Other"], [], keep_unknown=True))
    read = reader.read(2, ["a@b.it", "$2y$10$abcdefghijklmnopqrstuv"])
    assert isinstance(read, Person)
    assert "attributes" not in read.values
    assert [reason.column for reason in read.warnings] == ["attribute:Other"]


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
        ("Email,Favourite color", "email,None"),
        # As forms and other languages have them.
        ("E-mail (obbligatorio),Nome *,Telefono (required):", "email,first_name,phone"),
        ("Cognome e Nome;E-mail".replace(";", ","), "name,email"),
        ("Nachname Vorname,E-Mail", "name,email"),
        (
            "EMAIL,LASTNAME,FIRSTNAME,SMS,ADDED_TIME,BLACKLISTED",
            "email,last_name,first_name,phone,created_at,suppressions",
        ),
        ("Email,Email Subscription Status,Memo", "email,accepts_marketing,store_note"),
        ("user_email,user_registered,display_name", "email,created_at,name"),
        ("contact.email,properties.firstname,Customer Last Name", "email,first_name,last_name"),
        ("Voornaam,Achternaam,E-mailadres,Woonplaats", "first_name,last_name,email,city"),
        ("Imię,Nazwisko,Adres e-mail,Kod pocztowy,Miasto", "first_name,last_name,email,postal_code,city"),
        ("Nome,Sobrenome,E-mail,CEP,Cidade", "first_name,last_name,email,postal_code,city"),
        ("Nome utente,Email,Username", "None,email,None"),
        (
            "Nome,Cognome,Email,Via e numero civico,CAP,Comune,Prov.",
            "first_name,last_name,email,street_address_1,postal_code,city,country_area",
        ),
    ],
)
def test_other_headers_are_mapped_by_their_names(headers: str, keys: str) -> None:
    assert [str(key) for key in map_columns(headers.split(","), []).keys] == keys.split(",")


def test_unknown_columns_are_told_or_kept() -> None:
    mapped = map_columns(["Email", "Color"], [])
    ignored = [header for header, key in zip(mapped.headers, mapped.keys, strict=True) if key is None]
    assert (ignored, map_columns(["Email", "Color"], [], keep_unknown=True).keys[1]) == (
        ["Color"],
        "attribute:Color",
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


@pytest.mark.parametrize(
    ("corrections", "keys"),
    [
        ({" OTHER ": "phone"}, ("email", "phone", None)),
        ({"Other": "phone", "More": ""}, ("email", "phone", None)),
        ({"Other": "tags", "More": "tags"}, ("email", "tags", "tags")),  # several columns may go into these
        ({"Not in this file": "email"}, ("email", None, None)),
        ({"Email": "", "More": "email"}, (None, None, "email")),
        ({"Other": f"attribute:{'a' * 64}"}, ("email", f"attribute:{'a' * 64}", None)),
    ],
)
def test_corrections_are_by_the_header(corrections: dict[str, str], keys: tuple[str | None, ...]) -> None:
    assert map_columns(["Email", "Other", "More"], [], corrections=corrections).keys == keys


def test_of_columns_of_one_header_a_correction_is_of_the_first() -> None:
    mapped = map_columns(["Email", "Other", "other"], [], corrections={"OTHER": "phone"})
    assert mapped.keys == ("email", "phone", None)


def test_blanks_around_a_header_and_headers_of_blanks_count_for_nothing() -> None:
    assert map_columns(["Email", " Other "], [], corrections={"Other": "phone"}).keys == ("email", "phone")
    assert map_columns(["Email", "  "], [], keep_unknown=True).keys == ("email", None)


def test_a_name_of_an_attribute_that_is_too_long_is_refused_or_not_kept() -> None:
    with pytest.raises(CustomerPlusError):
        map_columns(["Email", "Other"], [], corrections={"Other": f"attribute:{'a' * 65}"})
    kept = map_columns(["Email", "a" * 64, "b" * 65, "", "A" * 64, "a" * 64], [], keep_unknown=True)
    assert kept.keys == ("email", "attribute:" + "a" * 64, None, None, "attribute:" + "A" * 64, None)


@pytest.mark.parametrize(
    ("rows", "column"),
    [
        ([["a@b.it", "x"], ["y", "z"]], 0),  # half of them are addresses
        ([["y", "a@b.it"], ["x", "c@d.it"], ["e@f.it", "z"]], 1),
        ([["a@b.it", "c@d.it"]], 0),  # the first of equals
        ([["x"], ["a@b.it", "", "further than the headers"]], 0),
    ],
)
def test_the_column_with_most_addresses_has_the_address(rows: list[list[str]], column: int) -> None:
    assert map_columns(["Column 1", "Column 2"], rows).keys.index("email") == column


@pytest.mark.parametrize("rows", [[], [["a@b.it", ""], ["x", ""], ["y", ""]], [["", ""]]])
def test_without_a_column_of_addresses_a_file_is_refused(rows: list[list[str]]) -> None:
    with pytest.raises(CustomerPlusError) as caught:
        map_columns(["Column 1", "Column 2"], rows)
    assert caught.value.field == "mapping"


@pytest.mark.parametrize(
    ("rows", "key"),
    [
        ([["a@b.it", "Anna", "Anna Rossi"], ["c@d.it", "Bo", "Bo Berg"]], "name"),
        ([["a@b.it", "Anna", "Anna Rossi"], ["c@d.it", "Bo", "Berg"]], "last_name"),
        ([["a@b.it", "Anna", "Rossi"]], "last_name"),
        (
            [["a@b.it", "Anna", "Anna Rossi"], ["c@d.it", " ", "Berg"], ["e@f.it", "Cy"]],
            "name",
        ),  # no first name, no cell
        ([["a@b.it", "", "Rossi"]], "last_name"),
        ([], "last_name"),
    ],
)
def test_a_name_beside_a_first_name_is_the_whole_one_if_it_begins_with_it(rows: list[list[str]], key: str) -> None:
    assert map_columns(["Email", "Vorname", "Name"], rows).keys == ("email", "first_name", key)


def test_a_third_phone_is_a_further_one_and_a_second_address_is_none() -> None:
    mapped = map_columns(["Email", "Phone", "Mobile", "Telephone", "E-mail"], [])
    assert mapped.keys == ("email", "phone", "additional_phones", "additional_phones", None)


def test_of_an_own_file_what_we_do_not_read_is_not_kept_as_an_attribute() -> None:
    """Four of five headers are ours, which is enough; three of five are not."""
    ours = next(column.header("en") for key, column in COLUMNS.items() if key not in IMPORTED)
    own = map_columns(["Email", "First name", "Last name", ours, "Color"], [], keep_unknown=True)
    other = map_columns(["Email", "First name", ours, "Color", "Size"], [], keep_unknown=True)
    assert own.keys == ("email", "first_name", "last_name", None, "attribute:Color")
    assert other.keys == ("email", "first_name", f"attribute:{ours}", "attribute:Color", "attribute:Size")


def test_an_unknown_format_is_refused_and_none_is_none() -> None:
    with pytest.raises(CustomerPlusError) as caught:
        map_columns(["Email"], [], format="nothing")
    assert caught.value.field == "format"
    headers = FILES["shopify"].split(",")
    assert map_columns(headers, []).format == "shopify"
    assert map_columns(headers, [], format="none").format == ""


def test_the_docs_list_every_column_and_format() -> None:
    text = (ROOT / "docs" / "import.md").read_text()
    for key in IMPORTED:
        column = COLUMNS[key]
        assert f"| `{key}` | {column.header('en')} | {column.kind.value} | {column.example} |" in text
    in_one_line = " ".join(text.split())
    assert all(one.label in in_one_line for one in FORMATS)


def test_a_time_is_in_the_zone_that_the_header_names() -> None:
    assert _read("Email,Create Date (GMT+2)", "a@b.it,2024-05-31 12:00").values["created_at"].isoformat() == (
        "2024-05-31T10:00:00+00:00"
    )


def _read(headers: str, row: str, **options: Any) -> Person:
    cells = row.split(",")
    read = RowReader(map_columns(headers.split(","), [cells]), **options).read(2, cells)
    assert isinstance(read, Person)
    return read


ADDRESSES = (
    "Email,Shipping City,Shipping Zip,Shipping Country,Billing Street,Billing City,Billing Country,City,Country,Phone,"
    "Billing Company,Company"
)


@pytest.mark.parametrize(
    ("row", "values"),
    [
        # The person's own address, then the billing one, then the shipping one; each as a whole.
        (
            "a@b.it,Rome,00100,IT,Torstr. 1,Berlin,DE,Wien,AT,,X,Y",
            {"city": "Wien", "country_code": "AT", "company_name": "Y"},
        ),
        (
            "a@b.it,Rome,00100,IT,Torstr. 1,,DE,,AT,,X,",
            {"street_address_1": "Torstr. 1", "country_code": "DE", "company_name": "X"},
        ),
        ("a@b.it,Rome,00100,IT,,,DE,-,AT,,,", {"city": "Rome", "postal_code": "00100", "country_code": "IT"}),
        # A country alone is no address, but better than none.
        ("a@b.it,,,IT,,,DE,,,,,", {"country_code": "DE"}),
        # Whichever column says a country, phone numbers are of it.
        ("a@b.it,Rome,,,,,DE,,,030 901820,,", {"city": "Rome", "phone": "+4930901820"}),
    ],
)
def test_of_several_addresses_one_is_taken_as_a_whole(row: str, values: dict[str, str]) -> None:
    assert _read(ADDRESSES, row).values == {"email": "a@b.it", **values}


def test_the_country_of_phones_is_that_of_the_row_before_that_of_the_options() -> None:
    headers, row = "E-mail 1 - Value,Phone 1 - Value,Address 1 - Country", "a@b.it,030 901820,Germany"
    assert _read(headers, row, region="IT").values["phone"] == "+4930901820"
    assert _read(headers, "a@b.it,06 1234567,", region="IT").values["phone"] == "+39061234567"


@pytest.mark.parametrize(
    ("row", "phone", "others"),
    [
        ("+4930901820,+4930901820 ::: +491712345678", "+4930901820", ["+491712345678"]),
        ("+491712345678 / +4930901820,+4930901820", "+491712345678", ["+4930901820"]),
        (",+4930901820", None, ["+4930901820"]),
        ("+4930901820,", "+4930901820", None),
    ],
)
def test_each_number_is_kept_once_in_all_columns(row: str, phone: str | None, others: list[str] | None) -> None:
    for headers, cells in (
        ("Phone,Other phones,Email", f"{row},a@b.it"),
        ("Email,Phone,Other phones", f"a@b.it,{row}"),
    ):
        values = _read(headers, cells).values
        assert (values.get("phone"), values.get("additional_phones")) == (phone, others)


def test_titles_are_kept_apart_from_names() -> None:
    assert _read("Email,Nome,Cognome", "a@b.it,Sig.ra Paola,Verdi").values == {
        "email": "a@b.it",
        "first_name": "Paola",
        "last_name": "Verdi",
        "attributes": {"Title": "Sig.ra"},
    }
    assert _read("Email,Name", "a@b.it,Herr Dr. Max Müller").values["attributes"] == {"Title": "Herr Dr."}
    assert _read("Email,Name", '"Dr. Anna Rossi" <a@b.it>,').values["last_name"] == "Rossi"
    # In a file of ours names are as the records have them.
    own = _read("Email,First name,Last name,Known since", "a@b.it,Dr. Anna,Rossi,2020-01-02")
    assert (own.values["first_name"], own.values.get("attributes")) == ("Dr. Anna", None)


def test_a_date_in_the_place_of_a_yes_is_since_when() -> None:
    values = _read("Email,Subscribed", "a@b.it,2024-05-31 12:00").values
    assert values["created_at"].isoformat() == "2024-05-31T12:00:00+00:00"
    assert _read("Email,Subscribed", "a@b.it,yes").accepts == {"accepts_marketing": Answer.YES}


def test_a_column_called_status_is_a_consent_if_it_says_so() -> None:
    rows = [["a@b.it", "active"], ["c@d.it", "Unsubscribed"]]
    assert map_columns(["Email", "Status"], rows).keys == ("email", "accepts_marketing")
    assert map_columns(["Email", "Status"], [["a@b.it", "active"]]).keys == ("email", None)


def test_addresses_below_another_header_are_found() -> None:
    rows = [["a@b.it", "Rome"], ["c@d.it", "Turin"]]
    assert map_columns(["Contact", "City"], rows).keys == ("email", "city")
    assert map_columns(["Address", "City"], rows).keys == ("email", "city")


@pytest.mark.parametrize("language", [*LANGUAGES, ""])
def test_an_own_export_is_recognised_before_any_other_tool(language: str) -> None:
    """With these columns it might be from Squarespace."""
    keys = [key for key, column in COLUMNS.items() if column.is_exported]
    headers = [COLUMNS[key].header(language) if language else key for key in keys]
    mapped = map_columns(headers, [], keep_unknown=True)
    assert (mapped.is_own, mapped.format) == (True, "")
    assert [key for key in mapped.keys if key] == [key for key in keys if key in IMPORTED or is_of_account(key)]
