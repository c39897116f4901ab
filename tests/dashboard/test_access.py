"""Every path, as those who may not see customers: they learn nothing, and change nothing. And a GET changes nothing."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import jwt
import pytest
from django.apps import apps
from django.db import transaction
from django.test import Client
from django.utils import timezone

from saleor_customer_plus.addresses.models import CustomerAddress
from saleor_customer_plus.api.core.base import to_global_id
from saleor_customer_plus.dashboard.urls import urlpatterns
from saleor_customer_plus.groups.services import default_group
from saleor_customer_plus.jobs.models import BulkProfile
from saleor_customer_plus.merging.models import Merge
from saleor_customer_plus.messages.models import MessageTemplate
from saleor_customer_plus.records.models import CustomerRecord
from saleor_customer_plus.segments import ready_made
from saleor_customer_plus.segments.models import SavedView, Segment
from tests.factories import (
    make_account,
    make_app,
    make_channel,
    make_field,
    make_group,
    make_job,
    make_lead,
    make_ledger_entry,
    make_note,
    make_order,
    make_record,
    make_staff,
    make_tag,
    make_token,
    save_settings,
)
from tests.properties import share

from .client import ROOT

SECRET = "ceceline"
ACTIONS = ("cancel", "retry", "undo", "forget")


@pytest.fixture
def shop(db: None) -> dict[str, str]:
    """One of everything, all with the same word in it: the IDs by the name of the parameter of the path."""
    save_settings(dashboard=True)
    account = make_account(f"{SECRET}@example.com", first_name=SECRET)
    record = make_record(f"{SECRET}@example.com", first_name=SECRET, account=account)
    order = make_order(account=account)
    make_ledger_entry(record, order_id=order.pk)
    profile = BulkProfile.objects.create(name=SECRET, kind="EXPORT")
    segment = Segment.objects.create(name=SECRET, query="city = 'Berlin'")
    address = CustomerAddress.objects.create(record=record, first_name=SECRET)
    view = SavedView.objects.create(name=SECRET, key=SECRET, owner_type="STAFF", owner_id="0", is_shared=True)
    merge = Merge.objects.create(record=record, kept_id=record.pk, merged_ids=[record.pk + 1], actor_type="STAFF")
    template = MessageTemplate.objects.create(name=SECRET, key=SECRET)
    default_group()
    ready_made.ensure()
    return {
        "record_id": to_global_id("CustomerRecord", record.pk),
        "note_id": to_global_id("CustomerNote", make_note(record, text=SECRET, author_id=str(account.pk)).pk),
        "lead_id": to_global_id("CustomerLead", make_lead(record, subject=SECRET).pk),
        "tag_id": to_global_id("CustomerTag", make_tag(SECRET).pk),
        "group_id": to_global_id("CustomerGroup", make_group(SECRET).pk),
        "job_id": to_global_id("CustomerJob", make_job("EXPORT", state="PENDING").pk),
        "segment_id": to_global_id("CustomerSegment", segment.pk),
        "profile_id": to_global_id("CustomerJobProfile", profile.pk),
        "address_id": to_global_id("CustomerAddress", address.pk),
        "view_id": to_global_id("CustomerSavedView", view.pk),
        "merge_id": to_global_id("CustomerMerge", merge.pk),
        "template_id": to_global_id("CustomerMessageTemplate", template.pk),
        "field_id": to_global_id("CustomerField", make_field(label=SECRET).pk),
        "kind": "tags",
        "customerId": to_global_id("User", account.pk),
        "customerIds": to_global_id("User", account.pk),
        "orderId": to_global_id("Order", order.pk),
        "channel": make_channel().slug,
    }


def paths(ids: dict[str, str]) -> Iterator[str]:
    """Every path there is, about what `ids` names."""
    for pattern in urlpatterns:
        route = str(pattern.pattern)
        for action in ACTIONS if "<str:action>" in route else ("",):
            path = route.replace("<str:action>", action)
            for name, id in ids.items():
                path = path.replace(f"<str:{name}>", id)
            assert "<" not in path, "Add the parameter to the fixture `shop`."
            yield path


def form(ids: dict[str, str]) -> dict[str, Any]:
    """What any of the forms sends."""
    return ids | {
        "ids": ids["record_id"],
        "action": "deactivate",
        "text": "new@example.com",
        "pinned": "yes",
        "is_pinned": "yes",
        "name": "Other",
        "email": "new@example.com",
        "state": "QUALIFIED",
        "add_tag": "Other",
        "tags": "Other",
        "firstName": "Other",
        "profile_name": "Other",
        "unlock": "FIRST_NAME",
        "purpose": "NEWSLETTER",
        "reason": "Other",
        "mode": "CREATE_ONLY",
        "query": "city = 'Hamburg'",
        "follow": "yes",
    }


def everything() -> list[Any]:
    """All rows that the screens could change."""
    models: list[Any] = [*apps.get_app_config("saleor_customer_plus").get_models()]
    models += [apps.get_model("account.User"), apps.get_model("order.Order")]
    return [sorted(map(repr, model.objects.values_list())) for model in models]


def _tokens() -> dict[str, str | None]:
    staff = make_staff()
    claims = jwt.decode(make_token(staff), options={"verify_signature": False})
    return {
        "nobody": None,
        "nonsense": "nonsense",
        "another shop": jwt.encode(claims, "another shop's key of enough bytes for this", algorithm="HS256"),
        "unsigned": jwt.encode(claims, None, algorithm="none"),
        "customer": make_token(make_account()),
        "staff": make_token(make_staff(permissions=("manage_orders", "manage_staff"))),
        "app": make_app(permissions=("manage_orders", "manage_staff"))[1],
        "inactive app": make_app(is_active=False)[1],
        "inactive staff": make_token(make_staff(is_active=False)),
    }


STRANGERS = ["nobody", "another shop", "customer", "staff", "app"]


@pytest.mark.parametrize("who", STRANGERS)
def test_those_who_may_not_manage_customers_learn_and_change_nothing(shop: dict[str, str], who: str) -> None:
    token = _tokens()[who]
    before = everything()
    requests = itertools.product(paths(shop), ("get", "post"), (True, False))
    # In an everyday run the five of them share the paths.
    for path, method, is_screen in share(requests, one_in=5, turn=STRANGERS.index(who)):
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        client = Client(headers=headers | ({"HX-Request": "true"} if is_screen else {}))
        with transaction.atomic():  # a refused mutation rolls back
            response = getattr(client, method)(f"{ROOT}{path}", form(shop))
        where = (path, method, is_screen)
        assert SECRET not in response.content.decode().lower(), where
        assert response.status_code < 500, where
        assert "public" not in response.headers.get("Cache-Control", ""), where
        if response.status_code == 200:
            assert response.headers["Cache-Control"] == "no-store", where
    assert everything() == before


@pytest.mark.parametrize("who", ["nonsense", "unsigned", "inactive app", "inactive staff"])
def test_other_tokens_that_open_nothing(shop: dict[str, str], who: str) -> None:
    client = Client(headers={"Authorization": f"Bearer {_tokens()[who]}", "HX-Request": "true"})
    for path in ("customers", f"customers/{shop['record_id']}", "jobs", "leads", "settings"):
        response = client.get(f"{ROOT}{path}")
        assert response.status_code in (400, 401, 403)
        assert SECRET not in response.content.decode()


def test_a_get_changes_nothing(shop: dict[str, str]) -> None:
    """Else a link that somebody sends could change something, and a browser that asks again."""
    client = Client(headers={"Authorization": f"Bearer {make_token(make_staff())}", "HX-Request": "true"})
    before, seen = everything(), 0
    for number, path in enumerate(paths(shop)):
        with transaction.atomic():
            response = client.get(f"{ROOT}{path}", form(shop))
        assert response.status_code in (200, 400, 404, 405), (path, response.content.decode())
        assert response.headers["Cache-Control"] == "no-store", path
        seen += SECRET in response.content.decode().lower()
        if number % 10 == 0:
            assert everything() == before, f"{path}, or one of the nine before it"
    assert everything() == before
    assert seen > 30  # so there is something that others could have learned


def test_staff_of_other_channels_see_nothing_of_an_order(shop: dict[str, str]) -> None:
    record = CustomerRecord.objects.get(first_name=SECRET)
    hidden = make_channel("hidden-channel", currency="JPY")
    order = make_order(account=record.account, channel=hidden, currency="JPY", total="7654321")
    entry = {"currency": "JPY", "total": "7654321", "channel_id": hidden.pk, "channel_slug": hidden.slug}
    make_ledger_entry(record, order_id=order.pk, order_number=987654, **entry)
    make_lead(record, state="CONVERTED", converted_order_id=order.pk, converted_at=timezone.now())
    order_id = to_global_id("Order", order.pk)

    def seen(**staff: Any) -> set[str]:
        headers = {"Authorization": f"Bearer {make_token(make_staff(**staff))}", "HX-Request": "true"}
        shown = []
        for path in (*paths(shop), f"widgets/order?orderId={order_id}"):
            with transaction.atomic():
                shown.append(Client(headers=headers).get(f"{ROOT}{path}").content.decode())
        marks = {mark for mark in ("7,654,321", "987654", order_id) if any(mark in html for html in shown)}
        return marks | ({"widget"} if SECRET in shown[-1] else set())

    assert seen() == {"7,654,321", "987654", order_id, "widget"}
    assert seen(channels=[make_channel()]) == set()
