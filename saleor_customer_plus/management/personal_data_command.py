"""`manage.py customer_plus personal-data`: write all that is kept about one person into a file."""

from __future__ import annotations

import argparse
import tempfile
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from ..activity.models import ActorType
from ..personal_data.writing import log, write
from ..records import emails
from ..records.email import normalize_email
from . import common

HELP = (
    "Write all that is kept about one person into a JSON file, to answer a request for access (GDPR Art. 15). Only its "
    "owner may read the file. Exits with 1 if nobody has the address."
)


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("email", help="Any e-mail address of the person.")
    parser.add_argument("file", help="The file to write.")
    parser.add_argument(
        "--without-notes",
        action="store_true",
        help="Leave out the internal notes, and what the log says of them. They are data about the person too: have a "
        "reason. The file says that they are missing.",
    )
    parser.add_argument("--user", metavar="EMAIL", default="", help="The member of staff who is logged as its maker.")


def run(command: BaseCommand, options: dict[str, Any]) -> None:
    actor = common.actor_of(options["user"], ActorType.STAFF)
    email = normalize_email(options["email"])
    record_id = emails.owners([email]).get(email)
    with tempfile.TemporaryFile() as file:
        with_notes = not options["without_notes"]
        if record_id is None or not write(record_id, file, with_notes=with_notes):
            raise CommandError("No record has this address.")
        file.seek(0)
        common.save(file, options["file"])
    log(record_id, actor=actor, with_notes=with_notes)
