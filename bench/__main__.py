"""`python -m bench [what] [--orders N ...]`: measure, print a table, and keep it in the docs if asked to.

On the stand-in and the embedded PostgreSQL, or on a real Saleor with `bench/on-saleor <checkout>` and DATABASE_URL.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
from datetime import date

from . import host, report


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument(
        "what",
        nargs="*",
        choices=[
            "reconcile",
            "list",
            "hooks",
            "export",
            "import",
            "segments",
            "shapes",
            "updates",
            "screens",
            "duplicates",
            "duplicates-speed",
            [],
        ],
        default=[],
        help="what to measure; all by default",
    )
    parser.add_argument("--orders", type=int, default=1_000_000, help="orders to reconcile")
    parser.add_argument("--records", type=int, default=1_000_000, help="records to list or to export")
    parser.add_argument("--rows", type=int, default=1_000_000, help="rows to import")
    parser.add_argument("--runs", type=int, default=21, help="how often a page is asked for")
    parser.add_argument("--pairs", type=int, default=300, help="how often a mutation is sent with and without us")
    parser.add_argument("--keep", action="store_true", help="put the tables into docs/benchmarks.md")
    options = parser.parse_args()
    host.configure()
    from . import duplicates, exports, hooks, imports, lists, reconcile, screens, segments, shapes, updates

    measures = {
        "reconcile": lambda: reconcile.measure(options.orders),
        "list": lambda: lists.measure(options.records, options.runs),
        "hooks": lambda: hooks.measure(options.pairs),
        "export": lambda: exports.measure(options.records),
        "import": lambda: imports.measure(options.rows),
        "segments": lambda: segments.measure(options.records, options.runs),
        "shapes": shapes.measure,
        "updates": updates.measure,
        "screens": lambda: screens.measure(options.records, options.runs),
        "duplicates": lambda: duplicates.measure(options.records),
    }
    # Parts of the above, which only run when they are asked for.
    parts = {"duplicates-speed": lambda: duplicates.measure_speed(options.records)}
    failed = False
    for key in options.what or measures:
        title, figures = (measures | parts)[key]()
        failed = failed or any(figure.is_met is False for figure in figures)
        text = f"{_where()}\n\n{title}.\n\n{report.table(figures)}"
        print(f"\n{text}\n", flush=True)
        if options.keep:
            report.keep(f"{key} {'saleor' if host.ON_SALEOR else 'stand-in'}", text)
    return int(failed)


def _where() -> str:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        (server,) = cursor.fetchone()
    python = platform.python_version()
    arguments = " ".join(argument for argument in sys.argv[1:] if argument != "--keep")
    command = f'make bench{" SALEOR=<checkout>" if host.ON_SALEOR else ""} ARGS="{arguments}"'
    return (
        f"`{command}` on {host.name()}, Python {python}, PostgreSQL {server.split()[0]}, "
        f"{os.cpu_count()} cores, {date.today().isoformat()}"
    )


if __name__ == "__main__":
    sys.exit(main())
