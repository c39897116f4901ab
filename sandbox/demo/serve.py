"""Serves the host, and so our endpoint, on localhost."""

from __future__ import annotations

import json
import os
from pathlib import Path
from socketserver import ThreadingMixIn
from typing import Any
from urllib.parse import urlencode
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.utils.crypto import get_random_string
from saleor.account.models import Group
from saleor.core.jwt import create_access_token
from saleor.permission.models import Permission

from saleor_customer_plus.api.core.base import to_global_id
from saleor_customer_plus.plugin import CustomerPlusPlugin
from saleor_customer_plus.saleor_adapter.host import (
    AccountPermissions,
    Order,
    OrderPermissions,
    PluginConfiguration,
    User,
)
from saleor_customer_plus.settings import PLUGIN_ID

from . import inbox
from .frame import framed
from .real_dashboard import mounted, prepare_channels
from .show import console, heading

PATH = "/plugins/customer-plus/graphql/"
STAFF = "staff@example.com"
# Somebody with an account and orders, for the widgets.
BUYER = "anna.rossi@example.com"
QUERY = (
    "{ customerRecords(first: 3) { totalCount edges { node "
    "{ email stage figures { currency orderCount totalSpent { amount currency } } } } } }"
)


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing: the terminal is for the token and the example."""


def staff_token() -> str:
    """The token of a new member of staff who may manage customers."""
    staff, _ = User.objects.get_or_create(
        email=STAFF, defaults={"is_staff": True, "is_active": True, "first_name": "Demo"}
    )
    group, _ = Group.objects.get_or_create(name="Customers")  # without a group nobody sees the orders of any channel
    wanted = [one.codename for one in (AccountPermissions.MANAGE_USERS, OrderPermissions.MANAGE_ORDERS)]
    group.permissions.add(*Permission.objects.filter(codename__in=wanted))
    staff.groups.add(group)
    return str(create_access_token(staff))


def until_interrupted() -> None:
    """Serve, with an example that can be pasted, until Ctrl-C."""
    application, token = inbox.mounted(framed(get_wsgi_application(), staff_token, _links)), staff_token()
    built = os.environ.get("DASHBOARD")
    if built:
        prepare_channels()
        application = mounted(application, Path(built))
    with _bind(int(os.environ.get("PORT", "8000")), application) as server:
        root = f"http://127.0.0.1:{server.server_port}"
        url = f"{root}{PATH}"
        settings.PUBLIC_URL = root  # where the Dashboard loads the screens from
        _switch_screens_on()
        heading(f"Open {root}/ in a browser: it shows the screens as in Saleor's Dashboard")
        heading(f"Messages to customers arrive at {root}{inbox.PATH}: answer them there")
        heading(f"The GraphQL endpoint is at {url}")
        console.print("Open it in a browser for its schema. A token of staff who may manage customers:\n")
        console.print(token, style="cyan")
        console.print("\nTry it:\n")
        console.print(curl(url, token), style="cyan", markup=False)
        if built:
            console.print(f"\nThe real Dashboard is at {root}/dashboard/. Log in as {STAFF} with {_set_password()}.")
        elif settings.SETTINGS_MODULE != "sandbox.settings":
            console.print(
                f"\nIn the real Dashboard: start one of this version with API_URL={root}/graphql/ on localhost, and log"
                f" in as {STAFF} with the password {_set_password()}. Customers+ is below Customers."
            )
        console.print("\nCtrl-C ends the demo.")
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            console.print()


def _set_password() -> str:
    """Give the member of staff of the demo a password, and return it."""
    staff, password = User.objects.get(email=STAFF), os.environ.get("PASSWORD") or get_random_string(12)
    staff.set_password(password)
    staff.save(update_fields=["password"])
    return password


def _switch_screens_on() -> None:
    """As staff do on the plugin's page in the Dashboard."""
    saved, _ = PluginConfiguration.objects.get_or_create(
        identifier=PLUGIN_ID, channel=None, defaults={"name": "Customer Plus", "active": True, "configuration": []}
    )
    CustomerPlusPlugin.save_plugin_configuration(
        saved, {"configuration": [{"name": "dashboard", "value": True}], "active": True}
    )


def _links() -> dict[str, str]:
    """What the Dashboard's navigation would show, and what it would show beside a customer and an order."""
    root = "/plugins/customer-plus/dashboard"
    links = {"Customers+": f"{root}/customers"}
    account = User.objects.filter(email=BUYER).first()
    order = Order.objects.filter(user_email=BUYER).order_by("created_at").last()
    if account is not None:
        customer = {"customerId": to_global_id("User", account.pk)}
        links["Beside a customer"] = f"{root}/widgets/customer?{urlencode(customer)}"
        links["Tag this customer"] = f"{root}/popups/tag?{urlencode(customer)}"
    if order is not None:
        links["Beside an order"] = f"{root}/widgets/order?{urlencode({'orderId': to_global_id('Order', order.pk)})}"
    return links


def curl(url: str, token: str) -> str:
    """The example, as one line for a shell."""
    body = json.dumps({"query": QUERY})
    return f"curl -s {url} -H 'Authorization: Bearer {token}' -H 'Content-Type: application/json' -d '{body}'"


def _bind(port: int, application: Any) -> WSGIServer:
    def make(number: int) -> WSGIServer:
        return make_server("127.0.0.1", number, application, server_class=_Server, handler_class=_Quiet)

    try:
        return make(port)
    except OSError:
        return make(0)  # the port is taken: any other
