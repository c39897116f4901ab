"""Which records a list has: filters that can be combined.

Each filter is short for a condition in the language of segments, and is compiled as one.
"""

from .record_filter import RecordFilter, Records, condition_of, conditions_of, tree_of
from .values import (
    AcquisitionFilter,
    AttributeFilter,
    ConsentFilter,
    ExpectedFilter,
    FieldFilter,
    LabelFilter,
    MoneyRange,
    Range,
    RfmFilter,
    SourceFilter,
)

__all__ = [
    "AcquisitionFilter",
    "AttributeFilter",
    "ConsentFilter",
    "ExpectedFilter",
    "FieldFilter",
    "LabelFilter",
    "MoneyRange",
    "Range",
    "RecordFilter",
    "Records",
    "RfmFilter",
    "SourceFilter",
    "condition_of",
    "conditions_of",
    "tree_of",
]
