"""The options of a job in terms of the inputs that started it, so that clients can show them and send them again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import graphene

from ...accounts.account_filters import AccountAttributeFilter
from ...bulk import selection
from ...customers.filters import ExpectedFilter, LabelFilter, MoneyRange, RecordFilter
from ...errors import CustomerPlusError, ErrorCode
from ...groups.queries import default_group_ids
from ...jobs.models import BulkJob, JobKind
from ..core.base import to_global_id, with_api_errors
from ..core.dataloaders import load
from ..core.mirrors import mirror_of
from ..core.types import list_of
from ..customers.inputs import CustomerRecordFilterInput
from ..exports.inputs import CustomerExportInput
from ..fields.filters import given_filter
from ..imports.inputs import CustomerImportInput
from ..updates.inputs import CustomerBulkActionInput

# IDs in one response: the records of one bulk update. A page of jobs may have a hundred times as many.
MAX_IDS_SHOWN = 10_000

CustomerJobRecordFilter = mirror_of(CustomerRecordFilterInput)
CustomerJobExport = mirror_of(CustomerExportInput)
CustomerJobImport = mirror_of(CustomerImportInput)
CustomerJobBulkAction = mirror_of(CustomerBulkActionInput)


class CustomerJobRecords(graphene.ObjectType):  # type: ignore[misc]
    """Records of a job: those given by ID, or all that matched a filter and a search when the job started."""

    filter = graphene.Field(
        CustomerJobRecordFilter,
        description="Filtering options for the records, as sent. For a subscriber list, includes its consent. "
        "Null if records were given by ID.",
    )
    search = graphene.String(description="Words that records match. Null if there was no search.")
    include_inactive = graphene.Boolean(required=True, description="Whether inactive records are included.")
    id_count = graphene.Int(description="Number of records given by ID. Null if they were selected by a filter.")
    ids = list_of(
        graphene.ID,
        description="IDs of the given records. Null if records were selected by a filter. A response contains at "
        "most 10,000 IDs: request a single job.",
    )

    @staticmethod
    def resolve_filter(options: Mapping[str, Any], info: Any) -> Any:
        given = _selection(options)
        if given is None:
            return None
        wanted = selection.loaded(given).filter
        if wanted.groups is None:
            return _filter(wanted)
        return load(info, default_group_ids, True).then(lambda group_id: _filter(wanted, group_id))

    @staticmethod
    def resolve_search(options: Mapping[str, Any], _info: Any) -> str | None:
        given = _selection(options)
        return given["search"] or None if given else None

    @staticmethod
    def resolve_include_inactive(options: Mapping[str, Any], _info: Any) -> bool:
        given = _selection(options)
        return given is None or selection.loaded(given).filter.is_active is None

    @staticmethod
    def resolve_id_count(options: Mapping[str, Any], _info: Any) -> int | None:
        ids = options.get("_ids")
        return None if ids is None else len(ids)

    @staticmethod
    @with_api_errors
    def resolve_ids(options: Mapping[str, Any], info: Any) -> list[str] | None:
        ids = options.get("_ids")
        if ids is None:
            return None
        shown = getattr(info.context, "customer_plus_ids", 0) + len(ids)
        info.context.customer_plus_ids = shown
        if shown > MAX_IDS_SHOWN:
            raise CustomerPlusError(
                f"One request is answered at most {MAX_IDS_SHOWN} ids of records. Ask for fewer jobs.",
                code=ErrorCode.LIMIT_REACHED,
                field="ids",
            )
        return [to_global_id("CustomerRecord", id) for id in ids]


def _selection(options: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The filter and search, as dumped by `bulk.selection`."""
    found: Mapping[str, Any] | None = options.get("_records") or options.get("_list")
    return found


def _filter(wanted: RecordFilter, default_group_id: int | None = None) -> dict[str, Any]:
    """Return the filter as sent: the inverse of `customers.arguments.record_list`."""
    given: dict[str, Any] = {name: getattr(wanted, name, None) for name in CustomerRecordFilterInput._meta.fields}
    for name, value in given.items():
        if isinstance(value, MoneyRange):
            given[name] = {"currency": value.currency, "gte": value.amounts.gte, "lte": value.amounts.lte}
        if isinstance(value, ExpectedFilter):
            given[name] = {"currency": value.currency, "gte": value.times.gte, "lte": value.times.lte}
    if wanted.ids is not None:
        given["ids"] = [to_global_id("CustomerRecord", id) for id in wanted.ids]
    if wanted.sources is not None:
        sources = wanted.sources
        given["sources"] = {"any": sources.any, "all": sources.all or None, "none": sources.none or None}
    if wanted.attributes is not None:
        given["attributes"] = [
            {"key": one.key, "value": None if one.equals is None else json.loads(one.equals)}
            for one in wanted.attributes
        ]
    if wanted.customer_types is not None:
        given["customer_types"] = [to_global_id("CustomerType", id) for id in wanted.customer_types]
    if wanted.account_attributes is not None:
        given["account_attributes"] = [_account_attribute(one) for one in wanted.account_attributes]
    for name in ("account_metadata", "account_private_metadata"):
        if given[name] is not None:
            given[name] = [{"key": one.key, "value": one.equals} for one in given[name]]
    if wanted.fields is not None:
        given["fields"] = list(map(given_filter, wanted.fields))
    if wanted.order_channels is not None:
        given["order_channels"] = [to_global_id("Channel", id) for id in wanted.order_channels]
    if wanted.segments:
        given["segment"] = to_global_id("CustomerSegment", wanted.segments[0])
    given["tags"] = _labels(wanted.tags, "CustomerTag")
    given["groups"] = _labels(wanted.groups, "CustomerGroup", default_group_id)
    return given


def _account_attribute(wanted: AccountAttributeFilter) -> dict[str, Any]:
    given: dict[str, Any] = {"slug": wanted.slug, "values": wanted.values, "boolean": wanted.boolean}
    for name in ("numeric", "date_time"):
        low, high = getattr(wanted, name)
        given[name] = None if low is None and high is None else {"gte": low, "lte": high}
    return given


def _labels(wanted: LabelFilter | None, kind: str, default: int | None = None) -> dict[str, Any] | None:
    if wanted is None:
        return None

    def ids(keys: tuple[int | None, ...] | None) -> list[str] | None:
        return None if keys is None else [to_global_id(kind, default if key is None else key) for key in keys]

    return {"any": ids(wanted.any), "all": ids(wanted.all or None), "none": ids(wanted.none or None)}


def _kept(job: BulkJob) -> bool:
    return job.files_removed_at is None


def _export(job: BulkJob) -> Mapping[str, Any] | None:
    request: Mapping[str, Any] | None = job.options.get("_request") if job.kind == JobKind.EXPORT else None
    return None if request is None else {"columns": None, **request}


def _import(job: BulkJob) -> Mapping[str, Any] | None:
    """Return the options of an import; after it was forgotten, only those without customer data."""
    if job.kind != JobKind.IMPORT:
        return None
    return import_options(job.options)


def import_options(options: Mapping[str, Any]) -> Mapping[str, Any]:
    """Convert the stored options of an import to API names."""
    given = dict(options)
    if "mapping" in given:
        given["mapping"] = [{"header": header, "column": key} for header, key in given["mapping"].items()]
    if given.get("group_id") is not None:
        given["group_id"] = to_global_id("CustomerGroup", given["group_id"])
    return given


class JobOptions:
    """The fields of a job that return its options."""

    records = graphene.Field(
        CustomerJobRecords,
        description="Records of an export or a bulk update. Null for other jobs and forgotten ones.",
    )
    export_options = graphene.Field(
        CustomerJobExport,
        description="Export options, as sent to customerExportCreate. Null for other jobs and forgotten ones.",
    )
    import_options = graphene.Field(
        CustomerJobImport,
        description="Import options, including those of the profile. Send them to customerImportCreate to import "
        "another file. Null for other jobs. A forgotten job has no free text.",
    )
    action = graphene.Field(
        CustomerJobBulkAction,
        description="Action of a bulk update, as sent to customerRecordsBulkUpdate. Null for other jobs and "
        "forgotten ones.",
    )

    @staticmethod
    def resolve_records(job: BulkJob, _info: Any) -> Mapping[str, Any] | None:
        has_records = "_ids" in job.options or _selection(job.options) is not None
        return job.options if has_records and _kept(job) else None

    @staticmethod
    def resolve_export_options(job: BulkJob, _info: Any) -> Mapping[str, Any] | None:
        return _export(job)

    @staticmethod
    def resolve_import_options(job: BulkJob, _info: Any) -> Mapping[str, Any] | None:
        return _import(job)

    @staticmethod
    def resolve_action(job: BulkJob, _info: Any) -> Mapping[str, Any] | None:
        return job.options.get("_action") if job.kind == JobKind.UPDATE else None
