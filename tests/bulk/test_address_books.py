"""The further addresses of people in files: exported, loaded back, made elsewhere, and taken away by an undo."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from saleor_customer_plus.activity.models import ActivityEntry, ActorType
from saleor_customer_plus.activity.services import Actor
from saleor_customer_plus.addresses import services
from saleor_customer_plus.addresses.models import CustomerAddress
from saleor_customer_plus.api.core.base import to_global_id
from saleor_customer_plus.bulk import exports, undo
from saleor_customer_plus.bulk.exports.options import ExportRequest
from saleor_customer_plus.bulk.imports.values.address_books import address_book_of
from saleor_customer_plus.bulk.imports.values.base import Unreadable
from saleor_customer_plus.customers.queries import RecordList
from saleor_customer_plus.errors import SeveralErrors
from saleor_customer_plus.jobs.models import BulkJob
from saleor_customer_plus.records.addresses import has_lines
from saleor_customer_plus.records.models import CustomerRecord, Source
from tests.client import Api
from tests.factories import make_app, make_channel, make_order, make_record, make_staff, save_settings

from ..properties import examples, sampled
from .counting import STAFF
from .imports.test_import_job import preview, told
from .test_round_trip import FORMATS, LOCAL, export, load, run

pytestmark = pytest.mark.django_db

OFFICE = {
    "kind": "BILLING",
    "label": '=Office; "main", it\'s',
    "company_name": "Rossi GmbH",
    "phone": "+493012345678",
    "street_address_1": "Torstraße 1",
    "postal_code": "01067",
    "city": "Berlin",
    "country_code": "DE",
}
HOME = {"kind": "SHIPPING", "first_name": "Anna", "last_name": "Rossi", "city": "Roma", "country_code": "IT"}


def give(record: CustomerRecord, *addresses: dict[str, Any], **source: Any) -> None:
    for one in addresses:
        services.add(record.pk, services.cleaned(one, region="DE"), actor=STAFF, **source)


def book(email: str) -> list[dict[str, Any]]:
    rows = CustomerAddress.objects.filter(record__email=email).order_by("pk")
    return [services.as_logged(row) for row in rows]


def reasons(job: BulkJob) -> list[tuple[str, str]]:
    return [(one["field"], one["code"]) for problem in job.problems.order_by("id") for one in problem.reasons]


def load_cell(*addresses: dict[str, Any], text: str | None = None, email: str = "anna@example.com") -> BulkJob:
    content = io.StringIO()
    writer = csv.writer(content)
    writer.writerows([["email", "address_book"], [email, text if text is not None else json.dumps(addresses)]])
    return load("list.csv", content.getvalue().encode())


@pytest.mark.parametrize("options", sampled([*FORMATS, *LOCAL], one_in=4), ids=lambda one: "-".join(one.values()))
def test_an_export_that_is_loaded_back_changes_nothing(options: dict[str, Any]) -> None:
    give(make_record("anna@example.com"), OFFICE, HOME)
    make_record("ben@example.com")
    before = list(CustomerAddress.objects.order_by("pk").values())

    job = load(*export(**options))

    assert (job.counters, told(job)) == ({"read": 2, "unchanged": 2}, [])
    assert list(CustomerAddress.objects.order_by("pk").values()) == before


@pytest.mark.parametrize("options", [FORMATS[0], FORMATS[-1], LOCAL[2]], ids=str)
def test_an_export_makes_the_addresses_elsewhere(options: dict[str, Any]) -> None:
    give(make_record("anna@example.com"), OFFICE, HOME)
    before = book("anna@example.com")
    name, content = export(**options)
    CustomerRecord.objects.all().delete()

    job = load(name, content)

    assert (job.counters["created"], told(job)) == (1, [])
    assert book("anna@example.com") == before
    assert set(CustomerAddress.objects.values_list("source", "source_id")) == {("IMPORT", str(job.pk))}


TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
ADDRESSES = st.lists(
    st.fixed_dictionaries(
        {"kind": st.sampled_from(["SHIPPING", "BILLING", "OTHER"]), "city": TEXT},
        optional={
            **dict.fromkeys(["label", "first_name", "last_name", "company_name"], TEXT),
            **dict.fromkeys(["street_address_1", "street_address_2", "country_area", "postal_code"], TEXT),
            "country_code": st.sampled_from(["", "DE", "it", "AT"]),
            "phone": st.sampled_from(["", "030 12345678", "+39 06 12345678", "+49-30 12345678"]),
        },
    ),
    max_size=3,
)


@settings(
    max_examples=examples(30), deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)  # fmt: skip
@given(addresses=ADDRESSES, options=st.sampled_from([*FORMATS, *LOCAL]))
def test_whatever_is_kept_comes_back(addresses: list[dict[str, Any]], options: dict[str, Any]) -> None:
    CustomerRecord.objects.all().delete()
    anna = make_record("anna@example.com")
    for one in addresses:
        try:
            values = services.cleaned(one, region="DE")
        except SeveralErrors:
            continue
        if has_lines(values) and services.unknown_among([values], services.address_books([anna.pk]).get(anna.pk, [])):
            services.add(anna.pk, values, actor=STAFF)
    before = book("anna@example.com")
    name, content = export(**options)

    job = load(name, content)
    assert (job.counters, told(job)) == ({"read": 1, "unchanged": 1}, [])
    assert book("anna@example.com") == before

    CustomerRecord.objects.all().delete()
    job = load(name, content)
    assert told(job) == []
    assert book("anna@example.com") == before


def test_a_list_adds_what_is_new_and_takes_nothing_away() -> None:
    give(make_record("anna@example.com"), HOME)

    job = load_cell({**HOME, "city": " ROMA "}, OFFICE, OFFICE, {**OFFICE, "kind": "OTHER"})

    assert [one["kind"] for one in book("anna@example.com")] == ["SHIPPING", "BILLING", "OTHER"]
    entries = ActivityEntry.objects.filter(type="ADDRESS_ADDED", cause_type="JOB", cause_id=str(job.pk))
    assert [entry.after["kind"] for entry in entries.order_by("pk")] == ["BILLING", "OTHER"]
    assert load_cell(OFFICE).counters == {"read": 1, "unchanged": 1}


def test_the_preview_shows_the_addresses_before_and_after() -> None:
    give(make_record("anna@example.com"), HOME)
    cell = json.dumps([OFFICE]).replace('"', '""')
    (row,) = preview(f'email,address_book\nanna@example.com,"{cell}"\n')["rows"]
    home, office = "Anna Rossi, Roma, IT", book_line(OFFICE)
    assert row["changes"] == [{"field": "address_book", "before": [home], "after": [home, office]}]


def book_line(values: dict[str, Any]) -> str:
    return f"{values['label']}, Rossi GmbH, Torstraße 1, 01067 Berlin, DE, +493012345678"


def test_more_than_fifty_are_left_out_with_a_warning_or_refuse_the_row_of_a_strict_import() -> None:
    many = [{"city": f"Town {number}"} for number in range(49)]
    give(make_record("anna@example.com"), HOME, OFFICE)

    job = load_cell(*many)

    assert len(book("anna@example.com")) == 50
    assert reasons(job) == [("address_book", "LIMIT_REACHED")]
    content = io.StringIO()
    csv.writer(content).writerows([["email", "address_book"], ["new@example.com", json.dumps([*many, HOME, OFFICE])]])
    strict = load("list.csv", content.getvalue().encode(), strict=True)
    assert strict.counters == {"read": 1, "refused": 1}


def test_a_list_adds_nothing_to_whom_a_merge_gave_more_than_fifty() -> None:
    anna = make_record("anna@example.com")
    CustomerAddress.objects.bulk_create(CustomerAddress(record=anna, city=f"Town {number}") for number in range(52))

    job = load_cell(HOME, OFFICE, {"city": "Bonn"})

    assert len(book("anna@example.com")) == 52
    assert reasons(job) == [("address_book", "LIMIT_REACHED")]


@pytest.mark.parametrize(
    ("cell", "message"),
    [
        ("Torstraße 1, Berlin", "This is not a list of addresses in JSON"),
        ('{"city": "Berlin"}', "This is not a list of addresses in JSON"),
        ('["Berlin"]', "This is not a list of addresses in JSON"),
        ("[" * 100_000, "This is not a list of addresses in JSON"),
        ('[{"city": "Berlin"}, {"town": "Rome"}]', "Address 2: the names of its fields are kind, label"),
        ('[{"city": 1}]', "Address 1: city has to be a text."),
        ('[{"city": "Berlin", "kind": "WORK"}]', "Address 1: the kind has to be SHIPPING, BILLING, OTHER."),
        ('[{"country_code": "DE"}]', "Address 1 needs a street"),
        ('[{"city": "Berlin", "country_code": "Germany"}]', "Address 1, country_code: "),
        ('[{"city": "Berlin", "phone": "no phone"}]', "Address 1, phone: "),
        (json.dumps([{"city": "B", "label": "x" * 65}]), "Address 1, label: This may have at most 64 characters."),
        (json.dumps([{"city": "B\x00"}]), "Address 1, city: "),
    ],
)
def test_a_cell_that_is_no_address_book_says_what_is_wrong(cell: str, message: str) -> None:
    with pytest.raises(Unreadable) as raised:
        address_book_of(cell)
    assert str(raised.value).startswith(message)


def test_a_cell_that_cannot_be_read_leaves_the_rest_of_the_row() -> None:
    job = load_cell(text="Berlin", email="new@example.com")
    assert job.counters == {"read": 1, "created": 1, "with_warnings": 1}
    assert reasons(job) == [("address_book", "INVALID")]


def test_a_phone_without_prefix_is_of_the_country_of_its_address_or_else_of_the_shop() -> None:
    save_settings(default_country="DE")
    load_cell({"city": "Roma", "country_code": "IT", "phone": "06 12345678"}, {"city": "X", "phone": "030 12345678"})
    assert [one["phone"] for one in book("anna@example.com")] == ["+390612345678", "+493012345678"]


def test_the_undo_takes_away_what_the_list_added_and_keeps_what_was_edited_since() -> None:
    for email in ("anna@example.com", "ben@example.com", "carla@example.com"):
        give(make_record(email), HOME)
    cell = json.dumps([HOME, OFFICE]).replace('"', '""')
    rows = "".join(f'{name}@example.com,"{cell}"\n' for name in ("anna", "ben", "carla", "new"))
    job = load("list.csv", f"email,address_book\n{rows}".encode())
    edited = CustomerAddress.objects.get(record__email="ben@example.com", kind="BILLING")
    services.update(edited, {"city": "Dresden"}, actor=STAFF)
    removed = CustomerAddress.objects.get(record__email="carla@example.com", kind="BILLING")
    services.remove(removed, actor=STAFF)

    undoing = run(undo.create(job.pk, actor=STAFF))

    assert [one["kind"] for one in book("anna@example.com")] == ["SHIPPING"]
    assert [one.get("city") for one in book("ben@example.com")] == ["Roma", "Dresden"]
    assert [one["kind"] for one in book("carla@example.com")] == ["SHIPPING"]
    assert not CustomerRecord.objects.filter(email="new@example.com").exists()
    kept = [(one.record_id, one.reasons[0]["field"]) for one in undoing.problems.all()]
    assert kept == [(edited.record_id, "address_book")]


def test_what_was_removed_and_added_anew_since_is_kept() -> None:
    anna = make_record("anna@example.com")
    job = load_cell(OFFICE)
    services.remove(CustomerAddress.objects.get(), actor=STAFF)
    give(anna, OFFICE)

    undoing = run(undo.create(job.pk, actor=STAFF))

    assert len(book("anna@example.com")) == 1
    assert [one.reasons[0]["field"] for one in undoing.problems.all()] == ["address_book"]


def test_staff_of_some_channels_export_no_copy_of_an_order_of_another() -> None:
    anna = make_record("anna@example.com")
    ours, other = make_channel(), make_channel()
    for channel, city in ((ours, "Ours"), (other, "Other")):
        order = make_order("anna@example.com", channel=channel)
        give(anna, {"city": city}, source=Source.ORDER, source_id=str(order.pk))
    give(anna, {"city": "Typed"})
    staff = make_staff(channels=[ours])
    actor = Actor(ActorType.STAFF, str(staff.pk))

    job = run(exports.create(RecordList(), ExportRequest(columns=["address_book"], format="jsonl"), actor=actor))

    with job.result_file.open("rb") as file:
        (row,) = file.read().splitlines()
    assert [one["city"] for one in json.loads(json.loads(row)["address_book"])] == ["Ours", "Typed"]


def test_the_command_line_exports_and_imports_them(tmp_path: Path) -> None:
    give(make_record("anna@example.com"), OFFICE, HOME)
    file = tmp_path / "list.csv"
    call_command("customer_plus", "export", str(file), "--columns=email,address_book", "--no-progress")
    before = book("anna@example.com")
    CustomerRecord.objects.all().delete()
    call_command("customer_plus", "import", str(file), "--no-progress", "--yes")
    assert book("anna@example.com") == before


def test_the_api_names_the_import_that_an_address_is_from() -> None:
    job = load_cell(OFFICE)
    _app, token = make_app()
    told = Api(token)('{ customerRecord(email: "anna@example.com") { addressBook { source sourceId } } }')
    source = {"source": "IMPORT", "sourceId": to_global_id("CustomerJob", job.pk)}
    assert told["customerRecord"]["addressBook"] == [source]


def test_the_number_of_statements_does_not_grow_with_the_addresses() -> None:
    counts = []
    for size in (2, 40):
        cell = json.dumps([{"city": f"Town {number}"} for number in range(size // 2)]).replace('"', '""')
        rows = "".join(f'person{number}-{size}@example.com,"{cell}"\n' for number in range(size))
        with CaptureQueriesContext(
            connection,
        ) as queries:
            load("list.csv", f"email,address_book\n{rows}".encode())
        counts.append(len(queries))
    assert counts[0] == counts[1]
