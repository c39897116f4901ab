"""How the command `merge` shows what a merge or its undo would do, and what came of it: as tables or as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ..customers.queries import records_by_id
from ..merging.blockers import BlockerCode
from ..merging.models import Merge
from ..merging.preview import Plan
from ..merging.services import MOVED_AT_ONCE
from ..merging.undo import Conflict
from ..merging.values import Decision, MergeField, Rule
from . import common

# What to do about it here, where the message names what to do in the API.
_WAYS_OUT = {
    BlockerCode.TWO_ACCOUNTS: "Several of these customers have an account. Name the one whose account stays linked: "
    "--account. The orders of the others count for the record, and no customer sees those of another account."
}


def ways_out(plan: Plan) -> list[str]:
    """What is in the way, and what to do about it."""
    return [_about(one.record_id, _WAYS_OUT.get(one.code, one.message)) for one in plan.blockers]


def plan_as_text(plan: Plan) -> str:
    """A preview, as tables for whoever is to agree."""
    parts = [
        common.table([["customer", "id", "e-mail"], *_people(plan)]),
        common.table([["field", "id", "value", "source", "updated at (UTC)", "kept because"], *_fields(plan)]),
    ]
    if plan.consents:
        consents = [[f"{one.channel.value} {one.purpose.value}", one.state.value] for one in plan.consents]
        parts.append(common.table([["consent", "after the merge"], *consents]))
    if moves := [[name.replace("_", " "), number] for name, number in plan.moves_with_emails.items() if number]:
        parts.append(common.table([["goes over", "rows"], *moves]))
    parts.append(_listed("To know:", [_about(one.record_id, one.message) for one in plan.warnings]))
    parts.append(_listed("In the way:", ways_out(plan)))
    if plan.size > MOVED_AT_ONCE:
        parts.append(f"A job does it: more than {MOVED_AT_ONCE:,} rows go over.")
    return "\n\n".join(filter(None, parts))


def plan_as_json(plan: Plan) -> dict[str, Any]:
    """A preview as `--json` prints it."""
    return {
        "kept_id": plan.winner_id,
        "merged_ids": plan.merged_ids,
        "emails": plan.emails,
        "fields": [
            {
                "field": _name(one),
                "value": _value(one.field, one.value),
                "record_id": one.kept_id,
                "rule": one.rule,
                "alternatives": [
                    {
                        "record_id": other.record_id,
                        "value": _value(one.field, other.value),
                        "source": other.source or None,
                        "updated_at": other.at or None,
                        "is_locked": other.is_locked,
                    }
                    for other in one.alternatives
                ],
            }
            for one in plan.outcome.decisions
        ],
        "consents": [{"channel": one.channel, "purpose": one.purpose, "state": one.state} for one in plan.consents],
        "moves": plan.moves_with_emails,
        "warnings": [{"code": one.code, "message": one.message, "record_id": one.record_id} for one in plan.warnings],
        "blockers": [
            {"code": one.code, "message": _WAYS_OUT.get(one.code, one.message), "record_id": one.record_id}
            for one in plan.blockers
        ],
        "runs_as_job": plan.size > MOVED_AT_ONCE,
    }


def undo_as_text(merge: Merge, *, is_large: bool) -> str:
    """Whom an undo would set apart again, or did."""
    merged = ", ".join(map(str, merge.merged_ids))
    summary = f"Merge {merge.pk}, of {merge.created_at:%Y-%m-%d %H:%M} UTC: {merged} went into {merge.kept_id}."
    return f"{summary} A job undoes it: more than {MOVED_AT_ONCE:,} rows go back." if is_large else summary


def conflicts_as_text(conflicts: Sequence[Conflict]) -> str:
    """What an undo does not restore."""
    return _listed(
        "Not as it was:",
        [_about(one.record_id, f"{one.message} ({one.what})" if one.what else one.message) for one in conflicts],
    )


def merge_as_json(merge: Merge, conflicts: Sequence[Conflict], **more: Any) -> dict[str, Any]:
    """A merge, and what its undo does not restore, as `--json` prints them."""
    return {
        "merge_id": merge.pk,
        "state": merge.state,
        "kept_id": merge.kept_id,
        "merged_ids": merge.merged_ids,
        "conflicts": [
            {"code": one.code, "record_id": one.record_id, "field": one.what or None, "message": one.message}
            for one in conflicts
        ],
        **more,
    }


def _people(plan: Plan) -> Iterator[list[Any]]:
    known = records_by_id([party.id for party in plan.parties])
    for id in (plan.winner_id, *plan.merged_ids):
        what = "kept" if id == plan.winner_id else "merged into it"
        yield [what, id, known[id].email if id in known else ""]


def _fields(plan: Plan) -> Iterator[list[Any]]:
    """A line for each value that there is; and one for the value that is kept, where it is that of no one record."""
    for one in plan.outcome.decisions:
        name = _name(one)
        if one.kept_id is None:
            yield [name, "", _shown(one.field, one.value), "", "", one.rule.value]
            name = ""
            if one.rule is Rule.SAME:
                continue
        for other in one.alternatives:
            value = _shown(one.field, other.value)
            kept = one.rule.value if other.record_id == one.kept_id else ""
            if value or kept:
                yield [name, other.record_id, value, other.source, other.at[:16].replace("T", " "), kept]
                name = ""


def _name(one: Decision) -> str:
    return f"field:{one.key}" if one.field is MergeField.FIELD else one.field.value


def _value(field: MergeField, value: Any) -> Any:
    """The value as it is shown: of an image, whether there is one."""
    return bool(value) if field is MergeField.IMAGE else value


def _shown(field: MergeField, value: Any) -> str:
    """The value as a cell of a table."""
    if field is MergeField.ADDRESS:
        return ", ".join(filter(None, value.values()))
    return _said(_value(field, value))


def _said(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        return ", ".join(f"{name}: {said}" for name, said in value.items() if said)
    if isinstance(value, list):
        return ", ".join(map(_said, value))
    return "" if value is None else str(value)


def _about(record_id: int | None, message: str) -> str:
    return message if record_id is None else f"Customer {record_id}: {message}"


def _listed(title: str, lines: Sequence[str]) -> str:
    return "\n".join([title, *lines]) if lines else ""
