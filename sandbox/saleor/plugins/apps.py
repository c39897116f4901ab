"""Loads every plugin at start-up: one that cannot be imported stops Saleor."""

from django.apps import AppConfig
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import import_string


class PluginConfig(AppConfig):
    name = "saleor.plugins"
    verbose_name = "Plugins"

    def ready(self) -> None:
        for path in settings.PLUGINS:
            if not import_string(path).PLUGIN_ID:
                raise ImproperlyConfigured(f"{path} has no PLUGIN_ID")
