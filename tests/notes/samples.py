"""Files of all kinds, as small as they can be."""

from __future__ import annotations

import io
import zipfile


def archive(*names: str, first: tuple[str, bytes] | None = None) -> bytes:
    """A ZIP archive with these parts."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        if first:
            file.writestr(*first)
        for name in names:
            file.writestr(name, "<x/>")
    return buffer.getvalue()


def ole(*names: str) -> bytes:
    """The beginning of an older office file, with these parts in its directory."""
    parts = b"".join(name.encode("utf-16-le").ljust(128, b"\x00") for name in names)
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + parts


PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(40)
DOCX = archive("[Content_Types].xml", "_rels/.rels", "word/document.xml")

# What is taken, by a name that says so: the content, its type, and the ending that the name keeps.
TAKEN: dict[str, tuple[bytes, str]] = {
    "a.pdf": (PDF, "application/pdf"),
    "a.jpg": (b"\xff\xd8\xff\xe0" + bytes(20), "image/jpeg"),
    "a.jpeg": (b"\xff\xd8\xff\xe1" + bytes(20), "image/jpeg"),
    "a.png": (PNG, "image/png"),
    "a.gif": (b"GIF89a" + bytes(20), "image/gif"),
    "a.webp": (b"RIFF\x24\x00\x00\x00WEBPVP8 " + bytes(20), "image/webp"),
    "a.tiff": (b"II*\x00" + bytes(20), "image/tiff"),
    "a.heic": (b"\x00\x00\x00\x18ftypheic" + bytes(20), "image/heic"),
    "a.avif": (b"\x00\x00\x00\x18ftypavif" + bytes(20), "image/avif"),
    "a.mp4": (b"\x00\x00\x00\x18ftypisom" + bytes(20), "video/mp4"),
    "a.mov": (b"\x00\x00\x00\x14ftypqt  " + bytes(20), "video/quicktime"),
    "a.m4a": (b"\x00\x00\x00\x18ftypM4A " + bytes(20), "audio/mp4"),
    "a.mp3": (b"ID3\x04" + bytes(20), "audio/mpeg"),
    "a.wav": (b"RIFF\x24\x00\x00\x00WAVEfmt " + bytes(20), "audio/wav"),
    "a.zip": (archive("a.txt"), "application/zip"),
    "a.gz": (b"\x1f\x8b\x08" + bytes(20), "application/gzip"),
    "a.7z": (b"7z\xbc\xaf\x27\x1c" + bytes(20), "application/x-7z-compressed"),
    "a.docx": (DOCX, "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    "a.xlsx": (
        archive("[Content_Types].xml", "xl/workbook.xml"),
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ),
    "a.pptx": (
        archive("[Content_Types].xml", "ppt/presentation.xml"),
        "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    ),
    "a.odt": (
        archive("content.xml", first=("mimetype", b"application/vnd.oasis.opendocument.text")),
        "application/vnd.oasis.opendocument.text",
    ),
    "a.ods": (
        archive("content.xml", first=("mimetype", b"application/vnd.oasis.opendocument.spreadsheet")),
        "application/vnd.oasis.opendocument.spreadsheet",
    ),
    "a.doc": (ole("Root Entry", "WordDocument"), "application/msword"),
    "a.xls": (ole("Root Entry", "Workbook"), "application/vnd.ms-excel"),
    "a.ppt": (ole("Root Entry", "PowerPoint Document"), "application/vnd.ms-powerpoint"),
    "a.msg": (ole("Root Entry", "__properties_version1.0"), "application/vnd.ms-outlook"),
    "a.txt": ("Grüße 😀\r\n\tZeile 2\x0c".encode(), "text/plain"),
    "b.txt": ("\ufeffGrüße".encode("utf-16"), "text/plain"),
    "c.txt": ("Größe 5 €".encode("cp1252"), "text/plain"),
    "d.txt": (b"1 < 2 and a <b> c\n", "text/plain"),
    "a.md": (b"# Title\n", "text/plain"),
    "a.csv": (b"name;phone\nAnna;1\n", "text/csv"),
    "a.json": (b'{"a": 1}', "application/json"),
    "a.ics": (b"BEGIN:VCALENDAR\n", "text/calendar"),
    "a.vcf": (b"BEGIN:VCARD\n", "text/vcard"),
    "a.eml": (b"From: a@example.com\nSubject: Hi\n\nHello\n", "message/rfc822"),
}

REFUSED: dict[str, bytes] = {
    "a program for Windows": b"MZ\x90\x00\x03" + bytes(60),
    "a program for Linux": b"\x7fELF\x02\x01\x01" + bytes(60),
    "a program for macOS": b"\xcf\xfa\xed\xfe" + bytes(60),
    "a Java archive": archive("META-INF/MANIFEST.MF", "Main.class"),
    "an app for Android": archive("AndroidManifest.xml", "classes.dex"),
    "a document with macros": archive("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"),
    "an old document with macros": ole("Root Entry", "WordDocument", "_VBA_PROJECT"),
    "an installer": ole("Root Entry", "\x05SummaryInformation"),
    "a page": b"<!DOCTYPE html><html><body>Hi</body></html>",
    "a page after blanks": b"\xef\xbb\xbf \r\n\t<HTML>",
    "a page after a comment": b"<!-- x --><script>alert(1)</script>",
    "a page after text": b"Hello <ScRiPt src=//evil.example></script>",
    "a page in UTF-16": "<html><script>alert(1)</script>".encode("utf-16"),
    "a drawing": b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
    "a drawing after a declaration": b'<?xml version="1.0"?><svg onload="alert(1)"/>',
    "a script of a shell": b"#!/bin/sh\nrm -rf /\n",
    "a batch file": b"@echo off\r\nformat c:\r\n",
    "a script in PHP": b"Hello\n<?php system('id');",
    "a script in ASP": b"Hello\n<% eval request %>",
    "nothing known": bytes(range(256)),
    "text with a null byte": b"Hello\x00World",
}
