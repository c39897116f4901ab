"""What Saleor keeps of an account: customer type, attributes and metadata."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import graphene

from ...accounts import account_data
from ...saleor_adapter import host
from ..core.base import requestor_of, to_global_id
from ..core.dataloaders import load
from ..core.types import DateTime, list_of


class CustomerAccountType(graphene.ObjectType):  # type: ignore[misc]
    """A customer type of Saleor. It decides which attributes an account has."""

    id = graphene.ID(required=True, description="Global ID of Saleor's CustomerType.")
    name = graphene.String(required=True, description="Name that staff see in Saleor.")
    slug = graphene.String(required=True, description="Slug of the customer type, unique.")

    @staticmethod
    def resolve_id(type: account_data.CustomerType, _info: Any) -> str:
        return to_global_id("CustomerType", type.id)


class CustomerAccountAttributeValue(graphene.ObjectType):  # type: ignore[misc]
    """A value of an account's attribute."""

    id = graphene.ID(required=True, description="Global ID of Saleor's AttributeValue.")
    name = graphene.String(required=True, description="Name of the value in Saleor.")
    slug = graphene.String(required=True, description="Slug of the value, unique within the attribute.")
    text = graphene.String(
        required=True,
        description="The value as text: the name of a choice, a number, an ISO 8601 date or time, `yes` or `no`, "
        "plain text, the URL of a file, or the name of a referenced object.",
    )
    boolean = graphene.Boolean(description="Yes or no of a BOOLEAN attribute.")
    numeric = graphene.Float(description="Number of a NUMERIC attribute, in the attribute's unit.")
    date_time = DateTime(description="Value of a DATE or DATE_TIME attribute.")

    @staticmethod
    def resolve_id(value: account_data.AttributeValue, _info: Any) -> str:
        return to_global_id("AttributeValue", value.id)


class CustomerAccountAttribute(graphene.ObjectType):  # type: ignore[misc]
    """An attribute of the account's customer type, and the values that the account has."""

    id = graphene.ID(required=True, description="Global ID of Saleor's Attribute.")
    slug = graphene.String(required=True, description="Slug of the attribute, unique.")
    name = graphene.String(required=True, description="Name that staff see in Saleor.")
    input_type = graphene.String(
        required=True, description="Saleor's input type, such as DROPDOWN, MULTISELECT, NUMERIC or DATE."
    )
    unit = graphene.String(description="Unit of a NUMERIC attribute.")
    values = list_of(
        CustomerAccountAttributeValue, required=True, description="Values of the account. Empty if it has none."
    )

    @staticmethod
    def resolve_id(attribute: account_data.AssignedAttribute, _info: Any) -> str:
        return to_global_id("Attribute", attribute.id)

    @staticmethod
    def resolve_input_type(attribute: account_data.AssignedAttribute, _info: Any) -> str:
        return attribute.input_type.replace("-", "_").upper()


class CustomerMetadataItem(graphene.ObjectType):  # type: ignore[misc]
    """An entry of metadata."""

    key = graphene.String(required=True, description="Key of the entry, unique among the account's metadata.")
    value = graphene.String(required=True, description="Value of the entry. What is not text is JSON.")


class DataOfAccount:
    """The fields of an account that Saleor keeps beside the person's details."""

    customer_type = graphene.Field(
        CustomerAccountType,
        description="Customer type in Saleor. Null if the account has none, and before Saleor 3.23.",
    )
    attributes = list_of(
        CustomerAccountAttribute,
        description="Attributes of the account's customer type, in its order. Null before Saleor 3.23.26, which has "
        "none.",
    )
    metadata = list_of(CustomerMetadataItem, required=True, description="Public metadata of the account, by key.")
    private_metadata = list_of(
        CustomerMetadataItem,
        description="Private metadata of the account, by key. Null for a staff account, unless the caller has "
        "MANAGE_STAFF, as in Saleor.",
    )

    @staticmethod
    def resolve_customer_type(account: Any, info: Any) -> Any:
        key = account_data.type_id_of(account)
        return None if key is None else load(info, account_data.customer_types, key)

    @staticmethod
    def resolve_attributes(account: Any, info: Any) -> Any:
        if host.customer_attribute_models() is None:
            return None
        return load(info, account_data.attributes, (account.pk, account_data.type_id_of(account)))

    @staticmethod
    def resolve_metadata(account: Any, _info: Any) -> list[dict[str, str]]:
        return _items(account_data.metadata_of(account, is_private=False))

    @staticmethod
    def resolve_private_metadata(account: Any, info: Any) -> list[dict[str, str]] | None:
        if account.is_staff and not requestor_of(info).has_perm(host.AccountPermissions.MANAGE_STAFF):
            return None
        return _items(account_data.metadata_of(account, is_private=True))


def _items(metadata: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"key": key, "value": value} for key, value in metadata.items()]
