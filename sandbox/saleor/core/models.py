"""Base models that Saleor's tables share."""

from django.db import models


class ModelWithMetadata(models.Model):
    """Public and private key-value pairs."""

    private_metadata = models.JSONField(blank=True, db_default={}, default=dict)
    metadata = models.JSONField(blank=True, db_default={}, default=dict)

    class Meta:
        abstract = True


class ModelWithExternalReference(models.Model):
    """The key of a row in the merchant's other systems."""

    external_reference = models.CharField(max_length=250, unique=True, blank=True, null=True, db_index=True)

    class Meta:
        abstract = True
