"""`manage.py customer_plus merge`: show what a merge of customers, or its undo, would do, and do it."""

from __future__ import annotations

import argparse
import json
import sys
from typing import Any, NamedTuple

from django.core.management.base import BaseCommand, CommandError

from ..accounts.services import context_of
from ..activity.models import ActorType
from ..activity.services import Actor
from ..bulk import merges
from ..jobs.models import BulkJob
from ..merging import queries, undo
from ..merging.models import Merge, MergeState
from ..merging.preview import Plan, Request, plan
from ..merging.services import MOVED_AT_ONCE
from ..merging.undo import Conflict, ConflictCode
from ..merging.values import MAX_RECORDS, Choice, MergeField
from ..records.models import CustomerRecord
from ..saleor_adapter import staff
from . import common, merge_output, people

HELP = (
    "Merge customers who are one person, or undo a merge. Shows what it would do, and asks first. Exits with 0; "
    "with 4 if an undo could not restore everything; with 1 if something is in the way or it was declined."
)


class Caller(NamedTuple):
    """In whose name it is done, and whose orders they may see."""

    actor: Actor
    requestor: Any
    channels: staff.Channels


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "customers",
        nargs="*",
        metavar="CUSTOMER",
        help=f"The customer to keep, and those who are merged into that one: {MAX_RECORDS} at most. {people.HOW}",
    )
    parser.add_argument("--undo", metavar="MERGE", default="", help="The id of a merge to undo.")
    when = parser.add_mutually_exclusive_group()
    when.add_argument("--yes", action="store_true", help="Write at once, without a preview.")
    when.add_argument("--dry-run", action="store_true", help="Only show the preview. Nothing is written.")
    parser.add_argument(
        "--choose",
        action="append",
        default=[],
        metavar="FIELD=CUSTOMER",
        help="Whose value a field keeps, such as phone=ben@example.com, or field:size=7 for one of your own fields. "
        "May be repeated.",
    )
    parser.add_argument(
        "--account",
        metavar="CUSTOMER",
        default="",
        help="Whose account stays linked, where several of them have one.",
    )
    common.configure(parser)


def run(command: BaseCommand, options: dict[str, Any]) -> None:
    common.check_active()
    if not (options["yes"] or options["dry_run"]) and (options["json"] or not sys.stdin.isatty()):
        raise CommandError("Nobody is there to ask. Call it with --yes to write, or with --dry-run to look only.")
    if options["undo"] and (options["customers"] or options["choose"] or options["account"]):
        raise CommandError("--undo takes the id of a merge and cannot be combined with other selections.")
    caller = _caller(options["user"])
    if options["undo"]:
        _undo(command, options, caller)
    else:
        _merge(command, options, caller)


def _caller(email: str) -> Caller:
    if not email:
        raise CommandError("Merging needs --user: it takes the permissions of a member of staff.")
    actor = common.actor_of(email, ActorType.STAFF)
    context = context_of(actor)
    if context is None:
        raise CommandError("This member of staff may not manage customers.")
    return Caller(actor, context.user, staff.channels_for(context))


# Merging.


def _merge(command: BaseCommand, options: dict[str, Any], caller: Caller) -> None:
    token = None
    with common.reporting_errors(options):
        request = _request(options)
        made = _plan(request, caller)
    if not options["yes"]:
        token = made.token
        _show_plan(command, made, as_json=options["json"])
    if options["dry_run"]:
        raise SystemExit(common.FAILED if made.blockers else 0)
    if made.blockers:
        raise CommandError("\n".join(merge_output.ways_out(made)) if options["yes"] else "Nothing was merged.")
    if not (options["yes"] or common.agreed("Merge these?")):
        raise SystemExit(common.FAILED)
    with common.reporting_errors(options):
        started = merges.start(
            _plan(request, caller) if token else made,
            actor=caller.actor,
            requestor=caller.requestor,
            channels=caller.channels,
            token=token,
        )
    job = common.work(started, options) if isinstance(started, BulkJob) else None
    done = started if isinstance(started, Merge) else Merge.objects.filter(job_id=started.pk).first()
    if done is None:
        raise CommandError(_why_not(job))
    _print_done(command, done, [], job, as_json=options["json"])


def _plan(request: Request, caller: Caller) -> Plan:
    return plan(request, requestor=caller.requestor, channels=caller.channels)


def _request(options: dict[str, Any]) -> Request:
    """What the arguments ask for. Raises `CommandError` for people whom nobody knows."""
    words = options["customers"]
    if len(words) < 2:
        raise CommandError("Name the customer to keep, and one or more who are merged into that one.")
    pairs = [one.rpartition("=")[::2] for one in options["choose"]]
    account = [options["account"]] if options["account"] else []
    found = people.find([*words, *(who for _, who in pairs), *account])
    ids, chosen = found[: len(words)], found[len(words) : len(words) + len(pairs)]
    if len(set(ids)) == 1:
        raise CommandError("These are one customer already.")
    choices = [_choice(name, id) for (name, _), id in zip(pairs, chosen, strict=True)]
    return Request(ids, ids[0], _account_of(found[-1]) if account else None, choices)


def _choice(name: str, record_id: int) -> Choice:
    field, _, key = name.strip().partition(":")
    if field.lower() not in list(MergeField) or (field.lower() == MergeField.FIELD) != bool(key):
        names = ", ".join(one for one in MergeField if one is not MergeField.FIELD)
        raise CommandError(f"--choose knows no {name}. Choose {names}, or field:KEY of one of your own fields.")
    return Choice(MergeField(field.lower()), record_id, key)


def _account_of(record_id: int) -> int:
    account_id = CustomerRecord.objects.values_list("account_id", flat=True).get(pk=record_id)
    if account_id is None:
        raise CommandError("--account: This customer has no account.")
    return account_id


def _show_plan(command: BaseCommand, made: Plan, *, as_json: bool) -> None:
    if as_json:
        command.stdout.write(json.dumps(merge_output.plan_as_json(made), indent=2))
    else:
        command.stdout.write(merge_output.plan_as_text(made))


# Undoing.


def _undo(command: BaseCommand, options: dict[str, Any], caller: Caller) -> None:
    key = people.key_of(options["undo"], "CustomerMerge")
    merge = queries.find(key) if key is not None else None
    if merge is None:
        raise CommandError("No merge has this id.")
    if not options["yes"]:
        with common.reporting_errors(options):
            conflicts = undo.preview(merge.pk, actor=caller.actor, requestor=caller.requestor, channels=caller.channels)
        _show_undo(command, merge, conflicts, as_json=options["json"])
        if options["dry_run"]:
            raise SystemExit(0)
        if not common.agreed("Undo this merge?"):
            raise SystemExit(common.FAILED)
    with common.reporting_errors(options):
        started = merges.start_undo(merge.pk, actor=caller.actor, requestor=caller.requestor, channels=caller.channels)
    if not isinstance(started, BulkJob):
        _print_done(command, *started, None, as_json=options["json"])
        return
    job = common.work(started, options)
    merge.refresh_from_db()
    if merge.state != MergeState.UNDONE:
        raise CommandError(_why_not(job))
    kept = [Conflict(**{**one, "code": ConflictCode(one["code"])}) for one in merge.conflicts]
    _print_done(command, merge, kept, job, as_json=options["json"])


def _show_undo(command: BaseCommand, merge: Merge, conflicts: list[Conflict], *, as_json: bool) -> None:
    is_large = undo.size(merge) > MOVED_AT_ONCE
    if as_json:
        output = merge_output.merge_as_json(merge, conflicts, runs_as_job=is_large)
        command.stdout.write(json.dumps(output, indent=2))
        return
    parts = [merge_output.undo_as_text(merge, is_large=is_large), merge_output.conflicts_as_text(conflicts)]
    command.stdout.write("\n\n".join(filter(None, parts)))


# What came of it.


def _why_not(job: BulkJob | None) -> str:
    """Why a job did not do what it was made for."""
    if job is None:
        return ""
    reasons = [reason["message"] for problem in job.problems.all() for reason in problem.reasons]
    return "\n".join(filter(None, [f"Job {job.pk}: {job.get_state_display()}.", job.error_message, *reasons]))


def _print_done(
    command: BaseCommand, merge: Merge, conflicts: list[Conflict], job: BulkJob | None, *, as_json: bool
) -> None:
    """Print what was done, and exit with its code."""
    if as_json:
        summary = common.summary(job) if job else None
        command.stdout.write(json.dumps(merge_output.merge_as_json(merge, conflicts, job=summary), indent=2))
    else:
        merged = ", ".join(map(str, merge.merged_ids))
        if merge.state == MergeState.UNDONE:
            command.stdout.write(f"Merge {merge.pk} is undone: {merged} and {merge.kept_id} are apart again.")
            if conflicts:
                command.stdout.write(merge_output.conflicts_as_text(conflicts))
        else:
            command.stdout.write(f"Merge {merge.pk}: {merged} went into {merge.kept_id}. --undo {merge.pk} undoes it.")
    if conflicts:
        raise SystemExit(common.WARNED)
