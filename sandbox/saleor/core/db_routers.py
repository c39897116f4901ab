"""Writes go to the writer; reads too, unless a query names the replica."""

from typing import Any

from django.conf import settings


class PrimaryReplicaRouter:
    """Rows of both connections may be related: they are the same rows."""

    def db_for_write(self, model: Any, **hints: Any) -> str:
        return str(settings.DATABASE_CONNECTION_DEFAULT_NAME)

    def allow_relation(self, obj1: Any, obj2: Any, **hints: Any) -> bool:
        return True
