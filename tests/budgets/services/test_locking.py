"""What is scarce in a budget, under real threads, with the twin that shows the race unlocked."""

from __future__ import annotations

import contextlib
import threading
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING

import pytest
from django.db import IntegrityError, connections

from budgets.models import Allocation, ElectionUpload, Project
from budgets.pabulib import read_pabulib
from budgets.services import planning, uploads
from budgets.services.allocation import allocate_budget
from budgets.services.planning import create_project
from budgets.services.uploads import take_upload
from budgets.tasks import store_upload_task
from tests.factories.budgets import (
    OWN_FILES,
    import_file,
    make_administrator,
    make_budget,
    project_words,
)
from tests.factories.places import make_district
from tests.factories.threads import at_once, codes, held_up, unlocked
from voting.services.clock import advance_contests

if TYPE_CHECKING:
    from collections.abc import Callable

    from budgets.models import Budget

pytestmark = pytest.mark.django_db(transaction=True)


def twice_at_once(job: Callable[[], object]) -> list[object]:
    """Run a job twice at the same moment, each on a connection of its own."""
    barrier = threading.Barrier(2)

    def run(_number: int) -> object:
        try:
            barrier.wait(timeout=30)
            return job()
        except IntegrityError as error:
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(max_workers=2) as pool:
        return list(pool.map(run, range(2)))


def writing_job(budget: Budget, monkeypatch: pytest.MonkeyPatch) -> Callable[[], object]:
    """Write a project; who has looked at the codes waits a moment for the other to look too."""
    actor, words = make_administrator(), project_words(budget)
    looked, look = threading.Barrier(2), planning._next_code

    def slowly(of: Budget) -> str:
        code = look(of)
        with contextlib.suppress(threading.BrokenBarrierError):
            looked.wait(timeout=1)
        return code

    monkeypatch.setattr(planning, "_next_code", slowly)
    return lambda: create_project(actor=actor, budget_id=budget.pk, words=words)


def test_two_projects_written_at_once_get_two_codes(monkeypatch: pytest.MonkeyPatch) -> None:
    budget = make_budget()
    twice_at_once(writing_job(budget, monkeypatch))
    assert sorted(Project.objects.values_list("code", flat=True)) == ["01", "02"]


def test_without_the_lock_both_take_the_same_code(monkeypatch: pytest.MonkeyPatch) -> None:
    budget = make_budget()
    job = writing_job(budget, monkeypatch)
    monkeypatch.setattr(planning, "lock_exclusive", lambda _name: None)
    answers = twice_at_once(job)
    assert sum(isinstance(answer, IntegrityError) for answer in answers) == 1


def sent_twice(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """One file sent twice at once, by two windows; why one of them was refused."""
    content = (OWN_FILES / "approval_greedy.pb").read_bytes()
    actor, area, reading = make_administrator(), make_district(), read_pabulib(content)
    held_up(monkeypatch, ElectionUpload.objects, "create")
    monkeypatch.setattr(store_upload_task, "delay", lambda _pk: None)  # kept, not yet stored
    job = partial(
        take_upload, actor=actor, content=content, reading=reading, area=area, source="x.pb"
    )
    answers = at_once(job, job)
    assert ElectionUpload.objects.count() == 1
    return codes(answers)


def test_one_file_sent_twice_at_once_is_one_upload(monkeypatch: pytest.MonkeyPatch) -> None:
    assert sent_twice(monkeypatch) == []


def test_without_the_lock_one_window_gets_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    unlocked(monkeypatch, uploads)
    assert sent_twice(monkeypatch) == ["one_upload_of_a_file_waits"]


def test_two_workers_at_once_give_the_money_out_once() -> None:
    budget = import_file("approval_greedy.pb")
    advance_contests()
    answers = twice_at_once(lambda: allocate_budget(budget_id=budget.pk))
    assert sorted(answer is None for answer in answers) == [False, True]
    assert Allocation.objects.count() == 1
