"""Taking a merge back, at any time: see `services`."""

from .conflicts import Conflict, ConflictCode
from .services import PREVIEWED_AT_ONCE, as_job, preview, preview_in_request, size, undo

__all__ = [
    "PREVIEWED_AT_ONCE",
    "Conflict",
    "ConflictCode",
    "as_job",
    "preview",
    "preview_in_request",
    "size",
    "undo",
]
