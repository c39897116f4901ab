"""Finding the customers whom a command names, in a constant number of statements."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.core.management.base import CommandError

from ..records import emails, former
from ..records.email import normalize_email
from ..records.models import CustomerRecord

HOW = (
    "An e-mail address, a customer number or an id. Where one is the number of one customer and the id of another, "
    "write number:7 or id:7."
)
_ID, _NUMBER = "id:", "number:"
_BIGGEST_KEY = 2**63 - 1


def key_of(word: str, kind: str) -> int | None:
    """The key in an id, which is a number or as the API has it. None if it is neither."""
    if word.isascii() and word.isdigit():
        return key if (key := int(word)) <= _BIGGEST_KEY else None
    try:
        name, _, key_in_id = base64.b64decode(word, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeError, ValueError):
        return None
    return key_of(key_in_id, kind) if name == kind and key_in_id.isdigit() else None


def find(words: Sequence[str]) -> list[int]:
    """The records of these people, in order: those that are left, for who was merged. Raises `CommandError`."""
    keys = {word: key_of(word.removeprefix(_ID), "CustomerRecord") for word in words if not word.startswith(_NUMBER)}
    numbers = {word: word.removeprefix(_NUMBER) for word in words if not word.startswith(_ID)}
    addresses = {word: normalize_email(word) for word in words if "@" in word}
    by_id = _present([key for key in keys.values() if key is not None])
    by_number = former.holders_of_numbers(set(numbers.values()))
    by_email = emails.owners(addresses.values())
    known: list[tuple[Mapping[str, Any], Mapping[Any, int]]] = [
        (keys, by_id),
        (numbers, by_number),
        (addresses, by_email),
    ]
    return [
        _one(word, {found[known_by[word]] for known_by, found in known if known_by.get(word) in found})
        for word in words
    ]


def _one(word: str, found: Collection[int]) -> int:
    if not found:
        raise CommandError(f"No customer is known by {word}.")
    if len(found) > 1:
        raise CommandError(
            f"{word} is the number of one customer and the id of another: write {_NUMBER}{word} or {_ID}{word}."
        )
    return next(iter(found))


def _present(keys: Collection[int]) -> dict[int, int]:
    """Those of these ids that are of a record, with the one that is left. Two statements."""
    there = CustomerRecord.objects.filter(pk__in=keys).values_list("pk", flat=True)
    return former.successors(keys) | {key: key for key in there}
