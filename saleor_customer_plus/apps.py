from django.apps import AppConfig


class CustomerPlusConfig(AppConfig):
    """Django's view of the plugin. Saleor installs it by its import path, so this must be the only config here."""

    name = "saleor_customer_plus"
    label = "saleor_customer_plus"
    verbose_name = "Customer Plus"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # Imported for their registration: system checks, and the periodic task in Celery's schedule.
        from . import checks, schedule  # noqa: F401
        from .core import publishing
        from .core.set_aside import checks as set_aside_checks  # noqa: F401
        from .messages import checks as mailbox_checks  # noqa: F401

        publishing.prepare()
