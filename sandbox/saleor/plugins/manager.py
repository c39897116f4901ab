"""Calls the hooks of plugins. What a hook raises is not caught: it reaches the caller."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase, HttpResponseNotFound
from django.utils.module_loading import import_string

from ..channel.models import Channel
from .models import PluginConfiguration

if TYPE_CHECKING:
    from ..account.models import Address, User
    from ..order.models import Order
    from .base_plugin import BasePlugin


class PluginsManager:
    """The plugins with their configuration, for as long as a request or a task takes."""

    def __init__(
        self, plugins: list[str], requestor_getter: Callable[[], Any] | None = None, allow_replica: bool = True
    ) -> None:
        self.plugins = plugins
        self.requestor_getter = requestor_getter
        self._allow_replica = allow_replica
        self._loaded: dict[str | None, list[BasePlugin]] = {}

    @property
    def database(self) -> str:
        return str(
            settings.DATABASE_CONNECTION_REPLICA_NAME
            if self._allow_replica
            else settings.DATABASE_CONNECTION_DEFAULT_NAME
        )

    def get_plugins(
        self, channel_slug: str | None = None, active_only: bool = False, plugin_ids: list[str] | None = None
    ) -> list[BasePlugin]:
        """Plugins that work for all channels and, with a channel, those configured for it."""
        plugins = self._load(None)
        if channel_slug is not None:
            is_known = Channel.objects.using(self.database).filter(slug=channel_slug).exists()
            plugins = self._load(channel_slug) + plugins if is_known else []
        return [
            plugin
            for plugin in plugins
            if (plugin.active or not active_only) and (not plugin_ids or plugin.PLUGIN_ID in plugin_ids)
        ]

    def get_plugin(self, plugin_id: str, channel_slug: str | None = None) -> BasePlugin | None:
        plugins = self.get_plugins(channel_slug=channel_slug)
        return next((plugin for plugin in plugins if plugin.check_plugin_id(plugin_id)), None)

    def save_plugin_configuration(
        self, plugin_id: str, channel_slug: str | None, cleaned_data: dict[str, Any]
    ) -> PluginConfiguration | None:
        """What `pluginUpdate` does. A new row is inactive unless the Dashboard says otherwise."""
        plugin = self.get_plugin(plugin_id, channel_slug)
        if plugin is None:
            return None
        row, _ = PluginConfiguration.objects.using(self.database).get_or_create(
            identifier=plugin_id,
            channel=Channel.objects.using(self.database).filter(slug=channel_slug).first(),
            defaults={"configuration": plugin.configuration},
        )
        row = plugin.save_plugin_configuration(row, cleaned_data)
        plugin.active, plugin.configuration = row.active, row.configuration
        return row

    # Requests to /plugins/.

    def webhook_endpoint_without_channel(self, request: HttpRequest, plugin_id: str) -> HttpResponseBase:
        """Pass the request on, to an inactive plugin too: it has to look for itself."""
        plugin = self.get_plugin(plugin_id)
        return self._pass_on(request, plugin) if plugin else HttpResponseNotFound()

    def webhook(self, request: HttpRequest, plugin_id: str, channel_slug: str | None) -> HttpResponseBase:
        plugin = self.get_plugin(plugin_id, channel_slug=channel_slug)
        if not plugin or not plugin.active or (plugin.CONFIGURATION_PER_CHANNEL and not channel_slug):
            return HttpResponseNotFound()
        return self._pass_on(request, plugin)

    # People.

    def customer_created(self, customer: User) -> Any:
        return self._run("customer_created", customer)

    def customer_updated(self, customer: User, webhooks: Any = None) -> Any:
        return self._run("customer_updated", customer, webhooks=webhooks)

    def customer_metadata_updated(self, customer: User, webhooks: Any = None) -> Any:
        return self._run("customer_metadata_updated", customer, webhooks=webhooks)

    def customer_deleted(self, customer: User, webhooks: Any = None) -> Any:
        return self._run("customer_deleted", customer, webhooks=webhooks)

    def account_confirmed(self, user: User) -> Any:
        return self._run("account_confirmed", user)

    def account_email_changed(self, user: User) -> Any:
        return self._run("account_email_changed", user)

    def account_deleted(self, user: User) -> Any:
        return self._run("account_deleted", user)

    def staff_created(self, staff_user: User) -> Any:
        return self._run("staff_created", staff_user)

    def staff_updated(self, staff_user: User) -> Any:
        return self._run("staff_updated", staff_user)

    def staff_deleted(self, staff_user: User, webhooks: Any = None) -> Any:
        return self._run("staff_deleted", staff_user, webhooks=webhooks)

    def address_updated(self, address: Address) -> Any:
        return self._run("address_updated", address)

    def address_deleted(self, address: Address) -> Any:
        return self._run("address_deleted", address)

    # Orders.

    def order_created(self, order: Order, webhooks: Any = None) -> Any:
        return self._run_order("order_created", order, webhooks)

    def order_confirmed(self, order: Order, webhooks: Any = None) -> Any:
        return self._run_order("order_confirmed", order, webhooks)

    def order_paid(self, order: Order, webhooks: Any = None) -> Any:
        return self._run_order("order_paid", order, webhooks)

    def order_fully_paid(self, order: Order, webhooks: Any = None) -> Any:
        return self._run_order("order_fully_paid", order, webhooks)

    def order_updated(self, order: Order, webhooks: Any = None) -> Any:
        return self._run_order("order_updated", order, webhooks)

    def order_cancelled(self, order: Order, webhooks: Any = None) -> Any:
        return self._run_order("order_cancelled", order, webhooks)

    def order_expired(self, order: Order, webhooks: Any = None) -> Any:
        return self._run_order("order_expired", order, webhooks)

    def order_refunded(self, order: Order, webhooks: Any = None) -> Any:
        return self._run_order("order_refunded", order, webhooks)

    def order_fully_refunded(self, order: Order, webhooks: Any = None) -> Any:
        return self._run_order("order_fully_refunded", order, webhooks)

    def order_fulfilled(self, order: Order, webhooks: Any = None) -> Any:
        return self._run_order("order_fulfilled", order, webhooks)

    def order_bulk_created(self, orders: list[Order]) -> Any:
        return self._run("order_bulk_created", orders)

    # Messages.

    def notify(
        self,
        event: str,
        payload_func: Callable[[], dict[str, Any]],
        channel_slug: str | None = None,
        plugin_id: str | None = None,
    ) -> Any:
        """Tell the plugins, or the one that is named, of something that somebody should be told."""
        if plugin_id is not None:
            plugin = self.get_plugin(plugin_id, channel_slug=channel_slug)
            return _call(plugin, "notify", None, event=event, payload_func=payload_func) if plugin else None
        return self._run("notify", event, payload_func, channel_slug=channel_slug)

    # How it is done.

    def _load(self, channel_slug: str | None) -> list[BasePlugin]:
        if channel_slug not in self._loaded:
            rows = PluginConfiguration.objects.using(self.database).filter(
                **({"channel__slug": channel_slug} if channel_slug else {"channel": None})
            )
            stored = {row.identifier: row for row in rows.select_related("channel")}
            classes: list[type[BasePlugin]] = [import_string(path) for path in self.plugins]
            self._loaded[channel_slug] = [
                self._make(plugin_class, stored.get(plugin_class.PLUGIN_ID))
                for plugin_class in classes
                if (channel_slug is not None) == plugin_class.CONFIGURATION_PER_CHANNEL
            ]
        return self._loaded[channel_slug]

    def _make(self, plugin_class: type[BasePlugin], row: PluginConfiguration | None) -> BasePlugin:
        return plugin_class(
            configuration=row.configuration if row else plugin_class.DEFAULT_CONFIGURATION,
            active=row.active if row else plugin_class.get_default_active(),
            channel=row.channel if row else None,
            requestor_getter=self.requestor_getter,
            db_config=row,
            allow_replica=self._allow_replica,
        )

    def _pass_on(self, request: HttpRequest, plugin: BasePlugin) -> HttpResponseBase:
        _, _, path = request.path.partition(plugin.PLUGIN_ID)
        response = _call(plugin, "webhook", HttpResponseNotFound(), request, path)
        assert isinstance(response, HttpResponseBase)
        return response

    def _run_order(self, hook: str, order: Order, webhooks: Any) -> Any:
        return self._run(hook, order, channel_slug=order.channel.slug, webhooks=webhooks)

    def _run(self, hook: str, *args: Any, channel_slug: str | None = None, **kwargs: Any) -> Any:
        value = None
        for plugin in self.get_plugins(channel_slug=channel_slug, active_only=True):
            value = _call(plugin, hook, value, *args, **kwargs)
        return value


def _call(plugin: BasePlugin, hook: str, previous_value: Any, *args: Any, **kwargs: Any) -> Any:
    method = getattr(plugin, hook, None)
    if method is None:
        return previous_value
    returned = method(*args, **kwargs, previous_value=previous_value)
    return previous_value if returned is NotImplemented else returned


def get_plugins_manager(allow_replica: bool, requestor_getter: Callable[[], Any] | None = None) -> PluginsManager:
    """Make a manager, which loads its plugins when they are first needed."""
    return PluginsManager(settings.PLUGINS, requestor_getter, allow_replica)
