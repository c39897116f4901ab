"""Which database a process of the benchmark works on."""

from __future__ import annotations

import os
from typing import Any

VARIABLE = "CUSTOMER_PLUS_BENCH_DATABASE"


def use_scratch(databases: dict[str, Any]) -> None:
    """Point every alias at the scratch database, where the parent process named one."""
    if name := os.environ.get(VARIABLE):
        for database in databases.values():
            database["NAME"] = name
