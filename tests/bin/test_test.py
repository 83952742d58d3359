"""`bin/test`: which checks it runs, and what it says about them."""

from __future__ import annotations

import subprocess
import sys

import pytest
from groundwork import checks, paths


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
