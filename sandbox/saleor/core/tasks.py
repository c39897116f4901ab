"""The base class of every Celery task."""

from typing import Any

from celery import Task
from django.conf import settings
from django.db import connections

from .db.connection import restrict_writer


class RestrictWriterDBTask(Task):  # type: ignore[misc]
    """Guard the writer while a task runs."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        with connections[settings.DATABASE_CONNECTION_DEFAULT_NAME].execute_wrapper(restrict_writer):
            return super().__call__(*args, **kwargs)
