"""A plugin that keeps the tokens which Saleor wants e-mailed: a test's customer finds them here."""

from __future__ import annotations

from typing import Any, ClassVar

from saleor_customer_plus.saleor_adapter.host import BasePlugin

PATH = f"{__name__}.MailboxPlugin"


class MailboxPlugin(BasePlugin):
    """Takes the place of the merchant's e-mail app."""

    PLUGIN_ID = "tests.mailbox"
    PLUGIN_NAME = "Mailbox"
    CONFIGURATION_PER_CHANNEL = False
    DEFAULT_ACTIVE = True

    # The latest token of each kind.
    tokens: ClassVar[dict[str, str]] = {}

    def account_confirmation_requested(self, _user: Any, _channel: str, token: str, **_more: Any) -> None:
        self.tokens["confirm"] = token

    def account_change_email_requested(self, _user: Any, _channel: str, token: str, **_more: Any) -> None:
        self.tokens["change e-mail"] = token

    def account_delete_requested(self, _user: Any, _channel: str, token: str, **_more: Any) -> None:
        self.tokens["delete"] = token

    def account_set_password_requested(self, _user: Any, _channel: str, token: str, **_more: Any) -> None:
        self.tokens["set password"] = token
