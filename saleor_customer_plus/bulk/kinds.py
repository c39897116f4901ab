"""A hub: imports only. All kinds of jobs, and all that can be undone, are registered by being imported here."""

from . import exports, undo, undo_import, update_undo, updates

__all__ = ["exports", "undo", "undo_import", "update_undo", "updates"]
