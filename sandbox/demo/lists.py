"""A list of a thousand customers of another shop comes in, was the wrong one and is undone; then all people go out."""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Callable
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from .api_client import ApiClient

HEADER = [
    "First Name",
    "Last Name",
    "Email",
    "Accepts Email Marketing",
    "Default Address Company",
    "Default Address Address1",
    "Default Address Address2",
    "Default Address City",
    "Default Address Province Code",
    "Default Address Country Code",
    "Default Address Zip",
    "Default Address Phone",
    "Phone",
    "Accepts SMS Marketing",
    "Tags",
    "Note",
    "Tax Exempt",
]
ROWS = 1000
# Rows without an address, and rows of which one cell cannot be read.
REFUSED, WARNED = 8, 12
FIRST_NAMES = ("Ada", "Björn", "Chiara", "Dmitri", "Élodie", "Frida", "Gonzalo", "Hanna", "Ivo", "Jana")
LAST_NAMES = ("Álvarez", "Becker", "Conti", "Dubois", "Eriksson", "Fischer", "García", "Hansen", "Ivanov", "Jansen")
TAGS = ("VIP", "Newsletter", "Wholesale", "Trade fair")
# What is wrong with a row: a cell, and what it holds.
MISTAKES = (
    *({"Email": "not an address"}, {"Email": ""}) * (REFUSED // 2),
    *({"Phone": "call me"}, {"Default Address Country Code": "Atlantis"}, {"Tax Exempt": "perhaps"}) * (WARNED // 3),
)

_JOB = """
  id state errorMessage resultFile errorFile warningFile
  report {
    ... on CustomerImportReport { format preview { counts { toCreate toUpdate toLeave toSkip toRefuse withWarnings } } }
    ... on CustomerUndoReport { deleted changed kept }
  }
  progress { rowsRead created updated unchanged skipped refused withWarnings }
"""
CREATE = f"""mutation ($file: Upload!) {{
  customerImportCreate(file: $file, input: {{tags: ["From the old shop"]}}) {{
    job {{ {_JOB} }} errors {{ field message code }}
  }}
}}"""
START = f"""mutation ($id: ID!) {{
  customerImportStart(id: $id) {{ job {{ {_JOB} }} errors {{ field message code }} }}
}}"""
UNDO = f"""mutation ($id: ID!) {{
  customerJobUndo(id: $id) {{ job {{ {_JOB} }} errors {{ field message code }} }}
}}"""
EXPORT = f"""mutation {{
  customerExportCreate(input: {{format: CSV}}) {{ job {{ {_JOB} }} errors {{ field message code }} }}
}}"""
JOB = f"query ($id: ID!) {{ customerJob(id: $id) {{ {_JOB} }} }}"


def shopify_file() -> bytes:
    """A customer export as Shopify writes it: a thousand rows, of which twenty have mistakes."""
    chance = random.Random(1)
    broken = dict(zip(chance.sample(range(ROWS), len(MISTAKES)), MISTAKES, strict=True))
    text = io.StringIO()
    writer = csv.DictWriter(text, HEADER, restval="", lineterminator="\r\n")
    writer.writeheader()
    for number in range(ROWS):
        row = {
            "First Name": chance.choice(FIRST_NAMES),
            "Last Name": chance.choice(LAST_NAMES),
            "Email": f"customer{number}@old-shop.example",
            "Accepts Email Marketing": chance.choice(("yes", "no")),
            "Default Address City": "Berlin",
            "Default Address Country Code": "DE",
            "Phone": f"'+4930{chance.randrange(10**6, 10**7)}",
            "Tags": ", ".join(chance.sample(TAGS, chance.randrange(3))),
            "Tax Exempt": "no",
        }
        writer.writerow(row | broken.get(number, {}))
    return text.getvalue().encode()


class Lists:
    """The steps, each of which returns what its job says at its end."""

    def __init__(self, api: ApiClient) -> None:
        self.api = api

    def preview(self) -> dict[str, Any]:
        """Nothing is written yet."""
        upload = SimpleUploadedFile("customers_export.csv", shopify_file(), "text/csv")
        return self._done(self.api(CREATE, files={"file": upload}))

    def start(self, job: dict[str, Any]) -> dict[str, Any]:
        return self._done(self.api(START, id=job["id"]))

    def undo(self, job: dict[str, Any]) -> dict[str, Any]:
        return self._done(self.api(UNDO, id=job["id"]))

    def export(self) -> dict[str, Any]:
        return self._done(self.api(EXPORT))

    def _done(self, payload: dict[str, Any]) -> dict[str, Any]:
        """The job once its workers had their turn: without a broker, that is at once."""
        job: dict[str, Any] = self.api(JOB, id=payload["job"]["id"])
        if job["state"] not in ("READY", "SUCCEEDED"):
            raise RuntimeError(f"The job is {job['state']}: {job['errorMessage']}")
        return job


def play(lists: Lists, tell: Callable[[str], None]) -> None:
    """Preview, import, look at what was refused or left out, undo, export."""
    job = lists.preview()
    counts = job["report"]["preview"]["counts"]
    tell(f"The file is recognised as one of {job['report']['format']}")
    tell("The preview, before anything is written: " + _numbers(counts, without="to"))
    job = lists.start(job)
    tell("Imported: " + _numbers(job["progress"], without="rows"))
    for name, rows in (("errorFile", "refused rows"), ("warningFile", "rows of which a cell was left out")):
        table = list(csv.reader(io.StringIO(lists.api.download(job[name]).decode("utf-8-sig"))))
        tell(f"The file of the {len(table) - 1} {rows} ends each with its reason, such as: {table[1][-1]}")
    undone = lists.undo(job)
    tell(f"It was the wrong file. Undone: {undone['report']['deleted']} deleted, {undone['report']['kept']} kept")
    exported = lists.export()
    size = len(lists.api.download(exported["resultFile"]))
    tell(f"All people as CSV: {exported['progress']['rowsRead']} rows, {size:,} bytes")


def _numbers(counts: dict[str, int], *, without: str) -> str:
    return ", ".join(f"{number} {_words(name.removeprefix(without))}" for name, number in counts.items() if number)


def _words(name: str) -> str:
    """`withWarnings` as words."""
    return "".join(f" {char.lower()}" if char.isupper() else char for char in name).strip()
