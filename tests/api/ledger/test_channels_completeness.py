"""Every field of the API that may tell of orders is among those that `test_channels` tries on a restricted caller.

A new field whose name or type has to do with orders, money or files fails until it is added there, or here as one that
tells nothing.
"""

from __future__ import annotations

import re

from graphql import GraphQLEnumType, GraphQLInputObjectType, GraphQLInterfaceType, GraphQLObjectType
from graphql.type.definition import get_named_type

from saleor_customer_plus.api.schema import schema

from .test_channels import (
    COLUMNS,
    DELETE,
    DELETION,
    EXPORT,
    FILTERS,
    JOB,
    LIST,
    LOOKUPS,
    ORDERS,
    RECORD,
    REFUSED,
    SEGMENTS,
    SURFACES,
)

TRIED = " ".join(
    [
        *COLUMNS,
        DELETE,
        DELETION,
        EXPORT,
        JOB,
        LIST,
        ORDERS,
        RECORD,
        str(FILTERS),
        *LOOKUPS,
        *SURFACES.values(),
        *SEGMENTS.values(),
        *REFUSED,
    ]
)

_TELLS = re.compile(
    r"order(?!ing)|spent|refund|figure|average|amount|currenc|channel|customerSince|latest|convert|charge"
    r"|report|cells|preview|^(file|errorFile|resultFile)$|sourceId|^before$|^after$|^cause$|activity|^placedAt|summary|segment",
    re.IGNORECASE,
)
_OF_ORDERS = {"CustomerFigures", "CustomerRecordOrder", "Money"}

# They tell nothing of orders that their callers did not make or may not see, and why.
HARMLESS = {
    "Mutation.customerDraftOrderCreate": "Saleor's own mutation checks the channel",
    "Mutation.customerSegmentCreate": "its answer is a segment, which is tried",
    "Mutation.customerSegmentUpdate": "its answer is a segment, which is tried",
    "Mutation.customerSegmentDelete": "its answer is a segment, which is tried",
    "Mutation.customerSegmentSnapshot": "a bulk action on the members that the caller sees",
    "Query.customerSegmentFields": "the names of fields, and nothing of anybody",
    "CustomerDraftOrderCreate.orderId": "the order was made by the caller a moment ago",
    "Mutation.customerFieldsReorder": "of the definitions of fields",
    "Query.customerFieldChangePreview": "of the values of the shop's own fields",
    "Mutation.customerFieldChangePreview": "of the values of the shop's own fields",
    "CustomerJob.fileName": "the name of a file, and nothing in it",
    "CustomerJob.filesRemovedAt": "a time",
    "CustomerJobProgress.rowsTotal": "a count",
    "CustomerJobImport.showPreview": "an option",
    "CustomerImportReport.preview": "within the report, which is tried",
    "CustomerExportReport.lostCells": "within the report, which is tried",
    "CustomerExportReport.changedCells": "within the report, which is tried",
    "CustomerRecord.orderAddresses": "of orders of the caller's channels only: see tests/api/addresses",
    "CustomerSettings.channels": "only those whose orders the caller sees: see tests/api/settings",
    "CustomerMyConsent.channel": "e-mail, SMS or phone",
    "CustomerConsent.channel": "e-mail, SMS or phone",
    "CustomerConsentEvent.channel": "e-mail, SMS or phone",
    "CustomerMergeConsent.channel": "e-mail, SMS or phone",
    "Query.customerMessagePreview": "a text with the names and the contact data of a record",
    "Query.customerRecordMergePreview": "empty if there are hidden orders: tests/merging/test_services.py",
    "Query.customerRecordMergeUndoPreview": "of what was edited, not of orders",
}
# What somebody asked for, in their own words.
HARMLESS |= dict.fromkeys(("CustomerJobRecordConsentFilter.channel", "CustomerJobConsent.channel"), "as above")
# Counts over the whole store, in a report that only staff with access to all channels read.
HARMLESS |= dict.fromkeys(
    ("CustomerReconciliationDrift.figuresCorrected", "CustomerReconciliationDrift.leadsConverted"), "within the report"
)
# In which `cells` are tried by `test_reports_of_others_are_not_shown`.
TRIED_APART = {"CustomerJobProblem.cells"}


def told() -> dict[str, set[str]]:
    """The fields of the schema that may tell of orders, by their type."""
    found: dict[str, set[str]] = {}
    for name, kind in schema.get_type_map().items():
        if name.startswith("__") or not isinstance(kind, GraphQLObjectType | GraphQLInterfaceType):
            continue
        for field, definition in kind.fields.items():
            of = getattr(get_named_type(definition.type), "name", "")
            if _TELLS.search(field) or of in _OF_ORDERS:
                found.setdefault(name, set()).add(field)
    return found


def test_every_look_up_that_may_tell_of_orders_is_tried() -> None:
    missing = [
        f"{name}({argument}:)"
        for name, field in schema.get_query_type().fields.items()
        for argument in field.args
        if _TELLS.search(argument) and not is_tried(argument)
    ]
    assert missing == []


def is_tried(field: str) -> bool:
    return re.search(rf"\b{field}\b", TRIED) is not None


def test_every_field_that_may_tell_of_orders_is_tried() -> None:
    missing = [
        f"{name}.{field}"
        for name, fields in told().items()
        for field in sorted(fields)
        if not is_tried(field) and f"{name}.{field}" not in HARMLESS.keys() | TRIED_APART
    ]
    assert missing == []


def test_every_filter_and_sort_that_may_tell_of_orders_is_tried() -> None:
    filters = schema.get_type("CustomerRecordFilterInput")
    sorts = schema.get_type("CustomerRecordSortField")
    assert isinstance(filters, GraphQLInputObjectType)
    assert isinstance(sorts, GraphQLEnumType)
    names = {*filters.fields, *(value.name for value in sorts.values)}
    missing = sorted(name for name in names if (_TELLS.search(name) or name.startswith("last")) and name not in TRIED)
    assert missing == []
