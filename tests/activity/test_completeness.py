"""Nothing writes to a record, or to what hangs on one, without an entry in its log by who did it.

Every mutation of the schema is called, with all the tasks that follow; what it did is found by comparing all tables
before and after. A new mutation, action or table is part of this by itself, and fails without a scenario.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.apps import apps
from django.db.models import ForeignKey, GeneratedField, Max, Model

from saleor_customer_plus.activity.models import ActivityEntry, ActivityType, ActorType
from saleor_customer_plus.activity.services import Actor, Entry, append
from saleor_customer_plus.api.schema import schema
from saleor_customer_plus.groups.models import GroupMembership
from saleor_customer_plus.insights.models import CustomerInsight
from saleor_customer_plus.merging.duplicates.models import DuplicateKey, DuplicatePair
from saleor_customer_plus.records.models import CustomerRecord
from saleor_customer_plus.tags.models import TagAssignment
from tests.client import Api
from tests.factories import change, make_record, make_tag
from tests.properties import sampled

from .scenarios import ACTIONS, OF_SALEOR, SCENARIOS, Call, World

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("storage")]

MUTATIONS = schema.get_mutation_type().fields

# Rows that compare many records, and say nothing that is not in the data of each.
COMPARISONS = (CustomerInsight, DuplicateKey, DuplicatePair)

# What a row of these shows is kept in another one.
SHOWN = {TagAssignment: ("tag__name",), GroupMembership: ("group__name",)}


def path_to_record(model: type[Model], seen: frozenset[type[Model]] = frozenset()) -> str | None:
    """By which foreign keys a row belongs to a record: `note__record_id`."""
    if model is CustomerRecord:
        return "pk"
    for field in model._meta.fields:
        target: Any = field.related_model
        if not isinstance(field, ForeignKey) or target in seen or target is model:
            continue
        if target is CustomerRecord:
            return field.attname
        if target._meta.app_label == "saleor_customer_plus" and (path := path_to_record(target, seen | {model})):
            return f"{field.name}__{path}"
    return None


PATHS = {
    model: path
    for model in apps.get_app_config("saleor_customer_plus").get_models()
    if model not in (ActivityEntry, *COMPARISONS) and (path := path_to_record(model))
}


def rows() -> Iterator[tuple[tuple[str, Any], tuple[Any, ...]]]:
    """All that hangs on records: by table and key, the record's id and everything else."""
    for model, path in PATHS.items():
        names = [field.attname for field in model._meta.fields if not isinstance(field, GeneratedField)]
        for row in model._base_manager.values_list("pk", path, *names, *SHOWN.get(model, ())):
            yield (model.__name__, row[0]), row[1:]


def document(mutation: str, variables: Any) -> str:
    """The mutation with these variables, all of which it has."""
    arguments = MUTATIONS[mutation].args
    declared = ", ".join(f"${name}: {arguments[name].type}" for name in variables)
    given = ", ".join(f"{name}: ${name}" for name in variables)
    if not variables:
        return f"mutation {{ {mutation} {{ errors {{ field message code }} }} }}"
    return f"mutation ({declared}) {{ {mutation}({given}) {{ errors {{ field message code }} }} }}"


def run(api: Api, mutation: str, call: Call) -> None:
    caller = api if call.token == "" else api.by(call.token)
    query = document(mutation, {**call.variables, **{name: None for name in call.files if "." not in name}})
    answer = caller.upload(query, call.files, **call.variables) if call.files else caller(query, **call.variables)
    assert answer[mutation]["errors"] == []


def names(record_ids: Iterable[Any]) -> set[str]:
    """Who these records are, by their addresses. Of those that are gone there is nothing to tell."""
    found = CustomerRecord.objects.filter(pk__in=set(record_ids)).values_list("email", flat=True)
    return {email.partition("@")[0] for email in found}


@dataclass
class Observed:
    """Whose records changed, and in whose log there is who did it."""

    changed: set[str]
    logged: set[str]


def observe(actor: tuple[str, str], act: Callable[[], None]) -> Observed:
    before, last = dict(rows()), ActivityEntry.objects.aggregate(last=Max("id"))["last"] or 0
    act()
    after = dict(rows())
    differ = [key for key in before.keys() | after if before.get(key) != after.get(key)]
    changed = names(state[key][0] for key in differ for state in (before, after) if key in state)
    entries = ActivityEntry.objects.filter(id__gt=last, actor_type=actor[0], actor_id=actor[1])
    return Observed(changed, names(entries.values_list("record", flat=True)))


@pytest.mark.parametrize(
    "name",
    sampled(
        [pytest.param(name, marks=pytest.mark.saleor) if name in OF_SALEOR else name for name in SCENARIOS],
        one_in=3,
    ),
)
def test_whoever_changes_a_record_is_in_its_log(api: Api, staff: Any, on_commit: Callable[[], Any], name: str) -> None:
    call = SCENARIOS[name](World(api, on_commit))

    def act() -> None:
        with on_commit():
            run(api, name.partition(":")[0], call)

    observed = observe(call.by or (ActorType.STAFF, str(staff.pk)), act)

    assert observed.changed - observed.logged == set(), "changed, and nobody says by whom"
    assert observed.changed | observed.logged == call.changes


def test_it_would_be_noticed() -> None:
    anna, ben = make_record("anna@example.com"), make_record("ben@example.com")
    tag = make_tag()
    TagAssignment.objects.create(record=anna, tag=tag)
    TagAssignment.objects.create(record=ben, tag=tag)
    sara = Actor(ActorType.STAFF, "7")

    def act() -> None:
        append([Entry(anna.pk, ActivityType.TAG_RENAMED, **sara.of_entry)])
        append([Entry(ben.pk, ActivityType.TAG_RENAMED)])
        change(tag, name="another")

    assert observe(("STAFF", "7"), act) == Observed({"anna", "ben"}, {"anna"})


def test_every_mutation_has_a_scenario() -> None:
    assert {name.partition(":")[0] for name in SCENARIOS} == set(MUTATIONS)
    assert set(ACTIONS) == set(schema.get_type_map()["CustomerBulkActionInput"].fields)


def test_the_tables_of_a_record_are_all_there() -> None:
    """So that nothing is passed over because it is found by no foreign key."""
    assert {model.__name__: path for model, path in PATHS.items()} == {
        "CustomerRecord": "pk",
        "CustomerAcquisition": "record_id",
        "CustomerAddress": "record_id",
        "CustomerEmail": "record_id",
        "CustomerFigures": "record_id",
        "FormerRecord": "record_id",
        "Merge": "record_id",
        "MergedRecord": "merge__record_id",
        "MovedRow": "merge__record_id",
        "LedgerEntry": "record_id",
        "LedgerLine": "entry__record_id",
        "TagAssignment": "record_id",
        "GroupMembership": "record_id",
        "VoucherUse": "record_id",
        "Note": "record_id",
        "NoteVersion": "note__record_id",
        "NoteMention": "note__record_id",
        "Attachment": "note__record_id",
        "Lead": "record_id",
        "ConsentEvent": "record_id",
        "CurrentConsent": "record_id",
        "PreferenceLink": "record_id",
        "NewsletterSignup": "record_id",
        "FieldValue": "record_id",
        "SegmentMembership": "record_id",
        "Mail": "record_id",
        "MailAttachment": "mail__record_id",
    }
