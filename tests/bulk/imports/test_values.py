"""Cells as people write them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saleor_customer_plus.bulk.imports.values import choices, dates, emails, names, phones, places
from saleor_customer_plus.bulk.imports.values.base import Doubtful, Unreadable, stored, text_of


@pytest.mark.parametrize(
    ("read", "cell", "value"),
    [
        (emails.email_of, " Anna@Example.COM ", "anna@example.com"),
        (emails.email_of, "mailto:anna@example.com?subject=x", "anna@example.com"),
        (emails.email_of, "Anna Rossi <Anna@example.com>", "anna@example.com"),
        (emails.email_of, "info@münchen.de", "info@münchen.de"),
        (emails.email_of, "'anna@example.com';", "anna@example.com"),
        (emails.email_of, "(anna@example.com).", "anna@example.com"),
        (emails.email_of, "'anna@example.com", "'anna@example.com"),  # odd, and possible
        (emails.email_of, "\u202aanna@example.com\u202c", "anna@example.com"),
        (emails.email_of, "\ufeff anna@example.com\u200b", "anna@example.com"),
        (emails.email_of, "\u200b\xa0anna@example.com", "anna@example.com"),
        (places.country_of, "de", "DE"),
        (places.country_of, "DEU", "DE"),
        (places.country_of, "Germany", "DE"),
        (places.country_of, "GERMANIA", "DE"),
        (places.country_of, "Deutschland", "DE"),
        (places.country_of, "Allemagne", "DE"),
        (places.country_of, "Alemania", "DE"),
        (places.country_of, "U.S.A.", "US"),
        (places.country_of, "Österreich", "AT"),
        (choices.flag_of, "Sì", True),
        (choices.flag_of, "SUBSCRIBED", True),
        (choices.flag_of, "Never subscribed", False),
        (choices.flag_of, "NEIN", False),
        (choices.flag_of, "Not set", False),
        (choices.flag_of, "Non-subscribed", False),
        (places.language_of, "Deutsch", "de"),
        (places.language_of, "pt_BR", "pt-br"),
        (choices.names_of, "vip, Fair; vip", ("vip", "Fair")),
        (choices.names_of, '["a","b"]', ("a", "b")),
        (choices.names_of, '"a;b", c|d, """e""", "[f]"', ("a;b", "c", "d", '"e"', "[f]")),
        (choices.names_of, '"VIP","Fair, 2024", say "hi', ("VIP", "Fair", "2024", 'say "hi')),
        (choices.basis_of, "consent", "CONSENT"),
        (choices.pairs_of, "instagram: anna; x: anna2", {"instagram": "anna", "x": "anna2"}),
        (choices.names_of, "vip ::: fair ::: * myContacts", ("vip", "fair")),
        (choices.names_of, "* starred ::: * my own", ("* my own",)),
    ],
)
def test_cells_are_read_as_people_write_them(read: Callable[[str], Any], cell: str, value: Any) -> None:
    assert read(cell) == value


@pytest.mark.parametrize(
    ("cell", "month_first", "told"),
    [
        ("2024-05-31", False, datetime(2024, 5, 31, tzinfo=UTC)),
        ("2024-05-31 13:14:15 UTC", False, datetime(2024, 5, 31, 13, 14, 15, tzinfo=UTC)),
        ("2024-05-31T13:14:15+02:00", False, datetime(2024, 5, 31, 11, 14, 15, tzinfo=UTC)),
        ("31.05.2024", False, datetime(2024, 5, 31, tzinfo=UTC)),
        ("3/4/2024", False, datetime(2024, 4, 3, tzinfo=UTC)),
        ("3/4/2024", True, datetime(2024, 3, 4, tzinfo=UTC)),
        ("5/31/2024", True, datetime(2024, 5, 31, tzinfo=UTC)),
        ("31/05/24 8:05", False, datetime(2024, 5, 31, 8, 5, tzinfo=UTC)),
        ("5/31/2024 1:05 PM", True, datetime(2024, 5, 31, 13, 5, tzinfo=UTC)),
        ("May 31, 2024", False, datetime(2024, 5, 31, tzinfo=UTC)),
        ("31-May-2024", False, datetime(2024, 5, 31, tzinfo=UTC)),
        ("45443", False, datetime(2024, 5, 31, tzinfo=UTC)),
        ("45443.75", False, datetime(2024, 5, 31, 18, tzinfo=UTC)),
        ("45443,5", False, datetime(2024, 5, 31, 12, tzinfo=UTC)),
        ("1717160055", False, datetime(2024, 5, 31, 12, 54, 15, tzinfo=UTC)),
        ("1717160055000", False, datetime(2024, 5, 31, 12, 54, 15, tzinfo=UTC)),
        ("1717160055.5", False, datetime(2024, 5, 31, 12, 54, 15, tzinfo=UTC)),
        ("20240531131415", False, datetime(2024, 5, 31, 13, 14, 15, tzinfo=UTC)),
        ("2024-05-31T13:14:15Z", False, datetime(2024, 5, 31, 13, 14, 15, tzinfo=UTC)),
        ("2024-05-31 13:14:15 +0200", False, datetime(2024, 5, 31, 11, 14, 15, tzinfo=UTC)),
        ("2024-05-31 13:14:15 CEST", False, datetime(2024, 5, 31, 11, 14, 15, tzinfo=UTC)),
        ("2024-05-31T13:14:15+02:00[Europe/Rome]", False, datetime(2024, 5, 31, 11, 14, 15, tzinfo=UTC)),
        ("2024/5/31", False, datetime(2024, 5, 31, tzinfo=UTC)),
        ("31/05/2024 14.30", False, datetime(2024, 5, 31, 14, 30, tzinfo=UTC)),
        ("31/05/2024 14h30", False, datetime(2024, 5, 31, 14, 30, tzinfo=UTC)),
        ("31.05.2024, 14:30 Uhr", False, datetime(2024, 5, 31, 14, 30, tzinfo=UTC)),
        ("31/05/2024 02:30:15 p. m.", False, datetime(2024, 5, 31, 14, 30, 15, tzinfo=UTC)),
        ("14:30 31/05/2024", False, datetime(2024, 5, 31, 14, 30, tzinfo=UTC)),
        ("3/mag/2024 alle ore 14.30", False, datetime(2024, 5, 3, 14, 30, tzinfo=UTC)),
        ("Fri, 31 May 2024 13:14:15 +0200", False, datetime(2024, 5, 31, 11, 14, 15, tzinfo=UTC)),
        ("Fri May 31 13:14:15 2024", False, datetime(2024, 5, 31, 13, 14, 15, tzinfo=UTC)),
        ("Fri May 31 2024 13:14:15 GMT+0200 (CEST)", False, datetime(2024, 5, 31, 11, 14, 15, tzinfo=UTC)),
        ("May 31st, 2024 at 3 pm", False, datetime(2024, 5, 31, 15, tzinfo=UTC)),
        ("venerdì 31 maggio 2024", False, datetime(2024, 5, 31, tzinfo=UTC)),
        ("mar 4 giu 2024", False, datetime(2024, 6, 4, tzinfo=UTC)),  # of "martedì", not of "marzo"
    ],
)
def test_dates_are_read_as_people_write_them(cell: str, month_first: bool, told: datetime) -> None:
    assert dates.time_of(cell, month_first) == told


@pytest.mark.parametrize(
    ("cell", "month_first", "told"),
    [
        # Which of two numbers is the month, where only one can be, and where both can.
        ("12/13/2024", True, datetime(2024, 12, 13, tzinfo=UTC)),
        ("13/12/2024", False, datetime(2024, 12, 13, tzinfo=UTC)),
        ("12/1/2024", True, datetime(2024, 12, 1, tzinfo=UTC)),
        ("1/12/2024", False, datetime(2024, 12, 1, tzinfo=UTC)),
        ("1/12/2024", True, datetime(2024, 1, 12, tzinfo=UTC)),
        # The clock.
        ("31/05/2024 13:05", False, datetime(2024, 5, 31, 13, 5, tzinfo=UTC)),
        ("31/05/2024 13:05:07", False, datetime(2024, 5, 31, 13, 5, 7, tzinfo=UTC)),
        ("5/31/2024 1:05:07 PM", True, datetime(2024, 5, 31, 13, 5, 7, tzinfo=UTC)),
        ("5/31/2024 12:05 AM", True, datetime(2024, 5, 31, 0, 5, tzinfo=UTC)),
        ("20240531T131415", False, datetime(2024, 5, 31, 13, 14, 15, tzinfo=UTC)),
        # Blanks around, and years of two digits.
        ("\t2024-05-31 ", False, datetime(2024, 5, 31, tzinfo=UTC)),
        ("1.2.00", False, datetime(2000, 2, 1, tzinfo=UTC)),
        ("1.2.99", False, datetime(1999, 2, 1, tzinfo=UTC)),
        ("1.2.68", False, datetime(2068, 2, 1, tzinfo=UTC)),
        ("1.2.69", False, datetime(1969, 2, 1, tzinfo=UTC)),
        # The first and the last moment.
        ("1900-01-01", False, datetime(1900, 1, 1, tzinfo=UTC)),
        ("2200-12-31", False, datetime(2200, 12, 31, tzinfo=UTC)),
    ],
)
def test_dates_at_the_limits(cell: str, month_first: bool, told: datetime) -> None:
    assert dates.moment_of(cell, month_first) == told


# Each month as it is written in each language, whole and short.
MONTHS = {
    "en": "January|Jan February|Feb March|Mar. April|Apr May June|Jun July|Jul. August|Aug "
    "September|Sept|Sep. October|Oct November|Nov. December|Dec",
    "it": "gennaio|gen|genn. febbraio|feb marzo|mar. aprile|apr maggio|mag giugno|giu luglio|lug. "
    "agosto|ago settembre|set|sett. ottobre|ott novembre|nov dicembre|dic.",
    "de": "Januar|Jan.|Jänner Februar|Feb. März|Mrz|Mär.|Maerz April|Apr. Mai Juni|Jun. Juli|Jul "
    "August|Aug. September|Sept.|Sep Oktober|Okt. November|Nov. Dezember|Dez.",
    "fr": "janvier|janv. février|févr. mars avril|avr. mai juin juillet|juil. août|aout septembre|sept. "
    "octobre|oct. novembre|nov. décembre|déc.",
    "es": "enero|ene. febrero|feb marzo|mar abril|abr. mayo|may junio|jun julio|jul agosto|ago. "
    "septiembre|sept.|setiembre octubre|oct noviembre|nov. diciembre|dic",
    "nl": "januari|jan. februari|feb. maart|mrt. april|apr mei juni|jun. juli|jul augustus|aug. "
    "september|sep. oktober|okt. november|nov december|dec.",
    "pt": "janeiro|jan. fevereiro|fev. março|mar abril|abr maio|mai. junho|jun julho|jul agosto|ago "
    "setembro|set. outubro|out. novembro|nov dezembro|dez.",
    "pl": "stycznia|styczeń|sty lutego|luty|lut marca|mar kwietnia|kwi maja|maj czerwca|cze lipca|lip "
    "sierpnia|sie września|wrz października|paź listopada|lis grudnia|gru",
}


@pytest.mark.parametrize("language", MONTHS)
def test_months_are_known_by_their_names(language: str) -> None:
    for month, spellings in enumerate(MONTHS[language].split(" "), start=1):
        for name in spellings.split("|"):
            for spelt in (name, name.upper(), name.rstrip(".")):
                for cell in (f"6 {spelt} 2023", f"6. {spelt} 2023", f"06-{spelt}-23", f"{spelt} 6, 2023"):
                    assert dates.time_of(cell, False) == datetime(2023, month, 6, tzinfo=UTC), cell


@given(
    st.datetimes(datetime(1970, 1, 1), datetime(2026, 1, 1)),
    st.sampled_from(["%d/%m/%Y %H.%M.%S", "%d.%m.%y, %H:%M:%S", "%d %B %Y %I:%M:%S %p", "%a, %d %b %Y %H:%M:%S"]),
)
def test_a_moment_is_read_as_it_was_written(moment: datetime, form: str) -> None:
    moment = moment.replace(microsecond=0)
    assert dates.time_of(moment.strftime(form), False) == moment.replace(tzinfo=UTC)


@given(st.text("0123456789 ./-:,+'apmzgenMayä", max_size=24))
def test_any_text_is_a_date_or_refused(cell: str) -> None:
    try:
        moment = dates.time_of(cell, False)
    except Unreadable:
        return
    assert moment.tzinfo is UTC


def test_a_date_in_the_future_is_refused_and_told() -> None:
    with pytest.raises(Unreadable, match="in the future"):
        dates.time_of(f"31.12.{datetime.now(UTC).year + 1}", False)
    tomorrow = datetime.now(UTC) + timedelta(hours=14)
    assert dates.time_of(tomorrow.isoformat(), False) == tomorrow  # it is tomorrow already where the list is from


@pytest.mark.parametrize(
    ("header", "hours"),
    [
        ("Create Date (GMT+2)", 2),
        ("Last Activity Date (GMT-05:00)", -5),
        ("Created At (UTC+0)", 0),
        ("Created (UTC)", 0),
        ("Creato il [CET]", 1),
        ("Registration date (yyyy-mm-dd)", 0),
        ("Registrazione (obbligatorio)", 0),
        ("Created", 0),
    ],
)
def test_a_header_tells_the_time_zone_of_its_column(header: str, hours: int) -> None:
    offset = dates.offset_in(header)
    assert offset == timedelta(hours=hours)
    assert dates.time_of("2024-05-31 12:00", False, offset) == datetime(2024, 5, 31, 12 - hours, tzinfo=UTC)
    assert dates.time_of("2024-05-31 12:00Z", False, offset) == datetime(2024, 5, 31, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    "cell",
    [
        *("1899-12-31", "2201-01-01", "1.2.0100", "13/13/2024", "31/02/2024", "1/1/2024 13:00 PM", "2024-13-01", "May"),
        *("May 2024", "2 jui 2024", "31/05/2024 25:00", "31/05/2024 7", "2024", "12:30", "123456", "31 XYZ 2024"),
        # One reading for the whole column.
        "5/31/2024",
    ],
)
def test_what_is_no_date_is_refused(cell: str) -> None:
    with pytest.raises(Unreadable, match="not a date"):
        dates.time_of(cell, False)


@pytest.mark.parametrize(
    ("cells", "month_first"),
    [
        (["1/13/2024"], True),
        (["1/12/2024"], False),  # could be both
        (["13/1/2024"], False),
        (["1/13/2024", "12/1/2024"], True),
        (["1/13/2024", "13/1/2024"], False),  # contradict each other
        (["1/13/2024", "2/3/2024", "13/2/2024"], False),
        (["1/2/2024", "3/4/2024", " 5/31/2024 "], True),
        (["1/2/2024", "3/4/2024"], False),
        (["none", "2024-05-31", "5/31/2024"], True),
        ([], False),
        (["1/13/2024", "1/14/2024", "13/1/2024"], True),  # most of them tell
        (["1/13/2024 14.30", "may 5, 2024"], True),
    ],
)
def test_the_month_is_first_in_a_column_only_where_nothing_else_makes_sense(
    cells: list[str], month_first: bool
) -> None:
    orders = Counter(order for cell in cells if (order := dates.order_of(cell.strip())))
    assert dates.is_month_first(orders) is month_first


@pytest.mark.parametrize(
    ("cell", "says"),
    [
        ("@, @", "no e-mail address like"),
        ("an\u200bna@example.com", "nobody sees"),
        ("anna", "not an e-mail address"),
    ],
)
def test_what_is_wrong_with_an_address_is_told(cell: str, says: str) -> None:
    with pytest.raises(Unreadable, match=says):
        emails.email_of(cell)


@pytest.mark.parametrize(
    "cell",
    [
        "anna@example.com, bo@example.com",
        "Anna@example.com ::: bo@example.com",
        "anna@example.com bo@example.com",
        "x@, anna@example.com;bo@example.com",
    ],
)
def test_of_several_addresses_in_a_cell_the_first_is_used_and_the_others_are_told(cell: str) -> None:
    read = emails.email_of(cell)
    assert isinstance(read, Doubtful)
    assert read.value == "anna@example.com"
    assert "several" in read.message
    assert emails.email_of("anna@example.com; anna@example.com") == "anna@example.com"


def test_a_quotation_mark_that_is_missing_is_told() -> None:
    with pytest.raises(Unreadable, match="quotation mark"):
        text_of("first_name", 256, "Bo\nc@example.com,Cy")


@pytest.mark.parametrize(
    ("cell", "region", "phone"),
    [
        ("+49 30 1234567", "", "+49301234567"),
        ("+49301234567", "", "+49301234567"),
        ("0049301234567", "", "+49301234567"),
        ("030/123 45 67", "DE", "+49301234567"),
        ("+49 (0)30 1234567", "", "+49301234567"),
        ("+490301234567", "", "+49301234567"),
        ("312 345 6789", "IT", "+393123456789"),
    ],
)
def test_phones_are_read_in_any_spelling(cell: str, region: str, phone: str) -> None:
    assert phones.phones_of(cell, region) == [phone]


@given(st.from_regex(r"\+(49|39|1|44|33|34|7|86|55)[0-9]{5,13}", fullmatch=True))
def test_the_short_way_to_a_phone_comes_to_the_same_as_the_long_one(text: str) -> None:
    def read(by: Callable[[], str]) -> str:
        try:
            return by()
        except Unreadable:
            return "refused"

    assert read(lambda: "".join(phones.phones_of(text, ""))) == read(lambda: str(stored("phone", text)))


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_the_short_way_to_a_text_comes_to_the_same_as_the_long_one(text: str) -> None:
    cell = text.strip()
    if cell:
        try:
            long = stored("first_name", cell)
        except Unreadable:
            with pytest.raises(Unreadable):
                text_of("first_name", 256, cell)
        else:
            assert text_of("first_name", 256, cell) == long


@given(st.from_regex(r"[a-zA-Z0-9._%+-]{1,12}@[a-z0-9.-]{1,12}\.[a-z]{1,4}", fullmatch=True))
def test_the_short_way_to_an_address_comes_to_the_same_as_the_long_one(text: str) -> None:
    try:
        long = stored("email", text)
    except Unreadable:  # which may still be an address with a point before it
        assert not emails._PLAIN_EMAIL.fullmatch(text)
    else:
        assert emails.email_of(text) == long


LONG = 200_000


def test_what_is_made_to_be_read_for_hours_is_read_in_a_moment() -> None:
    """Whatever tries each character as a beginning takes the square of the length."""
    assert choices.names_of("a" + "\n" * LONG + "b") == ("a", "b")
    assert emails.email_of("\u200b" * LONG + "anna@example.com" + "\u200b" * LONG) == "anna@example.com"


@pytest.mark.parametrize(
    ("cell", "answer"),
    [
        ("yes", choices.Answer.YES),
        ("SUBSCRIBED", choices.Answer.YES),
        ("no", choices.Answer.NO),
        ("Never subscribed", choices.Answer.NO),
        ("Unsubscribed", choices.Answer.WITHDRAWN),
        ("Opted out", choices.Answer.WITHDRAWN),
        ("opt-out", choices.Answer.WITHDRAWN),
        ("désabonné", choices.Answer.WITHDRAWN),
        ("Cleaned", choices.Answer.BOUNCED),
        ("Hard bounced", choices.Answer.BOUNCED),
    ],
)
def test_a_consent_is_told_from_its_absence_and_from_a_withdrawal(cell: str, answer: choices.Answer) -> None:
    assert choices.answer_of(cell) is answer


@pytest.mark.parametrize(
    ("cell", "answer"),
    [
        ("", choices.Answer.NO),
        ("[]", choices.Answer.NO),
        (' {""} ', choices.Answer.NO),
        ("no", choices.Answer.NO),
        ("never", choices.Answer.NO),
        ("HARD_BOUNCE", choices.Answer.BOUNCED),
        ("['USER_SUPPRESSED']", choices.Answer.WITHDRAWN),
        ("yes", choices.Answer.WITHDRAWN),
    ],
)
def test_a_column_of_suppressions_says_no_wherever_it_says_anything(cell: str, answer: choices.Answer) -> None:
    assert choices.suppression_of(cell) is answer


@pytest.mark.parametrize("cell", ["", "perhaps", "yes no", "2"])
def test_what_is_neither_yes_nor_no_is_refused(cell: str) -> None:
    with pytest.raises(Unreadable, match="neither yes nor no"):
        choices.flag_of(cell)


@pytest.mark.parametrize(
    ("cell", "names"),
    [
        ("", ()),
        (" , ; ", ()),
        ("[a", ("[a",)),
        ("a]", ("a]",)),
        ("[a]", ("a",)),
        ("VIP, vip, Vip", ("VIP",)),
        ("a\nb|c", ("a", "b", "c")),
    ],
)
def test_names_in_a_cell(cell: str, names: tuple[str, ...]) -> None:
    assert choices.names_of(cell) == names


@pytest.mark.parametrize(
    ("cell", "pairs"),
    [
        ("", {}),
        ("x: anna; ", {"x": "anna"}),
        ("x:; instagram: bo", {"instagram": "bo"}),
        ("x: anna\nfacebook: https://facebook.com/anna", {"x": "anna", "facebook": "https://facebook.com/anna"}),
    ],
)
def test_pairs_in_a_cell(cell: str, pairs: dict[str, str]) -> None:
    assert choices.pairs_of(cell) == pairs


def test_a_pair_without_a_colon_is_refused() -> None:
    with pytest.raises(Unreadable, match="network: name"):
        choices.pairs_of("x: anna; bo")


@pytest.mark.parametrize(
    ("cell", "region", "numbers"),
    [
        ("+49301234567; 030 1234567 | 0049301234567,\n+39055123456", "DE", ["+49301234567", "+39055123456"]),
        (" ; ", "DE", []),
        ("030/901820 / 0171/2345678", "DE", ["+4930901820", "+491712345678"]),
        ("030/1234567/0171/2345678", "DE", ["+49301234567", "+491712345678"]),
        ("333 1234567 - 06 1234567", "IT", ["+393331234567", "+39061234567"]),
        ("030 901820 oder 0171 2345678", "DE", ["+4930901820", "+491712345678"]),
        ("06 1234567 o 333 1234567", "IT", ["+39061234567", "+393331234567"]),
        ("+393331234567 ::: +390612345678 ::: +393331234567", "", ["+393331234567", "+390612345678"]),
        ("+393331234567 +390612345678", "", ["+393331234567", "+390612345678"]),
        ("M: 0171 2345678 / P: 030 901820", "DE", ["+491712345678", "+4930901820"]),
        ("Tel.: +49 30 901820 (privat)", "", ["+4930901820"]),
        ("tel:+49-30-901820", "", ["+4930901820"]),
        ("(0039) 333 1234567", "", ["+393331234567"]),
        ("0049 (0) 30 901820", "", ["+4930901820"]),
        ("1-800-FLOWERS", "US", ["+18003569377"]),
        ("3331234567.0", "IT", ["+393331234567"]),
        ("030 901820; n/a", "DE", ["+4930901820"]),
    ],
)
def test_several_phones_in_a_cell_are_each_kept_once(cell: str, region: str, numbers: list[str]) -> None:
    assert phones.phones_of(cell, region) == numbers


@pytest.mark.parametrize(
    ("cell", "numbers", "says"),
    [
        ("+1 415 555 2671 ext 4", ["+14155552671"], "extension 4 is left out"),
        ("+1 415 555 2671 x4", ["+14155552671"], "extension 4 is left out"),
        ("tel:+1-415-555-2671;ext=4", ["+14155552671"], "extension 4 is left out"),
        ("06 1234567, int. 12", ["+39061234567"], "extension 12 is left out"),
        ("06 1234567 Durchwahl 12", ["+39061234567"], "extension 12 is left out"),
        ("06 1234567; 123", ["+39061234567"], "cannot be read, and is left out"),
        ("06 1234567/68", ["+39061234567"], "Only the last digits"),
        ("06 1234567 (after 5 pm)", ["+39061234567"], "note behind the phone number"),
    ],
)
def test_what_is_left_out_of_a_phone_is_told(cell: str, numbers: list[str], says: str) -> None:
    read = phones.phones_of(cell, "IT")
    assert isinstance(read, Doubtful)
    assert read.value == numbers
    assert says in read.message


@given(st.text("0123456789+()/ -.;,exto:", max_size=30), st.sampled_from(["", "IT", "DE", "US"]))
def test_whatever_is_in_a_cell_of_phones_comes_out_valid_or_is_told(cell: str, region: str) -> None:
    try:
        read = phones.phones_of(cell, region)
    except Unreadable:
        return
    numbers = read.value if isinstance(read, Doubtful) else read
    assert [stored("phone", number) for number in numbers] == list(dict.fromkeys(numbers))


@pytest.mark.parametrize("cell", ["4.915E+12", "4,91512e+12", "4E+9"])
def test_a_number_that_a_spreadsheet_cut_is_refused_as_such(cell: str) -> None:
    with pytest.raises(Unreadable, match="spreadsheet has cut"):
        phones.phones_of(cell, "DE")
    with pytest.raises(Unreadable, match="spreadsheet has cut"):
        phones.check_whole(cell)


@pytest.mark.parametrize("cell", ["E+12", "4.E+12", "4915123", "4.915E+123"])
def test_what_no_spreadsheet_cut_is_left_alone(cell: str) -> None:
    phones.check_whole(cell)


@pytest.mark.parametrize(
    ("cell", "name"),
    [
        ("Anna Rossi <a@b.it>", "Anna Rossi"),
        ('"Anna" <a@b.it>', "Anna"),
        ("a@b.it", ""),
        ("<a@b.it>", ""),
        ("Anna", ""),
    ],
)
def test_the_name_around_an_address(cell: str, name: str) -> None:
    assert emails.name_around(cell) == name


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("", ("", "", "")),
        ("Anna", ("Anna", "", "")),
        ("Anna Maria Rossi", ("Anna Maria", "Rossi", "")),
        ("Rossi,", ("Rossi", "", "")),
        ("Rossi,  ", ("Rossi", "", "")),
        (", Anna", ("Anna", "", "")),
        (" Rossi ,  Anna Maria ", ("Anna Maria", "Rossi", "")),
        ("Rossi, Dr. Anna", ("Anna", "Rossi", "Dr.")),
        ("John Smith, MD", ("John", "Smith MD", "")),
        ("Mr. John Smith Jr.", ("John", "Smith Jr.", "Mr.")),
        # The last name is more than a word, or in capitals.
        ("Anna De Rossi", ("Anna", "De Rossi", "")),
        ("Ludwig van Beethoven", ("Ludwig", "van Beethoven", "")),
        ("Juan Carlos de la Cruz", ("Juan Carlos", "de la Cruz", "")),
        ("José Ortega y Gasset", ("José", "Ortega y Gasset", "")),
        ("ROSSI BIANCHI Anna", ("Anna", "ROSSI BIANCHI", "")),
        ("Anna ROSSI", ("Anna", "ROSSI", "")),
        ("ANNA ROSSI", ("ANNA", "ROSSI", "")),
        # Titles.
        ("Sig.ra Paola Verdi", ("Paola", "Verdi", "Sig.ra")),
        ("Sig. ra Paola Verdi", ("Paola", "Verdi", "Sig. ra")),
        ("Dott.ssa Rossi", ("", "Rossi", "Dott.ssa")),
        ("Frau Prof. Dr. med. Eva Müller", ("Eva", "Müller", "Frau Prof. Dr. med.")),
        ("Herr und Frau Müller", ("", "Müller", "Herr und Frau")),
        ("Mme Dupont", ("", "Dupont", "Mme")),
        ("M. Jean Dupont", ("Jean", "Dupont", "M.")),
        ("Sr. García López", ("García", "López", "Sr.")),
        ("Mevr. de Vries", ("", "de Vries", "Mevr.")),
        # No titles, or all that there is.
        ("M. K. Gandhi", ("M. K.", "Gandhi", "")),
        ("Don Smith", ("Don", "Smith", "")),
        ("Dr.", ("Dr.", "", "")),
    ],
)
def test_names_are_split(name: str, told: tuple[str, str, str]) -> None:
    assert tuple(names.split_name(name)) == told


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("Rossi Anna", ("Anna", "Rossi")),
        ("Rossi Anna Maria", ("Anna Maria", "Rossi")),
        ("De Rossi Anna", ("Anna", "De Rossi")),
        ("Rossi, Anna", ("Anna", "Rossi")),
        ("Rossi", ("", "Rossi")),
        ("Sig.ra Rossi Anna", ("Anna", "Rossi")),
        ("Dott.ssa De Rossi Anna", ("Anna", "De Rossi")),
        ("Anna ROSSI", ("Anna", "ROSSI")),  # as the capitals say
    ],
)
def test_names_are_split_in_the_order_that_the_header_tells(name: str, told: tuple[str, str]) -> None:
    assert tuple(names.split_name(name, last_first=True))[:2] == told


@pytest.mark.parametrize(
    ("header", "is_both", "is_last_first"),
    [
        *((header, True, True) for header in ("Cognome e Nome", "Nachname Vorname", "Nom Prénom", "Last, First")),
        *((header, True, True) for header in ("Name, Vorname", "Apellidos y nombre", "LAST NAME / FIRST NAME")),
        *((header, True, False) for header in ("Nome e cognome", "Vorname Nachname", "First and last name")),
        *((header, False, False) for header in ("Nom", "Name", "Vor- und Nachname", "Nome")),
    ],
)
def test_a_header_tells_the_order_of_names(header: str, is_both: bool, is_last_first: bool) -> None:
    assert (names.is_both(header), names.is_last_first(header)) == (is_both, is_last_first)


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=40), st.booleans())
def test_no_letter_of_a_name_is_lost(name: str, last_first: bool) -> None:
    def letters(text: str) -> list[str]:
        return sorted(text.replace(",", "").replace(" ", "").strip())

    parts = names.split_name(" ".join(name.split()), last_first=last_first)
    assert letters("".join("".join(parts).split())) == letters("".join(name.split()))


@pytest.mark.parametrize(
    ("cell", "has"), [("a@b.it", True), ("write to a@b.it, please", True), ("a@b", False), ("@b.it", False)]
)
def test_whether_a_cell_has_an_address(cell: str, has: bool) -> None:
    assert emails.has_address(cell) is has


def test_an_address_has_at_most_254_characters() -> None:
    labels = ".".join(["b" * 63, "c" * 63, "d" * 58])
    longest = f"{'a' * 64}@{labels}.it"
    assert len(longest) == 254
    assert emails.email_of(longest) == longest
    with pytest.raises(Unreadable):
        emails.email_of(longest.replace("@", "@e"))
