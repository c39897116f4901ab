"""The steps of the measurement of imports, each for a process of its own."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from . import machine

HEADER = (
    "Email,First name,Last name,Company,Phone,Country code,Language,Customer number,Store note,Tax exempt,Active,Tags"
)
# Those of the twelve that are columns of the table, as the bare statement writes them.
PLAIN = (
    "email", "first_name", "last_name", "company_name", "phone", "country_code", "language_code", "number",
    "store_note", "is_tax_exempt", "is_active",
)  # fmt: skip
_FIRST = ("Anna", "Björn", "Chiara", "Diego", "Élodie", "Franz", "Giulia", "Hanna", "Ivan", "José")


def people(rows: int, suffix: str) -> Iterator[list[str]]:
    """As in a shop's list; a third has two of fifty tags. The suffix makes another name of each."""
    for number in range(rows):
        company = f"Trade {number % 977} GmbH" if number % 12 == 0 else ""
        note = "Rings twice" if number % 9 == 0 else ""
        tags = f"tag {number % 50}, tag {(number + 7) % 50}" if number % 3 == 0 else ""
        yield [
            f"person.{number * 7919 % 10_000_019}@example.com", f"{_FIRST[number % 10]}{number % 331}{suffix}",
            f"Rossi{number % 9001}", company, f"+49151{number:08d}", ("DE", "AT", "IT", "FR")[number % 4],
            ("de", "it", "fr")[number % 3], f"K-{number}", note, "yes" if number % 100 == 0 else "no", "yes", tags,
        ]  # fmt: skip


def list_file(path: str, rows: str, suffix: str) -> dict[str, Any]:
    """Write the list."""
    import csv

    with Path(path).open("w", encoding="utf-8", newline="") as file:
        file.write(f"{HEADER}\n")
        csv.writer(file, lineterminator="\n").writerows(people(int(rows), suffix))
    return {}


def bare_upsert(path: str, table: str) -> dict[str, Any]:
    """The bare limit: COPY the list into an unlogged table, and one INSERT ... ON CONFLICT of the same columns."""
    import csv

    from django.db import connection

    columns, excluded = ", ".join(PLAIN), ", ".join(f"EXCLUDED.{name}" for name in PLAIN)
    with Path(path).open(encoding="utf-8", newline="") as file, connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS bench_staged")
        typed = ", ".join(f"{name} {'boolean' if name.startswith('is_') else 'text'}" for name in PLAIN)
        cursor.execute(f"CREATE UNLOGGED TABLE bench_staged ({typed})")
        if table == "bench_plain":
            cursor.execute(f"CREATE TABLE IF NOT EXISTS bench_plain ({typed}, UNIQUE (email))")
        rows = csv.reader(file)
        next(rows)
        began = time.perf_counter()
        with cursor.copy(f"COPY bench_staged ({columns}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row[:11])
        cursor.execute(
            f"INSERT INTO {table} ({columns}) SELECT {columns} FROM bench_staged ORDER BY email "
            f"ON CONFLICT (email) DO UPDATE SET ({columns}) = ROW({excluded})"
        )
        taken = time.perf_counter() - began
    return {"taken": taken}


def import_export(path: str) -> dict[str, Any]:
    """The same columns by django-import-export in bulk mode: it checks and tells nothing, and writes no log."""
    import tablib
    from import_export.instance_loaders import CachedInstanceLoader
    from import_export.resources import ModelResource

    from saleor_customer_plus.records.models import CustomerRecord

    class People(ModelResource):  # type: ignore[misc]
        class Meta:
            model = CustomerRecord
            fields = PLAIN
            import_id_fields = ("email",)
            instance_loader_class = CachedInstanceLoader
            use_bulk = True
            batch_size = 1000
            skip_diff = True

    with Path(path).open(encoding="utf-8", newline="") as file:
        people = tablib.Dataset().load(file, format="csv")
    del people["Tags"]
    people.headers = PLAIN
    began = time.perf_counter()
    People().import_data(people, raise_errors=True)
    return {"taken": time.perf_counter() - began}


def import_list(path: str, show_preview: str = "") -> dict[str, Any]:
    """The import, by one process, as its command runs it; with a preview, only that."""
    from saleor_customer_plus import tasks
    from saleor_customer_plus.activity.models import ActorType
    from saleor_customer_plus.activity.services import Actor
    from saleor_customer_plus.bulk import imports
    from saleor_customer_plus.bulk.imports.options import ImportOptions
    from saleor_customer_plus.jobs import engine as jobs

    options = ImportOptions(show_preview=bool(show_preview))
    with Path(path).open("rb") as file:
        job = imports.of_file(file, options, actor=Actor(ActorType.STAFF, "1"), name="list.csv")
    assert tasks
    began = last = time.perf_counter()
    longest = 0.0
    for job in jobs.run(job.pk):  # noqa: B007, B020 - as it is after each step
        now = time.perf_counter()
        longest, last = max(longest, now - last), now
    assert job.state in ("SUCCEEDED", "READY"), job.error_message
    return {"taken": last - began, "longest": longest, "counters": job.counters, "job": job.pk}


def work_at(job_id: str) -> dict[str, Any]:
    """One of several workers at a job."""
    from saleor_customer_plus import tasks
    from saleor_customer_plus.jobs import engine as jobs

    assert tasks
    with machine.sampled() as memory:
        for _ in jobs.run(int(job_id)):
            pass
    return {"memory": memory}


def make_import(path: str) -> dict[str, Any]:
    """The job alone, for several workers."""
    from saleor_customer_plus.activity.models import ActorType
    from saleor_customer_plus.activity.services import Actor
    from saleor_customer_plus.bulk import imports
    from saleor_customer_plus.bulk.imports.options import ImportOptions

    with Path(path).open("rb") as file:
        job = imports.of_file(
            file, ImportOptions(show_preview=False), actor=Actor(ActorType.STAFF, "1"), name="list.csv"
        )
    return {"job": job.pk}
