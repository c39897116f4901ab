"""What a job was started with: shown in the words in which it was asked for, so that it can be asked for again."""

from __future__ import annotations

import io
from typing import Any

import graphene
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from graphene.utils.str_converters import to_camel_case
from graphql import GraphQLInputObjectType, GraphQLObjectType
from graphql.type.definition import get_named_type

from saleor_customer_plus.api.core.base import to_global_id
from saleor_customer_plus.api.core.mirrors import mirror_of
from saleor_customer_plus.api.jobs import options as job_options
from saleor_customer_plus.api.schema import schema
from saleor_customer_plus.bulk import imports, selection
from saleor_customer_plus.bulk.imports.options import CHOICES, ImportOptions
from saleor_customer_plus.customers.queries import RecordList
from saleor_customer_plus.jobs import engine as jobs
from saleor_customer_plus.jobs import retention
from saleor_customer_plus.jobs.models import BulkJob, JobState
from tests.properties import sampled

from ..bulk.counting import APP
from ..client import Api
from ..factories import make_group, make_job, make_record, make_tag, prepare_saleor_for
from .updates import test_mutations

pytestmark = pytest.mark.django_db

INPUTS = ("CustomerRecordFilterInput", "CustomerExportInput", "CustomerImportInput", "CustomerBulkActionInput")


def fields_of(type_: Any) -> str:
    """All fields of an output type, and of the types within it."""
    named = get_named_type(type_)
    if not isinstance(named, GraphQLObjectType):
        return ""
    return "{ " + " ".join(f"{name} {fields_of(field.type)}" for name, field in named.fields.items()) + " }"


def all_of(*names: str) -> str:
    fields = schema.get_type("CustomerJob").fields
    return " ".join(f"{name} {fields_of(fields[name].type)}" for name in names)


OPTIONS = all_of("records", "exportOptions", "importOptions", "action")
JOB = f"query($id: ID!) {{ customerJob(id: $id) {{ {OPTIONS} }} }}"
EXPORT = """
  mutation($filter: CustomerRecordFilterInput, $search: String, $all: Boolean, $input: CustomerExportInput) {
    customerExportCreate(filter: $filter, search: $search, includeInactive: $all, input: $input) {
      job { id } errors { field message }
    }
  }
"""
UPDATE = """
  mutation($ids: [ID!], $filter: CustomerRecordFilterInput, $search: String, $action: CustomerBulkActionInput!) {
    customerRecordsBulkUpdate(ids: $ids, filter: $filter, search: $search, action: $action) {
      job { id } errors { field message }
    }
  }
"""
IMPORT = """
  mutation($text: String, $input: CustomerImportInput) {
    customerImportCreate(text: $text, input: $input) { job { id } errors { field message } }
  }
"""


def given(value: Any) -> Any:
    """What was read, as a client sends it again: without what is null."""
    if isinstance(value, dict):
        return {name: given(one) for name, one in value.items() if one is not None}
    return [given(one) for one in value] if isinstance(value, list) else value


def asked(api: Api, mutation: str, **variables: Any) -> tuple[BulkJob, dict[str, Any]]:
    """The job that somebody asks for, and what it shows of that."""
    (answer,) = api(mutation, **variables).values()
    assert answer["errors"] == []
    return BulkJob.objects.latest("pk"), api(JOB, id=answer["job"]["id"])["customerJob"]


@pytest.mark.parametrize("name", INPUTS)
def test_every_field_of_an_input_is_shown_by_its_name_and_type(name: str) -> None:
    def compare(sent: Any, read: Any) -> None:
        assert set(read.fields) - {"given"} == set(sent.fields)
        for field, definition in sent.fields.items():
            of, shown = definition.type, read.fields[field].type
            if isinstance(get_named_type(of), GraphQLInputObjectType):
                compare(get_named_type(of), get_named_type(shown))
            else:
                assert str(shown) == str(of)

    suffix = name.removeprefix("Customer").removesuffix("Input")
    compare(schema.get_type(name), schema.get_type(f"CustomerJob{suffix}"))


def spelt(value: Any) -> Any:
    """An example, which is in Python's names, as a client sends it."""
    if isinstance(value, dict):
        return {to_camel_case(name): spelt(one) for name, one in value.items() if one is not None}
    if isinstance(value, list):
        return [spelt(one) for one in value]
    return value.isoformat() if hasattr(value, "isoformat") else value


@pytest.mark.parametrize("name", sampled(test_mutations.TestFilters.EXAMPLES, one_in=4))
def test_any_filter_is_shown_as_it_can_be_sent_again(api: Api, name: str) -> None:
    prepare_saleor_for(name)
    sent = spelt({name: test_mutations.TestFilters.EXAMPLES[name]})
    first, shown = asked(api, EXPORT, filter=sent, search="anna", input={"format": "JSONL", "columns": ["email"]})
    assert {*sent} <= {*given(shown["records"]["filter"])}

    again, same = asked(
        api,
        EXPORT,
        filter=given(shown["records"]["filter"]),
        search=shown["records"]["search"],
        all=shown["records"]["includeInactive"],
        input=given(shown["exportOptions"]),
    )

    assert again.options == first.options
    assert same == shown


def test_an_export_tells_whom_it_has(api: Api) -> None:
    vip, default = make_tag("VIP"), to_global_id("CustomerGroup", make_group("All", is_default=True).pk)
    wanted = {"tags": {"any": [to_global_id("CustomerTag", vip.pk)]}, "groups": {"none": [default]}}
    _job, shown = asked(api, EXPORT, filter=wanted, all=True, input={"profile": "mailchimp"})
    assert given(shown) == {
        "records": {"includeInactive": True, "filter": {**wanted, "acceptsNewsletter": True}},
        "exportOptions": {"profile": "mailchimp"},
    }


@pytest.mark.parametrize(
    "action",
    [
        {"tag": {"names": ["VIP"]}},
        {"activate": True},
        {"deactivate": {"reason": "Moved away."}},
        {"setFields": {"storeNote": "Rings twice", "attributes": {"a": [1, None]}}},
        {"setTaxExempt": False},
        {
            "consents": [
                {
                    "channel": "SMS",
                    "purpose": "NEWSLETTER",
                    "state": "UNSUBSCRIBED",
                    "decidedAt": "2024-05-01T12:00:00+00:00",
                }
            ]
        },
        {"delete": {"confirm": True, "expected": 1}},
    ],
    ids=lambda action: next(iter(action)),
)
def test_an_action_is_shown_as_it_can_be_sent_again(api: Api, action: dict[str, Any]) -> None:
    anna = make_record()
    first, shown = asked(api, UPDATE, ids=[to_global_id("CustomerRecord", anna.pk)], action=action)
    read = given(shown["action"])
    if names := read.get("setFields", {}).pop("given", None):
        assert names == sorted(action["setFields"])
    assert read == action
    assert given(shown["records"]) == {
        "includeInactive": True,
        "idCount": 1,
        "ids": [to_global_id("CustomerRecord", anna.pk)],
    }

    again, same = asked(api, UPDATE, ids=shown["records"]["ids"], action=read)

    assert {**again.options, "_arguments": 0} == {**first.options, "_arguments": 0}
    assert same == shown


def test_an_import_is_shown_as_it_can_be_sent_again(api: Api) -> None:
    club = to_global_id("CustomerGroup", make_group("Club").pk)
    sent = {
        "mode": "CREATE_ONLY",
        "tags": ["fair"],
        "groupId": club,
        "mapping": [{"header": "x"}, {"header": "Wer", "column": "name"}],
        "subscribe": "ALL",
        "marketingPurposes": ["NEWSLETTER"],
        "lawfulBasis": "CONSENT",
        "wording": "I agree.",
        "country": "DE",
        "hasHeader": True,
    }
    first, shown = asked(api, IMPORT, text="a@example.com", input=sent)
    assert {name: given(shown["importOptions"])[name] for name in sent} == sent
    assert (shown["records"], shown["exportOptions"], shown["action"]) == (None, None, None)

    again, same = asked(api, IMPORT, text="b@example.com", input=given(shown["importOptions"]))

    assert again.options == first.options
    assert same == shown


def test_a_request_is_not_answered_more_ids_than_one_update_may_name(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(job_options, "MAX_IDS_SHOWN", 3)
    for _ in range(2):
        make_job("UPDATE", options={"_ids": [1, 2]})
    (error,) = api.errors("{ customerJobs(first: 2) { edges { node { records { idCount ids } } } } }")
    assert error["extensions"]["code"] == "LIMIT_REACHED"
    listed = api("{ customerJobs(first: 2) { edges { node { records { idCount } } } } }")["customerJobs"]["edges"]
    assert [edge["node"]["records"]["idCount"] for edge in listed] == [2, 2]


SECRET = "Verena Geheim"


def an_import() -> BulkJob:
    options = ImportOptions(tags=(SECRET,), mapping={SECRET: "name"}, wording=SECRET, fill_blanks=True)
    return imports.of_file(io.BytesIO(f"Email,{SECRET}\na@example.com,{SECRET}\n".encode()), options, actor=APP)


def an_export(api: Api) -> BulkJob:
    columns = ["email", f"attribute:{SECRET}"]
    return asked(api, EXPORT, filter={"companyName": SECRET}, search=SECRET, input={"columns": columns})[0]


def an_update(api: Api) -> BulkJob:
    action = {"setFields": {"storeNote": SECRET}}
    return asked(api, UPDATE, filter={"companyName": SECRET}, search=SECRET, action=action)[0]


def an_update_by_ids(api: Api) -> BulkJob:
    ids = [to_global_id("CustomerRecord", make_record().pk)]
    return asked(api, UPDATE, ids=ids, action={"deactivate": {"reason": SECRET}})[0]


@pytest.mark.parametrize("make", [lambda _api: an_import(), an_export, an_update, an_update_by_ids])
def test_of_a_forgotten_job_nothing_of_anybody_is_shown_or_kept(api: Api, make: Any) -> None:
    job = make(api)
    for _ in jobs.run(job.pk):
        pass
    job.refresh_from_db()
    assert job.state in (JobState.SUCCEEDED, JobState.READY)
    query = f"query($id: ID!) {{ customerJob(id: $id) {{ {all_of('records', 'action')} report {{ __typename }} }} }}"
    id = to_global_id("CustomerJob", job.pk)
    assert api(query, id=id)["customerJob"]["report"] is not None

    retention.forget(job.pk, actor=APP)

    assert api(query, id=id)["customerJob"] == {"records": None, "action": None, "report": None}
    shown = api(JOB, id=id)["customerJob"]
    assert shown["exportOptions"] is None
    assert SECRET not in str(shown)
    (columns,) = BulkJob.objects.filter(pk=job.pk).values()
    assert SECRET not in str(columns)
    assert "_ids" not in columns["options"]


def test_what_is_kept_of_the_options_of_an_import_are_options() -> None:
    assert {*CHOICES} <= {*ImportOptions.__dataclass_fields__}


def test_a_command_s_job_is_shown_too(api: Api) -> None:
    job = make_job("EXPORT", options={"_records": selection.dumped(RecordList()), "columns": []})
    assert given(api(JOB, id=to_global_id("CustomerJob", job.pk))["customerJob"])["records"] == {
        "includeInactive": False,
        "filter": {"isActive": True},
    }


def test_the_number_of_statements_does_not_grow_with_the_page(api: Api) -> None:
    group = make_group("All", is_default=True)
    wanted = {"groups": {"none": [to_global_id("CustomerGroup", group.pk)]}}
    query = f"{{ customerJobs(first: 100) {{ edges {{ node {{ {OPTIONS} report {{ __typename }} }} }} }} }}"

    def statements() -> int:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            api(query)
        return len(captured)

    for _ in range(2):
        asked(api, EXPORT, filter=wanted)
        asked(api, UPDATE, filter=wanted, action={"setTaxExempt": True})
        an_import()
    few = statements()
    for _ in range(3):
        asked(api, EXPORT, filter=wanted)
        asked(api, UPDATE, filter=wanted, action={"setTaxExempt": True})
        an_import()
    assert statements() == few


def test_a_mirror_is_made_once() -> None:
    class CustomerSomethingInput(graphene.InputObjectType):  # type: ignore[misc]
        """Something."""

        text = graphene.String(description="A text.")

    assert mirror_of(CustomerSomethingInput) is mirror_of(CustomerSomethingInput)
    assert mirror_of(CustomerSomethingInput).__name__ == "CustomerJobSomething"
