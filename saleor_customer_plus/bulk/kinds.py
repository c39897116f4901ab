"""A hub: imports only. All kinds of jobs, and all that can be undone, are registered by being imported here."""

from . import exports, undo, updates
from .imports import undo as imports_undo
from .updates import undo as updates_undo

__all__ = ["exports", "imports_undo", "undo", "updates", "updates_undo"]
