"""`bin/demo` as a person types it, as far as a wrong word or a wrong setting."""

from __future__ import annotations

import fcntl
import os
import shutil
import socket
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from groundwork import paths

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

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
