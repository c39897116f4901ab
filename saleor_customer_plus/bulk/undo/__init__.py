"""Undoing a job: a job of its own. How each kind is undone stands beside that kind, and is registered here."""

from .undo_job import Undo, create, register

__all__ = ["Undo", "create", "register"]
