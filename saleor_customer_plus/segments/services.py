"""The one writer of what staff say of segments. Call everything here in a transaction.

Who is in a followed segment is found by `segments.following`, after the commit.
"""

from __future__ import annotations

from collections.abc import Collection

from django.utils import timezone

from ..activity.services import Actor
from ..conditions.errors import ConditionError, Reason
from ..conditions.tree import Node
from ..core import publishing, sql
from ..errors import CustomerPlusError, ErrorCode, Problems
from ..groups import services as groups
from ..records.labels import clean_name, clean_text, fold
from ..saleor_adapter.staff import Channels
from . import definitions, ready_made, tasks
from .locks import own_segments
from .models import SavedView, Segment, SegmentMembership

MAX_SEGMENTS = 500
# Each costs whatever happens to a record.
MAX_FOLLOWED = 100
MAX_DESCRIPTION_LENGTH = 2000


def create(*, name: str, tree: Node, description: str = "", is_followed: bool = False, actor: Actor) -> Segment:
    """Make a segment. Its name must not be taken, in any case.

    Raises what is wrong with the condition, each error at its place: `conditions.errors`.
    """
    problems, query = Problems(), ""
    with problems.noted():
        name = clean_name(name)
        own_segments()
        _refuse_if_taken(name)
        _check_limit(MAX_SEGMENTS, Segment.objects.filter(ready_made=None).count(), "segments", field="name")
    with problems.noted():
        description = _description(description)
    with problems.noted():
        query = definitions.checked(tree)
    with problems.noted():
        _check_followed(is_followed)
    problems.raise_any()
    segment = Segment(name=name, key=fold(name), description=description, query=query)
    segment.created_by_type, segment.created_by_id = actor.type, actor.id
    _modified(segment, actor)
    if is_followed:
        _begin_following(segment)
    segment.save()
    _count_afterwards(segment)
    return segment


def update(
    segment_id: int,
    *,
    name: str | None = None,
    description: str | None = None,
    tree: Node | None = None,
    is_followed: bool | None = None,
    actor: Actor,
    channels: Channels = None,
) -> Segment:
    """Change a segment. What is None stays. Of a ready-made one only whether it is followed can change.

    With another condition, a followed segment finds its members anew. Who is no longer among them, or now is, neither
    left nor entered: the log has nothing of it. `channels` are those whose orders the actor may see.
    """
    own_segments()
    segment = get_locked(segment_id)
    problems, query = Problems(), segment.query
    if segment.ready_made is not None and not (name is None and description is None and tree is None):
        raise CustomerPlusError("A ready-made segment cannot be edited. Make a copy, and edit that.", field="id")
    with problems.noted():
        if name is not None:
            segment.name = clean_name(name)
            segment.key = fold(segment.name)
            _refuse_if_taken(segment.name, but=segment_id)
    with problems.noted():
        if description is not None:
            segment.description = _description(description)
    with problems.noted():
        if tree is not None:
            query = definitions.checked(tree, of=segment_id)
    with problems.noted():
        _check_followed(bool(is_followed) and not segment.is_followed)
        if is_followed is False:
            _refuse_if_it_keeps(segment, field="is_followed")
    problems.raise_any()
    is_changed = query != segment.query
    if is_changed:
        segment.query, segment.broken_because = query, ""
        segment.member_count = segment.counted_at = None
    if is_followed is False:
        _end_following(segment)
    elif (is_changed and segment.is_followed) or (is_followed and not segment.is_followed):
        _begin_following(segment)
    _modified(segment, actor)
    segment.save()
    if is_changed:
        others = [other.id for other in definitions.referring_to(segment_id, indirectly=True)]
        _check_groups([segment_id, *others], channels)
        _count_afterwards(segment)
        _members_change(others)
    return segment


def delete(segment_id: int) -> Segment:
    """Delete a segment that nothing refers to. Return it as it was."""
    own_segments()
    segment = get_locked(segment_id)
    if segment.ready_made is not None:
        raise CustomerPlusError("A ready-made segment cannot be deleted.", field="id")
    _refuse_if_it_keeps(segment, field="id")
    if others := definitions.referring_to(segment_id):
        raise CustomerPlusError(
            f"{_number(len(others), 'other segment')} with this one in the condition. Change the condition first.",
            code=ErrorCode.DISABLED,
            field="id",
            id=str(others[0].id),
        )
    if views := SavedView.objects.filter(segment=segment_id).count():
        raise CustomerPlusError(
            f"{_number(views, 'saved view')} of this segment. Delete the view, or let it show another one.",
            code=ErrorCode.DISABLED,
            field="id",
        )
    # In one statement each: Django would read the members first, which may be the whole shop.
    for model, column in ((SegmentMembership, "segment_id"), (Segment, "id")):
        sql.run(
            sql.fill(
                "DELETE FROM {table} WHERE {column} = {id}",
                table=sql.table(model),
                column=sql.Sql(column),
                id=segment_id,
            )
        )
    return segment


def _number(number: int, word: str) -> str:
    return f"There is a {word}" if number == 1 else f"There are {number} {word}s"


def keep_group(segment_id: int, group_id: int | None, *, channels: Channels = None) -> Segment:
    """Let a segment keep the members of this group from now on, and follow it; None detaches its group.

    Whoever is in the group and not in the segment leaves it. A group that is detached has the members of today.
    `channels` are those whose orders the caller may see: who is in a group tells of the orders of all.
    """
    own_segments()
    segment = get_locked(segment_id)
    if group_id == segment.group_id:
        return segment
    if group_id is not None:
        groups.keep(group_id)
    if segment.group_id is not None:
        groups.release(segment.group_id)
    segment.group_id = group_id
    if group_id is not None and not segment.is_followed:
        _check_followed(True)
        _begin_following(segment)
    elif group_id is not None:
        segment.due_at, segment.swept_to = timezone.now(), None  # the group is compared by a look at everybody
        publishing.publish(tasks.refresh_segments)
    segment.save()
    if group_id is not None:
        try:
            _check_groups([segment_id], channels)
        except CustomerPlusError as error:
            error.field = "group_id"
            raise
    return segment


def _check_groups(segment_ids: Collection[int], channels: Channels) -> None:
    """Raise what is wrong with the groups that these segments keep, by the conditions that they have by now."""
    keeping = list(Segment.objects.filter(pk__in=segment_ids).exclude(group=None))
    if not keeping:
        return
    if definitions.circular_groups() & {segment.group_id for segment in keeping}:
        raise ConditionError(
            "Who is in a group would depend on who is in it: a segment that asks for a group cannot keep it.",
            reason=Reason.CYCLE,
        )
    if channels is not None and any(definitions.tells_of_orders(segment) for segment in keeping):
        raise CustomerPlusError(
            "A group would tell of the orders of all channels. Only staff with access to all of them can do this.",
            code=ErrorCode.OUT_OF_SCOPE,
        )


def _refuse_if_it_keeps(segment: Segment, *, field: str) -> None:
    if segment.group_id is not None:
        raise CustomerPlusError(
            "The segment keeps the members of a group. Detach the group first.", code=ErrorCode.DISABLED, field=field
        )


def get_locked(segment_id: int) -> Segment:
    """The segment, which nobody else writes until the end of the transaction."""
    found = Segment.objects.select_for_update(no_key=True).filter(pk=segment_id).first()
    if found is None:
        raise CustomerPlusError("No segment has this id.", code=ErrorCode.NOT_FOUND, field="id")
    return found


def _refuse_if_taken(name: str, *, but: int | None = None) -> None:
    ready_made.ensure()
    taken = Segment.objects.filter(key=fold(name)).values_list("pk", flat=True).first()
    if taken not in (None, but):
        raise CustomerPlusError("Another segment has this name.", code=ErrorCode.UNIQUE, field="name", id=str(taken))


def _check_limit(most: int, number: int, what: str, *, field: str) -> None:
    if number >= most:
        raise CustomerPlusError(
            f"There may be at most {most} {what}. Delete some, or change one that is there.",
            code=ErrorCode.LIMIT_REACHED,
            field=field,
        )


def _check_followed(is_new: bool) -> None:
    if is_new:
        number = Segment.objects.filter(is_followed=True).count()
        _check_limit(MAX_FOLLOWED, number, "followed segments", field="is_followed")


def _description(text: str) -> str:
    return clean_text(text, field="description", longest=MAX_DESCRIPTION_LENGTH, lines=True)


def _modified(segment: Segment, actor: Actor) -> None:
    segment.modified_at = timezone.now()
    segment.modified_by_type, segment.modified_by_id = actor.type, actor.id


def _begin_following(segment: Segment) -> None:
    segment.is_followed, segment.due_at = True, timezone.now()
    segment.complete_since, segment.swept_to = None, None
    publishing.publish(tasks.refresh_segments)


def _end_following(segment: Segment) -> None:
    """Its members are forgotten by the next look, part by part: they may be the whole shop."""
    segment.is_followed, segment.complete_since, segment.due_at, segment.swept_to = False, None, None, None


def _members_change(others: Collection[int]) -> None:
    """These segments, which refer to another one, have to look at everybody anew if they are followed."""
    found = Segment.objects.filter(pk__in=others, is_followed=True)
    if found.update(due_at=timezone.now(), swept_to=None, complete_since=None):
        publishing.publish(tasks.refresh_segments)


def _count_afterwards(segment: Segment) -> None:
    publishing.publish(tasks.count_segment, segment.pk)
