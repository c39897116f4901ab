"""A real Saleor from whose environment the plugin was removed with pip."""

from .on_saleor import *  # noqa: F403

INSTALLED_APPS = [app for app in INSTALLED_APPS if app != "saleor_customer_plus"]  # noqa: F405
PLUGINS: list[str] = []
