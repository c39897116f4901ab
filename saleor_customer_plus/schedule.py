"""Celery beat finds the periodic tasks in Saleor's own schedule; nobody edits Saleor's settings."""

from django.conf import settings

# How often the tick looks whether something is to be done. How often a reconciliation starts is the plugin's setting.
TICK_SECONDS = 600

settings.CELERY_BEAT_SCHEDULE.setdefault(
    "customer-plus-reconcile",
    {"task": "saleor_customer_plus.reconcile_if_due", "schedule": TICK_SECONDS},
)
settings.CELERY_BEAT_SCHEDULE.setdefault(
    "customer-plus-jobs",
    {"task": "saleor_customer_plus.resume_jobs", "schedule": 60},
)
settings.CELERY_BEAT_SCHEDULE.setdefault(
    "customer-plus-files",
    {"task": "saleor_customer_plus.remove_old_files", "schedule": 3600},
)
settings.CELERY_BEAT_SCHEDULE.setdefault(
    "customer-plus-orphans",
    {"task": "saleor_customer_plus.remove_orphans", "schedule": 86_400},
)
settings.CELERY_BEAT_SCHEDULE.setdefault(
    "customer-plus-enquiries",
    {"task": "saleor_customer_plus.take_submissions", "schedule": 300},
)
settings.CELERY_BEAT_SCHEDULE.setdefault(
    "customer-plus-vouchers",
    {"task": "saleor_customer_plus.forget_vouchers", "schedule": 86_400},
)
