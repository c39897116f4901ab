"""Options of imports and exports that are kept under a name."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.db.models.functions import Lower
from django.utils import timezone

from ..errors import CustomerPlusError, ErrorCode
from ..jobs.models import BulkProfile, JobKind

MAX_NAME_LENGTH = 255


def save(kind: JobKind, name: str, options: Mapping[str, Any], *, reserved: Collection[str] = ()) -> BulkProfile:
    """Keep options under a name, in the place of those that it stood for. `reserved` are names of ready profiles."""
    name = checked_name(name, reserved=reserved)
    values = {"name": name, "options": dict(options), "modified_at": timezone.now()}
    try:
        with transaction.atomic():
            if _saved(kind, name).update(**values):
                return _saved(kind, name).get()
            return BulkProfile.objects.create(kind=kind, **values)
    except IntegrityError:  # somebody else saved it this moment
        _saved(kind, name).update(**values)
        return _saved(kind, name).get()


def checked_name(name: str, *, reserved: Collection[str] = ()) -> str:
    """The name as it is kept. Raise if it is none, or that of a ready profile."""
    name = " ".join(name.split())
    if not name or len(name) > MAX_NAME_LENGTH:
        raise CustomerPlusError(f"A name has 1 to {MAX_NAME_LENGTH} characters.", field="name")
    if name.lower() in reserved:
        raise CustomerPlusError("A ready profile has this name.", code=ErrorCode.ALREADY_EXISTS, field="name")
    return name


def saved(kind: JobKind) -> list[BulkProfile]:
    """The profiles of a kind of job, by name."""
    return list(BulkProfile.objects.filter(kind=kind).order_by(Lower("name")))


def find(kind: JobKind, name: str) -> BulkProfile:
    profile = _saved(kind, name).first()
    if profile is None:
        raise CustomerPlusError("No profile has this name.", code=ErrorCode.NOT_FOUND, field="profile")
    return profile


def delete(profile_id: int) -> BulkProfile:
    """Delete a saved profile, and return what it was."""
    profile = BulkProfile.objects.filter(pk=profile_id).first()
    if profile is None:
        raise CustomerPlusError("No profile has this id.", code=ErrorCode.NOT_FOUND, field="id")
    BulkProfile.objects.filter(pk=profile_id).delete()
    return profile


def _saved(kind: JobKind, name: str) -> QuerySet[BulkProfile]:
    return BulkProfile.objects.alias(lowered=Lower("name")).filter(kind=kind, lowered=name.strip().lower())
