"""What can be done to many records at once. Each change takes a few statements, for any number of records.

The arguments are JSON, checked when the job was made. `apply` may ask nothing that takes long: it is one transaction.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from django.db.models import Q

from ... import settings
from ...activity.services import Actor, Cause
from ...consent.decisions import ConsentDecision, Outcome
from ...consent.models import ConsentChannel, ConsentPurpose, ConsentSource, ConsentState, OptInLevel
from ...consent.services import record_events
from ...customers.editing import edit_records
from ...deletion import services as deletion
from ...errors import CustomerPlusError, ErrorCode
from ...fields.models import FieldDefinition
from ...fields.queries import HeldValues, held, live_by_key
from ...fields.services import LOGGED_AS
from ...fields.values import Value, clean
from ...groups import services as groups
from ...leads import services as leads
from ...ledger.refresh import refresh_carefully
from ...mail.models import MailPurpose
from ...messages import services as messages
from ...messages import templates
from ...records.activation import set_active
from ...records.details import FIELDS
from ...records.editing import Writer
from ...records.locks import hold_records
from ...records.models import CustomerRecord
from ...records.writing import Refusal
from ...saleor_adapter import saleor_api
from ...tags import services as tags

Reasons = dict[int, list[dict[str, Any]]]

# Records in one transaction, which is to stay below a second, also on a busy machine and when it is undone: of changes
# that only link records, and of those that write the records themselves.
LINKED, WRITTEN = 500, 200
# And of messages, each of which is written in two forms.
COMPOSED = 50


@dataclass(slots=True)
class Changed:
    """Which records were changed; which were refused or passed over, and why. The others were so already.

    `memory` is what an undo has to know and the log does not tell.
    """

    changed: set[int] = field(default_factory=set)
    refused: Reasons = field(default_factory=dict)
    skipped: Reasons = field(default_factory=dict)
    memory: dict[str, Any] = field(default_factory=dict)

    def refuse(self, record_id: int, refusal: Refusal) -> None:
        reason = {"field": refusal.field, "code": refusal.code.value, "message": refusal.message}
        if refusal.record_id is not None:
            reason["id"] = saleor_api.global_id("CustomerRecord", refusal.record_id)
        self.refused.setdefault(record_id, []).append(reason)

    def skip(self, record_id: int, code: ErrorCode, message: str, about: str | None = None) -> None:
        self.skipped.setdefault(record_id, []).append({"field": about, "code": code.value, "message": message})


class Apply(Protocol):
    def __call__(self, ids: Sequence[int], arguments: Mapping[str, Any], /, *, by: Actor, cause: Cause) -> Changed: ...


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that can be done to many records, to so many in one transaction."""

    apply: Apply
    size: int
    can_be_undone: bool = True


def _pairs(ids: Collection[int], labels: Collection[int]) -> list[tuple[int, int]]:
    return [(record_id, label_id) for record_id in ids for label_id in labels]


def _tag(ids: Sequence[int], arguments: Mapping[str, Any], *, by: Actor, cause: Cause) -> Changed:
    return Changed(tags.assign(_pairs(ids, arguments["tag_ids"]), actor=by, cause=cause))


def _untag(ids: Sequence[int], arguments: Mapping[str, Any], *, by: Actor, cause: Cause) -> Changed:
    return Changed(tags.unassign(_pairs(ids, arguments["tag_ids"]), actor=by, cause=cause))


def _group(ids: Sequence[int], arguments: Mapping[str, Any], *, by: Actor, cause: Cause) -> Changed:
    chosen, _is_active = settings.load()
    pairs = _pairs(ids, arguments["group_ids"])
    return Changed(groups.join(pairs, actor=by, cause=cause, several=chosen.several_groups))


def _ungroup(ids: Sequence[int], arguments: Mapping[str, Any], *, by: Actor, cause: Cause) -> Changed:
    return Changed(groups.leave(_pairs(ids, arguments["group_ids"]), actor=by, cause=cause))


def _activate(ids: Sequence[int], _arguments: Mapping[str, Any], *, by: Actor, cause: Cause) -> Changed:
    return Changed(set_active(ids, True, by=Writer(by, cause)))


def _deactivate(ids: Sequence[int], arguments: Mapping[str, Any], *, by: Actor, cause: Cause) -> Changed:
    # Whoever is out of use already stays so for the reason of then.
    in_use = CustomerRecord.objects.filter(pk__in=ids, is_active=True).order_by().values_list("pk", flat=True)
    return Changed(set_active(list(in_use), False, by=Writer(by, cause), reason=arguments["reason"]))


def _set_fields(ids: Sequence[int], arguments: Mapping[str, Any], *, by: Actor, cause: Cause) -> Changed:
    values = arguments["values"]
    details = [name for name in FIELDS if name in values]
    locks = dict(CustomerRecord.objects.filter(pk__in=ids).values_list("pk", "locked_fields")) if details else {}
    own = _own_values(arguments.get("fields", {}))
    own_values = {definition.pk: value for definition, value in own.items()}
    held_before = held(ids, own_values)
    edition = edit_records(
        dict.fromkeys(ids, values),
        by=Writer(by, cause),
        own=dict.fromkeys(ids, own_values),
    )
    if details:
        # What orders and accounts say otherwise becomes a suggestion at once, as it does for one record.
        refresh_carefully(edition.changed, settings.load()[0])
    done = Changed(edition.changed)
    if len(own) < len(arguments.get("fields", {})):
        for record_id in ids:
            done.skip(record_id, ErrorCode.STALE, "A field was deleted or changed since.", LOGGED_AS)
    for record_id, refusals in edition.refusals.items():
        for refusal in refusals:
            done.refuse(record_id, refusal)
    # An undo lets orders, and imports, change again what they could change before.
    newly_locked = {
        name: sorted(id for id in edition.changed if id in locks and name not in locks[id]) for name in details
    }
    for definition in own:
        newly_locked[f"{LOGGED_AS}.{definition.key}"] = sorted(
            id for id in edition.changed if not _is_locked(held_before, id, definition.pk)
        )
    done.memory = {"newly_locked": newly_locked} if any(newly_locked.values()) else {}
    return done


def _is_locked(values: HeldValues, record_id: int, definition_id: int) -> bool:
    known = values.get(record_id, {}).get(definition_id)
    return known is not None and known.is_locked


def _own_values(given: Mapping[str, Any]) -> dict[FieldDefinition, Value]:
    """The values of the shop's own fields that still fit: a field may have changed since the job was made."""
    known = live_by_key() if given else {}
    values: dict[FieldDefinition, Value] = {}
    for key, json in given.items():
        with suppress(CustomerPlusError):
            if key in known:
                values[known[key]] = clean(known[key], json)
    return values


def _consent(ids: Sequence[int], arguments: Mapping[str, Any], *, by: Actor, cause: Cause) -> Changed:
    decisions = [decision_of(record_id, fields) for record_id in ids for fields in arguments["consents"]]
    outcomes = record_events(decisions, actor=by, cause=cause)
    done = Changed()
    for decision, outcome in zip(decisions, outcomes, strict=True):
        if outcome in (Outcome.CHANGED, Outcome.PAST):
            done.changed.add(decision.record_id)
        elif outcome is Outcome.WITHDRAWN:
            what = f"{decision.channel.value} {decision.purpose.value}"
            message = f"The person withdrew, or the address is on a suppression list: {what}."
            done.skip(decision.record_id, ErrorCode.OUT_OF_SCOPE, message, "consents")
    return done


def decision_of(record_id: int, fields: Mapping[str, Any]) -> ConsentDecision:
    """A decision as the options of a job have it: see `options_of`."""
    return ConsentDecision(
        record_id,
        ConsentChannel(fields["channel"]),
        ConsentPurpose(fields["purpose"]),
        ConsentState(fields["state"]),
        ConsentSource(fields["source"]),
        opt_in_level=OptInLevel(fields["opt_in_level"]),
        wording=fields["wording"],
        wording_version=fields["wording_version"],
        at=datetime.fromisoformat(fields["at"]),
        evidence=fields["evidence"],
        override_reason=fields["override_reason"],
    )


def options_of(decision: ConsentDecision, now: datetime) -> dict[str, Any]:
    """A decision as JSON. All people of one job decided at one moment."""
    return {
        "channel": decision.channel.value,
        "purpose": decision.purpose.value,
        "state": decision.state.value,
        "source": decision.source.value,
        "opt_in_level": decision.opt_in_level.value,
        "wording": decision.wording,
        "wording_version": decision.wording_version,
        "at": (decision.at or now).isoformat(),
        "evidence": dict(decision.evidence),
        "override_reason": decision.override_reason,
    }


def _assign_leads(ids: Sequence[int], arguments: Mapping[str, Any], *, by: Actor, cause: Cause) -> Changed:
    given = leads.assign(Q(record_id__in=ids), arguments["owner_id"], actor=by, cause=cause)
    return Changed({one.record_id for one in given})


def _delete(ids: Sequence[int], _arguments: Mapping[str, Any], *, by: Actor, cause: Cause) -> Changed:
    return Changed(set(deletion.delete_records(ids, actor=by).record_ids))


def _message(ids: Sequence[int], arguments: Mapping[str, Any], *, by: Actor, cause: Cause) -> Changed:
    chosen, _is_active = settings.load()
    template_id = arguments["template_id"]
    draft = messages.Draft(
        subject=arguments["subject"],
        body=arguments["body"],
        template=None if template_id is None else templates.existing(template_id, field="template_id"),
        purpose=MailPurpose(arguments["purpose"]),
        reply_to=arguments["reply_to"],
        override_reason=arguments["override_reason"],
    )
    done = Changed()
    welcome = messages.may_be_written_to(hold_records(ids), draft)
    for record_id in ids:
        if record_id not in welcome:
            message = "The person has not consented to be sent this."
            done.skip(record_id, ErrorCode.OUT_OF_SCOPE, message, "purpose")
    sent = messages.send(sorted(welcome), draft, chosen, actor=by, cause=cause) if welcome else []
    done.changed = {mail.record_id for mail in sent}
    return done


CHANGES: dict[str, Change] = {
    "tag": Change(_tag, LINKED),
    "untag": Change(_untag, LINKED),
    "group": Change(_group, LINKED),
    "ungroup": Change(_ungroup, LINKED),
    "activate": Change(_activate, WRITTEN),
    "deactivate": Change(_deactivate, WRITTEN),
    "set_fields": Change(_set_fields, WRITTEN),
    "consent": Change(_consent, WRITTEN),
    "assign_leads": Change(_assign_leads, LINKED),
    "message": Change(_message, COMPOSED, can_be_undone=False),
    "delete": Change(_delete, WRITTEN, can_be_undone=False),
}
