"""The one writer of groups, and of who is in them. Call everything here in a transaction.

After the commit, Saleor is notified of everybody whose groups change or are renamed: see `groups.consequences`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from ..activity.models import ActivityType
from ..activity.services import SYNC, Actor, Cause
from ..errors import CustomerPlusError, ErrorCode, Problems
from ..records.labels import Labels, Pair, clean_name, clean_text, fold
from ..records.locks import hold_records
from . import mirror
from .consequences import memberships_changed
from .models import Group, GroupMembership

DEFAULT_NAME = "General"

MAX_DESCRIPTION_LENGTH = 2000
MAX_CODE_LENGTH = 255  # of Saleor's vouchers

GROUPS = Labels(
    Group,
    GroupMembership,
    "group",
    ActivityType.GROUP_JOINED,
    ActivityType.GROUP_LEFT,
    ActivityType.GROUP_RENAMED,
)


def default_group() -> Group:
    """The group of whoever is in no other. Made when it is first asked for."""
    found = Group.objects.filter(is_default=True).first()
    if found is None:
        GROUPS.lock_names()
        defaults = {"name": DEFAULT_NAME, "key": fold(DEFAULT_NAME)}
        found, _ = Group.objects.get_or_create(is_default=True, defaults=defaults)
    return found


def create(*, name: str, description: str = "", voucher_code: str = "") -> Group:
    """Make a group. Its name must not be taken, in any case, nor be the default group's."""
    problems = Problems()
    with problems.noted():
        name = clean_name(name)
        default_group()
        GROUPS.lock_names()
        GROUPS.refuse_if_taken(name)
    with problems.noted():
        description = _description(description)
    with problems.noted():
        voucher_code = _voucher_code(voucher_code)
    problems.raise_any()
    return Group.objects.create(name=name, key=fold(name), description=description, voucher_code=voucher_code)


def update(
    group_id: int,
    *,
    name: str | None = None,
    description: str | None = None,
    voucher_code: str | None = None,
    actor: Actor,
) -> Group:
    """Change a group. What is None stays."""
    problems = Problems()
    with problems.noted():
        name = None if name is None else clean_name(name)
        if name is not None:
            GROUPS.lock_names()
            GROUPS.refuse_if_taken(name, but=group_id)
    with problems.noted():
        description = None if description is None else _description(description)
    with problems.noted():
        voucher_code = None if voucher_code is None else _voucher_code(voucher_code)
    with problems.noted():
        group = GROUPS.get_locked(group_id)
    problems.raise_any()
    if description is not None:
        group.description = description
    if voucher_code is not None:
        group.voucher_code = voucher_code
    if name is not None and name != group.name:
        GROUPS.log_renaming(group, group.name, name, actor=actor)
        group.name, group.key = name, fold(name)
        memberships_changed(mirror.members_with_account(group.pk))
    group.save()
    return group


def delete(group_id: int, *, actor: Actor) -> Group:
    """Delete a group, which all its members leave."""
    group = GROUPS.get_locked(group_id)
    if group.is_default:
        raise CustomerPlusError("The default group cannot be deleted. It can be renamed.", field="id")
    refuse_kept([group.pk], field="id")
    memberships_changed(mirror.members_with_account(group.pk))
    GROUPS.take_from_all([group.pk], actor=actor)
    group.delete()
    group.pk = group_id
    return group


def check_known(group_ids: Collection[int]) -> None:
    """Raise NOT_FOUND unless there are all of these groups, and DISABLED if a segment keeps one of them."""
    GROUPS.check_known(group_ids, field="group_ids")
    refuse_kept(group_ids, field="group_ids")


def refuse_kept(group_ids: Collection[int], *, field: str) -> None:
    """Raise DISABLED if a segment keeps the members of one of these groups."""
    name = Group.objects.filter(pk__in=group_ids, is_kept=True).values_list("name", flat=True).first()
    if name is not None:
        raise CustomerPlusError(
            f"A segment keeps the members of the group {name}. Detach the group from the segment to change them.",
            code=ErrorCode.DISABLED,
            field=field,
        )


def keep(group_id: int) -> None:
    """Leave the members of a group to a segment: nobody joins or leaves by hand any more. `field` is `group_id`."""
    group = GROUPS.get_locked(group_id, field="group_id")
    if group.is_default:
        raise CustomerPlusError(
            "Everybody who is in no other group is in the default group. Choose another one.", field="group_id"
        )
    refuse_kept([group_id], field="group_id")
    group.is_kept = True
    group.save(update_fields=["is_kept"])


def release(group_id: int) -> None:
    """Let the members of a group change by hand again. They stay as they are."""
    Group.objects.filter(pk=group_id).update(is_kept=False)


def set_members(group_id: int, *, joining: Collection[int], leaving: Collection[int], cause: Cause) -> set[int]:
    """Let these records join and leave a group that a segment keeps, whichever other groups they are in. Return which
    records changed.
    """
    changed = GROUPS.take([(record_id, group_id) for record_id in leaving], actor=SYNC, cause=cause)
    changed |= GROUPS.give([(record_id, group_id) for record_id in joining], actor=SYNC, cause=cause)
    memberships_changed(changed)
    return changed


def join(pairs: Iterable[Pair], *, actor: Actor, cause: Cause | None = None, several: bool) -> set[int]:
    """Let people into groups, as pairs of a record's and a group's key. Return which records changed.

    Who joins the default group leaves all others. Unless people may be in several groups, who joins one leaves the
    others, and who would join more than one joins the last of them. Groups that a segment keeps stay as they are.
    """
    kept = kept_groups()
    wanted = [pair for pair in pairs if pair[1] not in kept]
    if not wanted:
        return set()
    default_id = default_group().pk
    leaving = {record_id for record_id, group_id in wanted if group_id == default_id or not several}
    if not several:
        wanted = list(dict(wanted).items())
    if leaving:
        hold_records(leaving)  # two who let one person in at once must not leave them in two groups
    joining = [pair for pair in wanted if pair[1] != default_id]
    staying = GroupMembership.objects.filter(group__in=kept, record__in=leaving).values_list("record_id", "group_id")
    left = GROUPS.take_others(leaving, [*joining, *(staying if kept else ())], actor=actor, cause=cause)
    changed = left | GROUPS.give(joining, actor=actor, cause=cause)
    memberships_changed(changed)
    return changed


def leave(pairs: Iterable[Pair], *, actor: Actor, cause: Cause | None = None) -> set[int]:
    """Let people out of groups, as pairs of a record's and a group's key. Return which records changed.

    Nobody can leave the default group but by joining another. Groups that a segment keeps stay as they are.
    """
    kept = kept_groups()
    changed = GROUPS.take([pair for pair in pairs if pair[1] not in kept], actor=actor, cause=cause)
    memberships_changed(changed)
    return changed


def kept_groups() -> set[int]:
    """The groups whose members segments keep."""
    return set(Group.objects.filter(is_kept=True).values_list("pk", flat=True))


def _description(text: str) -> str:
    return clean_text(text, field="description", longest=MAX_DESCRIPTION_LENGTH, lines=True)


def _voucher_code(text: str) -> str:
    return clean_text(text, field="voucher_code", longest=MAX_CODE_LENGTH)
