"""One call of each mutation, on people who have everything: what tests/activity/test_completeness.py runs.

A scenario prepares what its call needs, and tells whose records the call changes. A mutation that does several things
has a scenario for each, after a colon.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from io import BytesIO
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from saleor_customer_plus.activity.models import ActorType
from saleor_customer_plus.activity.services import Actor
from saleor_customer_plus.api.core.base import to_global_id
from saleor_customer_plus.api.leads.contact_form import GUARD
from saleor_customer_plus.bulk import fields as field_jobs
from saleor_customer_plus.consent import links
from saleor_customer_plus.groups.models import GroupMembership
from saleor_customer_plus.jobs import engine as jobs
from saleor_customer_plus.jobs.models import JobState
from saleor_customer_plus.mail.models import Mail
from saleor_customer_plus.merging.duplicates import duplicates_job
from saleor_customer_plus.notes.models import Attachment
from saleor_customer_plus.records.models import CustomerRecord
from saleor_customer_plus.sync import reactions
from saleor_customer_plus.tags.models import TagAssignment
from tests.client import Api
from tests.factories import (
    make_account,
    make_address,
    make_consent,
    make_field,
    make_field_values,
    make_group,
    make_job,
    make_lead,
    make_note,
    make_order,
    make_record,
    make_segment,
    make_staff,
    make_tag,
    make_token,
    save_settings,
)
from tests.newsletter.forms import form_token, last_link, subscribe
from tests.notes.samples import PDF

MESSAGE = {"subject": "Your order", "body": "It is ready."}
TEMPLATE = {"name": "Ready", "texts": [{"languageCode": "en", **MESSAGE}]}
CONSENT = {"channel": "EMAIL", "purpose": "PROMOTIONAL", "state": "SUBSCRIBED"}


@dataclass
class Call:
    """The variables and files of a mutation, who calls it, and whose records it changes."""

    variables: Mapping[str, Any]
    changes: set[str]
    files: Mapping[str, Any] = field(default_factory=dict)
    by: tuple[str, str] | None = None  # the actor, if not the member of staff
    token: str | None = ""  # the caller's


class World:
    """Anna, who has everything, and Ben, who has some of it too. `api` is a member of staff's."""

    def __init__(self, api: Api, on_commit: Callable[[], Any]) -> None:
        self.api, self.on_commit = api, on_commit
        save_settings(contact_form=True, newsletter=True, mail_sender="shop@shop.example")
        self.account = make_account("anna@example.com")
        make_order(account=self.account)
        reactions.account_changed(self.account.pk)
        self.anna = CustomerRecord.objects.get(email="anna@example.com")
        self.ben = make_record("ben@example.com")
        self.tag, self.other_tag = make_tag("VIP"), make_tag("new")
        self.group, self.other_group = make_group("Gold"), make_group("Silver")
        for person in (self.anna, self.ben):
            TagAssignment.objects.create(record=person, tag=self.tag)
            GroupMembership.objects.create(record=person, group=self.group)
        self.note = make_note(self.anna)
        self.lead = make_lead(self.anna)
        self.colleague = make_staff()
        self.field, self.other_field = make_field("size"), make_field("colour")
        make_field_values(self.anna, size="L")

    def id(self, row: Any) -> str:
        kind = {
            "User": "User",
            "CustomerRecord": "CustomerRecord",
            "BulkJob": "CustomerJob",
            "Attachment": "CustomerNoteAttachment",
            "FieldDefinition": "CustomerField",
        }
        name = type(row).__name__
        return to_global_id(kind.get(name, f"Customer{name}"), row.pk)

    def ask(self, query: str, **variables: Any) -> Any:
        """Call something beforehand, with all that follows from it."""
        with self.on_commit():
            ((_, answer),) = self.api(query, **variables).items()
        assert not answer.get("errors"), answer
        return answer

    def sign_up(self) -> None:
        """Anna asked for the newsletter, and was mailed a link."""
        with self.on_commit():
            assert subscribe("anna@example.com") == []

    def lock(self, **fields: str) -> None:
        self.ask(
            "mutation ($id: ID!, $input: CustomerRecordInput!)"
            " { customerRecordUpdate(id: $id, input: $input) { errors { message } } }",
            id=self.id(self.anna),
            input=fields,
        )

    def suggest(self) -> None:
        """An order says something else of a field that staff edited."""
        self.lock(firstName="Anni")
        order = make_order(account=self.account, billing_address=make_address(first_name="Anne"))
        reactions.orders_changed([str(order.pk)])
        self.anna.refresh_from_db()
        assert "first_name" in self.anna.suggestions

    def attach(self) -> Attachment:
        self.api.upload(
            "mutation ($note: ID!, $attachments: [Upload!]!)"
            " { customerNoteAttachmentsAdd(noteId: $note, attachments: $attachments) { errors { message } } }",
            {"attachments.0": pdf()},
            note=self.id(self.note),
            attachments=[None],
        )
        return Attachment.objects.get()

    def picture(self) -> None:
        self.api.upload(
            "mutation ($id: ID!, $image: Upload!)"
            " { customerRecordImageSet(id: $id, image: $image) { errors { message } } }",
            {"image": png()},
            id=self.id(self.anna),
        )


def pdf() -> SimpleUploadedFile:
    return SimpleUploadedFile("invoice.pdf", PDF)


def png() -> SimpleUploadedFile:
    buffer = BytesIO()
    Image.new("RGB", (9, 9), "red").save(buffer, "PNG")
    return SimpleUploadedFile("anna.png", buffer.getvalue())


Scenario = Callable[[World], Call]
SCENARIOS: dict[str, Scenario] = {}
ANNA, BOTH, NOBODY = {"anna"}, {"anna", "ben"}, set[str]()


def scenario(*names: str) -> Callable[[Callable[..., Call]], Callable[..., Call]]:
    """Add a scenario under its name; for several names the function takes the part after the colon."""

    def add(function: Callable[..., Call]) -> Callable[..., Call]:
        for name in names:
            _, _, part = name.partition(":")
            SCENARIOS[name] = (lambda world, part=part: function(world, part)) if part else function
        return function

    return add


# Tags and groups.

SCENARIOS |= {
    "customerTagCreate": lambda w: Call({"input": {"name": "late payer"}}, NOBODY),
    "customerTagUpdate:rename": lambda w: Call({"id": w.id(w.tag), "input": {"name": "Best"}}, BOTH),
    "customerTagUpdate:color": lambda w: Call({"id": w.id(w.tag), "input": {"color": "#d4a017"}}, NOBODY),
    "customerTagMerge": lambda w: Call({"sourceIds": [w.id(w.tag)], "targetId": w.id(w.other_tag)}, BOTH),
    "customerTagDelete": lambda w: Call({"id": w.id(w.tag)}, BOTH),
    "customerRecordTagsAdd": lambda w: Call({"recordId": w.id(w.anna), "names": ["late payer"]}, ANNA),
    "customerRecordTagsRemove": lambda w: Call({"recordId": w.id(w.anna), "tagIds": [w.id(w.tag)]}, ANNA),
    "customerGroupCreate": lambda w: Call({"input": {"name": "Bronze"}}, NOBODY),
    "customerGroupUpdate:rename": lambda w: Call({"id": w.id(w.group), "input": {"name": "Golden"}}, BOTH),
    "customerGroupUpdate:voucher": lambda w: Call({"id": w.id(w.group), "input": {"voucherCode": "G10"}}, NOBODY),
    "customerGroupDelete": lambda w: Call({"id": w.id(w.group)}, BOTH),
    "customerRecordGroupsJoin": lambda w: Call({"recordId": w.id(w.anna), "groupIds": [w.id(w.other_group)]}, ANNA),
    "customerRecordGroupsLeave": lambda w: Call({"recordId": w.id(w.anna), "groupIds": [w.id(w.group)]}, ANNA),
}

# Fields of the shop's own.

SCENARIOS |= {
    "customerFieldCreate": lambda w: Call({"input": {"label": "Birthday", "type": "DATE"}}, NOBODY),
    "customerFieldUpdate": lambda w: Call({"id": w.id(w.field), "input": {"label": "Shoe size"}}, NOBODY),
    "customerFieldDelete": lambda w: Call({"id": w.id(w.other_field)}, NOBODY),
    "customerFieldsReorder": lambda w: Call({"ids": [w.id(w.other_field)]}, NOBODY),
}

# Segments and views. Whom one has is found by the sync, and is nobody's doing.

SCENARIOS |= {
    "customerSegmentCreate": lambda w: Call({"input": {"name": "Mine", "query": "country = 'FR'"}}, NOBODY),
    "customerSegmentUpdate": lambda w: Call(
        {"id": w.id(make_segment("country = 'FR'")), "input": {"isFollowed": True, "description": "For later."}}, NOBODY
    ),
    "customerSegmentDelete": lambda w: Call({"id": w.id(make_segment())}, NOBODY),
    "customerSegmentSnapshot:tag": lambda w: Call(
        {"id": w.id(make_segment("email CONTAINS 'example'")), "tag": "late payer"}, BOTH
    ),
    "customerSegmentSnapshot:group": lambda w: Call(
        {"id": w.id(make_segment("email CONTAINS 'anna'")), "groupId": w.id(w.other_group)}, ANNA
    ),
    "customerSavedViewCreate": lambda w: Call({"input": {"name": "Mine", "columns": ["email"]}}, NOBODY),
}

VIEW = 'mutation { customerSavedViewCreate(input: {name: "Mine"}) { view { id } errors { message } } }'


@scenario("customerSavedViewUpdate", "customerSavedViewDelete:own")
def _view(world: World, part: str = "") -> Call:
    view = {"id": world.ask(VIEW)["view"]["id"]}
    return Call(view if part else {**view, "input": {"isShared": True}}, NOBODY)


@scenario("customerFieldUpdate:type", "customerFieldRestore")
def _field(world: World, part: str = "") -> Call:
    """Anna's value becomes another one, or becomes again what it was."""
    input = {"type": "CHOICE", "choices": [{"label": "L", "value": "large"}]}
    preview = (
        "query ($id: ID!, $input: CustomerFieldUpdateInput) { customerFieldChangePreview(id: $id, input: $input)"
        " { token } }"
    )
    token = world.ask(preview, id=world.id(world.field), input=input)["token"]
    variables = {"id": world.id(world.field), "input": input, "token": token}
    if part:
        return Call(variables, ANNA)
    update = (
        "mutation ($id: ID!, $input: CustomerFieldUpdateInput!, $token: String)"
        " { customerFieldUpdate(id: $id, input: $input, token: $token) { errors { message } } }"
    )
    world.ask(update, **variables)
    return Call({"id": world.id(world.field)}, ANNA)


@scenario("customerFieldChangeStart")
def _(world: World) -> Call:
    """The change of a field with very many values, which somebody prepared. Anna's value is no number."""
    actor = Actor(ActorType.STAFF, str(world.colleague.pk))
    job = field_jobs.create_change(world.field.pk, {"type": "NUMBER"}, actor=actor)
    for _step in jobs.run(job.pk):
        pass
    return Call({"id": world.id(job)}, ANNA)


# Records.


@scenario("customerRecordCreate")
def _(world: World) -> Call:
    # An order waits for it, of a guest whom the shop did not take for a customer.
    save_settings(include_guests=False)
    reactions.orders_changed([str(make_order("carla@example.com").pk)])
    fields = {
        "email": "carla@example.com",
        "firstName": "Carla",
        "tags": ["VIP", "fair"],
        "groupIds": [world.id(world.group)],
        "consents": [CONSENT],
        "fields": [{"key": "size", "value": "S"}],
    }
    return Call({"input": fields}, {"carla"})


@scenario(*(f"customerRecordUpdate:{part}" for part in ("details", "field", "email", "approval")))
def _(world: World, part: str) -> Call:
    fields: dict[str, Any] = {
        "details": {
            "firstName": "Anni", "phone": "+493012345678", "number": "K-1", "storeNote": "Calls.", "isTaxExempt": True,
            "attributes": {"size": "L"}, "lawfulBasis": "CONTRACT",
        },
        "field": {"fields": [{"key": "size", "value": "XL"}]},
        "email": {"email": "benedetto@example.com"},
        "approval": {"isApprovedBuyer": True},
    }  # fmt: skip
    person = world.ben if part == "email" else world.anna
    return Call({"id": world.id(person), "input": fields[part]}, {"benedetto"} if part == "email" else ANNA)


@scenario("customerRecordUnlock")
def _(world: World) -> Call:
    world.lock(firstName="Anni")
    return Call({"id": world.id(world.anna), "fields": ["FIRST_NAME"]}, ANNA)


@scenario("customerRecordSuggestionAccept", "customerRecordSuggestionDismiss")
def _suggestion(world: World) -> Call:
    world.suggest()
    return Call({"id": world.id(world.anna), "fields": ["FIRST_NAME"]}, ANNA)


@scenario("customerRecordImageDelete")
def _(world: World) -> Call:
    world.picture()
    return Call({"id": world.id(world.anna)}, ANNA)


@scenario("customerRecordActivate")
def _(world: World) -> Call:
    CustomerRecord.objects.filter(pk=world.anna.pk).update(is_active=False)
    return Call({"id": world.id(world.anna)}, ANNA)


@scenario("customerRecordDelete")
def _(world: World) -> Call:
    preview = "query ($id: ID!) { customerRecordDeletionPreview(id: $id) { token } }"
    token = world.ask(preview, id=world.id(world.anna))["token"]
    return Call({"id": world.id(world.anna), "token": token}, NOBODY)


@scenario("customerRecordMerge")
def _(world: World) -> Call:
    ids = [world.id(world.anna), world.id(world.ben)]
    preview = "query ($input: CustomerRecordMergePreviewInput!) { customerRecordMergePreview(input: $input) { token } }"
    return Call({"input": {"ids": ids, "token": world.ask(preview, input={"ids": ids})["token"]}}, ANNA)


@scenario("customerRecordMergeUndo")
def _(world: World) -> Call:
    merged = SCENARIOS["customerRecordMerge"](world)
    merge = """mutation ($input: CustomerRecordMergeInput!) {
        customerRecordMerge(input: $input) { merge { id } errors { message } } }"""
    return Call({"mergeId": world.ask(merge, **merged.variables)["merge"]["id"]}, BOTH)


SCENARIOS |= {
    "customerRecordImageSet": lambda w: Call({"id": w.id(w.anna)}, ANNA, files={"image": png()}),
    "customerRecordDeactivate": lambda w: Call({"id": w.id(w.anna), "reason": "Moved away."}, ANNA),
}

# Notes, leads, consent.


@scenario("customerNoteAttachmentDelete")
def _(world: World) -> Call:
    return Call({"id": world.id(world.attach())}, ANNA)


@scenario("customerNoteDelete")
def _(world: World) -> Call:
    world.attach()
    return Call({"id": world.id(world.note)}, ANNA)


def letter(address: str) -> SimpleUploadedFile:
    """A message of somebody to the shop."""
    return SimpleUploadedFile("letter.eml", f"From: {address}\nSubject: Hello\n\nHello".encode())


@scenario("customerMessageReceive")
def _(_world: World) -> Call:
    return Call({}, ANNA, by=(ActorType.CUSTOMER, ""), files={"message": letter("anna@example.com")})


def template(world: World) -> str:
    """The id of a template."""
    made = world.ask(
        "mutation ($input: CustomerMessageTemplateInput!)"
        " { customerMessageTemplateCreate(input: $input) { template { id } errors { message } } }",
        input=TEMPLATE,
    )
    return str(made["template"]["id"])


@scenario("customerLeadSubmit:known", "customerLeadSubmit:unknown")
def _(world: World, part: str) -> Call:
    email = "anna@example.com" if part == "known" else "carla@example.com"
    fields = {
        "email": email,
        "message": "Do you have it in green?",
        "token": GUARD.new_token(time.time() - 10),
    }
    return Call({"input": fields}, {email.partition("@")[0]}, by=(ActorType.CUSTOMER, ""), token=None)


@scenario("customerNewsletterSubscribe")
def _(world: World) -> Call:
    return Call(
        {"input": {"email": "anna@example.com", "token": form_token()}}, ANNA, by=(ActorType.CUSTOMER, ""), token=None
    )


@scenario("customerNewsletterConfirm")
def _(world: World) -> Call:
    world.sign_up()
    return Call({"token": last_link().rpartition("/")[2]}, ANNA, by=(ActorType.CUSTOMER, ""), token=None)


@scenario("customerNewsletterPreferencesUpdate")
def _(world: World) -> Call:
    make_consent(world.anna, purpose="NEWSLETTER")
    token = links.token_of(world.anna)
    return Call({"token": token, "purposes": []}, ANNA, by=(ActorType.CUSTOMER, ""), token=None)


@scenario("customerNewsletterResend")
def _(world: World) -> Call:
    world.sign_up()
    Mail.objects.update(created_at=timezone.now() - timedelta(hours=1))
    return Call({"recordId": world.id(world.anna)}, ANNA)


@scenario("customerPreferenceLinksRevoke")
def _(world: World) -> Call:
    links.token_of(world.anna)
    return Call({"recordId": world.id(world.anna)}, ANNA)


@scenario("customerConsentUpdate")
def _(world: World) -> Call:
    by = (ActorType.CUSTOMER, str(world.account.pk))
    return Call({"consents": [CONSENT]}, ANNA, by=by, token=make_token(world.account))


SCENARIOS |= {
    "customerMessageSend": lambda w: Call({"recordId": w.id(w.anna), "input": MESSAGE}, ANNA),
    "customerMessageSendTest": lambda w: Call({"recordId": w.id(w.anna), "input": MESSAGE}, ANNA),
    "customerMessageTemplateCreate": lambda _w: Call({"input": TEMPLATE}, NOBODY),
    "customerMessageTemplateUpdate": lambda w: Call({"id": template(w), "input": {"name": "Done"}}, NOBODY),
    "customerMessageTemplateDelete": lambda w: Call({"id": template(w)}, NOBODY),
    "customerNoteCreate": lambda w: Call(
        {
            "recordId": w.id(w.anna),
            "input": {"text": "Called.", "mentions": [w.id(w.colleague)]},
            "attachments": [None],
        },
        ANNA,
        files={"attachments.0": pdf()},
    ),
    "customerNoteUpdate": lambda w: Call({"id": w.id(w.note), "input": {"text": "Called again."}}, ANNA),
    "customerNotePin": lambda w: Call({"id": w.id(w.note), "isPinned": True}, ANNA),
    "customerNoteAttachmentsAdd": lambda w: Call(
        {"noteId": w.id(w.note), "attachments": [None]}, ANNA, files={"attachments.0": pdf()}
    ),
    "customerLeadCreate:known": lambda w: Call({"input": {"email": "ben@example.com", "message": "Hello"}}, {"ben"}),
    "customerLeadCreate:unknown": lambda w: Call({"input": {"email": "carla@example.com", "subject": "Hi"}}, {"carla"}),
    "customerLeadUpdate:text": lambda w: Call({"id": w.id(w.lead), "input": {"message": "Another question"}}, ANNA),
    "customerLeadUpdate:state": lambda w: Call(
        {"id": w.id(w.lead), "input": {"state": "LOST", "lostReason": "Too dear"}}, ANNA
    ),
    "customerLeadsAssign": lambda w: Call({"ids": [w.id(w.lead)], "ownerId": w.id(w.colleague)}, ANNA),
    "customerLeadDelete": lambda w: Call({"id": w.id(w.lead)}, ANNA),
    "customerConsentRecord": lambda w: Call({"recordId": w.id(w.anna), "consents": [CONSENT]}, ANNA),
}

# In bulk.

BULK = (
    "mutation ($ids: [ID!], $action: CustomerBulkActionInput!)"
    " { customerRecordsBulkUpdate(ids: $ids, action: $action) { job { id } errors { message } } }"
)
ACTIONS: dict[str, Callable[[World], Any]] = {
    "tag": lambda w: {"names": ["fair"]},
    "untag": lambda w: {"tagIds": [w.id(w.tag)]},
    "group": lambda w: [w.id(w.other_group)],
    "ungroup": lambda w: [w.id(w.group)],
    "activate": lambda w: True,
    "deactivate": lambda w: {"reason": "Moved away."},
    "setFields": lambda w: {"firstName": "Somebody", "storeNote": "In bulk."},
    "setTaxExempt": lambda w: True,
    "consents": lambda w: [CONSENT],
    "assignLeads": lambda w: {"ownerId": w.id(w.colleague)},
    "message": lambda w: MESSAGE,
    "delete": lambda w: {"confirm": True, "expected": 2},
}


@scenario(*(f"customerRecordsBulkUpdate:{name}" for name in ACTIONS))
def _bulk(world: World, part: str) -> Call:
    if part == "activate":
        CustomerRecord.objects.update(is_active=False)
    changes = {"assignLeads": ANNA, "delete": NOBODY}.get(part, BOTH)
    variables = {"ids": [world.id(world.anna), world.id(world.ben)], "action": {part: ACTIONS[part](world)}}
    return Call(variables, changes)


@scenario(*(f"customerJobUndo:{name}" for name in ACTIONS if name not in ("delete", "message")))
def _undo(world: World, part: str) -> Call:
    job = world.ask(BULK, **_bulk(world, part).variables)["job"]
    return Call({"id": job["id"]}, ANNA if part == "assignLeads" else BOTH)


SCENARIOS |= {
    "customerExportCreate": lambda w: Call({"filter": {}}, NOBODY),
    "customerExportProfileSave": lambda w: Call({"name": "Mine", "input": {"columns": ["email"]}}, NOBODY),
    "customerJobCancel": lambda w: Call({"id": w.id(make_job(state=JobState.RUNNING))}, NOBODY),
    "customerJobRetry": lambda w: Call({"id": w.id(make_job(state=JobState.CANCELED))}, NOBODY),
    "customerJobForget": lambda w: Call({"id": w.id(make_job(state=JobState.CANCELED))}, NOBODY),
    # What it corrects is what Saleor says, and is logged as the sync's.
    "customerReconciliationStart": lambda w: Call({"since": None}, NOBODY),
    "customerInsightsCompute": lambda w: Call({}, NOBODY),
    "customerDuplicatesSearch": lambda w: Call({}, NOBODY),
    "customerDuplicateDismiss": lambda w: Call({"recordIds": [w.id(w.anna), w.id(w.ben)]}, BOTH),
}


@scenario("customerDuplicatesAccept")
def _(world: World) -> Call:
    same = {"first_name": "Anna", "last_name": "Kalkbrenner", "phone": "+491512345678", "postal_code": "10969"}
    CustomerRecord.objects.filter(pk__in=[world.anna.pk, world.ben.pk]).update(**same)
    for _step in jobs.run(duplicates_job.create().pk):
        pass
    return Call({}, ANNA)


@scenario("customerDuplicateUndismiss")
def _(world: World) -> Call:
    records = {"recordIds": [world.id(world.anna), world.id(world.ben)]}
    dismiss = "mutation ($recordIds: [ID!]!) { customerDuplicateDismiss(recordIds: $recordIds) { errors { code } } }"
    world.api(dismiss, **records)
    return Call(records, BOTH)


@scenario("customerJobProfileDelete")
def _(world: World) -> Call:
    save = 'mutation { customerExportProfileSave(name: "Mine", input: {columns: ["email"]}) { profile { id } } }'
    return Call({"id": world.ask(save)["profile"]["id"]}, NOBODY)


# Imports.

PEOPLE = """email,first_name,tags,groups,accepts_marketing
anna@example.com,Anni,fair,Silver,yes
carla@example.com,Carla,VIP,Gold,yes
"""
IMPORT = (
    "mutation ($file: Upload, $input: CustomerImportInput)"
    " { customerImportCreate(file: $file, input: $input) { job { id } errors { message } } }"
)


def people() -> SimpleUploadedFile:
    return SimpleUploadedFile("people.csv", PEOPLE.encode())


def _import(world: World, **input: Any) -> str:
    """An import that somebody began before: the id of its job."""
    with world.on_commit():
        answer = world.api.upload(IMPORT, {"file": people()}, input=input)["customerImportCreate"]
    assert answer["errors"] == []
    return str(answer["job"]["id"])


SCENARIOS |= {
    "customerImportCreate:preview": lambda w: Call({"input": {}}, NOBODY, files={"file": people()}),
    "customerImportCreate:at once": lambda w: Call(
        {"input": {"showPreview": False}}, {"anna", "carla"}, files={"file": people()}
    ),
    "customerImportUpdate": lambda w: Call({"id": _import(w), "input": {"tags": ["imported"]}}, NOBODY),
    "customerImportStart:all": lambda w: Call({"id": _import(w)}, {"anna", "carla"}),
    "customerImportStart:missing": lambda w: Call(
        {"id": _import(w, deactivateMissing=True), "missing": 1}, {"anna", "ben", "carla"}
    ),
    "customerImportProfileSave": lambda w: Call({"name": "Mine", "input": {}}, NOBODY),
    "customerJobUndo:import": lambda w: Call({"id": _import(w, showPreview=False)}, ANNA),
}


# Addresses.


def _address(world: World) -> str:
    add = 'mutation ($id: ID!) { customerAddressCreate(recordId: $id, input: {city: "Bonn"}) { address { id } } }'
    return str(world.ask(add, id=world.id(world.ben))["address"]["id"])


SCENARIOS |= {
    "customerAddressCreate": lambda w: Call({"recordId": w.id(w.ben), "input": {"city": "Bonn"}}, {"ben"}),
    "customerAddressUpdate": lambda w: Call({"id": _address(w), "input": {"city": "Ulm"}}, {"ben"}),
    "customerAddressDelete": lambda w: Call({"id": _address(w)}, {"ben"}),
    "customerAddressMakePrimary": lambda w: Call({"id": _address(w)}, {"ben"}),
}


# E-mail addresses.


def _email(world: World) -> dict[str, str]:
    add = 'mutation ($id: ID!) { customerRecordEmailAdd(recordId: $id, email: "b@work.example") { record { id } } }'
    world.ask(add, id=world.id(world.ben))
    return {"recordId": world.id(world.ben), "email": "b@work.example"}


SCENARIOS |= {
    "customerRecordEmailAdd": lambda w: Call({"recordId": w.id(w.ben), "email": "b@work.example"}, {"ben"}),
    "customerRecordEmailRemove": lambda w: Call(_email(w), {"ben"}),
    "customerRecordEmailMakePrimary": lambda w: Call(_email(w), {"b"}),  # called by its primary address
}


# What Saleor's own mutations do within ours: only a real Saleor has them.


@scenario("customerAccountCreate")
def _(world: World) -> Call:
    return Call({"recordId": world.id(world.ben)}, {"ben"})


@scenario("customerAccountUpdate")
def _(world: World) -> Call:
    return Call({"recordId": world.id(world.anna), "input": {"metadata": [{"key": "a", "value": "1"}]}}, ANNA)


@scenario("customerDraftOrderCreate")
def _(world: World) -> Call:
    from tests.saleor.shop import open_shop

    shop = open_shop()
    seller = make_staff(permissions=("manage_users", "manage_orders"))
    lines = [{"variantId": shop.variant_id, "quantity": 1}]
    return Call(
        {"recordId": world.id(world.anna), "channel": shop.channel.slug, "lines": lines},
        ANNA,
        by=(ActorType.STAFF, str(seller.pk)),
        token=make_token(seller),
    )


OF_SALEOR = {"customerAccountCreate", "customerAccountUpdate", "customerDraftOrderCreate"}
