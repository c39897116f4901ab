"""Customer type, attributes and metadata of accounts: Saleor's own mutations set them, as whoever asks."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from django.test import TestCase

from saleor_customer_plus.accounts.account_data import attributes
from saleor_customer_plus.activity.models import ActivityEntry, ActivityType, ActorType
from saleor_customer_plus.activity.services import Actor
from saleor_customer_plus.bulk import imports, undo
from saleor_customer_plus.bulk.imports.options import ImportOptions
from saleor_customer_plus.jobs import engine as jobs
from saleor_customer_plus.jobs.models import BulkJob, JobState
from saleor_customer_plus.records.models import CustomerRecord
from saleor_customer_plus.saleor_adapter import host
from tests import factories
from tests.client import OUR_PATH

from .client import SaleorApi
from .operations import account_of, create_confirmed_customer
from .shop import global_id

pytestmark = [pytest.mark.saleor, pytest.mark.django_db]

UPDATE = """mutation ($id: ID!, $input: CustomerAccountInput!) {
  customerAccountUpdate(recordId: $id, input: $input) {
    record { account { customerType { slug } metadata { key value } privateMetadata { key value } } }
    errors { field message code }
  }
}"""


@pytest.fixture
def ours(saleor: SaleorApi) -> SaleorApi:
    """Our endpoint, asked by the staff who may do everything in Saleor too, with what a commit starts."""
    return SaleorApi(token=saleor.token, path=OUR_PATH)


@pytest.fixture
def anna(saleor: SaleorApi) -> CustomerRecord:
    create_confirmed_customer(saleor, "anna@example.com")
    ActivityEntry.objects.all().delete()
    return CustomerRecord.objects.get(email="anna@example.com")


def update(ours: SaleorApi, record: CustomerRecord, **input: Any) -> Any:
    return ours(UPDATE, id=global_id(record), input=input)["record"]["account"]


def told() -> list[tuple[Any, Any]]:
    """What the log has of changes of accounts, the oldest first."""
    entries = ActivityEntry.objects.filter(type=ActivityType.ACCOUNT_CHANGED).order_by("pk")
    return [(entry.before, entry.after) for entry in entries]


def values_of(account: Any) -> dict[str, list[str]]:
    key = (account.pk, account.customer_type_id)
    return {one.slug: [value.text for value in one.values] for one in attributes([key])[key]}


def test_metadata_is_set_changed_and_deleted(ours: SaleorApi, anna: CustomerRecord) -> None:
    answer = update(
        ours,
        anna,
        metadata=[{"key": "level", "value": "gold"}, {"key": "erp", "value": "17"}],
        privateMetadata=[{"key": "score", "value": "7"}],
    )
    assert answer["metadata"] == [{"key": "erp", "value": "17"}, {"key": "level", "value": "gold"}]
    assert answer["privateMetadata"] == [{"key": "score", "value": "7"}]

    answer = update(
        ours,
        anna,
        metadata=[{"key": "level", "value": "silver"}, {"key": "erp", "value": None}],
        privateMetadata=[{"key": "score", "value": None}],
    )
    assert answer["metadata"] == [{"key": "level", "value": "silver"}]
    assert account_of("anna@example.com").private_metadata == {}
    assert told() == [
        (
            {"metadata": {"level": None, "erp": None}, "private_metadata_keys": []},
            {"metadata": {"level": "gold", "erp": "17"}, "private_metadata_keys": ["score"]},
        ),
        (
            {"metadata": {"level": "gold", "erp": "17"}, "private_metadata_keys": []},
            {"metadata": {"level": "silver", "erp": None}, "private_metadata_keys": ["score"]},
        ),
    ]

    update(ours, anna, metadata=[{"key": "level", "value": "silver"}])
    assert len(told()) == 2, "the account has it already"


def test_a_customer_type_is_set_and_with_it_its_attributes(ours: SaleorApi, anna: CustomerRecord) -> None:
    factories.skip_unless_saleor_has("account_attributes")
    kinds = {
        "size": factories.make_attribute("size", choices=["Small", "Large"]),
        "tint": factories.make_attribute("tint", input_type="swatch", choices=["Red"]),
        "regions": factories.make_attribute("regions", input_type="multiselect", choices=["North", "South"]),
        "height": factories.make_attribute("height", input_type="numeric"),
        "birthday": factories.make_attribute("birthday", input_type="date"),
        "seen": factories.make_attribute("seen", input_type="date-time"),
        "vip": factories.make_attribute("vip", input_type="boolean"),
        "motto": factories.make_attribute("motto", input_type="plain-text"),
    }
    wholesale = factories.make_customer_type("wholesale", attributes=kinds.values())
    wanted = {
        "size": ["Large"],
        "tint": ["Red"],
        "regions": ["South", "North"],
        "height": ["172.5"],
        "birthday": ["1990-05-31"],
        "seen": ["2024-02-03T04:05:06+00:00"],
        "vip": ["no"],
        "motto": ["Wait and see"],
    }

    answer = update(
        ours,
        anna,
        customerType=global_id(wholesale),
        attributes=[{"slug": slug, "values": values} for slug, values in wanted.items()],
    )

    account = account_of("anna@example.com")
    assert answer["customerType"] == {"slug": "wholesale"}
    assert values_of(account) == wanted
    ((before, after),) = told()
    assert after == {"customer_type": "wholesale", "attributes": wanted}
    assert before["attributes"] == {slug: [] for slug in wanted}

    update(ours, anna, attributes=[{"slug": slug, "values": values} for slug, values in wanted.items()])
    assert len(told()) == 1, "the account has them already"

    update(ours, anna, attributes=[{"slug": slug, "values": []} for slug in wanted])
    assert {slug: values for slug, values in values_of(account).items() if values} == {}


def test_saleor_shows_what_we_show(ours: SaleorApi, saleor: SaleorApi, anna: CustomerRecord) -> None:
    factories.skip_unless_saleor_has("account_attributes")
    size = factories.make_attribute("size", choices=["Small", "Large"])
    other = factories.make_attribute("other", choices=["Some"])
    wholesale = factories.make_customer_type("wholesale", attributes=[size])
    account = account_of("anna@example.com")
    factories.change(account, customer_type=wholesale)
    factories.assign_value(account, size, "Large")
    factories.assign_value(account, other, "Some")

    shown = saleor(
        """query ($id: ID!) { user(id: $id) { customerType { slug } assignedAttributes(limit: 10) {
            attribute { slug inputType } ... on AssignedSingleChoiceAttribute { value { name } } } } }""",
        id=global_id(account),
    )
    ours_shown = ours(
        """query ($id: ID!) { customerRecord(userId: $id) { account { customerType { slug } attributes {
            slug inputType values { name } } } } }""",
        id=global_id(account),
    )["account"]

    assert ours_shown["customerType"] == shown["customerType"]
    assert [(one["slug"], one["inputType"], one["values"]) for one in ours_shown["attributes"]] == [
        (one["attribute"]["slug"], one["attribute"]["inputType"], [one["value"]]) for one in shown["assignedAttributes"]
    ]


def test_a_list_sets_what_differs_and_tells_of_the_others(saleor: SaleorApi, anna: CustomerRecord) -> None:
    account = account_of("anna@example.com")
    factories.change(account, metadata={"erp": "17"})
    factories.make_record("guest@example.com")
    text = "email,metadata:erp,metadata:level,customer_type\nanna@example.com,17,gold,\nguest@example.com,18,,\n"

    job = load(text)

    account.refresh_from_db()
    assert account.metadata == {"erp": "17", "level": "gold"}
    assert job.report["accounts"] == {"opened": 0, "changed": 1, "refused": 1}
    (problem,) = job.problems.all()
    assert (problem.row_number, [one["code"] for one in problem.reasons]) == (3, ["NOT_FOUND"])
    assert told()[-1] == ({"metadata": {"level": None}}, {"metadata": {"level": "gold"}})
    assert CustomerRecord.objects.get(email="anna@example.com").attributes == {}

    assert load(text).report["accounts"] == {"opened": 0, "changed": 0, "refused": 1}
    assert load("email,metadata:level\nanna@example.com,silver\n", fill_blanks=True).report["accounts"]["changed"] == 0


def test_a_list_sets_types_and_attributes(saleor: SaleorApi, anna: CustomerRecord) -> None:
    factories.skip_unless_saleor_has("account_attributes")
    regions = factories.make_attribute("regions", input_type="multiselect", choices=["North", "South"])
    factories.make_customer_type("wholesale", name="Wholesale customers", attributes=[regions])
    create_confirmed_customer(saleor, "ben@example.com")
    create_confirmed_customer(saleor, "carl@example.com")
    text = (
        'email,customer_type,account_attribute:regions\nanna@example.com,wholesale,"South, North"\n'
        "ben@example.com,wholesale CUSTOMERS,North\ncarl@example.com,wholesail,North\n"
    )

    job = load(text)

    assert job.report["accounts"] == {"opened": 0, "changed": 2, "refused": 1}
    assert values_of(account_of("anna@example.com")) == {"regions": ["South", "North"]}
    assert values_of(account_of("ben@example.com")) == {"regions": ["North"]}
    (problem,) = job.problems.all()
    assert problem.reasons[0]["message"].startswith("Account not changed: No customer type has this slug.")


def test_the_undo_of_a_list_sets_back_what_nobody_changed_since(saleor: SaleorApi, anna: CustomerRecord) -> None:
    account = account_of("anna@example.com")
    factories.change(account, metadata={"erp": "17", "level": "gold"}, private_metadata={"score": "7"})
    job = load(
        "email,metadata:erp,metadata:level,metadata:new,private_metadata:score\nanna@example.com,18,silver,1,8\n"
        "made@example.com,,,,\n"
    )
    account.refresh_from_db()
    factories.change(account, metadata={**account.metadata, "level": "bronze"})

    undoing = undone(job)

    account.refresh_from_db()
    assert account.metadata == {"erp": "17", "level": "bronze"}
    assert account.private_metadata == {"score": "8"}
    assert undoing.report == {"deleted": 1, "changed": 0, "kept": 1, "accounts_changed": 1}
    (problem,) = undoing.problems.all()
    assert (problem.record_id, sorted(one["field"] for one in problem.reasons)) == (
        anna.pk,
        ["metadata:level", "private_metadata"],
    )
    assert told()[-1] == ({"metadata": {"erp": "18", "new": "1"}}, {"metadata": {"erp": "17", "new": None}})


def test_the_undo_of_a_list_sets_back_types_and_attributes(saleor: SaleorApi, anna: CustomerRecord) -> None:
    factories.skip_unless_saleor_has("account_attributes")
    size = factories.make_attribute("size", choices=["Small", "Large"])
    regions = factories.make_attribute("regions", input_type="multiselect", choices=["North", "South"])
    height = factories.make_attribute("height", input_type="numeric")
    flag = factories.make_attribute("flag", input_type="boolean")
    retail = factories.make_customer_type("retail", attributes=[size, height, flag])
    factories.make_customer_type("wholesale", attributes=[size, regions, height, flag])
    account = account_of("anna@example.com")
    factories.change(account, customer_type=retail)
    first = load(
        "email,account_attribute:size,account_attribute:height,account_attribute:flag\nanna@example.com,Small,170,no\n"
    )
    account.refresh_from_db()
    before = values_of(account)
    second = load(
        "email,customer_type,account_attribute:size,account_attribute:regions,account_attribute:height,"
        'account_attribute:flag\nanna@example.com,wholesale,Large,"South, North",180.5,yes\n'
    )

    undoing = undone(second)

    account = account_of("anna@example.com")
    assert (account.customer_type.slug, values_of(account)) == ("retail", before)
    assert (undoing.report["accounts_changed"], list(undoing.problems.all())) == (1, [])
    undone(first)
    assert set(map(tuple, values_of(account_of("anna@example.com")).values())) == {()}


def test_a_record_that_a_list_made_goes_though_its_account_was_changed(saleor: SaleorApi) -> None:
    create_confirmed_customer(saleor, "dora@example.com")
    CustomerRecord.objects.all().delete()
    job = load("email,metadata:level\ndora@example.com,gold\n")

    undoing = undone(job)

    assert account_of("dora@example.com").metadata == {}
    assert undoing.report["accounts_changed"] == 1


def undone(job: BulkJob) -> BulkJob:
    actor = Actor(ActorType.STAFF, str(factories.make_staff().pk))
    with TestCase.captureOnCommitCallbacks(execute=True):
        undoing = undo.create(job.pk, actor=actor)
        for _ in jobs.run(undoing.pk):
            pass
    undoing.refresh_from_db()
    assert undoing.state == JobState.SUCCEEDED, (undoing.error_code, undoing.error_message)
    return undoing


def test_a_saleor_without_customer_types_says_so_for_each_row(anna: CustomerRecord) -> None:
    if host.customer_type_model() is not None:
        pytest.skip("this Saleor has customer types")

    job = load("email,customer_type\nanna@example.com,wholesale\n")

    (problem,) = job.problems.all()
    assert [one["code"] for one in problem.reasons] == ["UNSUPPORTED"]


def load(text: str, **options: Any) -> BulkJob:
    """Import as a member of staff, with what each commit starts."""
    actor = Actor(ActorType.STAFF, str(factories.make_staff().pk))
    with TestCase.captureOnCommitCallbacks(execute=True):
        chosen = ImportOptions(show_preview=False, **options)
        job = imports.of_file(BytesIO(text.encode()), chosen, actor=actor, name="list.csv")
        for _ in jobs.run(job.pk):
            pass
    job.refresh_from_db()
    assert job.state == JobState.SUCCEEDED, (job.error_code, job.error_message)
    return job
