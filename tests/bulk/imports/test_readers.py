"""Files as people have them: every encoding, layout and packing, and those that are no lists."""

from __future__ import annotations

import csv
import gzip
import io
import itertools
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from saleor_customer_plus.bulk import imports
from saleor_customer_plus.bulk.exports import xlsx
from saleor_customer_plus.bulk.imports.headers.mapping import map_columns
from saleor_customer_plus.bulk.imports.options import ImportOptions
from saleor_customer_plus.bulk.imports.readers import conversion, encodings, layout, workbooks
from saleor_customer_plus.bulk.imports.readers.csv_rows import rows_of
from saleor_customer_plus.bulk.imports.readers.layout import Chosen
from saleor_customer_plus.errors import CustomerPlusError
from saleor_customer_plus.jobs.models import JobState
from saleor_customer_plus.records.models import CustomerRecord

from .test_import_job import load, make, run

TEXT = 'E-Mail;Vorname;Ort\nanna@example.com;Änne;"Köln; Süd"\nbo@example.com;José;Málaga\n'


@pytest.fixture
def file(tmp_path: Path) -> Callable[[bytes], Path]:
    def write(content: bytes) -> Path:
        path = tmp_path / "list"
        path.write_bytes(content)
        return path

    return write


def read(path: Path, **chosen: Any) -> tuple[layout.Layout, list[list[str]]]:
    found = layout.detect(path, Chosen(**chosen))
    return found, [row for row, _ in rows_of(path, found)]


@pytest.mark.parametrize(
    ("raw", "encoding"),
    [
        (TEXT.encode(), "utf-8"),
        (TEXT.encode("utf-8-sig"), "utf-8-sig"),
        (TEXT.encode("utf-16"), "utf-16"),
        (TEXT.encode("utf-16-le"), "utf-16-le"),
        (TEXT.encode("utf-16-be"), "utf-16-be"),
        (TEXT.encode("cp1252"), "cp1252"),
        (TEXT.encode("mac_roman"), "mac_roman"),
        ("email,imię\na@b.pl,Wałęsa Łukasz Żółć Śliwiński\n".encode("cp1250"), "cp1250"),
        ("email,имя\na@b.ru,Наталья Иванова\n".encode("cp1251"), "cp1251"),
        ("email,όνομα\na@b.gr,Γεώργιος Παπαδόπουλος\n".encode("cp1253"), "cp1253"),
    ],
)
def test_the_encoding_is_found(file: Callable[[bytes], Path], raw: bytes, encoding: str) -> None:
    assert encodings.detect(file(raw)) == encoding


def test_an_accent_in_the_last_row_is_enough(file: Callable[[bytes], Path]) -> None:
    raw = b"email,name\n" + b"a@example.com,Anna\n" * 200_000 + "b@example.com,Müller\n".encode("cp1252")
    assert encodings.detect(file(raw)) == "cp1252"


def test_lists_in_two_encodings_put_together_are_read_letter_by_letter(file: Callable[[bytes], Path]) -> None:
    raw = "email,name\na@b.it,Jörg\nb@b.it,Zoë\n".encode() + "c@b.it,Jürgen\n".encode("cp1252")
    found, rows = read(file(raw))
    assert found.encoding == "utf-8"
    assert [name for _, name in rows] == ["Jörg", "Zoë", "Jürgen"]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_the_delimiter_is_found(file: Callable[[bytes], Path], delimiter: str, end: str) -> None:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, lineterminator=end)
    rows = [["Email", "Name", "Address"], ["a@b.it", 'An "na"', "Via Roma, 1; int. 2"], ["c@d.it", "Bo", "Rue\nX"]]
    writer.writerows(rows)
    found, read_rows = read(file(text.getvalue().encode()))
    assert (found.delimiter, list(found.headers), found.first_row) == (delimiter, rows[0], 2)
    assert read_rows == rows[1:]


@pytest.mark.parametrize("first", ["sep=;\n", "sep=;\r\n", '"sep=;"\n', "SEP=;\n", "\ufeffsep=;\n"])
def test_a_line_that_names_the_delimiter_is_obeyed(file: Callable[[bytes], Path], first: str) -> None:
    found, rows = read(file(f"{first}email;note\na@b.it;x,y,z\n".encode()))
    assert (found.headers, found.first_row, rows) == (("email", "note"), 3, [["a@b.it", "x,y,z"]])


@pytest.mark.parametrize(
    ("text", "has_header"),
    [
        ("email\na@b.it\n", True),
        ("a@b.it\nc@d.it\n", False),
        ("Anna,a@b.it\nBo,c@d.it\n", False),
        ("Kontakt,Wohnort\na@b.it,Köln\n", True),
    ],
)
def test_a_header_is_told_from_a_row(file: Callable[[bytes], Path], text: str, has_header: bool) -> None:
    found, rows = read(file(text.encode()))
    assert found.has_header is has_header
    assert len(rows) == (1 if has_header else 2)


@pytest.mark.parametrize(
    "above",
    [
        "Customer list 31.12.2024;;\n",
        "Customers\n\n;;\n",
        "Contact;;Address\n",  # of cells that were merged
    ],
)
def test_a_header_is_found_below_titles(file: Callable[[bytes], Path], above: str) -> None:
    found, rows = read(file(f"{above}E-Mail;Name;City\na@b.it;Anna;Rome\n".encode()))
    assert found.headers == ("E-Mail", "Name", "City")
    assert (found.first_row, rows) == (above.count("\n") + 2, [["a@b.it", "Anna", "Rome"]])


def test_a_cell_of_a_person_is_no_header(file: Callable[[bytes], Path]) -> None:
    found, rows = read(file(b"Contact;Reach by\na@b.it;E-Mail\n;E-Mail\n"))
    assert (found.headers, len(rows)) == (("Contact", "Reach by"), 2)


def test_a_quote_may_come_after_blanks(file: Callable[[bytes], Path]) -> None:
    found, rows = read(file(b'"email", "name"\n"a@b.it", "Rossi, Anna"\n'))
    assert (found.headers, rows) == (("email", "name"), [["a@b.it", "Rossi, Anna"]])


def test_lines_may_end_in_any_way(file: Callable[[bytes], Path]) -> None:
    raw = b'email,note\r\na@b.it,"x\ry"\rb@b.it,y\r\r\nc@b.it,z\n'
    found, _ = read(file(raw))
    rows = list(rows_of(file(raw), found))
    assert [row for row, _ in rows if row] == [["a@b.it", "x\ry"], ["b@b.it", "y"], ["c@b.it", "z"]]
    for index, (_, end) in enumerate(rows):
        assert [row for row, _ in rows_of(file(raw), found, start=end)] == [row for row, _ in rows[index + 1 :]]


def test_each_of_it_can_be_set(file: Callable[[bytes], Path]) -> None:
    raw = "email:name\n'a:b@c.it':Łukasz\n".encode("iso8859_2")
    found, rows = read(file(raw), encoding="latin2", delimiter=":", quote="'", has_header=False)
    assert (found.encoding, found.headers) == ("iso8859-2", ("Column 1", "Column 2"))
    assert rows == [["email", "name"], ["a:b@c.it", "Łukasz"]]


CELLS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00\r"), max_size=8)


@given(
    st.lists(
        st.lists(
            st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00\r"), max_size=8),
            min_size=2,
            max_size=2,
        ),
        min_size=1,
        max_size=6,
    )
)
def test_a_row_begins_where_the_one_before_ended(rows: list[list[str]]) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "rows.csv")
        conversion.write(path, [["email", "name"], *rows])
        found = layout.detect(path, Chosen(encoding="utf-8", delimiter=",", has_header=True))
        whole = list(rows_of(path, found))
        assert [row for row, _ in whole] == rows
        for index, (_, end) in enumerate(whole):
            assert [row for row, _ in rows_of(path, found, start=end)] == rows[index + 1 :]


@pytest.mark.parametrize(
    ("text", "people"),
    [
        ("a@b.it,c@d.it", [["", "a@b.it"], ["", "c@d.it"]]),
        ("a@b.it; c@d.it\ne@f.it g@h.it", [["", "a@b.it"], ["", "c@d.it"], ["", "e@f.it"], ["", "g@h.it"]]),
        ("Anna <a@b.it>", [["Anna", "a@b.it"]]),
        ('"Rossi, Anna" <a@b.it>, Bo <c@d.it>, e@f.it', [["Rossi, Anna", "a@b.it"], ["Bo", "c@d.it"], ["", "e@f.it"]]),
        ("Anna Rossi a@b.it\nc@d.it - Bo", [["Anna Rossi", "a@b.it"], ["Bo", "c@d.it"]]),
        ("Anna\tRossi\ta@b.it\nBo\t\tc@d.it", [["Anna Rossi", "a@b.it"], ["Bo", "c@d.it"]]),
        ("a@b.it\tc@d.it", [["", "a@b.it"], ["", "c@d.it"]]),
        ("Anna <a@b.it> Bo <c@d.it>", [["Anna", "a@b.it"], ["Bo", "c@d.it"]]),
        ("nobody, a@b.it", [["", "nobody"], ["", "a@b.it"]]),
        ("@nobody a@b@c.it", [["@nobody", "a@b@c.it"]]),
        ("Anna  <a@b.it", [["", "Anna"], ["", "a@b.it"]]),
    ],
)
def test_pasted_people(text: str, people: list[list[str]]) -> None:
    assert list(conversion.rows_of_pasted(text))[1:] == people


LONG = 200_000


@pytest.mark.parametrize(
    ("begin", "filling", "end"),
    [("", "a", ""), ("", "a", "@"), ("", "a@", ""), ("x", " ", "y<"), ("", '"a,', "")],
)
def test_what_is_made_to_be_read_for_hours_is_read_in_a_moment(begin: str, filling: str, end: str) -> None:
    """Whatever tries each letter as the beginning of an address takes the square of the length."""
    text = begin + filling * LONG + end
    assert len(list(conversion.rows_of_pasted(text))) > 1
    assert layout.is_header([text])
    with pytest.raises(CustomerPlusError, match="No column has e-mail addresses"):
        map_columns(["Column 1"], [[text]])


def test_lists_within_lists_are_told_in_one_cell(tmp_path: Path) -> None:
    path = tmp_path / "list.jsonl"
    path.write_text('{"x": ' + "[" * 20 + "1, 2" + "]" * 20 + "}\n")
    assert list(conversion.rows_of_json_lines(path, "utf-8")) == [["x"], ["1, 2"]]


# Whole files, through a job.


def workbook(rows: list[list[Any]], **others: list[list[Any]]) -> bytes:
    """A workbook of a sheet "Sheet" with these rows, and further ones, hidden if there is a `_` before the name."""
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    for name, further in others.items():
        sheet = book.create_sheet(name.strip("_"))
        sheet.sheet_state = "hidden" if name.startswith("_") else "visible"
        for row in further:
            sheet.append(row)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def zipped(**files: bytes) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name.replace("__", ".") if name[0] != "_" else name, content)
    return target.getvalue()


PLAIN = b"email,first name,customer number\nanna@example.com,\xc3\x84nne,007\n"


@pytest.mark.django_db
@pytest.mark.parametrize(
    "raw",
    [
        PLAIN,
        PLAIN.decode().encode("utf-16"),
        PLAIN.decode().encode("cp1252"),
        PLAIN.replace(b",", b"\t"),
        PLAIN.replace(b"\n", b"\r"),
        gzip.compress(PLAIN),
        zipped(list__csv=PLAIN),
        zipped(list__csv=PLAIN, **{"__MACOSX/._list": b"x"}),
        workbook([["email", "first name", "customer number"], ["anna@example.com", "Änne", "007"]]),
        zipped(list__xlsx=workbook([["email", "first name", "customer number"], ["anna@example.com", "Änne", "007"]])),
        json.dumps({"email": "anna@example.com", "first_name": "Änne", "number": "007"}).encode() + b"\n",
    ],
    ids=["csv", "utf-16", "cp1252", "tsv", "old mac", "gzip", "zip", "zip of a mac", "xlsx", "zip of xlsx", "json"],
)
def test_every_kind_of_file_is_read(raw: bytes) -> None:
    assert load(raw).counters == {"read": 1, "created": 1}
    record = CustomerRecord.objects.get()
    assert (record.email, record.first_name, record.number) == ("anna@example.com", "Änne", "007")


@pytest.mark.django_db
def test_numbers_and_dates_of_a_workbook_are_read_as_they_are_shown() -> None:
    from datetime import datetime

    rows = [["email", "customer number", "known since", "tax exempt"], ["a@b.it", 1001.0, datetime(2020, 5, 1), True]]
    load(workbook(rows))
    record = CustomerRecord.objects.get()
    assert (record.number, record.is_tax_exempt) == ("1001", True)
    assert record.created_at.isoformat() == "2020-05-01T00:00:00+00:00"


def people(*names: str) -> list[list[Any]]:
    return [["email", "first name"], *([f"{name.lower()}@example.com", name] for name in names)]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("sheets", "asked", "read_sheet", "others", "found"),
    [
        ([people("Anna")], "", "Sheet", [], ["Anna"]),
        ([people("Anna"), {"More": people("Bo"), "Empty": []}], "", "Sheet", ["More"], ["Anna"]),
        ([[], {"People": people("Anna"), "More": people("Bo")}], "", "People", ["More"], ["Anna"]),
        ([[["Report", "2024"]], {"People": people("Anna")}], "", "People", ["Sheet"], ["Anna"]),
        ([[], {"_Hidden": people("Anna"), "More": people("Bo")}], "", "More", [], ["Bo"]),
        ([people("Anna"), {"More": people("Bo", "Cy")}], " more", "More", ["Sheet"], ["Bo", "Cy"]),
        ([people("Anna"), {"_Hidden": people("Bo")}], "Hidden", "Hidden", ["Sheet"], ["Bo"]),
    ],
)
def test_of_a_workbook_one_sheet_is_read_and_the_others_are_told(
    sheets: list[Any], asked: str, read_sheet: str, others: list[str], found: list[str]
) -> None:
    rows, *further = sheets

    job = load(workbook(rows, **(further[0] if further else {})), sheet=asked)

    assert job.report["file"]["sheet"] == read_sheet
    assert job.report["file"]["other_sheets"] == others
    assert list(CustomerRecord.objects.order_by("email").values_list("first_name", flat=True)) == found


@pytest.mark.django_db
def test_a_sheet_that_there_is_not_is_refused_with_those_that_there_are() -> None:
    job = run(make(workbook(people("Anna"), More=people("Bo")), sheet="Old"))
    assert (job.state, job.error_code) == (JobState.FAILED, "NOT_FOUND")
    assert job.error_message == "The workbook has no sheet of this name. Its sheets are: Sheet, More."

    imports.change(job.pk, ImportOptions(sheet="More", show_preview=False), actor=job.actor)
    assert run(job).state == JobState.SUCCEEDED
    assert CustomerRecord.objects.get().first_name == "Bo"

    job = run(make(PLAIN, sheet="Old"))
    assert (job.error_code, "no workbook" in job.error_message) == ("INVALID", True)
    assert "sheet" not in load(PLAIN).report["file"]


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("_x0041_nna", "Anna"),
        ("_x005F_x0041_", "_x0041_"),
        ("_x005f_x0041__x005F_x005F_", "_x0041__x005F_"),
        ("x005F_b", "x005F_b"),
        ("a_x000D_\n", "a\r\n"),
        ("_xD83D__xDE00_", "\U0001f600"),
        ("_xD83D_!", "\ufffd!"),
        ("_x41_ _X0041_ _x0041", "_x41_ _X0041_ _x0041"),
        ("\ufeff_x0041_", "\ufeffA"),
    ],
)
def test_characters_that_a_workbook_has_by_their_numbers(tmp_path: Path, written: str, shown: str) -> None:
    path = tmp_path / "list.xlsx"
    path.write_bytes(workbook([[written, 1]]))  # openpyxl writes texts as they are, shared by all cells
    with workbooks.opened(path) as book:
        assert list(book.rows_of("Sheet")) == [[shown, "1"]]


@given(st.lists(st.sampled_from([*"_x0041F5", "\x01", "\ufffe", "\r", "\U0001f600"]), min_size=7, max_size=20))
def test_any_text_that_we_write_into_a_workbook_is_read_as_it_was(letters: list[str]) -> None:
    for text in ("".join(letters), "_x0041" + "".join(letters)):
        assert workbooks.unescaped(xlsx.escaped(text)) == text


def with_part(name: str, content: str) -> bytes:
    """A workbook one of whose files says something else."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook(people("Anna")))) as source, zipfile.ZipFile(target, "w") as archive:
        for info in source.infolist():
            archive.writestr(info.filename, content if info.filename == name else source.read(info))
    return target.getvalue()


SHEET = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">{}</worksheet>'


@pytest.mark.django_db
def test_what_a_sheet_says_of_its_own_size_is_not_believed() -> None:
    cells = "".join(
        f'<row r="{row}"><c r="A{row}" t="inlineStr"><is><t>{text}</t></is></c></row>'
        for row, text in [(1, "email"), (2, "a@example.com")]
    )
    sheet = SHEET.format(f'<dimension ref="A1"/><sheetData>{cells}</sheetData>')
    assert load(with_part("xl/worksheets/sheet1.xml", sheet)).counters == {"read": 1, "created": 1}


@pytest.mark.django_db
@pytest.mark.parametrize(
    "rows",
    ['<row r="1"><c r="A1" t="s"><v>99</v></c></row>', '<row r="1"><c r="A1" t="s"><v>a</v></c></row>', "<row"],
    ids=["no such text", "no number", "no XML"],
)
def test_a_broken_sheet_gets_a_clear_error(rows: str) -> None:
    job = run(make(with_part("xl/worksheets/sheet1.xml", SHEET.format(f"<sheetData>{rows}</sheetData>"))))
    assert (job.state, job.error_code) == (JobState.FAILED, "UNSUPPORTED_FILE")
    assert job.error_message.startswith("The workbook cannot be read.")


_TIMES_TEN = "".join(f'<!ENTITY {name} "{f"&{before};" * 10}">' for before, name in itertools.pairwise("abcdefghij"))


@pytest.mark.django_db
@pytest.mark.parametrize(
    "entities",
    [f'<!ENTITY a "xxxxxxxxxx">{_TIMES_TEN}', '<!ENTITY j SYSTEM "file:///etc/hostname">'],
    ids=["that multiply", "from elsewhere"],
)
def test_entities_of_a_sheet_are_not_resolved(entities: str) -> None:
    cell = '<row r="1"><c r="A1" t="inlineStr"><is><t>email&j;</t></is></c></row>'
    sheet = f"<!DOCTYPE worksheet [{entities}]>{SHEET.format(f'<sheetData>{cell}</sheetData>')}"
    job = run(make(with_part("xl/worksheets/sheet1.xml", sheet)))
    assert (job.state, job.error_code) == (JobState.FAILED, "UNSUPPORTED_FILE")
    assert job.error_message.startswith("The workbook cannot be read.")


def test_a_row_of_the_billionth_line_fills_no_disk(tmp_path: Path) -> None:
    path = tmp_path / "list.xlsx"
    row = '<row r="999999999999"><c r="A999999999999" t="inlineStr"><is><t>x</t></is></c></row>'
    path.write_bytes(with_part("xl/worksheets/sheet1.xml", SHEET.format(f"<sheetData>{row}</sheetData>")))
    with workbooks.opened(path) as book:
        assert sum(1 for _ in book.rows_of("Sheet")) == 1_048_576


def bomb() -> bytes:
    return gzip.compress(b"a@example.com\n" * 20_000_000)


def with_macros() -> bytes:
    target = io.BytesIO(workbook([["email"], ["a@b.it"]]))
    with zipfile.ZipFile(target, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"macro")
    return target.getvalue()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("raw", "says"),
    [
        (b"\x89PNG\r\n\x1a\n" + b"\x00" * 50, "picture"),
        (b"%PDF-1.7 ...", "PDF"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 50, "old Excel"),
        (bytes(range(256)) * 10, "not a text"),
        (b"", "empty"),
        (b"\n\n \n", "empty"),
        (b"PK\x03\x04 broken", "broken"),
        (gzip.compress(PLAIN * 1000)[:-40], "broken"),
        (zipped(one__pdf=PLAIN, two__pdf=PLAIN), "one file, or up to 50 lists"),
        (zipped(**{f"l{number}__csv": PLAIN for number in range(51)}), "one file, or up to 50 lists"),
        (zipped(list__gz=gzip.compress(PLAIN)), "archive in the archive"),
        (b"email," + b",".join(b"c%d" % n for n in range(10_000)) + b"\na@b.it\n", "500 columns"),
        (b'email,note\na@b.it,"' + b"x" * 50_000_000 + b'"\n', "several megabytes"),
        (b'email,note\na@b.it,"' + b"x\n" * 200_000, "quotation mark"),
        (b'{"email": "a@b.it"}\n[1]\n', "Line 2 of the file is not an object"),
        (b'{"email": "a@b.it"}\n\n{"email"\n', "Line 3 of the file is not JSON"),
        (b'{"email": "a@b.it", "x": ' + b"[" * 21 + b"]" * 21 + b"}\n", "lists within lists"),
        (b'{"email": "a@b.it", "x": ' + b'{"y":' * 600 + b"1" + b"}" * 600 + b"}\n", "lists within lists"),
        # Deeper than Python itself reads.
        (b'{"email": "a@b.it", "x": ' + b"[" * 99_999 + b"]" * 99_999 + b"}\n", "lists within lists"),
        (b'[\n{"email": "a@b.it"}]\n', "JSON in one piece"),
        (b'[{"email": "a@b.it"}]', "JSON in one piece"),
        (b"<html><table><tr><td>a@b.it</td></tr></table></html>", "web page"),
        (b'<?xml version="1.0"?>\n<Workbook>a@b.it</Workbook>', "XML"),
        (b"BEGIN:VCARD\r\nEMAIL:a@b.it\r\nEND:VCARD\r\n", "address book"),
        (with_macros(), "macros"),
        (zipped(mimetype=b"application/vnd.oasis", content__xml=b"<x/>"), "OpenDocument"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_no_list_gets_a_clear_error_and_leaves_no_trace(raw: bytes, says: str) -> None:
    job = run(make(raw))
    assert job.state == JobState.FAILED
    assert job.error_code in ("UNSUPPORTED_FILE", "INVALID")
    assert says in job.error_message
    assert CustomerRecord.objects.count() == 0
    assert not job.problems.exists()
    assert not job.options.get("_working")


@pytest.mark.django_db
def test_a_file_that_is_packed_to_harm_is_refused_before_it_is_unpacked() -> None:
    job = run(make(bomb()))
    assert (job.state, job.error_code) == (JobState.FAILED, "UNSUPPORTED_FILE")
    assert "far bigger" in job.error_message


@pytest.mark.django_db
def test_formulas_are_text() -> None:
    """Of a formula counts what it came to, which openpyxl does not compute; of a CSV, what is written."""
    job = load("email,first name,store note\na@b.it,'=1+1,=2+2\n")
    record = CustomerRecord.objects.get()
    assert (record.first_name, record.store_note) == ("=1+1", "=2+2")
    assert job.counters == {"read": 1, "created": 1}


def test_an_encoding_that_there_is_not_is_refused() -> None:
    with pytest.raises(CustomerPlusError, match="not known"):
        encodings.known("klingon")
    with pytest.raises(CustomerPlusError, match="not known"):
        encodings.known("rot13")
