"""The app by which the Dashboard knows our screens."""

from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.test import override_settings
from django.utils import timezone

from saleor_customer_plus import __version__, tasks
from saleor_customer_plus.plugin import CustomerPlusPlugin
from saleor_customer_plus.saleor_adapter import dashboard_app
from saleor_customer_plus.saleor_adapter.host import App, AppExtension, PluginConfiguration
from tests.factories import save_settings

pytestmark = pytest.mark.django_db


def save(**values: Any) -> None:
    """Save settings as the Dashboard does."""
    row, _ = PluginConfiguration.objects.get_or_create(
        identifier="customer-plus", channel=None, defaults={"configuration": []}
    )
    active = values.pop("active", True)
    configuration = [{"name": name, "value": value} for name, value in values.items()]
    CustomerPlusPlugin.save_plugin_configuration(row, {"active": active, "configuration": configuration})


def rows() -> list[tuple[int, str, str, str, str]]:
    return list(AppExtension.objects.order_by("pk").values_list("pk", "label", "mount", "target", "url"))


def app() -> Any:
    return App.objects.get(identifier=dashboard_app.IDENTIFIER)


def test_there_is_none_until_the_screens_are_switched_on() -> None:
    save(dashboard=False)
    assert not App.objects.filter(identifier=dashboard_app.IDENTIFIER).exists()


def test_the_setting_makes_it_once() -> None:
    save(dashboard=True)
    before = rows()
    save(dashboard=True)

    assert app().is_active
    assert app().type == "thirdparty"
    assert sorted(app().permissions.values_list("codename", flat=True)) == ["manage_orders", "manage_users"]
    assert rows() == before
    assert ("Customers+", "navigation_customers", "app_page", "/customers") in [row[1:] for row in before]
    for extension in AppExtension.objects.all():
        assert list(extension.permissions.values_list("codename", flat=True)) == ["manage_users"]
        assert extension.target == "app_page" or extension.url.startswith(("http://", "https://"))
        assert len(extension.url) <= 200


@pytest.mark.parametrize("switched_off", [{"dashboard": False}, {"active": False}])
def test_it_is_hidden_with_the_setting_and_with_the_plugin(switched_off: dict[str, bool]) -> None:
    save(dashboard=True)
    first = app().pk
    save(**switched_off)
    assert not app().is_active
    save(dashboard=True, active=True)
    assert app().is_active
    assert app().pk == first


@pytest.mark.parametrize(
    ("version", "widgets"), [("3.21.69", 0), ("3.22.0", 3), ("3.23.28", 3), ("3.24.0-a.0", 3), ("4.0.0", 3), ("?", 0)]
)
def test_each_version_gets_the_places_that_it_knows(version: str, widgets: int) -> None:
    wanted = dashboard_app.wanted_here(version)
    assert sum(extension.target == "widget" for extension in wanted) == widgets
    assert len({extension.identifier for extension in dashboard_app.EXTENSIONS}) == len(dashboard_app.EXTENSIONS)
    assert len({(one.mount, one.label) for one in wanted}) == len(wanted)


def test_an_upgrade_updates_it_in_place() -> None:
    save(dashboard=True)
    first = app()
    App.objects.filter(pk=first.pk).update(version="0.0.1")
    AppExtension.objects.filter(mount="navigation_customers").update(url="/former")
    AppExtension.objects.create(app=first, label="Former", mount="navigation_customers", url="/gone")

    tasks.refresh_dashboard_app()

    assert app().version == __version__
    assert AppExtension.objects.get(mount="navigation_customers").url == "/customers"
    assert not dashboard_app.refresh(__version__)


def test_another_address_of_saleor_does_too() -> None:
    save(dashboard=True)
    with override_settings(PUBLIC_URL="https://elsewhere.example"):
        tasks.refresh_dashboard_app()
        assert app().app_url == "https://elsewhere.example/plugins/customer-plus/dashboard"


@pytest.mark.parametrize("changed", [{"removed_at": timezone.now()}, {"is_active": False}])
def test_one_that_staff_deleted_or_deactivated_stays_so_until_the_setting_is_saved(changed: dict[str, Any]) -> None:
    save(dashboard=True)
    App.objects.filter(pk=app().pk).update(version="0.0.1", **changed)

    tasks.refresh_dashboard_app()
    assert app().version == "0.0.1"

    save(dashboard=True)
    assert (app().version, app().removed_at, app().is_active) == (__version__, None, True)


def test_it_is_not_refreshed_while_the_screens_are_off() -> None:
    save(dashboard=True)
    App.objects.update(version="0.0.1")
    save_settings(dashboard=False)
    tasks.refresh_dashboard_app()
    assert app().version == "0.0.1"


def command(*arguments: str) -> tuple[str, str]:
    out, err = StringIO(), StringIO()
    call_command("customer_plus", "dashboard", *arguments, stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def test_the_command() -> None:
    assert command()[0].startswith("There is no app.")
    told, warned = command("--install")
    assert "extensions of http" in told
    assert "switched off" in warned
    save_settings(dashboard=True)
    assert "is active" in command()[0]
    assert command("--remove")[0] == "The app is deleted.\n"
    assert not App.objects.filter(identifier=dashboard_app.IDENTIFIER).exists()
    assert not AppExtension.objects.exists()
    assert "no app" in command("--remove")[0]


def test_the_manifest_says_the_same() -> None:
    told = dashboard_app.manifest(__version__)
    assert [one["label"] for one in told["extensions"]] == [one.label for one in dashboard_app.wanted_here()]
    assert told["permissions"] == ["MANAGE_USERS", "MANAGE_ORDERS"]
