"""Merging records and undoing it, at once or as jobs: one merge, or those of many people as one job."""

from .merge_job import create
from .merge_undo_job import create as create_undo
from .starting import start, start_undo

__all__ = ["create", "create_undo", "start", "start_undo"]
