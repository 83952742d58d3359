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

SCRIPTS = "bin/build bin/demo bin/services bin/test"  # Python, but without the ending
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
        Check("journeys", "walks in a real browser", "pytest -m journey"),
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
    """Return the path of the system's Chromium, which Debian's root may have installed now.

    Raises Problem with how to get one.
    """
    wanted = os.environ.get("MADANG_CHROMIUM")
    if wanted:
        return wanted
    if found := _installed_browser():
        return found
    if os.geteuid() == 0 and shutil.which("apt-get"):
        for arguments in (["update"], ["install", "--yes", "chromium"]):
            subprocess.run(["apt-get", "-qq", *arguments], check=False)  # noqa: S603, S607 - fixed words
        if found := _installed_browser():
            return found
    raise Problem(
        "The browser journeys need Chromium: install it (Debian and Ubuntu: apt install chromium) "
        "or name one in MADANG_CHROMIUM."
    )


def _installed_browser() -> str | None:
    return next((path for name in BROWSERS if (path := shutil.which(name))), None)
