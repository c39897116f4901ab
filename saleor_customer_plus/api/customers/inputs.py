"""Inputs to filter, search and sort customer records."""

from __future__ import annotations

import graphene

from ...customers.orderings import SortField
from ...records.models import Source, Stage
from ..accounts.inputs import (
    CustomerRecordAccountAttributeFilterInput,
    CustomerRecordAccountMetadataFilterInput,
)
from ..consent.enums import CustomerConsentChannel, CustomerConsentPurpose, CustomerConsentState
from ..core.types import JSON, DateTime, DateTimeRangeInput, IntRangeInput, OrderDirection, enum_of, list_of
from ..insights.types import CustomerRfmGroup

CustomerRecordStage = enum_of(
    Stage,
    name="CustomerRecordStage",
    description="Stage of a customer: lead or customer.",
    values={
        "LEAD": "A known person with no counted order and no confirmed account",
        "CUSTOMER": "A customer with a counted order or a confirmed account; never becomes a lead again",
    },
)
CustomerRecordSource = enum_of(
    Source,
    name="CustomerRecordSource",
    description="Source of a customer's activity.",
    values={
        "ORDER": "The customer placed an order in Saleor",
        "ACCOUNT": "The customer has, or had, a Saleor account",
        "IMPORT": "The customer was in an imported list",
        "STAFF": "A staff member or an app created or edited the record",
        "CONTACT_FORM": "The customer submitted the contact form",
        "NEWSLETTER": "The customer signed up for the newsletter",
        "EMAIL": "The customer wrote an e-mail to the shop and was not known yet",
    },
)
CustomerRecordSortField = enum_of(
    SortField,
    name="CustomerRecordSortField",
    description="Sort fields of customer records.",
    values={
        "CREATED_AT": "Sort by when the shop first knew the customer",
        "NAME": "Sort by last name, then first name; by e-mail address if there is none",
        "EMAIL": "Sort by e-mail address",
        "LAST_ORDER_AT": "Sort by the date of the last counted order. Customers with no orders come last",
        "ORDER_COUNT": "Sort by the number of counted orders",
        "TOTAL_SPENT": "Sort by the total spent in `currency`. Customers who never bought in it come last",
        "NEXT_ORDER_EXPECTED_AT": "Sort by when the next order in `currency` is expected. Customers of whom none is "
        "expected come last. Requires access to all channels",
        "FIELD": "Sort by the field that `fieldKey` names. Customers with no value come last",
    },
)


class CustomerRecordMoneyRangeInput(graphene.InputObjectType):  # type: ignore[misc]
    """Range of amounts in one currency, both ends included. At least one is required."""

    currency = graphene.String(required=True, description="ISO 4217 currency code. Other currencies are not converted.")
    gte = graphene.Float(description="Greater than or equal to this amount.")
    lte = graphene.Float(description="Less than or equal to this amount.")


class CustomerRecordLabelFilterInput(graphene.InputObjectType):  # type: ignore[misc]
    """Filter by tags or groups. All conditions must match."""

    any = list_of(graphene.ID, description="At least one of these.")
    all = list_of(graphene.ID, description="All of these, at most 20.")
    none = list_of(graphene.ID, description="None of these.")


class CustomerRecordSourceFilterInput(graphene.InputObjectType):  # type: ignore[misc]
    """Filter by sources of activity. All conditions must match."""

    any = list_of(CustomerRecordSource, description="At least one of these.")
    all = list_of(CustomerRecordSource, description="All of these sources.")
    none = list_of(CustomerRecordSource, description="None of these.")


class CustomerRecordAttributeFilterInput(graphene.InputObjectType):  # type: ignore[misc]
    """Filter by a custom attribute."""

    key = graphene.String(required=True, description="Name of the attribute, case-sensitive.")
    value = graphene.Argument(
        JSON,
        description="Value to match. A list matches if the record's list contains all its items. Null matches "
        "any value.",
    )


class CustomerRecordAcquisitionFilterInput(graphene.InputObjectType):  # type: ignore[misc]
    """Filter by how customers came to the shop, ignoring case. All that is given must match."""

    sources = list_of(graphene.String, description="Any of these sources, such as google.")
    mediums = list_of(graphene.String, description="Any of these media, such as cpc or email.")
    campaigns = list_of(graphene.String, description="Any of these campaigns.")
    surfaces = list_of(graphene.String, description="Any of these surfaces, such as storefront or pos.")


class CustomerRecordFieldFilterInput(graphene.InputObjectType):  # type: ignore[misc]
    """Filter by a field that the shop defined. All conditions must match; at least one is required."""

    key = graphene.String(required=True, description="Key of the field: see `customerFields`.")
    eq = graphene.Argument(
        JSON,
        description="Value to match: for CHOICES, a choice that must be among the record's. Texts are compared "
        "case-insensitively.",
    )
    one_of = list_of(JSON, description="Values, any of which matches. For dates, numbers and texts too.")
    gte = graphene.Argument(JSON, description="Minimum of a number, date or amount of money, included.")
    lte = graphene.Argument(JSON, description="Maximum of a number, date or amount of money, included.")
    contains = graphene.String(description="Part of a text, case-insensitive.")
    is_set = graphene.Boolean(description="Whether the record has a value in the field.")


class CustomerRecordConsentFilterInput(graphene.InputObjectType):  # type: ignore[misc]
    """Filter by the current state of a consent. History is ignored."""

    channel = graphene.Argument(CustomerConsentChannel, required=True, description="Contact channel.")
    purpose = graphene.Argument(CustomerConsentPurpose, required=True, description="Purpose of the contact.")
    states = list_of(
        CustomerConsentState,
        required=True,
        description="States, any of which matches. NOT_SUBSCRIBED matches customers who never decided.",
    )


class CustomerRecordRfmGroupFilterInput(graphene.InputObjectType):  # type: ignore[misc]
    """Filter by the RFM group in a currency."""

    currency = graphene.String(required=True, description="ISO 4217 currency code.")
    groups = list_of(CustomerRfmGroup, required=True, description="Groups, any of which matches.")


class CustomerRecordNextOrderFilterInput(graphene.InputObjectType):  # type: ignore[misc]
    """Range of times at which the next order in a currency is expected, both ends included. One end is required."""

    currency = graphene.String(required=True, description="ISO 4217 currency code.")
    gte = DateTime(description="Expected at or after this time.")
    lte = DateTime(description="Expected at or before this time.")


class CustomerRecordFilterInput(graphene.InputObjectType):  # type: ignore[misc]
    """Filtering options for customer records."""

    ids = list_of(graphene.ID, description="Filter by IDs of customer records.")
    stage = graphene.Field(CustomerRecordStage, description="Filter by stage of the customer.")
    is_active = graphene.Boolean(
        description="Filter by whether the record is active. Defaults to active records; inactive ones must be "
        "requested."
    )
    has_account = graphene.Boolean(
        description="Filter by whether the record is linked to an account with a confirmed address."
    )
    has_unconfirmed_account = graphene.Boolean(
        description="Filter by whether an unconfirmed account has the record's address."
    )
    is_staff = graphene.Boolean(description="Filter by whether the customer's account is a staff account.")
    sources = CustomerRecordSourceFilterInput(description="Filter by sources of the customer's activity.")
    countries = list_of(graphene.String, description="Filter by ISO 3166-1 alpha-2 country codes.")
    cities = list_of(graphene.String, description="Filter by cities, ignoring case and accents.")
    languages = list_of(graphene.String, description="Filter by language codes, such as de or pt-br.")
    company_name = graphene.String(description="Filter by the full company name, case-insensitive.")
    attributes = list_of(
        CustomerRecordAttributeFilterInput, description="Filter by custom attributes. All must match, at most 10."
    )
    customer_types = list_of(
        graphene.ID,
        description="Filter by the customer type of the linked account: global IDs of Saleor's customer types. "
        "Requires Saleor 3.23.",
    )
    account_attributes = list_of(
        CustomerRecordAccountAttributeFilterInput,
        description="Filter by attributes of the linked account. All must match, at most 10. Requires Saleor 3.23.26.",
    )
    account_metadata = list_of(
        CustomerRecordAccountMetadataFilterInput,
        description="Filter by public metadata of the linked account. All must match, at most 10.",
    )
    account_private_metadata = list_of(
        CustomerRecordAccountMetadataFilterInput,
        description="Filter by private metadata of the linked account. All must match, at most 10. Staff accounts "
        "never match.",
    )
    acquisition = CustomerRecordAcquisitionFilterInput(
        description="Filter by how customers came to the shop, as the storefront wrote it into their first counted "
        "order. The caller must have access to its channel."
    )
    fields = list_of(
        CustomerRecordFieldFilterInput,
        description="Filter by fields that the shop defined. All must match, at most 10. Null values match only "
        "`isSet: false`.",
    )
    created_at = DateTimeRangeInput(description="Filter by when the shop first knew the customer.")
    customer_since = DateTimeRangeInput(description="Filter by when the lead became a customer.")
    last_order_at = DateTimeRangeInput(description="Filter by the date of the last counted order.")
    order_count = IntRangeInput(description="Filter by the number of counted orders.")
    total_spent = CustomerRecordMoneyRangeInput(
        description="Filter by the total spent in a currency. Zero if the customer never bought in it."
    )
    average_order_value = CustomerRecordMoneyRangeInput(
        description="Filter by the average order value in a currency. Customers who never bought in it have none."
    )
    order_channels = list_of(
        graphene.ID, description="Filter by the channels of counted orders: global IDs of Saleor channels."
    )
    is_tax_exempt = graphene.Boolean(description="Filter by tax exemption.")
    is_approved_buyer = graphene.Boolean(description="Filter by approval as a buyer.")
    accepts_promotional_mail = graphene.Boolean(description="Filter by subscription to promotional e-mails.")
    accepts_newsletter = graphene.Boolean(description="Filter by subscription to the e-mail newsletter.")
    accepts_system_mail = graphene.Boolean(description="Filter by subscription to e-mail updates about the shop.")
    consents = list_of(
        CustomerRecordConsentFilterInput, description="Filter by consent states. All must match, at most 12."
    )
    tags = CustomerRecordLabelFilterInput(description="Filter by tags of the record, by ID.")
    groups = CustomerRecordLabelFilterInput(
        description="Filter by groups of the customer, by ID. The default group contains customers with no other group."
    )
    rfm_group = CustomerRecordRfmGroupFilterInput(
        description="Filter by the RFM group in a currency. Requires access to all channels."
    )
    next_order_expected_at = CustomerRecordNextOrderFilterInput(
        description="Filter by when the next order in a currency is expected. Requires access to all channels."
    )
    segment = graphene.ID(description="Filter by a segment, by ID.")
    query = graphene.String(
        description="Filter by a condition as text, such as `order_count >= 2 AND last_order < -90d`."
    )


class CustomerRecordSortingInput(graphene.InputObjectType):  # type: ignore[misc]
    """Sorting options for customer records."""

    field = graphene.Argument(CustomerRecordSortField, required=True, description="Field to sort by.")
    direction = graphene.Argument(OrderDirection, required=True, description="Direction to sort in.")
    currency = graphene.String(
        description="ISO 4217 currency code. Required for TOTAL_SPENT and NEXT_ORDER_EXPECTED_AT, and for a field of "
        "the type MONEY that allows several currencies."
    )
    field_key = graphene.String(description="Key of the field to sort by. Required for FIELD, and allowed only for it.")
