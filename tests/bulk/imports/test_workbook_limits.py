"""A workbook that is made to take memory is refused, and an honest one of the same size is read."""

from __future__ import annotations

import zipfile
from pathlib import Path

import openpyxl
import pytest

from saleor_customer_plus.bulk.imports.readers import workbooks
from saleor_customer_plus.errors import CustomerPlusError, ErrorCode


@pytest.fixture(autouse=True)
def limits(monkeypatch: pytest.MonkeyPatch) -> None:
    """A thousandth of the real ones."""
    monkeypatch.setattr(workbooks, "MAX_PART_SIZE", 16_000)
    monkeypatch.setattr(workbooks, "MAX_GAP", 16_000)
    monkeypatch.setattr(workbooks, "MAX_SHARED_STRINGS", 256_000)


def written(path: Path, rows: list[list[str]]) -> Path:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)  # type: ignore[union-attr]
    book.save(path)
    return path


def changed(path: Path, part: str, content: str) -> Path:
    """The workbook with another content of one part."""
    target = path.with_suffix(".changed.xlsx")
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in source.namelist():
            if name != part:
                archive.writestr(name, source.read(name).replace(b"</Types>", SHARED if name == TYPES else b"</Types>"))
        archive.writestr(part, content)
    return target


TYPES = "[Content_Types].xml"
SHARED = (
    b'<Override PartName="/xl/sharedStrings.xml"'
    b' ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"/></Types>'
)


def read(path: Path) -> list[list[str]]:
    with workbooks.opened(path) as book:
        return list(book.rows_of(book.choose("").sheet))


def refused(path: Path) -> None:
    with pytest.raises(CustomerPlusError) as caught:
        read(path)
    assert caught.value.code is ErrorCode.UNSUPPORTED_FILE


NS = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
PEOPLE = [["Email"], *([f"person{number}@example.com"] for number in range(1500))]


def test_a_long_list_is_read(tmp_path: Path) -> None:
    assert read(written(tmp_path / "list.xlsx", PEOPLE)) == PEOPLE


@pytest.mark.parametrize(
    ("part", "content"),
    {
        "too many shared texts": ("xl/sharedStrings.xml", f"<sst {NS}>{'<si><t>a text</t></si>' * 20_000}</sst>"),
        "one shared text": ("xl/sharedStrings.xml", f"<sst {NS}><si><t>{'x' * 50_000}</t></si></sst>"),
        "nested shared texts": ("xl/sharedStrings.xml", f"<sst {NS}>{'<si>' * 10_000}{'</si>' * 10_000}</sst>"),
        "one cell": (
            "xl/worksheets/sheet1.xml",
            f'<worksheet {NS}><sheetData><row r="1"><c t="inlineStr"><is><t>{"x" * 50_000}</t></is></c></row>'
            "</sheetData></worksheet>",
        ),
        "one row": (
            "xl/worksheets/sheet1.xml",
            f'<worksheet {NS}><sheetData><row r="1">{"<c><v>1</v></c>" * 5000}</row></sheetData></worksheet>',
        ),
        "another part": ("xl/styles.xml", f"<styleSheet {NS}>{'<!-- -->' * 5000}</styleSheet>"),
    }.values(),
    ids=lambda value: value.rsplit("/", 1)[-1] if value.startswith("xl/") else "",
)
def test_what_takes_memory_is_refused(tmp_path: Path, part: str, content: str) -> None:
    refused(changed(written(tmp_path / "list.xlsx", [["Email"], ["anna@example.com"]]), part, content))
