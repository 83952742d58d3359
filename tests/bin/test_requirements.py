"""The pins: every package by version and hash, the same in each set, and no address of a registry."""

from __future__ import annotations

import json
import re

import pytest
from groundwork import paths, venv

FOLDER = paths.ROOT / "deploy" / "requirements"
NAMES = (*venv.LEVELS, "npm", "redis")
PIN = re.compile(r"^([a-z0-9][a-z0-9.\-]*)==([^\s;]+)", re.MULTILINE)


def pins(name: str) -> dict[str, str]:
    return dict(PIN.findall((FOLDER / f"{name}.txt").read_text()))


@pytest.mark.parametrize("name", NAMES)
def test_every_line_is_a_version_or_its_hash(name: str) -> None:
    text = (FOLDER / f"{name}.txt").read_text()
    for entry in re.split(r"(?<!\\)\n", text.strip()):
        assert re.match(
            r"^[a-z0-9.\-]+==\S+( ; .+)? \\\n( +--hash=sha256:[0-9a-f]{64}( \\\n)?)+$", entry
        )


@pytest.mark.parametrize("name", NAMES)
def test_no_file_names_an_address(name: str) -> None:
    assert "://" not in (FOLDER / f"{name}.txt").read_text()
    assert "://" not in (FOLDER / f"{name}.in").read_text()


@pytest.mark.parametrize(("small", "large"), [("base", "demo"), ("demo", "test")])
def test_the_larger_set_has_the_same_versions(small: str, large: str) -> None:
    assert pins(small)
    assert pins(small).items() <= pins(large).items()


def test_the_npm_lock_has_hashes_and_no_addresses() -> None:
    lock = json.loads((paths.ROOT / "static" / "package-lock.json").read_text())
    packages = {name: facts for name, facts in lock["packages"].items() if name}

    assert set(packages) == {"node_modules/axe-core", "node_modules/krds-uiux"}
    assert all(facts["integrity"].startswith("sha512-") for facts in packages.values())
    assert "://" not in json.dumps(lock)
