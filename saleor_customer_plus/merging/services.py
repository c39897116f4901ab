"""Merging records into one. The one writer of merges, with `merging.undo`.

A merge is one transaction. It holds the identities alone, so that no order is attributed meanwhile, and the records.
What belongs to the others goes over as it is (`merging.tables`), and their rows are kept and deleted. So no list and no
statement elsewhere needs to know of merges; who names one of them by its id, number or address finds the record that is
left (`records.former`, `records.emails`).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import partial
from typing import Any

from django.db import transaction

from .. import settings
from ..activity.models import ActivityEntry, ActivityType
from ..activity.services import Actor, Entry, append
from ..consent.moving import restrict
from ..core import sql
from ..core.models import NoticeKind
from ..errors import CustomerPlusError, ErrorCode
from ..fields import services as fields
from ..fields.models import FieldValue
from ..fields.preparation import prepare_again
from ..fields.queries import live
from ..groups.consequences import memberships_changed
from ..groups.mirror import mirror_accounts
from ..groups.services import kept_groups
from ..leads.models import OPEN_STATES, Lead, LeadState
from ..ledger.owners import hand_over
from ..notes import services as notes
from ..records import emails
from ..records.details import FIELDS
from ..records.locks import own_identities
from ..records.models import CustomerRecord, FormerRecord, Source, generated_kept
from ..records.writing import COLUMNS as EDITED
from ..saleor_adapter import staff
from ..sync import reactions
from . import tables, tasks
from .duplicates.finding import are_certain
from .models import Merge, MergedRecord, MovedRow
from .parties import row_as_json
from .preview import Plan, Request, plan
from .values import Decision, MergeField, Rule

# More rows than these are moved by a job. It takes about a second.
MOVED_AT_ONCE = 20_000

_NOT_CERTAIN = "These records are no longer certain to be of the same person."

# What a merge decides of the row of the record that is kept, beside what `ledger.refresh` computes of it.
WRITTEN = (
    "email",
    "account_id",
    *EDITED,
    "image",
    "is_active",
    "deactivation_reason",
    "stage",
    "sources",
    "created_at",
    "customer_since",
    "locked_fields",
    "provenance",
    "suggestions",
    "account_details",
)


@transaction.atomic
def merge(
    request: Request,
    *,
    actor: Actor,
    requestor: Any,
    channels: staff.Channels = None,
    token: str | None = None,
    job_id: int | None = None,
    only_certain: bool = False,
) -> Merge:
    """Merge records into one of them. `token` is that of a preview, which somebody looked at.

    With `only_certain`, only if they are certain to be one person now that nobody else changes them.
    `requestor` is the user or the app who is `actor`, and `channels` those whose orders they may see. Raises
    `CustomerPlusError` or `SeveralErrors` for all that is in the way.
    """
    own_identities()
    fields.hold([definition.pk for definition in live()])
    made = plan(request, requestor=requestor, channels=channels, job_id=job_id, lock=True)
    if token is not None:
        made.check(token)
    made.raise_blockers()
    if only_certain and not are_certain(request.record_ids):
        raise CustomerPlusError(_NOT_CERTAIN, code=ErrorCode.STALE, field="ids")
    return _write(made, actor, job_id)


def _write(made: Plan, actor: Actor, job_id: int | None) -> Merge:
    merge = Merge.objects.create(
        record_id=made.winner_id,
        kept_id=made.winner_id,
        merged_ids=made.merged_ids,
        choices=[
            {"field": choice.field.value, "key": choice.key, "record_id": choice.record_id}
            for choice in made.request.choices
        ],
        actor_type=actor.type,
        actor_id=actor.id,
        job_id=job_id,
    )
    _remember(merge, made)
    _move(merge, made)
    _write_former(merge, made)
    _replace(merge, made)
    restrict(merge.kept_id, made.consents, actor=actor, cause=merge.cause)
    texts = {party.id: party.row["store_note"] for party in made.parties}
    merge.before["notes"] = [notes.create(merge.kept_id, texts[id], actor=actor).pk for id in made.outcome.notes_apart]
    append([_entry(merge, made, actor)])
    _follow(merge, made)
    merge.save(update_fields=["before"])
    remember_after(merge)
    tasks.announce(NoticeKind.MERGE, merge.pk)
    return merge


def _remember(merge: Merge, made: Plan) -> None:
    """Keep what an undo needs: the rows of all records, and what else may change in a way that it must know of."""
    sql.run(
        sql.fill(
            """
            INSERT INTO {merged} (merge_id, former_id, email, "row", rows)
            SELECT {merge}, r.id, r.email, {row}, '{}' FROM {records} r WHERE r.id = ANY({ids}) ORDER BY r.id
            """,
            merged=sql.table(MergedRecord),
            merge=merge.pk,
            row=row_as_json("r"),
            records=sql.table(CustomerRecord),
            ids=list(merge.merged_ids),
        )
    )
    tables.keep_rows(merge)
    winner = next(party for party in made.parties if party.id == merge.kept_id)
    states = [*OPEN_STATES, LeadState.CONVERTED]
    leads = Lead.objects.filter(sql.is_any("record_id", made.request.record_ids), state__in=states).order_by("pk")
    last = ActivityEntry.objects.order_by("-pk").values_list("pk", flat=True).first()
    merge.before = {
        "row": dict(winner.row),
        "leads": {
            str(id): [state, at and at.isoformat(), order_id and str(order_id)]
            for id, state, at, order_id in leads.values_list("pk", "state", "converted_at", "converted_order_id")
        },
        "last_entry": last or 0,
    }


def _move(merge: Merge, made: Plan) -> None:
    chosen, _is_active = settings.load()
    _move_own_fields(merge, made.outcome.decisions)
    tables.move(merge)
    tables.unite(merge, "tags")
    # Those that segments keep have no part in the rule of one group, and follow the segments.
    tables.unite(merge, "groups", at_most_one=not chosen.several_groups, but=kept_groups())
    hand_over(merge.merged_ids, merge.kept_id)


def _move_own_fields(merge: Merge, decisions: Sequence[Decision]) -> None:
    """Let the record that is kept have the values of its own fields that were decided on."""
    by_key = {definition.key: definition.pk for definition in live()}
    decided = [one for one in decisions if one.field is MergeField.FIELD]
    taken = {by_key[one.key]: one.kept_id for one in decided if one.kept_id not in (None, merge.kept_id)}
    chosen = [by_key[one.key] for one in decided if one.rule is Rule.CHOSEN]
    former = FieldValue.objects.filter(record=merge.kept_id, definition__in=[*taken, *chosen])
    merge.before["fields"] = tables.rows_as_json(former)
    former.filter(definition__in=taken).delete()
    rows = FieldValue.objects.filter(definition__in=taken, record__in=set(taken.values()))
    moved = [
        (pk, record_id)
        for pk, definition_id, record_id in rows.values_list("pk", "definition_id", "record_id")
        if taken[definition_id] == record_id
    ]
    MovedRow.objects.bulk_create(
        MovedRow(merge=merge, table="fields", row_id=pk, former_id=record_id) for pk, record_id in moved
    )
    FieldValue.objects.filter(pk__in=[pk for pk, _ in moved]).update(record_id=merge.kept_id)
    FieldValue.objects.filter(record=merge.kept_id, definition__in=chosen).update(is_locked=True)
    prepare_again([merge.kept_id])
    after = FieldValue.objects.filter(record=merge.kept_id, definition__in=[*taken, *chosen])
    merge.before["decided_fields"] = [*taken, *chosen]
    merge.before["fields_after"] = tables.rows_as_json(after)


def _write_former(merge: Merge, made: Plan) -> None:
    """Let the ids and the numbers of the others find the record that is kept, and keep their pictures for an undo."""
    row = made.outcome.row
    winner = next(party.row for party in made.parties if party.id == merge.kept_id)
    displaced = winner["number"] if winner["number"] != row["number"] else None
    # A record may have got the number of one that was merged into it: that one stands for it already.
    kept = FormerRecord.objects.filter(record=merge.kept_id, number__isnull=False)
    known = set(kept.values_list("number", flat=True))
    rows = []
    for party in made.parties:
        if party.id == merge.kept_id:
            continue
        number, images = party.row["number"], [party.row["image"]] if party.row["image"] else []
        if number is not None and number == row["number"]:
            # Its number is that of the merged record now. In its place stands the one that is no longer shown.
            number, displaced = displaced, None
        number = None if number in known else number
        rows.append(FormerRecord(former_id=party.id, record_id=merge.kept_id, number=number, images=images))
    if winner["image"] and winner["image"] != row["image"]:
        rows[0].images.append(winner["image"])
    FormerRecord.objects.bulk_create(rows)


def _replace(merge: Merge, made: Plan) -> None:
    """Delete the rows of the others, write that of the record that is kept, and give it all their addresses."""
    row = made.outcome.row
    kept = next(party for party in made.parties if party.id == merge.kept_id)
    gone = [party for party in made.parties if party.id != merge.kept_id]
    others = emails.take([email for party in made.parties for email in party.row["other_emails"]])
    CustomerRecord.objects.filter(pk__in=merge.merged_ids).only("pk").delete()
    write_row(merge.kept_id, row, WRITTEN)
    known = {one.email: one for one in others}
    now = merge.created_at
    for party in (kept, *gone):
        source = Source(next(iter(party.row["sources"]), Source.STAFF))
        known.setdefault(party.row["email"], emails.OtherEmail(merge.kept_id, party.row["email"], source, now))
    known.pop(row["email"])
    emails.give([emails.OtherEmail(merge.kept_id, one.email, one.source, one.created_at) for one in known.values()])


def write_row(record_id: int, row: Mapping[str, Any], names: Sequence[str]) -> None:
    """Write these columns of a record, as JSON has them."""
    sql.run(
        sql.fill(
            """
            UPDATE {records} r SET ({columns}) = ROW({values}),
                modified_at = greatest(clock_timestamp(), r.modified_at + interval '1 microsecond') {generated}
            FROM jsonb_populate_record(NULL::{records}, {row}::jsonb) p WHERE r.id = {id}
            """,
            records=sql.table(CustomerRecord),
            columns=sql.columns(names),
            values=sql.columns(names, prefix="p"),
            generated=sql.Sql("") if "last_name" in names else generated_kept(),
            row=sql.to_json({name: row[name] for name in names}),
            id=record_id,
        )
    )


def _entry(merge: Merge, made: Plan, actor: Actor) -> Entry:
    """What the log tells: who was merged, and what changed of the record that was kept."""
    before, after = merge.before["row"], made.outcome.row
    changed = [name for name in ("email", *FIELDS, *EDITED) if before[name] != after[name]]
    return Entry(
        merge.kept_id,
        ActivityType.MERGED,
        before={name: before[name] for name in dict.fromkeys(changed)},
        after={"merged_ids": list(merge.merged_ids), **{name: after[name] for name in dict.fromkeys(changed)}},
        **actor.of_entry,
        **merge.cause.of_entry,
    )


def _follow(merge: Merge, made: Plan) -> None:
    """Let everything follow that depends on who has which address, and tell Saleor of groups."""
    reactions.records_identified([merge.kept_id], [email for party in made.parties for email in party.emails])
    memberships_changed([merge.kept_id])
    transaction.on_commit(partial(mirror_accounts, made.account_ids), robust=True)


def remember_after(merge: Merge) -> None:
    """Keep what the record is once all has followed, so that an undo sees what was edited since. One statement."""
    sql.run(
        sql.fill(
            """
            UPDATE {merges} m SET after = jsonb_build_object('row', {row})
            FROM {records} r WHERE r.id = m.kept_id AND m.id = {id}
            """,
            merges=sql.table(Merge),
            row=row_as_json("r"),
            records=sql.table(CustomerRecord),
            id=merge.pk,
        )
    )


def all_ids(merge: Merge) -> Collection[int]:
    """All records of a merge."""
    return [merge.kept_id, *merge.merged_ids]
