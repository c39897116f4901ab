"""What the rows of one address say against mail: a no of any of them counts, whichever row is written.

The scan keeps it in a few letters for each row that says no, one for each column of consents. PostgreSQL collects those
of the rows that have the address of another one; `merge` adds them to the person of the row that is written.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from .person import CONSENTS, OF_MARKETING, Person
from .values.choices import Answer

# The letter of each answer, and how much it is against mail. What is said is never taken back by another row.
_LETTERS = {Answer.NO: "n", Answer.BOUNCED: "b", Answer.WITHDRAWN: "w"}
_ANSWERS = {letter: answer for answer, letter in _LETTERS.items()}
_RANKS: Mapping[Answer | None, int] = {None: 0, Answer.YES: 0, Answer.NO: 1, Answer.BOUNCED: 2, Answer.WITHDRAWN: 3}
_WITHDRAWALS = (Answer.BOUNCED, Answer.WITHDRAWN)
# How an answer is written into a cell, so that it is read as the same.
_WORDS = {Answer.NO: "no", Answer.BOUNCED: "bounced", Answer.WITHDRAWN: "unsubscribed"}


class Objection(NamedTuple):
    """What the rows of an address say against mail: their letters, and since when, if all that withdraw one tell."""

    row: int  # to which it applies
    letters: tuple[str, ...]
    since: datetime | None

    def to_json(self) -> list[Any]:
        return [self.row, list(self.letters), self.since and self.since.isoformat()]

    @classmethod
    def of_json(cls, value: Sequence[Any]) -> Objection:
        row, letters, since = value
        return cls(row, tuple(letters), datetime.fromisoformat(since) if since else None)

    @property
    def answers(self) -> dict[str, Answer]:
        """For each column that a row says no in, what is most against mail."""
        found: dict[str, Answer] = {}
        for letters in self.letters:
            for column, letter in zip(CONSENTS, letters, strict=True):
                if letter in _ANSWERS and _RANKS[_ANSWERS[letter]] > _RANKS[found.get(column)]:
                    found[column] = _ANSWERS[letter]
        return found

    @property
    def words(self) -> dict[str, str]:
        """The same as it is written into cells."""
        return {column: _WORDS[answer] for column, answer in self.answers.items()}


def letters_of(accepts: Mapping[str, Answer]) -> str | None:
    """What a row says against mail, in letters; None for nothing."""
    if not accepts:
        return None
    letters = "".join(_LETTERS.get(accepts.get(column, Answer.YES), "-") for column in CONSENTS)
    return None if letters == "----" else letters


def merge(person: Person, objection: Objection) -> None:
    """Let the person say what the rows of their address say against mail."""
    answers = objection.answers
    if answers.get("accepts_marketing") in _WITHDRAWALS:
        # As in one row, what says no of all that is sent beats a yes to a part of it.
        barred = CONSENTS if answers["accepts_marketing"] is Answer.BOUNCED else OF_MARKETING
        answers = {**{column: Answer.NO for column in barred if column in person.accepts}, **answers}
    changed = {
        column: answer for column, answer in answers.items() if _RANKS[answer] > _RANKS[person.accepts.get(column)]
    }
    person.accepts = {**person.accepts, **changed}
    person.overruled = {column: _WORDS[answer] for column, answer in changed.items()}
    if any(answer in _WITHDRAWALS for answer in answers.values()):
        person.unsubscribed_at = objection.since
