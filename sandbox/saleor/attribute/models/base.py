"""Attributes and their values."""

from django.db import models

from ...core.models import ModelWithExternalReference, ModelWithMetadata
from .. import AttributeInputType


class Attribute(ModelWithMetadata, ModelWithExternalReference):
    """An attribute that products, pages or customers may have."""

    slug = models.SlugField(max_length=250, unique=True, allow_unicode=True)
    name = models.CharField(max_length=255)
    type = models.CharField(max_length=50)
    input_type = models.CharField(max_length=50, default=AttributeInputType.DROPDOWN)
    unit = models.CharField(max_length=100, blank=True, null=True)
    value_required = models.BooleanField(default=False, blank=True)


class AttributeValue(ModelWithExternalReference):
    """A value: a choice that many share, or something of one object alone."""

    name = models.CharField(max_length=250)
    value = models.CharField(max_length=255, blank=True, default="")
    slug = models.SlugField(max_length=255, allow_unicode=True)
    file_url = models.URLField(null=True, blank=True)
    attribute = models.ForeignKey(Attribute, related_name="values", on_delete=models.CASCADE)
    plain_text = models.TextField(blank=True, null=True)
    boolean = models.BooleanField(blank=True, null=True)
    date_time = models.DateTimeField(blank=True, null=True)
    numeric = models.FloatField(null=True, blank=True)
    sort_order = models.IntegerField(editable=False, db_index=True, null=True)

    class Meta:
        unique_together = ("slug", "attribute")
