"""A ballot marked but not sent yet, kept in the voter's own browser through log-in and sign-up.

A signed cookie of this contest's path: nothing that joins a person and their choice is ever
stored here, and the choice survives a new session. Gone after the cast or two hours.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings
from django.core import signing

from voting.forms.ballots import from_numbers, served_at, to_numbers

if TYPE_CHECKING:
    from datetime import datetime

    from django.http import HttpRequest, HttpResponse

    from voting.ballots import BallotDesign
    from voting.forms.ballots import Raw

SALT = "voting.kept"
SECONDS = 2 * 60 * 60


@dataclass(frozen=True)
class Kept:
    """The marks, and the signed note of when their page was served."""

    raw: Raw
    served: str

    def served_at(self, contest_id: int) -> datetime | None:
        """When the ballot's page was served."""
        return served_at(contest_id, self.served)


def keep(
    request: HttpRequest,
    response: HttpResponse,
    contest_id: int,
    design: BallotDesign,
    kept: Kept,
) -> None:
    """Put the marks into the voter's browser."""
    value = [owner(request), to_numbers(design, kept.raw), kept.served]
    response.set_cookie(
        name_of(contest_id),
        signing.dumps(value, salt=SALT, compress=True),
        max_age=SECONDS,
        path=path_of(contest_id),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def kept_of(request: HttpRequest, contest_id: int, design: BallotDesign) -> Kept | None:
    """The marks this browser keeps; None if there are none or another account made them."""
    cookie = request.COOKIES.get(name_of(contest_id), "")
    try:
        who, numbers, served = signing.loads(cookie, salt=SALT, max_age=SECONDS)
    except (signing.BadSignature, ValueError):
        return None
    if who not in {"", owner(request)}:
        return None
    return Kept(from_numbers(design, numbers), served)


def forget(response: HttpResponse, contest_id: int) -> None:
    """Take the marks out of the browser: they are in the box."""
    response.delete_cookie(name_of(contest_id), path=path_of(contest_id), samesite="Lax")


def owner(request: HttpRequest) -> str:
    """Whose marks these are: the account, or nobody before the log-in."""
    return str(request.user.pk) if request.user.is_authenticated else ""


def name_of(contest_id: int) -> str:
    """The cookie's name."""
    return f"ballot-{contest_id}"


def path_of(contest_id: int) -> str:
    """The only pages that are sent the cookie."""
    return f"/votes/{contest_id}/"
