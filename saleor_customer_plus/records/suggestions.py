"""Details that are locked against orders and accounts: let go of, or settled one by one. See `records.details`.

All of them take any number of records, and return those that were changed.
"""

from __future__ import annotations

from collections.abc import Callable, Collection

from ..activity.models import ActivityType
from ..activity.services import Actor, Cause, Entry, append
from .addresses import ADDRESS, WHOLE, by_field, with_the_rest
from .details import FIELDS, Candidate, Provenance, is_synced
from .writing import Row, lock_rows, write_rows


def unlock(
    record_ids: Collection[int], fields: Collection[str], *, actor: Actor, cause: Cause | None = None
) -> set[int]:
    """Let orders and accounts change these details again. Call it in a transaction, and refresh the records afterwards.

    What staff or an import wrote does not hold any longer: the refresh takes over what orders and accounts say.
    """

    def change(row: Row) -> Entry | None:
        let_go = [name for name in FIELDS if name in fields and name in row.before["locked_fields"]]
        if not let_go:
            return None
        provenance: dict[str, Provenance] = row.before["provenance"]
        locked = [name for name in row.before["locked_fields"] if name not in let_go]
        # An address moves as a whole: nothing of it that is not locked holds the rest.
        free = {name for name in with_the_rest(let_go) if name not in locked}
        if free.intersection(ADDRESS) and WHOLE in provenance and not is_synced(provenance[WHOLE]):
            provenance = by_field(provenance)
        row.set("locked_fields", locked)
        row.set("suggestions", _without(row.before["suggestions"], let_go))
        row.set(
            "provenance",
            {name: known for name, known in provenance.items() if name not in free or is_synced(known)},
        )
        because = cause.of_entry if cause else {}
        return Entry(row.id, ActivityType.DETAILS_UNLOCKED, after={"fields": let_go}, **actor.of_entry, **because)

    return _apply(record_ids, change)


def accept(record_ids: Collection[int], fields: Collection[str], *, actor: Actor) -> set[int]:
    """Take over what is suggested for these details, of an address all of it. Locked ones stay so.

    Call it in a transaction.
    """

    def change(row: Row) -> Entry | None:
        open_ones = suggested(row.before["suggestions"], fields)
        if not open_ones:
            return None
        provenance: dict[str, Provenance] = dict(row.before["provenance"])
        for name, candidate in open_ones.items():
            row.set(name, candidate["value"])
            provenance[name] = {"source": candidate["source"], "origin": candidate["origin"], "at": candidate["at"]}
        if address := [name for name in ADDRESS if name in open_ones]:
            # The others are as in this address already.
            source = provenance[address[0]]
            provenance = {name: known for name, known in provenance.items() if name not in ADDRESS} | {WHOLE: source}
        row.set("provenance", provenance)
        row.set("suggestions", _without(row.before["suggestions"], open_ones))
        return Entry(row.id, ActivityType.SUGGESTION_ACCEPTED, **row.change_log(FIELDS), **actor.of_entry)

    return _apply(record_ids, change)


def dismiss(record_ids: Collection[int], fields: Collection[str], *, actor: Actor) -> set[int]:
    """Do without what is suggested for these details, of an address all of it, until something else is suggested.

    Call it in a transaction.
    """

    def change(row: Row) -> Entry | None:
        open_ones = suggested(row.before["suggestions"], fields)
        if not open_ones:
            return None
        dismissed: dict[str, Candidate] = {name: {**one, "dismissed": True} for name, one in open_ones.items()}
        row.set("suggestions", {**row.before["suggestions"], **dismissed})
        values = {name: one["value"] for name, one in open_ones.items()}
        return Entry(row.id, ActivityType.SUGGESTION_DISMISSED, before=values, **actor.of_entry)

    return _apply(record_ids, change)


def suggested(suggestions: dict[str, Candidate], fields: Collection[str] = FIELDS) -> dict[str, Candidate]:
    """What is suggested for these details, of an address all of it, but for what was dismissed."""
    wanted = with_the_rest(fields)
    return {
        name: one for name in FIELDS if name in wanted and (one := suggestions.get(name)) and not one.get("dismissed")
    }


def _without(suggestions: dict[str, Candidate], names: Collection[str]) -> dict[str, Candidate]:
    return {name: one for name, one in suggestions.items() if name not in names}


def _apply(record_ids: Collection[int], change: Callable[[Row], Entry | None]) -> set[int]:
    rows = lock_rows(record_ids)
    entries = [entry for row in rows if (entry := change(row)) is not None]
    changed = write_rows(rows)
    append(entries)
    return changed
