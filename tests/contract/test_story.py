"""The demo's story comes to the same end on both hosts."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal

import pytest

from saleor_customer_plus.records.models import CustomerRecord
from saleor_customer_plus.sync import reconciliation as actions
from saleor_customer_plus.sync.walks import DRIFT
from sandbox.demo import back_office, lists, story
from sandbox.demo.api_client import ApiClient
from sandbox.demo.shop import Shop
from tests.drift import reconcile
from tests.factories import restore_what_migrations_made


@pytest.fixture(autouse=True)
def shop_of_migrations(transactional_db: None) -> None:
    restore_what_migrations_made()


Figures = dict[str, tuple[int, Decimal, Decimal]]


def _eur(orders: int, spent: str, net: str | None = None) -> Figures:
    return {"EUR": (orders, Decimal(spent), Decimal(net or spent))}


def _records() -> dict[str, tuple[str, bool, Figures]]:
    return {
        record.email: (
            record.stage,
            record.account_id is not None,
            {one.currency: (one.order_count, one.total_gross, one.net_of_refunds) for one in record.figures.all()},
        )
        for record in CustomerRecord.objects.prefetch_related("figures")
    }


def _drift() -> int:
    counted = sum((batch.counted for batch in actions.rehearse()), Counter[str]())
    return sum(counted[name] for name in DRIFT)


@pytest.mark.django_db(transaction=True)
def test_the_story_ends_well() -> None:
    told: list[str] = []
    shop = Shop()

    story.play(shop, told.append)

    assert len(told) == len(story.CHAPTERS)
    assert _records() == {
        "anna.rossi@example.com": ("CUSTOMER", True, _eur(3, "150")),
        "ben@example.com": ("CUSTOMER", True, _eur(1, "30") | {"USD": (1, Decimal(120), Decimal(120))}),
        "clara@vogt.example": ("CUSTOMER", False, _eur(1, "200", "120")),
        "dora@example.com": ("CUSTOMER", False, {}),
        "emil@example.com": ("LEAD", False, {}),
        "emma@example.com": ("LEAD", False, {}),
        "farid@new.example": ("CUSTOMER", True, _eur(2, "100")),
        "greta@example.com": ("CUSTOMER", False, _eur(3, "60")),
    }
    assert _drift() == 0

    story.lose_a_hook(shop)
    assert _drift() > 0
    reconcile()
    assert _records()[story.LOST] == ("CUSTOMER", False, _eur(1, "35"))
    assert _drift() == 0


@pytest.mark.django_db(transaction=True)
def test_staff_work_on_the_people_of_the_story() -> None:
    told: list[str] = []
    shop = Shop()
    story.play(shop, told.append)
    api = ApiClient()

    back_office.play(api, shop, told.append)

    anna, ben = (back_office.seen(api, email) for email in ("anna.rossi@example.com", "ben@example.com"))
    clara, ida = (back_office.seen(api, email) for email in ("clara@vogt.example", back_office.IDA))
    assert anna["tags"] == [{"name": "VIP"}]
    assert anna["acceptsNewsletter"] is True
    assert (ben["phone"], ben["suggestions"]) == ("+16175550123", [{"field": "PHONE", "value": "+16175550000"}])
    assert clara["groups"] == [{"name": "Wholesale", "isDefault": False}]
    ((file,),) = (edge["node"]["attachments"] for edge in clara["notes"]["edges"])
    assert api.download(file["url"]) == back_office.QUOTE
    ((lead,),) = ([edge["node"] for edge in ida["leads"]["edges"]],)
    assert (lead["state"], ida["stage"]) == ("CONVERTED", "CUSTOMER")
    assert _drift() == 0


@pytest.mark.django_db(transaction=True)
def test_a_list_comes_in_is_undone_and_goes_out() -> None:
    steps = lists.Lists(ApiClient())
    anna = CustomerRecord.objects.create(email="customer0@old-shop.example", first_name="Anna")

    job = steps.preview()
    assert job["report"]["preview"]["counts"] == {
        "toCreate": lists.ROWS - lists.REFUSED - 1,
        "toUpdate": 1,
        "toLeave": 0,
        "toSkip": 0,
        "toRefuse": lists.REFUSED,
        "withWarnings": lists.WARNED,
    }
    assert CustomerRecord.objects.count() == 1

    job = steps.start(job)
    assert CustomerRecord.objects.count() == lists.ROWS - lists.REFUSED
    assert len(steps.api.download(job["errorFile"]).decode("utf-8-sig").splitlines()) == lists.REFUSED + 1
    assert len(steps.api.download(job["warningFile"]).decode("utf-8-sig").splitlines()) == lists.WARNED + 1

    undone = steps.undo(job)
    assert undone["report"] == {"deleted": lists.ROWS - lists.REFUSED - 1, "changed": 1, "kept": 0}
    assert (undone["progress"]["updated"], undone["progress"]["unchanged"]) == (1, 0)
    assert list(CustomerRecord.objects.values_list("pk", "first_name")) == [(anna.pk, "Anna")]

    exported = steps.export()
    assert b"customer0@old-shop.example" in steps.api.download(exported["resultFile"])
