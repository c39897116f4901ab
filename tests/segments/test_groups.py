"""Groups whose members a segment keeps."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

import pytest
from django.utils import timezone

from saleor_customer_plus.activity.models import ActivityEntry, ActivityType, ActorType, CauseType
from saleor_customer_plus.activity.services import Actor
from saleor_customer_plus.customers.editing import edit_records
from saleor_customer_plus.errors import CustomerPlusError
from saleor_customer_plus.groups import services as groups
from saleor_customer_plus.groups.models import Group
from saleor_customer_plus.records.editing import Writer
from saleor_customer_plus.records.models import CustomerRecord
from saleor_customer_plus.segments import following, services
from saleor_customer_plus.segments.models import Segment
from tests.client import Api
from tests.factories import make_group, make_record, make_segment

pytestmark = pytest.mark.django_db

STAFF = Actor(ActorType.STAFF, "1")
UPDATE = (
    "mutation ($id: ID!, $input: CustomerSegmentInput!) { customerSegmentUpdate(id: $id, input: $input)"
    " { segment { isFollowed group { name isKept memberCount } } errors { field message code } } }"
)
JOIN = (
    "mutation ($record: ID!, $groups: [ID!]!) {"
    " customerRecordGroupsJoin(recordId: $record, groupIds: $groups) { errors { field code } }"
    " customerRecordGroupsLeave(recordId: $record, groupIds: $groups) { errors { field code } } }"
)


def gid(row: Any) -> str:
    kind = {Segment: "CustomerSegment", Group: "CustomerGroup", CustomerRecord: "CustomerRecord"}[type(row)]
    return b64encode(f"{kind}:{row.pk}".encode()).decode()


def members(group: Group) -> set[str]:
    emails = group.memberships.values_list("record__email", flat=True)
    return {email.partition("@")[0] for email in emails}


def look() -> None:
    """What the periodic task does, and the look that is repeated soon after the first."""
    for _ in range(2):
        following.catch_up(seconds=9)
        following.sweep(seconds=9)
        Segment.objects.filter(is_followed=True).update(due_at=timezone.now())


@pytest.fixture
def people() -> dict[str, CustomerRecord]:
    countries = {"anna": "DE", "ben": "DE", "clara": "FR"}
    return {name: make_record(f"{name}@example.com", country_code=one) for name, one in countries.items()}


@pytest.fixture
def kept(people: Any) -> Group:
    """A group that Clara was in by hand, kept by the segment of Germans."""
    group = make_group("Germans")
    groups.join([(people["clara"].pk, group.pk)], actor=STAFF, several=True)
    services.keep_group(make_segment("country = 'DE'", name="DE").pk, group.pk)
    look()
    group.refresh_from_db()
    return group


def test_the_group_has_the_members_of_the_segment(kept: Group, people: Any) -> None:
    assert kept.is_kept
    assert members(kept) == {"anna", "ben"}
    edit_records(
        {people["clara"].pk: {"country_code": "DE"}, people["ben"].pk: {"country_code": "AT"}}, by=Writer(STAFF)
    )
    following.catch_up(seconds=9)
    assert members(kept) == {"anna", "clara"}
    entry = ActivityEntry.objects.filter(record=people["ben"], type=ActivityType.GROUP_LEFT).get()
    segment = Segment.objects.get(name="DE")
    assert (entry.cause_type, entry.cause_id, entry.actor_type) == (CauseType.SEGMENT, str(segment.pk), ActorType.SYNC)


def test_a_segment_that_was_followed_before_fills_its_group(people: Any) -> None:
    segment, group = make_segment("country = 'DE'", is_followed=True, due_at=timezone.now()), make_group()
    following.sweep(seconds=9)
    services.keep_group(segment.pk, group.pk)
    following.sweep(seconds=9)
    assert members(group) == {"anna", "ben"}


def test_nobody_changes_it_by_hand(api: Api, kept: Group, people: Any) -> None:
    other, clara = make_group("Other"), people["clara"]
    answer = api(JOIN, record=gid(clara), groups=[gid(kept)])
    for payload in answer.values():
        assert payload["errors"] == [{"field": "groupIds", "code": "DISABLED"}]
    # Jobs and the rule of one group pass it over.
    groups.join([(clara.pk, kept.pk), (people["anna"].pk, other.pk)], actor=STAFF, several=False)
    groups.leave([(people["ben"].pk, kept.pk)], actor=STAFF)
    groups.join([(people["anna"].pk, groups.default_group().pk)], actor=STAFF, several=True)
    assert (members(kept), members(other)) == ({"anna", "ben"}, set())
    with pytest.raises(CustomerPlusError, match="A segment keeps"):
        groups.delete(kept.pk, actor=STAFF)


def test_detached_it_has_the_members_of_that_moment(api: Api, kept: Group, people: Any) -> None:
    segment = Segment.objects.get(name="DE")
    for input in ({"isFollowed": False}, {"groupId": gid(groups.default_group())}):
        (error,) = api(UPDATE, id=gid(segment), input=input)["customerSegmentUpdate"]["errors"]
        assert error["field"] == next(iter(input))
    with pytest.raises(CustomerPlusError, match="Detach the group first"):
        services.delete(segment.pk)
    rival = make_segment("country = 'FR'")
    (error,) = api(UPDATE, id=gid(rival), input={"groupId": gid(kept)})["customerSegmentUpdate"]["errors"]
    assert (error["field"], error["code"]) == ("groupId", "DISABLED")

    payload = api(UPDATE, id=gid(segment), input={"groupId": ""})["customerSegmentUpdate"]
    assert (payload["errors"], payload["segment"]) == ([], {"isFollowed": True, "group": None})
    groups.leave([(people["anna"].pk, kept.pk)], actor=STAFF)
    look()
    assert members(kept) == {"ben"}


def test_by_the_api(api: Api, people: Any) -> None:
    segment, group = make_segment("country = 'DE'"), make_group("Ours")
    payload = api(UPDATE, id=gid(segment), input={"groupId": gid(group)})["customerSegmentUpdate"]
    assert payload["errors"] == []
    assert payload["segment"] == {"isFollowed": True, "group": {"name": "Ours", "isKept": True, "memberCount": 0}}
