"""Which value a detail of a record has, where it came from, and what it would be were it not locked.

The rules, field by field (the table in docs/details.md says the same in words):

- the newest of the orders and the account wins; orders that count, and the account, go before orders that do not count;
- a blank never erases;
- a field that staff edited is locked: what would have been written is kept as a suggestion;
- a suggestion that staff dismissed is not made again, until something else would be written;
- what staff or an import wrote (or cleared) without locking it holds until something newer comes;
- a value leaves with the order that brought it, when that order leaves the record.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, NotRequired, TypedDict

# The details that orders and accounts know. An order calls them the same in the ledger.
FIELDS = ("first_name", "last_name", "company_name", "phone", "country_code", "language_code")


class Provenance(TypedDict):
    """Where a value came from: a kind (see `records.models.Source`), which one of it, and of when (ISO 8601, UTC)."""

    source: str
    origin: str
    at: str


class Candidate(Provenance):
    """A value that a field may take. One that staff `dismissed` is kept, so that it is not suggested again."""

    value: str
    dismissed: NotRequired[bool]


@dataclass(frozen=True, slots=True)
class Details:
    """The details of one record, with how they came about."""

    values: Mapping[str, str]
    provenance: Mapping[str, Provenance]
    suggestions: Mapping[str, Candidate]


def merge(
    current: Details,
    *,
    newest: Mapping[str, Candidate],
    locked: Collection[str],
    orphaned: Collection[str] = (),
) -> Details:
    """Return the details after a sync.

    `newest` has, for each field for which there is any, the newest non-blank value that orders and the account offer.
    `orphaned` names the fields whose value came from an order that is no longer the record's.
    """
    values = dict(current.values)
    provenance = dict(current.provenance)
    suggestions: dict[str, Candidate] = {}
    for field in FIELDS:
        candidate = newest.get(field)
        if field in locked:
            if candidate is not None and candidate["value"] != values[field]:
                known = current.suggestions.get(field)
                is_known = known is not None and known["value"] == candidate["value"] and known.get("dismissed")
                suggestions[field] = {**candidate, "dismissed": True} if is_known else candidate
        elif candidate is not None and not _outdated(candidate, provenance.get(field)):
            values[field] = candidate["value"]
            provenance[field] = {"source": candidate["source"], "origin": candidate["origin"], "at": candidate["at"]}
        elif candidate is None and field in orphaned:
            values[field] = ""
            del provenance[field]
    return Details(values, provenance, suggestions)


def written(
    current: Details, changes: Mapping[str, str], *, source: str, origin: str, at: datetime, locked: Collection[str]
) -> Details:
    """Return the details after somebody wrote these fields. `locked` are those that are locked from now on.

    What a locked field had from an order or the account is not suggested afterwards: it is what was overwritten.
    """
    values = {**current.values, **changes}
    provenance = dict(current.provenance)
    suggestions = dict(current.suggestions)
    for field, value in changes.items():
        before, known = current.values[field], provenance.get(field)
        if field in locked and field not in suggestions and before and known and _is_synced(known):
            suggestions[field] = {
                "value": before,
                "source": known["source"],
                "origin": known["origin"],
                "at": known["at"],
                "dismissed": True,
            }
        if field in suggestions and suggestions[field]["value"] == value:
            del suggestions[field]
        provenance[field] = {"source": source, "origin": origin, "at": moment(at)}
    return Details(values, provenance, suggestions)


@lru_cache(16)  # the same for all of a batch
def moment(at: datetime) -> str:
    """A time as a provenance has it: texts that sort as the times do."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _is_synced(known: Provenance) -> bool:
    return known["source"] in ("ORDER", "ACCOUNT")


def _outdated(candidate: Candidate, known: Provenance | None) -> bool:
    """Whether what the record has, also nothing, was written by staff or an import after the candidate was."""
    return known is not None and not _is_synced(known) and known["at"] > candidate["at"]


def changed_fields(before: Details, after: Details) -> dict[str, Any]:
    """The fields whose value differs, as the activity log tells them: `{"before": {...}, "after": {...}}`, or empty."""
    names = [name for name in FIELDS if before.values[name] != after.values[name]]
    if not names:
        return {}
    return {
        "before": {name: before.values[name] for name in names},
        "after": {name: after.values[name] for name in names},
    }
