"""The one way in which set-up fails: a sentence that a person can act on."""

from __future__ import annotations

import errno
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


class Problem(Exception):  # noqa: N818 - it is shown to people, who read "problem", not "error"
    """Set-up cannot go on. The text is one clear sentence, shown without a traceback."""


def told(work: Callable[[], int]) -> int:
    """Do the work and return its exit code; what stops it is printed as one sentence."""
    try:
        return work()
    except Problem as problem:
        sentence = str(problem)
    except PermissionError as error:
        sentence = (
            f"{error.filename} may not be written or read by this user: give this user the "
            "project's folder, or start as the one who did so before."
        )
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        sentence = "The disk is full: make room and start again."
    print(f"\n{sentence}", file=sys.stderr)
    return 1
