"""What is measured in a process of its own: `python -m bench.steps <step>` prints one line of JSON."""

from __future__ import annotations

import io
import json
import sys
import time
from collections.abc import Callable
from typing import Any

from . import host, machine
from .import_steps import bare_upsert, import_export, import_list, list_file, make_import, work_at

# Rows that are fetched at a time, as many as the reconciliation has in a batch.
FETCHED = 1000


def bare_select() -> dict[str, Any]:
    """Read what the ledger reads of all orders, and do nothing with it."""
    from django.db import connection
    from django.db.models import Q

    from saleor_customer_plus.ledger import order_source

    query = order_source.orders(Q())
    count = 0
    with connection.chunked_cursor() as cursor:
        cursor.execute(query.text, query.params)
        while rows := cursor.fetchmany(FETCHED):
            count += len(rows)
    return {"rows": count}


def reconcile(workers: str = "1") -> dict[str, Any]:
    """The command, as a merchant's engineer runs it."""
    from django.core.management import call_command

    summary = io.StringIO()
    call_command("customer_plus", "reconcile", "--no-progress", f"--workers={workers}", stdout=summary)
    return dict(json.loads(summary.getvalue()))


def mutations(runs: str, state: str, redis: str) -> dict[str, Any]:
    """Saleor's own mutations, or on the stand-in three hooks, with the plugin active and inactive."""
    from .hooks import in_turns_with_us

    return in_turns_with_us(int(runs), state, int(redis))


def bare_copy() -> dict[str, Any]:
    """What an export is measured beside."""
    from . import exports

    return exports.bare_copy()


def export(*arguments: str) -> dict[str, Any]:
    """An export of records that are there."""
    from . import exports

    return exports.export(*arguments)


STEPS: dict[str, Callable[..., dict[str, Any]]] = {
    step.__name__: step
    for step in (
        bare_select,
        reconcile,
        mutations,
        bare_copy,
        export,
        bare_upsert,
        import_export,
        import_list,
        list_file,
        make_import,
        work_at,
    )
}


def main(name: str, *arguments: str) -> None:
    host.configure()
    _warm_up()
    usage = machine.Usage.start()
    began = time.perf_counter()
    measured = STEPS[name](*arguments)
    measured["seconds"] = time.perf_counter() - began
    print(json.dumps({**measured, **usage.stop()}))


def _warm_up() -> None:
    """Import what the host imports sooner or later, and connect: none of it belongs to what is measured."""
    import importlib

    from django.conf import settings
    from django.db import connection

    importlib.import_module(settings.ROOT_URLCONF)
    connection.ensure_connection()


if __name__ == "__main__":
    main(*sys.argv[1:])
