"""A record as the search for duplicates sees it, and the keys under which it is looked up.

Two records are compared only if they share a key: somebody's phone, mailbox, last name and postal code ... A key is a
hash, so what is kept of it is no copy of anybody's data.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from hashlib import blake2b

from . import spelling

# A mailbox with fewer letters before the @ says nothing without its domain.
SHORTEST_LOCAL = 5


class Block(StrEnum):
    """What a key is made of."""

    PHONE = "p"
    MAILBOX = "m"
    LOCAL_PART = "l"
    LAST_NAME_AND_POSTAL_CODE = "n"
    FULL_NAME_AND_AREA = "f"
    STREET_AND_POSTAL_CODE = "s"
    COMPANY_AND_LAST_NAME = "c"
    # Of these nobody is looked up: they only tell how common a last name is.
    LAST_NAME = "a"


@dataclass(frozen=True, slots=True)
class Address:
    """A postal address with a postal code, and maybe a street."""

    street: str
    number: str
    postal_code: str
    key: int


@dataclass(frozen=True, slots=True)
class Phone:
    """A phone number."""

    digits: str
    key: int


@dataclass(frozen=True, slots=True)
class Mailbox:
    """An e-mail address."""

    local: str
    domain: str
    meant: str  # the domain without its typo

    @property
    def is_personal(self) -> bool:
        return self.local not in spelling.ROLES


@dataclass(frozen=True, slots=True)
class Person:
    """One record. Words are folded: see `spelling`."""

    id: int
    first: tuple[str, ...]
    last: tuple[str, ...]
    mailboxes: tuple[Mailbox, ...]
    phones: tuple[Phone, ...]
    addresses: tuple[Address, ...]
    company: str

    @property
    def surname(self) -> str:
        return " ".join(self.last)


def person(
    id: int,
    *,
    first_name: str = "",
    last_name: str = "",
    emails: Iterable[str] = (),
    phones: Iterable[str] = (),
    addresses: Iterable[tuple[str, str]] = (),
    company_name: str = "",
) -> Person:
    """Read a person's data. `addresses` are pairs of street with number, and postal code."""
    first, last = spelling.name_words(first_name), spelling.name_words(last_name)
    if not last and len(first) > 1:  # all of it in one field
        first, last = first[:-1], first[-1:]
    elif not first and len(last) > 1:
        first, last = last[:1], last[1:]
    numbers = dict.fromkeys(filter(None, map(spelling.phone, phones)))
    return Person(
        id=id,
        first=first,
        last=last,
        mailboxes=tuple(Mailbox(*spelling.mailbox(email)) for email in dict.fromkeys(emails) if "@" in email),
        phones=tuple(Phone(number, hashed(Block.PHONE, number)) for number in numbers),
        addresses=tuple(dict.fromkeys(_addresses(addresses))),
        company=spelling.company(company_name),
    )


def _addresses(addresses: Iterable[tuple[str, str]]) -> Iterator[Address]:
    for line, code in addresses:
        street, number = spelling.street(line)
        postal_code = spelling.postal_code(code)
        if not postal_code:
            continue
        # The longest word is the least likely to be one that others leave out. Typos come later in it.
        word = max(street.split(), key=len, default="")
        key = hashed(Block.STREET_AND_POSTAL_CODE, postal_code, number, word[:3])
        yield Address(street, number, postal_code, key)


def hashed(block: Block, *parts: str) -> int:
    """A key: 64 bits, with a sign."""
    text = "\x1f".join((block.value, *parts))
    return int.from_bytes(blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big", signed=True)


def keys_of(person: Person) -> list[int]:
    """The keys under which others find this person, and this person finds them."""
    return sorted(set(_keys(person)))


def _keys(person: Person) -> Iterator[int]:
    for phone in person.phones:
        yield phone.key
    for mailbox in person.mailboxes:
        if mailbox.is_personal:
            yield hashed(Block.MAILBOX, mailbox.local, mailbox.meant)
            if len(mailbox.local) >= SHORTEST_LOCAL:
                yield hashed(Block.LOCAL_PART, mailbox.local.replace(".", ""))
    surname = person.surname
    for address in person.addresses:
        if address.street:
            yield address.key
        if surname:
            yield hashed(Block.LAST_NAME_AND_POSTAL_CODE, surname, address.postal_code)
            if person.first:
                yield hashed(Block.FULL_NAME_AND_AREA, *_unordered(person), address.postal_code[:2])
    if surname and person.company:
        yield hashed(Block.COMPANY_AND_LAST_NAME, surname, person.company)


def _unordered(person: Person) -> Sequence[str]:
    """The first and the last name, so that they are found when they are swapped."""
    return sorted((person.first[0], person.last[-1]))


def surname_key(surname: str) -> int:
    return hashed(Block.LAST_NAME, surname)
