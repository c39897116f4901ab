"""Item 20: a reconciliation of a whole store, beside a bare SELECT of the columns that it reads."""

from __future__ import annotations

import os
from statistics import median
from typing import Any

from . import host, shop
from .machine import MIB
from .report import Figure

WANTED_RATE, WANTED_MEMORY = 0.2, 300 * MIB


def measure(orders: int) -> tuple[str, list[Figure]]:
    """Fill a store, and reconcile it: the first time, and again when nothing is left to do."""
    workers = os.cpu_count() or 1
    with host.empty_database():
        made = shop.fill(orders)
        bare = [host.in_process("bare_select")]
        with host.copied_database():
            first = host.in_process("reconcile")
            second = host.in_process("reconcile")
        bare.append(host.in_process("bare_select"))
        with host.copied_database():
            shared = host.in_process("reconcile", workers)
        bare.append(host.in_process("bare_select"))
    if second["total_drift"]:
        raise RuntimeError(f"The second run found drift: {second['drift']}")
    select = {name: median(run[name] for run in bare) for name in ("seconds", "cpu", "memory_before", "memory_peak")}
    title = (
        f"{made.orders:,} orders of {made.accounts:,} accounts and {made.guests:,} guests; "
        f"{first['seen']['records']:,} records and {first['seen']['ledger']:,} ledger entries came of them"
    )
    return title, [
        Figure("Bare SELECT of the same columns", _rate(orders, select["seconds"])),
        _run("First run, one process", orders, first, select),
        _run("Second run, nothing to correct", orders, second, select),
        _run(f"First run, {workers} processes", orders, shared, select),
        _cpu("First run in CPU time, database included", first, select),
        _memory("Peak memory of the first run", first),
        _memory("Peak memory of the second run", second),
        Figure("Peak memory of the bare SELECT", _grown(select)),
    ]


def _rate(orders: int, seconds: float) -> str:
    return f"{orders / seconds:,.0f} orders/s ({seconds:,.1f} s)"


def _run(what: str, orders: int, run: dict[str, Any], select: dict[str, float]) -> Figure:
    ratio = select["seconds"] / run["seconds"]
    return Figure(
        what,
        _rate(orders, run["seconds"]),
        f"{ratio:.2f} of bare",
        f"at least {WANTED_RATE}",
        ratio >= WANTED_RATE,
    )


def _cpu(what: str, run: dict[str, Any], select: dict[str, float]) -> Figure:
    return Figure(
        what, f"{run['cpu']:,.1f} s, bare {select['cpu']:,.1f} s", f"{select['cpu'] / run['cpu']:.2f} of bare"
    )


def _grown(run: dict[str, Any]) -> str:
    peak, before = run["memory_peak"] / MIB, run["memory_before"] / MIB
    return f"{peak:.0f} MB, of which {before:.0f} MB before it began"


def _memory(what: str, run: dict[str, Any]) -> Figure:
    """A real Saleor takes more than the threshold before it does anything: then what counts is what comes on top."""
    peak, before = run["memory_peak"], run["memory_before"]
    taken = peak - before if before > WANTED_MEMORY else peak
    return Figure(what, _grown(run), f"+{(peak - before) / MIB:.0f} MB", "under 300 MB", taken < WANTED_MEMORY)
