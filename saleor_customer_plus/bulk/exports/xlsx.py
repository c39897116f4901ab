"""Workbooks, written as a stream: every cell says whether it is text or a number, so nothing in it is ever run.

Saleor ships no library that writes XLSX, and the few parts of the format that a list needs are here.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from typing import IO
from xml.sax.saxutils import escape

from ..cells import is_formula

# What a sheet can hold; more goes on in the next one.
ROWS = 1_048_576
MAX_CELL_LENGTH = 32_767

_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"

# Characters that XML has not, and what looks like one of them written as the format writes it, also if it only does
# once what follows is written so.
_NO_XML = r"\x00-\x08\x0b-\x1f\ufffe\uffff"
_ESCAPED = re.compile(f"[{_NO_XML}]|_(?=x[0-9A-Fa-f]{{4}}[_{_NO_XML}])")

# Styles: 0 plain, 1 the head, 2 text that stays text also when somebody edits it.
_STYLES = (
    f'{_HEAD}<styleSheet xmlns="{_MAIN}"><fonts count="2"><font/><font><b/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>'
    '</fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="3">'
    '<xf xfId="0"/><xf xfId="0" fontId="1" applyFont="1"/><xf xfId="0" numFmtId="49" quotePrefix="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)


def write_workbook(
    file: IO[bytes], headers: Sequence[str], are_numbers: Sequence[bool], rows: Iterable[Sequence[str | None]]
) -> tuple[int, int]:
    """Write a head and rows. Texts that a cell cannot hold are cut. Return the numbers of rows and of cut cells."""
    count = sheets = cut = 0
    columns = [_letters(number) for number in range(len(headers))]
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        remaining = iter(rows)
        pending = next(remaining, None)
        while pending is not None or not sheets:
            sheets += 1
            with archive.open(f"xl/worksheets/sheet{sheets}.xml", "w", force_zip64=True) as sheet:
                sheet.write(f'{_HEAD}<worksheet xmlns="{_MAIN}">{_FROZEN}<sheetData>'.encode())
                head = (_text(header, letters, 1, 1) for header, letters in zip(headers, columns, strict=True))
                sheet.write(f'<row r="1">{"".join(head)}</row>'.encode())
                for number in range(2, ROWS + 1):
                    if pending is None:
                        break
                    written = _row(pending, columns, are_numbers, number)
                    if len(written) > MAX_CELL_LENGTH:
                        cut += sum(len(cell or "") > MAX_CELL_LENGTH for cell in pending)
                    sheet.write(written)
                    count += 1
                    pending = next(remaining, None)
                sheet.write(b"</sheetData></worksheet>")
        for name, text in _parts(sheets):
            archive.writestr(name, text)
    return count, cut


_FROZEN = (
    '<sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft"'
    ' state="frozen"/></sheetView></sheetViews>'
)


def _letters(number: int) -> str:
    """The name of a column by its number from 0: A, B ... Z, AA ..."""
    more, last = divmod(number, 26)
    return (_letters(more - 1) if more else "") + chr(ord("A") + last)


def _row(row: Sequence[str | None], columns: Sequence[str], are_numbers: Sequence[bool], number: int) -> bytes:
    cells = [
        f'<c r="{letters}{number}"><v>{value}</v></c>'
        if is_number
        else _text(value, letters, number, 2 if is_formula(value) else 0)
        for value, letters, is_number in zip(row, columns, are_numbers, strict=True)
        if value is not None
    ]
    return f'<row r="{number}">{"".join(cells)}</row>'.encode()


def _text(text: str, letters: str, number: int, style: int) -> str:
    text = escape(escaped(text[:MAX_CELL_LENGTH]))
    return f'<c r="{letters}{number}" s="{style}" t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'


def escaped(text: str) -> str:
    """The text without what XML cannot have: `readers.workbooks.unescaped` gives it back."""
    return _ESCAPED.sub(lambda found: f"_x{ord(found[0]):04X}_", text)


def _parts(sheets: int) -> Iterator[tuple[str, str]]:
    """The small files of the archive that say what the sheets are."""
    numbers = range(1, sheets + 1)
    yield (
        "[Content_Types].xml",
        f'{_HEAD}<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{_TYPE}.styles+xml"/>'
        + "".join(
            f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{_TYPE}.worksheet+xml"/>' for n in numbers
        )
        + "</Types>",
    )
    yield (
        "_rels/.rels",
        _relations([("rId1", "officeDocument", "xl/workbook.xml")]),
    )
    yield (
        "xl/workbook.xml",
        f'{_HEAD}<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>'
        + "".join(f'<sheet name="Customers {n}" sheetId="{n}" r:id="rId{n}"/>' for n in numbers)
        + "</sheets></workbook>",
    )
    yield (
        "xl/_rels/workbook.xml.rels",
        _relations(
            [
                *((f"rId{n}", "worksheet", f"worksheets/sheet{n}.xml") for n in numbers),
                (f"rId{sheets + 1}", "styles", "styles.xml"),
            ]
        ),
    )
    yield "xl/styles.xml", _STYLES


def _relations(relations: Iterable[tuple[str, str, str]]) -> str:
    listed = "".join(
        f'<Relationship Id="{id}" Type="{_OFFICE}/{kind}" Target="{target}"/>' for id, kind, target in relations
    )
    return f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">{listed}</Relationships>'
