"""Serves the host, and so our endpoint, on localhost."""

from __future__ import annotations

import json
import os
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from django.core.wsgi import get_wsgi_application
from saleor.core.jwt import create_access_token
from saleor.permission.models import Permission

from saleor_customer_plus.host import AccountPermissions, User

from .show import console, heading

PATH = "/plugins/customer-plus/graphql/"
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
        email="staff@example.com", defaults={"is_staff": True, "is_active": True, "first_name": "Demo"}
    )
    staff.user_permissions.add(Permission.objects.get(codename=AccountPermissions.MANAGE_USERS.codename))
    return str(create_access_token(staff))


def until_interrupted() -> None:
    """Serve, with an example that can be pasted, until Ctrl-C."""
    application, token = get_wsgi_application(), staff_token()
    with _bind(int(os.environ.get("PORT", "8000")), application) as server:
        url = f"http://127.0.0.1:{server.server_port}{PATH}"
        heading(f"The GraphQL endpoint is at {url}")
        console.print("Open it in a browser for its schema. A token of staff who may manage customers:\n")
        console.print(token, style="cyan")
        console.print("\nTry it:\n")
        console.print(curl(url, token), style="cyan", markup=False)
        console.print("\nCtrl-C ends the demo.")
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            console.print()


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
