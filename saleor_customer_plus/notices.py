"""Telling staff: Saleor's plugins and apps by its `notify`, and by e-mail who is named in the settings.

What goes wrong is logged, without anything of a person, and stops nobody's work.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any

from django.core.mail import EmailMessage

from . import host, settings

logger = logging.getLogger(__name__)


def notify(event: str, payload: Mapping[str, Any], *, about: str) -> None:
    """Send an event through Saleor. `about` names its subject in the log, by an id."""
    try:
        host.notify(event, dict(payload))
    except Exception as error:
        logger.error("Could not notify of %s: %s", about, type(error).__name__)


def mail(message_to: Callable[[list[str]], EmailMessage], *, about: str) -> None:
    """Send a message to those whom the settings name, if there are any."""
    chosen, _is_active = settings.load()
    if not chosen.notify_addresses:
        return
    try:
        message_to(chosen.notify_addresses).send()
    except Exception as error:
        logger.error("Could not mail of %s: %s", about, type(error).__name__)
