"""Merging many people as one job, and taking all of it back as one; and undoing a large merge."""

from .merge_job import create
from .merge_undo_job import create as create_undo

__all__ = ["create", "create_undo"]
