"""Changes of fields that have too many values for one transaction: prepared beside the field, then put in its place.

The new definition is archived until it is complete, and nobody sees it (`FieldDefinition.prepared_for`). Its values are
made part by part while the field stays in use. `take_place` catches up with what was written meanwhile, and exchanges
the two. So a change that is canceled, or whose worker dies, has changed nothing. Call everything here in a transaction.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from ..activity.services import Actor
from ..core import sql
from ..errors import CustomerPlusError, ErrorCode
from ..records.locks import hold_records
from . import conversion, definitions
from .models import FieldDefinition, FieldValue
from .queries import live
from .values import BLANK, shown

# Values that cannot be kept, of which a part tells some.
MAX_EXAMPLES = 10

# A row of a prepared value is out of date unless the field's row of that record has the same source, time and lock.
_SAME = """
    o.definition_id = {old} AND o.record_id = n.record_id AND o.updated_at = n.updated_at
    AND o.is_locked = n.is_locked AND o.source = n.source AND o.origin = n.origin
"""


@dataclass(frozen=True, slots=True)
class Prepared:
    """What a part of the values became: how many there are, and those that the new definition can have."""

    values: int
    kept: int
    examples: tuple[str, ...]


def begin(definition_id: int, raw: Mapping[str, Any], *, job_id: int) -> FieldDefinition:
    """Make the definition that is to take the place of this one. Raises all that is wrong with the change."""
    definition = definitions.get_locked(definition_id)
    new = conversion.successor(definition, definitions.clean_update(definition, raw))
    new.archived_at, new.prepared_for = timezone.now(), job_id
    # The version of the field that is to be changed: see `take_place`.
    new.modified_at = definition.modified_at
    new.save()
    return new


def parts(definition_id: int, size: int) -> list[tuple[int, int]]:
    """Ranges of records, each with about `size` values of the field: above the first id, up to the second."""
    query = sql.fill(
        """
        SELECT record_id FROM (
            SELECT record_id, row_number() OVER (ORDER BY record_id DESC) - 1 AS number
            FROM {values} WHERE definition_id = {id}
        ) AS numbered
        WHERE mod(number, {size}) = 0 ORDER BY record_id
        """,
        values=sql.table(FieldValue),
        id=definition_id,
        size=size,
    )
    bounds = [int(row.record_id) for row in sql.rows(query)]
    return list(zip([0, *bounds], bounds, strict=False))


def prepare(old: FieldDefinition, new: FieldDefinition, lower: int, upper: int) -> Prepared:
    """Convert the values of the records above `lower`, up to `upper`."""
    return _prepare(_between(old, lower, upper), old, new)


def _between(definition: FieldDefinition, lower: int, upper: int) -> list[FieldValue]:
    rows = FieldValue.objects.filter(definition=definition, record_id__gt=lower, record_id__lte=upper)
    return list(rows.order_by("record_id"))


def _prepare(rows: Sequence[FieldValue], old: FieldDefinition, new: FieldDefinition) -> Prepared:
    pairs = [(row, BLANK if row.value is None else conversion.convert(old, new, row.value)) for row in rows]
    conversion.check_unique(pairs, new)
    conversion.write(pairs, new)
    values = [(row, value) for row, value in pairs if row.value is not None]
    lost = [shown(old, row.value) for row, value in values if value is BLANK]
    return Prepared(len(values), len(values) - len(lost), tuple(dict.fromkeys(lost))[:MAX_EXAMPLES])


def catch_up(old: FieldDefinition, new: FieldDefinition, most: int) -> bool:
    """Prepare values that were written since again, at most so many. Return whether all are done.

    What is out of date goes first, so that a unique value that moved from one record to another is in no one's way.
    """
    sql.run(
        sql.fill(
            "DELETE FROM {values} n WHERE n.definition_id = {new} AND NOT EXISTS (SELECT FROM {values} o WHERE {same})",
            values=sql.table(FieldValue),
            new=new.pk,
            same=sql.fill(_SAME, old=old.pk),
        )
    )
    query = sql.fill(
        """
        SELECT o.* FROM {values} o WHERE o.definition_id = {old} AND NOT EXISTS (
            SELECT FROM {values} n WHERE n.definition_id = {new} AND n.record_id = o.record_id
        )
        ORDER BY o.record_id LIMIT {most}
        """,
        values=sql.table(FieldValue),
        old=old.pk,
        new=new.pk,
        most=most,
    )
    rows = list(FieldValue.objects.raw(query.text, query.params))
    _prepare(rows, old, new)
    return len(rows) < most


def take_place(old_id: int, new: FieldDefinition, most: int) -> bool:
    """Put the prepared definition in the place of the field, which is archived. Return whether that is done.

    False if more than `most` values were written since: those are prepared, and it is to be called again.
    """
    known = FieldDefinition.objects.filter(pk=old_id).first()
    if known is not None and not catch_up(known, new, most):
        return False
    try:
        old = definitions.get_locked(old_id)  # whoever writes values of it is done
    except CustomerPlusError:
        raise _stale() from None
    others = [one for one in live() if one.pk != old.pk]
    if old.modified_at != new.modified_at or any(one.label_key == new.label_key for one in others):
        raise _stale()
    if not catch_up(old, new, most):
        return False
    old.archived_at = timezone.now()
    old.save()
    new.archived_at, new.prepared_for, new.position, new.modified_at = None, None, old.position, timezone.now()
    new.save()
    return True


def _stale() -> CustomerPlusError:
    return CustomerPlusError(
        "The field was changed or deleted meanwhile. Begin this change anew.", code=ErrorCode.STALE, field="id"
    )


def log(old: FieldDefinition, new: FieldDefinition, lower: int, upper: int, actor: Actor) -> int:
    """Log what the change did to these records, as it was when the definitions were exchanged. Return how many."""
    rows = _between(old, lower, upper)
    hold_records([row.record_id for row in rows])
    changes = [
        (row.record_id, row.value, None if row.value is None else conversion.convert(old, new, row.value).json)
        for row in rows
    ]
    return conversion.log(changes, new.key, actor)


def log_restored(replaced: FieldDefinition, restored: FieldDefinition, lower: int, upper: int, actor: Actor) -> int:
    """The same of a restored definition, without the values that somebody changed since, which are logged as theirs."""
    rows = _between(replaced, lower, upper)
    hold_records([row.record_id for row in rows])
    now = {row.record_id: row for row in _between(restored, lower, upper)}
    since = replaced.archived_at
    assert since is not None
    changes: list[tuple[int, Any, Any]] = []
    for row in rows:
        found = now.get(row.record_id)
        if found is None or found.updated_at <= since:
            changes.append((row.record_id, row.value, found and found.value))
    return conversion.log(changes, restored.key, actor)


def prepare_again(record_ids: Collection[int]) -> None:
    """Let jobs look again at the values of these records, which others took over without setting them anew."""
    prepared = FieldDefinition.objects.filter(prepared_for__isnull=False).values("pk")
    FieldValue.objects.filter(sql.is_any("record_id", record_ids), definition__in=prepared).delete()


def drop(job_id: int) -> None:
    """Delete what was prepared for a job and did not take its place."""
    for definition in FieldDefinition.objects.filter(prepared_for=job_id):
        delete_values([definition.pk])
        definition.delete()


def delete_values(definition_ids: Sequence[int], size: int = 20_000) -> None:
    """Delete the values of archived definitions, some at a time."""
    query = sql.fill(
        """
        DELETE FROM {values} WHERE id IN (SELECT id FROM {values} WHERE definition_id = ANY({ids}) LIMIT {size})
        """,
        values=sql.table(FieldValue),
        ids=list(definition_ids),
        size=size,
    )
    while sql.run(query) == size:
        pass
