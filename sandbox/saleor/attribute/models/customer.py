"""Which attributes the customers of a type have, and with which values."""

from django.db import models

from ...account.models import CustomerType, User
from .base import Attribute, AttributeValue


class AssignedUserAttributeValue(models.Model):
    """A value that a user has."""

    sort_order = models.IntegerField(editable=False, db_index=True, null=True)
    value = models.ForeignKey(AttributeValue, on_delete=models.CASCADE, related_name="uservalueassignment")
    user = models.ForeignKey(User, related_name="attributevalues", on_delete=models.CASCADE, db_index=True)

    class Meta:
        unique_together = (("value", "user"),)

    def __str__(self) -> str:
        return f"{self.user_id}: {self.value_id}"


class AttributeCustomerType(models.Model):
    """That the customers of a type have an attribute."""

    sort_order = models.IntegerField(editable=False, db_index=True, null=True)
    attribute = models.ForeignKey(Attribute, related_name="attributecustomertype", on_delete=models.CASCADE)
    customer_type = models.ForeignKey(CustomerType, related_name="attributecustomertype", on_delete=models.CASCADE)

    class Meta:
        unique_together = (("attribute", "customer_type"),)

    def __str__(self) -> str:
        return f"{self.customer_type_id}: {self.attribute_id}"
