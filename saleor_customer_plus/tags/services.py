"""The one writer of tags, and of which records have them. Call everything here in a transaction."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from functools import partial
from typing import NamedTuple

from ..activity.models import ActivityType
from ..activity.services import Actor, Cause
from ..errors import CustomerPlusError, ErrorCode, Problems
from ..records.labels import Labels, Pair, clean_name, fold
from .models import Tag, TagAssignment

TAGS = Labels(Tag, TagAssignment, "tag", ActivityType.TAG_ADDED, ActivityType.TAG_REMOVED, ActivityType.TAG_RENAMED)


def ensure(names: Iterable[str], *, limit: int) -> dict[str, int]:
    """The tags of these names, made where there are none yet, by the folded name (`records.labels.fold`).

    Raises an error for a name that cannot be one, and LIMIT_REACHED if there would be more than `limit` tags (0 is no
    limit): then none is made.
    """
    wanted: dict[str, str] = {}
    for name in map(partial(clean_name, field="names"), names):
        wanted.setdefault(fold(name), name)
    ids = TAGS.ids_by_key(wanted)
    if len(ids) < len(wanted):
        TAGS.lock_names()
        ids = TAGS.ids_by_key(wanted)  # somebody else may have made some before we were alone
        missing = [Tag(name=name, key=key) for key, name in wanted.items() if key not in ids]
        _check_limit(len(missing), limit, field="names")
        ids |= {tag.key: tag.pk for tag in Tag.objects.bulk_create(missing)}
    return ids


def check_room(names: Iterable[str], *, limit: int) -> None:
    """Raise what `ensure` would raise. Nothing is written."""
    wanted = {fold(name) for name in map(partial(clean_name, field="names"), names)}
    _check_limit(len(wanted - TAGS.ids_by_key(wanted).keys()), limit, field="names")


def check_known(tag_ids: Collection[int], *, field: str = "tag_ids") -> None:
    """Raise NOT_FOUND unless there are all of these tags. `field` names the input that they came from."""
    TAGS.check_known(tag_ids, field=field)


def _check_limit(more: int, limit: int, *, field: str) -> None:
    if limit and more and Tag.objects.count() + more > limit:
        raise CustomerPlusError(
            f"There may be at most {limit} different tags. Delete or merge some, or raise the limit in the settings.",
            code=ErrorCode.LIMIT_REACHED,
            field=field,
        )


def create(*, name: str, color: str = "", limit: int) -> Tag:
    """Make a tag. Its name must not be taken, in any case."""
    problems = Problems()
    with problems.noted():
        name = clean_name(name)
        TAGS.lock_names()
        TAGS.refuse_if_taken(name)
        _check_limit(1, limit, field="name")
    with problems.noted():
        color = clean_color(color)
    problems.raise_any()
    return Tag.objects.create(name=name, key=fold(name), color=color)


class Merged(NamedTuple):
    """The tag that stayed, and those that were deleted, by name."""

    tag: Tag
    deleted: list[Tag]


def update(tag_id: int, *, name: str | None = None, color: str | None = None, actor: Actor) -> Tag:
    """Rename a tag everywhere, or give it another color. What is None stays."""
    problems = Problems()
    with problems.noted():
        name = None if name is None else clean_name(name)
        if name is not None:
            TAGS.lock_names()
            TAGS.refuse_if_taken(name, but=tag_id)
    with problems.noted():
        color = None if color is None else clean_color(color)
    with problems.noted():
        tag = TAGS.get_locked(tag_id)
    problems.raise_any()
    if color is not None:
        tag.color = color
    if name is not None and name != tag.name:
        TAGS.log_renaming(tag, tag.name, name, actor=actor)
        tag.name, tag.key = name, fold(name)
    tag.save()
    return tag


def merge(source_ids: Collection[int], target_id: int, *, actor: Actor) -> Merged:
    """Give the target to everybody who has one of the sources, and delete those."""
    if target_id in source_ids:
        raise CustomerPlusError("A tag cannot be merged into itself.", field="source_ids")
    locked = {
        tag.pk: tag for tag in Tag.objects.select_for_update().filter(pk__in=[*source_ids, target_id]).order_by("pk")
    }
    problems = Problems()
    for field, ids in (("target_id", {target_id}), ("source_ids", set(source_ids))):
        with problems.noted():
            if not ids <= set(locked):
                raise CustomerPlusError("No tag has this id.", code=ErrorCode.NOT_FOUND, field=field)
    problems.raise_any()
    target = locked.pop(target_id)
    TAGS.give_to_all(target, target.name, of=locked, actor=actor)
    _delete(locked, actor)
    return Merged(target, sorted(locked.values(), key=lambda tag: tag.key))


def delete(tag_id: int, *, actor: Actor) -> Tag:
    """Delete a tag everywhere. Return it as it was."""
    tag = TAGS.get_locked(tag_id)
    _delete([tag.pk], actor)
    return tag


def _delete(tag_ids: Collection[int], actor: Actor) -> None:
    TAGS.take_from_all(tag_ids, actor=actor)
    TAGS.delete_unused(tag_ids)


def assign(pairs: Iterable[Pair], *, actor: Actor, cause: Cause | None = None) -> set[int]:
    """Give tags to records, as pairs of a record's and a tag's key. Return which records changed."""
    return TAGS.give(pairs, actor=actor, cause=cause)


def unassign(pairs: Iterable[Pair], *, actor: Actor, cause: Cause | None = None) -> set[int]:
    """Take tags from records, as pairs of a record's and a tag's key. Return which records changed."""
    return TAGS.take(pairs, actor=actor, cause=cause)


def clean_color(text: str) -> str:
    """A color as it is kept, `#rrggbb` in lower case, or blank for none."""
    color = text.strip().lower()
    if color and not re.fullmatch("#[0-9a-f]{6}", color):
        raise CustomerPlusError("Enter a color such as #d4a017.", field="color")
    return color
