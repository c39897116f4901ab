"""Item 16: exports of all records to a file, beside a bare COPY of the same columns."""

from __future__ import annotations

import time
from statistics import median
from typing import Any

from . import customer_data, host
from .machine import MIB
from .report import Figure

WANTED_RATE = 0.2
# What is flat does not grow with the rows: so much more may be the allocator's.
FLAT = 12 * MIB

# Twelve columns that the table of records has by itself.
PLAIN = (
    "email", "first_name", "last_name", "company_name", "phone", "country_code", "language_code", "number",
    "is_tax_exempt", "is_active", "created_at", "order_count",
)  # fmt: skip


def measure(records: int) -> tuple[str, list[Figure]]:
    """Fill a store, and export it in every format; and a tenth of it, for the memory."""
    with host.empty_database():
        customer_data.fill(records, 3 * records, accounts=0)
        tags()
        bare = [host.in_process("bare_copy")]
        plain = host.in_process("export", "csv", ",".join(PLAIN))
        tenth = host.in_process("export", "csv", ",".join(PLAIN), records // 10)
        bare.append(host.in_process("bare_copy"))
        whole = host.in_process("export", "csv", "")
        bare.append(host.in_process("bare_copy"))
        xlsx = host.in_process("export", "xlsx", ",".join(PLAIN))
        xlsx_tenth = host.in_process("export", "xlsx", ",".join(PLAIN), records // 10)
        jsonl = host.in_process("export", "jsonl", ",".join(PLAIN))
    copy = median(run["seconds"] for run in bare)
    title = f"{records:,} records, a third of them with two tags, and their figures in two currencies"
    return title, [
        Figure("Bare COPY of twelve columns", _rate(records, copy)),
        _run("The same to CSV", plain, copy),
        Figure(
            f"All columns of the default profile, {whole['columns']}, to CSV",
            _rate(whole["rows"], whole["taken"]),
            f"{copy / records / (whole['taken'] / whole['rows']):.2f} of bare",
        ),
        Figure("The twelve to XLSX", _rate(xlsx["rows"], xlsx["taken"])),
        Figure("The twelve to JSON lines", _rate(jsonl["rows"], jsonl["taken"])),
        _memory("Memory for CSV", plain, tenth),
        _memory("Memory for XLSX", xlsx, xlsx_tenth),
    ]


def tags() -> None:
    """Two of fifty tags for every third record."""
    from saleor_customer_plus.records.labels import fold
    from saleor_customer_plus.records.models import CustomerRecord
    from saleor_customer_plus.tags.models import Tag, TagAssignment

    from .rows import execute, table

    Tag.objects.bulk_create(Tag(id=n, name=f"Tag {n}", key=fold(f"Tag {n}")) for n in range(1, 51))
    execute(
        f"""
        INSERT INTO {table(TagAssignment)} (record_id, tag_id, assigned_at)
        SELECT id, 1 + (id + part * 7) %% 50, now() FROM {table(CustomerRecord)}, generate_series(0, 1) part
        WHERE id %% 3 = 0
        """
    )
    execute(f"VACUUM ANALYZE {table(TagAssignment)}")


def _rate(rows: int, seconds: float) -> str:
    return f"{rows / seconds:,.0f} rows/s ({seconds:,.1f} s)"


def _run(what: str, run: dict[str, Any], copy: float) -> Figure:
    ratio = copy / run["taken"]
    return Figure(
        what, _rate(run["rows"], run["taken"]), f"{ratio:.2f} of bare", f"at least {WANTED_RATE}", ratio >= WANTED_RATE
    )


def _memory(what: str, whole: dict[str, Any], tenth: dict[str, Any]) -> Figure:
    more = whole["memory_peak"] - tenth["memory_peak"]
    return Figure(
        what,
        f"{whole['memory_peak'] / MIB:.0f} MB, for a tenth of the rows {tenth['memory_peak'] / MIB:.0f} MB",
        f"{more / MIB:+.0f} MB",
        "flat",
        more < FLAT,
    )


# What is measured, in processes of their own: see `bench.steps`.


def bare_copy() -> dict[str, Any]:
    """Let PostgreSQL write the columns, and put what comes into a file."""
    import tempfile

    from django.db import connection

    from saleor_customer_plus.records.models import CustomerRecord

    from .rows import table

    with connection.cursor() as cursor, tempfile.TemporaryFile() as file:
        statement = f"COPY (SELECT {', '.join(PLAIN)} FROM {table(CustomerRecord)}) TO STDOUT (FORMAT csv)"
        with cursor.copy(statement) as lines:
            for line in lines:
                file.write(line)
    return {}


def export(file_format: str, columns: str, records: str = "") -> dict[str, Any]:
    """A job, from its making to its file."""
    from saleor_customer_plus.activity.services import SYNC
    from saleor_customer_plus.bulk import exports
    from saleor_customer_plus.bulk.exports.options import ExportRequest
    from saleor_customer_plus.customers.filters import Range, RecordFilter
    from saleor_customer_plus.customers.queries import RecordList
    from saleor_customer_plus.jobs import engine as jobs
    from saleor_customer_plus.records.models import CustomerRecord

    wanted = RecordList()
    if records:
        last = CustomerRecord.objects.order_by("created_at").values_list("created_at", flat=True)[int(records)]
        wanted = RecordList(RecordFilter(created_at=Range(None, last)))
    began = time.perf_counter()
    request = ExportRequest(columns=[key for key in columns.split(",") if key], format=file_format)
    job = exports.create(wanted, request, actor=SYNC, include_inactive=True)
    for _ in jobs.run(job.pk):
        pass
    job.refresh_from_db()
    if job.state != "SUCCEEDED":
        raise RuntimeError(f"The export is {job.state}: {job.error_message}")
    taken = time.perf_counter() - began
    job.result_file.delete()
    return {"rows": job.counters["read"], "columns": len(job.options["columns"]), "taken": taken}
