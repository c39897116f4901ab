"""What happens in a shop, step by step, and what is left of it: to compare a shop in which records were merged and
parted again with one in which they never were.

A step is told of people by their first addresses, so that it can be taken in both.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.utils import timezone

from saleor_customer_plus.activity.models import ActorType, CauseType
from saleor_customer_plus.activity.services import Actor, Cause
from saleor_customer_plus.bulk.updates import update_job
from saleor_customer_plus.consent.decisions import ConsentDecision, Outcome
from saleor_customer_plus.consent.models import (
    ConsentChannel,
    ConsentPurpose,
    ConsentSource,
    ConsentState,
    CurrentConsent,
)
from saleor_customer_plus.consent.services import record_events
from saleor_customer_plus.customers.editing import edit_records
from saleor_customer_plus.deletion import services as deletion
from saleor_customer_plus.fields.models import FieldDefinition, FieldValue
from saleor_customer_plus.fields.values import clean
from saleor_customer_plus.groups import services as groups
from saleor_customer_plus.groups.models import GroupMembership
from saleor_customer_plus.jobs import engine
from saleor_customer_plus.leads import services as leads
from saleor_customer_plus.leads.models import Lead, LeadOrigin
from saleor_customer_plus.ledger.models import CustomerFigures, LedgerEntry
from saleor_customer_plus.merging import undo as undoing
from saleor_customer_plus.merging.models import Merge, MergeState
from saleor_customer_plus.merging.preview import Request
from saleor_customer_plus.merging.services import merge
from saleor_customer_plus.notes import services as notes
from saleor_customer_plus.notes.models import Note
from saleor_customer_plus.records import former
from saleor_customer_plus.records.details import FIELDS
from saleor_customer_plus.records.editing import Writer
from saleor_customer_plus.records.models import CustomerEmail, CustomerRecord, Source
from saleor_customer_plus.saleor_adapter.host import Order, User
from saleor_customer_plus.sync import reactions
from saleor_customer_plus.tags import services as tags
from saleor_customer_plus.tags.models import TagAssignment

from ..factories import change, make_account, make_address, make_field, make_group, make_order, make_record, make_tag

PEOPLE = ("a@example.com", "b@example.com", "c@example.com")
STRANGERS = ("d@example.com",)
NEVER_COUNT = {"draft", "unconfirmed", "canceled", "expired"}

COMPARED = (
    *FIELDS,
    "number",
    "additional_phones",
    "store_note",
    "is_tax_exempt",
    "is_active",
    "is_approved_buyer",
    "stage",
    "order_count",
)


@dataclass
class World:
    """One shop. `ids` are the records that there were, by the addresses that they had first."""

    staff: Any
    ids: dict[str, int] = field(default_factory=dict)
    orders: list[Any] = field(default_factory=list)
    merges: list[int] = field(default_factory=list)
    # What undos told of: a record and what of it is not as it was.
    conflicts: set[tuple[str, str]] = field(default_factory=set)

    @classmethod
    def opened(cls, staff: Any) -> World:
        world = cls(staff)
        world.tags = [make_tag("one"), make_tag("two")]
        world.groups = [make_group("gold"), make_group("silver")]
        world.size = make_field("size")
        for email in PEOPLE:
            world.ids[email] = make_record(email).pk
        return world

    tags: Any = ()
    groups: Any = ()
    size: Any = None

    @property
    def actor(self) -> Actor:
        return Actor(ActorType.STAFF, str(self.staff.pk))

    def record(self, person: str) -> int | None:
        """The record that has this person now."""
        id = self.ids.get(person)
        if id is None:
            return None
        current = former.current_id(id)
        return current if CustomerRecord.objects.filter(pk=current).exists() else None

    def person(self, record_id: int) -> str:
        return next(email for email, id in self.ids.items() if id == record_id)

    def note_new_records(self) -> None:
        for id, email in CustomerRecord.objects.exclude(pk__in=self.ids.values()).values_list("pk", "email"):
            self.ids[email] = id

    # Steps. Each returns whether it did anything.

    def order(self, email: str, total: int, first_name: str, paid: bool, city: str) -> bool:
        address = make_address(first_name=first_name, last_name="", city=city) if first_name or city else None
        order = make_order(
            email,
            total=total,
            charge_status="full" if paid else "none",
            billing_address=address,
            created_at=timezone.now(),
        )
        self.orders.append(order)
        reactions.orders_changed([str(order.pk)])
        self.note_new_records()
        return True

    def cancel(self, index: int) -> bool:
        if not self.orders:
            return False
        order = self.orders[index % len(self.orders)]
        change(order, status="canceled", updated_at=timezone.now())
        reactions.orders_changed([str(order.pk)])
        return True

    def readdress(self, index: int, email: str) -> bool:
        if not self.orders:
            return False
        order = self.orders[index % len(self.orders)]
        change(order, user_email=email, updated_at=timezone.now())
        reactions.orders_changed([str(order.pk)])
        self.note_new_records()
        return True

    def register(self, email: str, first_name: str) -> bool:
        if User.objects.filter(email=email).exists():
            return False
        account = make_account(email, first_name=first_name)
        Order.objects.filter(user=None, user_email=email).update(user=account)
        reactions.account_changed(account.pk)
        self.note_new_records()
        return True

    def edit(self, person: str, name: str, value: Any, by_import: bool) -> bool:
        record_id = self.record(person)
        if record_id is None:
            return False
        writer = Writer(self.actor)
        if by_import:
            writer = Writer(
                Actor(ActorType.IMPORT), Cause(CauseType.JOB, "12"), Source.IMPORT, locks=False, respects_locks=True
            )
        edition = edit_records({record_id: {name: value}}, by=writer)
        reactions.details_released([record_id])
        return bool(edition.changed)

    def tag(self, person: str, index: int, add: bool) -> bool:
        record_id = self.record(person)
        if record_id is None:
            return False
        act = tags.assign if add else tags.unassign
        return bool(act([(record_id, self.tags[index].pk)], actor=self.actor))

    def group(self, person: str, index: int, add: bool) -> bool:
        record_id = self.record(person)
        if record_id is None:
            return False
        pairs = [(record_id, self.groups[index].pk)]
        if add:
            return bool(groups.join(pairs, actor=self.actor, several=True))
        return bool(groups.leave(pairs, actor=self.actor))

    def note(self, person: str, text: str) -> bool:
        record_id = self.record(person)
        if record_id is not None:
            notes.create(record_id, text, actor=self.actor)
        return record_id is not None

    def lead(self, person: str, subject: str) -> bool:
        record_id = self.record(person)
        if record_id is not None:
            leads.create([leads.NewLead(record_id, LeadOrigin.STAFF, subject)], actor=self.actor)
        return record_id is not None

    def consent(self, person: str, state: ConsentState) -> bool:
        record_id = self.record(person)
        if record_id is None:
            return False
        decision = ConsentDecision(
            record_id, ConsentChannel.EMAIL, ConsentPurpose.NEWSLETTER, state, ConsentSource.CUSTOMER
        )
        (outcome,) = record_events([decision], actor=self.actor)
        return outcome is Outcome.CHANGED

    def field_value(self, person: str, value: str | None) -> bool:
        record_id = self.record(person)
        if record_id is None:
            return False
        definition = FieldDefinition.objects.get(pk=self.size.pk)
        own = {record_id: {definition.pk: clean(definition, value)}}
        return bool(edit_records({record_id: {}}, by=Writer(self.actor), own=own).changed)

    def bulk(self, person: str, company: str) -> bool:
        record_id = self.record(person)
        if record_id is None:
            return False
        options = {"values": {"company_name": company}}
        job = update_job.create("set_fields", options, of=[record_id], actor=self.actor)
        for _ in engine.run(job.pk):
            pass
        job.refresh_from_db()
        return bool(job.counters["updated"])

    def delete(self, person: str) -> list[str]:
        """Return who was deleted: also those who were merged into the record."""
        record_id = self.record(person)
        if record_id is None:
            return []
        gone = [one for one, id in self.ids.items() if former.current_id(id) == record_id]
        deletion.delete_records([record_id], actor=self.actor)
        self.merges = [pk for pk in self.merges if Merge.objects.filter(pk=pk).exists()]
        return gone

    def merge(self, people: list[str], winner: int) -> bool:
        ids = sorted({id for person in people if (id := self.record(person)) is not None})
        if len(ids) < 2:
            return False
        linked = CustomerRecord.objects.filter(pk__in=ids, account__isnull=False).order_by("pk")
        accounts = list(linked.values_list("account_id", flat=True))
        request = Request(ids, ids[winner % len(ids)], accounts[winner % len(accounts)] if accounts else None)
        self.merges.append(merge(request, actor=self.actor, requestor=self.staff).pk)
        return True

    def undo(self) -> bool:
        if not self.merges:
            return False
        merge_id = self.merges.pop()
        expected = undoing.preview(merge_id, actor=self.actor, requestor=self.staff)
        undone, conflicts = undoing.undo(merge_id, actor=self.actor, requestor=self.staff)
        assert conflicts == expected
        assert undone.state == MergeState.UNDONE
        self.conflicts |= {(self.person(one.record_id), one.what) for one in conflicts}
        return True

    # What is left.

    def told(self) -> dict[str, dict[str, Any]]:
        """Everything of every person that does not tell of the time or of keys."""
        found: dict[str, dict[str, Any]] = {}
        for person, id in self.ids.items():
            record = CustomerRecord.objects.filter(pk=id).first()
            if record is None:
                continue
            account = User.objects.filter(pk=record.account_id).first()
            found[person] = {
                **{name: getattr(record, name) for name in COMPARED},
                "email": record.email,
                "other_emails": record.other_emails,
                "emails": sorted(CustomerEmail.objects.filter(record=id).values_list("email", flat=True)),
                "account": account.email if account else None,
                "sources": sorted(record.sources),
                "locked_fields": sorted(record.locked_fields),
                "suggestions": {name: one["value"] for name, one in record.suggestions.items()},
                "tags": sorted(TagAssignment.objects.filter(record=id).values_list("tag__name", flat=True)),
                "groups": sorted(GroupMembership.objects.filter(record=id).values_list("group__name", flat=True)),
                "notes": sorted(Note.objects.filter(record=id).values_list("text", flat=True)),
                "leads": sorted(Lead.objects.filter(record=id).values_list("subject", "state")),
                "consents": sorted(
                    CurrentConsent.objects.filter(record=id)
                    .exclude(state="NOT_SUBSCRIBED")
                    .values_list("channel", "purpose", "state")
                ),
                "accepts_newsletter": record.accepts_newsletter,
                "size": list(FieldValue.objects.filter(record=id).values_list("value", "is_locked")),
                "orders": sorted(
                    LedgerEntry.objects.filter(record=id).values_list("total_gross", "email", "identity", "counts")
                ),
                "figures": sorted(
                    CustomerFigures.objects.filter(record=id).values_list("currency", "order_count", "total_gross")
                ),
            }
        return found

    def check_figures(self) -> None:
        """The figures are those that Saleor's tables come to, however simply they are added up."""
        owners = dict(LedgerEntry.objects.filter(record__isnull=False).values_list("order_id", "record_id"))
        expected: dict[tuple[int, str], list[Decimal]] = defaultdict(list)
        for order in Order.objects.all():
            if order.pk in owners and order.charge_status == "full" and order.status not in NEVER_COUNT:
                expected[owners[order.pk], order.currency].append(order.total_gross_amount)
        figures = {
            (row.record_id, row.currency): (row.order_count, row.total_gross) for row in CustomerFigures.objects.all()
        }
        assert figures == {key: (len(totals), sum(totals)) for key, totals in expected.items()}
