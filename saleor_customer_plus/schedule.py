"""Celery beat finds the periodic task in Saleor's own schedule; nobody edits Saleor's settings."""

from django.conf import settings

# How often the tick looks whether something is to be done. How often a reconciliation starts is the plugin's setting.
TICK_SECONDS = 600

settings.CELERY_BEAT_SCHEDULE.setdefault(
    "customer-plus-reconcile",
    {"task": "saleor_customer_plus.reconcile_if_due", "schedule": TICK_SECONDS},
)
