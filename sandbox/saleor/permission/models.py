"""Rows for permissions, and how a user holds them."""

from django.contrib.contenttypes.models import ContentType
from django.db import models


class Permission(models.Model):
    """One permission."""

    name = models.CharField(max_length=255)
    content_type = models.ForeignKey(ContentType, models.CASCADE, related_name="content_type")
    codename = models.CharField(max_length=100)

    class Meta:
        unique_together = [["content_type", "codename"]]
        ordering = ["content_type__app_label", "content_type__model", "codename"]

    def __str__(self) -> str:
        return f"{self.content_type} | {self.name}"


class PermissionsMixin(models.Model):
    """What a user holds: everything as a superuser, otherwise its own permissions and those of its groups."""

    is_superuser = models.BooleanField(default=False)
    groups = models.ManyToManyField("account.Group", blank=True, related_name="user_set", related_query_name="user")
    user_permissions = models.ManyToManyField(
        Permission, blank=True, related_name="user_set", related_query_name="user"
    )

    class Meta:
        abstract = True
