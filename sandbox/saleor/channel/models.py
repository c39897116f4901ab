"""Sales channels, each with its currency."""

from django.db import models
from django_countries.fields import CountryField

from ..core.models import ModelWithMetadata


class Channel(ModelWithMetadata):
    """A sales channel."""

    name = models.CharField(max_length=250)
    is_active = models.BooleanField(default=False)
    slug = models.SlugField(max_length=255, unique=True)
    currency_code = models.CharField(max_length=3)
    default_country = CountryField()
    automatically_confirm_all_new_orders = models.BooleanField(default=True, null=True)

    class Meta:
        ordering = ("slug",)

    def __str__(self) -> str:
        return self.slug
