"""The worker and its clock: `celery -A civic worker` and `celery -A civic beat`."""

import os

from celery import Celery
from celery.signals import beat_embedded_init, beat_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "civic.settings.production")
app = Celery("madang")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@beat_init.connect
@beat_embedded_init.connect
def beat_at_once(**_sender: object) -> None:
    """Let the clock beat as it starts, not an interval later: `/readyz` waits for it."""
    from proceedings.services.phases import ask_for_heartbeat  # noqa: PLC0415 - apps are set up now

    ask_for_heartbeat()
