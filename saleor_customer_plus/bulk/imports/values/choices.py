"""Yes and no, lawful bases, names of tags and groups, profiles: cells in which certain words are looked for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from enum import Enum
from functools import cache, lru_cache

from ....errors import CustomerPlusError
from ....records.labels import clean_name
from ....records.models import LawfulBasis
from . import consent_words as words
from .base import REMEMBERED, Unreadable, plain, words_of
from .nothing import Holds, is_nothing


class Answer(Enum):
    """What a file says of a consent."""

    YES = "yes"
    NO = "no"
    WITHDRAWN = "withdrawn"
    BOUNCED = "bounced"


# What counts of several answers: the one that is most against it.
MOST_AGAINST_FIRST = (Answer.WITHDRAWN, Answer.BOUNCED, Answer.NO, Answer.YES)
_WORDS = {
    Answer.WITHDRAWN: words.WITHDRAWN,
    Answer.BOUNCED: words.BOUNCED,
    Answer.NO: words.REFUSED,
    Answer.YES: words.AFFIRMATIVE | words.GRANTED,
}
_ASIDE = re.compile(r"[()\[\]{},;:/|]|\s[-\u2013\u2014]\s")
# Longer texts are remarks.
_MAX_WORDS = 8


def most_against(answers: Iterable[Answer]) -> Answer:
    """What several answers come to."""
    return min(answers, key=MOST_AGAINST_FIRST.index)


@lru_cache(REMEMBERED)
def answer_of(cell: str) -> Answer:
    """What a cell says of a consent. Whatever is neither yes nor no raises `Unreadable`."""
    if (answer := _answer(cell)) is not None:
        return answer
    raise Unreadable("This is neither yes nor no.")


def _answer(cell: str) -> Answer | None:
    if (answer := _by_sign(cell)) is not None:
        return answer
    if (answer := _by_words(plain(cell))) is not None:
        return None if answer is Answer.YES and "?" in cell else answer
    # "Unsubscribed (spam complaint)", "Yes - confirmed": of several parts each is understood, or none is a yes.
    listed = [plain(part) for part in _ASIDE.split(cell) if part.strip()]
    parts = [_by_words(part) for part in listed if part and part not in words.NOISE]
    answers = [answer for answer in parts if answer is not None]
    if answers and (most_against(answers) is not Answer.YES or len(answers) == len(parts)):
        return most_against(answers)
    return _within(plain(cell))


def _by_sign(cell: str) -> Answer | None:
    signs = frozenset(cell.replace("\ufe0f", "").strip(" ."))
    if not signs:
        return None
    return Answer.YES if signs <= words.YES_SIGNS else Answer.NO if signs <= words.NO_SIGNS else None


def _by_words(text: str) -> Answer | None:
    """What a phrase says, as a whole. What is not so is a no: "never subscribed", "not unsubscribed"."""
    for answer, phrases in _WORDS.items():
        if text in phrases:
            return answer
    if any(text.removeprefix(f"{noise} ") in words.GRANTED for noise in words.NOISE):
        return Answer.YES
    negated, _, rest = text.rpartition(" ")
    while negated:
        if negated in words.NEGATIONS and any(rest in phrases for phrases in _WORDS.values()):
            return Answer.NO
        negated, _, word = negated.rpartition(" ")
        rest = f"{word} {rest}"
    return None


def _within(text: str) -> Answer | None:
    """A withdrawal among other words: "has unsubscribed", "opted out by phone"."""
    listed = text.split()
    if len(listed) > _MAX_WORDS:
        return None
    for start in range(len(listed)):
        for end in range(len(listed), start, -1):
            phrase = " ".join(listed[start:end])
            if len(phrase) < 5 or phrase not in words.WITHDRAWN | words.BOUNCED:
                continue
            if any(before in words.NEGATIONS for before in listed[:start]):
                return Answer.NO
            return _by_words(phrase)
    return None


def suppression_of(cell: str, *, is_of_bounces: bool = False) -> Answer:
    """A column that is filled for who must not be written to, or of bounces: cannot be. With reasons, as a rule."""
    if is_nothing(cell) or cell.strip("[]{}\"' ") == "":
        return Answer.NO
    answer = _answer(cell)
    if answer is Answer.NO or plain(cell) in words.GRANTED:
        return Answer.NO
    if is_of_bounces and answer is Answer.YES:
        return Answer.BOUNCED
    return Answer.BOUNCED if answer is Answer.BOUNCED or "bounce" in cell.casefold() else Answer.WITHDRAWN


@lru_cache(REMEMBERED)
def flag_of(cell: str) -> bool:
    answer = _by_sign(cell) or _by_words(plain(cell))
    if answer is None:
        raise Unreadable("This is neither yes nor no.")
    return answer is Answer.YES


# A name in quotes, as our exports write one that has a separator in it, or what is between two separators.
_LISTED = re.compile(r'[^\S\n]*"((?:[^"]|"")+)"\s*(?=[,;|\n]|$)|([^,;|\n]+)')


@lru_cache(REMEMBERED)
def names_of(cell: str) -> tuple[str, ...]:
    """Names of tags or groups: separated by commas, semicolons or lines, each once."""
    found: dict[str, str] = {}
    if cell.startswith("[") and cell.endswith("]"):
        cell = cell[1:-1]
    for text in _listed(cell):
        if is_nothing(text, Holds.LABELS):
            continue
        try:
            name = clean_name(text)
        except CustomerPlusError as error:
            raise Unreadable(error.message) from None
        found.setdefault(name.casefold(), name)
    return tuple(found.values())


# What Google Contacts adds to the labels by itself: groups of its own, which are no words of anybody.
_SYSTEM_GROUPS = words_of("mycontacts starred friends family coworkers chatbuddies all blocked hidden")


def _is_system_group(name: str) -> bool:
    return name.startswith("* ") and name[2:].strip().casefold() in _SYSTEM_GROUPS


def _listed(cell: str) -> Iterator[str]:
    for quoted, bare in _LISTED.findall(cell.replace(":::", ",")):
        # No name has a comma: in quotes too it parts two of them.
        parts = quoted.replace('""', '"').split(",") if quoted else [bare.strip().strip('"')]
        yield from (name for part in parts if (name := part.strip()) and not _is_system_group(name))


@cache
def _bases() -> dict[str, str]:
    return {plain(word): basis.value for basis in LawfulBasis for word in (basis.value, str(basis.label))}


@lru_cache(REMEMBERED)
def basis_of(cell: str) -> str:
    basis = _bases().get(plain(cell))
    if basis is None:
        raise Unreadable(f"This is not a lawful basis. Use one of {', '.join(LawfulBasis.values)}.")
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
