"""How alike two records are: each comparison gives points, which are fixed and published in docs/duplicates.md.

A point is about a doubling of the odds that the two are of one person, as in the model of Fellegi and Sunter. Each
comparison gives a reason, and the score is the sum of their points: so a member of staff can follow it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import NamedTuple

from . import spelling
from .people import SHORTEST_LOCAL, Address, Mailbox, Person, surname_key


class Band(IntEnum):
    """How sure it is that records are of the same person."""

    LOOK_AT_IT = 1
    LIKELY = 2
    CERTAIN = 3


class Reason(StrEnum):
    """What two records have in common, or what sets them apart."""

    SAME_FIRST_NAME = "SAME_FIRST_NAME"
    SIMILAR_FIRST_NAME = "SIMILAR_FIRST_NAME"
    OTHER_ENDING_OF_FIRST_NAME = "OTHER_ENDING_OF_FIRST_NAME"
    SAME_INITIAL = "SAME_INITIAL"
    DIFFERENT_FIRST_NAME = "DIFFERENT_FIRST_NAME"
    SAME_RARE_LAST_NAME = "SAME_RARE_LAST_NAME"
    SAME_LAST_NAME = "SAME_LAST_NAME"
    SAME_COMMON_LAST_NAME = "SAME_COMMON_LAST_NAME"
    PART_OF_LAST_NAME = "PART_OF_LAST_NAME"
    SIMILAR_LAST_NAME = "SIMILAR_LAST_NAME"
    DIFFERENT_LAST_NAME = "DIFFERENT_LAST_NAME"
    SWAPPED_NAMES = "SWAPPED_NAMES"
    SAME_MAILBOX = "SAME_MAILBOX"
    MISSPELLED_DOMAIN = "MISSPELLED_DOMAIN"
    SIMILAR_MAILBOX = "SIMILAR_MAILBOX"
    SAME_LOCAL_PART = "SAME_LOCAL_PART"
    NAME_IN_MAILBOX = "NAME_IN_MAILBOX"
    SAME_PHONE = "SAME_PHONE"
    SIMILAR_PHONE = "SIMILAR_PHONE"
    SHARED_PHONE = "SHARED_PHONE"
    DIFFERENT_PHONE = "DIFFERENT_PHONE"
    SAME_ADDRESS = "SAME_ADDRESS"
    SIMILAR_ADDRESS = "SIMILAR_ADDRESS"
    SHARED_ADDRESS = "SHARED_ADDRESS"
    SAME_POSTAL_CODE = "SAME_POSTAL_CODE"
    DIFFERENT_ADDRESS = "DIFFERENT_ADDRESS"
    SAME_COMPANY = "SAME_COMPANY"
    DIFFERENT_COMPANY = "DIFFERENT_COMPANY"


# What a reason counts. What is missing in a record counts nothing.
POINTS: Mapping[Reason, int] = {
    Reason.SAME_FIRST_NAME: 5,
    Reason.SIMILAR_FIRST_NAME: 3,
    Reason.OTHER_ENDING_OF_FIRST_NAME: 0,
    Reason.SAME_INITIAL: 2,
    Reason.DIFFERENT_FIRST_NAME: -10,
    Reason.SAME_RARE_LAST_NAME: 9,
    Reason.SAME_LAST_NAME: 7,
    Reason.SAME_COMMON_LAST_NAME: 5,
    Reason.PART_OF_LAST_NAME: 5,
    Reason.SIMILAR_LAST_NAME: 5,
    Reason.DIFFERENT_LAST_NAME: -5,
    Reason.SWAPPED_NAMES: 11,
    Reason.SAME_MAILBOX: 13,
    Reason.MISSPELLED_DOMAIN: 12,
    Reason.SIMILAR_MAILBOX: 6,
    Reason.SAME_LOCAL_PART: 7,
    Reason.NAME_IN_MAILBOX: 2,
    Reason.SAME_PHONE: 10,
    Reason.SIMILAR_PHONE: 5,
    Reason.SHARED_PHONE: 0,
    Reason.DIFFERENT_PHONE: -2,
    Reason.SAME_ADDRESS: 7,
    Reason.SIMILAR_ADDRESS: 6,
    Reason.SHARED_ADDRESS: 1,
    Reason.SAME_POSTAL_CODE: 1,
    Reason.DIFFERENT_ADDRESS: -2,
    Reason.SAME_COMPANY: 3,
    Reason.DIFFERENT_COMPANY: -1,
}

ADDRESS_REASONS = frozenset(
    {
        Reason.SAME_ADDRESS,
        Reason.SIMILAR_ADDRESS,
        Reason.SHARED_ADDRESS,
        Reason.SAME_POSTAL_CODE,
        Reason.DIFFERENT_ADDRESS,
    }
)

# The scores from which on a pair is in a band, if nothing speaks against it: see `_band`.
CERTAIN_FROM = 24
LIKELY_FROM = 14
LOOK_FROM = 9

# A last name that one in so many people has is common, and rare if fewer than one in so many have it.
COMMON_SHARE = 1 / 300
RARE_SHARE = 1 / 5_000

_KNOWN_NAMES = (
    frozenset({Reason.SAME_FIRST_NAME, Reason.SIMILAR_FIRST_NAME, Reason.SWAPPED_NAMES}),
    frozenset(
        {
            Reason.SAME_RARE_LAST_NAME,
            Reason.SAME_LAST_NAME,
            Reason.SAME_COMMON_LAST_NAME,
            Reason.PART_OF_LAST_NAME,
            Reason.SIMILAR_LAST_NAME,
            Reason.SWAPPED_NAMES,
        }
    ),
)
_COMPARED_FIRST_NAMES = _KNOWN_NAMES[0] | {Reason.SAME_INITIAL}
_MAILBOX = frozenset(
    {
        Reason.SAME_MAILBOX,
        Reason.MISSPELLED_DOMAIN,
        Reason.SIMILAR_MAILBOX,
        Reason.SAME_LOCAL_PART,
        Reason.NAME_IN_MAILBOX,
    }
)
# What only one person has, or one household.
_OWN = frozenset({Reason.SAME_MAILBOX, Reason.MISSPELLED_DOMAIN, Reason.SAME_PHONE})
_OWN_MAILBOX = _OWN - {Reason.SAME_PHONE}


class Verdict(NamedTuple):
    """How alike two records are, and why. `band` is None if they are not worth a look."""

    score: int
    band: Band | None
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Context:
    """What is known of all records together: keys that too many have, and the shares of last names that are no rare.

    A phone under a crowded key is a shop's or a reception's. Of last names there are the keys.
    """

    crowded: Collection[int] = frozenset()
    surname_shares: Mapping[int, float] | None = None

    def share(self, surname: str) -> float:
        return (self.surname_shares or {}).get(surname_key(surname), 0.0)


def compare(one: Person, other: Person, context: Context) -> Verdict:
    """Compare two records. It does not matter which of them is which."""
    reasons = tuple(_reasons(one, other, context))
    score = sum(POINTS[reason] for reason in reasons)
    return Verdict(score, _band(score, frozenset(reasons)), reasons)


def are_of_two_people(reasons: Collection[Reason]) -> bool:
    """Whether first names differ as they do in a family, so that no likeness of all else makes up for it."""
    if Reason.DIFFERENT_FIRST_NAME in reasons:
        return True
    return Reason.OTHER_ENDING_OF_FIRST_NAME in reasons and _OWN_MAILBOX.isdisjoint(reasons)


def _band(score: int, reasons: frozenset[Reason]) -> Band | None:
    if score < LOOK_FROM:
        return None
    if score < LIKELY_FROM or are_of_two_people(reasons):  # a family, maybe
        return Band.LOOK_AT_IT
    if Reason.DIFFERENT_LAST_NAME in reasons and Reason.SAME_COMPANY in reasons:  # colleagues, maybe
        return Band.LOOK_AT_IT
    if not reasons & _MAILBOX and not reasons & _COMPARED_FIRST_NAMES:  # anybody of a household
        return Band.LOOK_AT_IT
    if score >= CERTAIN_FROM and reasons & _OWN and all(reasons & known for known in _KNOWN_NAMES):
        # Lena and Lina may be a typo of one name, or twins with their parents' phone.
        is_sure = Reason.SIMILAR_FIRST_NAME not in reasons or not _OWN_MAILBOX.isdisjoint(reasons)
        return Band.CERTAIN if is_sure else Band.LIKELY
    return Band.LIKELY


def _reasons(one: Person, other: Person, context: Context) -> Iterator[Reason]:
    yield from _names(one, other, context)
    for compared in (_mailboxes, _phones, _addresses):
        reason = compared(one, other, context)
        if reason is not None:
            yield reason
    if one.company and other.company:
        is_same = one.company == other.company or spelling.alike(one.company, other.company)
        yield Reason.SAME_COMPANY if is_same else Reason.DIFFERENT_COMPANY


# Names.


def _names(one: Person, other: Person, context: Context) -> Iterator[Reason]:
    first, last = _first_names(one.first, other.first), _last_names(one, other, context)
    differs = first is Reason.DIFFERENT_FIRST_NAME or last is Reason.DIFFERENT_LAST_NAME
    if differs and one.first and one.last and other.first and other.last and _are_swapped(one, other):
        yield Reason.SWAPPED_NAMES
        return
    if first is not None:
        yield first
    if last is not None:
        yield last


def _are_swapped(one: Person, other: Person) -> bool:
    return _is_same_name(one.first, other.last) and _is_same_name(one.last, other.first)


def _is_same_name(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    return one == other or spelling.alike(" ".join(one), " ".join(other))


def _first_names(one: tuple[str, ...], other: tuple[str, ...]) -> Reason | None:
    if not one or not other:
        return None
    if one == other or "".join(one) == "".join(other):
        return Reason.SAME_FIRST_NAME
    if len(one[0]) == 1 or len(other[0]) == 1:
        return Reason.SAME_INITIAL if one[0][0] == other[0][0] else Reason.DIFFERENT_FIRST_NAME
    if spelling.differ_in_ending(one[0], other[0]):
        return Reason.OTHER_ENDING_OF_FIRST_NAME
    if one[0] == other[0] or spelling.alike(one[0], other[0]) or spelling.alike("".join(one), "".join(other)):
        return Reason.SIMILAR_FIRST_NAME
    shorter, longer = sorted((one[0], other[0]), key=len)
    is_short_form = len(shorter) >= 3 and longer.startswith(shorter)
    if is_short_form or (min(len(one), len(other)) == 1 and (one[0] in other or other[0] in one)):
        return Reason.SIMILAR_FIRST_NAME
    return Reason.DIFFERENT_FIRST_NAME


def _last_names(one: Person, other: Person, context: Context) -> Reason | None:
    if not one.last or not other.last:
        return None
    if one.last == other.last:
        share = context.share(one.surname)
        if share >= COMMON_SHARE:
            return Reason.SAME_COMMON_LAST_NAME
        return Reason.SAME_LAST_NAME if share >= RARE_SHARE else Reason.SAME_RARE_LAST_NAME
    if spelling.alike("".join(one.last), "".join(other.last)):
        return Reason.SIMILAR_LAST_NAME
    shared = {word for word in one.last if word in other.last and len(word) > 2}
    return Reason.PART_OF_LAST_NAME if shared else Reason.DIFFERENT_LAST_NAME


# What one has several of: the best of all pairs tells.


def _best(reasons: Iterator[Reason | None], points: Callable[[Reason], int] = POINTS.__getitem__) -> Reason | None:
    return max(filter(None, reasons), key=points, default=None)


def _mailboxes(one: Person, other: Person, _context: Context) -> Reason | None:
    found = _best(_mailbox(mine, its) for mine in one.mailboxes for its in other.mailboxes)
    if found is Reason.SAME_LOCAL_PART and all(
        spelling.is_made_of(mailbox.local, (*who.first, *who.last)) for who in (one, other) for mailbox in who.mailboxes
    ):
        return Reason.NAME_IN_MAILBOX  # which is no news: others of that name choose it, too
    return found


def _mailbox(one: Mailbox, other: Mailbox) -> Reason | None:
    """Two mailboxes that have nothing in common say nothing: who has a second record has most often another one."""
    if not one.is_personal or not other.is_personal:
        return None
    mine, its = one.local.replace(".", ""), other.local.replace(".", "")
    if one.local == other.local and one.meant == other.meant:
        return Reason.SAME_MAILBOX if one.domain == other.domain else Reason.MISSPELLED_DOMAIN
    if one.local == other.local and spelling.is_misspelled(one.domain, other.domain):
        return Reason.MISSPELLED_DOMAIN
    if len(mine) < SHORTEST_LOCAL or len(its) < SHORTEST_LOCAL:
        return None
    if mine == its:
        return Reason.SAME_LOCAL_PART
    return Reason.SIMILAR_MAILBOX if one.meant == other.meant and spelling.alike(mine, its) else None


def _phones(one: Person, other: Person, context: Context) -> Reason | None:
    if not one.phones or not other.phones:
        return None
    mine = {phone.digits for phone in one.phones}
    shared = [phone for phone in other.phones if phone.digits in mine]
    if any(phone.key not in context.crowded for phone in shared):
        return Reason.SAME_PHONE
    if shared:
        return Reason.SHARED_PHONE
    if any(spelling.within(*sorted((my, its.digits)), 1) for my in mine for its in other.phones):
        return Reason.SIMILAR_PHONE
    return Reason.DIFFERENT_PHONE


def _addresses(one: Person, other: Person, context: Context) -> Reason | None:
    return _best(_address(mine, its, context) for mine in one.addresses for its in other.addresses)


def _address(one: Address, other: Address, context: Context) -> Reason:
    if one.postal_code != other.postal_code:
        is_typo = spelling.within(*sorted((one.postal_code, other.postal_code)), 1)
        if is_typo and one.street and one.street == other.street and one.number == other.number != "":
            return Reason.SIMILAR_ADDRESS
        return Reason.DIFFERENT_ADDRESS
    if not one.street or not other.street:
        return Reason.SAME_POSTAL_CODE
    is_same = one.street == other.street
    if one.number == other.number and (is_same or _is_same_street(one.street, other.street)):
        if one.key in context.crowded:
            return Reason.SHARED_ADDRESS
        return Reason.SAME_ADDRESS if is_same else Reason.SIMILAR_ADDRESS
    return Reason.SAME_POSTAL_CODE


def _is_same_street(one: str, other: str) -> bool:
    if spelling.alike(one.replace(" ", ""), other.replace(" ", "")):
        return True
    mine, its = set(one.split()), set(other.split())
    return mine <= its or its <= mine  # one left out a word
