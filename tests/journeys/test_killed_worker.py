"""A real worker, killed in the middle of a big count and started again."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.db import connection, transaction
from django.utils import timezone
from redis import Redis

from tests.factories.places import make_district
from tests.journeys.conftest import ROOT, environment, free_port, until
from voting.ballots import picks_marks
from voting.bundle import zip_bundle
from voting.models import Contest, ContestState, TallyRun
from voting.services.contests import OptionText, build_contest
from voting.services.importing import import_ballots

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
KEYS = [f"p{number:02}" for number in range(60)]
BALLOTS = 40_000


def big_contest() -> Contest:
    """A contest held elsewhere, whose ballots wait to be counted: nearly all of them differ."""
    chance = random.Random(7)  # noqa: S311 - made-up ballots
    with transaction.atomic():
        contest = build_contest(
            actor_ref="system",
            title="큰 투표",
            area=make_district(),
            options=[OptionText(key=key, title=key) for key in KEYS],
            kind="pick",
            max_picks=8,
            origin="imported",
            census=BALLOTS,
            opens_at=timezone.now() - timedelta(days=9),
            closes_at=timezone.now() - timedelta(days=2),
            rule="plurality",
            seats=3,
            tie_rule="report",
            publication="full",
        )
        rows = [(picks_marks(chance.sample(KEYS, 8)), "web") for _ in range(BALLOTS)]
        import_ballots(contest, rows, actor_ref="system")
    return contest


@contextmanager
def worker(port: int, log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A Celery worker with its clock, in a group of processes of its own."""
    with log.open("ab") as told:
        process = subprocess.Popen(  # noqa: S603 - fixed words
            [sys.executable, "-m", "celery", "-A", "civic", "worker", "-B", "-c", "1",
             "-l", "warning", "-s", str(log.with_suffix(".beat"))],
            cwd=ROOT,
            env=environment(port),
            stdout=told,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )  # fmt: skip
        try:
            yield process
        finally:
            kill(process)


def kill(process: subprocess.Popen[bytes]) -> None:
    """Kill a worker and all its processes, as a power cut would."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def run_of(contest: Contest, engine: str) -> TallyRun | None:
    return TallyRun.objects.filter(contest=contest, engine=engine).first()


@pytest.mark.parametrize("engine", ["main/1", "plain/1"])
def test_a_worker_killed_in_the_middle_of_a_count_is_followed_by_one_that_ends_it(
    engine: str, tmp_path: Path
) -> None:
    port = free_port()
    Redis.from_url(environment(port)["REDIS_URL"]).flushdb()
    contest = big_contest()

    with worker(port, tmp_path / "worker.log") as first:
        ends = time.monotonic() + 120
        while not ((run := run_of(contest, engine)) and run.state == "running"):
            assert time.monotonic() < ends, (tmp_path / "worker.log").read_text()
            time.sleep(0.01)
        kill(first)
    run = run_of(contest, engine)
    assert run is not None
    assert (run.state, run.attempts, run.result) == ("running", 1, "")
    assert Contest.objects.get(pk=contest.pk).state == ContestState.OPENED

    with connection.cursor() as cursor:  # its minute is over
        cursor.execute("UPDATE voting_tallyrun SET lease_until = now() WHERE state = 'running'")
    with worker(port, tmp_path / "worker.log"):
        published = ContestState.PUBLISHED
        until(lambda: Contest.objects.get(pk=contest.pk).state == published, 180, "the result")

    runs = contest.tally_runs.order_by("engine")
    assert [(run.engine, run.state) for run in runs] == [("main/1", "done"), ("plain/1", "done")]
    assert len({run.result_digest for run in runs}) == 1
    assert contest.tally_runs.get(engine=engine).attempts == 2
    files = {one.name: bytes(one.content) for one in contest.publications.get().files.all()}
    (tmp_path / "verify.py").write_bytes(files["verify.py"])
    (tmp_path / "bundle.zip").write_bytes(zip_bundle(files))
    done = subprocess.run(
        [sys.executable, "-I", "verify.py", "bundle.zip"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    assert "GREEN" in done.stdout
