"""Lists that are nearly CSV, and archives of several: nobody is lost in any of these layouts."""

from __future__ import annotations

import csv
import io
import re
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from saleor_customer_plus import tasks  # noqa: F401 - every kind of job is registered
from saleor_customer_plus.bulk.imports.headers.mapping import map_columns
from saleor_customer_plus.bulk.imports.options import Subscribe
from saleor_customer_plus.bulk.imports.person import Person
from saleor_customer_plus.bulk.imports.readers import opening, repairs
from saleor_customer_plus.bulk.imports.readers.csv_rows import rows_of
from saleor_customer_plus.bulk.imports.readers.layout import Chosen
from saleor_customer_plus.bulk.imports.row_reader import RowReader
from saleor_customer_plus.consent.models import ConsentEvent, ConsentState
from saleor_customer_plus.records.models import CustomerRecord

from .test_import_job import load, make, record, run


def people_in(content: bytes | str) -> list[tuple[str, str, str]]:
    """The address and the names of each person in a file, without any job."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "list")
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        with opening.opened(path, Path(folder), Chosen()) as one:
            rows = [row for row, _ in rows_of(one.path, one.layout)]
            reader = RowReader(map_columns(one.layout.headers, rows[:200]))
            read = [reader.read(number, row) for number, row in enumerate(rows) if any(map(str.strip, row))]
    return [
        (person.email, person.values.get("first_name", ""), person.values.get("last_name", ""))
        for person in read
        if isinstance(person, Person)
    ]


ANNA, BO = ("anna@example.com", "Anna", "Rossi"), ("bo@example.com", "Bo", "Berg")


@pytest.mark.parametrize(
    "content",
    [
        # Titles above the header, with an address among them.
        "Export for shop@example.com\nEmail,First name,Last name\nanna@example.com,Anna,Rossi\n"
        "bo@example.com,Bo,Berg\n",
        "shop@example.com\n\nEmail;First name;Last name\nanna@example.com;Anna;Rossi\nbo@example.com;Bo;Berg\n",
        "List of 31.12.2024;;\nBy shop@example.com;;\nEmail;First name;Last name\nanna@example.com;Anna;Rossi\n"
        "bo@example.com;Bo;Berg\n",
        # Each line in quotes.
        '"Email,First name,Last name"\n"anna@example.com,Anna,Rossi"\n"bo@example.com,Bo,Berg"\n',
        '"Email;First name;Last name"\n"anna@example.com;""Anna"";Rossi"\n"bo@example.com;Bo;Berg"\n',
        'Email,First name,Last name\n"anna@example.com,""Anna"",Rossi"\n"bo@example.com,Bo,""Berg"""\n',
        '"Email,First name,Last name";;\n"anna@example.com,Anna,Rossi";;\n"bo@example.com,Bo,Berg";;\n',
        '"anna@example.com,Anna,Rossi"\n"bo@example.com,Bo,Berg"\n',
        # Other quotes.
        "'Email','First name','Last name'\n'anna@example.com','Anna','Rossi'\n'bo@example.com','Bo','Berg'\n",
        "Email,First name,Last name\nanna@example.com,'Anna',Rossi\nbo@example.com,'Bo','Berg'\n",
        "Email;First name;Last name\nanna@example.com;Anna;Rossi\nbo@example.com;'Bo';Berg\n;'x; y';'z'\n",
        "“Email”,“First name”,“Last name”\n“anna@example.com”,“Anna”,“Rossi”\n“bo@example.com”,“Bo”,“Berg”\n",
        "„Email“;„First name“;„Last name“\n„anna@example.com“;„Anna“;„Rossi“\n„bo@example.com“;„Bo“;„Berg“\n",
        "«Email»;«First name»;«Last name»\n«anna@example.com»;«Anna»;«Rossi»\n«bo@example.com»;«Bo»;«Berg»\n",
        # The header again, as where files were put together.
        "Email,First name,Last name\nanna@example.com,Anna,Rossi\nEmail,First name,Last name\nbo@example.com,Bo,Berg\n",
        "Email,First name,Last name\nanna@example.com,Anna,Rossi\n\ufeffEmail,First name,Last name\n"
        "bo@example.com,Bo,Berg\n",
        # Several of it.
        "\ufeffsep=;\r\nEmail;First name;Last name\ranna@example.com;Anna;Rossi\r\nbo@example.com;Bo;Berg\n",
    ],
)  # fmt: skip
def test_a_list_is_read_in_whichever_layout_it_is(content: str) -> None:
    found = people_in(content)
    if "First name" in content:
        assert found == [ANNA, BO]
    else:  # without a header nobody knows which cell is a name
        assert [email for email, *_ in found] == [ANNA[0], BO[0]]


@pytest.mark.parametrize(
    ("content", "people"),
    [
        ("anna@example.com, bo@example.com, cy@example.com\ndee@example.com\n", ["anna", "bo", "cy", "dee"]),
        ("anna@example.com;bo@example.com\ncy@example.com;dee@example.com\n", ["anna", "bo", "cy", "dee"]),
        ("Emails\nanna@example.com, bo@example.com\ncy@example.com\n", ["anna", "bo", "cy"]),
        ("anna@example.com bo@example.com\ncy@example.com", ["anna", "bo", "cy"]),
        ('"Rossi, Anna" <anna@example.com>, Bo Berg <bo@example.com>\nCy <cy@example.com>', ["anna", "bo", "cy"]),
        ("'Rossi, Anna' <anna@example.com>; 'Bo Berg' <bo@example.com>;\n", ["anna", "bo"]),
        ("To: anna@example.com, bo@example.com\nCc: cy@example.com\n", ["anna", "bo", "cy"]),
        ("['anna@example.com', 'bo@example.com']", ["anna", "bo"]),
        ("anna@example.com|bo@example.com", ["anna", "bo"]),
        ("anna@example.com\nbo@example.com\n", ["anna", "bo"]),
    ],
)
def test_addresses_in_lines_are_people(content: str, people: list[str]) -> None:
    found = people_in(content)
    assert [email.partition("@")[0] for email, *_ in found] == people
    assert all(name.strip("[]").isalpha() for _, *names in found for name in names if name)


@pytest.mark.parametrize(
    "content",
    [
        "Email,Backup\na@example.com,b@example.com\nc@example.com,d@example.com\n",
        "a@example.com,Anna\nb@example.com,Bo\n",
        "Anna\tRossi\ta@example.com\nBo\tBerg\tb@example.com\n",
        "a@example.com,b@example.com,Anna\nc@example.com,d@example.com,Bo\n",
        'name,email\n"Rossi, Anna",a@example.com\n"Berg, Bo",b@example.com\n',
        '"Rossi, Anna <a@example.com>"\n"Berg, Bo <b@example.com>"\n',
        "Email,Note\na@example.com,“quoted” by him\nb@example.com,no\nc@example.com,\u2019t Hooft\n",
    ],
)
def test_what_is_a_table_is_left_as_it_is(content: str) -> None:
    assert repairs.needed(content.splitlines(keepends=True)) is None


@pytest.mark.parametrize(
    ("content", "rows"),
    [
        (r'"a@example.com","say \"hi\"",x', ["a@example.com", 'say "hi"', "x"]),
        (r'"a@example.com","Anna \"","x"', ["a@example.com", 'Anna "', "x"]),
        (r'"a@example.com","C:\\","a \"b\" c"', ["a@example.com", "C:\\", 'a "b" c']),
        # Ordinary files: a backslash means nothing.
        (r'"a@example.com","C:\","x"', ["a@example.com", "C:\\", "x"]),
        (r'"a@example.com","say \""hi\""","x"', ["a@example.com", r"say \"hi\"", "x"]),
        (r'"a@example.com",\N,x', ["a@example.com", r"\N", "x"]),
    ],
)
def test_a_backslash_escapes_quotes_where_they_would_end_cells(content: str, rows: list[str], tmp_path: Path) -> None:
    filling = "".join(f"u{number}@example.com,n,x\n" for number in range(300))  # it is found in the last row
    path = tmp_path / "list"
    path.write_text(f"email,note,more\n{filling}{content}\n")
    with opening.opened(path, tmp_path, Chosen()) as one:
        assert [row for row, _ in rows_of(one.path, one.layout)][-1] == rows


NAMES = st.text("abcäñł'\u2019 -", min_size=1, max_size=8).map(lambda text: f"N{text.strip()}")
PEOPLE = st.lists(st.tuples(st.from_regex(r"[a-z][a-z0-9]{2,8}", fullmatch=True), NAMES), min_size=2, max_size=6,
                  unique_by=lambda one: one[0])  # fmt: skip


Writer = Callable[[list[list[str]]], str]


def _quoted(delimiter: str, quotes: str = '""') -> Writer:
    def write(rows: list[list[str]]) -> str:
        begin, end = quotes
        return "\n".join(delimiter.join(f"{begin}{cell}{end}" for cell in row) for row in rows)

    return write


def _wrapped(delimiter: str) -> Writer:
    return lambda rows: "\n".join('"' + delimiter.join(f'""{cell}""' for cell in row) + '"' for row in rows)


def _titled(rows: list[list[str]]) -> str:
    text = io.StringIO()
    csv.writer(text, delimiter=";").writerows([["List of me@example.org, with love", ""], ["", ""], *rows])
    return text.getvalue()


WRITERS: dict[str, Writer] = {
    "quotes": _quoted(","),
    "smart": _quoted(",", "“”"),
    "german": _quoted(";", "„“"),
    "french": _quoted("\t", "«»"),
    "wrapped": _wrapped(","),
    "wrapped with semicolons": _wrapped(";"),
    "title": _titled,
    "sep": lambda rows: "sep=|\r\n" + "\r\n".join("|".join(row) for row in rows),
    "header again": lambda rows: "\n".join(",".join(row) for row in [*rows[:2], rows[0], *rows[2:]]),
    "in lines": lambda rows: ", ".join(email for email, _ in rows[1:]),
    "named in lines": lambda rows: "; ".join(f'"{name}" <{email}>' for email, name in rows[1:]),
}


@pytest.mark.parametrize("write", WRITERS.values(), ids=WRITERS)
@settings(max_examples=15)
@given(PEOPLE)
def test_no_person_is_lost_in_any_layout(write: Writer, people: list[tuple[str, str]]) -> None:
    rows = [["E-mail", "Name"], *([f"{local}@example.com", name] for local, name in people)]
    assert [email for email, *_ in people_in(write(rows))] == [email for email, _ in rows[1:]]


def archive(**files: bytes | str) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in files.items():
            packed.writestr(name.replace("__", "."), content)
    return target.getvalue()


HEADER = "Email Address,First Name,MEMBER_RATING,OPTIN_TIME,LEID,EUID"


@pytest.mark.django_db
def test_lists_of_an_archive_are_one_with_the_status_of_each() -> None:
    job = load(
        archive(
            subscribed_members__csv=f"{HEADER}\nyes@example.com,Anna,2,2022-01-02,1,a\n",
            unsubscribed_members__csv=f"{HEADER},UNSUB_TIME\ngone@example.com,Bo,2,2022-01-02,1,a,2024-01-01\n",
            cleaned_members__csv="Email Address,MEMBER_RATING,LEID,EUID,CLEAN_TIME\nold@example.com,2,1,a,2024-01-01\n",
            readme__pdf=b"%PDF-1.7",
        ),
        "audience.zip",
        subscribe=Subscribe.ALL,
        lawful_basis="CONSENT",
        wording="I agree.",
    )
    assert job.counters["created"] == 3
    assert job.report["mapping"]["columns"][-1]["header"] == "File"
    states = {email: set(ConsentEvent.objects.filter(record__email=email).values_list("state", flat=True))
              for email in CustomerRecord.objects.values_list("email", flat=True)}  # fmt: skip
    assert states["yes@example.com"] == {ConsentState.SUBSCRIBED}
    assert states["gone@example.com"] == {ConsentState.UNSUBSCRIBED}
    assert states["old@example.com"] == {ConsentState.INVALID}


@pytest.mark.django_db
def test_lists_of_an_archive_may_differ_in_everything() -> None:
    load(
        archive(
            a__csv="E-Mail;Vorname;Ort\nanna@example.com;Änne;Köln\n".encode("cp1252"),
            b__csv="First name,Email\nBo,bo@example.com\n".encode("utf-16"),
            c__jsonl='{"email": "cy@example.com", "first_name": "=Cy"}\n',
            d__txt="dee@example.com, eve@example.com\n",
        )
    )
    names = dict(CustomerRecord.objects.values_list("email", "first_name"))
    assert names == {
        "anna@example.com": "Änne",
        "bo@example.com": "Bo",
        "cy@example.com": "=Cy",
        "dee@example.com": "",
        "eve@example.com": "",
    }
    assert record("anna@example.com").city == "Köln"


@pytest.mark.django_db
def test_a_list_of_an_archive_that_cannot_be_read_is_named() -> None:
    job = run(make(archive(a__csv="email\na@example.com\n", b__csv="")))
    assert re.match(r"b\.csv: The file is empty", job.error_message)
    assert CustomerRecord.objects.count() == 0
