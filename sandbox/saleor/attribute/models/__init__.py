from .base import Attribute, AttributeValue
from .customer import AssignedUserAttributeValue, AttributeCustomerType

__all__ = ["AssignedUserAttributeValue", "Attribute", "AttributeCustomerType", "AttributeValue"]
