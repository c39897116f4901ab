"""Whoever sends an input with several faults is told of all of them, each with the field as the API names it.

The faults of each field are found by trying: values of its type that are refused when nothing else is wrong. Then every
field has its fault at once, and the answer must have them all.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
from django.db import transaction
from graphene.utils.str_converters import to_snake_case
from graphql.type.definition import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    get_named_type,
)

from saleor_customer_plus.addresses.models import CustomerAddress
from saleor_customer_plus.api.core.base import to_global_id
from saleor_customer_plus.api.schema import schema
from saleor_customer_plus.deletion import services as deletion
from saleor_customer_plus.merging.preview import Request, plan
from saleor_customer_plus.messages.models import MessageTemplate
from saleor_customer_plus.segments.models import SavedView
from tests.client import Api
from tests.factories import (
    make_account,
    make_channel,
    make_field,
    make_group,
    make_job,
    make_lead,
    make_note,
    make_record,
    make_segment,
    make_staff,
    make_tag,
    make_token,
)
from tests.properties import sampled

pytestmark = pytest.mark.django_db

MUTATIONS = schema.get_mutation_type().fields

FAR = "9999-12-30T00:00:00+00:00"
# Refused where the type is not enough: for its shape, its length, or as an id of nothing.
FAULTS: Mapping[str, list[Any]] = {
    "String": ["a\x00b", "a" * 20_000, "+", "?", "x"],
    "ID": ["wrong", "MISSING"],
    "Int": [-1],
    "Float": [1e18],
    "JSON": [{"a": 1e20}],
    "Boolean": [True, False],
    "DateTime": [FAR],
    "Upload": ["x"],
}
Path = tuple[str | int, ...]


def _missing(kind: str) -> str:
    return base64.b64encode(f"{kind}:999999".encode()).decode()


def _places(kind: Any, path: Path, level: int = 0) -> Iterator[tuple[Path, Any]]:
    """Where in an argument a value stands, and of which type it is. Of a list it is the first one."""
    named = get_named_type(kind)
    bare = kind.of_type if isinstance(kind, GraphQLNonNull) else kind
    if isinstance(bare, GraphQLList):
        yield from _places(bare.of_type, (*path, 0), level)
    elif isinstance(named, GraphQLInputObjectType):
        if level < 3:
            for name, field in named.fields.items():
                yield from _places(field.type, (*path, name), level + 1)
    elif not isinstance(named, GraphQLEnumType):
        yield path, named


def _with(arguments: Any, path: Path, value: Any) -> Any:
    """The arguments with a value at a place."""
    if not path:
        return value
    first, rest = path[0], path[1:]
    if isinstance(first, int):
        items = list(arguments or [None])
        return [_with(items[0], rest, value), *items[1:]]
    return {**(arguments or {}), first: _with((arguments or {}).get(first), rest, value)}


def _query(name: str) -> str:
    field = MUTATIONS[name]
    declared = ", ".join(f"${key}: {argument.type}" for key, argument in field.args.items())
    passed = ", ".join(f"{key}: ${key}" for key in field.args)
    return f"mutation ({declared}) {{ {name}({passed}) {{ errors {{ field message code }} }} }}"


Errors = set[tuple[str | None, str]]


@pytest.fixture
def told(api: Api, storage: Any) -> Callable[[str, Any], Errors | None]:
    """What a mutation says is wrong, by field and code. None, if GraphQL refuses the values itself. Nothing stays."""

    customer = Api(make_token(make_account()))

    def ask(name: str, arguments: Any) -> Errors | None:
        caller = customer if name == "customerConsentUpdate" else api
        with transaction.atomic():
            answer = caller.post(_query(name), **arguments).json()
            transaction.set_rollback(True)
        if "errors" in answer:
            return None
        return {(error["field"], error["message"]) for error in answer["data"][name]["errors"]}

    return ask


@pytest.fixture
def valid(storage: Any) -> dict[str, Any]:
    """Arguments of each mutation that are not refused, or only for what lies outside of its input."""
    record = make_record("anna@example.com")
    losses = deletion.losses(record.pk)
    assert losses is not None
    ids = {
        "record": to_global_id("CustomerRecord", record.pk),
        "tag": to_global_id("CustomerTag", make_tag().pk),
        "other": to_global_id("CustomerTag", make_tag().pk),
        "group": to_global_id("CustomerGroup", make_group().pk),
        "note": to_global_id("CustomerNote", make_note(record).pk),
        "lead": to_global_id("CustomerLead", make_lead(record).pk),
        "job": to_global_id("CustomerJob", make_job("IMPORT", state="READY").pk),
        "staff": to_global_id("User", make_staff().pk),
        "field": to_global_id("CustomerField", make_field("badge").pk),
        "address": to_global_id("CustomerAddress", CustomerAddress.objects.create(record=record, city="Ulm").pk),
    }
    view = SavedView.objects.create(name="Mine", key="mine", owner_type="STAFF", owner_id="0", is_shared=True)
    template = MessageTemplate.objects.create(name="Hello", key="hello")
    ids["template"] = to_global_id("CustomerMessageTemplate", template.pk)
    text = {"languageCode": "en", "subject": "Hi", "body": "Hello"}
    ids["segment"] = to_global_id("CustomerSegment", make_segment().pk)
    ids["view"] = to_global_id("CustomerSavedView", view.pk)
    decision = {"channel": "EMAIL", "purpose": "NEWSLETTER", "state": "SUBSCRIBED"}
    same = make_record("a@example.com")
    token = plan(Request([record.pk, same.pk]), requestor=make_staff()).token
    return {
        "customerRecordMerge": {
            "input": {"ids": [ids["record"], to_global_id("CustomerRecord", same.pk)], "token": token}
        },
        "customerRecordCreate": {"input": {"email": "new@example.com", "consents": [decision]}},
        "customerRecordUpdate": {"id": ids["record"], "input": {"firstName": "Anna"}},
        "customerAccountUpdate": {"recordId": ids["record"], "input": {"metadata": [{"key": "a"}]}},
        "customerAddressCreate": {"recordId": ids["record"], "input": {"city": "Bonn"}},
        "customerAddressUpdate": {"id": ids["address"], "input": {"city": "Bonn"}},
        "customerFieldCreate": {"input": {"label": "New", "type": "TEXT"}},
        "customerFieldUpdate": {"id": ids["field"], "input": {"label": "New"}},
        "customerFieldDelete": {"id": ids["field"]},
        "customerTagCreate": {"input": {"name": "New"}},
        "customerTagUpdate": {"id": ids["tag"], "input": {"name": "New"}},
        "customerTagMerge": {"sourceIds": [ids["tag"]], "targetId": ids["other"]},
        "customerRecordTagsAdd": {"recordId": ids["record"], "names": ["New"]},
        "customerRecordTagsRemove": {"recordId": ids["record"], "names": ["New"]},
        "customerGroupCreate": {"input": {"name": "New"}},
        "customerGroupUpdate": {"id": ids["group"], "input": {"name": "New"}},
        "customerRecordGroupsJoin": {"recordId": ids["record"], "groupIds": [ids["group"]]},
        "customerRecordGroupsLeave": {"recordId": ids["record"], "groupIds": [ids["group"]]},
        "customerNoteCreate": {"recordId": ids["record"], "input": {"text": "Hello"}},
        "customerMessageSend": {"recordId": ids["record"], "input": {"subject": "Hi", "body": "Hello"}},
        "customerMessageSendTest": {"recordId": ids["record"], "input": {"subject": "Hi", "body": "Hello"}},
        "customerMessageTemplateCreate": {"input": {"name": "New", "texts": [text]}},
        "customerMessageTemplateUpdate": {"id": ids["template"], "input": {"name": "New", "texts": [text]}},
        "customerNoteUpdate": {"id": ids["note"], "input": {"text": "Hello"}},
        "customerNoteAttachmentsAdd": {"noteId": ids["note"], "attachments": []},
        "customerLeadCreate": {"input": {"recordId": ids["record"], "message": "Hello"}},
        "customerLeadUpdate": {"id": ids["lead"], "input": {"message": "Hello"}},
        "customerLeadsAssign": {"ids": [ids["lead"]], "ownerId": ids["staff"]},
        "customerConsentRecord": {"recordId": ids["record"], "consents": [decision]},
        "customerConsentUpdate": {"consents": [decision]},
        "customerRecordEmailAdd": {"recordId": ids["record"], "email": "other@example.com"},
        "customerRecordEmailRemove": {"recordId": ids["record"], "email": "anna@example.com"},
        "customerRecordEmailMakePrimary": {"recordId": ids["record"], "email": "anna@example.com"},
        "customerRecordDeactivate": {"id": ids["record"], "reason": "Moved", "alsoAccount": False},
        "customerRecordActivate": {"id": ids["record"], "alsoAccount": False},
        "customerRecordDelete": {"id": ids["record"], "token": losses.token, "alsoAccount": False},
        "customerDraftOrderCreate": {"recordId": ids["record"], "channel": make_channel().slug, "lines": []},
        "customerRecordsBulkUpdate": {"filter": {}, "action": {}},
        "customerExportCreate": {"filter": {}, "input": {"columns": ["email"]}},
        "customerExportProfileSave": {"name": "New", "input": {"columns": ["email"]}},
        "customerImportCreate": {"text": "anna@example.com", "input": {"country": "DE"}},
        "customerImportUpdate": {"id": ids["job"], "input": {"country": "DE"}},
        "customerImportProfileSave": {"name": "New", "input": {"country": "DE"}},
        "customerSegmentCreate": {"input": {"name": "New", "query": "city = 'Ulm'"}},
        "customerSegmentUpdate": {"id": ids["segment"], "input": {"name": "New"}},
        "customerSegmentSnapshot": {"id": ids["segment"], "tag": "New"},
        "customerSavedViewCreate": {"input": {"name": "New"}},
        "customerSavedViewUpdate": {"id": ids["view"], "input": {"name": "New"}},
        "customerRecordImageSet": {"id": ids["record"], "image": "x"},
    }


PUBLIC = {"customerLeadSubmit", "customerNewsletterSubscribe", "customerNewsletterPreferencesUpdate"}

# Of these only one may be given, or one decides whether the other counts: they are faulty one at a time.
EXCLUSIVE = {
    ("customerLeadCreate", "input.email"),  # or recordId
    ("customerLeadCreate", "input.firstName"),  # of a new record
    ("customerLeadCreate", "input.lastName"),
    ("customerRecordsBulkUpdate", "ids.0"),  # or filter
    ("customerImportCreate", "file"),  # or text
    ("customerRecordActivate", "id"),  # without it nobody knows whether there is an account
    ("customerRecordDeactivate", "id"),
    ("customerRecordDelete", "id"),
    ("customerRecordCreate", "input.email"),  # without it nobody can have the number
    ("customerFieldUpdate", "id"),  # without it nobody knows the type, nor which limits and choices it allows
}
EXCLUSIVE |= {
    *((f"customerMessageSend{verb}", "input.templateId") for verb in ("", "Test")),  # or subject and body
    ("customerRecordMerge", "input.ids.0"),  # without it nobody knows which records are meant
    ("customerRecordMerge", "input.choices.0.fieldKey"),  # goes with one field only
    *((f"customerSegment{verb}", "input.tree") for verb in ("Create", "Update")),  # or query
    *((f"customerSavedView{verb}", "input.tree") for verb in ("Create", "Update")),
    ("customerSegmentSnapshot", "groupId"),  # or tag
    *((f"customerRecordEmail{verb}", "recordId") for verb in ("Remove", "MakePrimary")),  # without it, of whom?
}
# A filter's labels and the like need a lookup that others do not.
ACTIONS = [
    {"tag": {"names": ["New"]}},
    {"untag": {"names": ["New"]}},
    {"group": []},
    {"ungroup": []},
    {"deactivate": {"reason": "x"}},
    {"setFields": {"firstName": "x"}},
    {"consents": [{"channel": "EMAIL", "purpose": "NEWSLETTER", "state": "SUBSCRIBED"}]},
    {"assignLeads": {}},
    {"message": {"subject": "Hi", "body": "Hello"}},
    {"delete": {"confirm": True, "expected": 9}},
]


def _key(path: Path) -> str:
    return ".".join(map(str, path))


def _faults(
    name: str, base: Any, places: list[tuple[Path, Any]], ask: Callable[[str, Any], Errors | None]
) -> dict[Path, tuple[Any, Errors]]:
    """For each place a value that is refused, and what is said of it that is not said of the base."""
    before = ask(name, base) or set()
    found: dict[Path, tuple[Any, Errors]] = {}
    for path, kind in places:
        candidates: list[Any] = list(FAULTS.get(kind.name, []))
        for candidate in candidates:
            value = candidate
            if candidate == "MISSING":  # of the kind that the answer to the first one names
                messages = " ".join(message for _, message in (found.get(path) or (None, set()))[1])
                wanted = re.search(r"id of an? (\w+)", messages)
                if not wanted:
                    continue
                value = _missing(wanted[1])
            new = (ask(name, _with(base, path, value)) or set()) - before
            if new and (path not in found or candidate == "MISSING"):
                found[path] = (value, new)
                if candidate != "wrong":
                    break
    return found


def _cases() -> Iterator[Any]:
    for name in MUTATIONS:
        if name == "customerRecordsBulkUpdate":
            for action in ACTIONS:
                yield pytest.param(name, {"action": action}, id=f"{name}-{next(iter(action))}")
        else:
            yield pytest.param(name, {}, id=name)


@pytest.mark.parametrize(("name", "more"), sampled(_cases(), one_in=3))
def test_all_faults_of_an_input_are_told_at_once(
    told: Callable[[str, Any], Errors | None], valid: dict[str, Any], name: str, more: dict[str, Any]
) -> None:
    if name in PUBLIC:
        pytest.skip("Anybody may send it: what is wrong with the form is told once the token holds.")
    if name not in valid:
        wrong = [kind for argument in MUTATIONS[name].args.values() for _, kind in _places(argument.type, ())]
        # How many are missing is compared with what the job of the id says: without the job nothing is wrong with it.
        assert len([kind for kind in wrong if kind.name != "Boolean"]) <= 1 + (name == "customerImportStart")
        pytest.skip("It has one argument that can be wrong.")
    base = {**valid[name], **more}
    places = [
        (path, kind)
        for key, argument in MUTATIONS[name].args.items()
        for path, kind in _places(argument.type, (key,))
        if (name, _key(path)) not in EXCLUSIVE
        and path[0] in {**base, "version": 1, "voucherCode": 1}
        and (path[0] != "action" or path[1] in more["action"])
        # Who is meant is read before what is to be done with them: one action stands for all.
        and (path[0] != "filter" or more in ({}, {"action": ACTIONS[0]}))
        # Read as that of a bulk update, whose mistakes are told before it is looked whether its labels exist.
        and (path[:2] != ("input", "filter") or not name.startswith("customerSavedView"))
    ]
    faults = _faults(name, base, places, told)
    together = base
    for path, (value, _) in faults.items():
        together = _with(together, path, value)

    answer = told(name, together)

    assert answer is not None
    expected = {field for _, errors in faults.values() for field, _message in errors}
    assert expected <= {field for field, _message in answer}, _lost(faults, answer)
    for field, message in answer:
        _check_named(name, field, message)


def _lost(faults: Mapping[Path, tuple[Any, Errors]], answer: Errors) -> str:
    fields = {field for field, _ in answer}
    lost = [
        (_key(path), errors) for path, (_, errors) in faults.items() if not {field for field, _ in errors} <= fields
    ]
    return f"not told: {json.dumps([(place, sorted(map(str, errors))) for place, errors in lost], indent=1)[:3000]}"


def _names(kind: Any) -> set[str]:
    named = get_named_type(kind)
    if not isinstance(named, GraphQLInputObjectType):
        return set()
    return set(named.fields) | {name for field in named.fields.values() for name in _names(field.type)}


def _check_named(name: str, field: str | None, message: str) -> None:
    """A field is named by its path, of names that the mutation's arguments have; so it is in messages."""
    arguments = MUTATIONS[name].args
    known = set(arguments) | {one for argument in arguments.values() for one in _names(argument.type)}
    if field is not None:
        assert {part for part in field.split(".") if not part.isdigit()} <= known, (field, message)
    snake = {to_snake_case(one) for one in known} - known
    assert not snake & set(re.findall(r"[a-z_]+", message)), message
