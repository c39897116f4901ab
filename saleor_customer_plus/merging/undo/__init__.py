"""Taking a merge back, at any time: see `services`."""

from .conflicts import Conflict, ConflictCode
from .services import as_job, preview, size, undo

__all__ = ["Conflict", "ConflictCode", "as_job", "preview", "size", "undo"]
