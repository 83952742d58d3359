from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest
from celery.signals import beat_embedded_init, beat_init

from proceedings.selectors import last_heartbeat

if TYPE_CHECKING:
    from celery.utils.dispatch import Signal


@pytest.mark.parametrize("begins", [beat_init, beat_embedded_init], ids=["alone", "in a worker"])
def test_the_clock_beats_as_it_starts(begins: Signal) -> None:
    assert last_heartbeat() is None
    begins.send(sender=None)
    beat = last_heartbeat()
    assert beat is not None
    assert abs(time.time() - beat) < 60
