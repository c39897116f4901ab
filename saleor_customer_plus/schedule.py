"""Celery beat finds the periodic tasks in Saleor's own schedule; nobody edits Saleor's settings."""

from django.conf import settings

# How often the tick looks whether something is to be done. How often a reconciliation starts is the plugin's setting.
TICK_SECONDS = 600

# The name of the entry, the task, and the seconds between two runs.
_PERIODIC = (
    ("customer-plus-reconcile", "reconcile_if_due", TICK_SECONDS),
    ("customer-plus-jobs", "resume_jobs", 60),
    ("customer-plus-files", "remove_old_files", 3600),
    ("customer-plus-orphans", "remove_orphans", 86_400),
    ("customer-plus-enquiries", "take_submissions", 300),
    ("customer-plus-signups", "take_signups", 300),
    ("customer-plus-signups-forgotten", "forget_signups", 3600),
    ("customer-plus-notices", "send_notices", 300),
    ("customer-plus-mail", "send_mail", 60),
    ("customer-plus-mailbox", "read_mailbox", 120),
    ("customer-plus-segments", "refresh_segments", 60),
    ("customer-plus-left-vouchers", "end_left_vouchers", 600),
    ("customer-plus-dashboard", "refresh_dashboard_app", 600),
    ("customer-plus-insights", "compute_insights_if_due", TICK_SECONDS),
    ("customer-plus-duplicates", "search_duplicates", 60),
    ("customer-plus-vouchers", "forget_vouchers", 86_400),
)

for _name, _task, _seconds in _PERIODIC:
    settings.CELERY_BEAT_SCHEDULE.setdefault(_name, {"task": f"saleor_customer_plus.{_task}", "schedule": _seconds})
