"""Yes and no, lawful bases, names of tags and groups, profiles: cells in which certain words are looked for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, lru_cache

from ....errors import CustomerPlusError
from ....labels import clean_name
from ....records.models import LawfulBasis
from .base import REMEMBERED, Unreadable, plain


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_YES = _words(
    """
    yes y true t 1 1.0 on x ok si s vero ja j wahr oui o vrai verdadero active aktiv attivo actif activo subscribed
    opted-in opted_in opt-in enabled confirmed iscritto abonniert abonne suscrito ✓ ✔ ☑
    """
)
_NO = _words(
    """
    no n false f 0 0.0 off falso nein falsch non faux inactive inaktiv inattivo inactif inactivo unsubscribed
    never_subscribed not_subscribed nonsubscribed non_subscribed non-subscribed not_set unconfirmed opted-out
    opted_out opt-out cleaned bounced blocked archived transactional disabled pending none never ✗ ✘ ☐
    """
)


@lru_cache(REMEMBERED)
def flag_of(cell: str) -> bool:
    word = cell.strip().casefold()
    for one in (word, plain(word), word.replace(" ", "_")):
        if one in _YES:
            return True
        if one in _NO:
            return False
    raise Unreadable("This is neither yes nor no.")


# A name in quotes, as our exports write one that has a separator in it, or what is between two separators.
_LISTED = re.compile(r'[^\S\n]*"((?:[^"]|"")+)"\s*(?=[,;|\n]|$)|([^,;|\n]+)')


@lru_cache(REMEMBERED)
def names_of(cell: str) -> tuple[str, ...]:
    """Names of tags or groups: separated by commas, semicolons or lines, each once."""
    found: dict[str, str] = {}
    if cell.startswith("[") and cell.endswith("]"):
        cell = cell[1:-1]
    for text in _listed(cell):
        try:
            name = clean_name(text)
        except CustomerPlusError as error:
            raise Unreadable(error.message) from None
        found.setdefault(name.casefold(), name)
    return tuple(found.values())


def _listed(cell: str) -> Iterator[str]:
    for quoted, bare in _LISTED.findall(cell):
        # No name has a comma: in quotes too it parts two of them.
        parts = quoted.replace('""', '"').split(",") if quoted else [bare.strip().strip('"')]
        yield from (part.strip() for part in parts if part.strip())


@cache
def _bases() -> dict[str, str]:
    return {plain(word): basis.value for basis in LawfulBasis for word in (basis.value, str(basis.label))}


@lru_cache(REMEMBERED)
def basis_of(cell: str) -> str:
    basis = _bases().get(plain(cell))
    if basis is None:
        raise Unreadable(f"This is no lawful basis. Use one of {', '.join(LawfulBasis.values)}.")
    return basis


def pairs_of(cell: str) -> dict[str, str]:
    """`instagram: anna; x: anna2`, or lines of the same."""
    pairs = {}
    for part in re.split(r"[;\n]", cell):
        name, colon, profile = part.partition(":")
        if part.strip() and not colon:
            raise Unreadable("Write each profile as `network: name`, separated by semicolons.")
        if profile.strip():
            pairs[name.strip()] = profile.strip()
    return pairs
