"""All kinds of jobs that the engine runs, and how each of them is undone."""

from __future__ import annotations

from .bulk import undo
from .bulk.exports.export_job import Export
from .bulk.fields.field_job import FieldChange
from .bulk.imports.import_job import Import
from .bulk.imports.import_undo import ImportUndo
from .bulk.merges.merge_job import Merging
from .bulk.merges.merge_undo import MergeUndo
from .bulk.merges.merge_undo_job import MergeUndoing
from .bulk.undo.undo_job import Undoing
from .bulk.updates.update_job import Update
from .bulk.updates.update_undo import UpdateUndo
from .insights.insights_job import Insights
from .jobs import kinds
from .merging.duplicates.duplicates_job import DuplicateSearch
from .sync.reconciliation import Reconciliation

KINDS = (Import, Export, Update, Undoing, Merging, MergeUndoing, Reconciliation, Insights, DuplicateSearch, FieldChange)
UNDOS = (ImportUndo, UpdateUndo, MergeUndo)


def register_all() -> None:
    """Let the engine know of all kinds. Called once in each process, before any job is made or run."""
    for kind in KINDS:
        kinds.register(kind())
    for how in UNDOS:
        undo.register(how())
