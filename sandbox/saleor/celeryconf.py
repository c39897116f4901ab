"""The Celery application. Tasks of installed apps, plugins included, are found by themselves."""

from celery import Celery

app = Celery("saleor", task_cls="saleor.core.tasks:RestrictWriterDBTask")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
