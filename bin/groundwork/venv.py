"""The virtual environment: made once, filled with pinned and hashed packages."""

from __future__ import annotations

import fcntl
import hashlib
import importlib.util
import subprocess
import sys
from typing import TYPE_CHECKING

from groundwork import paths
from groundwork.problems import Problem

if TYPE_CHECKING:
    from pathlib import Path

LEVELS = ("base", "demo", "test")  # each contains the ones before it
STAMPS = paths.VENV / "stamps"
REDIS = paths.VENV / "redis"
SPECIAL = {"redis": ["--no-deps", "--python-version=3.12", f"--target={REDIS}", "--upgrade"]}


def ensure(name: str) -> None:
    """Install `deploy/requirements/<name>.txt` unless exactly that is installed already.

    Raises Problem when Python lacks venv, or when the packages cannot be had.
    """
    paths.VAR.mkdir(exist_ok=True)
    with (paths.VAR / "venv.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        wanted = _fingerprint(name)
        if _runs("import sys") and _stamp(name) == wanted:
            return
        if not _runs("import pip"):
            _make()
        _install(name)
        remember(name)


def is_ready(name: str) -> bool:
    """Tell whether `ensure` would have nothing to do."""
    return _runs("import sys") and _stamp(name) == _fingerprint(name)


def remember(name: str) -> None:
    """Write down that this set is installed, and with it each smaller one."""
    STAMPS.mkdir(exist_ok=True)
    contained = LEVELS[: LEVELS.index(name) + 1] if name in LEVELS else (name,)
    for each in contained:
        (STAMPS / each).write_text(_fingerprint(each))


def _make() -> None:
    for module in ("venv", "ensurepip"):
        if importlib.util.find_spec(module) is None:
            raise Problem(
                f"This Python ({sys.executable}) lacks its {module} module, which makes virtual "
                "environments: install it (Debian and Ubuntu: apt install python3-venv) and start "
                "again."
            )
    command = [sys.executable, "-m", "venv", str(paths.VENV)]
    if _logged(command, paths.VAR / "venv.log"):
        raise Problem(f"The virtual environment could not be made; see {paths.VAR / 'venv.log'}.")


def _install(name: str) -> None:
    log = paths.VAR / "packages.log"
    command = [str(paths.PYTHON), "-m", "pip", "install", "--require-hashes", "--no-input"]
    command += ["--only-binary=:all:", "--disable-pip-version-check", "--progress-bar=off"]
    command += ["--retries=2", "-r", str(_requirements(name)), *SPECIAL.get(name, [])]
    if _logged(command, log):
        raise Problem(
            f"The Python packages could not be installed: {cause(log)} Check the connection to "
            f"the package index and start again; pip's own account is in {log}."
        )


def cause(log: Path) -> str:
    """Return what went wrong in the words of a person, as far as pip's log tells it."""
    text = log.read_text(errors="replace")
    if "DO NOT MATCH THE HASHES" in text:
        return "what was downloaded is not what was pinned (wrong hash)."
    if "No space left on device" in text:
        return "the disk is full."
    if "Connection" in text or "Retrying" in text or "Max retries" in text:
        return "the package index does not answer."
    errors = [line for line in text.splitlines() if line.startswith("ERROR:")]
    return errors[-1].removeprefix("ERROR:").strip().rstrip(".") + "." if errors else "pip failed."


def _logged(command: list[str], log: Path) -> int:
    with log.open("w") as file:
        return subprocess.run(  # noqa: S603 - our own list of arguments, no shell
            command, stdout=file, stderr=subprocess.STDOUT, cwd=paths.ROOT, check=False
        ).returncode


def _runs(code: str) -> bool:
    if not paths.PYTHON.exists():
        return False
    command = [str(paths.PYTHON), "-c", code]
    return subprocess.run(command, check=False, stderr=subprocess.DEVNULL).returncode == 0  # noqa: S603 - as above


def _requirements(name: str) -> Path:
    return paths.ROOT / "deploy" / "requirements" / f"{name}.txt"


def _fingerprint(name: str) -> str:
    """Return a hash over the pins and the place, which tells the version of Python too."""
    content = _requirements(name).read_bytes() + str(paths.site_packages()).encode()
    return hashlib.sha256(content).hexdigest()


def _stamp(name: str) -> str:
    path = STAMPS / name
    return path.read_text() if path.exists() else ""
