"""Whoever is in a list with a valid address comes in, whatever the file is like and whatever else is in it."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from saleor_customer_plus.jobs.models import JobState
from saleor_customer_plus.records.models import CustomerRecord

from ..properties import examples, sampled
from .imports.test_import_job import make, run, started

pytestmark = pytest.mark.django_db

# By what each column may hold. The first header of each is English, so that most files have some that everybody knows.
COLUMNS = {
    "email": ("Email", "E-mail", "E-Mail-Adresse", "Indirizzo email", "Correo electrónico", "EMAIL"),
    "first_name": ("First name", "Nome", "Vorname", "Prénom"),
    "last_name": ("Last name", "Cognome", "Nachname", "Nom de famille"),
    "phone": ("Phone", "Telefono", "Telefon"),
    "country": ("Country", "Paese", "Land"),
    "created": ("Known since", "Registrazione", "Created at"),
    "language": ("Language", "Lingua"),
    "active": ("Active", "Attivo"),
    "consent": ("Accepts newsletter", "Accetta la newsletter"),
    "tags": ("Tags", "Schlagwörter"),
    "groups": ("Groups", "Gruppi"),
    "number": ("Customer number", "Kundennummer"),
    "note": ("Store note", "Memo"),
    "color": ("Color", "Farbe"),
}
CELLS = st.sampled_from(
    [
        "", " ", "Anna", "Rossi, Anna", "'t Hooft", 'Anna "Nina" Rossi', "O'Neil; Bob", "a|b", "x;=1+1;", "=1", "-",
        "0", "NULL", "n.d.", "030 1", "call me", "+39 06 123456", "3331234567.0", "3.93E+11", "99999999999999999",
        "Germany", "Narnia", "UK", "31/12/2024", "12/31/2024", "31/31/2024", "2999-01-01", "yesterday", "yes",
        "perhaps", "1001.0",
        "unsubscribed", "vip, new", "x" * 300, "Käthe", "two\nlines", "a\\", '\\"', '"', "'", "#N/A", "ü" * 20,
        "\u200bx", "tab\there", "de_AT",
    ]
)  # fmt: skip
LOCAL = st.text("abcdefghijklmnopqrstuvwxyz0123456789", min_size=1, max_size=6)
VALID = st.builds(
    "{}{}@{}".format,
    LOCAL,
    st.sampled_from(["", ".x", "+list", "_y"]),
    st.sampled_from(["example.com", "mail.example.org"]),
)
# An address as people write it; and what is none.
WRITTEN: list[Callable[[str], str]] = [
    str, str, str, str.upper, str.title, " {} ".format, "mailto:{}".format, "<{}>".format, "Anna Rossi <{}>".format,
    "{}\u200b".format,
]  # fmt: skip
NOBODY = ["", "nobody", "anna@", "@example.com", "n/a", "anna example.com", "-"]
TITLES = ["Customers 2026", "Exported by admin@shop.example on 2026-01-01", "", "Total: 12"]


@st.composite
def lists(draw: st.DrawFn) -> tuple[list[str], list[list[str]], set[str]]:
    """A header, rows, and the addresses of whoever is in them."""
    keys = ["email", *draw(st.lists(st.sampled_from(list(COLUMNS)[1:]), unique=True, min_size=1, max_size=6))]
    keys = draw(st.permutations(keys))
    headers = [draw(st.sampled_from(COLUMNS[key])) for key in keys]
    people: set[str] = set()
    known = draw(st.lists(VALID, min_size=2, max_size=8, unique_by=str.lower))
    rows = []
    for serial in range(draw(st.integers(4, 14))):
        address = draw(st.sampled_from(known))
        is_valid = serial == 0 or draw(st.integers(0, 5)) > 0
        email = draw(st.sampled_from(WRITTEN))(address) if is_valid else draw(st.sampled_from(NOBODY))
        row = [email if key == "email" else draw(CELLS) for key in keys]
        if is_valid:
            people.add(address.lower())
        # Fewer cells than the header, or blank ones too many.
        cut = draw(st.integers(0, 3))
        if cut == 1:
            row = row[: max(keys.index("email") + 1, len(row) - 1)]
        rows.append([*row, "", ""] if cut == 2 else row)
    return headers, rows, people


DELIMITED = st.fixed_dictionaries(
    {
        "delimiter": st.sampled_from(",;\t|"),
        "quoting": st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
        "lineterminator": st.sampled_from(["\n", "\r\n"]),
    }
)
ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "cp1252", "utf-16-le"]


def written(headers: list[str], rows: list[list[str]], layout: Mapping[str, Any], above: list[str], sep: bool) -> str:
    file = io.StringIO(newline="")
    if sep:
        file.write(f"sep={layout['delimiter']}{layout['lineterminator']}")
    else:
        for title in above:
            file.write(title.replace(layout["delimiter"], " ") + layout["lineterminator"])
    csv.writer(file, **layout).writerows([headers, *rows])
    return file.getvalue()


def encoded(text: str, encoding: str) -> bytes:
    if encoding == "utf-16-le":
        return b"\xff\xfe" + text.encode(encoding)
    return text.encode(encoding, "ignore")


@transaction.atomic
def check(content: bytes, name: str, people: set[str]) -> None:
    """Look at the preview, start the import, and load the list again. Nothing is left for the next example."""
    job = run(make(content, name, show_preview=True))
    assert job.state == JobState.READY, (job.error_code, job.error_message, people)
    counts = job.report["preview"]["counts"]

    job = started(job)

    assert job.state == JobState.SUCCEEDED, job.error_message
    assert set(CustomerRecord.objects.values_list("email", flat=True)) == people
    done = job.counters
    assert counts["to_create"] == done.get("created", 0) == len(people)
    assert counts["to_update"] == done.get("updated", 0) == 0
    assert counts["to_refuse"] == done.get("refused", 0)
    assert counts["to_skip"] == done.get("skipped", 0)

    before = list(CustomerRecord.objects.order_by("id").values())
    again = run(make(content, name)).counters
    assert (again.get("created", 0), again.get("updated", 0), again.get("unchanged", 0)) == (0, 0, len(people))
    assert list(CustomerRecord.objects.order_by("id").values()) == before
    transaction.set_rollback(True)


some = settings(
    max_examples=examples(1),
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
    deadline=None,
)


@pytest.mark.parametrize("encoding", sampled(ENCODINGS, one_in=3))
@some
@given(lists(), DELIMITED, st.lists(st.sampled_from(TITLES), max_size=2), st.booleans())
def test_in_text_files(
    encoding: str,
    table: tuple[list[str], list[list[str]], set[str]],
    layout: dict[str, Any],
    above: list[str],
    sep: bool,
) -> None:
    headers, rows, people = table
    check(encoded(written(headers, rows, layout, above, sep), encoding), "list.csv", people)


def test_with_cells_of_nothing_but_marks() -> None:
    headers = ["phone", "number", "country", "created at", "first name", "tags", "whatever"]
    content = io.StringIO(newline="")
    cells = ["'", "''", "\u200b", "'\u200b", "+", '"', "' '"]
    people = {f"p{number}@example.com": cell for number, cell in enumerate(cells)}
    rows = [["email", *headers, "city"], *([email, *[cell] * len(headers), "Rome"] for email, cell in people.items())]
    csv.writer(content).writerows(rows)
    check(content.getvalue().encode(), "list.csv", set(people))


@some
@given(lists())
def test_in_workbooks(table: tuple[list[str], list[list[str]], set[str]]) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    headers, rows, people = table
    book = openpyxl.Workbook()
    for row in (headers, *rows):
        book.active.append([cell if not cell.startswith("=") else f"'{cell}" for cell in row])
    file = io.BytesIO()
    book.save(file)
    check(file.getvalue(), "list.xlsx", people)


@some
@given(lists())
def test_in_json_lines(table: tuple[list[str], list[list[str]], set[str]]) -> None:
    headers, rows, people = table
    lines = [json.dumps(dict(zip(headers, row, strict=False)), ensure_ascii=False) for row in rows]
    check("\n".join(lines).encode(), "list.jsonl", people)


@some
@given(lists(), DELIMITED)
def test_in_archives(table: tuple[list[str], list[list[str]], set[str]], layout: dict[str, Any]) -> None:
    headers, rows, people = table
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("people.csv", written(headers, rows, layout, [], False))
    check(file.getvalue(), "list.zip", people)
