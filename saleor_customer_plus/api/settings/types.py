"""What a user interface needs first: the caller's permissions, the settings and the limits."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import graphene
from django.conf import settings as django_settings
from django_countries import countries

from ... import __version__
from ...bulk.exports.options import MAX_COLUMNS
from ...bulk.exports.profiles import READY, columns_of_settings
from ...bulk.imports import MAX_TEXT_LENGTH as MAX_LIST
from ...bulk.imports.readers import limits as import_limits
from ...core import paging
from ...newsletter.choosing import offered
from ...notes.attachments import MAX_FILES
from ...notes.services import MAX_TEXT_LENGTH
from ...records import images, validation
from ...saleor_adapter import host, staff
from ...settings import CountsWhen, CustomerPlusSettings, ExportFormat, OptInMode
from ..consent.enums import CustomerConsentPurpose
from ..core.base import requestor_of
from ..core.types import CountryDisplay, enum_of, list_of
from ..customers.limits import MAX_SEARCH_LENGTH, MAX_VALUES
from ..exports.inputs import CustomerExportFormat, CustomerExportLanguage
from ..exports.queries import all_export_profiles, export_columns
from ..exports.types import CustomerExportColumn, CustomerJobProfile
from ..imports.queries import import_columns, import_formats, import_profiles
from ..imports.types import CustomerImportColumn, CustomerImportFormat
from ..updates.mutations import MAX_IDS


class Permission(StrEnum):
    """The Saleor permissions on which access to this API depends."""

    MANAGE_USERS = host.AccountPermissions.MANAGE_USERS.value
    MANAGE_STAFF = host.AccountPermissions.MANAGE_STAFF.value
    MANAGE_ORDERS = host.OrderPermissions.MANAGE_ORDERS.value


CustomerPermission = enum_of(
    Permission,
    name="CustomerPermission",
    description="A Saleor permission that this API checks.",
    values={
        "MANAGE_USERS": "Allows everything in this API except operations for customers and the public",
        "MANAGE_STAFF": "Allows changes to records of staff accounts",
        "MANAGE_ORDERS": "Allows draft orders",
    },
)
CustomerCountsWhen = enum_of(
    CountsWhen,
    name="CustomerCountsWhen",
    description="Which orders count in figures. Draft, unconfirmed, canceled and expired orders never count.",
    values={
        "PAID": "Fully paid orders, even if refunded later",
        "PLACED": "All placed orders, paid or not",
    },
)
CustomerNewsletterOptIn = enum_of(
    OptInMode,
    name="CustomerNewsletterOptIn",
    description="What it takes to subscribe to the newsletter.",
    values={
        "CONFIRMED": "Double opt-in: the customer confirms the sign-up by a mail",
        "SINGLE": "The sign-up alone, unless the customer unsubscribed before",
    },
)


class CustomerLanguage(graphene.ObjectType):  # type: ignore[misc]
    """A language that customers can have."""

    code = graphene.String(required=True, description="Language code for `languageCode`, such as de or pt-br.")
    language = graphene.String(required=True, description="Language name in English.")


class CustomerChannel(graphene.ObjectType):  # type: ignore[misc]
    """A Saleor channel whose orders the caller has access to."""

    slug = graphene.String(required=True, description="Name in addresses, accepted by `customerDraftOrderCreate`.")
    name = graphene.String(required=True, description="Name that staff see.")
    currency = graphene.String(required=True, description="ISO 4217 code, such as EUR.")
    is_active = graphene.Boolean(required=True, description="Whether the channel is open for orders.")


class CustomerLimits(graphene.ObjectType):  # type: ignore[misc]
    """Limits of a request. Requests over a limit are rejected, never truncated."""

    page_size = graphene.Int(required=True, description="Maximum of `first` and `last`.")
    filter_values = graphene.Int(required=True, description="Maximum number of values of a list in a filter.")
    search_characters = graphene.Int(required=True, description="Maximum number of characters in a search for records.")
    bulk_ids = graphene.Int(required=True, description="Maximum number of `ids` of `customerRecordsBulkUpdate`.")
    note_characters = graphene.Int(required=True, description="Maximum number of characters in a note.")
    attachments_at_once = graphene.Int(
        required=True, description="Maximum number of files attached to a note in one request."
    )
    phones = graphene.Int(required=True, description="Maximum number of `additionalPhones` of a record.")
    social_profiles = graphene.Int(required=True, description="Maximum number of `socialProfiles` of a record.")
    attributes = graphene.Int(required=True, description="Maximum number of custom attributes of a record.")
    attributes_bytes = graphene.Int(
        required=True, description="Maximum size in bytes of all custom attributes of a record."
    )
    attachment_megabytes = graphene.Int(required=True, description="Maximum size in megabytes of a note's file.")
    attachments_megabytes = graphene.Int(
        required=True, description="Maximum size in megabytes of all files of a record."
    )
    image_megabytes = graphene.Int(required=True, description="Maximum size in megabytes of an uploaded image.")
    import_megabytes = graphene.Int(
        required=True, description="Maximum size in megabytes of an import file, uncompressed."
    )
    import_columns = graphene.Int(required=True, description="Maximum number of columns of an import file.")
    import_text_characters = graphene.Int(required=True, description="Maximum number of characters in a pasted list.")
    export_columns = graphene.Int(required=True, description="Maximum number of columns of an export.")


class CustomerExportSettings(graphene.ObjectType):  # type: ignore[misc]
    """Export options and their defaults."""

    default_format = graphene.Field(CustomerExportFormat, required=True, description="Export format used by default.")
    default_delimiter = graphene.String(required=True, description="Default delimiter of CSV.")
    default_columns = list_of(graphene.String, required=True, description="Keys of the default columns, in order.")
    formats = list_of(CustomerExportFormat, required=True, description="Available formats.")
    columns = list_of(
        CustomerExportColumn,
        required=True,
        description="Export columns. Custom attributes are available as `attribute:<name>`.",
        language=graphene.Argument(CustomerExportLanguage, description="Language of the column headers."),
    )
    profiles = list_of(
        CustomerJobProfile, required=True, description="Export profiles: built-in ones, then saved ones."
    )

    @staticmethod
    def resolve_default_format(chosen: CustomerPlusSettings, _info: Any) -> str:
        return chosen.export_format.value

    @staticmethod
    def resolve_default_delimiter(chosen: CustomerPlusSettings, _info: Any) -> str:
        return chosen.export_delimiter

    @staticmethod
    def resolve_default_columns(chosen: CustomerPlusSettings, _info: Any) -> list[str]:
        return columns_of_settings(chosen) or [key for key, _header in READY["default"].headed()]

    @staticmethod
    def resolve_formats(_chosen: CustomerPlusSettings, _info: Any) -> list[str]:
        return [format.value for format in ExportFormat]

    @staticmethod
    def resolve_columns(_chosen: CustomerPlusSettings, _info: Any, language: str | None = None) -> Any:
        return export_columns(language)

    @staticmethod
    def resolve_profiles(_chosen: CustomerPlusSettings, _info: Any) -> Any:
        return all_export_profiles()


class CustomerImportSettings(graphene.ObjectType):  # type: ignore[misc]
    """Import options."""

    columns = list_of(
        CustomerImportColumn,
        required=True,
        description="Import columns. Custom attributes are available as `attribute:<name>`.",
        language=graphene.Argument(CustomerExportLanguage, description="Language of the column headers."),
    )
    formats = list_of(CustomerImportFormat, required=True, description="Known formats of other shops and tools.")
    profiles = list_of(CustomerJobProfile, required=True, description="Saved import profiles.")

    @staticmethod
    def resolve_columns(_chosen: CustomerPlusSettings, _info: Any, language: str | None = None) -> Any:
        return import_columns(language)

    @staticmethod
    def resolve_formats(_chosen: CustomerPlusSettings, _info: Any) -> Any:
        return import_formats()

    @staticmethod
    def resolve_profiles(_chosen: CustomerPlusSettings, _info: Any) -> Any:
        return import_profiles()


class CustomerSettings(graphene.ObjectType):  # type: ignore[misc]
    """Settings that user interfaces need, and the caller's permissions. Contains no secrets."""

    version = graphene.String(required=True, description="Version of Customer Plus.")
    saleor_version = graphene.String(required=True, description="Version of the Saleor installation.")
    permissions = list_of(
        CustomerPermission,
        required=True,
        description="Permissions of the caller, as far as this API checks them.",
    )
    email_editable = graphene.Boolean(
        required=True, description="Whether this API can change the e-mail address of a record."
    )
    tag_limit = graphene.Int(description="Maximum number of tags. Null if unlimited.")
    several_groups = graphene.Boolean(required=True, description="Whether a customer can belong to several groups.")
    group_vouchers = graphene.Boolean(
        required=True, description="Whether the voucher of a group is applied to its members' checkouts."
    )
    require_approved_buyers = graphene.Boolean(required=True, description="Whether only approved buyers can buy.")
    block_guest_buyers = graphene.Boolean(
        required=True, description="Whether guests cannot buy while only approved buyers can."
    )
    include_guests = graphene.Boolean(
        required=True, description="Whether buyers without an account get a customer record."
    )
    counts_when = graphene.Field(CustomerCountsWhen, required=True, description="Which orders count in figures.")
    contact_form = graphene.Boolean(required=True, description="Whether the public contact form is turned on.")
    newsletter = graphene.Boolean(required=True, description="Whether anybody can sign up for the newsletter.")
    newsletter_opt_in = graphene.Field(
        CustomerNewsletterOptIn, required=True, description="What it takes to subscribe to the newsletter."
    )
    newsletter_purposes = list_of(
        CustomerConsentPurpose, required=True, description="What people can sign up for. Empty while it is turned off."
    )
    newsletter_pending_days = graphene.Int(
        required=True, description="Number of days in which a newsletter sign-up can be confirmed."
    )
    newsletter_resend_minutes = graphene.Int(
        required=True, description="Minutes in which one e-mail address is sent no second confirmation mail."
    )
    default_country = graphene.String(
        description="ISO 3166-1 alpha-2 code of the country for phone numbers without a country code, if set."
    )
    job_retention_days = graphene.Int(
        required=True, description="Number of days that job files are kept and jobs can be undone."
    )
    languages = list_of(CustomerLanguage, required=True, description="Languages that customers can have.")
    countries = list_of(CountryDisplay, required=True, description="Countries that customers can have, sorted by name.")
    channels = list_of(
        CustomerChannel, required=True, description="Channels whose orders the caller has access to, sorted by slug."
    )
    exports = graphene.Field(CustomerExportSettings, required=True, description="Export settings.")
    imports = graphene.Field(CustomerImportSettings, required=True, description="Import options.")
    limits = graphene.Field(CustomerLimits, required=True, description="Limits of a request.")

    @staticmethod
    def resolve_version(_chosen: CustomerPlusSettings, _info: Any) -> str:
        return __version__

    @staticmethod
    def resolve_saleor_version(_chosen: CustomerPlusSettings, _info: Any) -> str:
        return str(host.saleor_version)

    @staticmethod
    def resolve_permissions(_chosen: CustomerPlusSettings, info: Any) -> list[str]:
        requestor = requestor_of(info)
        return [permission.value for permission in Permission if requestor.has_perm(permission.value)]

    @staticmethod
    def resolve_tag_limit(chosen: CustomerPlusSettings, _info: Any) -> int | None:
        return chosen.tag_limit or None

    @staticmethod
    def resolve_counts_when(chosen: CustomerPlusSettings, _info: Any) -> str:
        return chosen.counts_when.value

    @staticmethod
    def resolve_newsletter_opt_in(chosen: CustomerPlusSettings, _info: Any) -> str:
        return chosen.newsletter_opt_in.value

    @staticmethod
    def resolve_newsletter_purposes(chosen: CustomerPlusSettings, _info: Any) -> list[str]:
        return offered(chosen)

    @staticmethod
    def resolve_default_country(chosen: CustomerPlusSettings, _info: Any) -> str | None:
        return chosen.default_country or None

    @staticmethod
    def resolve_languages(_chosen: CustomerPlusSettings, _info: Any) -> list[CustomerLanguage]:
        return [CustomerLanguage(code=code, language=str(name)) for code, name in django_settings.LANGUAGES]

    @staticmethod
    def resolve_countries(_chosen: CustomerPlusSettings, _info: Any) -> list[CountryDisplay]:
        return [CountryDisplay(code=code, country=name) for code, name in countries]

    @staticmethod
    def resolve_channels(_chosen: CustomerPlusSettings, info: Any) -> list[CustomerChannel]:
        found = host.Channel.objects.order_by("slug")
        allowed = staff.channels_for(info.context)
        return [
            CustomerChannel(
                slug=channel.slug, name=channel.name, currency=channel.currency_code, is_active=channel.is_active
            )
            for channel in (found if allowed is None else found.filter(pk__in=allowed))
        ]

    @staticmethod
    def resolve_exports(chosen: CustomerPlusSettings, _info: Any) -> CustomerPlusSettings:
        return chosen

    @staticmethod
    def resolve_imports(chosen: CustomerPlusSettings, _info: Any) -> CustomerPlusSettings:
        return chosen

    @staticmethod
    def resolve_limits(chosen: CustomerPlusSettings, _info: Any) -> CustomerLimits:
        return CustomerLimits(
            page_size=paging.LIMIT,
            filter_values=MAX_VALUES,
            search_characters=MAX_SEARCH_LENGTH,
            bulk_ids=MAX_IDS,
            note_characters=MAX_TEXT_LENGTH,
            attachments_at_once=MAX_FILES,
            phones=validation.MAX_PHONES,
            social_profiles=validation.MAX_PROFILES,
            attributes=validation.MAX_ATTRIBUTES,
            attributes_bytes=validation.ATTRIBUTES_BYTES,
            attachment_megabytes=chosen.attachment_megabytes,
            attachments_megabytes=chosen.attachments_megabytes,
            image_megabytes=images.MAX_BYTES // images.MIB,
            import_megabytes=import_limits.MAX_BYTES // import_limits.MIB,
            import_columns=import_limits.MAX_COLUMNS,
            import_text_characters=MAX_LIST,
            export_columns=MAX_COLUMNS,
        )
