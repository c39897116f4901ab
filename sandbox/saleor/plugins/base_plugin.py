"""What every plugin inherits: its identity and its configuration. Its hooks are whatever methods it defines."""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ..channel.models import Channel
    from .models import PluginConfiguration

PluginConfigurationType = list[dict[str, Any]]


class ConfigurationTypeField:
    """How the Dashboard shows a setting."""

    STRING = "String"
    MULTILINE = "Multiline"
    BOOLEAN = "Boolean"
    SECRET = "Secret"
    SECRET_MULTILINE = "SecretMultiline"
    PASSWORD = "Password"
    OUTPUT = "OUTPUT"


class BasePlugin:
    """A plugin with the configuration that is stored for it, or its default one."""

    PLUGIN_NAME = ""
    PLUGIN_ID = ""
    PLUGIN_DESCRIPTION = ""
    CONFIG_STRUCTURE: dict[str, dict[str, str]] | None = None
    CONFIGURATION_PER_CHANNEL = True
    DEFAULT_CONFIGURATION: PluginConfigurationType = []
    DEFAULT_ACTIVE = False
    HIDDEN = False

    def __init__(
        self,
        *,
        configuration: PluginConfigurationType,
        active: bool,
        channel: Channel | None = None,
        requestor_getter: Callable[[], Any] | None = None,
        db_config: PluginConfiguration | None = None,
        allow_replica: bool = True,
    ) -> None:
        self.configuration = self.get_plugin_configuration(configuration)
        self.active = active
        self.channel = channel
        self.requestor = requestor_getter
        self.db_config = db_config
        self.allow_replica = allow_replica

    def __str__(self) -> str:
        return self.PLUGIN_NAME

    @classmethod
    def check_plugin_id(cls, plugin_id: str) -> bool:
        return plugin_id == cls.PLUGIN_ID

    @classmethod
    def get_default_active(cls) -> bool:
        return cls.DEFAULT_ACTIVE

    @classmethod
    def validate_plugin_configuration(cls, plugin_configuration: PluginConfiguration, **kwargs: Any) -> None:
        """Raise `ValidationError` when the plugin cannot work with the configuration."""

    @classmethod
    def pre_save_plugin_configuration(cls, plugin_configuration: PluginConfiguration) -> None:
        """Called after the validation, before the row is written."""

    @classmethod
    def save_plugin_configuration(
        cls, plugin_configuration: PluginConfiguration, cleaned_data: dict[str, Any]
    ) -> PluginConfiguration:
        """Take over what the Dashboard sent, validate it and write the row."""
        cls._merge(plugin_configuration.configuration, cleaned_data.get("configuration") or [])
        if "active" in cleaned_data:
            plugin_configuration.active = cleaned_data["active"]
        cls.validate_plugin_configuration(plugin_configuration)
        cls.pre_save_plugin_configuration(plugin_configuration)
        plugin_configuration.save()
        cls._describe(plugin_configuration.configuration)
        return plugin_configuration

    def get_plugin_configuration(self, configuration: PluginConfigurationType) -> PluginConfigurationType:
        """The stored settings that still exist, the defaults of those that are missing, each with its description."""
        structure = self.CONFIG_STRUCTURE or {}
        known = [copy(item) for item in configuration or [] if item["name"] in structure]
        missing = structure.keys() - {item["name"] for item in known}
        known += [copy(item) for item in self.DEFAULT_CONFIGURATION or [] if item["name"] in missing]
        self._describe(known)
        return known

    def is_event_active(self, event: str, channel: str | None = None) -> bool:
        return hasattr(self, event)

    @classmethod
    def _merge(cls, current: PluginConfigurationType, changes: PluginConfigurationType) -> None:
        structure = cls.CONFIG_STRUCTURE or {}
        by_name = {item["name"]: item for item in current}
        for change in changes:
            name, value = change["name"], change.get("value")
            if name not in structure or value is None:
                continue
            if structure[name]["type"] == ConfigurationTypeField.BOOLEAN and isinstance(value, str):
                value = value.lower() == "true"
            if name in by_name:
                by_name[name]["value"] = value
            else:
                current.append({"name": name, "value": value})

    @classmethod
    def _describe(cls, configuration: PluginConfigurationType) -> None:
        structure = cls.CONFIG_STRUCTURE or {}
        configuration[:] = [item for item in configuration if item["name"] in structure]
        for item in configuration:
            item.update(structure[item["name"]])
