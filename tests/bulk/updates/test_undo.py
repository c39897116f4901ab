"""Whatever is done to many records, its undoing brings back what was."""

from __future__ import annotations

from typing import Any

from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from saleor_customer_plus.activity.models import ActorType
from saleor_customer_plus.activity.services import Actor
from saleor_customer_plus.bulk import undo, updates
from saleor_customer_plus.bulk.updates import changes
from saleor_customer_plus.consent.queries import current_consents
from saleor_customer_plus.groups import services as groups
from saleor_customer_plus.groups.models import GroupMembership
from saleor_customer_plus.jobs import engine as jobs
from saleor_customer_plus.leads.models import Lead
from saleor_customer_plus.records.models import CustomerRecord
from saleor_customer_plus.tags.models import TagAssignment
from tests.factories import make_consent, make_group, make_lead, make_record, make_staff, make_tag

from . import test_job

STAFF = Actor(ActorType.STAFF, "7")
FIELDS = ("company_name", "store_note", "is_tax_exempt", "attributes", "is_active", "deactivation_reason")
UNDOABLE = sorted(name for name, change in changes.CHANGES.items() if change.can_be_undone)

people = st.lists(
    st.fixed_dictionaries(
        {
            "company_name": st.sampled_from(["", "Club", "Rossi"]),
            "is_locked": st.booleans(),
            "is_tax_exempt": st.booleans(),
            "is_active": st.booleans(),
            "attributes": st.sampled_from([{}, {"level": 2}, {"level": [1, None]}]),
            "tags": st.sets(st.integers(0, 1)),
            "groups": st.sets(st.integers(0, 1)),
            "consent": st.sampled_from(["", "PENDING", "SUBSCRIBED", "UNSUBSCRIBED"]),
            "level": st.sampled_from(["UNKNOWN", "CONFIRMED_OPT_IN"]),
            "is_imported": st.booleans(),
            "has_lead": st.booleans(),
        }
    ),
    min_size=1,
    max_size=3,
)


class Undoing(TestCase):  # type: ignore[misc]
    """Hypothesis runs many examples in one test; this base gives each a transaction of its own."""

    @settings(max_examples=6, phases=[Phase.generate])
    @given(people, st.sampled_from(UNDOABLE))
    def test_everything_is_as_it_was(self, given_people: list[dict[str, Any]], action: str) -> None:
        self.tags, self.groups = [make_tag(), make_tag()], [make_group(), make_group()]
        self.owner = make_staff()
        records = [self.make(person) for person in given_people]
        before = self.state(records)

        job = self.run_job(updates.create(action, self.arguments(action), of=records, actor=STAFF))
        back = self.run_job(undo.create(job.pk, actor=STAFF))

        assert back.problems.count() == 0
        assert self.state(records) == before

    def test_of_a_group_that_a_segment_keeps_by_now_it_is_told(self) -> None:
        group = make_group()
        job = self.run_job(updates.create("group", {"group_ids": [group.pk]}, of=[make_record().pk], actor=STAFF))
        groups.keep(group.pk)
        back = self.run_job(undo.create(job.pk, actor=STAFF))
        assert [reason["message"] for reason in back.problems.get().reasons] == [
            "A segment keeps the members of the group."
        ]
        assert GroupMembership.objects.count() == 1

    def make(self, person: dict[str, Any]) -> int:
        is_locked = person["is_locked"]
        record = make_record(
            locked_fields=["company_name"] if is_locked else [],
            deactivation_reason="" if person["is_active"] else "Moved.",
            **{name: person[name] for name in ("company_name", "is_tax_exempt", "is_active", "attributes")},
        )
        for number in person["tags"]:
            TagAssignment.objects.create(record=record, tag=self.tags[number])
        for number in person["groups"]:
            GroupMembership.objects.create(record=record, group=self.groups[number])
        if person["consent"]:
            make_consent(
                record,
                purpose="NEWSLETTER",
                state=person["consent"],
                opt_in_level=person["level"],
                source="IMPORT" if person["is_imported"] else "STAFF",
                at=test_job.TestConsents.AT,
            )
        if person["has_lead"]:
            make_lead(record)
        return record.pk

    def arguments(self, action: str) -> dict[str, Any]:
        return {
            "tag": {"tag_ids": [tag.pk for tag in self.tags]},
            "untag": {"tag_ids": [self.tags[0].pk]},
            "group": {"group_ids": [self.groups[0].pk]},
            "ungroup": {"group_ids": [group.pk for group in self.groups]},
            "deactivate": {"reason": "Closed."},
            "set_fields": {"values": {"company_name": "Club", "is_tax_exempt": True, "attributes": {"level": 2}}},
            "consent": {
                "consents": [
                    test_job.TestConsents().decision(),
                    test_job.TestConsents().decision("UNSUBSCRIBED"),
                ]
            },
            "assign_leads": {"owner_id": self.owner.pk},
        }.get(action, {})

    @staticmethod
    def run_job(job: Any) -> Any:
        for _ in jobs.run(job.pk):
            pass
        job.refresh_from_db()
        assert job.state == "SUCCEEDED", job.error_message
        return job

    @staticmethod
    def state(record_ids: list[int]) -> Any:
        """All that the actions change, as a client sees it."""
        return {
            "records": list(CustomerRecord.objects.order_by("pk").values_list(*FIELDS, "locked_fields")),
            "tags": set(TagAssignment.objects.values_list("record", "tag")),
            "groups": set(GroupMembership.objects.values_list("record", "group")),
            "leads": list(Lead.objects.order_by("pk").values_list("owner", flat=True)),
            "consents": [
                (event.record_id, event.state, event.opt_in_level, event.wording)
                for events in current_consents(record_ids).values()
                for event in events
                if event.state != "NOT_SUBSCRIBED"
            ],
        }
