"""Accounts of staff and accounts that are not confirmed, changed through records by Saleor's own mutations."""

from __future__ import annotations

from typing import Any

import pytest

from saleor_customer_plus.records.models import CustomerRecord
from saleor_customer_plus.saleor_adapter.host import User
from saleor_customer_plus.sync import reactions
from tests import factories
from tests.client import Api

from .shop import global_id

pytestmark = [pytest.mark.saleor, pytest.mark.django_db]

TAKE_OVER = """mutation ($id: ID!) {
  customerRecordUpdate(id: $id, input: {email: "mine@example.com"}) { errors { field code } }
}"""
DEACTIVATE = """mutation ($id: ID!) {
  customerRecordDeactivate(id: $id, alsoAccount: true) { errors { field code } }
}"""
DELETE = """mutation ($id: ID!, $token: String!) {
  customerRecordDelete(id: $id, token: $token, alsoAccount: true) { errors { field code } }
}"""
PREVIEW = "query ($id: ID!) { customerRecordDeletionPreview(id: $id) { token hasAccount } }"


def errors(caller: str, query: str, **variables: Any) -> list[tuple[str, str]]:
    (answer,) = Api(token=caller)(query, **variables).values()
    return [(error["field"], error["code"]) for error in answer["errors"]]


def staff(*permissions: str, **fields: Any) -> str:
    return factories.make_token(factories.make_staff(permissions=permissions, **fields))


def record_of(account: Any) -> CustomerRecord:
    order = factories.make_order(account=account)
    reactions.orders_changed([str(order.pk)])
    reactions.account_changed(account.pk)
    return CustomerRecord.objects.get(account=account)


@pytest.mark.parametrize("is_superuser", [True, False])
def test_nobody_takes_over_an_account_of_staff_with_manage_users_alone(is_superuser: bool) -> None:
    member = factories.make_staff("boss@example.com", is_superuser=is_superuser)
    id = global_id(record_of(member))

    for token in (staff("manage_users"), factories.make_app(permissions=("manage_users",))[1]):
        assert errors(token, TAKE_OVER, id=id) == [("email", "OUT_OF_SCOPE")]
        assert errors(token, DEACTIVATE, id=id) == [("alsoAccount", "OUT_OF_SCOPE")]

    member.refresh_from_db()
    assert (member.email, member.is_active) == ("boss@example.com", True)


def test_whoever_manages_staff_and_may_do_as_much_changes_their_accounts() -> None:
    member = factories.make_staff("colleague@example.com")
    id = global_id(record_of(member))
    manager = staff("manage_users", "manage_staff")

    assert errors(manager, TAKE_OVER, id=id) == []
    assert errors(manager, DEACTIVATE, id=id) == []

    member.refresh_from_db()
    assert (member.email, member.is_active) == ("mine@example.com", False)


def test_nobody_changes_the_account_of_staff_who_may_do_more() -> None:
    member = factories.make_staff("colleague@example.com", permissions=("manage_users", "manage_orders"))
    id = global_id(record_of(member))
    assert errors(staff("manage_users", "manage_staff"), TAKE_OVER, id=id) == [("email", "OUT_OF_SCOPE")]


def test_an_account_that_is_not_confirmed_is_deactivated_and_deleted_with_the_record() -> None:
    account = factories.make_account("anna@example.com", is_confirmed=False)
    reactions.account_changed(account.pk)
    id, token = global_id(CustomerRecord.objects.get()), staff("manage_users")

    assert errors(token, DEACTIVATE, id=id) == []
    account.refresh_from_db()
    assert not account.is_active

    seen = Api(token=token)(PREVIEW, id=id)["customerRecordDeletionPreview"]
    assert seen["hasAccount"]
    assert errors(token, DELETE, id=id, token=seen["token"]) == []
    assert not User.objects.filter(pk=account.pk).exists()
    assert not CustomerRecord.objects.exists()
