"""Setting customer types, attributes and metadata of the accounts of a list, as whoever imports it.

As with accounts that are opened, what Saleor says against one is a problem of the row, and the others go on. The undo
is in `account_data_undo`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.db import transaction

from ...accounts import services as account_services
from ...accounts.account_changes import AccountChanges, change_account
from ...accounts.account_data import attributes, check_attributes, check_customer_types, metadata_of, type_id_of
from ...customers.queries import account_of
from ...errors import CustomerPlusError, ErrorCode, SeveralErrors
from ...jobs.models import BulkChunk, BulkJob
from ...records.models import CustomerRecord
from ...records.writing import lock_rows
from ...saleor_adapter import host
from ..columns import ACCOUNT_ATTRIBUTE, CUSTOMER_TYPE, METADATA, PRIVATE_METADATA
from .accounts import KEPT, report_not_allowed, report_refused
from .job_settings import options_of
from .planner import Planned

# Each takes Saleor some dozens of statements.
_SET_AT_ONCE = 25
_NOT_ALLOWED = "Whoever imports this list may not change accounts: the permission MANAGE_USERS is missing."


def wanted(done: Sequence[Planned]) -> list[tuple[int, int, dict[str, str]]]:
    """The row, the record and the values of each of those who were written, or are known, and say something."""
    return [
        (one.person.row, one.record_id, dict(one.person.account))
        for one in done
        if one.outcome in KEPT and one.person.account
    ]


def chunks(job: BulkJob) -> Iterator[dict[str, Any]]:
    """A chunk for every few of the people of whose accounts the file says something."""
    written = job.chunks.filter(phase="write").order_by("number")
    for begins, row, people in written.values_list("spec__start", "spec__row", "spec__account_data").iterator():
        for start in range(0, len(people or ()), _SET_AT_ONCE):
            yield {"start": begins, "row": row, "people": people[start : start + _SET_AT_ONCE]}


def set_values(job: BulkJob, chunk: BulkChunk) -> Counter[str]:
    """Have Saleor set what the rows of a chunk say of accounts, and what these do not have already."""
    said = {record_id: (row, values) for row, record_id, values in chunk.spec["people"]}
    lock_rows(list(said))
    context = account_services.context_of(job.actor)
    refused: dict[int, tuple[int, list[CustomerPlusError]]] = {}
    counted: Counter[str] = Counter()
    for record in CustomerRecord.objects.filter(pk__in=said).order_by("pk"):
        row, values = said[record.pk]
        try:
            with transaction.atomic():
                counted["accounts_changed"] += _set(job, record, values, context)
        except host.PermissionDenied:
            counted["accounts_refused"] += 1
        except CustomerPlusError as error:
            refused[row] = record.pk, [error]
        except SeveralErrors as several:
            refused[row] = record.pk, several.errors
    if counted["accounts_refused"]:
        report_not_allowed(job, f"{_NOT_ALLOWED} {counted['accounts_refused']:,} accounts were left as they are.")
    report_refused(job, chunk, refused, what="Account not changed")
    counted["accounts_refused"] += len(refused)
    return +counted


def _set(job: BulkJob, record: CustomerRecord, values: Mapping[str, str], context: Any) -> bool:
    account = account_of(record)
    if account is None:
        raise CustomerPlusError("The person has no account.", code=ErrorCode.NOT_FOUND)
    if context is None:
        raise host.PermissionDenied(permissions=[host.AccountPermissions.MANAGE_USERS])
    changes = _changes(account, values, fills_only=options_of(job).fill_blanks)
    return change_account(record, account, changes, context=context, actor=job.actor, cause=job.cause)


def _changes(account: Any, values: Mapping[str, str], *, fills_only: bool) -> AccountChanges:
    """What the cells of a row mean. With `fills_only`, what the account has already stays."""
    slug = values.get(CUSTOMER_TYPE)
    type_id = None if slug is None or (fills_only and type_id_of(account)) else _type_id(slug)
    key = (account.pk, type_id or type_id_of(account))
    texts = _named(values, ACCOUNT_ATTRIBUTE)
    if texts:
        check_attributes()
    several, filled = set[str](), set[str]()
    for one in attributes([key])[key] if texts else ():
        if one.input_type == host.AttributeInputType.MULTISELECT:
            several.add(one.slug)
        if one.values:
            filled.add(one.slug)
    kept = filled if fills_only else set[str]()
    return AccountChanges(
        type_id,
        {
            slug: [part.strip() for part in text.split(",") if part.strip()] if slug in several else [text]
            for slug, text in texts.items()
            if slug not in kept
        },
        _entries(account, values, METADATA, fills_only=fills_only),
        _entries(account, values, PRIVATE_METADATA, fills_only=fills_only),
    )


def _type_id(slug: str) -> int:
    """The key of the customer type with this slug or, if there is only one, this name."""
    model = check_customer_types()
    found = dict(model.objects.filter(slug=slug).values_list("slug", "pk"))
    if not found:
        named = list(model.objects.filter(name__iexact=slug).values_list("pk", flat=True)[:2])
        found = {slug: named[0]} if len(named) == 1 else {}
    if not found:
        raise CustomerPlusError("No customer type has this slug. Create it in Saleor.", code=ErrorCode.NOT_FOUND)
    return int(next(iter(found.values())))


def _entries(account: Any, values: Mapping[str, str], prefix: str, *, fills_only: bool) -> dict[str, str | None]:
    known = metadata_of(account, is_private=prefix == PRIVATE_METADATA) if fills_only else {}
    return {key: value for key, value in _named(values, prefix).items() if not known.get(key)}


def _named(values: Mapping[str, str], prefix: str) -> dict[str, str]:
    return {key.removeprefix(prefix): value for key, value in values.items() if key.startswith(prefix)}
