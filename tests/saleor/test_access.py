"""Who may use the endpoint of a real Saleor, and how everybody else is refused: as by Saleor's own API."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.utils import timezone

from saleor_customer_plus.plugin import CustomerPlusPlugin
from saleor_customer_plus.saleor_adapter.host import PluginConfiguration
from tests import factories
from tests.client import OUR_PATH, Api

from .client import SaleorApi
from .shop import Shop

pytestmark = [pytest.mark.saleor, pytest.mark.django_db]

OURS = "{ customerRecords(first: 1) { edges { node { email } } } }"
# Of Saleor's own, something that wants the same permission.
THEIRS = 'mutation { customerDelete(id: "VXNlcjow") { errors { message } } }'


def nobody() -> None:
    return None


def customer() -> str:
    return factories.make_token(factories.make_account())


def staff_without_permission() -> str:
    return factories.make_token(factories.make_staff(permissions=("manage_products",)))


def staff() -> str:
    return factories.make_token(factories.make_staff())


def superuser() -> str:
    return factories.make_token(factories.make_staff(permissions=(), is_superuser=True))


def dismissed_staff() -> str:
    member = factories.make_staff()
    token = factories.make_token(member)
    factories.change(member, is_active=False)
    return token


def staff_who_became_a_customer() -> str:
    member = factories.make_staff()
    token = factories.make_token(member)
    member.user_permissions.clear()
    factories.change(member, is_staff=False)
    return token


def staff_whose_token_was_revoked() -> str:
    member = factories.make_staff()
    token = factories.make_token(member)
    factories.change(member, jwt_token_key="another-key1")
    return token


def app() -> str:
    return factories.make_app()[1]


def app_without_permission() -> str:
    return factories.make_app(permissions=("manage_products",))[1]


def deactivated_app() -> str:
    return factories.make_app(is_active=False)[1]


def no_token_at_all() -> str:
    return "not-a-token"


def token_of_an_unknown_app() -> str:
    return "x" * 30


def forged_token() -> str:
    head, body, _ = staff().split(".")
    return f"{head}.{body}.{'A' * 342}"


def expired_token() -> str:
    from saleor.core.jwt import create_access_token

    return create_access_token(factories.make_staff(), {"exp": timezone.now() - timedelta(days=1)})


@pytest.mark.parametrize("asker", [staff, superuser, app], ids=lambda f: f.__name__)
def test_welcome(asker: Any) -> None:
    factories.make_record("anna@example.com")

    answer = Api(token=asker())(OURS)

    assert answer == {"customerRecords": {"edges": [{"node": {"email": "anna@example.com"}}]}}


@pytest.mark.parametrize("header", ["Authorization: Bearer", "Authorization: JWT", "Authorization-Bearer:"])
def test_token_may_come_in_each_header_that_saleor_reads(client: Any, header: str) -> None:
    name, _, kind = header.partition(":")

    response = client.post(
        OUR_PATH, {"query": OURS}, content_type="application/json", headers={name: f"{kind} {staff()}".strip()}
    )

    assert response.json()["data"] == {"customerRecords": {"edges": []}}


@pytest.mark.parametrize(
    "asker",
    [
        nobody,
        customer,
        staff_without_permission,
        dismissed_staff,
        staff_who_became_a_customer,
        staff_whose_token_was_revoked,
        app_without_permission,
        deactivated_app,
        no_token_at_all,
        token_of_an_unknown_app,
        forged_token,
        expired_token,
    ],
    ids=lambda f: f.__name__,
)
def test_refused_as_by_saleor(shop: Shop, asker: Any) -> None:
    factories.make_record("anna@example.com")
    token = asker()

    ours, theirs = Api(token=token).post(OURS), SaleorApi(token=token).post(THEIRS)

    assert ours.status_code == theirs.status_code
    assert refusals(ours) == refusals(theirs)
    assert refusals(ours)
    assert "anna" not in ours.content.decode()


def refusals(response: Any) -> list[tuple[str, str]]:
    """The codes and messages of the errors."""
    return [(error["extensions"]["exception"]["code"], error["message"]) for error in response.json()["errors"]]


@pytest.mark.parametrize("asker", [nobody, customer, staff, app], ids=lambda f: f.__name__)
def test_shop_without_storefront_traffic(shop: Shop, asker: Any) -> None:
    if not hasattr(shop.settings, "allow_storefront_traffic"):
        pytest.skip("this Saleor cannot close its storefront")
    shop.change_settings(allow_storefront_traffic=False)
    token = asker()

    ours, theirs = Api(token=token).post(OURS), SaleorApi(token=token).post(THEIRS)

    assert ours.status_code == theirs.status_code == (200 if asker in (staff, app) else 401)


# Extensions of the Dashboard: an app that acts for the member of staff who has it open.


def extension_token(*, app_may: tuple[str, ...], member_may: tuple[str, ...]) -> str:
    """Return the token that Saleor's own API hands to the Dashboard for an extension."""
    app, _ = factories.make_app(permissions=app_may)
    extension = apps.get_model("app", "AppExtension").objects.create(
        app=app, label="Customer Plus", url="https://example.com/", mount="navigation_customers", target="app_page"
    )
    extension.permissions.set(app.permissions.all())
    member = SaleorApi(token=factories.make_token(factories.make_staff(permissions=member_may)))
    return member("{ appExtensions(first: 1) { edges { node { accessToken } } } }")["edges"][0]["node"]["accessToken"]


MAY = ("manage_users",)
MAY_NOT = ("manage_products",)


def test_extension_may_what_both_may(shop: Shop) -> None:
    factories.make_record("anna@example.com")

    answer = Api(token=extension_token(app_may=MAY, member_may=MAY))(OURS)

    assert answer == {"customerRecords": {"edges": [{"node": {"email": "anna@example.com"}}]}}


@pytest.mark.parametrize(("app_may", "member_may"), [(MAY, MAY_NOT), (MAY_NOT, MAY), (MAY_NOT, MAY_NOT)])
def test_extension_may_not_more_than_either(shop: Shop, app_may: tuple[str, ...], member_may: tuple[str, ...]) -> None:
    token = extension_token(app_may=app_may, member_may=member_may)

    ours, theirs = Api(token=token).post(OURS), SaleorApi(token=token).post(THEIRS)

    assert ours.status_code == theirs.status_code
    assert refusals(ours) == refusals(theirs)


# The plugin switched off.


@pytest.mark.parametrize("path", [OUR_PATH, OUR_PATH.replace("/plugins/", "/plugins/global/")])
@pytest.mark.parametrize("method", ["get", "post"])
def test_inactive_plugin_has_no_endpoint(client: Any, staff: Any, path: str, method: str) -> None:
    headers = {"Authorization": f"Bearer {factories.make_token(staff)}"}
    request = {"headers": headers} | ({"data": {"query": OURS}} if method == "post" else {})

    def status() -> int:
        return getattr(client, method)(path, content_type="application/json", **request).status_code

    assert status() == 200
    PluginConfiguration.objects.update_or_create(
        identifier=CustomerPlusPlugin.PLUGIN_ID, channel=None, defaults={"active": False}
    )
    assert status() == 404
