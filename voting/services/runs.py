"""Let independent engines count one frozen input: each once, whoever dies or comes twice.

An engine works outside any transaction under a lease of a minute, by the database's clock, which
it renews while it works. A killed worker leaves its lease to expire, and the next one begins again
from the same input; its result is stored in one transaction at the end.
"""

from __future__ import annotations

import contextlib
import logging
import threading
import time
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from django.core.cache import cache
from django.db import DatabaseError, connection, transaction
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils import timezone
from redis.exceptions import RedisError

from proceedings.audit import Action
from proceedings.services import SYSTEM, record_event
from voting.log import LeafKind, canonical, digest
from voting.models import Contest, ContestState, TallyRun
from voting.selectors.counting import counting_key, round_of, runs_of
from voting.services.contests import move, subject_of
from voting.services.leaves import add_leaf

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping
    from datetime import datetime

    from voting.log import Json

    Engine = Callable[[], Mapping[str, Json]]
    """Counts what it was made with; equal inputs must give equal values."""

log = logging.getLogger("madang.tally")
LEASE = timedelta(seconds=60)
RENEWAL = timedelta(seconds=20)
MOST_FAILURES = 3
"""An engine that breaks so often has given its answer: none."""


EVERY = 1.0
"""Seconds between two words of an engine on how far it is."""
KEPT = 24 * 60 * 60
"""Seconds for which such a word is kept; whether the engine still works, its lease tells."""


class Verdict(StrEnum):
    """What the engines say together."""

    WAITING = "waiting"
    AGREED = "agreed"
    DIFFERENT = "different"


def run_engines(*, contest_id: int, root: str, engines: Mapping[str, Engine]) -> None:
    """Run each engine that has not counted the input `root` yet and that nobody else runs now."""
    for name, engine in engines.items():
        run = _claim(contest_id, root, name)
        if run is None:
            continue
        try:
            with _renewed(run):
                result = canonical(dict(engine())).decode()
        except Exception as error:  # whatever breaks in an engine is its answer to this input
            log.exception("engine failed", extra={"contest": contest_id, "engine": name})
            _store_failure(run.pk, error)
        else:
            _store_result(run.pk, result)


@transaction.atomic(durable=True)
def _claim(contest_id: int, root: str, engine: str) -> TallyRun | None:
    """Take the lease of one engine's run; None if it is done, given up or somebody has it.

    Without a lock: the run is unique, and the update that takes its lease looks and writes at once.
    """
    contest = Contest.objects.get(pk=contest_id)
    run, _made = TallyRun.objects.get_or_create(
        contest=contest,
        round=round_of(contest),
        input_root=root,
        config_digest=contest.config_digest,
        engine=engine,
    )
    free = Q(lease_until=None) | Q(lease_until__lte=Now())
    given_up = Q(state="done") | Q(state="failed", attempts__gte=MOST_FAILURES)
    claimed = (
        TallyRun.objects.filter(free, pk=run.pk)
        .exclude(given_up)
        .update(state="running", lease_until=Now() + LEASE, attempts=F("attempts") + 1)
    )
    return run if claimed else None


@dataclass
class _Work:
    """An engine at work: since when, and when it last said how far it is."""

    run: TallyRun
    since: datetime
    told: float = 0.0


_WORK: ContextVar[_Work | None] = ContextVar("_WORK", default=None)


def tell_run(number: int) -> None:
    """Say at which of its runs the engine is that works here; seldom enough to cost nothing."""
    work = _WORK.get()
    if work is not None and time.monotonic() - work.told >= EVERY:
        _tell(work, number)


def _tell(work: _Work, number: int) -> None:
    """Keep a word for the pages; a count does not need it, so nothing breaks without Redis."""
    work.told = time.monotonic()
    key = counting_key(work.run.contest_id, work.run.engine)
    try:
        cache.set(key, (work.since, number), KEPT)
    except RedisError:
        log.warning("progress not told", extra={"run": work.run.pk})


@contextlib.contextmanager
def _renewed(run: TallyRun) -> Iterator[None]:
    """Renew the lease of a run from beside as long as the work inside goes on."""
    ended = threading.Event()
    work = _Work(run, timezone.now())
    _tell(work, 0)
    work.told = 0.0
    here = _WORK.set(work)

    def renew() -> None:
        while not ended.wait(RENEWAL.total_seconds()):
            try:
                running = TallyRun.objects.filter(pk=run.pk, state="running")
                running.update(lease_until=Now() + LEASE)
            except DatabaseError:
                log.warning("lease not renewed", extra={"run": run.pk})
            finally:
                connection.close()

    beside = threading.Thread(target=renew, name=f"lease of run {run.pk}", daemon=True)
    beside.start()
    try:
        yield
    finally:
        _WORK.reset(here)
        ended.set()
        beside.join()


@transaction.atomic(durable=True)
def _store_failure(run_id: int, error: Exception) -> None:
    """Keep why an engine broke; the lease stays, so that it is tried again in a minute."""
    TallyRun.objects.filter(pk=run_id, state="running").update(
        state="failed", error=f"{type(error).__name__}: {error}"[:300]
    )


@transaction.atomic(durable=True)
def _store_result(run_id: int, result: str) -> None:
    """Store an engine's result. If it was stored meanwhile and differs, both are kept."""
    run = TallyRun.objects.select_for_update().get(pk=run_id)
    found = {
        "state": "done",
        "result": result,
        "result_digest": digest(result.encode()),
        "error": "",
        "lease_until": None,
        "done_at": Now(),
    }
    if run.state != "done":
        TallyRun.objects.filter(pk=run.pk).update(**found)
    elif run.result_digest != found["result_digest"]:
        TallyRun.objects.get_or_create(
            contest_id=run.contest_id,
            round=run.round,
            input_root=run.input_root,
            config_digest=run.config_digest,
            engine=f"{run.engine} again",
            defaults=found,
        )


def verdict_of(contest: Contest, root: str, engines: Collection[str]) -> Verdict:
    """What the engines say to the input `root` in the present round."""
    runs = runs_of(contest, root)
    done = {run.engine: run.result_digest for run in runs if run.state == "done"}
    broken = [run for run in runs if run.state == "failed" and run.attempts >= MOST_FAILURES]
    if broken or len(set(done.values())) > 1:
        return Verdict.DIFFERENT
    return Verdict.AGREED if done.keys() >= set(engines) else Verdict.WAITING


def dispute(contest: Contest, root: str) -> None:
    """Stop a contest whose engines disagree; inside the caller's transaction and lock.

    Both outputs stay with their runs. Nothing is published until an administrator has had the
    fault mended and orders a new count.
    """
    move(contest, ContestState.DISPUTED)
    add_leaf(contest, {"kind": str(LeafKind.STATE), "state": "disputed"})
    told: list[Json] = [
        {"engine": run.engine, "state": run.state, "digest": run.result_digest, "error": run.error}
        for run in runs_of(contest, root)
    ]
    record_event(
        action=Action.CONTEST_DISPUTED,
        actor_ref=SYSTEM,
        subject=subject_of(contest),
        data={"round": round_of(contest), "runs": told},
    )
    log.warning("contest disputed", extra={"contest": contest.pk, "runs": told})
