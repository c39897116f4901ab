"""Requests to Saleor's own API, one function each, in the words of a shop."""

from __future__ import annotations

from typing import Any

from graphene import Node

from saleor_customer_plus.saleor_adapter.host import Order, User

from .client import SaleorApi
from .shop import Shop, global_id

ERRORS = "errors { field message code }"
PASSWORD = "secret-of-anna"
REDIRECT = "http://www.example.com/"
ADDRESS = {
    "firstName": "Anna",
    "lastName": "Rossi",
    "companyName": "Rossi Srl",
    "streetAddress1": "Torstraße 1",
    "city": "Berlin",
    "postalCode": "10119",
    "country": "DE",
    "phone": "+493012345678",
}


def order_of(answer: dict[str, Any]) -> Any:
    """Return the order that a mutation answered with."""
    return Order.objects.get(pk=Node.from_global_id(answer["order"]["id"])[1])


def account_of(email: str) -> Any:
    return User.objects.get(email=email)


# Accounts.


def register(storefront: SaleorApi, shop: Shop, email: str, password: str = PASSWORD) -> None:
    storefront(
        f"""mutation ($input: AccountRegisterInput!) {{ accountRegister(input: $input) {{ {ERRORS} }} }}""",
        input={
            "email": email,
            "password": password,
            "firstName": "Anna",
            "lastName": "Rossi",
            "channel": shop.channel.slug,
            "redirectUrl": REDIRECT,
        },
    )


def confirm_account(storefront: SaleorApi, email: str, token: str, password: str = PASSWORD) -> None:
    storefront(
        f"""mutation ($email: String!, $token: String!, $password: String) {{
            confirmAccount(email: $email, token: $token, password: $password) {{ {ERRORS} }}
        }}""",
        email=email,
        token=token,
        password=password,
    )


def request_email_change(customer: SaleorApi, shop: Shop, email: str, password: str = PASSWORD) -> None:
    customer(
        f"""mutation ($email: String!, $password: String!, $channel: String!, $url: String!) {{
            requestEmailChange(newEmail: $email, password: $password, channel: $channel, redirectUrl: $url) {{
                {ERRORS}
            }}
        }}""",
        email=email,
        password=password,
        channel=shop.channel.slug,
        url=REDIRECT,
    )


def confirm_email_change(customer: SaleorApi, shop: Shop, token: str) -> None:
    customer(
        f"""mutation ($token: String!, $channel: String!) {{
            confirmEmailChange(token: $token, channel: $channel) {{ {ERRORS} }}
        }}""",
        token=token,
        channel=shop.channel.slug,
    )


def request_deletion(customer: SaleorApi, shop: Shop) -> None:
    customer(
        f"""mutation ($channel: String!, $url: String!) {{
            accountRequestDeletion(channel: $channel, redirectUrl: $url) {{ {ERRORS} }}
        }}""",
        channel=shop.channel.slug,
        url=REDIRECT,
    )


def delete_own_account(customer: SaleorApi, token: str) -> None:
    customer(f"mutation ($token: String!) {{ accountDelete(token: $token) {{ {ERRORS} }} }}", token=token)


def set_password(storefront: SaleorApi, email: str, token: str, password: str = PASSWORD) -> None:
    storefront(
        f"""mutation ($email: String!, $token: String!, $password: String!) {{
            setPassword(email: $email, token: $token, password: $password) {{ {ERRORS} }}
        }}""",
        email=email,
        token=token,
        password=password,
    )


def create_customer(saleor: SaleorApi, email: str, **fields: Any) -> Any:
    """As staff does. The account is not confirmed: that is up to the customer, or to `update_customer`."""
    saleor(
        f"""mutation ($input: UserCreateInput!) {{ customerCreate(input: $input) {{ {ERRORS} }} }}""",
        input={"email": email, "firstName": "Anna", "lastName": "Rossi"} | fields,
    )
    return account_of(email.lower())


def create_confirmed_customer(saleor: SaleorApi, email: str) -> Any:
    account = create_customer(saleor, email)
    update_customer(saleor, account, isConfirmed=True)
    account.refresh_from_db()
    return account


def update_customer(saleor: SaleorApi, account: Any, **fields: Any) -> None:
    saleor(
        f"""mutation ($id: ID!, $input: CustomerInput!) {{ customerUpdate(id: $id, input: $input) {{ {ERRORS} }} }}""",
        id=global_id(account),
        input=fields,
    )


def delete_customer(saleor: SaleorApi, account: Any) -> None:
    saleor(f"mutation ($id: ID!) {{ customerDelete(id: $id) {{ {ERRORS} }} }}", id=global_id(account))


def delete_customers(saleor: SaleorApi, accounts: list[Any]) -> None:
    saleor(
        f"mutation ($ids: [ID!]!) {{ customerBulkDelete(ids: $ids) {{ {ERRORS} }} }}",
        ids=[global_id(account) for account in accounts],
    )


# Orders.


def create_draft(saleor: SaleorApi, shop: Shop, *, quantity: int = 1, **fields: Any) -> Any:
    answer = saleor(
        f"""mutation ($input: DraftOrderCreateInput!) {{
            draftOrderCreate(input: $input) {{ order {{ id }} {ERRORS} }}
        }}""",
        input={
            "channelId": global_id(shop.channel),
            "lines": [{"variantId": shop.variant_id, "quantity": quantity}],
            "billingAddress": ADDRESS,
            "shippingAddress": ADDRESS,
            "shippingMethod": global_id(shop.shipping_method),
        }
        | fields,
    )
    return order_of(answer)


def complete_draft(saleor: SaleorApi, order: Any) -> None:
    saleor(
        f"""mutation ($id: ID!) {{ draftOrderComplete(id: $id) {{ {ERRORS} }} }}""",
        id=global_id(order),
    )


def place_order(saleor: SaleorApi, shop: Shop, *, quantity: int = 1, **fields: Any) -> Any:
    """An order that staff takes: it costs 10.00 for each piece, and 5.00 for shipping."""
    order = create_draft(saleor, shop, quantity=quantity, **fields)
    complete_draft(saleor, order)
    return order


def mark_as_paid(saleor: SaleorApi, order: Any) -> None:
    saleor(
        f"""mutation ($id: ID!) {{ orderMarkAsPaid(id: $id) {{ {ERRORS} }} }}""",
        id=global_id(order),
    )


def cancel_order(saleor: SaleorApi, order: Any) -> None:
    saleor(
        f"""mutation ($id: ID!) {{ orderCancel(id: $id) {{ {ERRORS} }} }}""",
        id=global_id(order),
    )


def change_order_email(saleor: SaleorApi, order: Any, email: str) -> None:
    saleor(
        f"""mutation ($id: ID!, $input: OrderUpdateInput!) {{ orderUpdate(id: $id, input: $input) {{ {ERRORS} }} }}""",
        id=global_id(order),
        input={"userEmail": email},
    )


def create_transaction(saleor: SaleorApi, payable_id: str, *, charged: str, currency: str = "EUR") -> str:
    """Report a payment for an order or a checkout; return the transaction's id."""
    answer = saleor(
        f"""mutation ($id: ID!, $transaction: TransactionCreateInput!) {{
            transactionCreate(id: $id, transaction: $transaction) {{ transaction {{ id }} {ERRORS} }}
        }}""",
        id=payable_id,
        transaction={"name": "Card", "amountCharged": {"amount": charged, "currency": currency}},
    )
    return answer["transaction"]["id"]


def update_transaction(saleor: SaleorApi, transaction_id: str, *, currency: str = "EUR", **amounts: str) -> None:
    """Report new amounts of a payment, e.g. `amountRefunded="4.00"`."""
    saleor(
        f"""mutation ($id: ID!, $transaction: TransactionUpdateInput!) {{
            transactionUpdate(id: $id, transaction: $transaction) {{ {ERRORS} }}
        }}""",
        id=transaction_id,
        transaction={name: {"amount": amount, "currency": currency} for name, amount in amounts.items()},
    )


# Checkouts.


def create_checkout(storefront: SaleorApi, shop: Shop, *, quantity: int = 1, **fields: Any) -> str:
    """Fill a cart and choose the shipping; return the checkout's id."""
    answer = storefront(
        f"""mutation ($input: CheckoutCreateInput!) {{
            checkoutCreate(input: $input) {{ checkout {{ id shippingMethods {{ id }} }} {ERRORS} }}
        }}""",
        input={
            "channel": shop.channel.slug,
            "lines": [{"variantId": shop.variant_id, "quantity": quantity}],
            "billingAddress": ADDRESS,
            "shippingAddress": ADDRESS,
        }
        | fields,
    )
    checkout = answer["checkout"]
    storefront(
        f"""mutation ($id: ID!, $method: ID!) {{
            checkoutDeliveryMethodUpdate(id: $id, deliveryMethodId: $method) {{ {ERRORS} }}
        }}""",
        id=checkout["id"],
        method=checkout["shippingMethods"][0]["id"],
    )
    return checkout["id"]


def complete_checkout(storefront: SaleorApi, checkout_id: str) -> Any:
    return order_of(
        storefront(
            f"""mutation ($id: ID!) {{ checkoutComplete(id: $id) {{ order {{ id }} {ERRORS} }} }}""",
            id=checkout_id,
        )
    )
