"""Apps: programs that act on the shop with a token of their own."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import uuid4

from django.contrib.auth.hashers import make_password
from django.db import models
from django.utils.crypto import get_random_string

from ..core.models import ModelWithMetadata
from ..permission.enums import BasePermissionEnum
from ..permission.models import Permission


class App(ModelWithMetadata):
    """An app with its permissions."""

    uuid = models.UUIDField(unique=True, default=uuid4)
    name = models.CharField(max_length=60)
    created_at = models.DateTimeField(auto_now_add=True)
    is_active = models.BooleanField(default=True)
    removed_at = models.DateTimeField(blank=True, null=True)
    type = models.CharField(max_length=60, default="local")
    identifier = models.CharField(max_length=256, blank=True)
    permissions = models.ManyToManyField(Permission, blank=True, related_name="app_set", related_query_name="app")
    about_app = models.TextField(blank=True, null=True)
    app_url = models.URLField(blank=True, null=True)
    version = models.CharField(max_length=60, blank=True, null=True)
    is_installed = models.BooleanField(default=True)
    author = models.CharField(blank=True, null=True, max_length=60)

    class Meta:
        ordering = ("name", "pk")

    def __str__(self) -> str:
        return self.name

    def has_perms(self, perm_list: Iterable[BasePermissionEnum | str]) -> bool:
        return all(self.has_perm(perm) for perm in perm_list)

    def has_perm(self, perm: BasePermissionEnum | str) -> bool:
        label, codename = (perm.value if isinstance(perm, BasePermissionEnum) else perm).split(".")
        return self.is_active and self.permissions.filter(codename=codename, content_type__app_label=label).exists()


class AppTokenManager(models.Manager["AppToken"]):
    """Makes tokens. The token itself is known only at that moment: the table has its hash."""

    def create(  # type: ignore[override]
        self, *, app: App, name: str = "", auth_token: str | None = None, **extra_fields: Any
    ) -> tuple[AppToken, str]:
        raw = auth_token or get_random_string(30)
        token = AppToken(app=app, name=name, auth_token=make_password(raw), token_last_4=raw[-4:], **extra_fields)
        token.save(using=self._db, force_insert=True)
        return token, raw


class AppToken(models.Model):
    """A token of an app."""

    app = models.ForeignKey(App, on_delete=models.CASCADE, related_name="tokens")
    name = models.CharField(blank=True, default="", max_length=128)
    auth_token = models.CharField(unique=True, max_length=128)
    token_last_4 = models.CharField(max_length=4)

    objects = AppTokenManager()

    def __str__(self) -> str:
        return f"AppToken {self.pk}"


class AppExtension(models.Model):
    """A place in the Dashboard where an app is shown."""

    app = models.ForeignKey(App, on_delete=models.CASCADE, related_name="extensions")
    label = models.CharField(max_length=256)
    url = models.URLField()
    mount = models.CharField(max_length=256)
    target = models.CharField(max_length=128, default="popup")
    permissions = models.ManyToManyField(Permission, blank=True)

    def __str__(self) -> str:
        return self.label
