"""A shop in which every screen and dialog has something to show."""

from __future__ import annotations

import re
from typing import Any
from unittest import mock

from saleor_customer_plus.activity.models import ActorType
from saleor_customer_plus.activity.services import Actor
from saleor_customer_plus.api.core.base import to_global_id
from saleor_customer_plus.fields import changes
from saleor_customer_plus.fields.models import FieldDefinition
from saleor_customer_plus.jobs import engine
from saleor_customer_plus.jobs.models import BulkJob
from saleor_customer_plus.mail.models import Mail
from saleor_customer_plus.merging.duplicates import duplicates_job
from saleor_customer_plus.merging.models import Merge
from saleor_customer_plus.messages.models import MessageTemplate, MessageTemplateText
from saleor_customer_plus.records.labels import fold
from saleor_customer_plus.records.models import CustomerRecord
from tests import factories
from tests.dashboard.client import Browser


def fill(token: str) -> dict[str, str]:
    """Make it, as the member of staff with this token. Return the ids that paths need, by their names."""
    browser = Browser(token)
    records = {
        name: factories.make_record(email, **values)
        for name, email, values in (
            ("ANNA", "anna@example.net", {"first_name": "Anna", "last_name": "Rossi", "country_code": "IT"}),
            ("OTTO", "otto.hahn@example.com", {"first_name": "Otto", "last_name": "Hahn", "phone": "+491512345678"}),
            ("OTHER", "hahn@example.com", {"first_name": "Otto", "last_name": "Hahn", "phone": "+491512345678"}),
            ("FORMER", "anna.rossi@example.org", {"first_name": "Anna", "last_name": "Rossi", "city": "Torino"}),
        )
    }
    ids = {name: to_global_id("CustomerRecord", record.pk) for name, record in records.items()}
    anna = records["ANNA"]
    factories.make_note(anna, text="Rings twice")
    ids["LEAD"] = to_global_id("CustomerLead", factories.make_lead(anna, subject="Chairs").pk)
    ids["TAG"] = to_global_id("CustomerTag", factories.make_tag("Press", color="#cc3355").pk)
    ids["SEGMENT"] = to_global_id("CustomerSegment", factories.make_segment("order_count >= 2", name="Regulars").pk)
    template = MessageTemplate.objects.create(name="Quote", key=fold("Quote"))
    MessageTemplateText.objects.create(
        template=template, position=0, language_code="en", subject="Your quote", body="Hello **{{ first_name }}**"
    )
    ids["TEMPLATE"] = to_global_id("CustomerMessageTemplate", template.pk)
    _write(browser, ids)
    _merge(browser, ids)
    _change_a_field(browser, ids, anna)
    for _ in engine.run(duplicates_job.create(actor=Actor(ActorType.STAFF, "1")).pk):
        pass
    return ids


def _write(browser: Browser, ids: dict[str, str]) -> None:
    form = {"subject": "Your quote", "body": "Is it *still* forty chairs?", "does": "send"}
    browser.change(f"customers/{ids['ANNA']}/message", form)
    assert Mail.objects.filter(subject="Your quote").exists()


def _merge(browser: Browser, ids: dict[str, str]) -> None:
    form = {"ids": [ids["ANNA"], ids["FORMER"]], "winner": ids["ANNA"]}
    token = re.search(r'name="token" value="([^"]+)"', browser.screen("merge", form))
    assert token is not None
    browser.change("merge", {**form, "token": token[1]})
    ids["MERGE"] = to_global_id("CustomerMerge", Merge.objects.latest("pk").pk)


def _change_a_field(browser: Browser, ids: dict[str, str], anna: CustomerRecord) -> None:
    """One of each kind, and a change of one of them that waits for somebody who agrees with what it loses."""
    for type in ("NUMBER", "DATE", "BOOLEAN", "CHOICES", "MONEY"):
        factories.make_field(type=type, choices=["Gold"] if type == "CHOICES" else [])
    field = factories.make_field("size", label="Size")
    factories.make_field_values(anna, size="1")
    factories.make_field_values(factories.make_record(), size="many")
    ids["FIELD"] = to_global_id("CustomerField", field.pk)
    gone = FieldDefinition.objects.get(type="BOOLEAN", archived_at=None)
    browser.change(f"settings/fields/{to_global_id('CustomerField', gone.pk)}/delete")
    with mock.patch.object(changes, "MAX_VALUES", 1):
        browser.change(f"settings/fields/{ids['FIELD']}", {"label": "Size", "type": "NUMBER"})
    job: Any = BulkJob.objects.latest("pk")
    for _ in engine.run(job.pk):
        pass
    ids["JOB"] = to_global_id("CustomerJob", job.pk)
