"""Makes the rows for the permissions that models declare, after each migration."""

from typing import Any

from django.apps import AppConfig, apps
from django.db.models.signals import post_migrate


def _create_permissions(app_config: AppConfig, using: str, **_kwargs: Any) -> None:
    """Make the rows for the permissions in the `Meta` of the app's models."""
    permission = apps.get_model("permission", "Permission")
    content_type = apps.get_model("contenttypes", "ContentType")
    for model in app_config.get_models():
        for codename, name in model._meta.permissions:
            permission.objects.using(using).get_or_create(
                codename=codename,
                content_type=content_type.objects.db_manager(using).get_for_model(model),
                defaults={"name": name},
            )


class PermissionAppConfig(AppConfig):
    name = "saleor.permission"

    def ready(self) -> None:
        post_migrate.connect(_create_permissions, dispatch_uid="saleor.permission.create_permissions")
