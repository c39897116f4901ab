"""What a file is, by what its bytes say, and the name that it may have.

Taken are documents, pictures, sound, film, plain text and archives: what is looked at. Not what runs: programs,
scripts, pages and drawings with scripts in them, documents with macros. A name ends as files of its type do, so that
nobody's computer takes a file for something else.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING

from ..errors import CustomerPlusError, ErrorCode

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile

_HEAD = 4096
_CHUNK = 1024 * 1024
_MAX_NAME_LENGTH = 150  # in bytes: file systems take 255, and whoever downloads it may add to it


@dataclass(frozen=True, slots=True)
class Kind:
    """A type of files that is taken, and how their names may end."""

    content_type: str
    endings: tuple[str, ...]


# By how they begin, and where that is.
_SIGNATURES: list[tuple[int, bytes, Kind]] = [
    (0, b"%PDF-", Kind("application/pdf", ("pdf",))),
    (0, b"\xff\xd8\xff", Kind("image/jpeg", ("jpg", "jpeg"))),
    (0, b"\x89PNG\r\n\x1a\n", Kind("image/png", ("png",))),
    (0, b"GIF87a", Kind("image/gif", ("gif",))),
    (0, b"GIF89a", Kind("image/gif", ("gif",))),
    (8, b"WEBPVP8", Kind("image/webp", ("webp",))),
    (0, b"II*\x00", Kind("image/tiff", ("tif", "tiff"))),
    (0, b"MM\x00*", Kind("image/tiff", ("tif", "tiff"))),
    (4, b"ftypheic", Kind("image/heic", ("heic",))),
    (4, b"ftypmif1", Kind("image/heif", ("heif", "heic"))),
    (4, b"ftypavif", Kind("image/avif", ("avif",))),
    (4, b"ftypM4A ", Kind("audio/mp4", ("m4a",))),
    (4, b"ftypqt  ", Kind("video/quicktime", ("mov",))),
    (4, b"ftypisom", Kind("video/mp4", ("mp4",))),
    (4, b"ftypmp42", Kind("video/mp4", ("mp4",))),
    (0, b"ID3\x03", Kind("audio/mpeg", ("mp3",))),
    (0, b"ID3\x04", Kind("audio/mpeg", ("mp3",))),
    (8, b"WAVEfmt ", Kind("audio/wav", ("wav",))),
    (0, b"OggS", Kind("audio/ogg", ("ogg", "oga", "opus"))),
    (0, b"7z\xbc\xaf\x27\x1c", Kind("application/x-7z-compressed", ("7z",))),
    (0, b"\x1f\x8b\x08", Kind("application/gzip", ("gz", "tgz"))),
]

_ZIP = Kind("application/zip", ("zip",))
_OFFICE = "application/vnd.openxmlformats-officedocument."
# What the names of the parts tell of an archive: first what is refused, then what it is a document of.
_IN_ZIP: list[tuple[bytes, Kind | None]] = [
    (b"vbaProject.bin", None),
    (b"META-INF/MANIFEST.MF", None),
    (b"AndroidManifest.xml", None),
    (b"word/document.xml", Kind(f"{_OFFICE}wordprocessingml.document", ("docx",))),
    (b"xl/workbook.xml", Kind(f"{_OFFICE}spreadsheetml.sheet", ("xlsx",))),
    (b"ppt/presentation.xml", Kind(f"{_OFFICE}presentationml.presentation", ("pptx",))),
]
_OPEN_DOCUMENT = b"mimetypeapplication/vnd.oasis.opendocument."
_IN_OPEN_DOCUMENT = {b"text": "odt", b"spreadsheet": "ods", b"presentation": "odp", b"graphics": "odg"}

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# Likewise of the older office files, in which names are in UTF-16.
_IN_OLE: list[tuple[bytes, Kind | None]] = [
    ("_VBA_PROJECT".encode("utf-16-le"), None),
    ("WordDocument".encode("utf-16-le"), Kind("application/msword", ("doc",))),
    ("Workbook".encode("utf-16-le"), Kind("application/vnd.ms-excel", ("xls",))),
    ("PowerPoint Document".encode("utf-16-le"), Kind("application/vnd.ms-powerpoint", ("ppt",))),
    ("__properties_version1.0".encode("utf-16-le"), Kind("application/vnd.ms-outlook", ("msg",))),
]

_TEXT = Kind("text/plain", ("txt", "log", "md"))
# Kinds of plain text that only the name can tell apart. None is anything that runs.
_TEXTS = {
    "csv": "text/csv",
    "tsv": "text/tab-separated-values",
    "json": "application/json",
    "vcf": "text/vcard",
    "ics": "text/calendar",
    "eml": "message/rfc822",
}
# How text begins that a browser or a shell would run, wherever it stands among the first lines.
_RUNS = re.compile(
    rb"^\s*#!|^\s*<|^\s*@echo\b|<(!doctype|html|head|body|script|iframe|frame|svg|object|embed)\b|<\?(xml|php|=)|<%",
    re.IGNORECASE,
)
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")


def recognise(file: IO[bytes], name: str) -> Kind | None:
    """What the file is, if it is something that is taken. The name matters for kinds of plain text only."""
    file.seek(0)
    head = file.read(_HEAD)
    for offset, signature, kind in _SIGNATURES:
        if head.startswith(signature, offset):
            return kind
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _of_zip(file, head)
    if head.startswith(_OLE):
        return _first_found(file, _IN_OLE, otherwise=None)
    return _of_text(file, head, name)


def named_kind(upload: UploadedFile) -> tuple[str, str]:
    """The name and the type that an upload may have. Raises UNSUPPORTED_FILE if its kind is not taken."""
    kind = recognise(upload.file, upload.name or "")  # type: ignore[arg-type]
    if kind is None:
        raise CustomerPlusError(
            "Files of this type are not taken: attach a PDF, a picture, an office document without macros, plain text, "
            "sound, film or an archive.",
            code=ErrorCode.UNSUPPORTED_FILE,
            field="attachments",
        )
    return safe_name(upload.name or "", kind), kind.content_type


def _of_zip(file: IO[bytes], head: bytes) -> Kind | None:
    if head.startswith(_OPEN_DOCUMENT, 30):
        what = head[30 + len(_OPEN_DOCUMENT) :]
        for name, ending in _IN_OPEN_DOCUMENT.items():
            if what.startswith(name):
                return Kind(f"application/vnd.oasis.opendocument.{name.decode()}", (ending,))
    return _first_found(file, _IN_ZIP, otherwise=_ZIP)


def _first_found(file: IO[bytes], marks: list[tuple[bytes, Kind | None]], *, otherwise: Kind | None) -> Kind | None:
    """What the first of the marks stands for that the file has anywhere. Nothing is unpacked."""
    pattern = re.compile(b"|".join(re.escape(mark) for mark, _ in marks))
    found: set[bytes] = set()
    overlap = b""
    file.seek(0)
    while chunk := file.read(_CHUNK):
        found.update(pattern.findall(overlap + chunk))
        overlap = chunk[-64:]
    return next((kind for mark, kind in marks if mark in found), otherwise)


def _of_text(file: IO[bytes], head: bytes, name: str) -> Kind | None:
    encoding = "utf-16" if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else "utf-8-sig"
    if not _is_text(file, encoding) and not (encoding == "utf-8-sig" and _is_text(file, "cp1252")):
        return None
    beginning = head.decode(encoding, errors="ignore").encode()
    if _RUNS.search(beginning):
        return None
    ending = _ending(name)
    return Kind(_TEXTS[ending], (ending,)) if ending in _TEXTS else _TEXT


def _is_text(file: IO[bytes], encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    file.seek(0)
    try:
        while chunk := file.read(_CHUNK):
            if _CONTROLS.search(decoder.decode(chunk)):
                return False
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _ending(name: str) -> str:
    return name.rpartition(".")[2].lower() if "." in name else ""


def safe_name(raw: str, kind: Kind) -> str:
    """A name that does no harm anywhere: no folders, nothing invisible, nothing reserved, and the ending of its kind.

    >>> safe_name("../../etc/invoice\u202efdp.exe", Kind("application/pdf", ("pdf",)))
    'invoicefdp.exe.pdf'
    """
    name = re.split(r"[/\\]", unicodedata.normalize("NFC", raw))[-1]
    name = "".join(_kept(char) for char in name)
    stem, ending = (name.rpartition(".")[0], _ending(name)) if _ending(name) in kind.endings else (name, "")
    stem = _shortened(" ".join(stem.split()).strip(". "))
    if not stem or re.fullmatch(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\..*)?", stem):
        stem = f"file {stem}".strip()
    return f"{stem}.{ending or kind.endings[0]}"


def _kept(char: str) -> str:
    category = unicodedata.category(char)
    if category.startswith("Z") or char in "\t\n\r":
        return " "
    if category.startswith("C"):  # controls, marks of direction, halves of characters, what nobody has assigned
        return ""
    return "_" if char in '<>:"|?*' else char


def _shortened(stem: str) -> str:
    return stem.encode()[:_MAX_NAME_LENGTH].decode(errors="ignore")
