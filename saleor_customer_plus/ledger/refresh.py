"""Everything of a record that follows from its ledger: figures, stage, dates, details.

It is computed afresh from the ledger's rows (and from what the account said last) and written where it differs, for
any number of records in a constant number of statements.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from ..core.set_aside.models import RowKind
from ..core.set_aside.services import carefully
from ..records.locks import hold_records
from ..settings import CustomerPlusSettings
from .acquisition import write_acquisitions
from .corrections import correct_records
from .figures import write_figures
from .first_details import describe_records, without_details


@dataclass(slots=True)
class RefreshResult:
    """How many records, and how many of their figures in a currency, were not what the ledger says."""

    figures_corrected: int = 0
    records_corrected: int = 0


def refresh_records(record_ids: Collection[int], settings: CustomerPlusSettings) -> RefreshResult:
    """Recompute these records from their ledger rows. Call it in the transaction that wrote the ledger."""
    ids = sorted(record_ids)
    if not ids:
        return RefreshResult()
    # Whoever adds to the same record meanwhile waits here, and then computes with our rows as well as its own: the
    # statements that follow see everything that was committed before them.
    hold_records(ids)
    figures_corrected = write_figures(ids)
    write_acquisitions(ids)
    blank = without_details(ids) if settings.sync_details else set()
    records_corrected = describe_records(sorted(blank))
    records_corrected += correct_records([id for id in ids if id not in blank], settings)
    return RefreshResult(figures_corrected=figures_corrected, records_corrected=records_corrected)


def refresh_carefully(record_ids: Collection[int], settings: CustomerPlusSettings) -> RefreshResult:
    """The same for work of others: a record whose figures or details cannot be stored does not stop that work."""
    done = carefully(lambda run: run(RowKind.RECORD, sorted(record_ids), lambda part: refresh_records(part, settings)))
    return RefreshResult(
        figures_corrected=sum(result.figures_corrected for result in done),
        records_corrected=sum(result.records_corrected for result in done),
    )
