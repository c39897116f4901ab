"""From the input of a filter to the filter, or to all that is wrong with it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from functools import partial
from typing import Any

from ...core import json_values
from ...customers.filters import (
    AcquisitionFilter,
    AttributeFilter,
    ConsentFilter,
    ExpectedFilter,
    LabelFilter,
    MoneyRange,
    Range,
    RecordFilter,
    RfmFilter,
    SourceFilter,
)
from ...errors import CustomerPlusError, ErrorCode, Problems
from ...groups.services import default_group
from ...records.models import Source
from ...segments.queries import get as get_segment
from ..accounts.inputs import (
    attributes_filter,
    customer_types_filter,
    metadata_filter,
)
from ..core.base import checked_text, key_of, keys_of, record_keys_of, spelled
from ..fields.filters import field_filters
from ..segments.conditions import kept_query
from .limits import MAX_ATTRIBUTES, MAX_CONSENTS, MAX_LABELS, MAX_VALUES

# Amounts are stored with 17 digits before the decimal point.
_TOO_MUCH = 10**17

# The JSON of an attribute's value in a filter.
_MAX_VALUE = 1000


def record_filter(given: Mapping[str, Any]) -> RecordFilter:
    problems, values = Problems(), {}
    for name, value in given.items():
        with problems.noted():
            values[_NAMES.get(name, name)] = _READERS.get(name, _as_it_is)(value)
    problems.raise_any()
    return RecordFilter(**values)


def _as_it_is(value: Any) -> Any:
    return value


def _ids(global_ids: Sequence[str]) -> list[int]:
    return record_keys_of(_few(global_ids, "ids"), field="ids")


def _few(values: Sequence[Any], field: str) -> Sequence[Any]:
    if len(values) > MAX_VALUES:
        raise CustomerPlusError(f"Argument `{spelled(field)}` may have at most {MAX_VALUES} values.", field=field)
    return values


def _countries(codes: Sequence[str]) -> list[str]:
    return [checked_text(code.strip(), field="countries", longest=2) for code in _few(codes, "countries")]


def _cities(names: Sequence[str]) -> list[str]:
    return [checked_text(name.strip(), field="cities", longest=256) for name in _few(names, "cities")]


def _languages(codes: Sequence[str]) -> list[str]:
    """Return language codes as stored in records: PT_BR, as in Saleor's API, becomes pt-br."""
    return [
        checked_text(code.strip(), field="languages", longest=35).lower().replace("_", "-")
        for code in _few(codes, "languages")
    ]


def currency_of(code: str, *, field: str = "currency") -> str:
    code = code.strip().upper()
    if not re.fullmatch("[A-Z]{3}", code):
        raise CustomerPlusError("Argument `currency` must be an ISO 4217 code, such as EUR.", field=field)
    return code


def _tags(given: Mapping[str, Sequence[str] | None]) -> LabelFilter:
    return _labels(_sides(given, "CustomerTag", "tags"))


def _groups(given: Mapping[str, Sequence[str] | None]) -> LabelFilter:
    default = default_group().pk
    ids = _sides(given, "CustomerGroup", "groups")
    return _labels(
        {
            side: None if keys is None else [None if key == default else key for key in keys]
            for side, keys in ids.items()
        }
    )


def _sides(given: Mapping[str, Sequence[str] | None], kind: str, field: str) -> dict[str, list[int] | None]:
    problems, ids = Problems(), {}
    for side, global_ids in given.items():
        with problems.noted():
            ids[side] = _label_ids(global_ids, kind, f"{field}.{side}")
    problems.raise_any()
    return ids


def _label_ids(global_ids: Sequence[str] | None, kind: str, field: str) -> list[int] | None:
    most = MAX_LABELS if field.endswith(".all") else MAX_VALUES
    return None if global_ids is None else keys_of(global_ids, kind, field=field, most=most)


def _labels(ids: Mapping[str, Sequence[int | None] | None]) -> LabelFilter:
    return LabelFilter(**{side: tuple(keys) for side, keys in ids.items() if keys is not None})


def _acquisition(given: Mapping[str, Sequence[str] | None]) -> AcquisitionFilter:
    problems, values = Problems(), dict[str, tuple[str, ...]]()
    for name, texts in given.items():
        if texts is not None:
            field = f"acquisition.{name}"
            with problems.noted():
                values[name] = tuple(
                    checked_text(text.strip(), field=field, longest=255) for text in _few(texts, field)
                )
    problems.raise_any()
    return AcquisitionFilter(**values)


def _consents(given: Sequence[Mapping[str, Any]]) -> list[ConsentFilter]:
    if len(given) > MAX_CONSENTS:
        raise CustomerPlusError(f"Filter by at most {MAX_CONSENTS} consents.", field="consents")
    problems = Problems()
    problems.errors += [
        CustomerPlusError("Name at least one state.", code=ErrorCode.REQUIRED, field=f"consents.{number}.states")
        for number, one in enumerate(given)
        if not one["states"]
    ]
    problems.raise_any()
    return [
        ConsentFilter(str(one["channel"]), str(one["purpose"]), tuple(dict.fromkeys(map(str, one["states"]))))
        for one in given
    ]


def _sources(given: Mapping[str, Sequence[Source] | None]) -> SourceFilter:
    return SourceFilter(**{side: tuple(map(Source, sources)) for side, sources in given.items() if sources is not None})


def _attributes(given: Sequence[Mapping[str, Any]]) -> list[AttributeFilter]:
    if len(given) > MAX_ATTRIBUTES:
        raise CustomerPlusError(f"Filter by at most {MAX_ATTRIBUTES} attributes.", field="attributes")
    return [_attribute(one, f"attributes.{number}") for number, one in enumerate(given)]


def _attribute(given: Mapping[str, Any], field: str) -> AttributeFilter:
    key = checked_text(given["key"].strip(), field=f"{field}.key", longest=json_values.MAX_NAME_LENGTH)
    value = given.get("value")
    if value is None:
        return AttributeFilter(key)
    try:
        json_values.check(value, "value")
    except json_values.Unreturnable as error:
        raise CustomerPlusError(str(error), field=f"{field}.value") from error
    text = json.dumps(value, ensure_ascii=False, sort_keys=True)
    return AttributeFilter(key, checked_text(text, field=f"{field}.value", longest=_MAX_VALUE))


def _segment(global_id: str) -> tuple[int, ...]:
    return (get_segment(key_of(global_id, "CustomerSegment", field="segment"), field="segment").pk,)


def _range(given: Mapping[str, Any]) -> Range:
    return Range(given.get("gte"), given.get("lte"))


def _money(field: str, given: Mapping[str, Any]) -> MoneyRange:
    bounds = {end: None if given.get(end) is None else Decimal(str(given[end])) for end in ("gte", "lte")}
    problems = Problems()
    if set(bounds.values()) == {None}:
        with problems.noted():
            raise CustomerPlusError("A range of amounts needs `gte` or `lte`.", code=ErrorCode.REQUIRED, field=field)
    for end, bound in bounds.items():
        if bound is not None and not (bound.is_finite() and abs(bound) < _TOO_MUCH):
            with problems.noted():
                raise CustomerPlusError(f"An amount must be less than {_TOO_MUCH}.", field=f"{field}.{end}")
    with problems.noted():
        currency = currency_of(given["currency"], field=f"{field}.currency")
    problems.raise_any()
    return MoneyRange(currency, Range(bounds["gte"], bounds["lte"]))


def _rfm_group(given: Mapping[str, Any]) -> RfmFilter:
    if not given["groups"]:
        raise CustomerPlusError("Name at least one group.", code=ErrorCode.REQUIRED, field="rfm_group.groups")
    currency = currency_of(given["currency"], field="rfm_group.currency")
    return RfmFilter(currency, tuple(dict.fromkeys(map(str, given["groups"]))))


def _next_order(given: Mapping[str, Any]) -> ExpectedFilter:
    times = _range(given)
    if times == Range():
        raise CustomerPlusError(
            "A range of times needs `gte` or `lte`.", code=ErrorCode.REQUIRED, field="next_order_expected_at"
        )
    return ExpectedFilter(currency_of(given["currency"], field="next_order_expected_at.currency"), times)


_READERS: Mapping[str, Callable[[Any], Any]] = {
    "ids": _ids,
    "acquisition": _acquisition,
    "customer_types": customer_types_filter,
    "account_attributes": attributes_filter,
    "account_metadata": metadata_filter,
    "account_private_metadata": partial(metadata_filter, is_private=True),
    "countries": _countries,
    "cities": _cities,
    "languages": _languages,
    "sources": _sources,
    "attributes": _attributes,
    "fields": field_filters,
    "order_channels": lambda ids: keys_of(ids, "Channel", field="order_channels", most=MAX_VALUES),
    "company_name": lambda name: checked_text(name.strip(), field="company_name", longest=256),
    "created_at": _range,
    "customer_since": _range,
    "last_order_at": _range,
    "order_count": _range,
    "total_spent": partial(_money, "total_spent"),
    "average_order_value": partial(_money, "average_order_value"),
    "consents": _consents,
    "tags": _tags,
    "groups": _groups,
    "rfm_group": _rfm_group,
    "next_order_expected_at": _next_order,
    "segment": _segment,
    "query": kept_query,
}
# What a filter is called where it can have several values.
_NAMES = {"segment": "segments"}
