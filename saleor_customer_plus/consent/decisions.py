"""What people decided, and what holds when their decisions contradict each other. Plain values, without a database.

The latest decision holds. But a *claim*, which is a grant that an import or a job brings rather than the person, never
takes back a withdrawal, whatever its date, unless somebody says why (`override_reason`). A withdrawal stands until the
person grants again: to be asked once more (`PENDING`) is no grant, so it does not open the door to claims either.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Generic, Protocol, TypeVar

from ..activity.models import CauseType
from ..core import json_values, sql
from ..errors import CustomerPlusError, ErrorCode, Problems
from .models import ConsentChannel, ConsentPurpose, ConsentSource, ConsentState, OptInLevel

# What clients may say. As at Shopify the others are results: nobody was asked, messages bounce, the person was erased.
SETTABLE = (ConsentState.SUBSCRIBED, ConsentState.UNSUBSCRIBED, ConsentState.PENDING)

GRANTS = (ConsentState.SUBSCRIBED, ConsentState.PENDING)

# What no claim takes back.
BARS = (ConsentState.UNSUBSCRIBED, ConsentState.INVALID, ConsentState.REDACTED)

# How much a grant proves.
_PROOF = (OptInLevel.UNKNOWN, OptInLevel.SOFT_OPT_IN, OptInLevel.SINGLE_OPT_IN, OptInLevel.CONFIRMED_OPT_IN)

MAX_WORDING_LENGTH = 10_000
MAX_VERSION_LENGTH = 64
MAX_REASON_LENGTH = 255
MAX_EVIDENCE_LENGTH = 10_000

# Clocks differ. What lies further ahead would outlast decisions that are made until then.
TOLERANCE = timedelta(minutes=5)


class Outcome(StrEnum):
    """What became of a decision."""

    CHANGED = "CHANGED"  # it holds now
    PAST = "PAST"  # it was added to the history: a later decision holds
    UNCHANGED = "UNCHANGED"  # it says nothing new, and was not written
    WITHDRAWN = "WITHDRAWN"  # it was not written: the person withdrew, and this is a claim
    NO_RECORD = "NO_RECORD"  # there is no such record


class Fact(Protocol):
    """What counts of a decision or an event. Of two at one moment the one with the higher number was recorded later."""

    @property
    def state(self) -> str: ...
    @property
    def opt_in_level(self) -> str: ...
    @property
    def at(self) -> datetime: ...
    @property
    def number(self) -> int: ...
    @property
    def is_claim(self) -> bool: ...


def is_claim(state: str, source: str, cause_type: str, override_reason: str) -> bool:
    """Whether this is somebody's word for the person's: a grant imported or recorded for many, without a reason."""
    is_for_many = source == ConsentSource.IMPORT or cause_type == CauseType.JOB
    return is_for_many and state in GRANTS and not override_reason


@dataclass(frozen=True, slots=True)
class ConsentDecision:
    """One decision of one person, to be recorded. `at` is when the person decided; now, unless given."""

    record_id: int
    channel: ConsentChannel
    purpose: ConsentPurpose
    state: ConsentState
    source: ConsentSource
    opt_in_level: OptInLevel = OptInLevel.UNKNOWN
    wording: str = ""
    wording_version: str = ""
    at: datetime | None = None
    evidence: Mapping[str, Any] = field(default_factory=dict)
    override_reason: str = ""

    @property
    def key(self) -> tuple[int, str, str]:
        return self.record_id, self.channel.value, self.purpose.value

    def checked(self, now: datetime) -> ConsentDecision:
        """The decision as a client may make it, or all that is wrong with it, each with its field."""
        problems = Problems()
        with problems.noted():
            if self.state not in SETTABLE:
                raise CustomerPlusError("Set SUBSCRIBED, UNSUBSCRIBED or PENDING.", field="state")
        with problems.noted():
            if self.at is not None and self.at > now + TOLERANCE:
                raise CustomerPlusError("The time of a decision cannot be in the future.", field="at")
        for name, longest in _LENGTHS.items():
            with problems.noted():
                _check_text(getattr(self, name), name, longest)
        with problems.noted():
            _check_evidence(self.evidence)
        problems.raise_any()
        return replace(self, override_reason=self.override_reason.strip())


_LENGTHS = {
    "wording": MAX_WORDING_LENGTH,
    "wording_version": MAX_VERSION_LENGTH,
    "override_reason": MAX_REASON_LENGTH,
}


def _check_text(text: str, name: str, longest: int) -> None:
    if len(text) > longest:
        raise CustomerPlusError(
            f"This may have at most {longest} characters.", code=ErrorCode.LIMIT_REACHED, field=name
        )
    if not sql.can_hold(text):
        raise CustomerPlusError("This has a character that is not allowed.", field=name)


def _check_evidence(evidence: Any) -> None:
    """Refuse what no `jsonb` can hold, and what is more than a proof needs (GDPR Art. 5(1)(c))."""
    if not isinstance(evidence, Mapping):
        raise CustomerPlusError("The evidence must be an object.", field="evidence")
    try:
        json_values.check(evidence, "evidence")
    except json_values.Unreturnable as error:
        raise CustomerPlusError(str(error), field="evidence") from None
    if len(json.dumps(evidence, ensure_ascii=False)) > MAX_EVIDENCE_LENGTH:
        raise CustomerPlusError(f"The evidence may have at most {MAX_EVIDENCE_LENGTH} characters.", field="evidence")


AnyFact = TypeVar("AnyFact", bound=Fact)


def fold(facts: Iterable[AnyFact]) -> AnyFact | None:
    """What holds of one person, channel and purpose. `queries.current_events` is the same in SQL."""
    current: AnyFact | None = None
    is_barred = False
    for fact in sorted(facts, key=_order):
        if fact.is_claim and is_barred:
            continue
        current = fact
        if not fact.is_claim and fact.state != ConsentState.PENDING:
            is_barred = fact.state in BARS
    return current


def _order(fact: Fact) -> tuple[datetime, int]:
    return fact.at, fact.number


@dataclass(frozen=True, slots=True)
class Standing(Generic[AnyFact]):
    """All that is needed of a history to weigh one more decision: the latest event of each kind.

    `word` is the person's latest grant or withdrawal, `asked` the latest time that the person was asked to confirm,
    `claim` the latest claim.
    """

    word: AnyFact | None = None
    asked: AnyFact | None = None
    claim: AnyFact | None = None

    @property
    def bar(self) -> AnyFact | None:
        """The withdrawal that no claim takes back, if there is one."""
        return self.word if self.word is not None and self.word.state in BARS else None

    @property
    def current(self) -> AnyFact | None:
        """What holds: the same as `fold` of the whole history."""
        claim = None if self.bar else self.claim
        return max((fact for fact in (self.word, self.asked, claim) if fact is not None), key=_order, default=None)

    def with_(self, fact: AnyFact) -> Standing[AnyFact]:
        """The standing once this is written down."""
        if fact.is_claim:
            return replace(self, claim=max(self.claim or fact, fact, key=_order))
        if fact.state == ConsentState.PENDING:
            return replace(self, asked=max(self.asked or fact, fact, key=_order))
        return replace(self, word=max(self.word or fact, fact, key=_order))


def weigh(
    standing: Standing[AnyFact], fact: AnyFact, *, says_more: bool = False, insists: bool = False
) -> tuple[Outcome, Standing[AnyFact]]:
    """What becomes of one more decision, and how things stand then.

    `says_more`: another wording was shown. `insists`: somebody says why it holds, whatever it is that it changes.
    """
    current = standing.current
    if current is not None and not insists:
        if _is_known(current, fact, says_more=says_more):
            return Outcome.UNCHANGED, standing
        if fact.is_claim and standing.bar is not None and fact.at >= standing.bar.at:
            return Outcome.WITHDRAWN, standing
    after = standing.with_(fact)
    return (Outcome.PAST if after.current is current else Outcome.CHANGED), after


def _is_known(current: Fact, fact: Fact, *, says_more: bool) -> bool:
    """Whether the decision adds nothing to what holds, so that the same file twice writes nothing the second time."""
    if fact.state == ConsentState.PENDING and current.state == ConsentState.SUBSCRIBED:
        # Asking again takes nothing away: anybody can enter somebody's address in a form.
        return fact.at >= current.at
    if fact.state != current.state:
        return False
    if fact.state not in GRANTS:
        return True
    if current.is_claim and not fact.is_claim:
        return False  # the person's own word is more than a claim
    if says_more and not fact.is_claim:
        return False
    # A file that does not tell how somebody signed up must not lose the proof that they did.
    return _proof(fact) <= _proof(current)


def _proof(fact: Fact) -> int:
    return _PROOF.index(OptInLevel(fact.opt_in_level))
