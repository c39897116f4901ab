"""Django looks here for models; each lives with its feature."""

from .activity.models import ActivityEntry
from .ledger.models import CustomerFigures, LedgerEntry
from .reconciliation.models import Reconciliation, ReconciliationRange
from .records.models import CustomerRecord

__all__ = [
    "ActivityEntry",
    "CustomerFigures",
    "CustomerRecord",
    "LedgerEntry",
    "Reconciliation",
    "ReconciliationRange",
]
