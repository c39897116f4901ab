"""Which value a detail of a record has, where it came from, and what it would be were it not locked.

The rules, field by field (the table in docs/details.md says the same in words):

- the newest of the orders and the account wins; orders that count, and the account, go before orders that do not count;
- a blank never erases;
- a field that staff edited is locked: what would have been written is kept as a suggestion;
- a suggestion that staff dismissed is not made again, until something else would be written;
- what staff or an import wrote (or cleared) without locking it holds until something newer comes;
- a value leaves with the order that brought it, when that order leaves the record;
- the address is one value (see `records.addresses`): the newest one is taken over with all that is blank in it, and
  where a locked field says something else, nothing of it is, and all of it is suggested.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, NotRequired, TypedDict

from .addresses import ADDRESS, LINES, WHOLE, has_lines, source_of

# The details that orders and accounts know. An order calls them the same in the ledger.
FIELDS = ("first_name", "last_name", "company_name", "phone", *ADDRESS, "language_code")


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

    `newest` has, for each field for which there is any, the newest non-blank value that orders and the account offer;
    of the address all fields, blank or not, or no more than a country. `orphaned` names the entries of the provenance
    whose order is no longer the record's.
    """
    values = dict(current.values)
    provenance = dict(current.provenance)
    suggestions: dict[str, Candidate] = {}
    locked = frozenset(locked)
    if WHOLE in orphaned:
        del provenance[WHOLE]
        values.update({name: "" for name in ADDRESS if name not in locked and name not in provenance})
    address = {name: newest[name] for name in ADDRESS if name in newest}
    is_whole = any(name in address for name in LINES)
    if is_whole:
        for name in ADDRESS:
            if name in orphaned and name not in locked:
                values[name] = ""
                del provenance[name]
        _merge_address(address, current, locked, values, provenance, suggestions)
    for field in FIELDS:
        if is_whole and field in ADDRESS:
            continue
        candidate = newest.get(field)
        if field == "country_code" and candidate is not None and _is_elsewhere(candidate, values):
            candidate = None
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


def _merge_address(
    address: Mapping[str, Candidate],
    current: Details,
    locked: frozenset[str],
    values: dict[str, str],
    provenance: dict[str, Provenance],
    suggestions: dict[str, Candidate],
) -> None:
    """Take over all of an address, or suggest it, or leave it: into the last three arguments."""
    differing = [name for name in ADDRESS if address[name]["value"] != values[name]]
    if any(name in locked for name in differing):
        known = current.suggestions
        is_known = all(
            name in known and known[name]["value"] == address[name]["value"] and known[name].get("dismissed")
            for name in differing
        )
        for name in differing:
            suggestions[name] = {**address[name], "dismissed": True} if is_known else address[name]
    elif not any(_outdated(address[name], source_of(provenance, name)) for name in ADDRESS if name not in locked):
        for name in ADDRESS:
            values[name] = address[name]["value"]
            if name not in locked:
                provenance.pop(name, None)
        source = address["country_code"]
        provenance[WHOLE] = {"source": source["source"], "origin": source["origin"], "at": source["at"]}


def _is_elsewhere(country: Candidate, values: Mapping[str, str]) -> bool:
    """Whether a country is another one than that of the address, which it must not change by itself."""
    return has_lines(values) and values["country_code"] not in ("", country["value"])


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
        before, known = current.values[field], source_of(current.provenance, field)
        is_overwritten = before or field in ADDRESS  # what an address leaves blank is a part of it
        if field in locked and field not in suggestions and is_overwritten and known and is_synced(known):
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
    if has_lines(changes) and not any(values[name] for name in ADDRESS if name not in changes):
        provenance = {name: known for name, known in provenance.items() if name not in ADDRESS}
        provenance[WHOLE] = {"source": source, "origin": origin, "at": moment(at)}
    return Details(values, provenance, suggestions)


@lru_cache(16)  # the same for all of a batch
def moment(at: datetime) -> str:
    """A time as a provenance has it: texts that sort as the times do."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def is_synced(known: Provenance) -> bool:
    """Whether a value came from an order or the account."""
    return known["source"] in ("ORDER", "ACCOUNT")


def _outdated(candidate: Candidate, known: Provenance | None) -> bool:
    """Whether what the record has, also nothing, was written by staff or an import after the candidate was."""
    return known is not None and not is_synced(known) and known["at"] > candidate["at"]


def changed_fields(before: Details, after: Details) -> dict[str, Any]:
    """The fields whose value differs, as the activity log has them: `{"before": {...}, "after": {...}}`, or empty."""
    names = [name for name in FIELDS if before.values[name] != after.values[name]]
    if not names:
        return {}
    return {
        "before": {name: before.values[name] for name in names},
        "after": {name: after.values[name] for name in names},
    }
