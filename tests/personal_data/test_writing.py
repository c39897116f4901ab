"""All that is kept about one person, in one file."""

from __future__ import annotations

import io
import json
import re
import tracemalloc
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db.models import ForeignKey, Model
from django.utils import timezone

from saleor_customer_plus.activity.models import ActivityEntry, ActorType
from saleor_customer_plus.activity.services import Actor
from saleor_customer_plus.consent import links
from saleor_customer_plus.consent.models import ConsentPurpose
from saleor_customer_plus.consent.suppressions import suppress
from saleor_customer_plus.deletion.services import delete_records
from saleor_customer_plus.leads.models import LeadSubmission
from saleor_customer_plus.mail.models import Mail, MailAttachment
from saleor_customer_plus.merging.preview import Request
from saleor_customer_plus.merging.services import merge
from saleor_customer_plus.newsletter.models import NewsletterSignup
from saleor_customer_plus.notes import services as notes
from saleor_customer_plus.notes.models import Attachment
from saleor_customer_plus.personal_data import sections
from saleor_customer_plus.personal_data.writing import write
from saleor_customer_plus.records.models import CustomerRecord
from tests.factories import (
    make_consent,
    make_field,
    make_field_values,
    make_group,
    make_lead,
    make_ledger_entry,
    make_note,
    make_record,
    make_segment,
    make_tag,
)

pytestmark = pytest.mark.django_db

DOCS = Path(__file__).parents[2] / "docs" / "personal-data.md"
STAFF = Actor(ActorType.STAFF, "1")


def read(record: CustomerRecord, *, with_notes: bool = True) -> dict[str, Any]:
    target = io.BytesIO()
    assert write(record.pk, target, with_notes=with_notes)
    return json.loads(target.getvalue())


def models_of_people() -> dict[str, type[Model]]:
    """The tables that refer to a record, or to a row that does."""
    models = list(apps.get_app_config("saleor_customer_plus").get_models())
    found: set[type[Model]] = {CustomerRecord}
    while True:
        more = {
            model
            for model in models
            if any(isinstance(one, ForeignKey) and one.related_model in found for one in model._meta.fields)
        }
        if more <= found:
            return {model.__name__: model for model in found if model is not CustomerRecord}
        found |= more


def test_every_table_of_a_person_is_given_or_left_out_for_a_reason() -> None:
    given = {section.model.__name__ for section in sections.SECTIONS} | {one.__name__ for one in sections.NESTED}
    people = models_of_people()

    # What was taken in by its address alone, and is not given to a record yet.
    assert given - set(people) == {"LeadSubmission"}
    assert set(people) - given == set(sections.LEFT_OUT)


def test_what_a_section_leaves_out_is_a_column_and_what_it_names_is_none() -> None:
    for section in sections.SECTIONS:
        columns = {one.attname for one in section.model._meta.concrete_fields}
        assert section.without <= columns, section.name
        assert not set(section.named) & columns - section.without, section.name


def test_the_documentation_names_every_key() -> None:
    documented = dict(re.findall(r"(?m)^\| `(\w+)` \| (.+?) \|", DOCS.read_text()))

    for section in sections.SECTIONS:
        keys = {*sections.columns_of(section), *section.named, *section.parts([1]).get(1, {})}
        assert set(re.findall(r"`(\w+)`", documented.pop(section.name))) == keys, section.name
    person = {one.attname for one in CustomerRecord._meta.concrete_fields} - sections.NOT_OF_RECORDS | {"has_image"}
    assert set(re.findall(r"`(\w+)`", documented.pop("person"))) == person
    assert set(documented) == {"version", "made_at", "made_by", "shop", "left_out", "suppressed_for"}
    assert {"version", *documented, "person", *(one.name for one in sections.SECTIONS)} == set(read(make_record()))


def test_all_that_is_kept_is_given() -> None:
    record = make_record("anna@example.com", others=["a@work.example"], first_name="Änne", provenance={"city": "x"})
    make_field("shoe_size", "NUMBER")
    make_field_values(record, shoe_size=38)
    record.tag_assignments.create(tag=make_tag("VIP"))
    record.group_memberships.create(group=make_group("Trade"))
    make_segment(name="Everybody").memberships.create(record=record)
    order = make_ledger_entry(record, total="12.50")
    make_consent(record, wording="Yes, please.", wording_version="3")
    NewsletterSignup.objects.create(email="a@work.example", purposes=["NEWSLETTER"], wording="Sign me up.")
    LeadSubmission.objects.create(email="anna@example.com", message="Still on the way")
    make_lead(record, message="Do you deliver?")
    suppress({"a@work.example": [ConsentPurpose.NEWSLETTER]}, job_id=1)
    token = links.token_of(record)
    mail = Mail.objects.create(
        record=record, kind="REPLY", message_id="<1@x>", body="Hello", state="RECEIVED", actor_type="CUSTOMER"
    )
    MailAttachment.objects.create(mail=mail, file="private/one", name="letter.pdf", content_type="x/y", size=3)

    found = read(record)

    assert found["person"]["first_name"] == "Änne"
    assert found["person"]["provenance"] == {"city": "x"}
    assert [row["email"] for row in found["email_addresses"]] == ["a@work.example"]
    assert [(row["key"], row["value"]) for row in found["own_fields"]] == [("shoe_size", 38)]
    assert [row["name"] for name in ("tags", "groups", "segments") for row in found[name]] == [
        *("VIP", "Trade", "Everybody")
    ]
    (given,) = found["orders"]
    assert (given["order_id"], given["total_gross"]) == (str(order.order_id), "12.500")
    assert [(row["wording"], row["wording_version"]) for row in found["consents"]] == [("Yes, please.", "3")]
    assert [row["wording"] for row in found["newsletter_sign_ups_waiting"]] == ["Sign me up."]
    assert [row["message"] for row in found["enquiries_waiting"]] == ["Still on the way"]
    assert [row["message"] for row in found["enquiries"]] == ["Do you deliver?"]
    assert found["suppressed_for"] == ["NEWSLETTER"]
    (message,) = found["messages"]
    assert (message["body"], [file["name"] for file in message["files"]]) == ("Hello", ["letter.pdf"])
    assert [row["email"] for row in found["preference_links"]] == ["anna@example.com"]
    # What opens something without a login stays here.
    assert token not in json.dumps(found)
    assert "private/one" not in json.dumps(found)


def test_nothing_of_anybody_else_is_given() -> None:
    record, other = make_record("anna@example.com"), make_record("bert@example.com", first_name="Bert")
    for somebody in (record, other):
        make_note(somebody, text=f"Of {somebody.email}")
        make_lead(somebody, message=f"By {somebody.email}")
        make_consent(somebody)
    LeadSubmission.objects.create(email="bert@example.com")
    NewsletterSignup.objects.create(email="bert@example.com", purposes=["NEWSLETTER"])

    found = json.dumps(read(record))

    assert "anna@example.com" in found
    assert "bert" not in found.lower()


def test_notes_are_given_with_their_history_or_left_out_and_that_is_told() -> None:
    record = make_record()
    note = notes.create(record.pk, "Pays late.", actor=STAFF)
    notes.edit(note.pk, text="Pays in time.", actor=STAFF)
    Attachment.objects.create(note=note, file="private/two", name="invoice.pdf", content_type="x/y", size=3)

    (given,) = read(record)["notes"]
    without = read(record, with_notes=False)

    assert given["text"] == "Pays in time."
    assert [version["text"] for version in given["earlier_versions"]] == ["Pays late."]
    assert [file["name"] for file in given["files"]] == ["invoice.pdf"]
    assert (without["notes"], without["left_out"]) == ([], ["notes"])
    assert not [entry for entry in without["activity"] if entry["type"].startswith("NOTE")]
    assert read(record)["left_out"] == []


def test_what_a_merge_keeps_of_the_other_record_is_given(staff: Any) -> None:
    kept, other = make_record("anna@example.com"), make_record("anna@old.example", city="Bremen")
    merge(Request([kept.pk, other.pk], winner_id=kept.pk), actor=STAFF, requestor=staff)

    found = read(kept)

    assert [row["former_id"] for row in found["merged_records"]] == [other.pk]
    assert found["merged_records"][0]["row"]["city"] == "Bremen"
    assert "search_terms" not in json.dumps(found)


def test_of_an_erased_person_nothing_is_given() -> None:
    record = make_record()
    make_lead(record)
    delete_records([record.pk], actor=STAFF)
    target = io.BytesIO()

    assert not write(record.pk, target)
    assert target.getvalue() == b""


def test_many_log_entries_take_little_memory_and_few_statements(django_assert_max_num_queries: Any) -> None:
    record = make_record()
    now = timezone.now()
    ActivityEntry.objects.bulk_create(
        ActivityEntry(record=record, at=now - timedelta(seconds=n), type="DETAILS_EDITED", after={"city": "x" * 500})
        for n in range(20_000)
    )

    class Counter(io.RawIOBase):
        size = 0

        def write(self, piece: Any) -> int:
            self.size += len(piece)
            return len(piece)

    counter = Counter()
    tracemalloc.start()
    with django_assert_max_num_queries(45):
        assert write(record.pk, counter)  # type: ignore[arg-type]
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert counter.size > 12_000_000
    assert peak < 4_000_000
