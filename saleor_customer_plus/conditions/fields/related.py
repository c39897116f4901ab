"""Fields about rows of other tables that belong to a record: tags, say."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import Any

from django.db.models import Exists, Model, OuterRef, Q, QuerySet

from ..context import Context
from ..predicates import NOBODY, Missing, OneOf, Predicate
from ..registry import Condition, Read


def rows_of(model: type[Model]) -> QuerySet[Any]:
    """The rows of a record, which is `OuterRef("pk")`."""
    return model._default_manager.filter(record=OuterRef("pk")).order_by()


def has(rows: QuerySet[Any], **lookups: Any) -> Q:
    """Whether there is such a row."""
    return Q(Exists(rows.filter(**lookups)))


def of_links(link: type[Model], column: str) -> Condition:
    """A set of rows by a table of links, as their keys. The key 0 stands for none at all."""

    def condition(predicate: Predicate, context: Context) -> Q:
        rows = rows_of(link)
        if isinstance(predicate, Missing):
            return ~has(rows)
        keys = predicate.values if isinstance(predicate, OneOf) else ()
        some = [key for key in keys if key]
        condition = has(rows, **{f"{column}__in": some}) if some else NOBODY
        return condition | ~has(rows) if 0 in keys else condition

    return condition


def reads_each(link: type[Model], column: str, *, order: str = "", otherwise: Any = None) -> Read:
    """Read a column of all rows of each record. `otherwise` is read where there is none."""

    def read(record_ids: Collection[int], predicate: Predicate, context: Context) -> Mapping[int, Any]:
        found: dict[int, list[Any]] = defaultdict(list)
        rows = link._default_manager.filter(record__in=record_ids).order_by(order or column)
        for record_id, value in rows.values_list("record", column):
            found[record_id].append(value)
        nothing = otherwise() if otherwise is not None else None
        return {record_id: found.get(record_id, nothing) for record_id in record_ids}

    return read
