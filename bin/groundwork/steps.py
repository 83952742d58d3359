"""Progress that a person can follow: one line for each step, with the time it took."""

from __future__ import annotations

import contextlib
import os
import subprocess
import time
from typing import TYPE_CHECKING

from groundwork import paths
from groundwork.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

WIDTH = 42


@contextlib.contextmanager
def step(name: str) -> Iterator[None]:
    """Print the step's name when it begins, and its time when it is done."""
    begun = time.monotonic()
    print(f"  {name} ".ljust(WIDTH, "."), end=" ", flush=True)
    try:
        yield
    except BaseException as reason:
        print("failed" if isinstance(reason, Problem) else "stopped", flush=True)
        raise
    print(f"{time.monotonic() - begun:.1f} s", flush=True)


def manage(*arguments: str, environment: Mapping[str, str]) -> str:
    """Run a command of manage.py and return what it printed; fail as `python` does."""
    return python("manage.py", *arguments, environment=environment)


def python(*arguments: str, environment: Mapping[str, str]) -> str:
    """Run the environment's Python in the project and return what it printed.

    Raises Problem with its last line when it fails; the whole is in `var/manage.log`.
    """
    done = subprocess.run(  # noqa: S603 - our own list of arguments, no shell
        [str(paths.PYTHON), *arguments],
        cwd=paths.ROOT,
        env={**os.environ, **environment},
        text=True,
        capture_output=True,
        check=False,
    )
    if done.returncode:
        log = paths.VAR / "manage.log"
        log.write_text(done.stdout + done.stderr)
        last = (done.stderr.strip().splitlines() or ["it said nothing."])[-1]
        last = last.removeprefix("CommandError: ").rstrip(".")
        raise Problem(f"This step failed: {last}. The whole is in {log}.")
    return done.stdout
