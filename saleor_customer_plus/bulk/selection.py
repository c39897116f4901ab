"""Which records a job is about: ids, or all that pass a filter and match a search when the job begins.

A list of records travels in a job's options as JSON. What it comes to is written down by PostgreSQL itself as the
chunks of a later phase, range by range: a million ids never come to us, and no transaction is long.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import datetime
from decimal import Decimal
from enum import Enum
from typing import Any

from django.db.models import Max

from ..accounts.account_filters import AccountAttributeFilter, MetadataFilter
from ..conditions.tree import Operator
from ..core import sql
from ..customers.filters import (
    AcquisitionFilter,
    AttributeFilter,
    ConsentFilter,
    ExpectedFilter,
    FieldFilter,
    LabelFilter,
    MoneyRange,
    Range,
    RecordFilter,
    RfmFilter,
    SourceFilter,
)
from ..customers.queries import RecordList
from ..fields.models import FieldType
from ..jobs.models import BulkChunk, BulkJob
from ..records.models import CustomerRecord, Source, Stage

# Records that one chunk looks at.
RANGE = 20_000
# The most chunks that may come of one range.
_PARTS = RANGE

_KIND, _VALUE = "$", "value"
# What a filter is made of, by the names in the options of jobs.
_KINDS: Mapping[str, type[Any]] = {
    kind.__name__: kind
    for kind in (
        AccountAttributeFilter,
        AcquisitionFilter,
        AttributeFilter,
        ConsentFilter,
        ExpectedFilter,
        FieldFilter,
        FieldType,
        LabelFilter,
        MetadataFilter,
        MoneyRange,
        Operator,
        Range,
        RecordFilter,
        RfmFilter,
        Source,
        SourceFilter,
        Stage,
    )
}


def dumped(wanted: RecordList) -> dict[str, Any]:
    """The filter and the search of a list as JSON. Its order is of no interest."""
    channels = None if wanted.channels is None else sorted(wanted.channels)
    return {"filter": _dump(wanted.filter), "search": wanted.search, "channels": channels}


def loaded(options: Mapping[str, Any]) -> RecordList:
    channels = None if options["channels"] is None else frozenset(options["channels"])
    return RecordList(filter=_load(options["filter"]), search=options["search"], channels=channels)


def _dump(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        given = {field.name: getattr(value, field.name) for field in fields(value)}
        changed = {field.name for field in fields(value) if given[field.name] != field.default}
        return {_KIND: type(value).__name__} | {name: _dump(given[name]) for name in given if name in changed}
    if isinstance(value, Enum):
        return {_KIND: type(value).__name__, _VALUE: value.value}
    if isinstance(value, datetime):
        return {_KIND: "time", _VALUE: value.isoformat()}
    if isinstance(value, Decimal):
        return {_KIND: "decimal", _VALUE: str(value)}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_dump(part) for part in value]
    return value


def _load(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(_load(part) for part in value)
    if not isinstance(value, dict):
        return value
    if value[_KIND] == "time":
        return datetime.fromisoformat(value[_VALUE])
    if value[_KIND] == "decimal":
        return Decimal(value[_VALUE])
    kind = _KINDS[value[_KIND]]
    if _VALUE in value:
        return kind(value[_VALUE])
    return kind(**{name: _load(part) for name, part in value.items() if name != _KIND})


def chunks_of(record_ids: Iterable[int], size: int) -> Iterator[dict[str, Any]]:
    """The specs of chunks of so many of these records each."""
    ids = sorted(set(record_ids))
    return ({"ids": ids[start : start + size]} for start in range(0, len(ids), size))


def beginning() -> list[dict[str, Any]]:
    """The spec of the chunk that looks at the first range; each makes the next one. Records made later are left out."""
    last = CustomerRecord.objects.aggregate(last=Max("pk"))["last"]
    return [] if last is None else [{"after": 0, "last": last}]


def select(job: BulkJob, chunk: BulkChunk, wanted: RecordList, *, phase: str, size: int) -> int:
    """Write down the records of a range that are in the list as chunks of another phase. Return how many they are."""
    after, last = chunk.spec["after"], chunk.spec["last"]
    records = CustomerRecord.objects.filter(pk__gt=after, pk__lte=last).order_by("pk").values_list("pk", flat=True)
    end = records[RANGE - 1 : RANGE].first() or last
    if end < last:
        BulkChunk.objects.create(job=job, phase=chunk.phase, number=chunk.number + 1, spec={"after": end, "last": last})
    found = wanted.matching.order_by().filter(pk__gt=after, pk__lte=end).values("pk")
    query = sql.fill(
        """
        INSERT INTO {chunks} (job_id, phase, number, spec, is_done, counters)
        SELECT {job}, {phase}, {number} + part, jsonb_build_object('ids', jsonb_agg(id ORDER BY id)), false, '{}'
        FROM (SELECT id, (row_number() OVER (ORDER BY id) - 1) / {size} AS part FROM ({found}) f(id)) numbered
        GROUP BY part ORDER BY part
        RETURNING jsonb_array_length(spec -> 'ids') AS number
        """,
        chunks=sql.table(BulkChunk),
        job=job.pk,
        phase=phase,
        number=chunk.number * _PARTS,
        size=size,
        found=sql.of_queryset(found),
    )
    return sum(row.number for row in sql.rows(query))
