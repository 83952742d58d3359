"""`bin/test`: which checks it runs, and what it says about them."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from groundwork import checks, paths
from groundwork.problems import Problem

if TYPE_CHECKING:
    from pathlib import Path


def run_test(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(paths.ROOT / "bin" / "test"), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)  # noqa: S603 - our own command


def test_a_step_that_does_not_exist_is_refused_with_those_that_do() -> None:
    done = run_test("pytests")

    assert done.returncode == 2
    assert "there is no step pytests: the steps are format, lint," in done.stderr


def test_a_failing_check_does_not_stop_the_next_and_fails_the_whole(
    capfd: pytest.CaptureFixture[str],
) -> None:
    bad = checks.Check("bad", "ends badly", "python -c 'raise SystemExit(1)'")
    good = checks.Check("good", "takes what follows the dashes", "python -c")

    assert checks.run_all([bad, good], ["print('reached')"], {}) == 1

    said = capfd.readouterr().out
    assert said.index("== bad FAILED") < said.index("reached") < said.index("== good passed")
    assert "1 of 2 checks failed." in said


def test_all_passed_is_the_only_success(capfd: pytest.CaptureFixture[str]) -> None:
    good = checks.Check("good", "ends well", "python -c pass")

    assert checks.run_all([good], [], {}) == 0
    assert "Every check passed." in capfd.readouterr().out


@pytest.mark.parametrize(("code", "passed"), [("pass", True), ("raise SystemExit(3)", False)])
def test_a_check_passes_when_its_program_says_so(code: str, *, passed: bool) -> None:
    check = checks.Check("name", "about", "python -c")

    assert checks.run(check, [code], {})[0] is passed


def test_every_check_names_a_program_that_is_installed() -> None:
    programs = {check.command.split()[0] for check in checks.all_checks()}

    assert [name for name in programs if not (paths.VENV / "bin" / name).exists()] == []


def test_a_browser_named_in_the_environment_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MADANG_CHROMIUM", "/opt/browser")

    assert checks.browser() == "/opt/browser"


APT = """#!/bin/sh
echo "$DEBIAN_FRONTEND: $*"
case "$*" in *install*chromium*) {does} ;; esac
"""


def machine_without_browser(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, user: int, apt_does: str
) -> Path:
    """A machine of this user with an apt-get that does no more than told, and no Chromium."""
    programs = tmp_path / "bin"
    programs.mkdir()
    (programs / "apt-get").write_text(APT.format(does=apt_does.format(programs=programs)))
    (programs / "apt-get").chmod(0o755)
    (tmp_path / "var").mkdir()
    monkeypatch.setattr(paths, "VAR", tmp_path / "var")
    monkeypatch.setattr(checks, "BROWSERS", ("chromium-of-this-test",))
    monkeypatch.setattr(os, "geteuid", lambda: user)
    monkeypatch.setenv("PATH", f"{programs}:{os.environ['PATH']}")
    monkeypatch.delenv("MADANG_CHROMIUM", raising=False)
    return programs


def test_root_gets_a_browser_alone_and_is_asked_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put = "cp {programs}/apt-get {programs}/chromium-of-this-test"
    programs = machine_without_browser(tmp_path, monkeypatch, user=0, apt_does=put)

    assert checks.browser() == str(programs / "chromium-of-this-test")

    update, install = (tmp_path / "var" / "apt.log").read_text().splitlines()
    assert update == "noninteractive: --quiet update"
    assert install.startswith("noninteractive: --quiet install --yes --no-install-recommends chrom")


@pytest.mark.parametrize("user", [0, 1000])
def test_without_a_browser_it_is_said_how_to_get_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, user: int
) -> None:
    machine_without_browser(tmp_path, monkeypatch, user=user, apt_does="exit 100")

    with pytest.raises(Problem, match="apt install chromium"):
        checks.browser()

    assert (tmp_path / "var" / "apt.log").exists() is (user == 0)  # nobody else may install
