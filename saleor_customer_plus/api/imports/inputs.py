"""Import inputs."""

from __future__ import annotations

import graphene

from ...bulk.imports.options import Mode, Subscribe, Withdrawals
from ..consent.enums import CustomerConsentPurpose
from ..core.types import enum_of, list_of
from ..records.enums import CustomerRecordLawfulBasis

CustomerImportMode = enum_of(
    Mode,
    name="CustomerImportMode",
    description="Which records an import writes.",
    values={
        "CREATE_AND_UPDATE": "Create records for new addresses and update existing ones",
        "CREATE_ONLY": "Create records for new addresses. Rows with a known address are skipped",
        "UPDATE_ONLY": "Update existing records. Rows with a new address are skipped",
        "SUPPRESSION_LIST": "Withdraw the marketing consents of existing records, and change nothing else. New "
        "addresses are remembered as hashes: no later import or bulk update subscribes them",
    },
)
CustomerImportSubscribe = enum_of(
    Subscribe,
    name="CustomerImportSubscribe",
    description="Which customers an import subscribes.",
    values={
        "NOBODY": "Records no consent",
        "MARKED": "Subscribes customers whom the file marks as subscribed",
        "ALL": "Subscribes all customers in the file, except those who do not want e-mails according to the file",
    },
)

CustomerImportWithdrawals = enum_of(
    Withdrawals,
    name="CustomerImportWithdrawals",
    description="What an import does with withdrawals in the file.",
    values={
        "APPLY": "Withdraws the consents of customers whom the file marks as unsubscribed",
        "IGNORE": "Withdraws nothing. Customers whom the file marks as unsubscribed are still not subscribed",
    },
)


class CustomerImportColumnInput(graphene.InputObjectType):  # type: ignore[misc]
    """Mapping of a column of the file."""

    header = graphene.String(required=True, description="Header in the file, or `Column 1` if it has none.")
    column = graphene.String(
        description="Key of an import column, or `attribute:<name>` for a custom attribute. Null skips the column."
    )


class CustomerImportInput(graphene.InputObjectType):  # type: ignore[misc]
    """Import options. All are optional: by default they are detected, or leave the record unchanged."""

    profile = graphene.String(description="Name of a saved profile. Its options apply unless given here.")
    show_preview = graphene.Boolean(
        description="Whether to wait for customerImportStart before writing. Defaults to true."
    )
    mode = CustomerImportMode(description="Which records to write. Defaults to CREATE_AND_UPDATE.")
    fill_blanks = graphene.Boolean(
        description="Whether to fill only blank fields and keep existing values. Defaults to false: values are "
        "overwritten."
    )
    ignore_locks = graphene.Boolean(description="Whether to change fields that staff locked, too. Defaults to false.")
    erase_blanks = graphene.Boolean(description="Whether blank cells clear fields. Defaults to false.")
    strict = graphene.Boolean(
        description="Whether to refuse rows with warnings. By default they are imported without the cells that cannot "
        "be read. Defaults to false."
    )
    format = graphene.String(description="Key of a known format, or `none`.")
    encoding = graphene.String(description="Encoding, such as utf-8, utf-16 or windows-1252.")
    delimiter = graphene.String(description="Delimiter between cells.")
    quote = graphene.String(description="Quote character of cells that contain the delimiter.")
    has_header = graphene.Boolean(description="Whether the first row contains headers.")
    sheet = graphene.String(
        description="Name of the sheet of a workbook. Defaults to the first visible one with addresses; the "
        "report lists the others."
    )
    mapping = list_of(CustomerImportColumnInput, description="Mapping of columns that are not detected correctly.")
    keep_unknown = graphene.Boolean(
        description="Whether to import unknown columns as custom attributes. Defaults to false."
    )
    country = graphene.String(description="Country of phone numbers without a country code, such as DE.")
    month_first = graphene.Boolean(description="Whether to read 3/4/2024 as March 4. Defaults to false.")
    tags = list_of(graphene.String, description="Tags to add to all records.")
    group_id = graphene.ID(description="ID of a group to add all customers to.")
    subscribe = CustomerImportSubscribe(
        description="Which customers to subscribe. Defaults to none. Never overrides a withdrawal."
    )
    withdrawals = CustomerImportWithdrawals(
        description="Whether to withdraw consents as the file says. Defaults to APPLY."
    )
    marketing_purposes = list_of(
        CustomerConsentPurpose,
        description="Purpose of consents if the file does not specify it, as in a column `Accepts marketing`: "
        "PROMOTIONAL, NEWSLETTER or both. By default it depends on the format, and applies only to "
        "customers with no decision about marketing by e-mail.",
    )
    lawful_basis = CustomerRecordLawfulBasis(description="Lawful basis. Required to subscribe customers.")
    wording = graphene.String(description="Consent text that the customers agreed to. Required to subscribe customers.")
    wording_version = graphene.String(description="Version of the text that was agreed to.")
    make_leads = graphene.Boolean(description="Whether to create a lead for each customer. Defaults to false.")
    make_accounts = graphene.Boolean(
        description="Whether to create Saleor accounts for customers who have none. Sends no e-mail. Defaults to false."
    )
    deactivate_missing = graphene.Boolean(
        description="Whether to deactivate all records that are not in the file. The number must be confirmed at "
        "the start."
    )
