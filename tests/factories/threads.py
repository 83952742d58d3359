"""Real threads for races: all at the same moment, each on a connection of its own."""

from __future__ import annotations

import contextlib
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, connections

from proceedings.refusals import Refused

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest


PATIENCE = {"seconds": 0.5}


def at_once(*jobs: Callable[[], object]) -> list[Any]:
    """Run all jobs at the same moment; what each gave, or why it was refused.

    Refused are the house's refusals and the database's own (`IntegrityError`).
    """
    start = threading.Barrier(len(jobs))

    def run(job: Callable[[], object]) -> object:
        try:
            start.wait(timeout=30)
            return job()
        except (Refused, IntegrityError) as refused:
            return refused
        finally:
            connections.close_all()

    with ThreadPoolExecutor(max_workers=len(jobs)) as pool:
        return list(pool.map(run, jobs))


def held_up(monkeypatch: pytest.MonkeyPatch, owner: object, name: str, number: int = 2) -> None:
    """Let each thread that is about to call `owner.name` wait until `number` of them are.

    Put behind the look of a service, this is the worst moment: all have looked and nobody has
    written. Where a lock keeps the others away, the first goes on alone after a while.
    """
    act = getattr(owner, name)
    together = threading.Barrier(number)

    def wait_and_act(*args: Any, **options: Any) -> Any:
        with contextlib.suppress(threading.BrokenBarrierError):
            together.wait(timeout=patience())
        return act(*args, **options)

    monkeypatch.setattr(owner, name, wait_and_act)


def unlocked(monkeypatch: pytest.MonkeyPatch, service: object, name: str = "") -> None:
    """Take locks away from a module of services (those that begin with `name`): a race's twin."""
    lock = service.lock_exclusive  # type: ignore[attr-defined]  # every module of services with one
    monkeypatch.setattr(
        service, "lock_exclusive", lambda one: None if one.startswith(name) else lock(one)
    )
    be_patient(monkeypatch)


def be_patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let those who are held up wait until the others come: nothing keeps them away."""
    monkeypatch.setitem(PATIENCE, "seconds", 30.0)


def patience() -> float:
    """How many seconds to wait for others."""
    return PATIENCE["seconds"]


def codes(answers: list[Any]) -> list[str]:
    """Why some were refused, in order: the refusal's code, or the constraint that held."""
    return sorted(
        answer.refusal.code
        if isinstance(answer, Refused)
        else str(getattr(getattr(answer.__cause__, "diag", None), "constraint_name", "?"))
        for answer in answers
        if isinstance(answer, Exception)
    )
