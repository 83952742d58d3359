"""Let things have happened earlier: the demo's services run as of another moment."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING
from unittest.mock import patch

from django.utils import timezone

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime


@contextmanager
def as_of(moment: datetime) -> Iterator[None]:
    """Run services as if it were `moment`: the record then shows when it would have happened.

    Only Django's clock moves. The database's own clock, by which contests open and close and
    ballots are taken, cannot be moved, and nothing here tries to.
    """
    with patch.object(timezone, "now", lambda: moment):
        yield
