"""A hub: imports only. All kinds of jobs, and all that can be undone, are registered by being imported here."""

from . import exports, undo, update_undo, updates

__all__ = ["exports", "undo", "update_undo", "updates"]
