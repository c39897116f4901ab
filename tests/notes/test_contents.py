"""What a file is, by its bytes, and what it may be called."""

from __future__ import annotations

import io
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from saleor_customer_plus.notes.contents import Kind, recognise, safe_name

from .samples import PDF, REFUSED, TAKEN

PDF_KIND = Kind("application/pdf", ("pdf",))
TEXT = Kind("text/plain", ("txt", "log", "md"))


@pytest.mark.parametrize("name", TAKEN)
def test_what_is_taken(name: str) -> None:
    content, content_type = TAKEN[name]

    kind = recognise(io.BytesIO(content), name)

    assert kind is not None
    assert kind.content_type == content_type
    assert safe_name(name, kind) == name


@pytest.mark.parametrize("what", REFUSED)
@pytest.mark.parametrize("name", ["a.txt", "a.pdf", "a.png", "a.csv"])
def test_what_is_refused_whatever_it_is_called(what: str, name: str) -> None:
    assert recognise(io.BytesIO(REFUSED[what]), name) is None


@pytest.mark.parametrize("name", ["a.exe", "a.html", "a.svg", "a", "a.jpg"])
def test_the_name_does_not_make_it_something_else(name: str) -> None:
    kind = recognise(io.BytesIO(PDF), name)

    assert kind == PDF_KIND
    assert safe_name(name, kind) == f"{name}.pdf"


def test_what_is_far_into_the_file_is_seen() -> None:
    """A mark of macros on the border of two of the pieces that are read."""
    for at in range(1024 * 1024 - 20, 1024 * 1024 + 2, 7):
        content = b"PK\x03\x04" + b"x" * (at - 4) + b"word/vbaProject.bin"
        assert recognise(io.BytesIO(content), "a.docx") is None
    assert recognise(io.BytesIO(b"a" * (1024 * 1024 - 1) + "ü".encode()), "a.txt") == TEXT
    assert recognise(io.BytesIO(b"a" * 3_000_000 + b"\x00"), "a.txt") is None


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        ("invoice.pdf", "invoice.pdf"),
        ("Invoice.PDF", "Invoice.pdf"),
        ("Größe 5.pdf", "Größe 5.pdf"),
        ("Gro\u0308ße.pdf", "Größe.pdf"),
        ("文件.pdf", "文件.pdf"),
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\Users\\anna\\invoice.pdf", "invoice.pdf"),
        ("/absolute/", "file.pdf"),
        ("", "file.pdf"),
        (".pdf", "file.pdf"),
        ("..", "file.pdf"),
        (".htaccess", "htaccess.pdf"),
        ("invoice\u202efdp.exe", "invoicefdp.exe.pdf"),
        ("in\x00vo\r\nice\x1b[31m.pdf", "invo ice[31m.pdf"),
        ('a"b<c>|d?*:e.pdf', "a_b_c__d___e.pdf"),
        ("  a   b . .pdf", "a b.pdf"),
        ("zero\u200bwidth.pdf", "zerowidth.pdf"),
        ("CON.pdf", "file CON.pdf"),
        ("lpt1.tar.pdf", "file lpt1.tar.pdf"),
        ("x" * 300 + ".pdf", "x" * 150 + ".pdf"),
        ("ü" * 300 + ".pdf", "ü" * 75 + ".pdf"),
        ("half \ud800.pdf", "half.pdf"),
    ],
)
def test_names(raw: str, name: str) -> None:
    assert safe_name(raw, PDF_KIND) == name


@settings(max_examples=200)
@given(st.text(max_size=300))
def test_any_name_is_made_safe_and_stays_so(raw: str) -> None:
    name = safe_name(raw, TEXT)

    assert name.rpartition(".")[2] in TEXT.endings
    assert len(name.encode()) <= 160
    assert not set(name) & set('/\\<>:"|?*')
    assert not name.startswith((".", " "))
    assert all(unicodedata.category(char)[0] != "C" for char in name)
    assert safe_name(name, TEXT) == name
