"""The embedded servers, for real: each test starts a pair of its own in a temporary folder."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest
import redis
from groundwork import paths, services
from groundwork.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

COMMAND = str(paths.ROOT / "bin" / "services")


def runs(process: str) -> bool:
    """Tell whether a process runs; one that only waits for its parent to notice does not."""
    status = Path("/proc") / process / "stat"
    return status.exists() and status.read_text().rpartition(")")[2].split()[0] != "Z"


@pytest.fixture
def home() -> Iterator[Path]:
    """A home that the servers' user can reach, removed with all that still runs in it."""
    with tempfile.TemporaryDirectory(prefix="madang-test-") as folder:
        Path(folder).chmod(0o755)
        place = Path(folder) / "home"
        yield place
        services.remove(place)


def test_start_makes_both_roles_the_database_and_its_extension(home: Path) -> None:
    here, started = services.start(home)

    assert started
    with psycopg.connect(here.database_url(services.APP)) as line:
        rows = line.execute(
            "select current_user::text, current_database()::text, extname::text from pg_extension "
            "where extname = 'pg_trgm'"
        ).fetchall()
    assert rows == [("madang_app", "madang", "pg_trgm")]
    assert redis.Redis.from_url(here.redis_url).ping() is True


def test_a_second_start_finds_them_running_and_keeps_what_was_stored(home: Path) -> None:
    here, _ = services.start(home)
    with psycopg.connect(here.database_url(services.OWNER)) as line:
        line.execute("create table kept (one int)")
    redis.Redis.from_url(here.redis_url).set("kept", "yes")

    assert services.start(home)[1] is False
    services.stop(home)
    assert services.start(home)[1] is True

    with psycopg.connect(here.database_url(services.OWNER)) as line:
        assert line.execute("select to_regclass('kept')::text").fetchone() == ("kept",)
    assert redis.Redis.from_url(here.redis_url).get("kept") == b"yes"


def test_four_callers_at_once_start_one_pair(home: Path) -> None:
    callers = [
        subprocess.Popen(  # noqa: S603 - our own command
            [sys.executable, COMMAND, "start", "--data", str(home)], stdout=subprocess.PIPE
        )
        for _ in range(4)
    ]
    answers = [caller.communicate(timeout=60)[0] for caller in callers]

    assert [caller.returncode for caller in callers] == [0, 0, 0, 0]
    assert len(set(answers)) == 1
    assert answers[0].count(b"running") == 2


def test_stop_leaves_no_process_and_may_be_repeated(home: Path) -> None:
    here, _ = services.start(home)
    postgres = (here.data / "postmaster.pid").read_text().split()[0]
    broker = (here.home / "redis" / "pid").read_text().strip()

    services.stop(home)
    services.stop(home)

    assert not here.postgres_is_ready()
    assert not here.redis_is_ready()
    for process in (postgres, broker):
        assert not runs(process)


def test_nothing_listens_on_the_network(home: Path) -> None:
    here, _ = services.start(home)

    with psycopg.connect(here.database_url(services.OWNER)) as line:
        assert line.execute("show listen_addresses").fetchone() == ("",)
    assert redis.Redis.from_url(here.redis_url).config_get("port") == {"port": "0"}
    assert (here.sockets.stat().st_mode & 0o777) == 0o700


def test_a_path_too_long_for_a_socket_gets_a_short_folder_and_a_link(home: Path) -> None:
    deep = home / ("긴이름" * 12)
    here = services.at(deep)

    assert len(os.fsencode(here.sockets / services.SOCKET_NAME)) <= services.SOCKET_PATH_LIMIT
    assert (deep / "run").resolve() == here.sockets
    here.sockets.rmdir()


def test_a_short_folder_that_others_can_read_is_refused(home: Path) -> None:
    deep = home / ("긴이름" * 12)
    here = services.at(deep)
    here.sockets.chmod(0o777)

    with pytest.raises(Problem, match="is not ours"):
        services.at(deep)
    here.sockets.rmdir()


def test_env_prints_lines_that_a_shell_understands(home: Path) -> None:
    shell = f'eval "$({sys.executable} {COMMAND} env --data {home})"; echo $DATABASE_URL $REDIS_URL'
    done = subprocess.run(["bash", "-c", shell], capture_output=True, text=True, check=True)  # noqa: S603, S607 - as above

    here = services.at(home)
    assert done.stdout.split() == [here.database_url(services.OWNER), here.redis_url]


def test_variables_of_another_postgresql_do_not_lead_astray(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PGPORT", "5999")
    monkeypatch.setenv("PGHOST", "nowhere.invalid")
    here, _ = services.start(home)

    with psycopg.connect(here.database_url(services.APP)) as line:
        assert line.execute("select 1").fetchone() == (1,)
