"""How a host treats its plugins: their hooks, their configuration and their URLs."""

from __future__ import annotations

from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from saleor.plugins.manager import PluginsManager, get_plugins_manager

from saleor_customer_plus.saleor_adapter.host import PluginConfiguration, notify
from tests import factories

from .probe import Probe

pytestmark = pytest.mark.django_db


def _manager() -> PluginsManager:
    return get_plugins_manager(allow_replica=False)


def _configure(*, active: bool, configuration: list[dict[str, Any]] | None = None) -> None:
    PluginConfiguration.objects.create(
        identifier=Probe.PLUGIN_ID, name="Probe", active=active, configuration=configuration or []
    )


def _get(path: str) -> HttpResponse:
    return Client().get(path)


def test_a_hook_gets_its_subject_and_the_value_of_the_plugin_before(probe: type[Probe], settings: Any) -> None:
    settings.PLUGINS = [*settings.PLUGINS, "tests.contract.probe.SecondProbe"]
    account, order = factories.make_account(), factories.make_order()

    manager = _manager()
    manager.customer_created(account)
    manager.customer_updated(account)
    manager.order_created(order)

    first = {"previous_value": None}
    second = {"previous_value": "tests.probe was here"}
    no_webhooks = {"webhooks": None}
    assert probe.calls == [
        ("customer_created", (account,), first),
        ("customer_created", (account,), second),
        ("customer_updated", (account,), no_webhooks | first),
        ("customer_updated", (account,), no_webhooks | second),
        ("order_created", (order,), no_webhooks | first),
        ("order_created", (order,), no_webhooks | second),
    ]


def test_a_message_of_our_own_reaches_the_plugins(probe: type[Probe]) -> None:
    notify("customer_plus.test", {"id": "1"})
    _manager().notify("customer_plus.one", lambda: {"id": "2"}, plugin_id=Probe.PLUGIN_ID)

    assert probe.calls == [
        ("notify", ("customer_plus.test", {"id": "1"}), {"previous_value": None}),
        ("notify", ("customer_plus.one", {"id": "2"}), {"previous_value": None}),
    ]


def test_a_hook_that_the_plugin_has_not_is_not_missed(probe: type[Probe]) -> None:
    _manager().account_confirmed(factories.make_account())

    assert probe.calls == []


def test_an_inactive_plugin_is_not_called(probe: type[Probe]) -> None:
    _configure(active=False)

    _manager().customer_created(factories.make_account())

    assert probe.calls == []


def test_what_a_hook_raises_reaches_the_caller(probe: type[Probe], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probe, "error", RuntimeError("a bug"))

    with pytest.raises(RuntimeError, match="a bug"):
        _manager().customer_created(factories.make_account())


def test_a_plugin_starts_with_its_defaults(probe: type[Probe]) -> None:
    plugin = _manager().get_plugin(probe.PLUGIN_ID)

    assert plugin is not None
    assert (plugin.active, plugin.db_config) == (True, None)
    assert plugin.configuration == [
        {"name": "switch", "value": True, "type": "Boolean", "label": "Switch", "help_text": "A switch."},
        {"name": "word", "value": "one", "type": "String", "label": "Word", "help_text": "A word."},
    ]


def test_stored_settings_are_completed_and_unknown_ones_dropped(probe: type[Probe]) -> None:
    _configure(active=True, configuration=[{"name": "word", "value": "two"}, {"name": "gone", "value": "x"}])

    plugin = _manager().get_plugin(probe.PLUGIN_ID)

    assert plugin is not None
    assert [(item["name"], item["value"]) for item in plugin.configuration] == [("word", "two"), ("switch", True)]


def test_the_first_edit_makes_the_row_and_deactivates_a_plugin_that_is_active_by_default(probe: type[Probe]) -> None:
    """Unless the edit says `active`, as the Dashboard's does."""
    _manager().save_plugin_configuration(
        probe.PLUGIN_ID, None, {"configuration": [{"name": "switch", "value": "false"}, {"name": "x", "value": "y"}]}
    )

    row = PluginConfiguration.objects.get(identifier=probe.PLUGIN_ID)
    assert not row.active
    assert [(item["name"], item["value"]) for item in row.configuration] == [("switch", False), ("word", "one")]


def test_an_edit_that_says_so_leaves_the_plugin_active(probe: type[Probe]) -> None:
    _manager().save_plugin_configuration(probe.PLUGIN_ID, None, {"active": True})

    assert PluginConfiguration.objects.get(identifier=probe.PLUGIN_ID).active


@pytest.mark.parametrize(
    ("path", "status", "content"),
    [
        ("/plugins/tests.probe/one/two", 200, b"/one/two True"),
        ("/plugins/global/tests.probe/one", 200, b"/one True"),
        ("/plugins/channel/nowhere/tests.probe/one", 404, b""),
        ("/plugins/tests.probe", 404, None),
        ("/plugins/tests.other/one", 404, b""),
    ],
)
def test_the_urls_of_a_plugin(probe: type[Probe], path: str, status: int, content: bytes | None) -> None:
    response = _get(path)

    assert response.status_code == status
    assert content is None or response.content == content


def test_an_inactive_plugin_is_reached_by_its_plain_url_only(probe: type[Probe]) -> None:
    _configure(active=False)

    assert _get("/plugins/tests.probe/one").content == b"/one False"
    assert _get("/plugins/global/tests.probe/one").status_code == 404
