"""The steps of `bin/test`, fastest first."""

from __future__ import annotations

import dataclasses
import os
import shlex
import shutil
import subprocess
import time
from typing import TYPE_CHECKING

from groundwork import paths
from groundwork.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

SCRIPTS = "bench/tally bench/pabulib bin/build bin/demo bin/services bin/test"  # without the ending
BROWSERS = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")


@dataclasses.dataclass(frozen=True)
class Check:
    """One named step. `command` runs in the virtual environment, from the root of the project."""

    name: str
    about: str
    command: str


def all_checks() -> list[Check]:
    """Return every step in the order in which they run."""
    folder = paths.ROOT / "templates"
    pages = sorted(
        shlex.quote(str(path.relative_to(paths.ROOT))) for path in folder.rglob("*.html")
    )
    # H015 asks for a blank line after each heading, which is a matter of taste.
    lint_pages = "djlint --lint --quiet --profile=django --ignore=H015 templates"
    return [
        Check("format", "Python is laid out by ruff", f"ruff format --check . {SCRIPTS}"),
        Check("lint", "ruff finds nothing", f"ruff check . {SCRIPTS}"),
        Check(
            "djade",
            "templates are laid out",
            f"djade --target-version=5.2 --check {' '.join(pages)}",
        ),
        Check("djlint", "djlint finds nothing in templates", lint_pages),
        Check("imports", "no arrow in the house runs upwards", "lint-imports"),
        Check("catalogs", "every sentence has its Korean", "python manage.py catalogs --check"),
        Check("migrations", "models agree with them", "python manage.py makemigrations --check"),
        Check("types", "mypy --strict", f"mypy --scripts-are-modules . {SCRIPTS}"),
        Check("pytest", "everything but the browser", "pytest -n 2 -m 'not journey'"),
        Check("journeys", "walks in a real browser", "pytest -n 2 --dist loadfile -m journey"),
    ]


def run_all(wanted: Sequence[Check], extra: Sequence[str], environment: Mapping[str, str]) -> int:
    """Run the checks one after the other, all of them even when one fails, and sum up."""
    lines = []
    failed = 0
    for check in wanted:
        passed, seconds = run(check, extra if check is wanted[-1] else [], environment)
        failed += not passed
        lines.append(f"  {check.name:<12}{'passed' if passed else 'FAILED':<8}{seconds:>7.1f} s")
    print("\n" + "\n".join(lines))
    print(f"\n{failed} of {len(wanted)} checks failed." if failed else "\nEvery check passed.")
    return 1 if failed else 0


def run(check: Check, extra: Sequence[str], environment: Mapping[str, str]) -> tuple[bool, float]:
    """Run one step with its output shown; return whether it passed, and its seconds."""
    print(f"\n== {check.name}: {check.about}", flush=True)
    begun = time.monotonic()
    program, *rest = shlex.split(check.command)
    command = [str(paths.VENV / "bin" / program), *rest, *extra]
    done = subprocess.run(  # noqa: S603 - our own list, and what the developer typed
        command, cwd=paths.ROOT, env={**os.environ, **environment}, check=False
    )
    seconds = time.monotonic() - begun
    print(f"== {check.name} {'passed' if done.returncode == 0 else 'FAILED'} in {seconds:.1f} s")
    return done.returncode == 0, seconds


def browser() -> str:
    """Return the path of a Chromium that the journeys can drive; Debian's root may get it now.

    Raises Problem with how to get what is missing.
    """
    if (packages := _missing_packages()) and os.geteuid() == 0 and shutil.which("apt-get"):
        _get(packages)
    if missing := " ".join(_missing_packages()):
        raise Problem(
            f"The browser journeys need more of this machine: install it (Debian and Ubuntu: "
            f"apt install {missing}). A Chromium elsewhere can be named in MADANG_CHROMIUM."
        )
    return _chromium() or ""


def _get(packages: Sequence[str]) -> None:
    """Let apt install Debian's packages without what they merely recommend, and ask nothing."""
    install = ["install", "--yes", "--no-install-recommends", *packages]
    with (paths.VAR / "apt.log").open("w") as log:
        for arguments in (["update"], install):
            subprocess.run(  # noqa: S603 - fixed words
                ["apt-get", "--quiet", *arguments],  # noqa: S607 - wherever the system has it
                env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                check=False,
            )


def _missing_packages() -> list[str]:
    """Name Debian's packages that the browser and its driver still need."""
    packages = paths.site_packages() or paths.VENV
    driver = subprocess.run(  # noqa: S603 - a program of our own packages
        [packages / "playwright" / "driver" / "node", "--version"],
        check=False,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    wanted = {"chromium": _chromium() is None, "libatomic1": driver.returncode != 0}
    return [name for name, is_missing in wanted.items() if is_missing]


def _chromium() -> str | None:
    named = os.environ.get("MADANG_CHROMIUM")
    return named or next((path for name in BROWSERS if (path := shutil.which(name))), None)
