"""One action on many records: those that are named, or all that pass a filter."""

from .update_job import create

__all__ = ["create"]
