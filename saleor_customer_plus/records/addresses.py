"""The address of a person: several fields that belong together, so that no two addresses are ever mixed.

Orders and accounts bring an address as a whole, with its country, or nothing of it. A country by itself is no address:
it is taken over where there is no other.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

# What makes an address: anything but the country, which nearly every address of Saleor's has.
LINES = ("street_address_1", "street_address_2", "postal_code", "city", "country_area")
ADDRESS = (*LINES, "country_code")

# Under which the provenance of all these fields is kept once, where it is the same.
WHOLE = "address"


def has_lines(values: Mapping[str, Any]) -> bool:
    """Whether there is more than a country."""
    return any(values.get(name) for name in LINES)


def source_of(provenance: Mapping[str, Any], name: str) -> Any:
    """Where the value of a detail came from, if that is known."""
    known = provenance.get(name)
    return provenance.get(WHOLE) if known is None and name in ADDRESS else known


def by_field(provenance: Mapping[str, Any]) -> dict[str, Any]:
    """A provenance in which every field of the address has an entry of its own."""
    entries = {name: entry for name, entry in provenance.items() if name != WHOLE}
    if (whole := provenance.get(WHOLE)) is not None:
        entries = {**dict.fromkeys(ADDRESS, whole), **entries}
    return entries


def with_the_rest(names: Collection[str]) -> set[str]:
    """These fields, with all others of the address where one of it is among them."""
    return {*names, *ADDRESS} if any(name in ADDRESS for name in names) else set(names)


def of_list(
    said: Mapping[str, Any],
    before: Mapping[str, Any],
    *,
    locked: Collection[str] = (),
    fills_only: bool = False,
) -> dict[str, Any]:
    """What a row of a list writes of the address, if it says this of it.

    Where it contradicts the address that there is (another city, say), it replaces all of it, also what the row does
    not say. With `fills_only`, or where a field that would change is `locked`, it is left alone instead. What
    contradicts nothing is added. A country alone does not replace an address in another country.
    """
    address = {name: value for name, value in said.items() if name in ADDRESS}
    if not any(before[name] for name in ADDRESS) or not any(address.values()):
        return address
    contradicts = any(value and before[name] and not _is_same(value, before[name]) for name, value in address.items())
    if contradicts and fills_only:
        return {}
    if contradicts and not has_lines(address):  # the country alone
        return {} if has_lines({**before, **address}) else address
    wanted = {**dict.fromkeys(ADDRESS, ""), **address} if contradicts else address
    is_locked = any(name in locked and value != before[name] for name, value in wanted.items())
    return {} if contradicts and is_locked else wanted


def _is_same(one: str, other: str) -> bool:
    return " ".join(one.casefold().split()) == " ".join(other.casefold().split())
