"""What segments say of tags and other rows that are renamed or deleted."""

from __future__ import annotations

import pytest
from django.utils import timezone

from saleor_customer_plus.activity.models import ActorType
from saleor_customer_plus.activity.services import Actor
from saleor_customer_plus.conditions.parsing import parse
from saleor_customer_plus.segments import definitions, following
from saleor_customer_plus.segments.models import SegmentMembership
from saleor_customer_plus.tags import services as tags
from tests.factories import make_record, make_segment, make_tag

pytestmark = pytest.mark.django_db

STAFF = Actor(ActorType.STAFF, "1")


def test_a_tag_that_is_renamed_changes_nothing_and_one_that_is_deleted_breaks_the_segment() -> None:
    person, tag = make_record(), make_tag("vip")
    tags.assign([(person.pk, tag.pk)], actor=STAFF)
    segment = make_segment(definitions.checked(parse("tags CONTAINS 'VIP'")), is_followed=True, due_at=timezone.now())
    assert segment.query == f"tags CONTAINS #{tag.pk}"
    following.sweep(seconds=60)

    tags.update(tag.pk, name="Best", actor=STAFF)
    following.catch_up(seconds=60)
    assert SegmentMembership.objects.count() == 1

    tags.delete(tag.pk, actor=STAFF)
    following.catch_up(seconds=60)
    segment.refresh_from_db()
    assert segment.broken_because == f"There is no tag #{tag.pk}."
    assert SegmentMembership.objects.count() == 1, "it keeps whom it has"
