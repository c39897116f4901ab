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
from tests.factories import make_channel, make_group, make_record, make_segment, make_staff, make_token

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


@pytest.mark.parametrize(
    "query", ["groups NOT IN ('Ours')", "groups IN ('General')", "country = 'DE' OR IN SEGMENT 'Other'"]
)
def test_a_segment_that_asks_for_a_group_cannot_keep_it(people: Any, query: str) -> None:
    """Its members would join and leave by turns, for ever."""
    group = make_group("Ours")
    make_segment("groups IN ('Ours')", name="Other")
    segment = make_segment(query)
    with pytest.raises(CustomerPlusError, match="depend on who is in it") as caught:
        services.keep_group(segment.pk, group.pk)
    assert caught.value.field == "group_id"


def test_two_segments_cannot_ask_for_the_groups_of_each_other(api: Api, people: Any) -> None:
    one, two, by_hand = make_group("One"), make_group("Two"), make_group("By hand")
    services.keep_group(make_segment("groups IN ('Two', 'By hand')", name="A").pk, one.pk)
    second = make_segment("country = 'FR'", name="B")
    services.keep_group(second.pk, two.pk)
    (error,) = api(UPDATE, id=gid(second), input={"query": "groups IN ('One')"})["customerSegmentUpdate"]["errors"]
    assert error["field"] == "query"
    assert Segment.objects.get(pk=second.pk).query == "country = 'FR'"
    # A group that people join by hand is none of those, and Clara follows from the second group into the first.
    groups.join([(people["anna"].pk, by_hand.pk)], actor=STAFF, several=True)
    look()
    look()
    assert members(one) == {"anna", "clara"}


def test_all_groups_of_many_records_are_kept_at_once(kept: Group, people: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    other = make_group("Austrians")
    services.keep_group(make_segment("country = 'AT'", name="AT").pk, other.pk)
    look()
    ids = [person.pk for person in people.values()]
    CustomerRecord.objects.filter(pk__in=ids).update(country_code="AT")
    monkeypatch.setattr(following, "BATCH", 1)
    following.refresh(ids)
    assert (members(kept), members(other)) == (set(), {"anna", "ben", "clara"})


def test_staff_restricted_to_channels_make_no_group_of_the_orders_of_others(people: Any) -> None:
    restricted = Api(make_token(make_staff(channels=[make_channel()])))
    group, about_orders = make_group("Ours"), make_segment("order_count >= 2", name="Orders")
    about_others = make_segment("country = 'DE'", name="Countries")

    def errors(segment: Segment, **input: Any) -> list[str]:
        payload = restricted(UPDATE, id=gid(segment), input=input)["customerSegmentUpdate"]
        return [error["code"] for error in payload["errors"]]

    assert errors(about_orders, groupId=gid(group)) == ["OUT_OF_SCOPE"]
    assert errors(about_others, groupId=gid(group)) == []
    assert errors(about_others, query="order_count >= 2") == ["OUT_OF_SCOPE"]
    assert errors(about_others, query="country = 'FR'") == []


def test_null_leaves_the_group_as_it_is(api: Api, kept: Group) -> None:
    payload = api(UPDATE, id=gid(Segment.objects.get(name="DE")), input={"groupId": None})["customerSegmentUpdate"]
    assert payload["segment"]["group"]["name"] == "Germans"


def test_by_the_api(api: Api, people: Any) -> None:
    segment, group = make_segment("country = 'DE'"), make_group("Ours")
    payload = api(UPDATE, id=gid(segment), input={"groupId": gid(group)})["customerSegmentUpdate"]
    assert payload["errors"] == []
    assert payload["segment"] == {"isFollowed": True, "group": {"name": "Ours", "isKept": True, "memberCount": 0}}
