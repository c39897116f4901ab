"""`manage.py customer_plus dashboard`: make or delete the app by which the Dashboard shows our screens."""

from __future__ import annotations

import argparse
from typing import Any

from django.core.management.base import BaseCommand

from .. import __version__, settings
from ..saleor_adapter import dashboard_app

HELP = (
    "Make, update or delete the app by which Saleor's Dashboard shows the screens. Says how it is, without an option."
)


def configure(parser: argparse.ArgumentParser) -> None:
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--install", action="store_true", help="Make the app, or update it after an upgrade.")
    what.add_argument("--remove", action="store_true", help="Delete the app: before the plugin is uninstalled.")


def run(command: BaseCommand, options: dict[str, Any]) -> None:
    if options["remove"]:
        count = dashboard_app.remove()
        command.stdout.write("The app is deleted." if count else "There was no app.")
        return
    if options["install"]:
        app = dashboard_app.install(__version__)
        command.stdout.write(f"The Dashboard shows {len(dashboard_app.wanted_here())} extensions of {app.app_url}.")
    else:
        command.stdout.write(dashboard_app.described())
    chosen, is_active = settings.load()
    if not (is_active and chosen.dashboard):
        command.stderr.write(
            "The screens are switched off: turn on “Screens in the Dashboard” in the plugin's settings."
        )
