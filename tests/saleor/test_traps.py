"""The nine things about a real Saleor that are most likely to bite a plugin, each with what keeps it from biting us.

Some have more tests where they belong: refusals in `test_access`, failing hooks in `test_hooks`. The ninth, foreign
keys that keep Saleor from deleting users once we are gone, is in `test_uninstall`.
"""

from __future__ import annotations

from typing import Any, ClassVar

import pytest

from saleor_customer_plus.api.schema import schema
from saleor_customer_plus.core import publishing
from saleor_customer_plus.plugin import CustomerPlusPlugin
from saleor_customer_plus.saleor_adapter.host import BasePlugin
from tests import factories
from tests.client import Api

from .client import SaleorApi
from .operations import (
    complete_checkout,
    create_checkout,
    create_confirmed_customer,
    create_transaction,
    mark_as_paid,
    place_order,
)
from .people import Figures, Person, known
from .shop import Shop, global_id

pytestmark = [pytest.mark.saleor, pytest.mark.django_db]

GUEST = "guest@example.com"
PAID = Person(figures={"EUR": Figures(1, "15.00", "15.00")}, orders=[("UNFULFILLED", True)])
UNPAID = Person(stage="LEAD", orders=[("UNFULFILLED", False)])
INTROSPECTION = "{ __schema { queryType { fields { name } } } }"


class Witness(BasePlugin):
    """Another plugin, called after ours. Notes what Saleor called it for."""

    PLUGIN_ID = "tests.witness"
    PLUGIN_NAME = "Witness"
    CONFIGURATION_PER_CHANNEL = False
    DEFAULT_ACTIVE = True

    called: ClassVar[list[str]] = []
    numbers_of_orders: ClassVar[list[Any]] = []

    def order_created(self, order: Any, *_args: Any, **_kwargs: Any) -> None:
        self.called.append("order_created")
        if order.user:
            self.numbers_of_orders.append(getattr(order.user, "number_of_orders", None))

    def order_paid(self, *_args: Any, **_kwargs: Any) -> None:
        self.called.append("order_paid")

    def order_fully_paid(self, *_args: Any, **_kwargs: Any) -> None:
        self.called.append("order_fully_paid")


@pytest.fixture
def witness(settings: Any) -> type[Witness]:
    settings.PLUGINS = [*settings.PLUGINS, f"{__name__}.Witness"]
    Witness.called.clear()
    Witness.numbers_of_orders.clear()
    return Witness


def test_1_saleor_s_view_wants_to_know_the_app_of_every_request(api: Api) -> None:
    """From 3.23.22 on, it answers every query with an error where the plugin did not set it."""
    assert api("{ customerRecords(first: 1) { totalCount } }") == {"customerRecords": {"totalCount": 0}}
    assert api.by(None)("{ __typename }") == {"__typename": "Query"}


def test_2_saleor_looks_up_tokens_of_apps_on_its_own_path_only(api: Api) -> None:
    _, token = factories.make_app()

    assert api.by(token)("{ customerRecords(first: 1) { totalCount } }") == {"customerRecords": {"totalCount": 0}}


@pytest.mark.parametrize("ours_first", [True, False])
def test_3_saleor_caches_introspections_by_their_text_alone(api: Api, settings: Any, ours_first: bool) -> None:
    settings.DEBUG = False  # where it is on, nothing is cached
    theirs = Api(path="/graphql/")

    for _ in range(2):  # the second round is answered from the cache
        for endpoint in [api, theirs] if ours_first else [theirs, api]:
            answer = endpoint(INTROSPECTION)["__schema"]["queryType"]["fields"]
            names = {field["name"] for field in answer}
            assert ("customerRecords" in names, "products" in names) == (endpoint is api, endpoint is theirs)


def test_4_saleor_validates_and_weighs_our_queries_by_its_own_schema(api: Api) -> None:
    """A root field named like one of its own would be held to that one's arguments, and others cost nothing."""
    from saleor.graphql.api import schema as main_schema

    for ours, theirs in (
        (schema.get_query_type(), main_schema.get_query_type()),
        (schema.get_mutation_type(), main_schema.get_mutation_type()),
    ):
        assert not set(ours.fields if ours else ()) & set(theirs.fields)

    page = "customerRecords(first: 100) { edges { node { orders(first: 100) { edges { node { id } } } } } }"
    for too_much in (
        f"{{ a: {page} b: {page} }}",
        "{" + " ".join(f"a{number}: customerRecord(id: 1) {{ id }}" for number in range(30)) + "}",
    ):
        (error,) = api.errors(too_much)
        assert "too much" in error["message"]


def test_what_saleor_allows_of_one_request_holds_here_too(api: Api) -> None:
    """docs/api.md tells it."""

    def told(field: str, number: int, kind: str) -> list[str]:
        fields = " ".join(f"x{one}: {field}" for one in range(number))
        return [error["message"] for error in api.post(f"{kind} {{ {fields} }}").json().get("errors", [])]

    tag = "customerTagDelete(id: 7) { errors { code } }"
    assert told(tag, 4, "mutation") == []
    (error,) = told(tag, 5, "mutation")
    assert "mutation" in error.lower()
    below = " ".join(f"a{one}: id" for one in range(101))
    (error,) = told(f'customerRecord(email: "a@b.it") {{ {below} }}', 1, "query")
    assert "alias" in error.lower()


def test_5_saleor_calls_the_endpoint_of_a_plugin_that_is_inactive(api: Api, saleor: SaleorApi) -> None:
    saleor(
        """mutation ($id: ID!) {
            pluginUpdate(id: $id, input: {active: false}) { plugin { id } errors { field message } }
        }""",
        id=CustomerPlusPlugin.PLUGIN_ID,
    )

    assert api.post("{ __typename }").status_code == 404


def test_6_what_a_hook_raises_would_break_the_request_and_all_hooks_after_it(
    saleor: SaleorApi, shop: Shop, witness: type[Witness], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_args: Any) -> None:
        raise RuntimeError("a bug of ours")

    monkeypatch.setattr(publishing, "publish_ids", fail)

    place_order(saleor, shop, userEmail=GUEST)

    assert witness.called == ["order_created"]


def test_7_order_paid_does_not_say_that_an_order_was_paid(
    saleor: SaleorApi, shop: Shop, witness: type[Witness]
) -> None:
    partly = place_order(saleor, shop, userEmail=GUEST)
    create_transaction(saleor, global_id(partly), charged="4.00")
    assert witness.called == ["order_created", "order_paid"]
    assert known(GUEST) == UNPAID

    witness.called.clear()
    marked = place_order(saleor, shop, userEmail="other@example.com")
    mark_as_paid(saleor, marked)
    assert witness.called == ["order_created", "order_fully_paid"]
    assert known("other@example.com") == PAID


def test_8_the_account_of_an_order_in_a_hook_is_not_fit_to_be_saved(
    saleor: SaleorApi, storefront: SaleorApi, shop: Shop, witness: type[Witness]
) -> None:
    """Its number of orders is an expression, which each save would add to once more."""
    account = create_confirmed_customer(saleor, "anna@example.com")
    anna = storefront.by(factories.make_token(account))
    for _ in range(2):
        checkout = create_checkout(anna, shop, email=account.email)
        create_transaction(saleor, checkout, charged="15.00")
        complete_checkout(anna, checkout)

    assert len(witness.numbers_of_orders) == 2
    account.refresh_from_db()
    if hasattr(account, "number_of_orders"):  # from 3.22 on
        assert not any(isinstance(number, int) for number in witness.numbers_of_orders), "the trap is gone"
        assert account.number_of_orders == 2
    person = known("anna@example.com")
    assert person is not None
    assert person.figures == {"EUR": Figures(2, "30.00", "30.00")}
