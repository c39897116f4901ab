"""Types of duplicates."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import graphene

from ...activity.services import Actor
from ...merging.duplicates import queries
from ...merging.duplicates.finding import Likeness, likenesses_of
from ...merging.duplicates.models import DuplicateDismissal, DuplicateGroup, DuplicatePair
from ...merging.duplicates.scoring import ADDRESS_REASONS, POINTS, Band, Reason
from ...records.models import CustomerRecord as Record
from ..activity.types import CustomerRecordActor
from ..core.back_references import named
from ..core.base import channels_of, to_global_id
from ..core.dataloaders import load
from ..core.types import DateTime, enum_of, list_of

# Others that a record tells of, the likeliest first.
MAX_OF_A_RECORD = 10

CustomerDuplicateBand = enum_of(
    Band,
    name="CustomerDuplicateBand",
    description="How sure it is that records are of the same person.",
    values={
        "CERTAIN": "The names agree, and so does the mailbox or the phone number, and more. Nothing speaks against it",
        "LIKELY": "More likely than not. Compare the records before merging them",
        "LOOK_AT_IT": "Possible. Records whose first names differ, as in a family, are never in a higher band",
    },
)

# In words, for people: the screens have translations by code.
TEXTS = {
    Reason.SAME_FIRST_NAME: "Same first name",
    Reason.SIMILAR_FIRST_NAME: "Similar first name",
    Reason.OTHER_ENDING_OF_FIRST_NAME: "First names that differ in their ending",
    Reason.SAME_INITIAL: "Same initial of the first name",
    Reason.DIFFERENT_FIRST_NAME: "Different first name",
    Reason.SAME_RARE_LAST_NAME: "Same last name, a rare one",
    Reason.SAME_LAST_NAME: "Same last name",
    Reason.SAME_COMMON_LAST_NAME: "Same last name, a common one",
    Reason.PART_OF_LAST_NAME: "Last name with a part in common",
    Reason.SIMILAR_LAST_NAME: "Similar last name",
    Reason.DIFFERENT_LAST_NAME: "Different last name",
    Reason.SWAPPED_NAMES: "First and last name are swapped",
    Reason.SAME_MAILBOX: "Same mailbox, written differently",
    Reason.MISSPELLED_DOMAIN: "Same mailbox, with a typo in the domain",
    Reason.SIMILAR_MAILBOX: "Similar e-mail address",
    Reason.SAME_LOCAL_PART: "Same e-mail address at another provider",
    Reason.NAME_IN_MAILBOX: "E-mail addresses made of the same name",
    Reason.SAME_PHONE: "Same phone number",
    Reason.SIMILAR_PHONE: "Phone numbers that differ by a digit",
    Reason.SHARED_PHONE: "Same phone number, which many have",
    Reason.DIFFERENT_PHONE: "Different phone number",
    Reason.SAME_ADDRESS: "Same address",
    Reason.SIMILAR_ADDRESS: "Similar address",
    Reason.SHARED_ADDRESS: "Same address, which many have",
    Reason.SAME_POSTAL_CODE: "Same postal code",
    Reason.DIFFERENT_ADDRESS: "Different address",
    Reason.SAME_COMPANY: "Same company",
    Reason.DIFFERENT_COMPANY: "Different company",
}

CustomerDuplicateReasonCode = enum_of(
    Reason,
    name="CustomerDuplicateReasonCode",
    description="What two records have in common, or what sets them apart.",
    values={
        "SAME_FIRST_NAME": "The first names agree, but for case, accents and punctuation",
        "SIMILAR_FIRST_NAME": "The first names differ by a typo, or one is a part of the other",
        "OTHER_ENDING_OF_FIRST_NAME": "The first names differ only in their ending, such as Martin and Martina. "
        "Never above LOOK_AT_IT, unless the mailbox is the same",
        "SAME_INITIAL": "One first name is only an initial, and the other begins with it",
        "DIFFERENT_FIRST_NAME": "The first names have nothing in common, as in a family. Never above LOOK_AT_IT",
        "SAME_RARE_LAST_NAME": "The last names agree, and fewer than one in 5,000 customers have it",
        "SAME_LAST_NAME": "The last names agree, and it is neither rare nor common",
        "SAME_COMMON_LAST_NAME": "The last names agree, and at least one in 300 customers has it",
        "PART_OF_LAST_NAME": "The last names share a word, as in a double name",
        "SIMILAR_LAST_NAME": "The last names differ by a typo",
        "DIFFERENT_LAST_NAME": "The last names have nothing in common, as after a marriage",
        "SWAPPED_NAMES": "The first name of one is the last name of the other, and the other way around",
        "SAME_MAILBOX": "The addresses reach one mailbox: dots of Gmail, a tag after +, googlemail.com",
        "MISSPELLED_DOMAIN": "The addresses differ by a typo in the domain only",
        "SIMILAR_MAILBOX": "The addresses differ by a typo before the @",
        "SAME_LOCAL_PART": "The addresses are the same before the @, at different providers",
        "NAME_IN_MAILBOX": "The addresses are the same before the @, but have only the name there",
        "SAME_PHONE": "The records share a phone number that few have",
        "SIMILAR_PHONE": "The phone numbers differ by a digit",
        "SHARED_PHONE": "The records share a phone number that over 30 have, such as a reception's. Counts nothing",
        "DIFFERENT_PHONE": "Both have phone numbers, and none in common",
        "SAME_ADDRESS": "Street, house number and postal code agree",
        "SIMILAR_ADDRESS": "The addresses differ by a typo in the street or the postal code",
        "SHARED_ADDRESS": "The addresses agree, but more than 30 records have it, such as in a tower block",
        "SAME_POSTAL_CODE": "The postal codes agree, but not the streets",
        "DIFFERENT_ADDRESS": "The postal codes differ, as after a move",
        "SAME_COMPANY": "The companies agree, but for the legal form",
        "DIFFERENT_COMPANY": "Both name a company, and not the same one",
    },
)


def _seen(reasons: Sequence[str], info: Any) -> list[Reason]:
    """Reasons without those about addresses, for staff who may not see the orders that addresses come from."""
    known = [Reason(reason) for reason in reasons]
    return known if channels_of(info) is None else [reason for reason in known if reason not in ADDRESS_REASONS]


def _score(reasons: Sequence[str], info: Any) -> int:
    return sum(POINTS[reason] for reason in _seen(reasons, info))


class CustomerDuplicateReason(graphene.ObjectType):  # type: ignore[misc]
    """One comparison of two records, and what it counts."""

    code = graphene.Field(CustomerDuplicateReasonCode, required=True, description="Reason code for programs.")
    points = graphene.Int(
        required=True, description="What it adds to the score. Negative if it sets the records apart."
    )
    text = graphene.String(required=True, description="The reason in words.")

    @staticmethod
    def resolve_code(reason: Reason, _info: Any) -> Reason:
        return reason

    @staticmethod
    def resolve_points(reason: Reason, _info: Any) -> int:
        return POINTS[reason]

    @staticmethod
    def resolve_text(reason: Reason, _info: Any) -> str:
        return TEXTS[reason]


_REASONS = (
    "What the records have in common, and what sets them apart. Staff restricted to channels do not learn of addresses."
)


class CustomerDuplicatePair(graphene.ObjectType):  # type: ignore[misc]
    """Two records that seem to be of the same person."""

    record_ids = list_of(graphene.ID, required=True, description="Global IDs of the two records.")
    band = graphene.Field(CustomerDuplicateBand, required=True, description="How sure it is.")
    score = graphene.Int(required=True, description="Sum of the points of the reasons.")
    reasons = list_of(CustomerDuplicateReason, required=True, description=_REASONS)

    @staticmethod
    def resolve_record_ids(pair: DuplicatePair, _info: Any) -> list[str]:
        return [to_global_id("CustomerRecord", id) for id in (pair.first_id, pair.second_id)]

    @staticmethod
    def resolve_band(pair: DuplicatePair, _info: Any) -> Band:
        return Band(pair.band)

    @staticmethod
    def resolve_score(pair: DuplicatePair, info: Any) -> int:
        return _score(pair.reasons, info)

    @staticmethod
    def resolve_reasons(pair: DuplicatePair, info: Any) -> list[Reason]:
        return _seen(pair.reasons, info)


class CustomerDuplicate(graphene.ObjectType):  # type: ignore[misc]
    """Records that seem to be of the same person: two, or more that hang together."""

    id = graphene.ID(required=True, description="Global ID of the finding.")
    band = graphene.Field(
        CustomerDuplicateBand, required=True, description="How sure it is: the band of the weakest link."
    )
    score = graphene.Int(required=True, description="Score of the surest pair.")
    records = list_of(named("CustomerRecord"), required=True, description="The records, the oldest first.")
    pairs = list_of(CustomerDuplicatePair, required=True, description="The pairs that were compared, the surest first.")
    reasons = list_of(CustomerDuplicateReason, required=True, description=f"Reasons of the surest pair. {_REASONS}")
    found_at = DateTime(required=True, description="When it was found.")

    @staticmethod
    def resolve_id(group: DuplicateGroup, _info: Any) -> str:
        return to_global_id("CustomerDuplicate", group.pk)

    @staticmethod
    def resolve_band(group: DuplicateGroup, _info: Any) -> Band:
        return Band(group.band)

    @staticmethod
    def resolve_score(group: DuplicateGroup, info: Any) -> Any:
        return _pairs(group, info).then(lambda pairs: _score(pairs[0].reasons, info) if pairs else 0)

    @staticmethod
    def resolve_records(group: DuplicateGroup, info: Any) -> Any:
        return load(info, queries.records_of, group.pk)

    @staticmethod
    def resolve_pairs(group: DuplicateGroup, info: Any) -> Any:
        return _pairs(group, info)

    @staticmethod
    def resolve_reasons(group: DuplicateGroup, info: Any) -> Any:
        return _pairs(group, info).then(lambda pairs: _seen(pairs[0].reasons, info) if pairs else [])


def _pairs(group: DuplicateGroup, info: Any) -> Any:
    return load(info, queries.pairs_of, group.pk)


class CustomerDuplicateDismissal(graphene.ObjectType):  # type: ignore[misc]
    """That two records are not of the same person, as somebody said."""

    records = list_of(
        named("CustomerRecord"),
        required=True,
        description="The two records. One that was merged since is the one that it was merged into.",
    )
    actor = graphene.Field(CustomerRecordActor, required=True, description="Who said so.")
    dismissed_at = DateTime(required=True, description="When.")

    @staticmethod
    def resolve_records(dismissal: DuplicateDismissal, info: Any) -> Any:
        return load(info, queries.records_of_dismissals, (dismissal.first_id, dismissal.second_id))

    @staticmethod
    def resolve_actor(dismissal: DuplicateDismissal, _info: Any) -> Actor:
        return dismissal.actor


class CustomerPossibleDuplicate(graphene.ObjectType):  # type: ignore[misc]
    """Another record that may be of the same person."""

    record = graphene.Field(named("CustomerRecord"), description="The other record. Null if it was just deleted.")
    band = graphene.Field(CustomerDuplicateBand, required=True, description="How sure it is.")
    score = graphene.Int(required=True, description="Sum of the points of the reasons.")
    reasons = list_of(CustomerDuplicateReason, required=True, description=_REASONS)

    @staticmethod
    def resolve_record(other: Likeness, info: Any) -> Any:
        return load(info, queries.by_id, other.record_id)

    @staticmethod
    def resolve_band(other: Likeness, _info: Any) -> Band | None:
        return other.verdict.band

    @staticmethod
    def resolve_score(other: Likeness, info: Any) -> int:
        return _score(other.verdict.reasons, info)

    @staticmethod
    def resolve_reasons(other: Likeness, info: Any) -> list[Reason]:
        return _seen(other.verdict.reasons, info)


class DuplicatesOfRecord:
    """What a record tells of its duplicates."""

    possible_duplicates = list_of(
        CustomerPossibleDuplicate,
        required=True,
        description="Other records that may be of the same person, as of now, the likeliest first, at most "
        f"{MAX_OF_A_RECORD}. Without those that were dismissed. Empty until all records were searched once.",
    )

    @staticmethod
    def resolve_possible_duplicates(record: Record, info: Any) -> Any:
        return load(info, likenesses_of, record.pk).then(lambda found: (found or [])[:MAX_OF_A_RECORD])
