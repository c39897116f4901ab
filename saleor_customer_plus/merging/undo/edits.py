"""The row of the record that was kept: as before the merge, but for what was edited since."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...records.addresses import by_field
from ...records.details import FIELDS
from ...records.models import Source
from ..rules import as_one_address
from ..values import DETAILS
from .parting import Parting

# Compared one by one with what they were after the merge.
_PLAIN = (
    "number",
    "additional_phones",
    "image",
    "store_note",
    "is_tax_exempt",
    "social_profiles",
    "attributes",
    "is_approved_buyer",
    "lawful_basis",
)
_STATE = ("is_active", "deactivation_reason")


def row_of_kept(parting: Parting) -> dict[str, Any]:
    """The row as it is to be. Reports what of it was edited since."""
    row, now = dict(parting.before), parting.kept.row
    for names in (*((name,) for name in _PLAIN), _STATE):
        if any(now[name] != parting.after[name] for name in names):
            row |= {name: now[name] for name in names}
            if any(parting.before[name] not in (parting.after[name], now[name]) for name in names):
                parting.edited(names[0])
    _details(parting, row)
    # Of orders and accounts that came since, those follow that stay with the record.
    since = [one for one in now["sources"] if one not in (*parting.after["sources"], Source.ORDER, Source.ACCOUNT)]
    row["sources"] = list(dict.fromkeys([*parting.before["sources"], *since]))
    return row


def _details(parting: Parting, row: dict[str, Any]) -> None:
    """Put back details that nobody edited since. What orders and the account say by now, the refresh writes."""
    now = parting.kept.row
    sides = {name: by_field(side["provenance"]) for name, side in (("now", now), ("after", parting.after))}
    provenance = by_field(parting.before["provenance"])
    suggestions, locked = dict(parting.before["suggestions"]), set(parting.before["locked_fields"])
    for unit, names in DETAILS.items():
        edited = {name for name in names if _is_edited(parting, name, sides)}
        if not edited:
            continue
        for name in names:
            row[name] = now[name]
            for kept, own in ((provenance, sides["now"]), (suggestions, now["suggestions"])):
                kept.pop(name, None)
                if name in own:
                    kept[name] = own[name]
            locked = (locked - {name}) | ({name} & set(now["locked_fields"]))
        if any(_is_reported(parting, name, name in edited) for name in names):
            parting.edited(unit)
    row["provenance"] = as_one_address(provenance)
    row["suggestions"] = suggestions
    row["locked_fields"] = [name for name in FIELDS if name in locked]


def _is_reported(parting: Parting, name: str, is_edited: bool) -> bool:
    """Whether a detail that stays, with the rest of its unit, may be other than if nothing had ever been merged."""
    before, after, now = (row[name] for row in (parting.before, parting.after, parting.kept.row))
    if not is_edited:  # an order of another one of the records may have brought it
        return bool(before != now)
    # Where somebody wrote what there was before, it was something else meanwhile, and it may be locked by that.
    return bool(before != after or before == now)


def _is_edited(parting: Parting, name: str, sides: Mapping[str, Mapping[str, Any]]) -> bool:
    """Whether staff or a list wrote a detail since: what orders and accounts write comes again by itself."""
    now, after = parting.kept.row, parting.after
    is_locked = name in now["locked_fields"]
    if is_locked != (name in after["locked_fields"]):
        return True
    if now[name] == after[name] and sides["now"].get(name) == sides["after"].get(name):
        return False
    known = sides["now"].get(name)
    return is_locked or known is None or known["source"] not in (Source.ORDER, Source.ACCOUNT)
