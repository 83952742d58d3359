"""The record, the clock, and changes to processes."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from proceedings.audit import Action
from proceedings.models import AuditEvent, Phase
from proceedings.refusals import Refused
from proceedings.selectors import standing_of
from proceedings.services import (
    SYSTEM,
    advance_phases,
    record_event,
    remove_phase,
    save_phase,
    save_process,
)
from tests.factories.proceedings import make_phase, make_process

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def test_record_is_only_added_to() -> None:
    with transaction.atomic():
        event = record_event(action=Action.PHASE_OPENED, actor_ref=SYSTEM, subject="a:1")
    with pytest.raises(DatabaseError), transaction.atomic():
        AuditEvent.objects.update(reason="다른 까닭")
    with pytest.raises(DatabaseError), transaction.atomic():
        event.delete()


@pytest.mark.django_db(transaction=True)
def test_record_outside_a_transaction_is_a_mistake_of_the_program() -> None:
    with pytest.raises(RuntimeError):
        record_event(action=Action.PHASE_OPENED, actor_ref=SYSTEM, subject="a:1")


def test_clock_opens_and_closes_each_phase_once() -> None:
    now = timezone.now()
    make_phase(opens_at=now - DAY, closes_at=now + DAY)
    make_phase(opens_at=now - 2 * DAY, closes_at=now - DAY)
    make_phase(opens_at=now + DAY, closes_at=now + 2 * DAY)
    assert advance_phases() == 3
    assert advance_phases() == 0
    assert Phase.objects.filter(opened_at__isnull=False).count() == 2
    assert Phase.objects.filter(closed_at__isnull=False).count() == 1


def test_process_is_recorded_when_made_and_when_changed() -> None:
    process = make_process()
    process.title = "새 이름"
    save_process(actor_ref=SYSTEM, process=process)
    assert AuditEvent.objects.get().action == Action.PROCESS_CHANGED


def test_end_of_a_running_phase_can_be_moved_but_not_its_beginning() -> None:
    phase = make_phase()
    advance_phases()
    phase.refresh_from_db()
    phase.closes_at += DAY
    save_phase(actor_ref=SYSTEM, phase=phase)
    phase.opens_at -= DAY
    with pytest.raises(Refused) as refused:
        save_phase(actor_ref=SYSTEM, phase=phase)
    assert refused.value.refusal.code == "phase_opened"


def test_closed_phase_stays_as_it_was() -> None:
    now = timezone.now()
    phase = make_phase(opens_at=now - 2 * DAY, closes_at=now - DAY)
    advance_phases()
    phase.refresh_from_db()
    phase.title = "다시"
    with pytest.raises(Refused) as refused:
        save_phase(actor_ref=SYSTEM, phase=phase)
    assert refused.value.refusal.code == "phase_closed"


def test_only_a_coming_phase_is_taken_out() -> None:
    now = timezone.now()
    coming = make_phase(opens_at=now + DAY, closes_at=now + 2 * DAY)
    running = make_phase(opened_at=now - DAY)
    remove_phase(actor_ref=SYSTEM, phase=coming)
    with pytest.raises(Refused):
        remove_phase(actor_ref=SYSTEM, phase=running)
    assert list(Phase.objects.all()) == [running]


def test_standing_names_the_next_change() -> None:
    now = timezone.now()
    process = make_process()
    make_phase(process=process, opens_at=now - 2 * DAY, closes_at=now - DAY)
    running = make_phase(process=process, opens_at=now - DAY, closes_at=now + DAY)
    make_phase(process=process, opens_at=now + DAY, closes_at=now + 2 * DAY)
    standing = standing_of(process, now)
    assert [each.state for each in standing.phases] == ["done", "now", "next"]
    assert (standing.next_at, standing.is_closing) == (running.closes_at, False)
    over = standing_of(process, now + 3 * DAY)
    assert over.next_phase is None
