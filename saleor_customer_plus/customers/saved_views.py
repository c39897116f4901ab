"""Lists as a saved view has them: the view says which records there are, and what else is asked for narrows them."""

from __future__ import annotations

from dataclasses import replace

from ..conditions.parsing import parse
from ..conditions.printing import text_of_tree
from ..conditions.tree import And, Comparison, Node, Not, Or
from ..fields.models import FieldType
from ..fields.queries import live_by_key
from ..segments.models import SavedView
from .filters import RecordFilter
from .orderings import COLUMNS_OF_FIELDS, Sort, SortField
from .queries import RecordList


def shown_by(view: SavedView, wanted: RecordList) -> RecordList:
    """The records of the view that are also wanted otherwise, in its order unless another one is wanted.

    Of the searches, all words must match.
    """
    return replace(
        wanted,
        filter=_narrowed(view, wanted.filter),
        search=" ".join(filter(None, (view.search, wanted.search))),
        sort=wanted.sort or sort_of(view),
    )


def _narrowed(view: SavedView, wanted: RecordFilter) -> RecordFilter:
    segments = tuple(wanted.segments or ())
    if view.segment_id is not None:
        segments = (view.segment_id, *segments)
    queries = [query for query in (view.query, wanted.query) if query]
    query = text_of_tree(And(tuple(map(parse, queries)))) if len(queries) > 1 else next(iter(queries), None)
    narrowed = replace(wanted, segments=segments or None, query=query)
    # A view that says itself whether records are active is not about active ones alone.
    is_explicit = view.query and "is_active" in _fields_in(parse(view.query))
    return replace(narrowed, is_active=None) if is_explicit and wanted.is_active else narrowed


def _fields_in(node: Node) -> set[str]:
    match node:
        case And(parts) | Or(parts):
            return {name for part in parts for name in _fields_in(part)}
        case Not(part):
            return _fields_in(part)
        case Comparison():
            return {node.field}
    return set()


def sort_of(view: SavedView) -> Sort | None:
    """The order of a view, if it has one. If its field was deleted, or cannot be sorted any more, it has none."""
    if not view.sort_field:
        return None
    field = SortField(view.sort_field)
    if field is not SortField.FIELD:
        return Sort(field, view.sort_descending, view.sort_currency)
    own = live_by_key().get(view.sort_field_key)
    if own is None or own.type not in COLUMNS_OF_FIELDS or (own.type == FieldType.MONEY and not view.sort_currency):
        return None
    return Sort(field, view.sort_descending, view.sort_currency if own.type == FieldType.MONEY else "", own)
