"""The Celery task that sends e-mail. Whoever queues some publishes it; the periodic look finds the rest."""

from __future__ import annotations

from ..core import publishing
from ..core.celery_tasks import task
from . import sending


@task("send_mail")
def send_mail() -> None:
    """Run by Celery beat, too: send what is due. If there is more to do, a fresh task goes on."""
    if not sending.send_due(seconds=50):
        publishing.send_now(send_mail, [()])
