"""What the rows of a list mean for consents by e-mail: who is subscribed, who withdrew, and what is not granted.

No row takes back a withdrawal. A file that does not say for which purpose it means its yes is believed only of people
who have decided nothing yet on marketing by e-mail: so a file that went out of here and comes back, also by way of
another tool, grants nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from ...consent.models import MARKETING, ConsentChannel, ConsentPurpose, ConsentState
from ...consent.queries import current_events
from ...consent.suppressions import suppressed_among, suppressed_records
from ...core import sql
from .options import ImportOptions, Mode, Subscribe, Withdrawals
from .person import Person, Reason
from .problems import WITHHELD
from .values.choices import Answer

COLUMNS = {
    ConsentPurpose.PROMOTIONAL: "accepts_promotional_mail",
    ConsentPurpose.NEWSLETTER: "accepts_newsletter",
    ConsentPurpose.SYSTEM: "accepts_system_mail",
}
_STATES = {Answer.WITHDRAWN: ConsentState.UNSUBSCRIBED, Answer.BOUNCED: ConsentState.INVALID}


class Count(StrEnum):
    """How many consents became what, and how many addresses are remembered: counters of a job, and of a preview."""

    SUBSCRIBED = "consents_subscribed"
    UNSUBSCRIBED = "consents_unsubscribed"
    WITHHELD = "consents_withheld"
    SUPPRESSED = "addresses_suppressed"


@dataclass(frozen=True, slots=True)
class Consent:
    """A decision to be recorded. `at` is when it was made, if the file tells."""

    purpose: ConsentPurpose
    state: ConsentState
    at: datetime | None = None

    @property
    def column(self) -> str:
        return COLUMNS[self.purpose]


@dataclass(frozen=True, slots=True)
class Decided:
    """What a row comes to."""

    consents: tuple[Consent, ...] = ()
    withheld: tuple[Reason, ...] = ()


NOTHING = Decided()


@dataclass(frozen=True, slots=True)
class Consents:
    """What the options of an import make of the consents in a file.

    `purposes` are those that a yes or no stands for where the file does not say.
    """

    options: ImportOptions
    purposes: tuple[ConsentPurpose, ...]

    def known_of(self, people: Iterable[Person], ids: Collection[int]) -> Known:
        """What holds of these records, if these people are of any concern. At most three statements."""
        options, people = self.options, list(people)
        is_list = options.mode is Mode.SUPPRESSION_LIST
        subscribes = options.subscribe is not Subscribe.NOBODY
        concerns = is_list or subscribes or any(person.accepts for person in people)
        held = Known.read(ids) if ids and concerns else {}
        if not (is_list or subscribes):
            return Known(held)
        granted = [
            email
            for person in people
            if is_list or options.subscribe is Subscribe.ALL or Answer.YES in person.accepts.values()
            for email in (person.email, *person.other_emails)
        ]
        return Known(held, suppressed_among(granted), suppressed_records(ids) if granted and subscribes else set())

    def decide(
        self, person: Person, record_id: int, known: Known, now: datetime, *, more_emails: Collection[str] = ()
    ) -> Decided:
        """What a row writes of consents. `more_emails` are the other addresses that it adds."""
        if not person.accepts and self.options.subscribe is not Subscribe.ALL:
            return NOTHING
        emails = (person.email, *more_emails)
        taken = {one.purpose: one for one in self._withdrawals(person, now)}
        consents = []
        if self.options.withdrawals is Withdrawals.APPLY:
            consents = [one for one in taken.values() if not known.says(record_id, one)]
        withheld = []
        if self.options.subscribe is not Subscribe.NOBODY:
            for purpose, is_named in self._grants(person):
                if purpose in taken:
                    continue
                if reason := known.reason_against(record_id, purpose, emails=emails, is_named=is_named):
                    withheld.append(Reason(WITHHELD, reason, COLUMNS[purpose]))
                elif not known.is_subscribed(record_id, purpose):
                    consents.append(Consent(purpose, ConsentState.SUBSCRIBED))
        return Decided(tuple(consents), tuple(withheld))

    def suppress(
        self, person: Person, record_id: int, known: Known, now: datetime
    ) -> tuple[tuple[Consent, ...], tuple[ConsentPurpose, ...]]:
        """What somebody on a suppression list withdraws; or for what an address is remembered that is of no record."""
        purposes = self.options.marketing_purposes or MARKETING
        if not record_id:
            return (), tuple(one for one in purposes if one not in known.suppressed.get(person.email, ()))
        at = min(person.unsubscribed_at, now) if person.unsubscribed_at else None
        state = _STATES.get(person.accepts.get("accepts_marketing", Answer.NO), ConsentState.UNSUBSCRIBED)
        withdrawn = [Consent(purpose, state, at) for purpose in purposes]
        return tuple(one for one in withdrawn if not known.says(record_id, one)), ()

    def _withdrawals(self, person: Person, now: datetime) -> Iterator[Consent]:
        """Who withdrew in a tool that does not say what, withdrew all of marketing, unless somebody says what it is."""
        at = min(person.unsubscribed_at, now) if person.unsubscribed_at else None
        if (state := _STATES.get(person.accepts.get("accepts_marketing", Answer.NO))) is not None:
            for purpose in self.options.marketing_purposes or MARKETING:
                yield Consent(purpose, state, at)
        for purpose, column in COLUMNS.items():
            if (state := _STATES.get(person.accepts.get(column, Answer.NO))) is not None:
                yield Consent(purpose, state, at)

    def _grants(self, person: Person) -> Iterator[tuple[ConsentPurpose, bool]]:
        """What a row asks for, and whether somebody said that it is for this purpose."""
        accepts = person.accepts
        for purpose, column in COLUMNS.items():
            if accepts.get(column) is Answer.YES:
                yield purpose, True
        says_nothing = not any(column in accepts for column in COLUMNS.values())
        default = Answer.YES if self.options.subscribe is Subscribe.ALL and says_nothing else Answer.NO
        if accepts.get("accepts_marketing", default) is Answer.YES:
            for purpose in self.purposes:
                if COLUMNS[purpose] not in accepts:
                    yield purpose, bool(self.options.marketing_purposes)


_WITHDREW = "The person withdrew this consent. An import does not take that back: let the person sign up again."
_SUPPRESSED = "The address is on a suppression list. An import does not subscribe it: let the person sign up."
_UNCLEAR = (
    "The file does not say for which purpose it means this consent, and the person has decided on marketing already. "
    "Say which in `marketingPurposes`."
)


@dataclass(frozen=True, slots=True)
class Known:
    """What holds of the consents by e-mail of the records of a chunk, and which addresses of its rows are suppressed.

    `suppressed_records` are the records that have such an address, each with a purpose.
    """

    held: dict[tuple[int, ConsentPurpose], Any] = field(default_factory=dict)
    suppressed: Mapping[str, Collection[ConsentPurpose]] = field(default_factory=dict)
    suppressed_records: Collection[tuple[int, str]] = frozenset()

    @staticmethod
    def read(record_ids: Collection[int]) -> dict[tuple[int, ConsentPurpose], Any]:
        return {
            (event.record_id, ConsentPurpose(event.purpose)): event
            for event in sql.rows(current_events(record_ids))
            if event.channel == ConsentChannel.EMAIL
        }

    def is_subscribed(self, record_id: int, purpose: ConsentPurpose) -> bool:
        held = self.held.get((record_id, purpose))
        return held is not None and held.state == ConsentState.SUBSCRIBED

    def _is_barred(self, record_id: int, purpose: ConsentPurpose) -> bool:
        held = self.held.get((record_id, purpose))
        return held is not None and held.is_barred

    def says(self, record_id: int, consent: Consent) -> bool:
        """Whether a withdrawal is nothing new, or older than what the person granted since."""
        held = self.held.get((record_id, consent.purpose))
        if held is None:
            return False
        if held.is_barred and held.state != ConsentState.PENDING:
            return True
        if held.kind == "claim":
            return False  # which counts for nothing beside a withdrawal, whatever its date
        return consent.at is not None and held.at > consent.at

    def reason_against(self, record_id: int, purpose: ConsentPurpose, *, emails: Iterable[str], is_named: bool) -> str:
        """Why this may not be granted; blank if it may. `emails` are the addresses that a row gives the record."""
        if self._is_barred(record_id, purpose):
            return _WITHDREW
        if self.is_subscribed(record_id, purpose):
            return ""
        is_suppressed = any(purpose in self.suppressed.get(email, ()) for email in emails)
        if is_suppressed or (record_id, purpose.value) in self.suppressed_records:
            return _SUPPRESSED
        if is_named:
            return ""
        decided = any(self.is_subscribed(record_id, one) or self._is_barred(record_id, one) for one in MARKETING)
        return _UNCLEAR if decided else ""
