"""Two people with accounts of their own and one record: neither is shown anything of the other, whatever they call.

And whoever uses another address than the primary one is the person whose address it is at that moment.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.core import mail

from saleor_customer_plus.activity.services import SYNC
from saleor_customer_plus.consent import links
from saleor_customer_plus.consent.decisions import ConsentDecision
from saleor_customer_plus.consent.models import (
    ConsentChannel,
    ConsentEvent,
    ConsentPurpose,
    ConsentSource,
    ConsentState,
    OptInLevel,
)
from saleor_customer_plus.consent.services import record_events
from saleor_customer_plus.customers.emails import add_emails, remove_email
from saleor_customer_plus.customers.queries import is_approved_buyer
from saleor_customer_plus.leads.models import Lead
from saleor_customer_plus.ledger.models import LedgerEntry
from saleor_customer_plus.newsletter.models import NewsletterSignup
from saleor_customer_plus.records import emails
from saleor_customer_plus.records.editing import Writer
from saleor_customer_plus.records.models import CustomerRecord
from saleor_customer_plus.sync import reactions
from tests.client import Api
from tests.factories import make_account, make_order, make_record, make_staff, make_token
from tests.merging.test_services import actor, merged, parted
from tests.newsletter.forms import ONE_CLICK, PAGES, get, link_in, post
from tests.newsletter.forms import subscribe as sign_up

from .leads.test_contact_form import TOKEN, submit
from .newsletter.test_pages import PREFERENCES, UPDATE
from .newsletter.test_subscribing import CONFIRM, FORM
from .test_permissions import EXCEPTIONS

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("same_hour")]

SignUp = Callable[..., list[dict[str, Any]]]
WAYS = ("added", "merged", "parted")
MINE = """{ customerMyConsents { channel purpose state optInLevel wording wordingVersion decidedAt } }"""
DECIDE = """mutation ($state: CustomerConsentState!) {
    customerConsentUpdate(consents: [{channel: EMAIL, purpose: PROMOTIONAL, state: $state}]) {
        consents { channel purpose state wording decidedAt } errors { field message code id } } }"""


@pytest.fixture(autouse=True)
def _on(configure: Callable[..., None]) -> None:
    configure(newsletter=True, newsletter_shop="Sofas & Co", contact_form=True)


@dataclass
class Somebody:
    """A person with an account, known to the shop by a name, an address and an order."""

    name: str
    domain: str

    def __post_init__(self) -> None:
        self.email = f"{self.name.lower()}@{self.domain}"
        self.account = make_account(self.email, first_name=self.name)
        self.api = Api(make_token(self.account))
        reactions.account_changed(self.account.pk)
        reactions.orders_changed([str(make_order(self.email, total=1).pk)])

    @property
    def record(self) -> CustomerRecord:
        return CustomerRecord.objects.get(pk=emails.owners([self.email])[self.email])


@dataclass
class Two:
    """The one whose account is linked, and the other one."""

    ada: Somebody
    bob: Somebody


@pytest.fixture(params=WAYS)
def two(request: Any) -> Two:
    staff = make_staff(permissions=("manage_users", "manage_staff"))
    ada = Somebody("Ada", "one.example")
    if request.param == "added":
        added = add_emails({ada.record.pk: ["bob@two.example"]}, by=Writer(actor(staff)))
        assert not any(added.values())
        bob = Somebody("Bob", "two.example")
    else:
        bob = Somebody("Bob", "two.example")
    record_consent(ada.record, ConsentState.SUBSCRIBED)
    if request.param != "added":
        done = merged(staff, ada.record, bob.record, account_id=ada.account.pk)
        if request.param == "parted":
            parted(staff, done)
    CustomerRecord.objects.filter(account=ada.account).update(is_approved_buyer=True)
    assert (ada.record == bob.record) == (request.param != "parted")
    return Two(ada, bob)


def record_consent(record: CustomerRecord, state: ConsentState) -> None:
    for purpose in (ConsentPurpose.NEWSLETTER, ConsentPurpose.PROMOTIONAL):
        decision = ConsentDecision(
            record.pk,
            ConsentChannel.EMAIL,
            purpose,
            state,
            ConsentSource.NEWSLETTER,
            opt_in_level=OptInLevel.CONFIRMED_OPT_IN,
            wording="Ada of one.example agrees",
        )
        record_events([decision], actor=SYNC)


@pytest.fixture
def signed_up(on_commit: Any) -> SignUp:
    """Send the newsletter's form and let the tasks run, as the commit would."""

    def send(*args: Any, **given: Any) -> list[dict[str, Any]]:
        with on_commit():
            return sign_up(*args, **given)

    return send


# What one can be shown, by the operation: all texts.


def my_consents(who: Somebody, _signed_up: SignUp) -> list[Any]:
    return [who.api(MINE)]


def decide(who: Somebody, _signed_up: SignUp) -> list[Any]:
    return [who.api(DECIDE, state=state) for state in ("SUBSCRIBED", "UNSUBSCRIBED")]


def form(who: Somebody, _signed_up: SignUp) -> list[Any]:
    return [who.api(FORM)]


def signs_up(who: Somebody, signed_up: SignUp) -> list[Any]:
    return [signed_up(who.email, api=who.api), *(one.body for one in mail.outbox)]


def confirms(who: Somebody, signed_up: SignUp) -> list[Any]:
    record_consent(who.record, ConsentState.UNSUBSCRIBED)
    signed_up(who.email)
    link = link_of(mail.outbox[-1])
    return [get(link).content.decode(), who.api(CONFIRM, token=link.rpartition("/")[2]), post(link).content.decode()]


def sees_preferences(who: Somebody, signed_up: SignUp) -> list[Any]:
    path = preferences_of(who, signed_up)
    return [who.api(PREFERENCES, token=path.rpartition("/")[2]), get(path).content.decode()]


def changes_preferences(who: Somebody, signed_up: SignUp) -> list[Any]:
    path = preferences_of(who, signed_up)
    token = path.rpartition("/")[2]
    return [
        who.api(UPDATE, token=token, purposes=["PROMOTIONAL"]),
        post(path, {"choose": "1", "purposes": "NEWSLETTER"}).content.decode(),
        post(path, ONE_CLICK).content.decode(),
    ]


def asks(who: Somebody, _signed_up: SignUp) -> list[Any]:
    return [submit(who.api, email=who.email)]


def form_token(who: Somebody, _signed_up: SignUp) -> list[Any]:
    return [who.api(TOKEN)]


OPERATIONS: dict[str, Callable[[Somebody, SignUp], list[Any]]] = {
    "customerMyConsents": my_consents,
    "customerConsentUpdate": decide,
    "customerNewsletterForm": form,
    "customerNewsletterSubscribe": signs_up,
    "customerNewsletterConfirm": confirms,
    "customerNewsletterPreferences": sees_preferences,
    "customerNewsletterPreferencesUpdate": changes_preferences,
    "customerLeadSubmit": asks,
    "customerLeadFormToken": form_token,
}


def link_of(message: Any) -> str:
    found = re.search(rf"{PAGES}\S+", message.body)
    assert found is not None, message.body
    return found[0]


def preferences_of(who: Somebody, signed_up: SignUp) -> str:
    """The link that somebody is sent who is subscribed already."""
    if not who.record.accepts_newsletter:
        record_consent(who.record, ConsentState.SUBSCRIBED)
    signed_up(who.email)
    return link_in(mail.outbox[-1], "preferences")


def test_all_operations_of_customers_are_tried() -> None:
    assert OPERATIONS.keys() == EXCEPTIONS.keys()


@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize("is_linked", [True, False], ids=["the linked one", "the other one"])
def test_neither_sees_anything_of_the_other(
    two: Two,
    operation: str,
    is_linked: bool,
    signed_up: SignUp,
) -> None:
    who, other = (two.ada, two.bob) if is_linked else (two.bob, two.ada)
    shown = json.dumps(OPERATIONS[operation](who, signed_up), ensure_ascii=False, default=str)

    assert other.domain not in shown
    assert other.name not in shown
    assert {address for one in mail.outbox for address in one.to} <= {who.email}


@pytest.mark.parametrize("two", ["added", "merged"], indirect=True)
def test_the_other_one_withdraws_for_the_record_and_grants_nothing(two: Two) -> None:
    refused = two.bob.api(DECIDE, state="SUBSCRIBED")["customerConsentUpdate"]["errors"]
    assert [(error["field"], error["code"], error["id"]) for error in refused] == [
        ("consents.0.state", "OUT_OF_SCOPE", None)
    ]
    assert two.ada.record.accepts_promotional_mail

    done = two.bob.api(DECIDE, state="UNSUBSCRIBED")["customerConsentUpdate"]

    assert done["errors"] == []
    assert {one["state"] for one in done["consents"]} == {"NOT_SUBSCRIBED"}
    assert not two.ada.record.accepts_promotional_mail
    event = ConsentEvent.objects.latest("id")
    assert (event.record_id, event.state, event.actor_id) == (
        two.ada.record.pk,
        "UNSUBSCRIBED",
        str(two.bob.account.pk),
    )


def test_an_account_that_did_not_confirm_the_address_withdraws_nothing(two: Two) -> None:
    type(two.bob.account).objects.filter(pk=two.bob.account.pk).update(is_confirmed=False)
    reactions.account_changed(two.bob.account.pk)

    (error,) = two.bob.api(DECIDE, state="UNSUBSCRIBED")["customerConsentUpdate"]["errors"]

    assert error["code"] == "NOT_FOUND"
    assert two.ada.record.accepts_promotional_mail


def test_only_the_linked_one_buys_as_an_approved_buyer(two: Two) -> None:
    assert is_approved_buyer(two.ada.account)
    assert not is_approved_buyer(two.bob.account)


# Whose another address is.

WORK = "anna@work.example"


def of_record(staff: Any) -> CustomerRecord:
    return make_record("anna@example.com", others=[WORK], first_name="Anna")


def of_merge(staff: Any) -> CustomerRecord:
    anna = make_record("anna@example.com", first_name="Anna")
    merged(staff, anna, make_record(WORK, first_name="Ann"))
    return anna


def of_undo(staff: Any) -> CustomerRecord:
    other = make_record(WORK, first_name="Ann")
    parted(staff, merged(staff, make_record("anna@example.com", first_name="Anna"), other))
    return other


def just_moved(staff: Any) -> CustomerRecord:
    remove_email(of_record(staff), WORK, actor=actor(staff))
    carla = make_record("carla@example.com", first_name="Carla")
    assert not any(add_emails({carla.pk: [WORK]}, by=Writer(actor(staff))).values())
    return carla


def enquires(on_commit: Any) -> int | None:
    with on_commit():
        assert submit(Api(), email="Anna@Work.example ", firstName="Mallory") == []
    return Lead.objects.get().record_id


def subscribes(on_commit: Any) -> int | None:
    with on_commit():
        assert sign_up("Anna@Work.example", firstName="Mallory") == []
    assert post(link_in(mail.outbox[-1])).status_code == 200
    record_id = NewsletterSignup.objects.get().record_id
    assert CustomerRecord.objects.get(pk=record_id).accepts_newsletter
    assert {address for one in mail.outbox for address in one.to} == {WORK}
    return record_id


def registers(_on_commit: Any) -> int | None:
    account = make_account(WORK, first_name="Anna")
    reactions.account_changed(account.pk)
    record = CustomerRecord.objects.get(account=account)
    assert record.email == WORK  # that of the account is the primary one
    return record.pk


def orders(_on_commit: Any) -> int | None:
    order = make_order("ANNA@work.example", total=1)
    reactions.orders_changed([str(order.pk)])
    return LedgerEntry.objects.get(order_id=order.pk).record_id


@pytest.mark.parametrize("act", [enquires, subscribes, registers, orders])
@pytest.mark.parametrize("state", [of_record, of_merge, of_undo, just_moved])
def test_whoever_uses_another_address_is_whose_it_is(
    state: Callable[[Any], CustomerRecord],
    act: Callable[[Any], int | None],
    on_commit: Any,
) -> None:
    owner = state(make_staff(permissions=("manage_users", "manage_staff")))
    before = set(CustomerRecord.objects.values_list("pk", flat=True))

    assert act(on_commit) == owner.pk

    assert set(CustomerRecord.objects.values_list("pk", flat=True)) == before
    assert not CustomerRecord.objects.filter(first_name="Mallory").exists()


@pytest.mark.parametrize("state", [of_record, of_merge, of_undo])
def test_a_link_that_went_to_another_address_withdraws_for_the_record(state: Callable[[Any], CustomerRecord]) -> None:
    owner = state(make_staff(permissions=("manage_users", "manage_staff")))
    record_consent(owner, ConsentState.SUBSCRIBED)
    owner.refresh_from_db()
    url = links.unsubscribe_url(owner, ConsentPurpose.PROMOTIONAL, email=WORK)

    assert post(f"{PAGES}preferences/{url.rpartition('/')[2]}", ONE_CLICK).status_code == 200

    owner.refresh_from_db()
    assert (owner.accepts_promotional_mail, owner.accepts_newsletter) == (False, True)


def test_a_link_that_went_to_an_address_that_moved_changes_nobody() -> None:
    staff = make_staff()
    anna = of_record(staff)
    url = links.unsubscribe_url(anna, email=WORK)
    remove_email(anna, WORK, actor=actor(staff))
    carla = make_record("carla@example.com")
    add_emails({carla.pk: [WORK]}, by=Writer(actor(staff)))
    for record in (anna, carla):
        record_consent(record, ConsentState.SUBSCRIBED)

    assert post(f"{PAGES}preferences/{url.rpartition('/')[2]}", ONE_CLICK).status_code == 404

    assert set(CustomerRecord.objects.values_list("accepts_promotional_mail", flat=True)) == {True}
