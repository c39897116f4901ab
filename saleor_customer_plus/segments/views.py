"""Saved views: lists as somebody wants to see them again. Call what writes in a transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from ..activity.models import ActorType
from ..activity.services import Actor
from ..conditions.tree import Node
from ..core import sql
from ..core.paging import Key, Ordering
from ..core.paging import Segment as Part
from ..errors import CustomerPlusError, ErrorCode, Problems
from ..records.labels import clean_name, fold
from ..saleor_adapter import staff
from . import definitions
from .models import SavedView, Segment

# Of one owner.
MAX_VIEWS = 200


@dataclass(frozen=True, slots=True)
class Contents:
    """What a view shows. The sort is one of the list's own, by its name there; blank for the list's usual order."""

    segment_id: int | None = None
    tree: Node | None = None
    search: str = ""
    columns: Sequence[str] = ()
    sort_field: str = ""
    sort_descending: bool = False
    sort_currency: str = ""
    sort_field_key: str = ""


def create(*, name: str, contents: Contents, is_shared: bool, owner: Actor) -> SavedView:
    """Save a view. Its owner may have no other of this name, in any case."""
    view = SavedView(owner_type=owner.type, owner_id=owner.id, is_shared=is_shared)
    problems = Problems()
    with problems.noted():
        _name(view, name)
        if SavedView.objects.filter(owner_type=owner.type, owner_id=owner.id).count() >= MAX_VIEWS:
            raise CustomerPlusError(
                f"You may have at most {MAX_VIEWS} views. Delete some.", code=ErrorCode.LIMIT_REACHED, field="name"
            )
    with problems.noted():
        _fill(view, contents)
    problems.raise_any()
    view.save()
    return view


def update(
    view_id: int,
    *,
    name: str | None = None,
    contents: Contents | None = None,
    is_shared: bool | None = None,
    actor: Actor,
) -> SavedView:
    """Change a view. What is None stays; contents are replaced as a whole."""
    view = _own(view_id, actor)
    problems = Problems()
    with problems.noted():
        if name is not None:
            _name(view, name)
    with problems.noted():
        if contents is not None:
            _fill(view, contents)
    problems.raise_any()
    if is_shared is not None:
        view.is_shared = is_shared
    view.modified_at = timezone.now()
    view.save()
    return view


def delete(view_id: int, *, actor: Actor) -> SavedView:
    """Delete a view. Return it as it was."""
    view = _own(view_id, actor)
    view.delete()
    view.pk = view_id
    return view


def find(view_id: int, *, actor: Actor, field: str = "id") -> SavedView:
    """A view that this one may use: an own or a shared one. To everybody else there is none.

    `field` names the input that the id came from.
    """
    view = _usable(actor).filter(pk=view_id).first()
    if view is None:
        raise CustomerPlusError("No view has this id.", code=ErrorCode.NOT_FOUND, field=field)
    return view


def usable(actor: Actor, *, search: str = "") -> QuerySet[SavedView]:
    """The views that this one may use, whose names have a text in them."""
    return _usable(actor).filter(key__contains=fold(" ".join(search.split())))


def by_name(views: QuerySet[SavedView]) -> Ordering[SavedView]:
    return Ordering("NAME", [Part(views, (_KEY, _ID))])


def _usable(actor: Actor) -> QuerySet[SavedView]:
    return SavedView.objects.filter(Q(is_shared=True) | Q(owner_type=actor.type, owner_id=actor.id))


def _own(view_id: int, actor: Actor) -> SavedView:
    """The view, to be changed by its owner or, should that be staff who left, by anybody who may use it."""
    view = _usable(actor).select_for_update().filter(pk=view_id).first()
    if view is None:
        raise CustomerPlusError("No view has this id.", code=ErrorCode.NOT_FOUND, field="id")
    if view.owner != actor and not _has_left(view.owner):
        raise CustomerPlusError(
            "This view belongs to somebody else. Save a copy of your own.", code=ErrorCode.OUT_OF_SCOPE, field="id"
        )
    return view


def _has_left(owner: Actor) -> bool:
    return owner.type == ActorType.STAFF and not staff.find([int(owner.id)])


def _name(view: SavedView, name: str) -> None:
    name = clean_name(name)
    owned = SavedView.objects.filter(owner_type=view.owner_type, owner_id=view.owner_id)
    # One at a time, so that the same name is not given twice at a moment.
    lock = f"{SavedView._meta.label} {view.owner_type} {view.owner_id}"
    sql.rows(sql.fill("SELECT pg_advisory_xact_lock(hashtextextended({lock}, 0))", lock=lock))
    taken = owned.filter(key=fold(name)).exclude(pk=view.pk).values_list("pk", flat=True).first()
    if taken is not None:
        raise CustomerPlusError(
            "Another view of yours has this name.", code=ErrorCode.UNIQUE, field="name", id=str(taken)
        )
    view.name, view.key = name, fold(name)


def _fill(view: SavedView, contents: Contents) -> None:
    if contents.segment_id is not None and not Segment.objects.filter(pk=contents.segment_id).exists():
        raise CustomerPlusError("No segment has this id.", code=ErrorCode.NOT_FOUND, field="segment_id")
    view.segment_id = contents.segment_id
    view.query = "" if contents.tree is None else definitions.checked(contents.tree)
    view.search, view.columns = contents.search, list(contents.columns)
    view.sort_field, view.sort_descending = contents.sort_field, contents.sort_descending
    view.sort_currency, view.sort_field_key = contents.sort_currency, contents.sort_field_key


_field: Any = SavedView._meta.get_field
_KEY, _ID = Key("key", _field("key")), Key("id", _field("id"))
