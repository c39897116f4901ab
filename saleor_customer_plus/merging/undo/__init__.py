"""Taking a merge back, at any time: see `services`."""

from .conflicts import Conflict, ConflictCode
from .services import preview, undo

__all__ = ["Conflict", "ConflictCode", "preview", "undo"]
