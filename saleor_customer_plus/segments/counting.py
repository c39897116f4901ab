"""How many records are in each segment, as lists show it: counted when the condition changes, and once a day."""

from __future__ import annotations

import logging
import time
from datetime import timedelta

from django.db import DatabaseError
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from .. import settings
from ..core import sql
from ..errors import CustomerPlusError
from ..records.models import CustomerRecord
from . import definitions
from .models import Segment, SegmentMembership

logger = logging.getLogger(__name__)

# How old a count may be.
OLDEST = timedelta(days=1)
# Seconds that one count may take.
LIMIT = 30


def recount(*, seconds: float) -> bool:
    """Count segments whose count is old, for so long. Return False if there is more to do."""
    _chosen, is_active = settings.load()
    if not is_active:
        return True
    deadline = time.monotonic() + seconds
    while True:
        old = Segment.objects.filter(Q(counted_at=None) | Q(counted_at__lt=timezone.now() - OLDEST))
        segment_id = old.order_by("counted_at", "pk").values_list("pk", flat=True).first()
        if segment_id is None:
            return True
        count(segment_id)
        if time.monotonic() >= deadline:
            return False


def count(segment_id: int) -> None:
    """Count the members of a segment, and note when. If that cannot be done, there is no number, and the time."""
    segment = Segment.objects.filter(pk=segment_id).first()
    if segment is None:
        return
    number, broken = None, ""
    try:
        with sql.counting(), sql.limited(LIMIT):
            number = _number(segment)
    except CustomerPlusError as error:
        broken = error.message
    except DatabaseError as error:
        # Not raised: the count of tomorrow may succeed, and the others are to be counted today.
        logger.warning("Could not count the members of segment %s: %s.", segment_id, type(error).__name__)
        broken = segment.broken_because
    # Not if somebody gave it another condition meanwhile.
    counted = Segment.objects.filter(pk=segment_id, query=segment.query)
    counted.update(member_count=number, counted_at=timezone.now())
    # Of those that are followed, `following` says so: members that are kept can be counted in any case.
    counted.filter(is_followed=False).update(broken_because=broken)


def _number(segment: Segment) -> int:
    """Of active records, as lists show them."""
    inactive = CustomerRecord.objects.filter(pk=OuterRef("pk"), is_active=False)
    records = CustomerRecord.objects.filter(~Exists(inactive))  # as in `customers.queries`
    condition = definitions.condition_of(segment, definitions.context())
    if segment.is_followed and segment.complete_since is not None:
        return records.filter(pk__in=SegmentMembership.objects.filter(segment=segment).values("record")).count()
    return records.filter(condition).count()
