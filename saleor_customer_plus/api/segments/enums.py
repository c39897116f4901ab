"""Enums of segments and of the fields that conditions are about."""

from __future__ import annotations

from ...conditions.errors import Reason
from ...conditions.registry import Kind
from ...segments.models import ReadyMade
from ...segments.queries import SegmentSortField
from ..core.types import enum_of

CustomerSegmentReadyMade = enum_of(
    ReadyMade,
    name="CustomerSegmentReadyMade",
    description="Segments that every shop has.",
    values={
        "CUSTOMERS": "Everybody with a counted order, or an account with a confirmed address",
        "NEW": "Customers whose first counted order is at most 30 days old",
        "RETURNING": "Customers with at least two counted orders",
        "ONE_TIME": "Customers with exactly one counted order",
        "BEST": "Customers who buy often or spend much, by their RFM group in any currency; for staff restricted to "
        "channels, customers with at least three counted orders within a year",
        "SLIPPING_AWAY": "Customers who used to buy well, but not recently, by their RFM group in any currency; for "
        "staff restricted to channels, customers with at least two counted orders, none within 180 days",
        "NEVER_BOUGHT": "People with no counted order",
        "LEADS_TO_CALL": "People with an open enquiry whose next contact is due",
        "SUBSCRIBED": "People who consent to the newsletter or to offers by e-mail",
        "NO_CONSENT": "People who consent neither to the newsletter nor to offers by e-mail",
        "BIRTHDAY": "People whose birthday is within 7 days. Only if the shop has a field of the type DATE with the "
        "key `birthday`, `birthdate`, `birth_date` or `date_of_birth`",
    },
)
CustomerSegmentSortField = enum_of(
    SegmentSortField,
    name="CustomerSegmentSortField",
    description="Sort fields of segments.",
    values={
        "NAME": "Sort by name",
        "CREATED_AT": "Sort by when the segment was created",
        "UPDATED_AT": "Sort by when the segment was last updated",
    },
)
CustomerSegmentErrorReason = enum_of(
    Reason,
    name="CustomerSegmentErrorReason",
    description="Why a condition is rejected.",
    values={
        "SYNTAX": "The text or the JSON cannot be read",
        "UNKNOWN_FIELD": "The name is not that of a field, function or parameter",
        "OPERATOR_NOT_ALLOWED": "The field does not have this operator",
        "WRONG_TYPE": "The value has another type than the field",
        "INVALID_VALUE": "The value is not one of the choices, or does not exist, such as February 30",
        "CURRENCY_REQUIRED": "An amount of money needs a currency",
        "NOT_FOUND": "A tag, group, channel or segment does not exist or was deleted",
        "CYCLE": "A segment refers to itself",
        "LIMIT_REACHED": "The condition is too long, too deep or has too many parts",
    },
)
CustomerSegmentFieldType = enum_of(
    Kind,
    name="CustomerSegmentFieldType",
    description="Type of the values of a field.",
    values={
        "TEXT": "Text, such as 'Berlin'",
        "NUMBER": "Number, such as 12 or 12.5",
        "MONEY": "Amount with a currency, such as 100 EUR",
        "TIME": "Date, time or offset from today, such as 2026-01-31 or -30d",
        "DAY": "Date or offset from today",
        "BOOLEAN": "True or false",
        "CHOICE": "One of several values",
        "SET": "Any number of several values",
        "ID": "ID of a row, such as #12",
        "JSON": "Text, number or Boolean, or a list of these",
    },
)
