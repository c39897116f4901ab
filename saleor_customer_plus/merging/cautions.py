"""What to know before a merge. Nothing of it is in the way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from .. import settings
from ..consent.moving import Restriction
from ..core import sql
from ..groups.models import GroupMembership
from ..records.validation import MAX_PHONES
from .values import MergeField, Outcome, Party, Rule


class WarningCode(StrEnum):
    """What to know before a merge: none of it stops one."""

    ACCOUNT_UNLINKED = "ACCOUNT_UNLINKED"
    GROUPS_LEFT = "GROUPS_LEFT"
    CONSENT_RESTRICTED = "CONSENT_RESTRICTED"
    TAX_EXEMPTION_LOST = "TAX_EXEMPTION_LOST"
    APPROVAL_LOST = "APPROVAL_LOST"
    NOTE_KEPT_APART = "NOTE_KEPT_APART"
    MANY_PHONES = "MANY_PHONES"


@dataclass(frozen=True, slots=True)
class Warned:
    """Something to know, and of which record."""

    code: WarningCode
    message: str
    record_id: int | None = None


def warnings_of(
    parties: Sequence[Party],
    outcome: Outcome,
    consents: Sequence[Restriction],
    *,
    winner_id: int,
    account_id: int | None,
) -> list[Warned]:
    """What to know before these records are merged. At most two statements."""
    linked = {party.account_id: party for party in parties if party.account_id is not None}
    found = [
        Warned(
            WarningCode.ACCOUNT_UNLINKED,
            "The account of this record is no longer linked. Its later orders count for the merged record, and its"
            " owner sees no order of the linked account.",
            party.id,
        )
        for account_id, party in sorted(linked.items(), key=lambda item: item[1].id)
        if account_id != account_id
    ]
    found += [Warned(WarningCode.GROUPS_LEFT, _LEFT, id) for id in _leaving(parties, winner_id)]
    found += [
        Warned(
            WarningCode.CONSENT_RESTRICTED,
            f"The records decided differently on {one.channel.value} {one.purpose.value}: {one.state.value} holds.",
        )
        for one in consents
        if one.differs
    ]
    for name, code, message in (
        (MergeField.IS_TAX_EXEMPT, WarningCode.TAX_EXEMPTION_LOST, "Not all of the records are exempt from taxes."),
        (MergeField.IS_APPROVED_BUYER, WarningCode.APPROVAL_LOST, "Not all of the records are approved buyers."),
    ):
        decision = outcome.decision(name)
        if decision is not None and decision.rule is Rule.ALL and not decision.value:
            found.append(Warned(code, f"{message} The merged record is none, unless you choose otherwise."))
    found += [
        Warned(WarningCode.NOTE_KEPT_APART, "The notes together are too long: this one becomes a staff note.", id)
        for id in outcome.notes_apart
    ]
    if len(outcome.row["additional_phones"]) > MAX_PHONES:
        found.append(
            Warned(
                WarningCode.MANY_PHONES, f"There are more than {MAX_PHONES} phone numbers. Editing them needs fewer."
            )
        )
    return found


_LEFT = "Customers can belong to only one group: the group of the record that is kept holds, and this one's does not."


def _leaving(parties: Sequence[Party], winner_id: int) -> list[int]:
    """The records whose group the merged one will not be in."""
    chosen, _is_active = settings.load()
    if chosen.several_groups:
        return []
    memberships = GroupMembership.objects.filter(sql.is_any("record_id", [party.id for party in parties]))
    memberships = memberships.filter(group__is_kept=False)
    groups = [
        (record_id, group_id)
        for record_id, group_id in memberships.order_by("-joined_at", "-id").values_list("record_id", "group_id")
    ]
    kept = next((group for id, group in groups if id == winner_id), None) or next((group for _, group in groups), None)
    return sorted({id for id, group in groups if group != kept and id != winner_id})
