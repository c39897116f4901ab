"""The plugin class, a contents page: its settings, its endpoint, and one line for each hook of Saleor.

Saleor does not catch what a hook raises, and fires hooks while a shopper waits. So every hook here comes from
`hooks`: it never raises, never queries, and only schedules a task with ids after the commit. The one exception is
`preprocess_order_creation`, by which Saleor asks whether somebody may buy.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import __version__, hooks, settings
from .bulk.exports import profiles
from .saleor_adapter import dashboard_app
from .saleor_adapter.host import BasePlugin, PluginConfiguration

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponseBase


class CustomerPlusPlugin(BasePlugin):
    """Customer Plus, as Saleor's plugin manager sees it."""

    PLUGIN_ID = settings.PLUGIN_ID
    PLUGIN_NAME = "Customer Plus"
    PLUGIN_DESCRIPTION = (
        "One record for every buyer, account, guest and lead, with figures that add up. "
        "GraphQL API at /plugins/customer-plus/graphql/."
    )
    CONFIG_STRUCTURE = settings.STRUCTURE
    CONFIGURATION_PER_CHANNEL = False
    DEFAULT_CONFIGURATION = settings.DEFAULT_CONFIGURATION
    DEFAULT_ACTIVE = True

    @classmethod
    def validate_plugin_configuration(cls, plugin_configuration: PluginConfiguration, **_kwargs: Any) -> None:
        profiles.check_settings(settings.parse(plugin_configuration.configuration))

    @classmethod
    def save_plugin_configuration(cls, plugin_configuration: PluginConfiguration, cleaned_data: Any) -> Any:
        if not plugin_configuration.name:
            # Saleor has just made the row, inactive, though a plugin like this one is active without it. It would stay
            # inactive after a change of settings that does not mention it, and after one that is refused.
            plugin_configuration.name, plugin_configuration.active = cls.PLUGIN_NAME, cls.DEFAULT_ACTIVE
            plugin_configuration.save(update_fields=["name", "active"])
        before = settings.load()
        saved = super().save_plugin_configuration(plugin_configuration, cleaned_data)
        after = settings.load()
        hooks.settings_saved(before, after)
        cls._show_or_hide_screens(*after)
        return saved

    @staticmethod
    def _show_or_hide_screens(chosen: settings.CustomerPlusSettings, is_active: bool) -> None:
        """Let the Dashboard show our screens, or no longer."""
        if is_active and chosen.dashboard:
            dashboard_app.install(__version__)
        else:
            dashboard_app.deactivate()

    def webhook(self, request: HttpRequest, path: str, previous_value: Any = None) -> HttpResponseBase:
        # These pull in GraphQL, which Saleor loads after its plugins.
        from .api.view import endpoint
        from .dashboard import pages

        if self.active and path.startswith(pages.PATH):
            return pages.endpoint(request, path.removeprefix(pages.PATH), settings.parse(self.configuration))
        return endpoint(request, path, active=self.active)

    # People.
    customer_created = hooks.account_changed
    customer_updated = hooks.account_changed
    customer_metadata_updated = hooks.account_changed
    customer_deleted = hooks.account_changed
    account_confirmed = hooks.account_changed
    account_email_changed = hooks.account_changed
    account_deleted = hooks.account_changed
    staff_created = hooks.account_changed
    staff_updated = hooks.account_changed
    staff_deleted = hooks.account_changed
    address_updated = hooks.address_changed
    address_deleted = hooks.address_changed

    # Orders: each means only "look at this order again".
    order_created = hooks.order_changed
    order_confirmed = hooks.order_changed
    order_paid = hooks.order_changed
    order_fully_paid = hooks.order_changed
    order_updated = hooks.order_changed
    order_cancelled = hooks.order_changed
    order_expired = hooks.order_changed
    order_refunded = hooks.order_changed
    order_fully_refunded = hooks.order_changed
    order_fulfilled = hooks.order_changed
    order_bulk_created = hooks.orders_changed
    fulfillment_created = hooks.fulfillment_changed
    fulfillment_canceled = hooks.fulfillment_changed
    fulfillment_approved = hooks.fulfillment_changed

    # Checkouts.
    checkout_created = hooks.checkout_changed
    checkout_updated = hooks.checkout_changed
    preprocess_order_creation = hooks.may_buy
