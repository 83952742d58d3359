"""`bin/demo` as a person types it, as far as a wrong word or a wrong setting."""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import IO, TYPE_CHECKING, cast
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.db import connection
from groundwork import paths

from civic.demo import PEOPLE
from civic.demo.votes import LAST_CONTEST
from tests.factories.residents import make_user
from tests.factories.voting import make_contest
from voting.models import Contest

if TYPE_CHECKING:
    from collections.abc import Callable

    Demo = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def demo(tmp_path: Path) -> Demo:
    """Run a copy of the command in a folder of its own, where nothing is installed."""
    shutil.copytree(paths.ROOT / "bin", tmp_path / "bin")
    environment = {key: value for key, value in os.environ.items() if not key.endswith("_URL")}

    def run(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(  # noqa: S603 - our own command
            [sys.executable, str(tmp_path / "bin" / "demo"), *arguments],
            env={**environment, **variables},
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )

    return run


def test_a_taken_port_is_one_sentence_and_changes_nothing(demo: Demo) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        done = demo("--port", str(port))

    assert done.returncode == 1
    assert done.stderr.strip() == (
        f"Port {port} is taken by another program: stop that, or choose with --port."
    )
    assert done.stdout == ""


@pytest.mark.parametrize("port", ["0", "65536", "eighty", "-1", "8٣"])
def test_what_is_no_port_is_refused(demo: Demo, port: str) -> None:
    done = demo(f"--port={port}")

    assert done.returncode == 2
    assert f"{port} is no port" in done.stderr
    assert "Traceback" not in done.stderr


def test_half_of_ones_own_servers_is_refused(demo: Demo) -> None:
    done = demo("--port", "8999", DATABASE_URL="postgresql://one@nowhere.invalid/town")

    assert done.returncode == 1
    assert "set both DATABASE_URL and REDIS_URL, or neither." in done.stderr
    assert "Traceback" not in done.stderr


def test_reset_does_not_touch_a_database_of_ones_own(demo: Demo) -> None:
    url = "postgresql://one@nowhere.invalid/town"
    done = demo("--port", "8999", "--reset", DATABASE_URL=url, REDIS_URL="redis://nowhere.invalid")

    assert done.returncode == 1
    assert "--reset removes only the embedded database" in done.stderr


def test_a_second_demo_from_the_same_folder_is_refused(demo: Demo, tmp_path: Path) -> None:
    (tmp_path / "var").mkdir()
    with (tmp_path / "var" / "demo.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        done = demo("--port", "8999")

    assert done.returncode == 1
    assert done.stderr.strip() == "A demo town already runs from this folder: stop it first."


# --- A whole start, on servers of one's own ---

LINKED = (
    "budgets", "civic", "debates", "deploy", "hangul", "locale", "manage.py", "places",
    "proceedings", "proposals", "residents", "static", "templates", "voting",
)  # fmt: skip
MADE = ("fonts", "npm", "static", "static.stamp")


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """The project in a folder of its own, with what is installed and made already."""
    shutil.copytree(paths.ROOT / "bin", tmp_path / "bin")
    for name in LINKED:
        (tmp_path / name).symlink_to(paths.ROOT / name)
    environment = tmp_path / ".venv"  # with marks of its own: they name the folder
    environment.mkdir()
    for each in paths.VENV.iterdir():
        if each.name != "stamps":
            (environment / each.name).symlink_to(each)
    remember = "from groundwork import venv; [venv.remember(name) for name in ('demo', 'redis')]"
    subprocess.run([sys.executable, "-c", remember], cwd=tmp_path / "bin", check=True)  # noqa: S603 - our own words
    (tmp_path / "var").mkdir()
    for name in MADE:
        if (paths.VAR / name).exists():
            (tmp_path / "var" / name).symlink_to(paths.VAR / name)
    return tmp_path


def processes_of(folder: Path) -> dict[int, str]:
    """The command lines of what runs from a folder, by number of the process."""
    found = {}
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if (entry / "cwd").resolve().is_relative_to(folder):
                found[int(entry.name)] = (entry / "cmdline").read_text().replace("\0", " ")
    return {number: line for number, line in found.items() if line}


@pytest.mark.django_db(transaction=True)
def test_a_town_on_ones_own_servers_opens_and_ctrl_c_leaves_no_process(clone: Path) -> None:
    make_user(email=PEOPLE[0].email)  # a town that is filled already: filling it takes a minute
    Contest.objects.filter(pk=make_contest().pk).update(title=LAST_CONTEST)
    name = str(connection.settings_dict["NAME"])
    database = urlsplit(settings.DATABASE_URL)._replace(path=f"/{name}").geturl()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    demo = subprocess.Popen(  # noqa: S603 - our own command
        [sys.executable, str(clone / "bin" / "demo"), "--port", str(port)],
        cwd=clone,
        env={
            **os.environ,
            "DATABASE_URL": database,
            "REDIS_URL": settings.REDIS_URL.replace("db=0", "db=8"),
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    said = []
    try:
        for line in cast("IO[str]", demo.stdout):
            said.append(line)
            if line.startswith("Ctrl-C stops it."):
                break
        assert said[-1:] == ["Ctrl-C stops it.\n"], "".join(said)
        assert f"Madang is open at http://127.0.0.1:{port}/\n" in said
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=10) as answer:
            assert answer.status == 200
        assert len(processes_of(clone)) >= 4  # this command, the site, the worker, the clock
        demo.send_signal(signal.SIGINT)
        assert demo.wait(timeout=60) == 0
    finally:
        demo.kill()
        demo.wait()
        cast("IO[str]", demo.stdout).close()
        left = processes_of(clone)
        for number in left:  # a site left alone would go on in the database of other tests
            os.kill(number, signal.SIGKILL)
    assert left == {}
    assert not (clone / "var" / "demo" / "postgres").exists()
