"""Accounts, addresses and groups of staff."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.crypto import get_random_string
from django_countries.fields import CountryField
from phonenumber_field.modelfields import PhoneNumberField

from ..core.models import ModelWithExternalReference, ModelWithMetadata
from ..permission.enums import AccountPermissions, BasePermissionEnum
from ..permission.models import Permission, PermissionsMixin


class PossiblePhoneNumberField(PhoneNumberField):  # type: ignore[misc]
    """A phone number that may be stored blank."""


class Group(models.Model):
    """A group of staff with permissions."""

    name = models.CharField(max_length=150, unique=True)
    permissions = models.ManyToManyField(Permission, blank=True)
    restricted_access_to_channels = models.BooleanField(default=False)
    channels = models.ManyToManyField("channel.Channel", blank=True)

    def __str__(self) -> str:
        return self.name


class Address(ModelWithMetadata):
    """A postal address. Orders have copies of their own."""

    first_name = models.CharField(max_length=256, blank=True)
    last_name = models.CharField(max_length=256, blank=True)
    company_name = models.CharField(max_length=256, blank=True)
    street_address_1 = models.CharField(max_length=256, blank=True)
    street_address_2 = models.CharField(max_length=256, blank=True)
    city = models.CharField(max_length=256, blank=True)
    city_area = models.CharField(max_length=128, blank=True)
    postal_code = models.CharField(max_length=20, blank=True)
    country = CountryField()
    country_area = models.CharField(max_length=128, blank=True)
    phone = PossiblePhoneNumberField(blank=True, default="", db_index=True)
    validation_skipped = models.BooleanField(default=False)

    class Meta:
        ordering = ("pk",)


class CustomerType(ModelWithMetadata):
    """A kind of customer, which decides which attributes a customer has."""

    name = models.CharField(max_length=250)
    slug = models.SlugField(max_length=255, unique=True, allow_unicode=True)
    is_default = models.BooleanField(default=False)

    def __str__(self) -> str:
        return self.name


class UserManager(BaseUserManager["User"]):
    """Accounts."""


class User(PermissionsMixin, ModelWithMetadata, AbstractBaseUser, ModelWithExternalReference):
    """An account, of a customer or of staff."""

    email = models.EmailField(unique=True)
    first_name = models.CharField(max_length=256, blank=True)
    last_name = models.CharField(max_length=256, blank=True)
    addresses = models.ManyToManyField(Address, blank=True, related_name="user_addresses")
    is_staff = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    is_confirmed = models.BooleanField(default=True)
    note = models.TextField(null=True, blank=True)
    date_joined = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(auto_now=True, db_index=True)
    default_shipping_address = models.ForeignKey(
        Address, related_name="+", null=True, blank=True, on_delete=models.SET_NULL
    )
    default_billing_address = models.ForeignKey(
        Address, related_name="+", null=True, blank=True, on_delete=models.SET_NULL
    )
    jwt_token_key = models.CharField(max_length=12, default=partial(get_random_string, length=12))
    language_code = models.CharField(max_length=35, choices=settings.LANGUAGES, default=settings.LANGUAGE_CODE)
    uuid = models.UUIDField(default=uuid4, unique=True)
    customer_type = models.ForeignKey(
        CustomerType, related_name="users", null=True, blank=True, on_delete=models.PROTECT
    )
    number_of_orders = models.PositiveIntegerField(default=0, db_default=0)

    USERNAME_FIELD = "email"

    objects = UserManager()

    class Meta:
        ordering = ("email",)
        permissions = [(permission.codename, permission.name) for permission in AccountPermissions]

    _effective_permissions: models.QuerySet[Permission] | None = None
    _held: frozenset[tuple[str, str]] | None = None

    @property
    def effective_permissions(self) -> models.QuerySet[Permission]:
        """What the user may do: all as a superuser, otherwise own permissions and those of groups."""
        if self._effective_permissions is None:
            held = Permission.objects.all()
            if not self.is_superuser:
                held = held.filter(Q(user=self) | Q(group__user=self)).distinct()
            self._effective_permissions = held
        return self._effective_permissions

    @effective_permissions.setter
    def effective_permissions(self, value: models.QuerySet[Permission]) -> None:
        self._effective_permissions, self._held = value, None

    def has_perm(self, perm: BasePermissionEnum | str, obj: Any = None) -> bool:
        label, codename = (perm.value if isinstance(perm, BasePermissionEnum) else perm).split(".")
        if not self.is_active:
            return False
        if self.is_superuser:
            return True
        if self._held is None:
            self._held = frozenset(self.effective_permissions.values_list("content_type__app_label", "codename"))
        return (label, codename) in self._held
