"""Opening and changing Saleor accounts, by Saleor's own mutations and with the permissions of whoever asks.

No mail is sent when an account is opened: the person sets a password with "forgotten password", which confirms the
address. Until then Saleor has the account as not confirmed, and the record is not linked to it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings as django_settings

from ..activity.models import ActivityType, ActorType, CauseType
from ..activity.services import Actor, Cause, Entry, append
from ..errors import ErrorCode, SeveralErrors
from ..ledger.queries import OrderAddresses, addresses_of_orders, latest_order_of
from ..records.models import CustomerRecord
from ..saleor_adapter import host, saleor_api, staff

# Without a `redirectUrl`, which is what lets Saleor send a mail.
_ACCOUNT_CREATE = f"""
mutation ($input: UserCreateInput!) {{ customerCreate(input: $input) {{ user {{ id }} {saleor_api.ERRORS} }} }}
"""
_ACCOUNT_UPDATE = f"""
mutation ($id: ID!, $input: CustomerInput!) {{
  customerUpdate(id: $id, input: $input) {{ user {{ id }} {saleor_api.ERRORS} }}
}}
"""
_ADDRESS_FIELDS = {
    "firstName": "first_name",
    "lastName": "last_name",
    "companyName": "company_name",
    "streetAddress1": "street_address_1",
    "streetAddress2": "street_address_2",
    "city": "city",
    "cityArea": "city_area",
    "postalCode": "postal_code",
    "countryArea": "country_area",
}


def open_account(record: CustomerRecord, context: Any, *, actor: Actor) -> str:
    """Open an account as whoever sent the request `context`. Return Saleor's global id of it.

    Raises what `saleor_adapter.saleor_api.run` does, and `SeveralErrors` where Saleor refuses the person.
    """
    user_id: str = saleor_api.run(context, _ACCOUNT_CREATE, {"input": _account(record, context)}).or_raise()["user"][
        "id"
    ]
    account = Cause(CauseType.ACCOUNT, saleor_api.key_of(user_id))
    append([Entry(record.pk, ActivityType.ACCOUNT_OPENED, **actor.of_entry, **account.of_entry)])
    return user_id


def update_account(context: Any, account: Any, *, field: str, **fields: Any) -> None:
    """Have Saleor change an account by its own rules, as whoever sent the request `context`.

    `field` is the field of our input that asks for it, and is named where members of staff are protected.
    """
    requestor = context.app or context.user
    staff.refuse_change_of_staff(account, requestor, field=field)
    if fields.get("isActive") is False and account.is_staff:
        staff.refuse_deactivation(account, requestor, field=field)
    variables = {"id": saleor_api.global_id("User", account.pk), "input": fields}
    saleor_api.run(context, _ACCOUNT_UPDATE, variables).or_raise()


@contextmanager
def naming_the_account(email: str) -> Iterator[None]:
    """Where Saleor says that an account has this address already, add its id to the error."""
    try:
        yield
    except SeveralErrors as several:
        for error in several.errors:
            if error.code == ErrorCode.UNIQUE and error.field == "email" and error.id is None:
                found = host.User.objects.filter(email=email).values_list("pk", flat=True).first()
                error.id = None if found is None else saleor_api.global_id("User", found)
        raise


def context_of(actor: Actor) -> Any | None:
    """A request of this member of staff, or of this app, for work in the background. None if they may not do this.

    What they may do is looked up now: whoever left, or lost the permission, is refused from then on.
    """
    user = app = None
    if actor.type == ActorType.STAFF:
        user = staff.members().filter(pk=actor.id).first()
    elif actor.type == ActorType.APP:
        app = host.App.objects.filter(pk=actor.id, is_active=True, removed_at=None).first()
    asking = app or user
    if asking is None or not asking.has_perm(host.AccountPermissions.MANAGE_USERS):
        return None
    return saleor_api.as_somebody(user=user, app=app)


def account_of(record: CustomerRecord) -> host.User | None:
    """The account, with its default addresses. None also where it is gone, and we do not know it yet."""
    if record.account_id is None:
        return None
    accounts = host.User.objects.select_related("default_shipping_address", "default_billing_address")
    return accounts.filter(pk=record.account_id).first()


def addresses_of(record: CustomerRecord, context: Any) -> OrderAddresses:
    """The default addresses of the account; for what it has not, the latest order's that whoever asks may see."""
    of_order, of_account = OrderAddresses(), OrderAddresses()
    if (order_id := latest_order_of(record.pk, staff.channels_for(context))) is not None:
        of_order = addresses_of_orders([order_id]).get(order_id, of_order)
    if (account := account_of(record)) is not None:
        of_account = OrderAddresses(account.default_shipping_address, account.default_billing_address)
    return OrderAddresses(of_account.shipping or of_order.shipping, of_account.billing or of_order.billing)


def address_input(name: str, address: host.Address | None) -> dict[str, Any]:
    """An argument of that name, if there is an address."""
    if address is None:
        return {}
    values = {argument: getattr(address, field) for argument, field in _ADDRESS_FIELDS.items()}
    values |= {"country": address.country.code, "phone": str(address.phone or "")}
    if address.validation_skipped:
        values["skipValidation"] = True
    return {name: values}


def language_input(record: CustomerRecord) -> dict[str, str]:
    """The argument of the person's language, if it is one that Saleor has."""
    if record.language_code not in dict(django_settings.LANGUAGES):
        return {}
    return {"languageCode": record.language_code.replace("-", "_").upper()}


def _account(record: CustomerRecord, context: Any) -> dict[str, Any]:
    """The person as `customerCreate` takes them."""
    shipping, billing = addresses_of(record, context)
    return {
        "email": record.email,
        "firstName": record.first_name,
        "lastName": record.last_name,
        **language_input(record),
        # Saleor lets nobody skip the validation here, so an address that would not pass is left out.
        **address_input("defaultShippingAddress", shipping if shipping and not shipping.validation_skipped else None),
        **address_input("defaultBillingAddress", billing if billing and not billing.validation_skipped else None),
    }
