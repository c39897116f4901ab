"""The search for duplicates: how right it is where the truth is known, beside Splink; how long it takes, and of memory.

Splink is no dependency: name an interpreter that has it in CUSTOMER_PLUS_BENCH_SPLINK. Without one, it is left out, and
said so.
"""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import combinations, islice
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

from django.db import connection

from saleor_customer_plus.activity.models import ActivityType
from saleor_customer_plus.activity.services import Entry, append
from saleor_customer_plus.merging.duplicates import duplicates_job, finding
from saleor_customer_plus.merging.duplicates.models import DuplicateGroup, DuplicatePair
from saleor_customer_plus.merging.duplicates.scoring import Band
from saleor_customer_plus.records.models import CustomerRecord

from . import host
from .duplicate_people import Record, generate
from .machine import MIB
from .report import Figure
from .timing import Taken, ms, taken_by

VARIABLE = "CUSTOMER_PLUS_BENCH_SPLINK"
# Other people than those by whom the points were chosen.
PEOPLE, SEED = 20_000, 2
# Of generated people have so many records.
RECORDS_OF_EACH = 1.41
WORKERS = 2
MAX_SECONDS, MAX_MS, MAX_MIB = 600, 50.0, 100
CHANGES = 50
BATCH = 5_000


class Quality(NamedTuple):
    """Pairs that were found, and that are right, of those that there are."""

    found: int
    right: int
    true: int

    @property
    def precision(self) -> float:
        return self.right / max(self.found, 1)

    @property
    def recall(self) -> float:
        return self.right / self.true

    @property
    def f1(self) -> float:
        return 2 * self.right / (self.found + self.true)

    def __str__(self) -> str:
        return f"precision {self.precision:.3f}, recall {self.recall:.3f}"


def measure(records: int) -> tuple[str, list[Figure]]:
    """First how right it is, among people whose truth is known; then how long it takes for many."""
    figures = _quality()
    figures += _speed(records)
    title = f"{PEOPLE:,} generated people for the quality, {records:,} records for the speed, {WORKERS} workers"
    return title, figures


def measure_speed(records: int) -> tuple[str, list[Figure]]:
    """Only how long it takes."""
    return f"{records:,} records, {WORKERS} workers", _speed(records)


def _quality() -> list[Figure]:
    people = generate(PEOPLE, SEED)
    truth = _true_pairs(people)
    with host.empty_database():
        _fill(people)
        _search()
        bands = {
            band: _of_pairs(DuplicatePair.objects.filter(band__gte=band).values_list("first_id", "second_id"), truth)
            for band in (Band.CERTAIN, Band.LIKELY)
        }
        groups: dict[int, set[int]] = {}
        linked = DuplicateGroup.objects.filter(band__gte=Band.LIKELY).values_list("pk", "pairs__first", "pairs__second")
        for group, first, second in linked:
            groups.setdefault(group, set()).update((first, second))
        grouped = _of_pairs({pair for ids in groups.values() for pair in combinations(sorted(ids), 2)}, truth)
    ours = bands[Band.LIKELY]
    figures = [
        Figure("Band CERTAIN", str(bands[Band.CERTAIN]), "", "precision ≥ 0.99", bands[Band.CERTAIN].precision >= 0.99),
        Figure("Band LIKELY and above", str(ours), f"F1 {ours.f1:.3f}"),
        Figure("The same, grouped into people", str(grouped), f"F1 {grouped.f1:.3f}"),
    ]
    splink = _splink(people)
    if splink is None:
        figures.append(Figure(f"Splink: **left out**, set {VARIABLE}", "-"))
    for name, best in splink or ():
        is_met = ours.f1 >= best.f1
        figures.append(
            Figure(f"Splink, {name}, at its best threshold", str(best), f"F1 {best.f1:.3f}", "≤ ours", is_met)
        )
    return figures


def _true_pairs(people: Sequence[Record]) -> set[tuple[int, int]]:
    by_person: dict[int, list[int]] = {}
    for id, one in enumerate(people, 1):
        by_person.setdefault(one.person, []).append(id)
    return {pair for ids in by_person.values() for pair in combinations(ids, 2)}


def _of_pairs(found: Iterable[tuple[int, int]], truth: set[tuple[int, int]]) -> Quality:
    pairs = set(found)
    return Quality(len(pairs), len(pairs & truth), len(truth))


def _splink(people: Sequence[Record]) -> list[tuple[str, Quality]] | None:
    """What Splink comes to at the threshold that is best for it, trained by itself and with the truth."""
    python = os.environ.get(VARIABLE)
    if not python:
        print(f"Splink is left out: set {VARIABLE} to a Python that has it.", file=sys.stderr)
        return None
    with tempfile.NamedTemporaryFile("w", suffix=".csv", newline="", encoding="utf-8") as file:
        columns = list(Record.__slots__)
        rows = csv.writer(file)
        rows.writerow(["id", *columns])
        rows.writerows([id, *(getattr(one, name) for name in columns)] for id, one in enumerate(people, 1))
        file.flush()
        script = Path(__file__).with_name("duplicates_splink.py")
        command = [python, str(script), file.name, str(SEED)]
        done = subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True)
    lines = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    named = {"trained by itself": False, "trained with the truth": True}
    return [
        (
            name,
            max(
                (Quality(one["found"], one["right"], one["true"]) for one in lines if one["labelled"] is is_labelled),
                key=lambda quality: quality.f1,
            ),
        )
        for name, is_labelled in named.items()
    ]


def _speed(records: int) -> list[Figure]:
    with host.empty_database():
        _fill(generate(round(records / RECORDS_OF_EACH), SEED + 1))
        count = CustomerRecord.objects.count()
        job = duplicates_job.create()
        connection.close()
        with ThreadPoolExecutor(WORKERS) as pool:
            workers = list(pool.map(lambda _: host.in_process("work_at", job.pk), range(WORKERS)))
        job.refresh_from_db()
        assert job.state == "SUCCEEDED", job.error_message
        pairs, groups = DuplicatePair.objects.count(), DuplicateGroup.objects.count()
        changes = sorted((_change(pk) for pk in _some_ids(count)), key=lambda taken: taken.seconds)
        again = taken_by(lambda: finding.refresh(_some_ids(count)))
    seconds = max(one["seconds"] for one in workers)
    cpu = sum(one["cpu"] for one in workers)
    memory = max(one["memory_peak"] - one["memory_before"] for one in workers) / MIB
    whole = median(taken.seconds for taken in changes) * 1000
    return [
        Figure(
            f"Search {count:,} records: {pairs:,} pairs, {groups:,} groups",
            f"{seconds:,.0f} s",
            f"{count / seconds:,.0f} records/s",
            f"≤ {MAX_SECONDS} s for a million",
            seconds / count * 1_000_000 <= MAX_SECONDS,
        ),
        Figure("CPU of it, here and in PostgreSQL", f"{cpu:,.0f} s", f"{cpu / count * 1_000_000:,.0f} µs/record"),
        Figure("Memory that a worker took for it", f"{memory:,.0f} MiB", "", f"≤ {MAX_MIB} MiB", memory <= MAX_MIB),
        *(
            Figure(f"... resident in worker {number}, each fifth of the time", _of_fifths(one["memory"]))
            for number, one in enumerate(workers, 1)
        ),
        Figure(
            "A record that changed",
            f"{whole:,.1f} ms",
            f"CPU here {ms(median(taken.cpu for taken in changes))}",
            f"≤ {MAX_MS:.0f} ms",
            whole <= MAX_MS,
        ),
        Figure(f"{CHANGES} records that changed, at once", ms(again.seconds), ms(again.seconds / CHANGES)),
    ]


def _of_fifths(samples: Sequence[int]) -> str:
    """The most in each fifth of the samples."""
    size = max(-(-len(samples) // 5), 1)
    peaks = [max(samples[start : start + size]) / MIB for start in range(0, len(samples), size)]
    return f"{', '.join(f'{peak:,.0f}' for peak in peaks)} MiB"


def _some_ids(count: int) -> list[int]:
    return list(CustomerRecord.objects.order_by("pk").values_list("pk", flat=True)[:: max(count // CHANGES, 1)])[
        :CHANGES
    ]


def _change(record_id: int) -> Taken:
    """Of a record that moved: it is looked at, with everybody who is like it."""
    CustomerRecord.objects.filter(pk=record_id).update(postal_code="10119", street_address_1="Torstraße 1")
    append([Entry(record_id, ActivityType.DETAILS_EDITED)])
    return taken_by(lambda: finding.look_at_some())


def _fill(people: Sequence[Record]) -> None:
    rows = iter(
        CustomerRecord(
            id=id,
            email=one.email,
            first_name=one.first_name,
            last_name=one.last_name,
            phone=one.phone,
            street_address_1=one.street,
            postal_code=one.postal_code,
            city=one.city,
            company_name=one.company,
        )
        for id, one in enumerate(people, 1)
    )
    while batch := list(islice(rows, BATCH)):
        CustomerRecord.objects.bulk_create(batch)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _search() -> None:
    done: dict[str, Any] = host.in_process("work_at", duplicates_job.create().pk)
    assert done
