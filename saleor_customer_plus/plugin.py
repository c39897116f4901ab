"""The plugin class, a contents page: its settings, its endpoint, and one line for each hook of Saleor.

Saleor does not catch what a hook raises, and fires hooks while a shopper waits. So every hook here comes from
`hooks`: it never raises, never queries, and only schedules a task with ids after the commit. The one exception is
`preprocess_order_creation`, by which Saleor asks whether somebody may buy.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import hooks, settings
from .bulk.exports import profiles
from .host import BasePlugin, PluginConfiguration

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
        hooks.settings_saved(before, settings.load())
        return saved

    def webhook(self, request: HttpRequest, path: str, previous_value: Any = None) -> HttpResponseBase:
        from .api.view import endpoint  # pulls in GraphQL, which Saleor loads after its plugins

        return endpoint(request, path, active=self.active)

    # People.
    customer_created = hooks.of_account
    customer_updated = hooks.of_account
    customer_metadata_updated = hooks.of_account
    customer_deleted = hooks.of_account
    account_confirmed = hooks.of_account
    account_email_changed = hooks.of_account
    account_deleted = hooks.of_account
    staff_created = hooks.of_account
    staff_updated = hooks.of_account
    staff_deleted = hooks.of_account
    address_updated = hooks.of_address
    address_deleted = hooks.of_address

    # Orders: each means only "look at this order again".
    order_created = hooks.of_order
    order_confirmed = hooks.of_order
    order_paid = hooks.of_order
    order_fully_paid = hooks.of_order
    order_updated = hooks.of_order
    order_cancelled = hooks.of_order
    order_expired = hooks.of_order
    order_refunded = hooks.of_order
    order_fully_refunded = hooks.of_order
    order_fulfilled = hooks.of_order
    order_bulk_created = hooks.of_orders
    fulfillment_created = hooks.of_fulfillment
    fulfillment_canceled = hooks.of_fulfillment
    fulfillment_approved = hooks.of_fulfillment

    # Checkouts.
    checkout_created = hooks.of_checkout
    checkout_updated = hooks.of_checkout
    preprocess_order_creation = hooks.may_buy
