"""Who meets a condition about what Saleor keeps of the account."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from saleor_customer_plus.conditions.catalogue import REGISTRY
from saleor_customer_plus.conditions.compiling import compile_tree
from saleor_customer_plus.conditions.context import Context
from saleor_customer_plus.conditions.errors import ConditionError
from saleor_customer_plus.conditions.parsing import parse
from saleor_customer_plus.conditions.predicates import Missing
from saleor_customer_plus.conditions.registry import Field
from saleor_customer_plus.records.models import CustomerRecord
from saleor_customer_plus.saleor_adapter import host
from tests.factories import (
    assign_value,
    make_account,
    make_attribute,
    make_customer_type,
    make_record,
    make_staff,
    skip_unless_saleor_has,
)

pytestmark = pytest.mark.django_db

HERE = Context()


def meeting(text: str) -> str:
    """The first letters of those who meet a condition, which has to be the complement of its negation."""
    everybody = set(CustomerRecord.objects.values_list("email", flat=True))

    def found(text: str) -> set[str]:
        records = CustomerRecord.objects.filter(compile_tree(parse(text), HERE).condition)
        return set(records.values_list("email", flat=True))

    those = found(text)
    assert found(f"NOT ({text})") == everybody - those
    return "".join(sorted(email[0] for email in those))


def read(name: str) -> dict[str, Any]:
    """What an explanation tells of everybody who has a value."""
    field = REGISTRY.field(name)
    assert isinstance(field, Field)
    emails = dict(CustomerRecord.objects.values_list("pk", "email"))
    told = field.read(list(emails), Missing(), HERE)
    return {emails[pk][0]: value for pk, value in told.items() if value is not None}


@pytest.fixture
def people(db: None) -> None:
    """Anna's account of one type, Ben's of another; Carl has no account, and Dora's account nothing."""
    skip_unless_saleor_has("account_attributes")
    size = make_attribute("size", input_type="multiselect", choices=["Small", "Very large"])
    height = make_attribute("height", input_type="numeric")
    birthday = make_attribute("birthday", input_type="date")
    vip = make_attribute("vip", input_type="boolean")
    motto = make_attribute("motto", input_type="plain-text")
    wholesale = make_customer_type("wholesale", attributes=[size, height, birthday, vip, motto])
    retail = make_customer_type("retail", attributes=[height])
    anna = make_account("anna@example.com", customer_type=wholesale)
    assign_value(anna, size, "Very large")
    assign_value(anna, size, "Small")
    assign_value(anna, height, "172.5", numeric=172.5)
    assign_value(anna, birthday, "1990", date_time=datetime(1990, 5, 31, tzinfo=UTC))
    assign_value(anna, vip, "Yes", boolean=True)
    assign_value(anna, motto, "Wait…", plain_text="Wait and see")
    ben = make_account("ben@example.com", customer_type=retail)
    assign_value(ben, height, "180", numeric=180)
    assign_value(ben, size, "Small")  # which his type does not have
    for account in (anna, ben, make_account("dora@example.com")):
        make_record(account.email, account=account)
    make_record("carl@example.com")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("customer_type = 'wholesale'", "a"),
        ("customer_type != 'wholesale'", "bcd"),
        ("customer_type IN ('wholesale', 'retail')", "ab"),
        ("customer_type IS NULL", "cd"),
        ("account_attributes.size = 'Small'", "a"),
        ("account_attributes.size = 'very-large'", "a"),
        ("account_attributes.size CONTAINS 'large'", "a"),
        ("account_attributes.size != 'Small'", "bcd"),
        ("account_attributes.size IS NULL", "bcd"),
        ("account_attributes.height >= 172.5", "ab"),
        ("account_attributes.height BETWEEN 170 AND 175", "a"),
        ("account_attributes.birthday < 1990-06-01", "a"),
        ("account_attributes.birthday = 1990-05-31", "a"),
        ("account_attributes.birthday > 1990-05-31", ""),
        ("account_attributes.vip = true", "a"),
        ("account_attributes.vip = false", ""),
        ("account_attributes.motto CONTAINS 'and'", "a"),
        ("account_attributes.motto = 'Wait and see'", "a"),
    ],
)
def test_customer_type_and_attributes(people: None, text: str, expected: str) -> None:
    assert meeting(text) == expected


def test_explanations_tell_the_values(people: None) -> None:
    assert read("customer_type") == {"a": "wholesale", "b": "retail"}
    assert read("account_attributes.size") == {"a": "Very large, Small"}
    assert read("account_attributes.height") == {"a": 172.5, "b": 180.0}
    assert read("account_attributes.birthday") == {"a": date(1990, 5, 31)}
    assert read("account_attributes.vip") == {"a": True}


def test_metadata() -> None:
    for name, public, private in (("anna", {"level": "gold"}, {"score": "7"}), ("ben", {"level": "silver"}, {})):
        account = make_account(f"{name}@example.com", metadata=public, private_metadata=private)
        make_record(account.email, account=account)
    make_record("carl@example.com")
    sara = make_staff("sara@example.com", metadata={"level": "gold"}, private_metadata={"score": "7"})
    make_record(sara.email, account=sara)

    assert meeting("metadata.level = 'gold'") == "as"
    assert meeting("metadata.level IN ('gold', 'silver')") == "abs"
    assert meeting("metadata.level CONTAINS 'ol'") == "as"
    assert meeting("metadata.level IS NULL") == "c"
    assert meeting("private_metadata.score = '7'") == "a", "that of staff is private"
    assert meeting("private_metadata.score IS NULL") == "bcs"
    assert read("metadata.level") == {"a": "gold", "b": "silver", "s": "gold"}
    assert read("private_metadata.score") == {"a": "7"}


def test_what_there_is_not_is_told(people: None) -> None:
    for text in ("customer_type = 'wholesail'", "account_attributes.sise = 'Small'"):
        with pytest.raises(ConditionError):
            compile_tree(parse(text), HERE)


def test_a_saleor_without_them_has_no_such_values(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(host, "customer_type_model", lambda: None)
    monkeypatch.setattr(host, "customer_attribute_models", lambda: None)
    make_record("anna@example.com", account=make_account("anna@example.com"))

    assert meeting("customer_type IS NULL") == "a"
    assert REGISTRY.field("account_attributes.size") is None
    assert read("customer_type") == {}
