"""Items 14, 15 and 17: imports of a list into an empty and into a full store, beside the bare limit."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from . import host
from .machine import MIB
from .report import Figure

# Rows that another library is given, too.
COMPARED = 20_000
WANTED_OF_BARE = 0.4
WANTED_OF_LIBRARY = 20
WANTED_TWO_WORKERS = 1.5
WANTED_MEMORY = 200 * MIB
WANTED_TRANSACTION = 2.0
WANTED_GROWTH = 1.2
_RECORDS = "saleor_customer_plus_customerrecord"


def measure(rows: int) -> tuple[str, list[Figure]]:
    """Import a list of so many rows, and others for comparison."""
    with tempfile.TemporaryDirectory() as folder:
        one, other = Path(folder, "one.csv"), Path(folder, "other.csv")
        tenth, small = Path(folder, "tenth.csv"), Path(folder, "small.csv")
        few, few_others = Path(folder, "few.csv"), Path(folder, "few_others.csv")
        for path, count, suffix in (
            (one, rows, ""),
            (other, rows, "x"),
            (tenth, rows // 10, ""),
            (small, 10_000, ""),
            (few, COMPARED, ""),
            (few_others, COMPARED, "x"),
        ):
            host.in_process("list_file", path, count, suffix)
        with host.empty_database():
            plain = host.in_process("bare_upsert", one, "bench_plain")
        with host.empty_database():
            bare = host.in_process("bare_upsert", one, _RECORDS)
            bare_full = host.in_process("bare_upsert", other, _RECORDS)
        with host.empty_database():
            made = host.in_process("import_list", one)
            preview = host.in_process("import_list", other, "yes")
            changed = host.in_process("import_list", other)
            again = host.in_process("import_list", other)
        with host.empty_database():
            library = [host.in_process("import_export", path) for path in (few, few_others)]
        with host.empty_database():
            ours = [host.in_process("import_list", path) for path in (few, few_others)]
        with host.empty_database():
            least = host.in_process("import_list", small)
        with host.empty_database():
            fewer = host.in_process("import_list", tenth)
        with host.empty_database():
            together = _two_workers(one)
    assert made["counters"] == {"read": rows, "created": rows}, made["counters"]
    assert changed["counters"] == {"read": rows, "updated": rows}, changed["counters"]
    assert again["counters"] == {"read": rows, "unchanged": rows}, again["counters"]
    growth = (made["taken"] / rows) / (fewer["taken"] / (rows // 10))
    longest = max(run["longest"] for run in (made, changed, preview))
    peak = max(run["memory_peak"] for run in (made, changed, preview))
    faster = made["taken"] / together
    return f"{rows:,} rows of twelve columns, a third of them with two tags", [
        Figure("Bare limit, into a table with one index", _rate(rows, plain)),
        Figure("Bare limit, into the empty table of records", _rate(rows, bare)),
        Figure("Bare limit, into the full one: all updates", _rate(rows, bare_full)),
        _beside("Import into an empty store", rows, made, bare),
        _beside("Import into a full store: all updates", rows, changed, bare_full),
        Figure("The same file again: nothing changes", _rate(rows, again)),
        _beside_library("into an empty store", ours[0], library[0]),
        _beside_library("all updates", ours[1], library[1]),
        Figure(
            "Preview of the updates",
            _rate(rows, preview),
            f"{preview['taken'] / changed['taken']:.2f} of the import",
            "1",
            preview["taken"] <= changed["taken"],
        ),
        Figure(
            "Two workers",
            f"{rows / together:,.0f} rows/s",
            f"{faster:.2f} times one",
            "1.5",
            faster >= WANTED_TWO_WORKERS,
        ),
        Figure("Cost per row beside a tenth of the rows", "", f"{growth:.2f}", "1.2", growth <= WANTED_GROWTH),
        Figure("Longest transaction", f"{longest:.2f} s", "", "2 s", longest <= WANTED_TRANSACTION),
        Figure(
            "Memory",
            f"{peak / MIB:,.0f} MiB; {least['memory_peak'] / MIB:,.0f} MiB for 10,000 rows",
            "",
            "200 MiB",
            peak <= WANTED_MEMORY,
        ),
    ]


def _beside_library(what: str, ours: dict[str, Any], library: dict[str, Any]) -> Figure:
    times = library["taken"] / ours["taken"]
    return Figure(
        f"Import of {COMPARED:,} rows, {what}",
        f"{_rate(COMPARED, ours)}, django-import-export {_rate(COMPARED, library)}",
        f"{times:.1f} times as fast",
        f"{WANTED_OF_LIBRARY} times",
        times >= WANTED_OF_LIBRARY,
    )


def _two_workers(path: Path) -> float:
    job = host.in_process("make_import", path)["job"]
    began = time.perf_counter()
    command = [sys.executable, "-m", "bench.steps", "work_at", str(job)]
    workers = [subprocess.Popen(command, stdout=subprocess.DEVNULL) for _ in range(2)]
    for worker in workers:
        if worker.wait():
            raise RuntimeError("a worker failed")
    return time.perf_counter() - began


def _rate(rows: int, run: dict[str, Any]) -> str:
    return f"{rows / run['taken']:,.0f} rows/s"


def _beside(what: str, rows: int, run: dict[str, Any], bare: dict[str, Any]) -> Figure:
    ratio = bare["taken"] / run["taken"]
    return Figure(what, _rate(rows, run), f"{ratio:.2f} of bare", f"{WANTED_OF_BARE}", ratio >= WANTED_OF_BARE)
