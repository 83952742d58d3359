"""Front-end parts that are not ours, taken from npm: fonts for pages and PDFs, axe for tests."""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
from typing import TYPE_CHECKING

from groundwork import paths, venv
from groundwork.problems import Problem

if TYPE_CHECKING:
    from pathlib import Path

OLDEST_NPM = 7  # reads the third version of the lock file
FONTS = ("PretendardGOV-Regular", "PretendardGOV-Bold")
VENDOR = paths.ROOT / "static" / "vendor"
PRINT_FONTS = paths.VAR / "fonts"
WORKSHOP = paths.VAR / "npm"
MAKE_PRINT_FONT = """
import sys
from fontTools.ttLib import TTFont
font = TTFont(sys.argv[1])
font.flavor = None
font.save(sys.argv[2])
"""


def ensure() -> None:
    """Put the fonts and axe into `static/vendor/`, and the fonts as ttf into `var/fonts/`.

    Raises Problem when npm cannot be had or its downloads fail.
    """
    if is_ready():
        return
    WORKSHOP.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copy(paths.ROOT / "static" / name, WORKSHOP / name)
    log = paths.VAR / "npm.log"
    command = [_npm(), "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--fetch-retries=1"]
    with log.open("w") as file:
        done = subprocess.run(  # noqa: S603 - our own list of arguments, no shell
            command, cwd=WORKSHOP, stdout=file, stderr=subprocess.STDOUT, check=False
        )
    if done.returncode:
        raise Problem(
            f"The fonts could not be downloaded: {cause(log)} Check the connection to the npm "
            f"registry and start again; npm's own account is in {log}."
        )
    _lay_out()
    (WORKSHOP / "stamp").write_text(_fingerprint())


def cause(log: Path) -> str:
    """Return what went wrong in the words of a person, as far as npm's log tells it."""
    found = re.search(
        r"^npm (?:error|ERR!) code (\w+)$", log.read_text(errors="replace"), re.MULTILINE
    )
    code = found[1] if found else ""
    if code == "ENOSPC":
        return "the disk is full."
    if code == "EINTEGRITY":
        return "what was downloaded is not what was pinned (wrong hash)."
    if "CERT" in code:
        return "the registry's certificate is not trusted here (npm takes others from cafile)."
    if code in {"ECONNREFUSED", "ECONNRESET", "ENOTFOUND", "EAI_AGAIN", "ETIMEDOUT"}:
        return "the npm registry does not answer."
    return f"npm failed ({code})." if code else "npm failed."


def is_ready() -> bool:
    """Tell whether `ensure` would have nothing to do."""
    stamp = WORKSHOP / "stamp"
    wanted = [VENDOR / "axe.min.js"]
    wanted += [VENDOR / "fonts" / f"{name}.subset.woff2" for name in FONTS]
    wanted += [PRINT_FONTS / f"{name}.ttf" for name in FONTS]
    return (
        all(path.exists() for path in wanted)
        and stamp.exists()
        and stamp.read_text() == _fingerprint()
    )


def _lay_out() -> None:
    """Copy what pages use, and make the fonts for print. Raises Problem when a part is broken."""
    try:
        _copy_parts()
    except (FileNotFoundError, subprocess.CalledProcessError) as error:
        shutil.rmtree(WORKSHOP, ignore_errors=True)
        raise Problem(
            "The download of the fonts is not whole: start again, and it is fetched anew."
        ) from error


def _copy_parts() -> None:
    modules = WORKSHOP / "node_modules"
    (VENDOR / "fonts").mkdir(parents=True, exist_ok=True)
    PRINT_FONTS.mkdir(parents=True, exist_ok=True)
    shutil.copy(modules / "axe-core" / "axe.min.js", VENDOR / "axe.min.js")
    for name in FONTS:
        web = VENDOR / "fonts" / f"{name}.subset.woff2"
        shutil.copy(modules / "krds-uiux" / "resources" / "fonts" / web.name, web)
        command = [str(paths.PYTHON), "-c", MAKE_PRINT_FONT]
        command += [str(web), str(PRINT_FONTS / f"{name}.ttf")]
        subprocess.run(command, check=True, stderr=subprocess.DEVNULL)  # noqa: S603 - as above


def _npm() -> str:
    """Return the system's npm when it is recent enough, else install one as a Python package."""
    system = shutil.which("npm")
    if system and _version_of(system) >= OLDEST_NPM:
        return system
    venv.ensure("npm")
    return str(paths.VENV / "bin" / "npm")


def _version_of(npm: str) -> int:
    """Return the first number of npm's version, 0 when it does not run (npm without node)."""
    answer = subprocess.run([npm, "--version"], capture_output=True, text=True, check=False)  # noqa: S603 - as above
    found = re.match(r"\d+", answer.stdout)
    return int(found[0]) if found and answer.returncode == 0 else 0


def _fingerprint() -> str:
    return hashlib.sha256((paths.ROOT / "static" / "package-lock.json").read_bytes()).hexdigest()
