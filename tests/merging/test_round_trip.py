"""Every table that refers to records, before a merge, in between, and after its undo."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.base import ContentFile
from django.db.models import Model, Q

from saleor_customer_plus.activity.models import ActivityEntry
from saleor_customer_plus.addresses.models import CustomerAddress
from saleor_customer_plus.consent import links
from saleor_customer_plus.core import sql
from saleor_customer_plus.fields.models import FieldValue
from saleor_customer_plus.groups.models import GroupMembership, VoucherUse
from saleor_customer_plus.insights.models import CustomerInsight
from saleor_customer_plus.mail.models import Mail
from saleor_customer_plus.merging import tables
from saleor_customer_plus.merging.duplicates.models import DuplicateKey, DuplicatePair
from saleor_customer_plus.merging.models import Merge
from saleor_customer_plus.newsletter.models import NewsletterSignup
from saleor_customer_plus.notes.models import Attachment
from saleor_customer_plus.records.models import CustomerEmail, CustomerRecord
from saleor_customer_plus.segments.models import SegmentMembership
from saleor_customer_plus.sync import reactions
from saleor_customer_plus.tags.models import TagAssignment
from tests.factories import (
    make_field,
    make_field_values,
    make_group,
    make_lead,
    make_line,
    make_note,
    make_order,
    make_record,
    make_segment,
    make_staff,
    make_tag,
)
from tests.storage import Storage

from ..drift import drift, reconcile
from .test_services import decide, merged, parted
from .test_tables import models, refers_to_records

pytestmark = pytest.mark.django_db

# What the plugin finds out anew, now and then: the merged records have none until it does.
COMPUTED_LATER = {CustomerInsight, DuplicateKey, DuplicatePair}
# Written anew, under keys of which nobody knows.
WRITTEN_ANEW: tuple[type[Model], ...] = (CustomerEmail, FieldValue, *tables.DERIVED)
TABLES = [model for model in models() if refers_to_records(model)]


class Shop:
    """Two people of whom there is everything, by their own hands and shared. Makers by the tables that they fill."""

    def __init__(self, staff: Any, storage: Storage) -> None:
        self.staff, self.storage = staff, storage
        self.tags, self.groups = [make_tag("both"), make_tag("his")], [make_group("gold"), make_group("silver")]
        self.segment = make_segment("order_count > 0", is_followed=True)
        make_field("size")

    def person(self, name: str) -> CustomerRecord:
        record = make_record(f"{name}@example.com", others=[f"{name}@example.org"], number=name.upper())
        for make in MAKERS:
            make(self, record)
        return CustomerRecord.objects.get(pk=record.pk)

    def merged_before(self, record: CustomerRecord) -> None:
        merged(self.staff, record, make_record(number=f"{record.number}2"))

    def orders(self, record: CustomerRecord) -> None:
        order = make_order(record.email, metadata={"commerce.context.marketing": '{"source": "google"}'})
        make_line(order)
        reactions.orders_changed([str(order.pk)])

    def labels(self, record: CustomerRecord) -> None:
        is_first = record.number == "ANNA"
        for tag in self.tags[: 1 if is_first else 2]:
            TagAssignment.objects.create(record=record, tag=tag)
        for group in self.groups[: 1 if is_first else 2]:
            GroupMembership.objects.create(record=record, group=group)
        SegmentMembership.objects.create(record=record, segment=self.segment)

    def notes(self, record: CustomerRecord) -> None:
        path = self.storage.save(f"customer-plus/attachments/{record.number}", ContentFile(b"%PDF-1.7"))
        Attachment.objects.create(
            note=make_note(record, text=f"Of {record.number}"),
            file=path,
            name="a.pdf",
            content_type="application/pdf",
            size=8,
        )

    def messages(self, record: CustomerRecord) -> None:
        sent = {"kind": "WRITTEN", "state": "SENT", "actor_type": "STAFF"}
        Mail.objects.create(record=record, message_id=f"<{record.number}@x>", recipient=record.email, **sent)
        NewsletterSignup.objects.create(record=record, email=record.email, purposes=["NEWSLETTER"])
        links.token_of(record)

    def others(self, record: CustomerRecord) -> None:
        decide(record, "SUBSCRIBED")
        make_lead(record)
        make_field_values(record, size=record.number)
        CustomerAddress.objects.create(record=record, street_address_1="Via Roma 1", city="Rome", country_code="IT")
        VoucherUse.objects.create(checkout_id=uuid4(), record=record, group=self.groups[0], voucher_code="GOLD")

    def computed(self, record: CustomerRecord) -> None:
        scores = {"recency_score": 5, "frequency_score": 5, "monetary_score": 5, "rfm_group": "CHAMPIONS"}
        CustomerInsight.objects.create(record=record, currency="EUR", **scores)
        DuplicateKey.objects.create(record=record, key=record.pk)
        alike = make_record()
        DuplicatePair.objects.create(first=record, second=alike, score=1, band=1, reasons=[])


MAKERS: tuple[Callable[[Shop, CustomerRecord], None], ...] = (
    *(Shop.merged_before, Shop.orders, Shop.labels, Shop.notes),
    *(Shop.messages, Shop.others, Shop.computed),
)


def of_records(model: type[Model], *ids: int) -> list[dict[str, Any]]:
    """The rows of a table that are of these records, but for the times at which they were written."""
    column = "record" if hasattr(model, "record") else "first"
    rows = sql.rows(
        sql.fill(
            "SELECT to_jsonb(t) - {uncompared}::text[] AS row FROM {table} t WHERE t.id IN ({ids}) ORDER BY t.id",
            uncompared=["modified_at", *(["id"] if model in WRITTEN_ANEW else [])],
            table=sql.table(model),
            ids=sql.of_queryset(model._default_manager.filter(Q(**{f"{column}__in": ids})).order_by().values("pk")),
        )
    )
    return [sql.from_json(one.row) for one in rows]


def test_every_table_is_as_before_once_a_merge_is_undone(storage: Storage, on_commit: Any) -> None:
    staff = make_staff(permissions=("manage_users", "manage_staff"))
    shop = Shop(staff, storage)
    anna, ben = shop.person("anna"), shop.person("ben")
    reconcile()
    before = {model: {one.pk: of_records(model, one.pk) for one in (anna, ben)} for model in TABLES}
    for model, rows in before.items():
        assert all(rows.values()), f"{model.__name__} has nothing of the two: make it, and say what becomes of it"
    files = storage.paths()

    with on_commit():
        done = merged(staff, anna, ben)

    for model in (*tables.MOVED.values(), *(one for one in tables.DERIVED if one not in COMPUTED_LATER)):
        assert not of_records(model, ben.pk), f"{model.__name__} still has rows of a record that is no more"
    for name, model in tables.MOVED.items():
        mine = {row["id"] for row in of_records(model, anna.pk)}
        assert {row["id"] for rows in before[model].values() for row in rows} <= mine, name
    assert storage.paths() == files

    with on_commit():
        assert parted(staff, done) == []

    for model, rows in before.items():
        for record_id, expected in rows.items():
            now = of_records(model, record_id)
            if model in (ActivityEntry, Merge):  # they have more by now: of the merge and of its undo
                known = {row["id"] for row in expected}
                now = [row for row in now if row["id"] in known]
            if model in COMPUTED_LATER:
                assert [row for row in now if row not in expected] == [], model.__name__
            else:
                assert now == expected, f"{model.__name__} of {record_id} is not as it was"
    assert storage.paths() == files
    assert drift() == {}
