"""A real Saleor after we are gone: it works, and customers can be deleted."""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.management import call_command
from django.db import connection

from saleor_customer_plus.records.models import CustomerRecord
from saleor_customer_plus.saleor_adapter.host import User
from tests import hosts

from .client import SaleorApi
from .operations import create_confirmed_customer, delete_customer, delete_customers, mark_as_paid, place_order
from .shop import Shop, global_id

pytestmark = [pytest.mark.saleor, pytest.mark.django_db]


def test_migrate_zero_leaves_no_table_and_customers_can_be_deleted(
    saleor: SaleorApi, shop: Shop, settings: Any
) -> None:
    accounts = [create_confirmed_customer(saleor, f"{name}@example.com") for name in ("anna", "bert", "cleo")]
    mark_as_paid(saleor, place_order(saleor, shop, user=global_id(accounts[0])))
    assert CustomerRecord.objects.filter(account__in=accounts).count() == 3

    settings.PLUGINS = []
    connection.check_constraints()  # or PostgreSQL would keep tables from being dropped until they are checked
    importlib.import_module(django_settings.ROOT_URLCONF)  # some of Saleor's migrations import its GraphQL modules
    call_command("migrate", "saleor_customer_plus", "zero", verbosity=0)

    assert not [name for name in connection.introspection.table_names() if name.startswith("saleor_customer_plus")]
    delete_customer(saleor, accounts[0])
    delete_customers(saleor, accounts[1:])
    assert not User.objects.filter(pk__in=[account.pk for account in accounts]).exists()


# A Saleor that has never heard of us.
WITHOUT_US = """
import sys, django
django.setup()
from django.apps import apps
from django.test import Client
assert not apps.is_installed("saleor_customer_plus")
query = "mutation ($id: ID!) { customerDelete(id: $id) { errors { message } } }"
answer = Client(headers={"Authorization": "Bearer " + sys.argv[1], "Host": "localhost"}).post(
    "/graphql/", {"query": query, "variables": {"id": sys.argv[2]}}, content_type="application/json"
)
assert answer.json()["data"] == {"customerDelete": {"errors": []}}, answer.content
"""


@pytest.mark.django_db(transaction=True)
def test_pip_uninstall_leaves_our_tables_and_customers_can_be_deleted(saleor: SaleorApi, shop: Shop) -> None:
    account = create_confirmed_customer(saleor, "anna@example.com")
    mark_as_paid(saleor, place_order(saleor, shop, user=global_id(account)))

    database = connection.settings_dict
    environment = os.environ | {
        "DATABASE_URL": "postgres://{USER}:{PASSWORD}@{HOST}:{PORT}/{NAME}".format(**database),
        "DJANGO_SETTINGS_MODULE": "tests.settings.on_saleor_without_us",
    }
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_US, saleor.token or "", global_id(account)],
        cwd=hosts.ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert not User.objects.filter(pk=account.pk).exists()
    # What we knew is still there for whoever installs us again.
    assert CustomerRecord.objects.get(email="anna@example.com").order_count == 1
