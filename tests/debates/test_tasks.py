"""What the clock asks of conversations."""

from __future__ import annotations

import pytest
from django.conf import settings

from debates.models import CommentFigures, FiguresDue
from debates.tasks import refresh_figures_task
from tests.factories.debates import make_comment


@pytest.mark.django_db
def test_scheduled_task_counts_and_runs_twice_without_harm() -> None:
    names = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    assert refresh_figures_task.name in names
    FiguresDue.objects.create(comment=make_comment())
    refresh_figures_task.delay()
    refresh_figures_task.delay()
    assert CommentFigures.objects.count() == 1
