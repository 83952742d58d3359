"""What stops set-up is one sentence; what is a fault of ours stays a traceback."""

from __future__ import annotations

import errno

import pytest
from groundwork.problems import Problem, told


def failing(error: Exception) -> int:
    raise error


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (Problem("Port 1 is taken."), "Port 1 is taken."),
        (
            PermissionError(errno.EACCES, "no", "/there/var"),
            (
                "/there/var may not be written or read by this user: give this user the project's "
                "folder, or start as the one who did so before."
            ),
        ),
        (OSError(errno.ENOSPC, "no"), "The disk is full: make room and start again."),
    ],
)
def test_what_a_person_can_mend_is_one_sentence(
    capsys: pytest.CaptureFixture[str], error: Exception, sentence: str
) -> None:
    assert told(lambda: failing(error)) == 1
    assert capsys.readouterr().err == f"\n{sentence}\n"


def test_any_other_failure_is_not_hidden() -> None:
    with pytest.raises(OSError, match="strange"):
        told(lambda: failing(OSError(errno.EIO, "strange")))


def test_the_exit_code_of_what_works_is_kept() -> None:
    assert told(lambda: 3) == 3
