"""What Django itself does before the site can open: catalogs, static files, tables, the town.

Steps whose sources have not changed since the last time are passed over, so that a second start
is quick.
"""

from __future__ import annotations

import hashlib
import os
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from groundwork import paths
from groundwork.steps import manage, python

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

UNSERVED = ("redoc", "rest_framework", "axe.min.js")
"""Static files of packages that no page asks for."""
WITHOUT_COMPRESSION = """
import sys
from django.conf import settings
from django.core.management import execute_from_command_line

plain = "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"
settings.STORAGES["staticfiles"] = {"BACKEND": plain}
execute_from_command_line(["manage.py", *sys.argv[1:]])
"""


def compile_catalogs(environment: Mapping[str, str]) -> None:
    """Make the .mo files that are missing or older than their .po."""
    sources = list((paths.ROOT / "locale").rglob("*.po"))
    compiled = [(po, po.with_suffix(".mo")) for po in sources]
    if any(not mo.exists() or mo.stat().st_mtime < po.stat().st_mtime for po, mo in compiled):
        manage("catalogs", "--compile", environment=environment)


def collect_static(environment: Mapping[str, str], *, compressed: bool) -> None:
    """Gather the static files and name them by their content, when one has changed.

    Compressing them takes half a minute, and is worth it only where they cross a network.
    """
    stamp = paths.VAR / "static.stamp"
    mark = fingerprint([paths.ROOT / "static", _requirements()])
    kinds = ["compressed"] if compressed else ["compressed", "plain"]
    if (paths.VAR / "static").is_dir() and _read(stamp) in [f"{mark} {kind}" for kind in kinds]:
        return
    command = ["manage.py"] if compressed else ["-c", WITHOUT_COMPRESSION]
    leave = [part for name in UNSERVED for part in ("--ignore", name)]
    python(*command, "collectstatic", "--noinput", "--clear", *leave, environment=environment)
    stamp.write_text(f"{mark} {kinds[-1]}")


def migrate(owner: Mapping[str, str], app: Mapping[str, str], *, stamp: Path | None) -> None:
    """Bring the tables up to date as their owner, and let the application's role use them.

    `stamp` remembers what was done in a database that is ours alone; without it nothing is assumed.
    """
    migrations = [path for path in paths.ROOT.glob("*/migrations") if path.is_dir()]
    commands = [paths.ROOT / "civic" / "management", _requirements()]
    mark = fingerprint([*migrations, *commands])
    if stamp and _read(stamp) == mark:
        return
    manage("migrate", "--noinput", environment=owner)
    if role_of(app) != role_of(owner):
        manage("grant_app_role", role_of(app), environment=owner)
    if stamp:
        stamp.write_text(mark)


def seed(app: Mapping[str, str], *, stamp: Path | None) -> str:
    """Fill the demo town if it is empty; return the list of the people one can log in as.

    `stamp` keeps the list, as in `migrate`.
    """
    mark = fingerprint([*paths.ROOT.glob("*/management"), *paths.ROOT.glob("*/migrations")])
    kept, _, people = _read(stamp).partition("\n") if stamp else ("", "", "")
    if kept == mark:
        return people
    manage("seed_demo", environment=app)
    people = manage("demo_people", environment=app)
    if stamp:
        stamp.write_text(f"{mark}\n{people}")
    return people


def role_of(environment: Mapping[str, str]) -> str:
    """Return the database role that these variables log in as."""
    return unquote(urlsplit(environment["DATABASE_URL"]).username or "")


def fingerprint(places: Iterable[Path]) -> str:
    """Return a hash that changes when a file in these places comes, goes or changes."""
    total = hashlib.sha256()
    for place in places:
        files = [place] if place.is_file() else sorted(place.rglob("*"))
        for path in files:
            if path.is_file() and path.suffix != ".pyc":
                facts = path.stat()
                line = f"{path.relative_to(paths.ROOT)} {facts.st_size} {facts.st_mtime_ns}\n"
                total.update(os.fsencode(line))
    return total.hexdigest()


def _requirements() -> Path:
    return paths.ROOT / "deploy" / "requirements" / "base.txt"


def _read(path: Path) -> str:
    return path.read_text() if path.exists() else ""
