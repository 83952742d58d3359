"""Where things are: the repository, its git-ignored `var/`, and the virtual environment."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VAR = ROOT / "var"
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
DEVELOPMENT = VAR / "dev"  # the services that tests and developers share
DEMO = VAR / "demo"  # the services of the demo town, whose data stays


def site_packages() -> Path | None:
    """Return the folder of the installed packages, or None before there is an environment."""
    facts = VENV / "pyvenv.cfg"
    if not facts.exists():
        return None
    version = re.search(r"^version(?:_info)? *= *(\d+\.\d+)", facts.read_text(), re.MULTILINE)
    return VENV / "lib" / f"python{version[1]}" / "site-packages" if version else None
