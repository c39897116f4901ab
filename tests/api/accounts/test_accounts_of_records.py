"""What staff see of an account that is not confirmed, and who may change the accounts of staff."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from saleor_customer_plus.api.core.base import to_global_id
from saleor_customer_plus.records.models import CustomerRecord
from saleor_customer_plus.sync import reactions
from tests.client import Api
from tests.factories import make_account, make_app, make_order, make_record, make_staff, make_token

pytestmark = pytest.mark.django_db

FIELDS = "email hasAccount userId isStaff account { id isLinked isConfirmed isActive isStaff firstName }"


def gid(record: CustomerRecord) -> str:
    return to_global_id("CustomerRecord", record.pk)


def user(account: Any) -> str:
    return to_global_id("User", account.pk)


def emails(api: Api, **filter: bool) -> list[str]:
    data = api(
        "query ($filter: CustomerRecordFilterInput) { customerRecords(first: 9, filter: $filter) "
        "{ edges { node { email } } } }",
        filter=filter,
    )
    return sorted(edge["node"]["email"] for edge in data["customerRecords"]["edges"])


# Accounts that are not confirmed.


def test_an_account_that_is_not_confirmed_is_shown_and_found_and_no_link(api: Api) -> None:
    account = make_account("anna@example.com", is_confirmed=False, first_name="Mallory")
    reactions.account_changed(account.pk)
    make_record("bea@example.com")

    found = api(f"query ($id: ID!) {{ customerRecord(userId: $id) {{ {FIELDS} firstName }} }}", id=user(account))

    assert found["customerRecord"] == {
        "email": "anna@example.com",
        "hasAccount": False,
        "userId": None,
        "isStaff": False,
        "firstName": "",
        "account": {
            "id": user(account),
            "isLinked": False,
            "isConfirmed": False,
            "isActive": True,
            "isStaff": False,
            "firstName": "Mallory",
        },
    }
    assert emails(api, hasUnconfirmedAccount=True) == ["anna@example.com"]
    assert emails(api, hasUnconfirmedAccount=False) == ["bea@example.com"]


def test_a_linked_account_is_shown(api: Api) -> None:
    account = make_account("anna@example.com")
    reactions.account_changed(account.pk)

    found = api(f'{{ customerRecord(email: "anna@example.com") {{ {FIELDS} }} }}')["customerRecord"]

    assert (found["hasAccount"], found["userId"], found["account"]["isLinked"]) == (True, user(account), True)
    assert emails(api, hasUnconfirmedAccount=True) == []


@pytest.mark.standin  # which refuses every mutation of Saleor's own: it was asked
@pytest.mark.parametrize("mutation", ["customerRecordDeactivate", "customerRecordActivate"])
def test_an_account_that_is_not_confirmed_is_switched_off_too(api: Api, mutation: str) -> None:
    account = make_account("anna@example.com", is_confirmed=False)
    reactions.account_changed(account.pk)
    record = CustomerRecord.objects.get()

    answer = api(
        f"mutation ($id: ID!) {{ {mutation}(id: $id, alsoAccount: true) {{ errors {{ field code }} }} }}",
        id=gid(record),
    )

    assert [error["code"] for error in answer[mutation]["errors"]] == ["GRAPHQL_ERROR"]


def test_a_record_does_not_leave_an_account_behind(api: Api) -> None:
    account = make_account("anna@example.com", is_confirmed=False)
    reactions.account_changed(account.pk)

    answer = api(
        """
        mutation ($id: ID!) {
          customerRecordUpdate(id: $id, input: {email: "new@example.com"}) { errors { field code id } }
        }
        """,
        id=gid(CustomerRecord.objects.get()),
    )

    assert answer["customerRecordUpdate"]["errors"] == [{"field": "email", "code": "OUT_OF_SCOPE", "id": user(account)}]


def test_who_has_an_account_of_the_address_gets_no_second_one(api: Api) -> None:
    account = make_account("anna@example.com", is_confirmed=False)
    reactions.account_changed(account.pk)

    answer = api(
        "mutation ($id: ID!) { customerAccountCreate(recordId: $id) { errors { field code id } } }",
        id=gid(CustomerRecord.objects.get()),
    )

    assert answer["customerAccountCreate"]["errors"] == [{"field": "email", "code": "UNIQUE", "id": user(account)}]


def test_a_deletion_with_an_account_that_there_is_none_of(api: Api) -> None:
    id = gid(make_record())
    preview = api("query ($id: ID!) { customerRecordDeletionPreview(id: $id) { token hasAccount } }", id=id)
    found = preview["customerRecordDeletionPreview"]

    answer = api(
        """
        mutation ($id: ID!, $token: String!) {
          customerRecordDelete(id: $id, token: $token, alsoAccount: true) { errors { field code } }
        }
        """,
        id=id,
        token=found["token"],
    )

    assert found["hasAccount"] is False
    assert answer["customerRecordDelete"]["errors"] == [{"field": "alsoAccount", "code": "NOT_FOUND"}]
    assert CustomerRecord.objects.exists()


# Accounts of staff.


def members(superuser: bool = False, permissions: tuple[str, ...] = ("manage_users",)) -> CustomerRecord:
    """The record of a member of staff, who bought something."""
    member = make_staff("colleague@example.com", permissions=permissions, is_superuser=superuser)
    order = make_order(account=member)
    reactions.orders_changed([str(order.pk)])
    reactions.account_changed(member.pk)
    return CustomerRecord.objects.get(account=member)


ACTIONS: dict[str, str] = {
    "customerRecordUpdate": 'input: {email: "mine@example.com"}',
    "customerRecordDeactivate": "alsoAccount: true",
    "customerRecordActivate": "alsoAccount: true",
    "customerRecordDelete": "token: $token, alsoAccount: true",
}


def act(api: Api, name: str, record: CustomerRecord, token: str) -> list[str]:
    api = api.by(token)
    variables, declared = {"id": gid(record)}, "$id: ID!"
    if "$token" in ACTIONS[name]:
        seen = api("query ($id: ID!) { customerRecordDeletionPreview(id: $id) { token } }", id=gid(record))
        variables["token"] = seen["customerRecordDeletionPreview"]["token"]
        declared += ", $token: String!"
    answer = api(f"mutation ({declared}) {{ {name}(id: $id, {ACTIONS[name]}) {{ errors {{ code }} }} }}", **variables)
    return [error["code"] for error in answer[name]["errors"]]


def of_staff(*permissions: str, **fields: Any) -> Callable[[], str]:
    return lambda: make_token(make_staff(permissions=permissions, **fields))


def of_app(*permissions: str) -> Callable[[], str]:
    return lambda: make_app(permissions=permissions)[1]


@pytest.mark.parametrize("name", ACTIONS)
@pytest.mark.parametrize("caller", [of_staff("manage_users"), of_app("manage_users")])
def test_whoever_may_not_manage_staff_changes_no_account_of_theirs(
    api: Api, name: str, caller: Callable[[], str]
) -> None:
    assert act(api, name, members(), caller()) == ["OUT_OF_SCOPE"]


@pytest.mark.parametrize("name", ACTIONS)
@pytest.mark.parametrize(
    ("superuser", "permissions"), [(True, ()), (False, ("manage_users", "manage_orders"))], ids=["superuser", "more"]
)
def test_nobody_changes_accounts_that_may_do_more(
    api: Api, name: str, superuser: bool, permissions: tuple[str, ...]
) -> None:
    record = members(superuser, permissions)
    assert act(api, name, record, of_staff("manage_users", "manage_staff")()) == ["OUT_OF_SCOPE"]


def test_nobody_switches_off_a_superuser_or_themselves(api: Api) -> None:
    boss = of_staff(is_superuser=True)()
    assert act(api, "customerRecordDeactivate", members(True), boss) == ["OUT_OF_SCOPE"]
    own = make_staff(permissions=("manage_users", "manage_staff"))
    reactions.orders_changed([str(make_order(account=own).pk)])
    reactions.account_changed(own.pk)
    record = CustomerRecord.objects.get(account=own)
    assert act(api, "customerRecordDeactivate", record, make_token(own)) == ["OUT_OF_SCOPE"]


@pytest.mark.standin  # which refuses every mutation of Saleor's own: it was asked
@pytest.mark.parametrize("name", ACTIONS)
@pytest.mark.parametrize(
    "caller",
    [of_staff("manage_users", "manage_staff"), of_staff(is_superuser=True), of_app("manage_users", "manage_staff")],
)
def test_whoever_may_manage_them_does(api: Api, name: str, caller: Callable[[], str]) -> None:
    assert act(api, name, members(), caller()) == ["GRAPHQL_ERROR"]


def test_records_of_staff_are_marked(api: Api) -> None:
    members()
    make_staff("other@example.com")
    make_record("other@example.com")  # without an order there is no link
    make_record("anna@example.com")

    found = api("{ customerRecords(first: 9) { edges { node { email isStaff } } } }")["customerRecords"]["edges"]

    staff = ["colleague@example.com", "other@example.com"]
    assert sorted(edge["node"]["email"] for edge in found if edge["node"]["isStaff"]) == staff
    assert emails(api, isStaff=True) == staff
    assert emails(api, isStaff=False) == ["anna@example.com"]
