"""Writing the records again, and giving back the rows that hang on them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from ...core import sql
from ...groups.models import Group
from ...notes import services as notes
from ...notes.models import Note
from ...records import emails
from ...records.images import remove_unused
from ...records.models import CustomerRecord, FormerRecord, Source
from ...segments.models import Segment
from ...tags.models import Tag
from .. import tables
from ..models import MergedRecord, MovedRow
from ..parties import COLUMNS
from ..services import WRITTEN, write_row
from .addresses import Share, details_of_account
from .conflicts import ConflictCode
from .parting import Parting


def write_records(
    parting: Parting, row: dict[str, Any], shares: Mapping[int, Share], accounts: Mapping[int, int]
) -> None:
    """Write this row of the record that was kept, and the others, with the addresses and accounts of each."""
    kept_id = parting.merge.kept_id
    emails.take(parting.kept.row["other_emails"])
    former = FormerRecord.objects.filter(former_id__in=parting.rows, record=kept_id)
    images = {image for some in former.values_list("images", flat=True) for image in some}
    former.delete()
    numbers = _numbers(parting, row)
    for record_id, of_record in ((kept_id, row), *parting.rows.items()):
        account_id = accounts.get(record_id)
        of_record |= {
            "email": shares[record_id].email,
            "account_id": account_id,
            "account_details": details_of_account(parting, record_id, account_id),
            "sources": _with_account(of_record["sources"], account_id),
        }
    for record_id, of_record in parting.rows.items():
        of_record |= {"other_emails": [], "number": numbers.get(record_id)}
    write_row(kept_id, row, WRITTEN)
    _return_former(parting, row["number"])
    _insert(parting)
    remove_unused(images)
    emails.give(
        [
            emails.OtherEmail(record_id, mail.email, mail.source, mail.created_at)
            for record_id, share in shares.items()
            for mail in share.others
        ]
    )


def _numbers(parting: Parting, row: dict[str, Any]) -> dict[int, str]:
    """The numbers that return. Who got one meanwhile keeps it."""
    wanted = {id: of_record["number"] for id, of_record in parting.rows.items() if of_record["number"]}
    if row["number"] and row["number"] == parting.before["number"] != parting.kept.row["number"]:
        wanted[parting.merge.kept_id] = row["number"]
    taken = _numbers_taken(wanted.values(), but=parting.merge.kept_id)
    if parting.kept.row["number"] == row["number"]:
        taken.add(row["number"])  # the record that was kept goes on with it
    free = {id: number for id, number in wanted.items() if number not in taken}
    for record_id in wanted.keys() - free.keys():
        message = "Another record has this number by now, so it did not return."
        parting.conflict(ConflictCode.NUMBER_TAKEN, record_id, message, "number")
        if record_id == parting.merge.kept_id:
            row["number"] = None
    return free


def _return_former(parting: Parting, number: str | None) -> None:
    """Give back what was merged into the merged records earlier, before these are there again.

    A record may have the number of one that was merged into it, and that must be nobody else's then. So the number that
    the record that was kept goes on with stays with it.
    """
    if number is not None:
        moved = MovedRow.objects.filter(merge=parting.merge, table="former_records")
        lost = FormerRecord.objects.filter(number=number, pk__in=moved.values("row_id"))
        for record_id in moved.filter(row_id__in=lost.values("pk")).values_list("former_id", flat=True):
            message = "The record that was kept goes on with a number of this one, so it did not return."
            parting.conflict(ConflictCode.NUMBER_TAKEN, record_id, message, "number")
        lost.update(number=None)
    tables.return_table(parting.merge, "former_records")


def _insert(parting: Parting) -> None:
    """Make the records again, under their ids, of what was kept of them."""
    names = [name for name in COLUMNS if all(name in row for row in parting.rows.values())]
    values = ", ".join("clock_timestamp()" if name == "modified_at" else f"p.{name}" for name in names)
    overridden = ("email", "other_emails", "number", "account_id", "account_details", "sources")
    rows = [{name: row[name] for name in ("id", *overridden)} for row in parting.rows.values()]
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
            merge=parting.merge.pk,
        )
    )


def return_rows(parting: Parting) -> None:
    for name, number in tables.return_moved(parting.merge).items():
        parting.conflict(
            ConflictCode.DELETED_SINCE,
            parting.merge.kept_id,
            f"{number} of what belonged to the merged records was deleted since.",
            name,
        )
    for name, column, target in (("tags", "tag_id", Tag), ("groups", "group_id", Group)):
        tables.part(parting.merge, name)
        tables.put_back(parting.kept_rows(name), name, of_field=column, target=target)
    segments = parting.kept_rows("segments")
    tables.put_back(segments, "segments", of_field="segment_id", target=Segment, condition="k.is_followed")
    made = Note.objects.filter(pk__in=parting.merge.before["notes"], record=parting.merge.kept_id)
    for note in made:
        if note.versions.exists() or note.attachments.exists():
            parting.edited("notes")
        else:
            notes.delete(note.pk, actor=parting.actor)


def log_labels(parting: Parting) -> None:
    """Labels that came with a merged record and were taken away since: the records get theirs back all the same."""
    for name, (model, _, _) in tables.UNITED.items():
        moved = MovedRow.objects.filter(merge=parting.merge, table=name)
        there = model._default_manager.filter(pk__in=moved.values("row_id"), record=parting.merge.kept_id)
        gone = moved.exclude(row_id__in=there.values("pk")).order_by("pk")
        for former_id in gone.values_list("former_id", flat=True):
            message = "This was taken from the record since. It returns to the record that it came from."
            parting.conflict(ConflictCode.LABEL_CHANGED, former_id, message, name)


def _with_account(sources: list[str], account_id: int | None) -> list[str]:
    """Where activity came from, once a record is linked to an account: also to one that came since."""
    return sources if account_id is None or Source.ACCOUNT in sources else [*sources, Source.ACCOUNT.value]


def _numbers_taken(numbers: Collection[str], *, but: int) -> set[str | None]:
    wanted = list(numbers)
    records = CustomerRecord.objects.filter(number__in=wanted).exclude(pk=but)
    former = FormerRecord.objects.filter(number__in=wanted).exclude(record=but)
    return {*records.values_list("number", flat=True), *former.values_list("number", flat=True)}
