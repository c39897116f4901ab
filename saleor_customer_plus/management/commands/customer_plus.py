"""`manage.py customer_plus`: the plugin's commands, each defined in a module of its own beside this package."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from ...saleor_adapter.host import allow_writer
from .. import dashboard_command, export_command, import_command, insights_command, jobs_command, mailbox_command
from .. import merge_command as merge
from .. import personal_data_command as personal_data
from .. import reconcile_command as reconcile

COMMANDS: dict[str, Any] = {
    "reconcile": reconcile,
    "import": import_command,
    "export": export_command,
    "insights": insights_command,
    "jobs": jobs_command,
    "merge": merge,
    "mailbox": mailbox_command,
    "personal-data": personal_data,
    "dashboard": dashboard_command,
}


class Command(BaseCommand):
    help = "Customer Plus: keep customer records in line with Saleor; import and export lists of them."

    def add_arguments(self, parser: CommandParser) -> None:
        commands = parser.add_subparsers(dest="command", required=True, metavar="command")
        for name, module in COMMANDS.items():
            module.configure(commands.add_parser(name, help=module.HELP, description=module.HELP))

    @allow_writer()
    def handle(self, *_args: Any, command: str, **options: Any) -> None:
        COMMANDS[command].run(self, options)
