"""Taking a merge back, at any time: the records are apart again, as if they had never been merged.

What was of a record returns to it. What was edited since stays with the record that was kept, and is told as a
conflict; orders that came since go by their address. Of merges into the same record the last one is undone first. A
preview does all of it and takes it back, so that it tells what would really come of it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import partial
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from ..activity.models import ActivityEntry, ActivityType, CauseType
from ..activity.services import Actor, Entry, append
from ..consent.decisions import BARS, ConsentDecision
from ..consent.models import ConsentChannel, ConsentEvent, ConsentPurpose, ConsentSource, ConsentState
from ..consent.moving import undo_restriction
from ..consent.services import record_events, rewrite_current
from ..core import sql
from ..errors import CustomerPlusError, ErrorCode, Problems, SeveralErrors
from ..fields import services as fields
from ..fields.models import FieldDefinition, FieldValue
from ..fields.queries import live
from ..fields.values import BLANK, clean
from ..groups.consequences import memberships_changed
from ..groups.mirror import mirror_accounts
from ..groups.models import Group
from ..leads.models import Lead, LeadState
from ..ledger.models import LedgerEntry
from ..ledger.sync import hand_back
from ..newsletter import moving as newsletter
from ..notes import services as notes
from ..notes.models import Note
from ..records import emails
from ..records.addresses import by_field
from ..records.details import FIELDS
from ..records.email import normalize_email
from ..records.images import remove_unused
from ..records.locks import own_identities
from ..records.models import CustomerRecord, FormerRecord, Source, Stage, generated_kept
from ..saleor_adapter import host, saleor_api, staff
from ..segments.models import Segment
from ..sync import reactions
from ..tags.models import Tag
from . import tables
from .models import Merge, MergedRecord, MergeState, MovedRow
from .parties import COLUMNS, read
from .preview import obstacles
from .queries import later_merges_of
from .rules import DETAILS, Party, as_one_address
from .services import WRITTEN, write_row

# Compared one by one with what they were after the merge.
_PLAIN = (
    "number",
    "additional_phones",
    "image",
    "store_note",
    "is_tax_exempt",
    "social_profiles",
    "attributes",
    "is_approved_buyer",
    "lawful_basis",
)
_STATE = ("is_active", "deactivation_reason")


class ConflictCode(StrEnum):
    """What an undo leaves other than it was."""

    EDITED_SINCE = "EDITED_SINCE"
    DELETED_SINCE = "DELETED_SINCE"
    LABEL_CHANGED = "LABEL_CHANGED"
    EMAIL_GONE = "EMAIL_GONE"
    NUMBER_TAKEN = "NUMBER_TAKEN"
    FIELD_VALUE_LOST = "FIELD_VALUE_LOST"
    WITHDRAWN_SINCE = "WITHDRAWN_SINCE"


@dataclass(frozen=True, slots=True)
class Conflict:
    """One thing that is not as it was. `what` names a field, a table or a channel and purpose; nothing of a person."""

    code: ConflictCode
    record_id: int
    message: str
    what: str = ""


def check(merge: Merge) -> None:
    """Raise `CustomerPlusError` unless this merge can be undone now: the last one into a record goes first."""
    if merge.state == MergeState.UNDONE:
        raise CustomerPlusError("This merge was undone already.", code=ErrorCode.ALREADY_EXISTS, field="merge_id")
    if later := later_merges_of([merge.pk])[merge.pk]:
        order = ", ".join(str(one.pk) for one in later)
        raise CustomerPlusError(
            f"The record was merged again since. Undo these merges first, in this order: {order}.",
            code=ErrorCode.OUT_OF_SCOPE,
            field="merge_id",
            id=saleor_api.global_id("CustomerMerge", later[0].pk),
        )


def preview(
    merge_id: int, *, actor: Actor, requestor: Any, channels: staff.Channels = None, job_id: int | None = None
) -> list[Conflict]:
    """What an undo would leave other than it was: it is done, and taken back. Raises what is in the way."""
    with transaction.atomic():
        _merge, conflicts = undo(merge_id, actor=actor, requestor=requestor, channels=channels, job_id=job_id)
        transaction.set_rollback(True)
    return conflicts


@transaction.atomic
def undo(
    merge_id: int, *, actor: Actor, requestor: Any, channels: staff.Channels = None, job_id: int | None = None
) -> tuple[Merge, list[Conflict]]:
    """Take a merge back. Return it, and what is not as it was.

    `requestor` is the user or the app who is `actor`, and `channels` those whose orders they may see. Raises what is in
    the way.
    """
    own_identities()
    fields.hold([definition.pk for definition in live()])
    record_id = Merge.objects.filter(pk=merge_id).values_list("record_id", flat=True).first()
    parties = read([record_id], lock=True) if record_id is not None else []
    merge = Merge.objects.select_for_update().filter(pk=merge_id).first()
    if merge is None or not parties:
        raise CustomerPlusError("No merge has this id.", code=ErrorCode.NOT_FOUND, field="merge_id")
    check(merge)
    problems = Problems()
    problems.errors = [one.as_error(field="merge_id") for one in obstacles(parties, requestor, channels, job_id)]
    problems.raise_any()
    undoing = _Undoing(merge, actor, parties[0])
    undoing.run()
    return merge, undoing.conflicts


@dataclass(slots=True)
class _Share:
    """What a record gets back of addresses, and under which one it is known."""

    email: str
    others: list[emails.OtherEmail] = field(default_factory=list)

    @property
    def emails(self) -> list[str]:
        return [self.email, *(mail.email for mail in self.others)]


class _Undoing:
    """One undo of a merge."""

    def __init__(self, merge: Merge, actor: Actor, kept: Party) -> None:
        self.merge, self.actor, self.kept = merge, actor, kept
        # A column that there was not yet is as it is now.
        self.before: Mapping[str, Any] = {**kept.row, **merge.before["row"]}
        self.after: Mapping[str, Any] = {**kept.row, **merge.after["row"]}
        self.merged = list(merge.merged_records.order_by("former_id"))
        self.rows: dict[int, dict[str, Any]] = {one.former_id: dict(one.row) for one in self.merged}
        self.conflicts: list[Conflict] = []

    @property
    def ids(self) -> list[int]:
        return [self.merge.kept_id, *self.rows]

    def run(self) -> None:
        self._labels_changed()
        shares = self._addresses()
        accounts = self._accounts(shares)
        row = self._row_of_kept()
        row["email"] = shares[self.merge.kept_id].email
        row["account_id"] = accounts.get(self.merge.kept_id)
        row["account_details"] = self._details_of_account(self.merge.kept_id, row["account_id"])
        row["sources"] = _with_account(row["sources"], row["account_id"])
        self._write(row, shares, accounts)
        self._return_rows()
        self._own_fields()
        owners = self._owners_of_returned(shares)
        tables.return_by_address(self.merge, owners)
        self._orders(owners)
        self._stages()
        self._leads()
        self._signups(shares)
        self._consents()
        self._end()

    def conflict(self, code: ConflictCode, record_id: int, message: str, what: str = "") -> None:
        self.conflicts.append(Conflict(code, record_id, message, what))

    # Who has which address and account.

    def _addresses(self) -> dict[int, _Share]:
        """Part the addresses: each returns to whom it was of, if it still is one of the record that was kept."""
        kept_id = self.merge.kept_id
        have = {one.email: one for one in emails.others_of([kept_id])[kept_id]}
        now = timezone.now()
        primary = self.kept.row["email"]
        have.setdefault(primary, emails.OtherEmail(kept_id, primary, Source.STAFF, now))
        shares: dict[int, _Share] = {}
        problems: list[CustomerPlusError] = []
        for one in self.merged:
            wanted = [emails.OtherEmail(one.former_id, one.email, Source.STAFF, now), *_other_emails(one)]
            returned = [have.pop(mail.email) for mail in wanted if mail.email in have]
            since = self._address_of_account(one, have)
            if since is not None:
                returned.append(since)
            lost = [mail.email for mail in wanted if mail.email not in {mail.email for mail in returned}]
            known = {mail.email for mail in returned}
            if not returned:
                # None of them is the record's any more: it is known by its own again, if nobody else is.
                if emails.owners([one.email]):
                    problems.append(_address_taken(one))
                    continue
                known, lost = {one.email}, [email for email in lost if email != one.email]
            email = since.email if since else one.email if one.email in known else returned[0].email
            for _ in lost:
                self.conflict(
                    ConflictCode.EMAIL_GONE, one.former_id, "An address was removed since and did not return.", "email"
                )
            originals = {mail.email: mail for mail in _other_emails(one)}
            shares[one.former_id] = _Share(
                email,
                [originals.get(mail.email, mail) for mail in returned if mail.email != email],
            )
        if (share := self._share_of_kept(have, now)) is None:
            problems.append(
                CustomerPlusError(
                    "The record would be left without an address. Give it one of its own first.",
                    code=ErrorCode.OUT_OF_SCOPE,
                    field="merge_id",
                )
            )
        else:
            shares[kept_id] = share
        if problems:
            raise SeveralErrors(problems)
        return shares

    def _share_of_kept(self, have: dict[str, emails.OtherEmail], now: datetime) -> _Share | None:
        """The addresses that stay, under the one that is the primary one or was, before the merge."""
        primary, former = self.kept.row["email"], self.before["email"]
        if primary in have:
            # Not one that the merge brought, or the account did.
            email = primary if primary != self.after["email"] or former not in have else former
        elif former in have:
            email = former
        elif have:
            email = min(have)
        elif not emails.owners([former]):
            return _Share(former)
        else:
            return None
        return _Share(email, [mail for mail in have.values() if mail.email != email])

    def _address_of_account(self, one: MergedRecord, have: dict[str, emails.OtherEmail]) -> emails.OtherEmail | None:
        """The new address of the account that returns with a record, where it has another one since."""
        account_id = one.row["account_id"]
        if account_id is None or account_id == self.before["account_id"]:
            return None
        account = host.User.objects.filter(pk=account_id, is_confirmed=True).first()
        email = normalize_email(account.email) if account else ""
        return None if email == one.email else have.pop(email, None)

    def _accounts(self, shares: Mapping[int, _Share]) -> dict[int, int]:
        """Which account each record is tied to: the one that it had, or that came since, if it has that address."""
        wanted = [self.before["account_id"], *(row["account_id"] for row in self.rows.values())]
        wanted.append(self.kept.account_id)
        accounts = host.User.objects.in_bulk([id for id in wanted if id is not None])
        owners = {email: record_id for record_id, share in shares.items() for email in share.emails}
        elsewhere = CustomerRecord.objects.filter(account__in=accounts).exclude(pk=self.merge.kept_id)
        taken = set(elsewhere.values_list("account_id", flat=True))
        ties: dict[int, int] = {}
        for account_id in dict.fromkeys(id for id in wanted if id is not None):
            account = accounts.get(account_id)
            if account is None or not account.is_confirmed or account_id in taken:
                continue
            owner = owners.get(normalize_email(account.email))
            if owner is None and account_id == self.kept.account_id:
                owner = self.merge.kept_id  # it has an address that we have not heard of
            if owner is not None:
                ties.setdefault(owner, account_id)
        for record_id, account_id in ties.items():
            # A record that is tied is known by the address of its account.
            email = normalize_email(accounts[account_id].email)
            share = shares[record_id]
            if email != share.email and email in {mail.email for mail in share.others}:
                share.others = [mail for mail in share.others if mail.email != email]
                share.others.append(emails.OtherEmail(record_id, share.email, Source.ACCOUNT, timezone.now()))
                share.email = email
        return ties

    def _details_of_account(self, record_id: int, account_id: int | None) -> dict[str, Any]:
        """What the account said last: what was kept of it meanwhile, if it was the one that spoke for all of them."""
        said = self.before if record_id == self.merge.kept_id else self.rows[record_id]
        now: dict[str, Any] = dict(self.kept.row["account_details"])
        former: dict[str, Any] = dict(said["account_details"])
        if account_id is None or now.get("account_id") != account_id:
            return former
        if former.get("account_id") != account_id:
            return now  # it came since
        return now | ({"joined_at": former["joined_at"]} if "joined_at" in former else {})

    # The row of the record that was kept.

    def _row_of_kept(self) -> dict[str, Any]:
        row, now = dict(self.before), self.kept.row
        for names in (*((name,) for name in _PLAIN), _STATE):
            if any(now[name] != self.after[name] for name in names):
                row |= {name: now[name] for name in names}
                if any(self.before[name] not in (self.after[name], now[name]) for name in names):
                    self._edited(names[0])
        self._details(row)
        # Of orders and accounts that came since, those follow that stay with the record.
        since = [one for one in now["sources"] if one not in (*self.after["sources"], Source.ORDER, Source.ACCOUNT)]
        row["sources"] = list(dict.fromkeys([*self.before["sources"], *since]))
        return row

    def _edited(self, what: str) -> None:
        message = "This was edited since, and stays with the record that was kept."
        self.conflict(ConflictCode.EDITED_SINCE, self.merge.kept_id, message, what)

    def _details(self, row: dict[str, Any]) -> None:
        """Put back details that nobody edited since. What orders and the account say by now, the refresh writes."""
        now = self.kept.row
        sides = {name: by_field(side["provenance"]) for name, side in (("now", now), ("after", self.after))}
        provenance = by_field(self.before["provenance"])
        suggestions, locked = dict(self.before["suggestions"]), set(self.before["locked_fields"])
        for unit, names in DETAILS.items():
            if not any(self._is_edited(name, sides) for name in names):
                continue
            for name in names:
                row[name] = now[name]
                for kept, own in ((provenance, sides["now"]), (suggestions, now["suggestions"])):
                    kept.pop(name, None)
                    if name in own:
                        kept[name] = own[name]
                locked = (locked - {name}) | ({name} & set(now["locked_fields"]))
            if any(self.before[name] not in (self.after[name], now[name]) for name in names):
                self._edited(unit)
        row["provenance"] = as_one_address(provenance)
        row["suggestions"] = suggestions
        row["locked_fields"] = [name for name in FIELDS if name in locked]

    def _is_edited(self, name: str, sides: Mapping[str, Mapping[str, Any]]) -> bool:
        """Whether staff or a list wrote a detail since: what orders and accounts write comes again by itself."""
        now, after = self.kept.row, self.after
        is_locked = name in now["locked_fields"]
        if is_locked != (name in after["locked_fields"]):
            return True
        if now[name] == after[name] and sides["now"].get(name) == sides["after"].get(name):
            return False
        known = sides["now"].get(name)
        return is_locked or known is None or known["source"] not in (Source.ORDER, Source.ACCOUNT)

    # Writing.

    def _write(self, row: dict[str, Any], shares: Mapping[int, _Share], accounts: Mapping[int, int]) -> None:
        kept_id = self.merge.kept_id
        emails.take(self.kept.row["other_emails"])
        former = FormerRecord.objects.filter(former_id__in=self.rows, record=kept_id)
        images = {image for some in former.values_list("images", flat=True) for image in some}
        former.delete()
        numbers = self._numbers(row)
        write_row(kept_id, row, WRITTEN)
        for record_id, of_record in self.rows.items():
            of_record |= {
                "email": shares[record_id].email,
                "other_emails": [],
                "number": numbers.get(record_id),
                "account_id": accounts.get(record_id),
                "account_details": self._details_of_account(record_id, accounts.get(record_id)),
                "sources": _with_account(of_record["sources"], accounts.get(record_id)),
            }
        self._insert()
        remove_unused(images)
        emails.give(
            [
                emails.OtherEmail(record_id, mail.email, mail.source, mail.created_at)
                for record_id, share in shares.items()
                for mail in share.others
            ]
        )

    def _numbers(self, row: dict[str, Any]) -> dict[int, str]:
        """The numbers that return. Who got one meanwhile keeps it."""
        wanted = {id: of_record["number"] for id, of_record in self.rows.items() if of_record["number"]}
        if row["number"] and row["number"] == self.before["number"] != self.kept.row["number"]:
            wanted[self.merge.kept_id] = row["number"]
        taken = _numbers_taken(wanted.values(), but=self.merge.kept_id)
        if self.kept.row["number"] == row["number"]:
            taken.add(row["number"])  # the record that was kept goes on with it
        free = {id: number for id, number in wanted.items() if number not in taken}
        for record_id in wanted.keys() - free.keys():
            message = "Another record has this number by now, so it did not return."
            self.conflict(ConflictCode.NUMBER_TAKEN, record_id, message, "number")
            if record_id == self.merge.kept_id:
                row["number"] = None
        return free

    def _insert(self) -> None:
        """Make the records again, under their ids, of what was kept of them."""
        names = [name for name in COLUMNS if all(name in row for row in self.rows.values())]
        values = ", ".join("clock_timestamp()" if name == "modified_at" else f"p.{name}" for name in names)
        overridden = ("email", "other_emails", "number", "account_id", "account_details", "sources")
        rows = [{name: row[name] for name in ("id", *overridden)} for row in self.rows.values()]
        sql.run(
            sql.fill(
                """
                INSERT INTO {records} ({columns})
                SELECT {values} FROM {merged} m
                JOIN jsonb_array_elements({rows}::jsonb) v ON (v ->> 'id')::bigint = m.former_id
                CROSS JOIN LATERAL jsonb_populate_record(NULL::{records}, m."row" || v) p
                WHERE m.merge_id = {merge} ORDER BY p.id
                """,
                records=sql.table(CustomerRecord),
                columns=sql.columns(names),
                values=sql.Sql(values),
                merged=sql.table(MergedRecord),
                rows=sql.to_json(rows),
                merge=self.merge.pk,
            )
        )

    def _return_rows(self) -> None:
        for name, number in tables.return_moved(self.merge).items():
            self.conflict(
                ConflictCode.DELETED_SINCE,
                self.merge.kept_id,
                f"{number} of what belonged to the merged records was deleted since.",
                name,
            )
        for name, column, target in (("tags", "tag_id", Tag), ("groups", "group_id", Group)):
            tables.part(self.merge, name)
            tables.put_back(self._kept_rows(name), name, of_field=column, target=target)
        segments = self._kept_rows("segments")
        tables.put_back(segments, "segments", of_field="segment_id", target=Segment, condition="k.is_followed")
        made = Note.objects.filter(pk__in=self.merge.before["notes"], record=self.merge.kept_id)
        for note in made:
            if note.versions.exists() or note.attachments.exists():
                self._edited("notes")
            else:
                notes.delete(note.pk, actor=self.actor)

    def _kept_rows(self, name: str) -> list[dict[str, Any]]:
        return [row for one in self.merged for row in one.rows[name]]

    def _labels_changed(self) -> None:
        """Labels that came with a merged record and were taken away since: the records get theirs back all the same."""
        for name, (model, _, _) in tables.UNITED.items():
            moved = MovedRow.objects.filter(merge=self.merge, table=name)
            there = model._default_manager.filter(pk__in=moved.values("row_id"), record=self.merge.kept_id)
            gone = moved.exclude(row_id__in=there.values("pk")).order_by("pk")
            for former_id in gone.values_list("former_id", flat=True):
                message = "This was taken from the record since. It returns to the record that it came from."
                self.conflict(ConflictCode.LABEL_CHANGED, former_id, message, name)

    def _own_fields(self) -> None:
        """Put back values of the shop's own fields: first of the record that was kept, then of the others."""
        kept_id = self.merge.kept_id
        definitions = {one.pk: one for one in live()}
        after = {row["definition_id"]: row for row in self.merge.before["fields_after"]}
        before = {row["definition_id"]: row for row in self.merge.before["fields"]}
        decided = self.merge.before["decided_fields"]
        values = FieldValue.objects.filter(record=kept_id, definition__in=decided)
        now = {row["definition_id"]: row for row in tables.rows_as_json(values)}
        same = ("value", "updated_at", "is_locked", "source", "origin")
        back = []
        for id in decided:
            known, left = now.get(id), after.get(id)
            if known is not None and left is not None and all(known[name] == left[name] for name in same):
                back.append(id)
            elif id in definitions and (before.get(id) or {}).get("value") != (known or {}).get("value"):
                self._edited(f"{fields.LOGGED_AS}.{definitions[id].key}")
        values.filter(definition__in=back).delete()
        self._put_back([before[id] for id in back if id in before], definitions)
        self._put_back(self._kept_rows("fields"), definitions)

    def _put_back(self, rows: list[dict[str, Any]], definitions: Mapping[int, FieldDefinition]) -> None:
        """Write values again under the rules that their fields have by now."""
        wanted = []
        for row in rows:
            definition = definitions.get(row["definition_id"])
            if definition is None:
                continue
            try:
                value = BLANK if row["value"] is None else clean(definition, row["value"])
            except CustomerPlusError:
                self._lost(row["record_id"], definition)
                continue
            kept = {name: row[name] for name in ("source", "origin", "updated_at", "is_locked")}
            wanted.append({**fields.values_row(row["record_id"], definition, value), **kept})
        if not wanted:
            return
        types = fields.COLUMNS | {
            "source": "text",
            "origin": "text",
            "updated_at": "timestamptz",
            "is_locked": "boolean",
        }
        written = sql.rows(
            sql.fill(
                """
                INSERT INTO {values} ({columns}) SELECT {named} FROM jsonb_to_recordset({rows}::jsonb) AS v({types})
                ORDER BY v.record_id, v.definition_id
                ON CONFLICT DO NOTHING RETURNING record_id, definition_id
                """,
                values=sql.table(FieldValue),
                columns=sql.columns(types),
                named=sql.columns(types, prefix="v"),
                types=sql.Sql(", ".join(f"{name} {type}" for name, type in types.items())),
                rows=sql.to_json(wanted),
            )
        )
        done = {(row.record_id, row.definition_id) for row in written}
        for row in wanted:
            if (row["record_id"], row["definition_id"]) not in done:
                self._lost(row["record_id"], definitions[row["definition_id"]])

    def _lost(self, record_id: int, definition: FieldDefinition) -> None:
        message = "Another record has this value by now, or the field may no longer hold it."
        what = f"{fields.LOGGED_AS}.{definition.key}"
        self.conflict(ConflictCode.FIELD_VALUE_LOST, record_id, message, what)

    def _owners_of_returned(self, shares: Mapping[int, _Share]) -> dict[str, int]:
        """Whose the addresses are that do not stay with the record that was kept."""
        return {
            email: record_id
            for record_id, share in shares.items()
            if record_id != self.merge.kept_id
            for email in share.emails
        }

    def _orders(self, owners: Mapping[str, int]) -> None:
        """Let orders be of whom their addresses are of, also those that came since, with what the log tells of them."""
        moved = hand_back(self.merge.kept_id, owners)
        accounts = {
            str(account_id): record_id
            for record_id, account_id in CustomerRecord.objects.filter(
                pk__in=self.rows, account__isnull=False
            ).values_list("pk", "account_id")
        }
        causes = [(CauseType.ORDER, str(id), owner) for id, owner in moved.items()]
        causes += [(CauseType.ACCOUNT, id, owner) for id, owner in accounts.items()]
        if causes:
            sql.run(
                sql.fill(
                    """
                    UPDATE {entries} e SET record_id = v.owner
                    FROM unnest({types}::text[], {keys}::text[], {owners}::bigint[]) AS v(type, key, owner)
                    WHERE e.record_id = {kept} AND e.id > {last} AND e.cause_type = v.type AND e.cause_id = v.key
                        AND e.type = ANY({told})
                    """,
                    entries=sql.table(ActivityEntry),
                    types=[type.value for type, _, _ in causes],
                    keys=[key for _, key, _ in causes],
                    owners=[owner for _, _, owner in causes],
                    kept=self.merge.kept_id,
                    last=self.merge.before["last_entry"],
                    told=[
                        type.value
                        for type in (
                            ActivityType.ORDER_ADDED,
                            ActivityType.ORDER_CHANGED,
                            ActivityType.ORDER_REMOVED,
                            ActivityType.ACCOUNT_TIED,
                            ActivityType.ACCOUNT_UNTIED,
                        )
                    ],
                )
            )

    def _stages(self) -> None:
        """Who bought or signed up since is a customer, also if the order was cancelled meanwhile."""
        sql.run(
            sql.fill(
                """
                WITH bought AS (
                    SELECT e.record_id, min(coalesce(l.placed_at, e.at)) AS at
                    FROM {entries} e LEFT JOIN {ledger} l ON l.order_id::text = e.cause_id
                    WHERE e.record_id = ANY({ids}) AND e.id > {last} AND e.cause_type = {order}
                        AND e.type = ANY({types}) AND e.after ->> 'counts' = 'true'
                    GROUP BY e.record_id
                )
                UPDATE {records} r
                SET stage = {customer}, customer_since = least(r.customer_since, b.at) {generated}
                FROM bought b WHERE r.id = b.record_id AND r.stage <> {customer}
                """,
                entries=sql.table(ActivityEntry),
                ledger=sql.table(LedgerEntry),
                ids=self.ids,
                last=self.merge.before["last_entry"],
                order=CauseType.ORDER.value,
                types=[ActivityType.ORDER_ADDED.value, ActivityType.ORDER_CHANGED.value],
                records=sql.table(CustomerRecord),
                generated=generated_kept(),
                customer=Stage.CUSTOMER.value,
            )
        )

    def _leads(self) -> None:
        """Open leads again that an order of another one of the records converted."""
        snapshot: Mapping[str, Any] = self.merge.before["leads"]
        converted = Lead.objects.filter(sql.is_any("record_id", self.ids), state=LeadState.CONVERTED)
        order_ids = [order for order in converted.values_list("converted_order_id", flat=True) if order]
        entries = LedgerEntry.objects.filter(order_id__in=order_ids)
        owners: dict[UUID | None, int | None] = dict(entries.values_list("order_id", "record_id"))
        ids: set[int | None] = {*self.ids}
        wrong = [
            lead
            for lead in converted.order_by("pk")
            if (owner := owners.get(lead.converted_order_id)) in ids and owner != lead.record_id
        ]
        for lead in wrong:
            state, at, order_id = snapshot.get(str(lead.pk)) or (_state_before(lead), None, None)
            lead.state, lead.converted_order_id = state, order_id
            lead.converted_at = datetime.fromisoformat(at) if at else None
            lead.modified_at = timezone.now()
        Lead.objects.bulk_update(wrong, ["state", "converted_at", "converted_order_id", "modified_at"])

    def _signups(self, shares: Mapping[int, _Share]) -> None:
        owners = {
            email: record_id
            for record_id, share in shares.items()
            if record_id != self.merge.kept_id
            for email in (share.email, *(one.email for one in share.others))
        }
        newsletter.part(self.merge.kept_id, owners, since=self.merge.created_at)

    def _consents(self) -> None:
        """Let what the merge recorded count for nothing. A withdrawal since then holds of all the records."""
        kept_id, cause = self.merge.kept_id, self.merge.cause
        undo_restriction(kept_id, cause, actor=self.actor)
        rewrite_current(self.ids)
        since = ConsentEvent.objects.filter(
            record=kept_id, recorded_at__gt=self.merge.created_at, state__in=BARS, undoes=""
        ).exclude(cause_type=cause.type, cause_id=cause.id)
        decisions = []
        for event in since.order_by("at", "pk"):
            decisions += [
                ConsentDecision(
                    record_id,
                    ConsentChannel(event.channel),
                    ConsentPurpose(event.purpose),
                    ConsentState(event.state),
                    ConsentSource(event.source),
                    at=event.at,
                    wording=event.wording,
                    wording_version=event.wording_version,
                )
                for record_id in self.rows
            ]
            for record_id in self.rows:
                message = "This was withdrawn since. It holds of all the records."
                what = f"{event.channel} {event.purpose}"
                self.conflict(ConflictCode.WITHDRAWN_SINCE, record_id, message, what)
        record_events(decisions, actor=self.actor, cause=cause)

    def _end(self) -> None:
        merge, accounts = self.merge, [self.before["account_id"], self.kept.account_id]
        accounts += [one.row["account_id"] for one in self.merged]
        all_emails = [email for one in read(self.ids) for email in one.emails]
        MovedRow.objects.filter(merge=merge).delete()
        MergedRecord.objects.filter(merge=merge).delete()
        self.conflicts = list(dict.fromkeys(self.conflicts))
        merge.state, merge.undone_at = MergeState.UNDONE, timezone.now()
        merge.undone_by_type, merge.undone_by_id = self.actor.type, self.actor.id
        merge.before, merge.after = {}, {}
        merge.conflicts = [asdict(one) for one in self.conflicts]
        merge.save()
        append(self._entries())
        reactions.records_identified(self.ids, all_emails)
        memberships_changed(self.ids)
        known = sorted({account_id for account_id in accounts if account_id is not None})
        transaction.on_commit(partial(mirror_accounts, known), robust=True)

    def _entries(self) -> Iterator[Entry]:
        for record_id in self.ids:
            yield Entry(
                record_id,
                ActivityType.MERGE_UNDONE,
                before={"kept_id": self.merge.kept_id},
                after={"conflicts": len([one for one in self.conflicts if one.record_id == record_id])},
                **self.actor.of_entry,
                **self.merge.cause.of_entry,
            )


def _with_account(sources: list[str], account_id: int | None) -> list[str]:
    """Where activity came from, once a record is tied to an account: also to one that came since."""
    return sources if account_id is None or Source.ACCOUNT in sources else [*sources, Source.ACCOUNT.value]


def _other_emails(one: MergedRecord) -> list[emails.OtherEmail]:
    return [
        emails.OtherEmail(one.former_id, row["email"], Source(row["source"]), datetime.fromisoformat(row["created_at"]))
        for row in one.rows["emails"]
    ]


def _address_taken(one: MergedRecord) -> CustomerPlusError:
    return CustomerPlusError(
        f"Another record has the address of record {one.former_id} by now. Take it from that one, or merge the two,"
        " first.",
        code=ErrorCode.UNIQUE,
        field="merge_id",
    )


def _numbers_taken(numbers: Collection[str], *, but: int) -> set[str | None]:
    wanted = list(numbers)
    records = CustomerRecord.objects.filter(number__in=wanted).exclude(pk=but)
    former = FormerRecord.objects.filter(number__in=wanted).exclude(record=but)
    return {*records.values_list("number", flat=True), *former.values_list("number", flat=True)}


def _state_before(lead: Lead) -> str:
    """What the log says that a lead was before an order converted it."""
    entries = ActivityEntry.objects.filter(
        record=lead.record_id, type=ActivityType.LEAD_CONVERTED, after__lead_id=lead.pk
    )
    before: Any = entries.order_by("-pk").values_list("before", flat=True).first() or {}
    return str(before.get("state", LeadState.NEW))
