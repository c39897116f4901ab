"""`manage.py customer_plus mailbox`: read the mailbox of replies now, in this process."""

from __future__ import annotations

import argparse
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from .. import settings
from ..messages.mailbox import MailboxError
from ..sync import incoming_mail
from . import common

HELP = (
    "Take the unread messages of the shop's mailbox into the conversations with customers. It happens every two "
    "minutes by itself: run it to see whether the setting works. Exits with 1 if the mailbox cannot be read."
)


def configure(parser: argparse.ArgumentParser) -> None:
    """It has no options."""


def run(command: BaseCommand, options: dict[str, Any]) -> None:
    common.check_active()
    chosen, _is_active = settings.load()
    if not chosen.mailbox_secret:
        raise CommandError("No mailbox is set: enter its address in the plugin's settings.")
    try:
        counted = incoming_mail.read_mailbox(seconds=600)
    except MailboxError as error:
        raise CommandError(str(error)) from None
    for outcome, number in counted.items():
        command.stdout.write(f"{outcome.lower().replace('_', ' ')}: {number}")
